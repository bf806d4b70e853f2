import { describe, expect, it } from "vitest";
import { NO_RULES } from "../../../src/domain/kubernetes/kinds.ts";
import type { KubernetesObject } from "../../../src/domain/kubernetes/object.ts";
import { judgeObjects, type AppliedObject, type SettledMemory } from "../../../src/domain/rollout/settled.ts";

const applied: readonly AppliedObject[] = [
  { kind: "Deployment", namespace: "demo", name: "score", uid: "u1", generation: 2 },
  { kind: "Service", namespace: "demo", name: "score", uid: "u2", generation: 0 },
];
const deployment = (status: object, generation = 2): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "score", uid: "u1", generation },
  spec: { replicas: 1 },
  status: status as never,
});
const service: KubernetesObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "score", uid: "u2" },
  spec: { type: "ClusterIP" },
};
const WELL = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
const OVERDUE = { ...WELL, conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }] };
const judge = (current: readonly (KubernetesObject | undefined)[], now = 0, memory?: SettledMemory) =>
  judgeObjects(applied, current, NO_RULES, now, memory);

describe("a set of applied objects", () => {
  it("is settled when each is well", () => {
    expect(judge([deployment(WELL), service]).verdict).toEqual({ kind: "settled", untold: [] });
  });

  it("says what it waits for, also before the API server shows what was applied", () => {
    expect(judge([deployment({ ...WELL, availableReplicas: 0 }), service]).verdict).toEqual({
      kind: "wait",
      waitsFor: "Deployment score: 0 of 1 pods to be available",
    });
    expect(judge([deployment(WELL, 1), service]).verdict.kind).toBe("wait");
  });

  it("fails when one is gone, or was made anew by another", () => {
    expect(judge([deployment(WELL), undefined]).verdict).toMatchObject({ message: "Service score: it is gone" });
    const other = { ...service, metadata: { ...service.metadata, uid: "u3" } };
    expect(judge([deployment(WELL), other]).verdict).toMatchObject({ kind: "failed", culprit: { uid: "u2" } });
  });

  it("fails by a sign that may be an old one only when it holds", () => {
    const first = judge([deployment(OVERDUE), service], 1000);
    expect(first.verdict.kind).toBe("wait");
    expect(judge([deployment(OVERDUE), service], 2900, first.memory).verdict.kind).toBe("wait");
    expect(judge([deployment(OVERDUE), service], 3000, first.memory).verdict.kind).toBe("failed");
    // Taken back in between: it begins anew.
    const mended = judge([deployment(WELL), service], 2000, first.memory);
    expect(judge([deployment(OVERDUE), service], 3000, mended.memory).verdict.kind).toBe("wait");
  });
});
