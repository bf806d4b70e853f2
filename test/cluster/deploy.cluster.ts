import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { PROVEN_ANNOTATION } from "../../src/domain/rollout/release.ts";
import { SPEC_ID_ANNOTATION } from "../../src/domain/rollout/verdict.ts";
import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const SMOKE = JSON.stringify({ body: { data: { ndarray: [[1, 2, 3, 4]] } }, expect: { shape: [1, 2] } });

let bench: Bench;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"));
});

afterAll(async () => {
  await bench.stop();
});

const imagesOf = async (name: string): Promise<string[]> => {
  const pods = await bench.pods(name);
  return pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ spec }) => spec.containers[0]!.image);
};

describe("one name, from its first version on", () => {
  let first: string;

  test("create: green once the new model has answered", async () => {
    const { outputs, failure } = await bench.deploy({ image: IMAGE, "smoke-request": SMOKE });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs).toMatchObject({ operation: "created", "rolled-back": "false" });
    first = outputs["deploy-id"]!;
    const { metadata } = (await bench.sdep("digits"))!;
    expect(metadata.annotations).toMatchObject({ [SPEC_ID_ANNOTATION]: first, [PROVEN_ANNOTATION]: first });
    expect(outputs["prediction-url"]).toContain("/proxy/api/v1.0/predictions");
    expect(bench.calls()).toBeLessThanOrEqual(40);
  });

  test("unchanged: nothing rolls", async () => {
    const before = await bench.sdep("digits");
    const pods = (await bench.pods("digits")).map(({ metadata }) => metadata.name);
    const { outputs, failure } = await bench.deploy({ image: IMAGE, "smoke-request": SMOKE });
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({ operation: "unchanged", "deploy-id": first });
    const after = await bench.sdep("digits");
    expect(after!.metadata.generation).toBe(before!.metadata.generation);
    expect((await bench.pods("digits")).map(({ metadata }) => metadata.name)).toEqual(pods);
  });

  test("diff and server tell what would change, and change nothing", async () => {
    const before = await bench.sdep("digits");
    for (const dry of ["diff", "server"]) {
      const { outputs, summary } = await bench.deploy({ image: NEWER, "dry-run": dry });
      expect(outputs.operation).toBe("would-update");
      expect(summary).toContain("+ spec.predictors[default].componentSpecs[0].spec.containers[classifier].image");
    }
    expect((await bench.sdep("digits"))!.metadata.resourceVersion).toBe(before!.metadata.resourceVersion);
  });

  test("update: the state says Available at once, and only the new pod is believed", async () => {
    const from = Date.now();
    const { outputs, failure } = await bench.deploy({ image: NEWER, "smoke-request": SMOKE });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("updated");
    expect(outputs["deploy-id"]).not.toBe(first);
    expect(await imagesOf("digits")).toEqual([NEWER]);
    expect(Date.now() - from).toBeGreaterThan(1000);
    // The operator lied as the real one does: Available for this generation, then Creating, then Available again.
    const states = bench.operator.written
      .filter((each) => each.startsWith("digits 2 "))
      .map((each) => each.split(" ")[2]);
    expect(states.at(-1)).toBe("Available");
    expect(states).toContain("Creating");
    expect(bench.calls()).toBeLessThanOrEqual(40);
  });

  test("replicas: proven by the Deployment, no pod restarts", async () => {
    const [old] = await bench.pods("digits");
    const { outputs, failure } = await bench.deploy({ image: NEWER, replicas: "2", "smoke-request": SMOKE });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("updated");
    const names = (await bench.pods("digits"))
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .map(({ metadata }) => metadata.name);
    expect(names).toHaveLength(2);
    expect(names.includes(old!.metadata.name) || old!.metadata.deletionTimestamp !== undefined).toBe(true);
  });

  test("a bad image: told in seconds, and the proven version is put back", async () => {
    const proven = (await bench.sdep("digits"))!.metadata.annotations![PROVEN_ANNOTATION];
    const from = Date.now();
    const { outputs, failure } = await bench.deploy({
      image: "localhost:5000/model:nope",
      replicas: "2",
      "smoke-request": SMOKE,
    });
    expect(failure).toMatch(/localhost:5000\/model:nope.*(?:ErrImagePull|ImagePullBackOff)/s);
    expect(outputs).toMatchObject({ operation: "failed", "rolled-back": "true" });
    expect(Date.now() - from).toBeLessThan(30_000);
    const { metadata } = (await bench.sdep("digits"))!;
    expect(metadata.annotations).toMatchObject({ [SPEC_ID_ANNOTATION]: proven, [PROVEN_ANNOTATION]: proven });
    expect(await imagesOf("digits")).toEqual([NEWER, NEWER]);
    expect((await bench.deploy({ image: NEWER, replicas: "2", "smoke-request": SMOKE })).outputs.operation).toBe(
      "unchanged",
    );
  });

  test("a crash: told with the container's last lines, and rolled back", async () => {
    const { outputs, failure } = await bench.deploy({
      image: NEWER,
      replicas: "2",
      env: "MODEL_NAME: NoSuchModel",
      "wait-timeout": "120s",
    });
    expect(failure, bench.said.join("\n")).toMatch(/has ended \d times/);
    expect(outputs["rolled-back"]).toBe("true");
    expect(bench.said.join("\n")).toContain("NoSuchModel");
    expect(await imagesOf("digits")).toEqual([NEWER, NEWER]);
  });

  test("an answer that is wrong: the pods are ready, and the version is refused all the same", async () => {
    const wrong = JSON.stringify({ body: { data: { ndarray: [[1]] } }, expect: { values: [[1, 0]] } });
    const { outputs, failure } = await bench.deploy({ image: IMAGE, replicas: "2", "smoke-request": wrong });
    expect(failure).toMatch(/data\.ndarray\[0\]\[0\]: expected 1/);
    expect(outputs["rolled-back"]).toBe("true");
    expect(await imagesOf("digits")).toEqual([NEWER, NEWER]);
  });

  test("an older commit is refused, unless it is meant", async () => {
    const options = { sha: "0".repeat(40), compare: async () => Promise.resolve("behind" as const) };
    await expect(bench.deploy({ image: IMAGE, replicas: "2" }, options)).rejects.toThrow(/older/);
    const { outputs } = await bench.deploy(
      { image: IMAGE, replicas: "2", "allow-older": "true", "smoke-request": SMOKE },
      options,
    );
    expect(outputs.operation).toBe("updated");
  });

  test("what another has edited by hand is a conflict that names the field and the manager", async () => {
    const path = `/apis/machinelearning.seldon.io/v1/namespaces/${bench.namespace}/seldondeployments/digits`;
    await bench.admin.must(
      "PATCH",
      `${path}?fieldManager=kubectl-edit`,
      [{ op: "replace", path: "/spec/predictors/0/replicas", value: 1 }],
      "application/json-patch+json",
    );
    await expect(bench.deploy({ image: IMAGE, replicas: "2" })).rejects.toThrow(/spec\.predictors.*kubectl-edit/s);
  });
});

