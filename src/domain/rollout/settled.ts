import { judgeObject, type CustomRules } from "../kubernetes/kinds.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";

/** An object that was applied, as the API server answered. */
export type AppliedObject = {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
};

export type SettledMemory = {
  /** Object and reason → since when it has been so. */
  readonly failingSince: Readonly<Record<string, number>>;
};

export const NOTHING_SEEN: SettledMemory = { failingSince: {} };

export type SettledVerdict =
  | { readonly kind: "wait"; readonly waitsFor: string }
  /** All are well. `untold`: those that exist, of kinds that no rule knows. */
  | { readonly kind: "settled"; readonly untold: readonly string[] }
  | { readonly kind: "failed"; readonly culprit: AppliedObject; readonly message: string };

/**
 * Tells whether a set of applied objects is well, each by the rule of its kind.
 * @param current the object as it is now, for each applied one in the same order; `undefined` when it is gone
 * @param now milliseconds on a clock that never jumps
 */
export function judgeObjects(
  applied: readonly AppliedObject[],
  current: readonly (KubernetesObject | undefined)[],
  rules: CustomRules,
  now: number,
  before: SettledMemory = NOTHING_SEEN,
): { readonly verdict: SettledVerdict; readonly memory: SettledMemory } {
  const failingSince: Record<string, number> = {};
  const waiting: string[] = [];
  const untold: string[] = [];
  const failures: Extract<SettledVerdict, { kind: "failed" }>[] = [];
  const fail = (culprit: AppliedObject, why: string): void => {
    failures.push({ kind: "failed", culprit, message: `${title(culprit)}: ${why}` });
  };
  for (const [at, wanted] of applied.entries()) {
    const object = current[at];
    if (object === undefined) {
      fail(wanted, "it is gone");
    } else if (object.metadata.uid !== wanted.uid) {
      fail(wanted, "someone has deleted it and made another of its name");
    } else if ((object.metadata.generation ?? 0) < wanted.generation) {
      waiting.push(`${title(wanted)}: the API server to show what was applied`);
    } else {
      const said = judgeObject(object, rules);
      if (said.kind === "wait") waiting.push(`${title(wanted)}: ${said.waitsFor}`);
      if (said.kind === "untold") untold.push(title(wanted));
      if (said.kind === "failed") {
        const key = `${wanted.uid}/${object.metadata.generation ?? 0}/${said.why}`;
        const since = (failingSince[key] = before.failingSince[key] ?? now);
        if (now - since >= said.holdsMs) fail(wanted, said.why);
        else waiting.push(`${title(wanted)}: it to recover: ${said.why}`);
      }
    }
  }
  const memory: SettledMemory = { failingSince };
  if (failures.length > 0) return { verdict: failures[0]!, memory };
  if (waiting.length > 0) return { verdict: { kind: "wait", waitsFor: waiting.join("; ") }, memory };
  return { verdict: { kind: "settled", untold }, memory };
}

const title = ({ kind, name }: AppliedObject): string => `${kind} ${name}`;
