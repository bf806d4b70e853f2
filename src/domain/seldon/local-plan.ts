import type { ServingState } from "./serving.ts";

/** What is to be done for a version to be served on this machine, and why. */
export type LocalPlan = {
  readonly operation: "created" | "updated" | "unchanged";
  readonly reason: string;
};

/** What was seen before anything is done. */
export type LocalFacts = {
  readonly state: ServingState | undefined;
  /** Whether the version that serves has just answered; absent where none serves. */
  readonly answers: boolean | undefined;
  readonly wanted: { readonly deployId: string; readonly replicas: number };
};

/** Decides from what serves now. Only the very version that serves, in the number asked for, and that answers, is left alone. */
export function planLocal({ state, answers, wanted }: LocalFacts): LocalPlan {
  if (state === undefined) return { operation: "created", reason: "nothing is served under this name" };
  if (state.status === "stopped") {
    return { operation: "created", reason: "what was served under this name has ended, with its job or its machine" };
  }
  if (state.status === "empty") return { operation: "created", reason: "the front has no model server left" };
  if (state.deployId !== wanted.deployId) {
    return {
      operation: "updated",
      reason: `another version serves: ${short(state.deployId)} → ${short(wanted.deployId)}`,
    };
  }
  if (state.replicas !== wanted.replicas) {
    return { operation: "updated", reason: `replicas ${state.replicas} → ${wanted.replicas}` };
  }
  if (answers === false) return { operation: "updated", reason: "this version serves already, but does not answer" };
  return { operation: "unchanged", reason: `this version (${short(wanted.deployId)}) serves already, and answers` };
}

const short = (deployId: string | undefined): string => deployId?.slice(0, 12) ?? "none";
