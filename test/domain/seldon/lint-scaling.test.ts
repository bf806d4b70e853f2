import { describe, expect, test } from "vitest";

import { lintSeldonDeployment } from "../../../src/domain/seldon/lint.ts";
import type { Json } from "../../../src/domain/text/json.ts";

const told = (component: { [name: string]: Json }): string[] =>
  lintSeldonDeployment({
    apiVersion: "machinelearning.seldon.io/v1",
    kind: "SeldonDeployment",
    metadata: { name: "m" },
    spec: {
      predictors: [
        {
          name: "default",
          graph: { name: "c", type: "MODEL" },
          componentSpecs: [{ spec: { containers: [{ name: "c", image: "a@sha256:1" }] }, ...component }],
        },
      ],
    },
  }).map(({ level, where }) => `${level} ${where.replace("spec.predictors[0].componentSpecs[0].", "")}`);

const cpu = [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } }];
const requesting = { containers: [{ name: "c", image: "a@sha256:1", resources: { requests: { cpu: "1" } } }] };

describe("how a component is scaled", () => {
  test.each<[{ [name: string]: Json }, string[]]>([
    [{ hpaSpec: { minReplicas: 1, maxReplicas: 5, metricsv2: cpu }, spec: requesting }, []],
    [{ hpaSpec: { minReplicas: 1, maxReplicas: 5, metricsv2: cpu } }, ["warning spec.containers"]],
    [{ hpaSpec: { minReplicas: 1 } }, ["error hpaSpec.maxReplicas"]],
    [{ hpaSpec: { minReplicas: 6, maxReplicas: 5 } }, ["error hpaSpec.minReplicas"]],
    [{ hpaSpec: { maxReplicas: 5, metrics: [] } }, ["warning hpaSpec.metrics"]],
    [{ hpaSpec: { maxReplicas: 5 }, kedaSpec: { triggers: [] } }, ["warning hpaSpec"]],
    [{ hpaSpec: { maxReplicas: 5 }, replicas: 2 }, ["warning replicas"]],
    [{ kedaSpec: { maxReplicaCount: 2 } }, ["error kedaSpec.triggers"]],
    [{ hpaSpec: null, kedaSpec: null }, []],
  ])("%j", (component, expected) => {
    expect(told(component)).toEqual(expected);
  });
});
