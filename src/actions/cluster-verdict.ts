import type { Applied, FailureCode } from "../domain/rollout/verdict.ts";
import { ActionError } from "../errors.ts";
import type { HttpAnswer } from "../ports.ts";
import { type ClusterOrder, type ClusterPorts, type Version, calledAt } from "./cluster-facts.ts";
import type { Addresses } from "../domain/seldon/addresses.ts";
import { addressesOf, atUsersAddress, proveInCluster, type UserAddress } from "./cluster-proof.ts";
import { proveAutoscaling } from "./cluster-scaling.ts";
import { proveShares } from "./cluster-routes.ts";
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
  { spec, asked, routing, contract }: Pick<Version, "spec" | "asked" | "routing" | "contract">,
  applied: Applied,
  deadline: number,
  order: Pick<ClusterOrder, "smoke-request" | "base-url" | "request-headers" | "ca">,
  ports: ClusterPorts,
): Promise<{ addresses: Addresses; prediction: string | undefined }> {
  const end = await waitForRollout(place, applied, deadline, ports);
  if (end.verdict.kind !== "rolled-out") throw await failureOf(place, applied, end, ports);
  try {
    const proof = {
      applied,
      spec,
      facts: end.facts,
      smoke: order["smoke-request"],
      contract,
      base: usersAddress(order),
      deadline: Math.max(deadline, ports.clock.elapsed() + 10_000),
    };
    const { deployments } = end.facts;
    await proveAutoscaling(place, { spec, applied, deployments, deadline: proof.deadline }, ports);
    const prediction = await proveInCluster(place, { ...proof, asked }, ports);
    if (routing !== undefined) {
      const { smoke, base } = proof;
      const request =
        smoke === undefined || base === undefined
          ? async (): Promise<HttpAnswer> => Promise.reject(new Error("no address at which answers could be counted"))
          : atUsersAddress(place, { smoke, base }, ports);
      await proveShares(place, { routing, spec, request, deadline: proof.deadline }, ports);
    }
    return { addresses: addressesOf(place, spec, order["base-url"], end.facts.sdep), prediction };
  } catch (thrown) {
    if (ports.signal.aborted || !(thrown instanceof ActionError)) throw thrown;
    await explainFailure(place, applied, end.facts, undefined, ports);
    throw new Failure("answer", thrown);
  }
}

const usersAddress = (order: Pick<ClusterOrder, "base-url" | "request-headers" | "ca">): UserAddress | undefined =>
  order["base-url"] && { url: order["base-url"], headers: order["request-headers"] ?? {}, ca: order.ca };

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
