import { check, boolean, count, object, oneOf, optional, string, type Of } from "../text/shape.ts";
import { parseJson } from "../text/json.ts";
import { deploymentName, namespaceName, predictionUrl } from "./names.ts";
import type { ServingState } from "./serving.ts";

/** Of the whole file: a record of 64 KiB, escaped, and little more. */
export const MAX_STATE_BYTES = 512 * 1024;

const shape = object({
  schema: oneOf(1),
  namespace: string({ form: namespaceName.pattern, called: namespaceName.accepts }),
  name: string({ form: deploymentName.pattern, called: deploymentName.accepts }),
  port: count,
  outliveJob: boolean,
  deployId: optional(string({ form: /^[0-9a-f]{40}$/, called: "40 hex digits" })),
  modelClass: optional(string({ most: 256 })),
  replicas: optional(count),
  record: optional(string({ most: 256 * 1024 })),
  since: optional(count),
});

/** What is kept of a deployment on this machine between jobs: its port, and what it served last. */
export type StateFile = Of<typeof shape>;

export function parseState(text: string, where: string): StateFile {
  return check(shape, parseJson(text, { where, maxBytes: MAX_STATE_BYTES }), where);
}

/** The folder of a deployment below the user's state folder. Both names have the form of a DNS label, so neither climbs. */
export function stateFolder(stateHome: string, namespace: string, name: string): string {
  return `${stateHome}/model-road/local/${namespace}/${name}`;
}

export function localUrl(port: number, namespace: string, name: string): string {
  return predictionUrl(`http://127.0.0.1:${port}`, namespace, name);
}

/** What is known of a deployment whose front does not answer. */
export function stoppedState(file: StateFile): ServingState {
  return {
    namespace: file.namespace,
    name: file.name,
    url: localUrl(file.port, file.namespace, file.name),
    port: file.port,
    status: "stopped",
    frontPid: undefined,
    outliveJob: file.outliveJob,
    deployId: file.deployId,
    modelClass: file.modelClass,
    replicas: file.replicas,
    servers: [],
    record: file.record,
    since: file.since,
    restarts: 0,
  };
}
