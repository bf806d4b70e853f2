import { pathOf, proxyPath } from "../domain/kubernetes/paths.ts";
import {
  LAST_PROVEN_ANNOTATION,
  MANAGER,
  PROVEN_ANNOTATION,
  readRelease,
  RELEASE_ANNOTATION,
} from "../domain/rollout/release.ts";
import { predictionPath } from "../domain/seldon/manifest.ts";
import type { SeldonDeployment } from "../domain/seldon/resource.ts";
import { refuse } from "../errors.ts";
import type { Compression, HttpAnswer } from "../ports.ts";
import { serviceOf } from "./cluster-proof.ts";
import type { Place } from "./rollout.ts";

const MAX_RELEASE_BYTES = 1024 * 1024;
/** What an API server answers where nothing stands there: a word of its own, so short. */
const STATE = /^[A-Za-z]{1,32}$/;

type Served = {
  /** The release record's JSON, as it was kept. */
  readonly record: string;
  /** When the object was last applied by these actions. */
  readonly at: string | undefined;
  /** What the operator says of it. */
  readonly state: string | undefined;
  /** `SeldonDeployment models/digits in the cluster` */
  readonly where: string;
};

/**
 * What a SeldonDeployment serves: the release that was proven to answer last. One that was applied after it, and is not proven,
 * does not count; the one before goes on serving, or is put back.
 * @throws ActionError when something serves there of which no record is kept: a gate must not take that for nothing
 */
export async function readServed(
  { cluster, namespace, name }: Place,
  compression: Pick<Compression, "unpack">,
): Promise<Served | { readonly absent: string }> {
  const where = `SeldonDeployment ${namespace}/${name} in the cluster`;
  const standing = (await cluster.get(pathOf("SeldonDeployment", namespace, name))) as SeldonDeployment | undefined;
  if (standing === undefined) return { absent: `there is no SeldonDeployment ${namespace}/${name} in the cluster yet` };
  const { annotations = {}, managedFields = [] } = standing.metadata;
  const proven = annotations[PROVEN_ANNOTATION];
  const fix = "Deploy with the record of train and evaluate-gate, or name another baseline.";
  if (annotations[RELEASE_ANNOTATION] === undefined) {
    refuse({ where, expected: "a release that seldon-deploy has written into it", seen: "none", fix });
  }
  if (proven === undefined) return { absent: `no version of ${where} was proven to answer yet` };
  for (const annotation of [RELEASE_ANNOTATION, LAST_PROVEN_ANNOTATION]) {
    const packed = annotations[annotation];
    if (packed === undefined) continue;
    const kept = `the annotation ${annotation} of ${where}`;
    const text = await compression.unpack(packed, { where: kept, maxBytes: MAX_RELEASE_BYTES });
    const { deployId, record } = readRelease(text, kept);
    if (deployId !== proven) continue;
    if (record === undefined) {
      refuse({
        where,
        expected: "a record beside the version that serves",
        seen: "none: it was deployed without one",
        fix,
      });
    }
    const ours = managedFields.find(({ manager, operation }) => manager === MANAGER && operation === "Apply");
    const state = standing.status?.state;
    return { record, at: ours?.time, state: STATE.test(state ?? "") ? state : undefined, where };
  }
  return refuse({
    where,
    expected: `the release that was proven (${proven.slice(0, 12)})`,
    seen: "other releases only",
    fix: "Deploy once more, so that object and proof fit, or name another baseline.",
  });
}

/** Asks what serves through the API server, which needs no address of its own; `undefined` where nothing can be asked. */
export async function askThrough({
  cluster,
  namespace,
  name,
}: Place): Promise<
  ((body: string, options: { timeoutMs: number; signal: AbortSignal }) => Promise<HttpAnswer>) | undefined
> {
  const standing = (await cluster.get(pathOf("SeldonDeployment", namespace, name))) as SeldonDeployment | undefined;
  const [predictor] = standing?.spec.predictors ?? [];
  if (standing === undefined || predictor === undefined) return undefined;
  const { protocol = "seldon" } = standing.spec;
  if (protocol !== "seldon") {
    refuse({
      where: `SeldonDeployment ${namespace}/${name}`,
      expected: "Seldon's own protocol, in which a golden set is asked",
      seen: protocol,
      fix: "Write what both models answer into predictions and baseline-predictions.",
    });
  }
  const service = serviceOf(standing, name, predictor.name);
  if (service === undefined) return undefined;
  const path = proxyPath(
    "Service",
    namespace,
    service.name,
    service.port,
    predictionPath("seldon", predictor.graph.name),
  );
  return async (body, options) => await cluster.through(path, { method: "POST", body, ...options });
}
