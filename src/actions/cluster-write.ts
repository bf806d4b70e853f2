import { serialiseRecord } from "../domain/record/record.ts";
import {
  type KeptRelease,
  LAST_PROVEN_ANNOTATION,
  MANAGED_BY,
  MANAGER,
  PROVEN_ANNOTATION,
  RELEASE_ANNOTATION,
  appliedOf,
} from "../domain/rollout/release.ts";
import { type Applied, SPEC_ID_ANNOTATION } from "../domain/rollout/verdict.ts";
import { resourceOf } from "../domain/seldon/manifest.ts";
import { ActionError, messageOf, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import {
  type ClusterOrder,
  type ClusterPorts,
  type Facts,
  type Version,
  calledAt,
  observe,
  pathAt,
  shaOf,
} from "./cluster-facts.ts";
import type { Done } from "./cluster-outcome.ts";
import type { Place } from "./rollout.ts";

export const MOST_TRIES = 5;
const MOST_ANNOTATION_BYTES = 100 * 1024;

export type Written = {
  readonly operation: Done["operation"];
  readonly applied: Applied;
  readonly created: boolean;
  readonly lastProven: KeptRelease | undefined;
};

/** The one write: spec, release and record, fenced by the version that was read. */
export async function write(
  place: Place,
  version: Version,
  first: Facts,
  order: ClusterOrder,
  run: Run,
  ports: ClusterPorts,
): Promise<Written> {
  let facts = first;
  for (let tried = 1; ; tried++) {
    const { standing, plan, lastProven } = facts;
    const object = await objectOf(place, version, facts, run, ports);
    const fence = standing?.metadata.resourceVersion;
    const sent = fence === undefined ? object : { ...object, metadata: { ...object.metadata, resourceVersion: fence } };
    const applying = await place.cluster.apply(pathAt(place), sent);
    switch (applying.kind) {
      case "conflict":
        throw conflictError(place, applying.with);
      case "stale": {
        if (tried === MOST_TRIES) {
          refuse({
            where: `SeldonDeployment ${calledAt(place)}`,
            expected: "to be left alone while it is written",
            seen: `${MOST_TRIES} other writes in a row`,
            fix: "Does another workflow deploy the same name? Give them one concurrency group.",
          });
        }
        ports.log.info(`${calledAt(place)} was changed meanwhile: read again`);
        facts = await observe(place, version, order, run, ports);
        continue;
      }
      case "applied": {
        const { metadata } = applying.object;
        const applied = appliedOf(version.spec, version.deployId, metadata);
        const untouched = standing !== undefined && metadata.generation === standing.metadata.generation;
        const created = standing === undefined && metadata.generation === 1;
        const operation = created ? "created" : plan.operation === "unchanged" && untouched ? "unchanged" : "updated";
        return { operation, applied, created, lastProven };
      }
    }
  }
}

export async function objectOf(
  place: Place,
  version: Version,
  { plan, standing, lastProven }: Facts,
  run: Run,
  ports: ClusterPorts,
): Promise<ReturnType<typeof resourceOf>> {
  const { wanted, spec, deployId, record } = version;
  const labels = { ...wanted.labels, [MANAGED_BY]: MANAGER };
  const kept = standing?.metadata.annotations ?? {};
  if (plan.operation === "unchanged") {
    // Exactly what stands there: an apply that changes nothing rolls nothing, and undoes what others have changed.
    const ours = [SPEC_ID_ANNOTATION, RELEASE_ANNOTATION, LAST_PROVEN_ANNOTATION].filter(
      (each) => kept[each] !== undefined,
    );
    const annotations = { ...wanted.annotations, ...Object.fromEntries(ours.map((each) => [each, kept[each]!])) };
    return resourceOf(place, spec, { labels, annotations });
  }
  const release: KeptRelease = {
    schema: 1,
    deployId,
    spec,
    repository: run.repository,
    sha: shaOf(version, run),
    runId: run.runId,
    ...(record === undefined ? {} : { record: serialiseRecord(record) }),
  };
  return resourceOf(place, spec, {
    labels,
    annotations: { ...wanted.annotations, ...(await annotationsOf(release, lastProven, ports)) },
  });
}

/** Both releases packed, with their records as far as there is room. */
export async function annotationsOf(
  release: KeptRelease,
  lastProven: KeptRelease | undefined,
  { compression, log }: ClusterPorts,
): Promise<Record<string, string>> {
  const pack = async (each: KeptRelease): Promise<string> => await compression.pack(JSON.stringify(each));
  const bare = ({ record: _record, ...rest }: KeptRelease): KeptRelease => rest;
  const choices: [KeptRelease, KeptRelease | undefined][] = [
    [release, lastProven],
    [release, lastProven && bare(lastProven)],
    [bare(release), lastProven && bare(lastProven)],
  ];
  for (const [at, [ours, before]] of choices.entries()) {
    const annotations = {
      [SPEC_ID_ANNOTATION]: release.deployId,
      [RELEASE_ANNOTATION]: await pack(ours),
      ...(before === undefined ? {} : { [LAST_PROVEN_ANNOTATION]: await pack(before) }),
    };
    const bytes = Object.entries(annotations).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    if (bytes <= MOST_ANNOTATION_BYTES) {
      if (at > 0)
        log.warning(
          "The release record is too long to be kept in the cluster beside what it rolls back to: it is left out there.",
        );
      return annotations;
    }
  }
  return refuse({
    where: "the SeldonDeployment",
    expected: `a spec that fits an annotation of ${MOST_ANNOTATION_BYTES} bytes`,
    seen: "a longer one",
  });
}

export function conflictError(
  place: Place,
  all: readonly { readonly manager: string; readonly field: string }[],
): ActionError {
  return new ActionError(
    all.map(({ manager, field }) => ({
      where: `SeldonDeployment ${calledAt(place)}, ${field}`,
      expected: "a field of these actions",
      seen: `one that ${manager} owns`,
      fix: "spec.predictors is one list: two tools can not share it. Let one of them own it.",
    })),
  );
}

/** Marks the release as a rollback target, where it still is what stands there. */
export async function markProven(place: Place, deployId: string, { log }: ClusterPorts): Promise<void> {
  const at = (annotation: string): string => `/metadata/annotations/${annotation.replaceAll("/", "~1")}`;
  const marked = await place.cluster
    .patch(pathAt(place), [
      { op: "test", path: at(SPEC_ID_ANNOTATION), value: deployId },
      { op: "add", path: at(PROVEN_ANNOTATION), value: deployId },
    ])
    .catch((thrown: unknown) => {
      if (!(thrown instanceof ActionError)) throw thrown;
      log.warning(messageOf(thrown));
      return false;
    });
  if (!marked)
    log.warning(
      `${calledAt(place)} could not be marked as proven: a later failure will not roll back to this version.`,
    );
}
