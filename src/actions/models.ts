import type { Outcome, Story } from "../action.ts";
import { deploymentName, namespaceName } from "../domain/seldon/names.ts";
import type { ServingState } from "../domain/seldon/serving.ts";
import { ActionError, refuse, type Mistake } from "../errors.ts";
import { flag, integer, oneOf, parsed, seconds, text, type Values } from "../inputs.ts";
import { baseUrl } from "./base-url.ts";
import { clusterInputs } from "./cluster-inputs.ts";
import type { Clock, Compression, Kubernetes, LocalServing, Log, Processes, Workspace } from "../ports.ts";
import { TARGETS } from "../domain/seldon/targets.ts";

const inputs = {
  command: oneOf(["list", "describe", "get-url", "logs", "start", "stop", "delete"], {
    description:
      "`list` tells what is served, also what others have made; `describe` all of one deployment, with its release record; `get-url` where it answers; `logs` what its pods say; `stop` takes its pods away and `start` brings them back; `delete` ends and forgets it.",
    default: "list",
  }),
  target: oneOf(TARGETS, {
    description:
      "What it is served as: `seldon` a SeldonDeployment, `kubernetes` plain objects, `helm` a release of a chart, `local` a process of this machine.",
    default: "seldon",
  }),
  name: text({ description: "The deployment. All but list need it.", ...deploymentName }),
  namespace: text({
    description:
      "Its namespace. Left out, `list` tells all (the kubeconfig's own where the right to see all is missing), and the others mean `default`.",
    ...namespaceName,
  }),
  ...clusterInputs,
  "base-url": parsed<URL>({
    description: "Target seldon: scheme, host and port of the gateway, for the URLs. Left out, the API server's proxy.",
    accepts: "a URL without a path",
    parse: baseUrl,
  }),
  container: text({
    description: "Of `logs`: which container. Left out, the pod's first, the model's own.",
    pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    accepts: "a container's name",
  }),
  lines: integer({ description: "Of `logs`: so many of the last lines.", default: "100", least: 1, most: 100_000 }),
  previous: flag({
    description: "Of `logs`: those of the container's run before, after it fell over.",
    default: "false",
  }),
  follow: parsed<number>({
    description: "Of `logs`: how long new lines are told, as they come. Left out, what is there.",
    accepts: "`90s`, `5m`, `1h`",
    parse: async (value) => await seconds({ description: "", default: "1s", most: 21_600 }).parse(value),
  }),
  "wait-timeout": seconds({
    description: "Of `start`, `stop` and `delete`: how long it may take.",
    default: "120s",
    most: 3600,
  }),
};

const outputs = {
  models:
    "What is served, as a JSON list: namespace, name, url, status, deployId, replicas, since; for target local modelClass and restarts, for target helm revision, for target seldon predictors, for all but local ours (made by these actions) and proven (has answered), and for `describe` also pods and ZenML's fields (MODEL_NAME, MODEL_URI, PIPELINE_…, STATUS, UUID)",
  "prediction-url": "Where the deployment answers; empty for `list`",
  record: "Of `describe`: the release record that the deployment was made from; empty where it keeps none",
  operation:
    "`listed`, `found`, `started`, `stopped`, `unchanged`, `deleted`, or `absent` when there was nothing to delete",
};

type Ports = {
  readonly log: Log;
  readonly clock: Clock;
  readonly serving: LocalServing;
  readonly kubernetes: Kubernetes;
  readonly compression: Compression;
  readonly processes: Processes;
  readonly workspace: Workspace;
  /** Aborted when the runner cancels the step. */
  readonly signal: AbortSignal;
};
type Inputs = Values<typeof inputs>;

/** Lists, finds and ends what is served. */
export const models: Story<typeof inputs, Ports> = {
  id: "models",
  inputs,
  outputs,
  run: async (given, run, ports) => {
    refuseInputs(given);
    if (given.target === "seldon") {
      const { manageInCluster } = await import("./cluster-models.ts");
      return await manageInCluster({ ...given, follow: given.follow ?? 0 }, run.serverUrl, ports);
    }
    if (given.target !== "local") {
      const { manageReleases } = await import("./release-models.ts");
      return await manageReleases({ ...given, target: given.target }, ports);
    }
    const { serving, log } = ports;
    const { namespace = "default", name = "" } = given;
    switch (given.command) {
      case "list": {
        const all = await serving.list();
        return tellList(all.filter((each) => matches(each, given)));
      }
      case "describe":
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
        const record = given.command === "describe" ? (state.record ?? "") : "";
        return { outputs: { models: asJson([state]), "prediction-url": state.url, record, operation: "found" } };
      }
      case "delete": {
        const there = await serving.remove(namespace, name);
        log.info(`${namespace}/${name}: ${there ? "ended and forgotten" : "nothing was served under this name"}`);
        return { outputs: { models: "[]", operation: there ? "deleted" : "absent" } };
      }
      case "logs":
      case "start":
      case "stop":
        // refuseInputs has sent these away.
        return { outputs: {} };
    }
  },
};

function refuseInputs(given: Inputs): void {
  const { target, command, name } = given;
  const mistakes: Mistake[] = [];
  if (target !== "seldon" && ["logs", "start", "stop"].includes(command)) {
    const fix =
      target === "local"
        ? "A local deployment is started by seldon-deploy and ended by delete; its log is the job's own."
        : "That is for SeldonDeployments; kubectl and helm do it for what they made.";
    mistakes.push({ where: `input "command"`, expected: "list, describe, get-url or delete", seen: command, fix });
  }
  if (given.previous && given.follow !== undefined) {
    mistakes.push({ where: `input "follow"`, expected: "nothing with previous: true", seen: "a time" });
  }
  const ofSeldon = (["kubeconfig", "kube-context", "base-url"] as const).filter((each) => given[each] !== undefined);
  for (const each of [...ofSeldon, ...(given["allow-exec"].length > 0 ? ["allow-exec"] : [])]) {
    if (target !== "local") break;
    const fix = "It is read where a cluster is asked.";
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
