import { describe, expect, test } from "vitest";

import { DEPLOY_ID_LABEL, predictorIds, stampSpec } from "../../../src/domain/seldon/deploy-ids.ts";
import { lintSeldonDeployment } from "../../../src/domain/seldon/lint.ts";
import { buildSpec, predictionPath, resourceOf, type ManifestOrder } from "../../../src/domain/seldon/manifest.ts";
import { asJson, type SeldonSpec } from "../../../src/domain/seldon/resource.ts";
import { PREPACKAGED, serverOfFlavor } from "../../../src/domain/seldon/servers.ts";
import { ActionError } from "../../../src/errors.ts";

const order = (over: Partial<ManifestOrder> = {}): ManifestOrder => ({
  image: "ghcr.io/acme/digits@sha256:0",
  modelUri: undefined,
  implementation: undefined,
  parameters: [],
  autoscale: undefined,
  replicas: 1,
  resources: undefined,
  env: {},
  serviceAccount: undefined,
  storageSecret: undefined,
  imagePullSecret: undefined,
  protocol: "seldon",
  engine: "auto",
  annotations: {},
  progressDeadlineSeconds: 240,
  answersPing: true,
  ...over,
});

const whole = (spec: SeldonSpec) =>
  asJson(resourceOf({ name: "digits", namespace: "models" }, spec, { labels: {}, annotations: {} }));

describe("the manifest", () => {
  test("of an image: one node, no executor, a probe that asks the model", () => {
    expect(buildSpec(order())).toEqual({
      protocol: "seldon",
      predictors: [
        {
          name: "default",
          replicas: 1,
          annotations: { "seldon.io/no-engine": "true" },
          progressDeadlineSeconds: 240,
          graph: { name: "classifier", type: "MODEL", children: [] },
          componentSpecs: [
            {
              spec: {
                containers: [
                  {
                    name: "classifier",
                    image: "ghcr.io/acme/digits@sha256:0",
                    imagePullPolicy: "IfNotPresent",
                    readinessProbe: {
                      httpGet: { path: "/health/ping", port: "http", scheme: "HTTP" },
                      initialDelaySeconds: 1,
                      periodSeconds: 1,
                      timeoutSeconds: 2,
                      successThreshold: 1,
                      failureThreshold: 3,
                    },
                  },
                ],
                terminationGracePeriodSeconds: 20,
              },
            },
          ],
        },
      ],
    });
  });

  test("of an image and a model's URI: mounted, and told to the image", () => {
    const [predictor] = buildSpec(order({ modelUri: "s3://models/digits/7", storageSecret: "store" })).predictors;
    expect(predictor!.graph).toMatchObject({
      type: "MODEL",
      modelUri: "s3://models/digits/7",
      envSecretRefName: "store",
    });
    expect(predictor!.componentSpecs![0]!.spec!.containers![0]).toMatchObject({
      env: [{ name: "MODEL_PATH", value: "/mnt/models" }],
    });
  });

  test.each([...PREPACKAGED.keys()])("of %s has no error, with the executor", (implementation) => {
    const { protocols } = PREPACKAGED.get(implementation)!;
    const spec = buildSpec(
      order({
        image: undefined,
        implementation,
        modelUri: "pvc://models/digits/1",
        protocol: protocols[0] as "seldon" | "v2",
        parameters: [{ name: "method", value: "predict", type: "STRING" }],
      }),
    );
    expect(spec.predictors[0]!.annotations).toBeUndefined();
    expect(lintSeldonDeployment(whole(spec))).toEqual([]);
  });

  test("of everything else that can be asked", () => {
    const spec = buildSpec(
      order({
        engine: "executor",
        env: { A: "1" },
        resources: { limits: { memory: "1Gi" } },
        serviceAccount: "models",
        imagePullSecret: "pull",
        annotations: { "seldon.io/rest-timeout": "5000" },
      }),
    );
    expect(spec.annotations).toEqual({ "seldon.io/rest-timeout": "5000" });
    expect(spec.predictors[0]!.annotations).toBeUndefined();
    expect(spec.predictors[0]!.componentSpecs![0]!.spec).toMatchObject({
      serviceAccountName: "models",
      imagePullSecrets: [{ name: "pull" }],
      containers: [{ env: [{ name: "A", value: "1" }], resources: { limits: { memory: "1Gi" } } }],
    });
    expect(lintSeldonDeployment(whole(spec))).toEqual([]);
  });

  test("of nothing is refused with what to do", () => {
    expect(() => buildSpec(order({ image: undefined, modelUri: "s3://x/1" }))).toThrow(ActionError);
  });

  test("flavors and paths", () => {
    expect([
      serverOfFlavor("sklearn"),
      serverOfFlavor("XGBoost"),
      serverOfFlavor("custom"),
      serverOfFlavor("__proto__"),
    ]).toEqual(["SKLEARN_SERVER", "XGBOOST_SERVER", undefined, undefined]);
    expect(["seldon", "v2", "tensorflow"].map((protocol) => predictionPath(protocol, "m"))).toEqual([
      "/api/v1.0/predictions",
      "/v2/models/m/infer",
      "/v1/models/m:predict",
    ]);
  });
});

