import { formatReference, parseReference } from "../domain/image/reference.ts";
import { requireGate, type ReleaseRecord } from "../domain/record/record.ts";
import { flatten, parseGraph, type GraphPart } from "../domain/seldon/graph.ts";
import { parseNodeImages } from "../domain/seldon/node-images.ts";
import { ActionError, quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { GitHub, Images, Workspace } from "../ports.ts";
import { takeRecord } from "./record.ts";

/** A graph with an image in every node that needs one, and the record that speaks for it. */
export type GraphOrder = { readonly root: GraphPart; readonly record: ReleaseRecord | undefined };

type Asked = {
  readonly record: string | undefined;
  readonly "require-gate": boolean;
  readonly graph: string | undefined;
  readonly images: readonly string[];
};
type Ports = { readonly workspace: Workspace; readonly github: GitHub; readonly images: Images };

/**
 * Reads a graph, and finds the image of each node. With `require-gate` each model must be spoken for by a record whose gate has
 * passed: one of `images`, or the record of the step. A component without a model has nothing that a gate could measure.
 * @throws ActionError
 */
export async function takeGraph(asked: Asked, run: Run, ports: Ports): Promise<GraphOrder> {
  const images = new Map<string, string>();
  const records: ReleaseRecord[] = [];
  for (const { node, kind, text: given } of parseNodeImages(asked.images)) {
    const where = `input "images", ${quote(node)}`;
    if (kind === "image") {
      images.set(node, nameOf(given, where));
      continue;
    }
    const record = await recordOf(given, where, run, ports);
    images.set(node, imageOf(record, where));
    records.push(record);
  }
  const root = await parseGraph(asked.graph ?? "", images);
  // The latest of the job is that of one node, unless it was given by name.
  const own =
    asked.record !== undefined || records.length === 0 ? await takeRecord(asked.record, run, ports) : undefined;
  const all = [...(own === undefined ? [] : [own]), ...records];
  if (asked["require-gate"]) for (const part of flatten(root)) requireNode(part, all);
  return { root, record: own ?? all.find((each) => isServed(root, each)) ?? all[0] };
}

function nameOf(given: string, where: string): string {
  const reference = parseReference(given, where);
  if (reference.kind === "registry") return formatReference(reference);
  return refuse({
    where,
    expected: "an image in a registry, which the cluster can pull",
    seen: "a layout on a machine",
  });
}

const OF_RECORD = `input "record"`;

async function recordOf(given: string, where: string, run: Run, ports: Ports): Promise<ReleaseRecord> {
  try {
    return (await takeRecord(given, run, ports))!;
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    throw new ActionError(
      thrown.mistakes.map((each) => ({
        ...each,
        where: each.where.startsWith(OF_RECORD)
          ? where + each.where.slice(OF_RECORD.length)
          : `${where}, ${each.where}`,
      })),
      { cause: thrown },
    );
  }
}

function imageOf({ image }: ReleaseRecord, where: string): string {
  if (image !== undefined && !image.repository.startsWith("oci:")) return `${image.repository}@${image.digest}`;
  return refuse({
    where,
    expected: "a record with an image in a registry",
    seen: image === undefined ? "one without an image" : image.repository,
    fix: "Hand on the record of build-model-image, and give it the name of a registry's repository.",
  });
}

/** A model that no record speaks for is one without a gate. */
function requireNode(part: GraphPart, records: readonly ReleaseRecord[]): void {
  const { name, image, modelUri, type } = part;
  const ofImage = records.find((each) => image !== undefined && each.image !== undefined && image === named(each));
  const ofModel = records.find(({ artifact }) => modelUri !== undefined && artifact?.modelUri === modelUri);
  const record = modelUri === undefined ? ofImage : (ofModel ?? (image === undefined ? undefined : ofImage));
  if (record?.gate !== undefined || type === "model") {
    if (record !== undefined) return requireGate(record, true);
    refuse({
      where: `node ${quote(name)} of the graph`,
      expected: "a record whose gate is passed",
      seen: image === undefined ? "a model-uri that no record names" : "an image that no record names",
      fix: `Give images a line "${name}: <record>", or set require-gate: false to work without a gate.`,
    });
  }
}

const named = ({ image }: ReleaseRecord): string => `${image!.repository}@${image!.digest}`;

/** Whether a record is that of a node that holds a model. */
const isServed = (root: GraphPart, record: ReleaseRecord): boolean =>
  record.image !== undefined && flatten(root).some(({ type, image }) => type === "model" && image === named(record));
