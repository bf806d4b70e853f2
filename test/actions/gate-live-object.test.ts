// `baseline: live` from the SeldonDeployment itself: what seldon-deploy has written into it, read back by the gate.
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { seldonDeploy, type DeployPorts } from "../../src/actions/seldon-deploy.ts";
import { findLiveModel } from "../../src/actions/gate-live-model.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { gzipTexts } from "../../src/adapters/compression.ts";
import { httpClient } from "../../src/adapters/http.ts";
import { kubernetes } from "../../src/adapters/kubernetes.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { parseRecord, serialiseRecord, type ReleaseRecord } from "../../src/domain/record/record.ts";
import { LAST_PROVEN_ANNOTATION, PROVEN_ANNOTATION, RELEASE_ANNOTATION } from "../../src/domain/rollout/release.ts";
import { readInputs } from "../../src/inputs.ts";
import { startApiServer, type ApiServer } from "../world/kubernetes/api-server.ts";
import { operate } from "../world/kubernetes/small-operator.ts";
import { openGateBench, type GateBench } from "./gate-bench.ts";

const PATH = "/apis/machinelearning.seldon.io/v1/namespaces/models/seldondeployments/digits";
const ANSWER = JSON.stringify({ data: { ndarray: [[0.1, 0.9]] } });

let api: ApiServer;
let bench: GateBench;
beforeEach(async () => {
  api = await startApiServer();
  operate(api);
  api.onProxy = () => ({ status: 200, body: ANSWER });
  bench = openGateBench();
});
afterEach(async () => {
  bench.close();
  await api.close();
});

const quiet = {
  info: () => undefined,
  warning: () => undefined,
  debug: () => undefined,
  group: async <T>(_: string, work: () => Promise<T>) => await work(),
  mask: () => undefined,
};
const asInputs = (all: Record<string, string>) =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));

/** Deploys as the action does it, with the record as its release. */
async function deploy(record: ReleaseRecord | undefined, image: string): Promise<string> {
  const { run } = bench;
  const [clock, workspace, processes] = [systemClock(), localWorkspace(run), localProcesses()];
  const { outputs } = await seldonDeploy.run(
    await readInputs(
      seldonDeploy.inputs,
      asInputs({
        target: "seldon",
        name: "digits",
        namespace: "models",
        "require-gate": "false",
        kubeconfig: api.kubeconfig,
        image,
        "smoke-request": JSON.stringify({ body: { data: { ndarray: [[1]] } } }),
        "wait-timeout": "5s",
        ...(record ? { record: serialiseRecord(record) } : {}),
      }),
    ),
    { ...run, temp: `${run.temp}/deploy` },
    {
      log: quiet,
      clock,
      workspace,
      processes,
      signal: new AbortController().signal,
      github: { compare: async () => "ahead" as const },
      http: httpClient(),
      compression: gzipTexts(),
      kubernetes: kubernetes(
        { log: quiet, clock, processes, workspace, run },
        { troubleMs: 1000, callMs: 500, firstPauseMs: 5, silenceMs: 1000 },
      ),
    } as unknown as DeployPorts,
  );
  return outputs["deploy-id"]!;
}

const withAccuracy = async (accuracy: number): Promise<ReleaseRecord> => ({
  ...(await bench.trained()),
  metrics: { values: { accuracy } },
});

async function decide(accuracy: number, more: Record<string, string> = {}) {
  return await bench.decide({
    record: serialiseRecord(await withAccuracy(accuracy)),
    conditions: "accuracy >= baseline",
    baseline: "live",
    namespace: "models",
    kubeconfig: api.kubeconfig,
    "on-reject": "report",
    "on-inconclusive": "report",
    ...more,
  });
}

test("nothing serves yet, as first-deploy says", async () => {
  const open = await decide(0.9);
  expect(open.outputs.decision).toBe("inconclusive");
  expect(open.summary).toContain(
    "Compared with nothing (there is no SeldonDeployment models/digits in the cluster yet)",
  );
  expect((await decide(0.9, { "first-deploy": "pass" })).outputs.decision).toBe("passed");
});

