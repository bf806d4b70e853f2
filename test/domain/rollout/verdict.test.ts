import { describe, expect, test } from "vitest";

import type { Deployment, Pod } from "../../../src/domain/kubernetes/object.ts";
import {
  judgeRollout,
  NO_MEMORY,
  SPEC_ID_ANNOTATION,
  type Applied,
  type RolloutFacts,
  type RolloutVerdict,
} from "../../../src/domain/rollout/verdict.ts";
import { DEPLOY_ID_LABEL } from "../../../src/domain/seldon/deploy-ids.ts";
import type { SeldonDeployment } from "../../../src/domain/seldon/resource.ts";
import { readRecording, type Recording } from "./recording.ts";

/** Plays a recording as a watcher would see it; the first verdict that is no waiting, and when. */
function play({ applied, moments }: Recording): { verdict: RolloutVerdict; at: number } {
  let memory = NO_MEMORY;
  let last: RolloutVerdict = { kind: "wait", waitsFor: "the first look" };
  for (const [nth, facts] of moments.entries()) {
    // A wait looks again every half second, also where nothing changes.
    const until = Math.min(moments[nth + 1]?.now ?? facts.now, facts.now + 60_000);
    for (let now = facts.now; now === facts.now || now < until; now += 500) {
      const judged = judgeRollout(applied, { ...facts, now }, memory);
      ({ memory } = judged);
      last = judged.verdict;
      if (last.kind !== "wait") return { verdict: last, at: now };
    }
  }
  return { verdict: last, at: moments.at(-1)!.now };
}

describe("on what the real operator v1.17.1 did", () => {
  // Not before the true moment: the operator itself says Available at +75 ms for b, e, k and six more.
  test.each([
    ["a", 27_400, 27_600],
    ["b", 23_190, 23_300],
    ["d", 140, 200],
    ["e", 23_600, 23_700],
    ["f0", 23_490, 23_530],
    ["i", 23_080, 23_130],
    ["j0", 22_700, 22_900],
    ["j1", 24_000, 24_100],
    ["j2", 21_900, 22_100],
    ["k", 21_900, 21_950],
  ])("timeline %s is rolled out between +%i and +%i ms", (name, from, until) => {
    const { verdict, at } = play(readRecording(name));
    expect(verdict).toEqual({ kind: "rolled-out" });
    expect(at).toBeGreaterThanOrEqual(from);
    expect(at).toBeLessThanOrEqual(until);
  });

  test.each(["c", "h"])(
    "timeline %s fails when Kubernetes gives up, although the state says Creating or Failed",
    (name) => {
      const { verdict, at } = play(readRecording(name));
      expect(verdict).toMatchObject({ kind: "failed", why: "deadline" });
      expect(at).toBeGreaterThan(30_300);
      expect(at).toBeLessThan(32_900);
    },
  );

  test("a traffic change is rolled out at once: no pod is touched", () => {
    expect(play(readRecording("f")).verdict).toEqual({ kind: "rolled-out" });
  });

  test("a deleted object is told as deleted", () => {
    const { applied, moments } = readRecording("g");
    const { verdict } = play({ title: "", applied, moments: moments.filter(({ sdep }) => sdep === undefined) });
    expect(verdict).toMatchObject({ kind: "failed", why: "deleted" });
  });

  test("the recordings hold what they are here for: a false Available before any new pod exists", () => {
    const { applied, moments } = readRecording("b");
    const lies = moments.filter(
      ({ now, sdep }) =>
        now < 1000 && sdep?.status?.state === "Available" && sdep.metadata.generation === applied.generation,
    );
    expect(lies.length).toBeGreaterThanOrEqual(2);
    for (const facts of lies) expect(judgeRollout(applied, facts).verdict.kind).toBe("wait");
  });
});

const NEW = "a".repeat(40);
const applied: Applied = {
  uid: "u",
  generation: 2,
  deployId: "f".repeat(40),
  predictors: [{ name: "default", deployId: NEW, deployments: 1, replicas: 1 }],
};