describe("deploy ids", () => {
  const stamp = async (
    change: (
      spec: { -readonly [K in keyof SeldonSpec]: SeldonSpec[K] } & { predictors: Record<string, unknown>[] },
    ) => void = () => undefined,
    over: Partial<ManifestOrder> = {},
  ) => {
    const spec = structuredClone(buildSpec(order(over))) as never;
    change(spec);
    return await stampSpec(spec);
  };

  test("are 40 hex digits, the same for the same, and stable when stamped again", async () => {
    const { spec, deployId } = await stamp();
    expect(deployId).toMatch(/^[0-9a-f]{40}$/);
    expect(predictorIds(spec).get("default")).toMatch(/^[0-9a-f]{40}$/);
    expect(await stampSpec(spec)).toEqual({ spec, deployId });
  });

  test.each<[string, (spec: { predictors: Record<string, unknown>[]; annotations?: unknown }) => void, boolean]>([
    [
      "replicas",
      ({ predictors: [p] }) => {
        p!.replicas = 3;
      },
      false,
    ],
    [
      "traffic",
      ({ predictors: [p] }) => {
        p!.traffic = 100;
      },
      false,
    ],
    [
      "explainer",
      ({ predictors: [p] }) => {
        p!.explainer = { type: "ALE" };
      },
      false,
    ],
    [
      "autoscaling without executor",
      ({ predictors: [p] }) => {
        (p!.componentSpecs as Record<string, unknown>[])[0]!.hpaSpec = { maxReplicas: 3 };
      },
      false,
    ],
    [
      "how long is waited, without executor",
      ({ predictors: [p] }) => {
        p!.progressDeadlineSeconds = 9;
      },
      false,
    ],
    [
      "a label of one's own",
      ({ predictors: [p] }) => {
        p!.labels = { team: "blue" };
      },
      true,
    ],
    [
      "an annotation of the spec",
      (spec) => {
        spec.annotations = { a: "b" };
      },
      true,
    ],
    [
      "the image",
      ({ predictors: [p] }) => {
        (p!.componentSpecs as { spec: { containers: Record<string, unknown>[] } }[])[0]!.spec.containers[0]!.image =
          "other";
      },
      true,
    ],
  ])("%s", async (_name, change, restarts) => {
    const [before, after] = [await stamp(), await stamp(change)];
    expect(after.deployId).not.toBe(before.deployId);
    const same =
      after.spec.predictors[0]!.labels![DEPLOY_ID_LABEL] === before.spec.predictors[0]!.labels![DEPLOY_ID_LABEL];
    expect(same).toBe(!restarts);
  });

  test("autoscaling with the executor restarts, since it holds the whole predictor", async () => {
    const engine = { engine: "executor" } as const;
    const scaled = await stamp(({ predictors: [p] }) => {
      (p!.componentSpecs as Record<string, unknown>[])[0]!.hpaSpec = { maxReplicas: 3 };
    }, engine);
    const { spec } = await stamp(undefined, engine);
    expect(scaled.spec.predictors[0]!.labels).not.toEqual(spec.predictors[0]!.labels);
  });
});