test("a first version that fails is removed again, since this run has made it", async () => {
  const { outputs, failure } = await bench.deploy({ name: "broken", image: "localhost:5000/model:nope" });
  expect(failure).toContain("removed again");
  expect(outputs).toMatchObject({ operation: "failed", "rolled-back": "false", "prediction-url": "" });
  expect(await bench.sdep("broken")).toBeUndefined();
});

test("a foreign object is left alone, unless it is adopted", async () => {
  const path = `/apis/machinelearning.seldon.io/v1/namespaces/${bench.namespace}/seldondeployments`;
  const spec = {
    predictors: [
      {
        name: "default",
        replicas: 1,
        graph: { name: "classifier" },
        componentSpecs: [{ spec: { containers: [{ name: "classifier", image: IMAGE }] } }],
      },
    ],
  };
  await bench.admin.must("POST", path, {
    apiVersion: "machinelearning.seldon.io/v1",
    kind: "SeldonDeployment",
    metadata: { name: "foreign" },
    spec,
  });
  await expect(bench.deploy({ name: "foreign", image: NEWER })).rejects.toThrow(/adopt: true/);
  expect((await bench.sdep("foreign"))!.metadata.generation).toBe(1);
});

test("memory that is too little, a place that is none, a quota that is full: each by its name", async () => {
  const [unschedulable, oom] = await Promise.all([
    bench.deploy({ name: "big", image: IMAGE, resources: "requests: {cpu: 1000}", "wait-timeout": "12s" }),
    bench.deploy({ name: "oom", image: IMAGE, resources: "limits: {memory: 24Mi}", "wait-timeout": "90s" }),
  ]);
  expect(unschedulable.failure).toMatch(/Insufficient cpu/);
  expect(oom.failure, bench.said.join("\n")).toMatch(/OOMKilled|has ended/);
  await bench.admin.must("POST", `/api/v1/namespaces/${bench.namespace}/resourcequotas`, {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "full" },
    spec: { hard: { pods: "0" } },
  });
  try {
    const { failure } = await bench.deploy({ name: "quota", image: IMAGE, "wait-timeout": "30s" });
    expect(failure).toMatch(/exceeded quota: full/);
  } finally {
    await bench.admin.must("DELETE", `/api/v1/namespaces/${bench.namespace}/resourcequotas/full`);
  }
});

test("a pod that never gets ready: told when the time is over, and the proven one is put back", async () => {
  expect((await bench.deploy({ name: "unready", image: IMAGE, "smoke-request": SMOKE })).failure).toBeUndefined();
  // The wrapper runs and answers, but on another port than the one that is asked.
  const { outputs, failure } = await bench.deploy({
    name: "unready",
    image: IMAGE,
    env: "PREDICTIVE_UNIT_HTTP_SERVICE_PORT: 9100",
    "wait-timeout": "20s",
  });
  expect(failure, bench.said.join("\n")).toMatch(/to be ready|makes no progress|has ended/);
  expect(outputs["rolled-back"], `${failure}\n${bench.said.join("\n")}`).toBe("true");
});

test("cancelled in the middle, the next run goes on from there", async () => {
  const cancel = new AbortController();
  const running = bench.deploy({ name: "cut", image: IMAGE }, { signal: cancel.signal });
  const until = Date.now() + 20_000;
  while ((await bench.sdep("cut")) === undefined && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const from = Date.now();
  cancel.abort(new Error("cancelled"));
  await expect(running).rejects.toThrow("cancelled");
  expect(Date.now() - from).toBeLessThan(5000);
  const { outputs, failure } = await bench.deploy({ name: "cut", image: IMAGE, "smoke-request": SMOKE });
  expect(failure).toBeUndefined();
  expect(outputs.operation).toBe("updated");
});

test("two at once: one of them stays, and the other says so", async () => {
  const both = await Promise.allSettled([
    bench.deploy({ name: "race", image: IMAGE, "smoke-request": SMOKE }),
    bench.deploy({ name: "race", image: NEWER, "smoke-request": SMOKE }),
  ]);
  const good = both.filter((each) => each.status === "fulfilled" && each.value.failure === undefined);
  expect(good.length, JSON.stringify(both)).toBe(1);
  expect(JSON.stringify(both)).toMatch(/applied after us|Someone else|changed meanwhile|spec/);
  expect(await imagesOf("race")).toHaveLength(1);
});