const sdep = (
  over: Partial<SeldonDeployment["metadata"]> = {},
  status: SeldonDeployment["status"] = { state: "Available" },
): SeldonDeployment => ({
  apiVersion: "machinelearning.seldon.io/v1",
  kind: "SeldonDeployment",
  metadata: { name: "m", uid: "u", generation: 2, annotations: { [SPEC_ID_ANNOTATION]: "f".repeat(40) }, ...over },
  spec: { predictors: [] },
  status,
});

const deployment = (
  over: Partial<NonNullable<Deployment["status"]>> = {},
  id = NEW,
  name = "m-default-0-classifier",
): Deployment => ({
  metadata: { name, generation: 2, ownerReferences: [{ uid: "u" }] },
  spec: { replicas: 1, template: { metadata: { labels: { [DEPLOY_ID_LABEL]: id } } } },
  status: {
    observedGeneration: 2,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    conditions: [{ type: "Progressing", status: "True" }],
    ...over,
  },
});

const pod = (status: Pod["status"], id = NEW): Pod => ({
  metadata: { name: "m-1", uid: "p", labels: { [DEPLOY_ID_LABEL]: id } },
  ...(status === undefined ? {} : { status }),
});

const waiting = (reason: string, message = "", restartCount = 0): Pod["status"] => ({
  containerStatuses: [{ name: "classifier", image: "acme/m:1", restartCount, state: { waiting: { reason, message } } }],
});

const look = (facts: Partial<RolloutFacts>, memory = NO_MEMORY) =>
  judgeRollout(applied, { sdep: sdep(), deployments: [deployment()], pods: [], now: 0, ...facts }, memory);

