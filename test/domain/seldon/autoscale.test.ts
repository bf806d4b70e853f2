import { describe, expect, test } from "vitest";

import type { KubernetesObject } from "../../../src/domain/kubernetes/object.ts";
import { autoscalerDiffers, hpaSpecOf, parseAutoscale, requireRequests } from "../../../src/domain/seldon/autoscale.ts";
import type { Json } from "../../../src/domain/text/json.ts";

test.each([
  ["1..5 cpu=70", { least: 1, most: 5, targets: [{ resource: "cpu", percent: 70 }] }],
  ["2..2", { least: 2, most: 2, targets: [{ resource: "cpu", percent: 80 }] }],
  [
    " 1..10  cpu=50% memory=75 ",
    {
      least: 1,
      most: 10,
      targets: [
        { resource: "cpu", percent: 50 },
        { resource: "memory", percent: 75 },
      ],
    },
  ],
])("%j is read", (text, expected) => {
  expect(parseAutoscale(text)).toEqual(expected);
});

test.each(["", "5", "0..3", "3..2", "1..5 gpu=3", "1..5 cpu=0", "1..5 cpu=70 cpu=80", "1...5", "1..5 cpu", "1..20000"])(
  "%j is refused",
  (text) => {
    expect(parseAutoscale(text)).toBeUndefined();
  },
);

test("a percentage needs what it is one of: a request, or the limit that stands for it", () => {
  const autoscale = parseAutoscale("1..5 cpu=70")!;
  expect(() => requireRequests(autoscale, undefined)).toThrow(/requests\.cpu/);
  expect(() => requireRequests(autoscale, { requests: { memory: "1Gi" } })).toThrow(/requests\.cpu/);
  expect(() => requireRequests(autoscale, { requests: { cpu: "1" } })).not.toThrow();
  expect(() => requireRequests(autoscale, { limits: { cpu: "1" } })).not.toThrow();
});

describe("an autoscaler in the cluster", () => {
  const hpa = hpaSpecOf(parseAutoscale("1..5 cpu=70")!);
  const standing = (spec: { [name: string]: Json }): KubernetesObject => ({
    metadata: { name: "digits-default-0-classifier" },
    spec: {
      scaleTargetRef: { kind: "Deployment", name: "digits-default-0-classifier" },
      minReplicas: 1,
      maxReplicas: 5,
      metrics: (hpa as { metricsv2: Json }).metricsv2,
      ...spec,
    },
  });
  const differs = (spec: { [name: string]: Json }) =>
    autoscalerDiffers(hpa, "digits-default-0-classifier", standing(spec));

  test("as asked", () => {
    expect(differs({})).toBeUndefined();
  });

  test.each([
    [{ maxReplicas: 3 }, "1..3 cpu=70"],
    [{ minReplicas: 2 }, "2..5 cpu=70"],
    [{ metrics: [] }, "1..5"],
    [{ scaleTargetRef: { name: "other" } }, "one of other"],
  ])("%j", (spec, seen) => {
    expect(differs(spec)).toMatchObject({ seen });
  });

  test("none", () => {
    expect(autoscalerDiffers(hpa, "x", undefined)).toEqual({ expected: "1..5 cpu=70", seen: "none" });
  });
});
