import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { DEPLOY_ID_LABEL } from "../../src/domain/seldon/deploy-ids.ts";
import { PROVEN_ANNOTATION } from "../../src/domain/rollout/release.ts";
import { ANSWER, PATH, startSmallBench, type SmallBench } from "../world/kubernetes/deploying.ts";
import type { Routes } from "../world/kubernetes/small-operator.ts";

let bench: SmallBench;

const open = async (routes: Routes): Promise<void> => {
  bench = await startSmallBench(routes);
};

beforeEach(async () => {
  await open("istio");
});

afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

const canary = (given: Record<string, string> = {}): Promise<import("../../src/action.ts").Outcome> =>
  bench.deploy({ strategy: "canary", image: "acme/digits:2", ...given });
const end = (step: string, given: Record<string, string> = {}): Promise<import("../../src/action.ts").Outcome> =>
  bench.deploy({ strategy: "canary", step, ...given });

/** `default 90 acme/digits:1` */
const standing = (): string[] =>
  bench
    .sdep()!
    .spec.predictors.map(({ name, traffic = "-", componentSpecs }) =>
      [name, traffic, componentSpecs![0]!.spec!.containers![0]!.image!.replace("docker.io/", "")].join(" "),
    );
const idOf = (at: number): string => bench.sdep()!.spec.predictors[at]!.labels![DEPLOY_ID_LABEL]!;
const proven = (): string | undefined => bench.sdep()!.metadata.annotations![PROVEN_ANNOTATION];

describe("a canary", () => {
  test("stands beside the version that serves, which is not touched, and gets its share", async () => {
    const first = await bench.deploy();
    const id = idOf(0);
    const { outputs, failure, summary } = await canary();
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs).toMatchObject({ operation: "updated", reason: expect.stringContaining("canary gets 10 %") });
    expect(standing()).toEqual(["default 90 acme/digits:1", "canary 10 acme/digits:2"]);
    expect(idOf(0)).toBe(id);
    expect(proven()).toBe(outputs["deploy-id"]);
    expect(outputs["deploy-id"]).not.toBe(first.outputs["deploy-id"]);
    expect(bench.said).toContain("The VirtualService shares the traffic: default 90 %, canary 10 %");
    expect(summary).toContain("default 90 %, canary 10 %");
    expect((await canary()).outputs.operation).toBe("unchanged");
  });

  test("gets more of the traffic without a pod that restarts", async () => {
    await bench.deploy();
    await canary();
    const ids = [idOf(0), idOf(1)];
    const { outputs } = await canary({ traffic: "50" });
    expect(outputs.operation).toBe("updated");
    expect(standing()).toEqual(["default 50 acme/digits:1", "canary 50 acme/digits:2"]);
    expect([idOf(0), idOf(1)]).toEqual(ids);
  });

  test("finished: the main predictor takes its version in its own number of pods, and the canary is removed", async () => {
    await bench.deploy({ replicas: "3" });
    await canary();
    const { outputs, failure } = await end("finish");
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("updated");
    expect(standing()).toEqual(["default - acme/digits:2"]);
    expect(bench.sdep()!.spec.predictors[0]!.replicas).toBe(3);
    expect(bench.said).toContain("The VirtualService shares the traffic: default 100 %");
    expect((await end("finish")).outputs.operation).toBe("unchanged");
    // What a workflow does at its next push without a change: no canary of the version that serves.
    const again = await canary({ replicas: "3" });
    expect(again.outputs).toMatchObject({ operation: "unchanged" });
    expect(standing()).toEqual(["default - acme/digits:2"]);
  });

  test("aborted: the version before has all traffic again, its pods untouched, after any number of starts", async () => {
    const first = await bench.deploy();
    const id = idOf(0);
    await canary();
    await canary({ image: "acme/digits:3", traffic: "40" });
    const { outputs, failure } = await end("abort");
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs).toMatchObject({ operation: "updated", "deploy-id": first.outputs["deploy-id"] });
    expect(standing()).toEqual(["default - acme/digits:1"]);
    expect(idOf(0)).toBe(id);
    expect((await end("abort")).outputs.operation).toBe("unchanged");
    expect((await bench.deploy()).outputs.operation).toBe("unchanged");
  });

  test("that fails is taken away, and the version that serves never noticed", async () => {
    const first = await bench.deploy();
    const { outputs, failure } = await canary({ image: "acme/digits:nope" });
    expect(failure).toMatch(/put back.*digits:nope/s);
    expect(outputs["rolled-back"]).toBe("true");
    expect(standing()).toEqual(["default - acme/digits:1"]);
    expect(proven()).toBe(first.outputs["deploy-id"]);
  });

  test("whose answer is wrong is taken away, although the version that serves answers rightly", async () => {
    await bench.deploy();
    bench.api.onProxy = (path) =>
      bench.sdep()!.spec.predictors.length === 2 && path.includes(idOf(1).slice(0, 8))
        ? { status: 200, body: JSON.stringify({ data: { ndarray: [[null]] } }) }
        : { status: 200, body: ANSWER };
    const { failure, outputs } = await canary();
    expect(failure).toMatch(/pod digits-.*expected values, saw null/s);
    expect(outputs["rolled-back"]).toBe("true");
  });

  test("whose finish fails stands again as it stood", async () => {
    await bench.deploy();
    const { outputs: started } = await canary();
    bench.api.onProxy = (path) =>
      bench.sdep()!.spec.predictors.length === 1 && path.includes("/pods/")
        ? { status: 500, body: "{}" }
        : { status: 200, body: ANSWER };
    const { outputs, failure } = await end("finish");
    expect(failure).toMatch(/put back/);
    expect(outputs["rolled-back"]).toBe("true");
    expect(standing()).toEqual(["default 90 acme/digits:1", "canary 10 acme/digits:2"]);
    expect(proven()).toBe(started["deploy-id"]);
  });

  test("as the first version of a name takes all traffic, and says so", async () => {
    const { outputs } = await canary();
    expect(outputs).toMatchObject({ operation: "created", reason: expect.stringContaining("takes all traffic") });
    expect(standing()).toEqual(["default - acme/digits:2"]);
  });

  test("is ended by a rolling update too, which says so", async () => {
    await bench.deploy();
    await canary();
    const { outputs } = await bench.deploy({ image: "acme/digits:3" });
    expect(outputs.reason).toContain("also ends the canary");
    expect(standing()).toEqual(["default - acme/digits:3"]);
    expect(bench.said).toContain("The VirtualService shares the traffic: default 100 %");
  });

  test("stands beside no object that these actions have not made", async () => {
    await bench.deploy();
    const { metadata, ...rest } = bench.api.get(PATH)!;
    bench.api.put(PATH, { ...rest, metadata: { ...metadata, annotations: {} } });
    await expect(canary()).rejects.toThrow(/a release of these actions/);
  });

  test("a late finish of an older commit is no older version", async () => {
    await bench.deploy();
    await canary();
    const behind = { sha: "0".repeat(40), compare: async () => Promise.resolve("behind" as const) };
    expect((await bench.deploy({ strategy: "canary", step: "finish" }, behind)).outputs.operation).toBe("updated");
  });
});

