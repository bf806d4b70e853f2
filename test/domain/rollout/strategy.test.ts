import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { KeptRelease } from "../../../src/domain/rollout/release.ts";
import { planStep, sharesOf, type StepPlan } from "../../../src/domain/rollout/strategy.ts";
import { DEPLOY_ID_LABEL, stampSpec } from "../../../src/domain/seldon/deploy-ids.ts";
import { lintSeldonDeployment } from "../../../src/domain/seldon/lint.ts";
import { resourceOf } from "../../../src/domain/seldon/manifest.ts";
import { asJson, type SeldonSpec } from "../../../src/domain/seldon/resource.ts";

const specOf = (image: string, more: Partial<SeldonSpec["predictors"][0]> = {}): SeldonSpec => ({
  protocol: "seldon",
  predictors: [
    {
      name: "default",
      replicas: 1,
      annotations: { "seldon.io/no-engine": "true" },
      graph: { name: "classifier", type: "MODEL" },
      componentSpecs: [{ spec: { containers: [{ name: "classifier", image }] } }],
      ...more,
    },
  ],
});

const releaseOf = async (spec: SeldonSpec, more: Partial<KeptRelease> = {}): Promise<KeptRelease> => {
  const stamped = await stampSpec(spec);
  return { schema: 1, ...stamped, repository: "acme/digits", sha: "1", runId: "1", ...more };
};

const order = (step: "start" | "finish" | "abort", traffic?: number) => ({
  strategy: "canary" as const,
  step,
  traffic,
});

const applied = (plan: StepPlan): Extract<StepPlan, { kind: "apply" }> => {
  expect(plan).toMatchObject({ kind: "apply" });
  return plan as Extract<StepPlan, { kind: "apply" }>;
};

const tell = ({ predictors }: SeldonSpec): string[] =>
  predictors.map(({ name, traffic = "-", replicas = "-", componentSpecs }) =>
    [name, traffic, replicas, componentSpecs![0]!.spec!.containers![0]!.image].join(" "),
  );

describe("steps", () => {
  test("the canary never takes the Service of the main predictor, and at the end the main one keeps it", async () => {
    const own = { "seldon.io/no-engine": "true", "seldon.io/svc-name": "front" };
    const standing = await releaseOf(specOf("a:1", { annotations: own }));
    const started = applied(await planStep(order("start"), specOf("a:2", { annotations: own }), standing));
    expect(started.spec.predictors.map(({ annotations }) => annotations)).toEqual([
      own,
      { "seldon.io/no-engine": "true" },
    ]);
    const running = await releaseOf(started.spec, { strategy: "canary", stable: standing });
    const { spec } = applied(await planStep(order("finish"), undefined, running));
    expect(spec.predictors[0]).toMatchObject({ name: "default", annotations: own });
  });

  test("finish keeps the main predictor's pods, autoscaled or not", async () => {
    const hpaSpec = { minReplicas: 2, maxReplicas: 6 };
    const componentSpecs = [{ hpaSpec, spec: { containers: [{ name: "classifier", image: "a:1" }] } }];
    const standing = await releaseOf(specOf("a:1", { componentSpecs }));
    const started = applied(await planStep(order("start"), specOf("a:2"), standing));
    const running = await releaseOf(started.spec, { strategy: "canary", stable: standing });
    const { spec } = applied(await planStep(order("finish"), undefined, running));
    expect(spec.predictors[0]!.componentSpecs![0]).toMatchObject({
      hpaSpec,
      spec: { containers: [{ image: "a:2" }] },
    });
  });

  test("a predictor of a user's own stays what it is called; several of them are refused", async () => {
    const standing = await releaseOf(specOf("a:1", { name: "main" }));
    const started = applied(await planStep(order("start", 5), specOf("a:2"), standing));
    expect(tell(started.spec)).toEqual(["main 95 1 a:1", "canary 5 1 a:2"]);
    const [one] = specOf("a:1").predictors;
    const two = await releaseOf({ predictors: [one!, { ...one!, name: "other" }] });
    expect(await planStep(order("start"), specOf("a:2"), two)).toMatchObject({
      kind: "refuse",
      seen: /default, other/,
    });
    const candidate = { predictors: [one!, { ...one!, name: "other" }] };
    expect(await planStep(order("start"), candidate, standing)).toMatchObject({ kind: "refuse" });
  });

  test("a canary that was started before releases kept the one before is aborted all the same", async () => {
    const standing = await releaseOf(specOf("a:1"));
    const started = applied(await planStep(order("start"), specOf("a:2"), standing));
    const { spec } = applied(
      await planStep(order("abort"), undefined, await releaseOf(started.spec, { strategy: "canary" })),
    );
    expect((await stampSpec(spec)).deployId).toBe(standing.deployId);
  });
});

test("over any run of steps: shares sum up to 100, none is 0, the webhook would take it, and what is not new is not restarted", async () => {
  const commands = fc.array(
    fc.oneof(
      fc.record({
        strategy: fc.constantFrom("canary" as const, "abtest" as const),
        step: fc.constantFrom("start" as const, "finish" as const, "abort" as const),
        traffic: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
        image: fc.constantFrom("a:1", "a:2", "a:3"),
      }),
      fc.record({
        strategy: fc.constant("rolling" as const),
        step: fc.constant("start" as const),
        traffic: fc.constant(undefined),
        image: fc.constantFrom("a:1", "a:2", "a:3"),
      }),
    ),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (all) => {
      let standing: KeptRelease | undefined;
      let stable: string | undefined;
      for (const { image, ...step } of all) {
        const ends = step.strategy !== "rolling" && step.step !== "start";
        const plan = await planStep(step, ends ? undefined : specOf(image), standing);
        if (plan.kind === "refuse") continue;
        const now = await stampSpec(plan.spec);
        const shares = [...sharesOf(now.spec).values()];
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(100);
        expect(shares.every((share) => share > 0)).toBe(true);
        const document = asJson(resourceOf({ name: "d", namespace: "n" }, now.spec, { labels: {}, annotations: {} }));
        expect(lintSeldonDeployment(document).filter(({ level }) => level === "error")).toEqual([]);
        if (step.strategy !== "rolling" && step.step === "start" && standing !== undefined) {
          const label = (release: SeldonSpec): unknown => release.predictors[0]!.labels![DEPLOY_ID_LABEL];
          expect(label(now.spec)).toBe(label(standing.spec));
        }
        if (step.step === "abort") expect(now.deployId).toBe(stable);
        if (now.spec.predictors.length === 1) stable = now.deployId;
        standing = {
          schema: 1,
          ...now,
          repository: "r",
          sha: "s",
          runId: "1",
          ...(now.spec.predictors.length === 2 && step.strategy !== "rolling"
            ? { strategy: step.strategy, ...(plan.stable === undefined ? {} : { stable: plan.stable }) }
            : {}),
          ...(step.strategy !== "rolling" && step.step !== "start"
            ? { ended: { strategy: step.strategy, step: step.step } }
            : {}),
        };
      }
    }),
    { numRuns: 300 },
  );
});
