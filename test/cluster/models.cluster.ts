// What is served, told and managed on real pods.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";

import { models } from "../../src/actions/models.ts";
import type { Outcome } from "../../src/action.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { gzipTexts } from "../../src/adapters/compression.ts";
import { kubernetes } from "../../src/adapters/kubernetes.ts";
import { fileLocks } from "../../src/adapters/lock.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { localServing } from "../../src/adapters/serving.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { PROVEN_ANNOTATION, STOPPED_ANNOTATION } from "../../src/domain/rollout/release.ts";
import { readInputs, readRun } from "../../src/inputs.ts";
import type { Log } from "../../src/ports.ts";
import { accountWith } from "./accounts.ts";
import { IMAGE, openBench, type Bench } from "./deploying.ts";

const SMOKE = JSON.stringify({ body: { data: { ndarray: [[1, 2, 3, 4]] } }, expect: { shape: [1, 2] } });

let bench: Bench;
const said: string[] = [];

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"));
  const { failure } = await bench.deploy({ image: IMAGE, "smoke-request": SMOKE });
  if (failure !== undefined) throw new Error(failure);
});
beforeEach(() => void said.splice(0));
afterAll(async () => {
  await bench.stop();
});

async function manage(given: Record<string, string>): Promise<Outcome> {
  const run = { ...readRun({}), serverUrl: "https://github.example" };
  const { signal } = new AbortController();
  const [clock, processes] = [systemClock(), localProcesses({ signal })];
  const log: Log = {
    info: (text) => void said.push(text),
    warning: (text) => void said.push(`warning ${text}`),
    debug: () => undefined,
    group: async (_title, work) => await work(),
    mask: () => undefined,
  };
  const all = { name: "digits", namespace: bench.namespace, kubeconfig: inject("kubeconfig"), ...given };
  const env = Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
  return await models.run(await readInputs(models.inputs, Object.fromEntries(env)), run, {
    log,
    clock,
    signal,
    processes,
    workspace: localWorkspace(run),
    compression: gzipTexts(),
    serving: localServing({ processes, locks: fileLocks() }),
    kubernetes: kubernetes({ log, clock, processes, workspace: localWorkspace(run), run }),
  });
}

test("list tells also what others have made, in all namespaces; without that right those of the kubeconfig's", async () => {
  await bench.admin.must("POST", `/apis/machinelearning.seldon.io/v1/namespaces/${bench.namespace}/seldondeployments`, {
    apiVersion: "machinelearning.seldon.io/v1",
    kind: "SeldonDeployment",
    metadata: { name: "theirs" },
    spec: { predictors: [{ name: "p", replicas: 0, graph: { name: "c" }, componentSpecs: [] }] },
  });
  const names = async (given: Record<string, string>): Promise<string[]> =>
    (
      JSON.parse((await manage({ name: "", ...given })).outputs.models!) as {
        name: string;
        namespace: string;
        ours: boolean;
      }[]
    )
      .filter(({ namespace }) => namespace === bench.namespace)
      .map(({ name, ours }) => `${name} ${ours}`)
      .toSorted();
  expect(await names({ namespace: "" })).toEqual(["digits true", "theirs false"]);
  const role = readFileSync(join(import.meta.dirname, "../../docs/deploy-role.yml"), "utf8");
  const kubeconfig = await accountWith(bench, role, "lister", (rules) => rules);
  expect(await names({ kubeconfig })).toEqual(["digits true", "theirs false"]);
  const own = JSON.parse(kubeconfig) as { contexts: { context: { namespace?: string } }[] };
  own.contexts[0]!.context.namespace = bench.namespace;
  said.splice(0);
  expect(await names({ namespace: "", kubeconfig: JSON.stringify(own) })).toEqual(["digits true", "theirs false"]);
  expect(said.join("\n")).toContain("no right to list all namespaces");
});

test("describe tells ZenML's fields, the pods and the run that made it", async () => {
  const { outputs, summary } = await manage({ command: "describe" });
  const [told] = JSON.parse(outputs.models!) as [
    Record<string, string> & { pods: { ready: boolean; image: string }[] },
  ];
  expect(told).toMatchObject({
    MODEL_URI: IMAGE,
    PIPELINE_NAME: "acme/digits",
    PIPELINE_RUN_ID: "1",
    PIPELINE_RUN_URL: "https://github.example/acme/digits/actions/runs/1",
    PIPELINE_STEP_NAME: "1".repeat(40),
    SELDON_DEPLOYMENT: "digits",
    STATUS: "Available",
    UUID: (await bench.sdep("digits"))!.metadata.uid,
    proven: true,
    pods: [{ ready: true, restarts: 0 }],
  });
  expect(told.PREDICTION_URL).toBe(outputs["prediction-url"]);
  expect(summary).toContain("| STATUS | `Available` |");
  await expect(manage({ command: "describe", name: "nobody" })).rejects.toThrow(/a SeldonDeployment, saw none/);
});

test("logs: the last lines, those that come, and those of the run before", async () => {
  await manage({ command: "logs", lines: "5" });
  expect(said).toHaveLength(5);
  said.splice(0);
  const following = manage({ command: "logs", lines: "1", follow: "3s" });
  const path = `/api/v1/namespaces/${bench.namespace}/services/http:digits-default:9000/proxy/api/v1.0/nothing-here`;
  for (let at = 0; at < 10; at++) {
    await bench.admin.call("GET", path);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await following;
  expect(said.filter((line) => line.includes("404 Not Found")).length).toBeGreaterThanOrEqual(8);
  said.splice(0);
  await manage({ command: "logs", previous: "true" });
  expect(said.join("\n")).toMatch(/previous terminated container|not found/);
});

test("stop takes the pods away and the proof with them, and start brings both back", async () => {
  const proven = (await bench.sdep("digits"))!.metadata.annotations![PROVEN_ANNOTATION];
  expect((await manage({ command: "stop" })).outputs.operation).toBe("stopped");
  expect(await bench.pods("digits")).toEqual([]);
  const stopped = (await bench.sdep("digits"))!;
  expect(stopped.metadata.annotations).toMatchObject({ [STOPPED_ANNOTATION]: proven });
  expect(stopped.metadata.annotations).not.toHaveProperty([PROVEN_ANNOTATION]);
  expect((await manage({ command: "stop" })).outputs.operation).toBe("unchanged");
  await expect(manage({ command: "get-url" })).rejects.toThrow(/one that is Stopped/);

  expect((await manage({ command: "start" })).outputs.operation).toBe("started");
  const started = (await bench.sdep("digits"))!;
  expect(started.metadata.annotations).toMatchObject({ [PROVEN_ANNOTATION]: proven });
  expect(started.metadata.annotations).not.toHaveProperty([STOPPED_ANNOTATION]);
  expect((await bench.deploy({ image: IMAGE, "smoke-request": SMOKE })).outputs.operation).toBe("unchanged");
  await expect(manage({ command: "stop", name: "theirs" })).rejects.toThrow(/someone else keeps/);
});

test("delete ends it with all that belongs to it, and again is no failure", async () => {
  expect((await manage({ command: "delete" })).outputs.operation).toBe("deleted");
  expect(await bench.sdep("digits")).toBeUndefined();
  expect((await manage({ command: "delete" })).outputs.operation).toBe("absent");
});