test("the version that serves: worse is rejected, better passes, and the report says where it was read", async () => {
  const live = await withAccuracy(0.92);
  await deploy(live, "acme/digits:1");
  const worse = await decide(0.9);
  expect(worse.outputs.decision).toBe("rejected");
  const { gate } = parseRecord(worse.outputs.record!);
  expect(gate!.rules[0]).toMatchObject({ observed: 0.9, baseline: 0.92 });
  expect(gate!.baseline).toMatchObject({
    kind: "live",
    digest: live.model.digest,
    sha: live.source.sha,
    runId: live.source.runId,
    from: expect.stringMatching(/^SeldonDeployment models\/digits in the cluster(?:, Available)?$/),
  });
  expect(worse.summary).toContain("Compared with what serves now (SeldonDeployment models/digits in the cluster");
  expect((await decide(0.93)).outputs.decision).toBe("passed");
});

test("a version that was applied and never proven does not count: the one before it serves", async () => {
  const first = await deploy(await withAccuracy(0.92), "acme/digits:1");
  await deploy(await withAccuracy(0.95), "acme/digits:2");
  // As a run that was killed before its proof leaves it.
  const standing = api.get(PATH)!;
  const annotations = { ...(standing.metadata.annotations as Record<string, string>), [PROVEN_ANNOTATION]: first };
  api.put(PATH, { ...standing, metadata: { ...standing.metadata, annotations } });
  expect((await decide(0.93)).outputs.decision).toBe("passed");
  const never = { ...annotations };
  delete (never as Record<string, string>)[PROVEN_ANNOTATION];
  api.put(PATH, { ...standing, metadata: { ...standing.metadata, annotations: never } });
  expect((await decide(0.93)).summary).toContain("was proven to answer yet");
});

test("what serves there without a record, or by somebody else, is not taken for nothing", async () => {
  await deploy(undefined, "acme/digits:1");
  await expect(decide(0.9)).rejects.toThrow(/expected a record beside the version that serves, saw none/);
  const standing = api.get(PATH)!;
  const before = standing.metadata.annotations as Record<string, string>;
  const set = (annotations: Record<string, string>): void =>
    void api.put(PATH, { ...standing, metadata: { ...standing.metadata, annotations } });
  set({});
  await expect(decide(0.9)).rejects.toThrow(/expected a release that seldon-deploy has written into it, saw none/);
  set({ ...before, [RELEASE_ANNOTATION]: "no gzip" });
  await expect(decide(0.9)).rejects.toThrow(/the annotation model-road\/release of SeldonDeployment/);
  set({ ...before, [RELEASE_ANNOTATION]: await gzipTexts().pack('{"schema": 1}') });
  await expect(decide(0.9)).rejects.toThrow(/expected a release as these actions keep it/);
  set({ ...before, [PROVEN_ANNOTATION]: "f".repeat(40), [LAST_PROVEN_ANNOTATION]: before[RELEASE_ANNOTATION]! });
  await expect(decide(0.9)).rejects.toThrow(
    /expected the release that was proven \(ffffffffffff\), saw other releases/,
  );
});

test("when it was applied is told as the API server knows it", async () => {
  await deploy(await withAccuracy(0.92), "acme/digits:1");
  const standing = api.get(PATH)!;
  const managedFields = [
    { manager: "seldon", operation: "Update", time: "2026-11-20T12:00:00Z" },
    { manager: "model-road", operation: "Apply", time: "2026-11-20T10:11:12Z" },
  ];
  api.put(PATH, { ...standing, metadata: { ...standing.metadata, managedFields } });
  const { outputs, summary } = await decide(0.93);
  expect(parseRecord(outputs.record!).gate!.baseline).toMatchObject({ at: "2026-11-20T10:11:12Z" });
  expect(summary).toContain("2026-11-20 10:11 UTC");
});

