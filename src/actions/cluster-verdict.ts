import type { Applied, FailureCode } from "../domain/rollout/verdict.ts";
import type { SeldonSpec } from "../domain/seldon/resource.ts";
import { ActionError } from "../errors.ts";
import { type ClusterOrder, type ClusterPorts, calledAt } from "./cluster-facts.ts";
import { clusterUrl, proveInCluster } from "./cluster-proof.ts";
import { type Place, type RolloutEnd, explainFailure, waitForRollout } from "./rollout.ts";

/** The new version did not prove itself. */
export class Failure extends Error {
  readonly why: FailureCode | "timeout" | "answer";
  readonly error: ActionError;

  constructor(why: Failure["why"], error: ActionError) {
    super(error.message, { cause: error });
    this.why = why;
    this.error = error;
  }
}

export async function prove(
  place: Place,
  spec: SeldonSpec,
  applied: Applied,
  deadline: number,
  order: Pick<ClusterOrder, "smoke-request" | "base-url">,
  ports: ClusterPorts,
): Promise<{ url: string; prediction: string | undefined }> {
  const end = await waitForRollout(place, applied, deadline, ports);
  if (end.verdict.kind !== "rolled-out") throw await failureOf(place, applied, end, ports);
  try {
    const proof = {
      applied,
      spec,
      facts: end.facts,
      smoke: order["smoke-request"],
      base: order["base-url"],
      deadline: Math.max(deadline, ports.clock.elapsed() + 10_000),
    };
    const prediction = await proveInCluster(place, proof, ports);
    return { url: clusterUrl(place, spec, order["base-url"], end.facts.sdep), prediction };
  } catch (thrown) {
    if (ports.signal.aborted || !(thrown instanceof ActionError)) throw thrown;
    await explainFailure(place, applied, end.facts, undefined, ports);
    throw new Failure("answer", thrown);
  }
}

async function failureOf(
  place: Place,
  applied: Applied,
  { verdict, facts }: RolloutEnd,
  ports: ClusterPorts,
): Promise<Failure> {
  const [why, message, culprit] =
    verdict.kind === "failed"
      ? ([verdict.why, verdict.message, verdict.culprit] as const)
      : (["timeout", verdict.kind === "timeout" ? verdict.message : "", undefined] as const);
  if (!["deleted", "replaced", "superseded"].includes(why)) await explainFailure(place, applied, facts, culprit, ports);
  const state = facts.sdep?.status?.state;
  const fix =
    state === undefined
      ? "Seldon has told no state: does its operator run, and watch this namespace?"
      : `Seldon's own state is ${state}, which does not tell.`;
  const error = { where: `the new version of ${calledAt(place)}`, expected: WANTED[why], seen: message, fix };
  return new Failure(why, new ActionError(error));
}

const WANTED: Readonly<Record<Failure["why"], string>> = {
  replaced: "the object that was applied",
  deleted: "the object that was applied",
  superseded: "to stay the last one that was applied",
  quota: "pods that the namespace allows",
  deadline: "to be rolled out in time",
  "doomed-pod": "pods that start",
  operator: "an operator that can roll it out",
  timeout: "to be rolled out in time",
  answer: "the right answer",
};
