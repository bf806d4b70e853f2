import { describe, expect, test } from "vitest";

import type { KubernetesObject } from "../../../src/domain/kubernetes/object.ts";
import {
  answersNeeded,
  differsFrom,
  judgeCounts,
  weightsOfAnnotations,
  weightsOfMappings,
  weightsOfVirtualService,
} from "../../../src/domain/rollout/routes.ts";
import type { Json } from "../../../src/domain/text/json.ts";

const SERVED = [
  { predictor: "default", service: "digits-default" },
  { predictor: "canary", service: "digits-canary" },
];
const SHARES = new Map([
  ["default", 90],
  ["canary", 10],
]);

const object = (spec: Json, name = "digits", annotations = {}): KubernetesObject => ({
  metadata: { name, namespace: "models", annotations },
  spec,
});
const to = (host: string, weight?: number): Json => ({
  destination: { host },
  ...(weight === undefined ? {} : { weight }),
});

describe("a VirtualService", () => {
  const read = (...routes: Json[][]): string | undefined =>
    differsFrom(weightsOfVirtualService(object({ http: routes.map((route) => ({ route })) }), SERVED), SHARES);

  test("shares as asked, for HTTP and gRPC alike, by short and by full names", () => {
    const http = [to("digits-default", 90), to("digits-canary", 10)];
    expect(read(http, http)).toBeUndefined();
    expect(read([to("digits-default.models.svc.cluster.local", 90), to("digits-canary.models", 10)])).toBeUndefined();
  });

  test.each([
    [[[to("digits-default", 10), to("digits-canary", 90)]], "default 10 %, canary 90 %"],
    [[[to("digits-default")]], "default 100 %"],
    [[[to("digits-default", 90), to("digits-canary", 10)], [to("digits-default")]], /can not be read/],
    [[[to("digits-default.other", 90), to("digits-canary", 10)]], /can not be read/],
    [[], /can not be read/],
  ])("%j does not", (routes, told) => {
    expect(read(...routes)).toMatch(told);
  });
});

describe("Ambassador", () => {
  const mapping = (predictor: string, weight?: number): { [name: string]: Json } => ({
    service: `digits-${predictor}.models:8000`,
    ...(weight === undefined ? {} : { weight }),
  });

  test("the first predictor gets what the others leave", () => {
    const all = [object(mapping("default")), object(mapping("canary", 10))];
    expect(differsFrom(weightsOfMappings(all, SERVED), SHARES)).toBeUndefined();
    const half = [object(mapping("default")), object(mapping("canary", 50))];
    expect(differsFrom(weightsOfMappings(half, SERVED), SHARES)).toBe("default the rest, canary 50 %");
  });

  test("a shadow is no share; two Mappings of one predictor must agree", () => {
    const shadow = object({ ...mapping("canary", 10), shadow: true });
    expect(weightsOfMappings([object(mapping("default")), shadow], SERVED)).toEqual(new Map([["default", undefined]]));
    const torn = [object(mapping("canary", 10)), object(mapping("canary", 20))];
    expect(weightsOfMappings(torn, SERVED)).toBeUndefined();
  });

  test("its annotation holds several documents, and only those of predictors' Services count", async () => {
    const config = (predictor: string, weight?: number): object => ({
      "getambassador.io/config": [mapping(predictor, weight), { ...mapping(predictor, weight), grpc: true }]
        .map((each) => `---\n${JSON.stringify({ apiVersion: "ambassador/v1", kind: "Mapping", ...each })}\n`)
        .join(""),
    });
    const services = [
      object({}, "digits-default", config("default")),
      object({}, "digits-canary", config("canary", 10)),
      object({}, "digits-canary-classifier", config("other", 70)),
    ];
    expect(differsFrom(await weightsOfAnnotations(services, SERVED), SHARES)).toBeUndefined();
  });

  test("what is gone may have no route left", () => {
    const all = [object(mapping("default")), object(mapping("canary", 10))];
    expect(differsFrom(weightsOfMappings(all, SERVED), new Map([["default", 100]]))).toMatch(/canary 10 %/);
    expect(differsFrom(weightsOfMappings(all.slice(0, 1), SERVED), new Map([["default", 100]]))).toBeUndefined();
  });
});

describe("counted answers", () => {
  test("enough of them that the rarer version is seen", () => {
    expect(answersNeeded(SHARES)).toBe(300);
    expect(
      answersNeeded(
        new Map([
          ["a", 50],
          ["b", 50],
        ]),
      ),
    ).toBe(100);
    expect(
      answersNeeded(
        new Map([
          ["a", 99],
          ["b", 1],
        ]),
      ),
    ).toBe(1000);
  });

  test("a fair gateway passes 2,000 times, an unfair one does not", () => {
    let state = 12345;
    const random = (): number => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    const count = (share: number): Map<string, number> => {
      const counts = new Map([
        ["default", 0],
        ["canary", 0],
      ]);
      for (let at = 0; at < 300; at++) {
        const by = random() < share ? "canary" : "default";
        counts.set(by, counts.get(by)! + 1);
      }
      return counts;
    };
    for (let round = 0; round < 2000; round++) expect(judgeCounts(count(0.1), SHARES)).toBeUndefined();
    for (let round = 0; round < 200; round++) expect(judgeCounts(count(0.3), SHARES)).toBeDefined();
    expect(judgeCounts(new Map([["default", 300]]), SHARES)).toEqual({
      expected: "about 90 % of the answers by default",
      seen: "300 of 300",
    });
  });
});