describe("rule by rule", () => {
  test.each<[string, Partial<RolloutFacts>, object]>([
    ["all is well", {}, { kind: "rolled-out" }],
    ["1 gone", { sdep: undefined }, { kind: "failed", why: "deleted" }],
    ["1 another object of that name", { sdep: sdep({ uid: "other" }) }, { kind: "failed", why: "replaced" }],
    ["1 being deleted", { sdep: sdep({ deletionTimestamp: "now" }) }, { kind: "failed", why: "deleted" }],
    [
      "2 another apply after ours",
      { sdep: sdep({ annotations: { [SPEC_ID_ANNOTATION]: "e".repeat(40) } }) },
      { kind: "failed", why: "superseded" },
    ],
    ["2 our annotation taken away", { sdep: sdep({ annotations: {} }) }, { kind: "failed", why: "superseded" }],
    ["3 a read from before our write", { sdep: sdep({ generation: 1, annotations: {} }) }, { kind: "wait" }],
    [
      "5 the stall of an earlier spec does not count",
      { deployments: [deployment({ observedGeneration: 1, conditions: [{ type: "Progressing", status: "False" }] })] },
      { kind: "wait" },
    ],
    [
      "6 an image that does not exist",
      {
        deployments: [deployment({ availableReplicas: 0 })],
        pods: [pod(waiting("ErrImagePull", "manifest unknown: not found"))],
      },
      { kind: "failed", why: "doomed-pod" },
    ],
    [
      "6 a registry in trouble may pass",
      {
        deployments: [deployment({ availableReplicas: 0 })],
        pods: [pod(waiting("ImagePullBackOff", "dial tcp: i/o timeout"))],
      },
      { kind: "wait" },
    ],
    [
      "6 a doomed pod of an earlier spec",
      { pods: [pod(waiting("InvalidImageName"), "0".repeat(40))] },
      { kind: "rolled-out" },
    ],
    ["7 the operator has done nothing yet", { deployments: [deployment({}, "0".repeat(40))] }, { kind: "wait" }],
    ["7 no Deployment at all, and no status (no operator)", { sdep: sdep({}, {}), deployments: [] }, { kind: "wait" }],
    [
      "7 not ours by owner",
      { deployments: [{ ...deployment(), metadata: { name: "x", generation: 2 } }] },
      { kind: "wait" },
    ],
    [
      "8 old pods still there",
      { deployments: [deployment({ replicas: 2 })] },
      { kind: "wait", waitsFor: expect.stringContaining("1 old pods") },
    ],
    [
      "8 not available yet",
      { deployments: [deployment({ availableReplicas: 0, unavailableReplicas: 1 })] },
      { kind: "wait" },
    ],
    [
      "8 an old Deployment stands beside",
      { deployments: [deployment(), deployment({}, "0".repeat(40), "m-old-0-x")] },
      { kind: "wait", waitsFor: expect.stringContaining("m-old-0-x") },
    ],
    [
      "9 Failed, just now",
      { sdep: sdep({}, { state: "Failed", description: "boom" }), deployments: [] },
      { kind: "wait" },
    ],
    ["10 the operator does not agree yet", { sdep: sdep({}, { state: "Creating" }) }, { kind: "wait" }],
  ])("%s", (_name, facts, expected) => {
    expect(look(facts).verdict).toMatchObject(expected);
  });

  test.each<[string, Partial<NonNullable<Deployment["status"]>>, object]>([
    [
      "4 no pods allowed",
      { updatedReplicas: 0, conditions: [{ type: "ReplicaFailure", status: "True", message: "exceeded quota: q" }] },
      { why: "quota", message: expect.stringContaining("exceeded quota: q") },
    ],
    [
      "5 no progress, whatever the state says",
      { replicas: 2, conditions: [{ type: "Progressing", status: "False", message: "timed out" }] },
      { why: "deadline", message: expect.stringContaining("timed out") },
    ],
  ])(
    "%s: counts once it has held for 2 s, since a new generation has the conditions of the one before for a moment",
    (_name, status, expected) => {
      const stuck = { deployments: [deployment(status)] };
      const first = look({ ...stuck, now: 100 });
      expect(first.verdict.kind).toBe("wait");
      expect(look({ ...stuck, now: 2099 }, first.memory).verdict.kind).toBe("wait");
      expect(look({ ...stuck, now: 2100 }, first.memory).verdict).toMatchObject({ kind: "failed", ...expected });
      expect(look({ now: 2100 }, first.memory).verdict.kind).toBe("rolled-out");
    },
  );

  test("9 Failed counts once it has held for 20 s, and starts anew when it goes", () => {
    const failing = { sdep: sdep({}, { state: "Failed", description: "boom" }), deployments: [] };
    const first = look({ ...failing, now: 1000 });
    const later = look({ ...failing, now: 20_999 }, first.memory);
    expect(later.verdict.kind).toBe("wait");
    expect(look({ ...failing, now: 21_000 }, later.memory).verdict).toMatchObject({ why: "operator", message: "boom" });
    const recovered = look({ now: 15_000, sdep: sdep({}, { state: "Creating" }), deployments: [] }, first.memory);
    expect(look({ ...failing, now: 21_000 }, recovered.memory).verdict.kind).toBe("wait");
  });

  test("a config error gets ten seconds, a crash two restarts, and a ready pod is never doomed for its past", () => {
    const unready = [deployment({ availableReplicas: 0, unavailableReplicas: 1 })];
    const shaky = { deployments: unready, pods: [pod(waiting("CreateContainerConfigError", "secret s not found"))] };
    const first = look({ ...shaky, now: 5 });
    expect(first.verdict.kind).toBe("wait");
    expect(look({ ...shaky, now: 10_005 }, first.memory).verdict).toMatchObject({ why: "doomed-pod" });
    const crashed = (restartCount: number, ready: boolean): Pod =>
      pod({
        containerStatuses: [
          {
            name: "classifier",
            restartCount,
            ready,
            state: ready ? { running: {} } : { waiting: { reason: "CrashLoopBackOff" } },
            lastState: { terminated: { reason: "OOMKilled", exitCode: 137 } },
          },
        ],
      });
    expect(look({ deployments: unready, pods: [crashed(1, false)] }).verdict.kind).toBe("wait");
    expect(look({ deployments: unready, pods: [crashed(2, false)] }).verdict).toMatchObject({
      why: "doomed-pod",
      culprit: { reason: "OOMKilled", logs: "previous", container: "classifier" },
    });
    expect(look({ pods: [crashed(7, true)] }).verdict.kind).toBe("rolled-out");
  });

  test("a pod without a place is told, not failed", () => {
    const stuck = pod({
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes: no cpu" }],
    });
    expect(look({ deployments: [deployment({ availableReplicas: 0 })], pods: [stuck] }).verdict).toMatchObject({
      kind: "wait",
      waitsFor: expect.stringContaining("no cpu"),
    });
  });

  test("replicas are proven by the Deployments, since they change no label", () => {
    const three = { ...applied, predictors: [{ ...applied.predictors[0]!, replicas: 3 }] };
    const facts = { sdep: sdep(), deployments: [deployment()], pods: [], now: 0 };
    expect(judgeRollout(three, facts).verdict).toMatchObject({
      kind: "wait",
      waitsFor: expect.stringContaining("to 3"),
    });
    const scaledBy = { ...applied, predictors: [{ ...applied.predictors[0]!, replicas: undefined }] };
    expect(judgeRollout(scaledBy, facts).verdict.kind).toBe("rolled-out");
  });
});

