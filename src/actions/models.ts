import type { Outcome, Story } from "../action.ts";
import { deploymentName, namespaceName } from "../domain/seldon/names.ts";
import type { ServingState } from "../domain/seldon/serving.ts";
import { ActionError, refuse, type Mistake } from "../errors.ts";
import { lines, oneOf, parsed, text, type Values } from "../inputs.ts";
import { baseUrl } from "./base-url.ts";
import type { Clock, Kubernetes, LocalServing, Log } from "../ports.ts";
import { TARGETS } from "../domain/seldon/targets.ts";

const inputs = {
  command: oneOf(["list", "get-url", "delete"], {
    description: "`list` tells what is served, `get-url` where one deployment answers, `delete` ends and forgets it.",
    default: "list",
  }),
  target: oneOf(TARGETS, {
    description:
      "Where it is served. `seldon` is a cluster, `local` this machine; the others need a later version of these actions.",
    default: "seldon",
  }),
  name: text({ description: "The deployment. get-url and delete need it.", ...deploymentName }),
  namespace: text({
    description: "Its namespace. Left out, `list` tells all, and the others mean `default`.",
    ...namespaceName,
  }),
  kubeconfig: text({
    description:
      "Target seldon: how the cluster is reached, as YAML or its base64. Left out, the file that `KUBECONFIG` names, or `~/.kube/config`.",
    secret: true,
  }),
  "kube-context": text({ description: "Target seldon: the kubeconfig's context. Left out, its current one." }),
  "allow-exec": lines({
    description:
      "Target seldon: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin.",
  }),
  "base-url": parsed<URL>({
    description: "Target seldon: scheme, host and port of the gateway, for the URLs. Left out, the API server's proxy.",
    accepts: "a URL without a path",
    parse: baseUrl,
  }),
};

const outputs = {
  models:
    "What is served, as a JSON list: namespace, name, url, status, deployId, replicas, since; for target local modelClass and restarts, for target seldon predictors, ours (made by these actions) and proven (has answered)",
  "prediction-url": "Where the deployment answers; empty for `list`",
  operation: "`listed`, `found`, `deleted`, or `absent` when there was nothing to delete",
};

type Ports = {
  readonly log: Log;
  readonly clock: Clock;
  readonly serving: LocalServing;
  readonly kubernetes: Kubernetes;
  /** Aborted when the runner cancels the step. */
  readonly signal: AbortSignal;
};
type Inputs = Values<typeof inputs>;

/** Lists, finds and ends what is served. */
export const models: Story<typeof inputs, Ports> = {
  id: "models",
  inputs,
  outputs,
  run: async (given, _run, ports) => {
    refuseInputs(given);
    if (given.target === "seldon") {
      const { manageInCluster } = await import("./cluster-models.ts");
      return await manageInCluster(given, ports);
    }
    const { serving, log } = ports;
    const { namespace = "default", name = "" } = given;
    switch (given.command) {
      case "list": {
        const all = await serving.list();
        return tellList(all.filter((each) => matches(each, given)));
      }
      case "get-url": {
        const state = await serving.state(namespace, name);
        if (state?.status !== "running") {
          refuse({
            where: `${namespace}/${name}`,
            expected: "a deployment that serves",
            seen: state === undefined ? "none" : `one that is ${state.status}`,
            fix: "The command list tells what there is; seldon-deploy serves it.",
          });
        }
        log.info(state.url);
        return { outputs: { models: asJson([state]), "prediction-url": state.url, operation: "found" } };
      }
      case "delete": {
        const there = await serving.remove(namespace, name);
        log.info(`${namespace}/${name}: ${there ? "ended and forgotten" : "nothing was served under this name"}`);
        return { outputs: { models: "[]", operation: there ? "deleted" : "absent" } };
      }
    }
  },
};

function refuseInputs(given: Inputs): void {
  const { target, command, name } = given;
  const mistakes: Mistake[] = [];
  if (target !== "local" && target !== "seldon") {
    const expected = "seldon or local, the targets of this version";
    mistakes.push({ where: `input "target"`, expected, seen: target });
  }
  const ofSeldon = (["kubeconfig", "kube-context", "base-url"] as const).filter((each) => given[each] !== undefined);
  for (const each of [...ofSeldon, ...(given["allow-exec"].length > 0 ? ["allow-exec"] : [])]) {
    if (target !== "local") break;
    const fix = "It is read with target: seldon only.";
    mistakes.push({ where: `input "${each}"`, expected: "nothing with target: local", seen: "a value", fix });
  }
  if (command !== "list" && name === undefined) {
    mistakes.push({ where: `input "name"`, expected: `a deployment's name for ${command}`, seen: "nothing" });
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);
}

const matches = (state: ServingState, { namespace, name }: Inputs): boolean =>
  (namespace === undefined || state.namespace === namespace) && (name === undefined || state.name === name);

/** Without the record: an output is one environment variable of the step that takes it. */
const asJson = (states: readonly ServingState[]): string =>
  JSON.stringify(
    states.map(({ namespace, name, url, status, deployId, modelClass, replicas, since, restarts }) => ({
      namespace,
      name,
      url,
      status,
      deployId,
      modelClass,
      replicas,
      since,
      restarts,
    })),
  );

async function tellList(states: readonly ServingState[]): Promise<Outcome> {
  const { codeSpan, escapeCell } = await import("../domain/report/escape.ts");
  const rows = states.map(
    ({ namespace, name, status, deployId, url }) =>
      `| ${escapeCell(`${namespace}/${name}`)} | ${status} | ${codeSpan(deployId?.slice(0, 12) ?? "")} | ${codeSpan(url)} |`,
  );
  const summary =
    rows.length === 0
      ? "Nothing is served on this machine.\n"
      : ["| Deployment | Status | Deploy id | Prediction URL |", "|---|---|---|---|", ...rows, ""].join("\n");
  return { outputs: { models: asJson(states), operation: "listed" }, summary };
}
