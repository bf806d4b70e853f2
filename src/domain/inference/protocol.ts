import { refuse } from "../../errors.ts";
import type { Protocol } from "../seldon/manifest.ts";
import type { Json } from "../text/json.ts";

/** The name of the one tensor that rows become; servers of one input take any. */
const TENSOR = "predict";

/** The operator calls the V2 protocol by its older name too. */
export const protocolOf = (told: string | undefined): Protocol =>
  told === "tensorflow" ? "tensorflow" : told === "v2" || told === "kfserving" ? "v2" : "seldon";

/** Rows of features as a request asks for their predictions. @throws ActionError for rows that a protocol can not carry */
export function requestFor(protocol: Protocol, rows: Json, names: readonly string[] = []): Json {
  if (protocol === "tensorflow") return { instances: rows };
  if (protocol === "v2") return { inputs: [tensorOf(rows)] };
  return { data: { ...(names.length === 0 ? {} : { names: [...names] }), ndarray: rows } };
}

function tensorOf(rows: Json): Json {
  const shape: number[] = [];
  for (let level: Json | undefined = rows; Array.isArray(level); level = level[0]) shape.push(level.length);
  const data = Array.isArray(rows) ? rows.flat(Number.POSITIVE_INFINITY as 1) : [rows];
  const kinds = new Set(data.map((each) => typeof each));
  const [kind] = kinds;
  const datatype = kind === "number" ? "FP64" : kind === "boolean" ? "BOOL" : "BYTES";
  if (kinds.size > 1 || data.length !== shape.reduce((product, size) => product * size, 1)) {
    refuse({
      where: "the request by the v2 protocol",
      expected: "columns of one kind, rows of one length",
      seen: kinds.size > 1 ? [...kinds].join(" and ") : "rows of several lengths",
      fix: "Write the whole request (inputs with a tensor for each column) in smoke-request or golden.",
    });
  }
  return { name: TENSOR, shape, datatype, data };
}