describe("pods that stood before we wrote: a run again after rollback: none, or the main one beside a canary", () => {
  const again: Applied = { ...applied, predictors: applied.predictors.map((each) => ({ ...each, stood: true })) };
  const unready = deployment({ availableReplicas: 0 });

  /** The verdicts of a wait over these moments, a second apart. */
  const verdictsOf = (moments: readonly Partial<RolloutFacts>[], of = again): string[] => {
    let memory = NO_MEMORY;
    return moments.map((facts, at) => {
      const all = { sdep: sdep(), deployments: [unready], pods: [], now: at * 1000, ...facts };
      const judged = judgeRollout(of, all, memory);
      ({ memory } = judged);
      return judged.verdict.kind === "failed" ? judged.verdict.why : judged.verdict.kind;
    });
  };
  const pulling = (reason: string): Partial<RolloutFacts> => ({ pods: [pod(waiting(reason, "nope: not found"))] });
  const fallen = (restarts: number): Partial<RolloutFacts> => ({
    pods: [
      pod({
        containerStatuses: [
          {
            name: "classifier",
            restartCount: restarts,
            state: { waiting: { reason: "CrashLoopBackOff" } },
            lastState: { terminated: { reason: "Error", exitCode: 1 } },
          },
        ],
      }),
    ],
  });
  const well: Partial<RolloutFacts> = { deployments: [deployment()] };

  test("an old pull error counts once the pull was tried again", () => {
    const [old, anew] = [pulling("ImagePullBackOff"), pulling("ErrImagePull")];
    expect(verdictsOf([old, old, well])).toEqual(["wait", "wait", "rolled-out"]);
    expect(verdictsOf([old, old, anew])).toEqual(["wait", "wait", "doomed-pod"]);
    expect(verdictsOf([anew, old, anew])).toEqual(["wait", "wait", "doomed-pod"]);
    expect(verdictsOf([{}, anew])).toEqual(["wait", "doomed-pod"]);
  });

  test("an old crash counts once it has fallen over again", () => {
    expect(verdictsOf([fallen(4), fallen(4), well])).toEqual(["wait", "wait", "rolled-out"]);
    expect(verdictsOf([fallen(4), fallen(5)])).toEqual(["wait", "doomed-pod"]);
  });

  test("what Kubernetes had given up before gets a minute; what it gives up now does not", () => {
    const stalled = {
      deployments: [deployment({ availableReplicas: 0, conditions: [{ type: "Progressing", status: "False" }] })],
    };
    const during = verdictsOf(Array.from({ length: 62 }, () => stalled));
    expect(during.indexOf("deadline")).toBe(60);
    expect(verdictsOf([{}, stalled, stalled, stalled])).toEqual(["wait", "wait", "wait", "deadline"]);
  });

  test("none of it holds for pods that are new", () => {
    expect(verdictsOf([pulling("ErrImagePull")], applied)).toEqual(["doomed-pod"]);
    expect(verdictsOf([fallen(4)], applied)).toEqual(["doomed-pod"]);
  });
});