test("a forged record in the object is none", async () => {
  const record = await withAccuracy(0.92);
  const id = await deploy(record, "acme/digits:1");
  const standing = api.get(PATH)!;
  const release = {
    schema: 1,
    deployId: id,
    spec: { predictors: [{ name: "a", graph: { name: "b" } }] },
    record: JSON.stringify({ ...record, metrics: { values: { accuracy: "0.1" } } }),
  };
  const annotations = {
    ...(standing.metadata.annotations as Record<string, string>),
    [RELEASE_ANNOTATION]: await gzipTexts().pack(JSON.stringify(release)),
  };
  api.put(PATH, { ...standing, metadata: { ...standing.metadata, annotations } });
  await expect(decide(0.9)).rejects.toThrow(/metrics.values.accuracy: expected a finite number, saw the text "0.1"/);
});

test("no right to read the object is told, and is not nothing", async () => {
  api.faults.push({
    path: /seldondeployments/,
    times: 9,
    answer: {
      status: 403,
      body: JSON.stringify({ kind: "Status", reason: "Forbidden", message: "forbidden", code: 403 }),
    },
  });
  await expect(decide(0.9)).rejects.toThrow(/403/);
});

test("a kubeconfig beside a target that has no such object is a mistake", async () => {
  await expect(decide(0.9, { target: "local" })).rejects.toThrow(
    /input "kubeconfig": expected target: seldon beside it, saw target: local/,
  );
  await expect(decide(0.9, { "kube-context": "nowhere" })).rejects.toThrow(/nowhere/);
});

describe("the questions of a golden set", () => {
  const given = {
    record: undefined,
    baseline: { kind: "live" as const },
    target: "seldon" as const,
    name: "digits",
    namespace: "models",
    "live-url": undefined,
    "base-url": undefined,
    "kube-context": undefined,
    "allow-exec": [],
  };
  const find = async (more: object) => {
    const { run } = bench;
    const [workspace, clock] = [localWorkspace(run), systemClock()];
    const said: string[] = [];
    const live = await findLiveModel({ ...given, kubeconfig: api.kubeconfig, ...more }, run, {
      log: { ...quiet, info: (text: string) => void said.push(text) },
      workspace,
      github: undefined as never,
      http: httpClient(),
      serving: { state: async () => undefined },
      kubernetes: kubernetes({ log: quiet, clock, processes: localProcesses(), workspace, run }),
    });
    return { live, said };
  };
  const options = { timeoutMs: 1000, signal: new AbortController().signal };

  test("golden questions go to the live model through the API server, where no address is given", async () => {
    expect((await find({})).said).toEqual([
      "Nothing serves as models/digits in the cluster, so only the candidate is asked.",
    ]);
    await deploy(await withAccuracy(0.92), "acme/digits:1");
    const { live } = await find({});
    const asked: string[] = [];
    api.onProxy = (path, body) => {
      asked.push(path, body);
      return { status: 200, body: ANSWER };
    };
    expect(await live!.ask('{"data":{"ndarray":[[1]]}}', options)).toMatchObject({ status: 200, body: ANSWER });
    expect(asked[0]).toMatch(/\/namespaces\/models\/services\/.*\/proxy\/api\/v1\.0\/predictions$/);
    expect(asked[1]).toBe('{"data":{"ndarray":[[1]]}}');
    live!.close();
  });

  test("below the gateway's address, whatever the object says of hosts", async () => {
    const { createServer } = await import("node:http");
    const paths: string[] = [];
    const gateway = createServer((request, response) => {
      paths.push(request.url!);
      response.end(ANSWER);
    });
    await new Promise<void>((done) => gateway.listen(0, "127.0.0.1", done));
    try {
      const { port } = gateway.address() as { port: number };
      const base = new URL(`http://127.0.0.1:${port}`);
      const plain = await find({ kubeconfig: undefined, "base-url": base });
      expect(await plain.live!.ask("{}", options)).toMatchObject({ status: 200 });
      await deploy(await withAccuracy(0.92), "acme/digits:1");
      expect(await (await find({ "base-url": base })).live!.ask("{}", options)).toMatchObject({ status: 200 });
      expect(paths).toEqual(Array(2).fill("/seldon/models/digits/api/v1.0/predictions"));
    } finally {
      gateway.close();
    }
  });

  test("without any address only the candidate is asked, and it is said", async () => {
    const { live, said } = await find({ kubeconfig: undefined });
    expect(live).toBeUndefined();
    expect(said[0]).toContain("live-url or base-url");
  });
});