describe("an A/B test", () => {
  test("by halves, or by the share that is asked for; the winner takes all", async () => {
    await bench.deploy();
    await bench.deploy({ strategy: "abtest", image: "acme/digits:2" });
    expect(standing()).toEqual(["default 50 acme/digits:1", "challenger 50 acme/digits:2"]);
    await bench.deploy({ strategy: "abtest", image: "acme/digits:2", traffic: "30" });
    expect(standing()).toEqual(["default 70 acme/digits:1", "challenger 30 acme/digits:2"]);
    await expect(canary({ image: "acme/digits:3" })).rejects.toThrow(/an A\/B test, not ended.*finish or abort/s);
    await bench.deploy({ strategy: "abtest", step: "finish" });
    expect(standing()).toEqual(["default - acme/digits:2"]);
  });
});

describe("how the shares are proven", () => {
  test.each([
    ["mappings", "Mapping"],
    ["annotation", "annotation"],
  ] as const)("by Ambassador's %s", async (routes, told) => {
    await bench[Symbol.asyncDispose]();
    await open(routes);
    await bench.deploy();
    expect((await canary({ traffic: "25" })).failure, bench.said.join("\n")).toBeUndefined();
    expect(bench.said).toContain(`The ${told} shares the traffic: default 75 %, canary 25 %`);
    expect((await end("abort")).failure).toBeUndefined();
  });

  test("a gateway that keeps the old share is a failure", async () => {
    await bench.deploy();
    const at = "/apis/networking.istio.io/v1beta1/namespaces/models/virtualservices/digits";
    const old = bench.api.get(at)!;
    const put = bench.api.put.bind(bench.api);
    bench.api.put = (path, object) => (path === at ? old : put(path, object));
    const { failure } = await canary({ "wait-timeout": "2s", rollback: "none" });
    expect(failure).toMatch(/VirtualService of models\/digits: expected default 90 %, canary 10 %, saw default 100 %/);
  }, 20_000);

  test("with nothing that shares traffic it is refused before anything changes, or taken unproven", async () => {
    await bench[Symbol.asyncDispose]();
    await open("none");
    await bench.deploy();
    const before = JSON.stringify(bench.sdep()!.spec);
    await expect(canary()).rejects.toThrow(/route object of Istio or Ambassador.*gateway: none/s);
    expect(JSON.stringify(bench.sdep()!.spec)).toBe(before);
    const { failure } = await canary({ gateway: "none" });
    expect(failure).toBeUndefined();
    expect(bench.said.join("\n")).toContain("is not proven");
  });

  test("a route object that may not be read is told by its right", async () => {
    await bench.deploy();
    const body = JSON.stringify({
      kind: "Status",
      code: 403,
      reason: "Forbidden",
      message: "virtualservices is forbidden",
    });
    bench.api.faults.push({ path: /virtualservices/, times: 9, answer: { status: 403, body } });
    await expect(canary()).rejects.toThrow(/403: VirtualService/);
  });

  describe("by counting who answers", () => {
    let gateway: Server;
    let asked: Record<string, string | undefined>[];
    /** Percent that the gateway really gives to the canary. */
    let given: (wanted: number) => number;

    beforeEach(async () => {
      await bench[Symbol.asyncDispose]();
      await open("none");
      [asked, given] = [[], (wanted) => wanted];
      let nth = 0;
      gateway = createServer((request, response) => {
        asked.push({ ...request.headers, url: request.url } as unknown as Record<string, string>);
        request.resume();
        const { predictors } = bench.sdep()!.spec;
        const share = given(predictors[1]?.traffic ?? 0);
        const by = nth++ % 100 < share ? predictors.at(-1)! : predictors[0]!;
        const image = by.componentSpecs![0]!.spec!.containers![0]!.image;
        const meta = { requestPath: { classifier: image } };
        response.end(JSON.stringify({ ...(JSON.parse(ANSWER) as object), meta }));
      });
      await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
    });

    afterEach(() => {
      gateway.close();
    });

    const base = (): string => `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;

    test("the share fits, with the headers that the gateway wants", async () => {
      await bench.deploy();
      const headers = { "base-url": base(), "request-headers": "X-Key: letmein" };
      const { failure } = await canary({ ...headers, traffic: "20" });
      expect(failure, bench.said.join("\n")).toBeUndefined();
      expect(bench.said.join("\n")).toMatch(/Of 15\d answers: .*default 1[12]\d/);
      expect(asked.every((each) => each["x-key"] === "letmein")).toBe(true);
      expect((await end("finish", headers)).failure).toBeUndefined();
    });

    test("another share than asked is a failure that tells both", async () => {
      given = () => 60;
      await bench.deploy();
      const { failure, outputs } = await canary({ "base-url": base(), "wait-timeout": "1s" });
      expect(failure).toMatch(/about 90 % of the answers by default, saw \d+ of 300/);
      expect(outputs.operation).toBe("failed");
    }, 40_000);
  });
});

describe("inputs that do not fit", () => {
  test.each([
    [{ step: "finish" }, /"step".*canary or abtest/s],
    [{ image: "a:1", traffic: "20" }, /"traffic"/],
    [{ strategy: "canary", step: "finish", image: "acme/digits:2" }, /"image": expected nothing with step: finish/],
    [{ strategy: "canary", step: "abort", traffic: "3" }, /"traffic": expected nothing with step: abort/],
    [{ strategy: "canary", image: "a:1", "dry-run": "client" }, /"dry-run"/],
    [{ strategy: "canary", image: "a:1", traffic: "0" }, /1 to 99/],
    [{ target: "local", strategy: "canary", "model-class": "A" }, /"strategy": expected nothing with target: local/],
  ])("%j", async (given, told) => {
    await expect(bench.deploy(given as Record<string, string>)).rejects.toThrow(told);
    expect(bench.sdep()).toBeUndefined();
  });

  test("a step with nothing to end, another protocol, a standing spec of several predictors", async () => {
    await expect(end("finish")).rejects.toThrow(/a canary that runs, saw no release of these actions/);
    await bench.deploy();
    await expect(end("abort")).rejects.toThrow(/a canary that runs, saw none/);
    await expect(canary({ protocol: "v2" })).rejects.toThrow(/the protocol of the version that serves/);
    await expect(canary({ annotations: "seldon.io/rest-timeout: 9000" })).rejects.toThrow(/annotations/);
    expect(bench.api.get(PATH)!.metadata.generation).toBe(1);
  });
});

test("killed after any request, the next run of the same step converges", { timeout: 120_000 }, async () => {
  await bench.deploy();
  for (const [step, given, wanted] of [
    ["start", { image: "acme/digits:2" }, ["default 90 acme/digits:1", "canary 10 acme/digits:2"]],
    ["finish", {}, ["default - acme/digits:2"]],
  ] as const) {
    const ask = async (signal?: AbortSignal) =>
      await bench.deploy({ strategy: "canary", step, ...given }, signal === undefined ? {} : { signal });
    for (let at = 1; at < 40; at += 2) {
      const cut = new AbortController();
      const { requests } = bench.api;
      const from = requests.length;
      const timer = setInterval(() => requests.length >= from + at && cut.abort(new Error("killed")), 0);
      const ended = await ask(cut.signal).then(
        () => true,
        () => false,
      );
      clearInterval(timer);
      if (ended) break;
    }
    const { outputs, failure } = await ask();
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toMatch(/updated|unchanged/);
    expect(standing()).toEqual(wanted);
    expect(proven()).toBe(outputs["deploy-id"]);
  }
});
