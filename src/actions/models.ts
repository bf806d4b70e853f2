import type { Outcome, Story } from "../action.ts";
import { deploymentName, namespaceName } from "../domain/seldon/names.ts";
import type { ServingState } from "../domain/seldon/serving.ts";
import { ActionError, refuse, type Mistake } from "../errors.ts";
import { oneOf, text, type Values } from "../inputs.ts";
import type { LocalServing, Log } from "../ports.ts";
import { TARGETS } from "../domain/seldon/targets.ts";

const inputs = {
  command: oneOf(["list", "get-url", "delete"], {
    description: "`list` tells what is served, `get-url` where one deployment answers, `delete` ends and forgets it.",
    default: "list",
  }),
  target: oneOf(TARGETS, {
    description: "Where it is served. `local` is this machine; the others need a later version of these actions.",
    default: "seldon",
  }),
  name: text({ description: "The deployment. get-url and delete need it.", ...deploymentName }),
  namespace: text({
    description: "Its namespace. Left out, `list` tells all, and the others mean `default`.",
    ...namespaceName,
  }),
};

const outputs = {
  models:
    "What is served, as a JSON list: namespace, name, url, status, deployId, modelClass, replicas, since, restarts",
  "prediction-url": "Where the deployment answers; empty for `list`",
  operation: "`listed`, `found`, `deleted`, or `absent` when there was nothing to delete",
};

type Ports = { readonly log: Log; readonly serving: LocalServing };
type Inputs = Values<typeof inputs>;

/** Lists, finds and ends what is served. */
export const models: Story<typeof inputs, Ports> = {
  id: "models",
  inputs,
  outputs,
  run: async (given, _run, { serving, log }) => {
    refuseInputs(given);
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

function refuseInputs({ target, command, name }: Inputs): void {
  const mistakes: Mistake[] = [];
  if (target !== "local") {
    const fix = "Set target: local for what is served on this machine.";
    mistakes.push({ where: `input "target"`, expected: "local, the one target of this version", seen: target, fix });
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
