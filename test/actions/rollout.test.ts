import { afterEach, beforeEach, expect, test } from "vitest";

import { waitForRollout } from "../../src/actions/rollout.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { kubernetes } from "../../src/adapters/kubernetes.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { SPEC_ID_ANNOTATION, type Applied } from "../../src/domain/rollout/verdict.ts";
import { DEPLOY_ID_LABEL } from "../../src/domain/seldon/deploy-ids.ts";
import { readRun } from "../../src/inputs.ts";
import { startApiServer, type ApiServer } from "../world/kubernetes/api-server.ts";

const ID = "a".repeat(40);
const SDEP = "/apis/machinelearning.seldon.io/v1/namespaces/models/seldondeployments/m";
const DEPLOYMENT = "/apis/apps/v1/namespaces/models/deployments/m-default-0-classifier";

let api: ApiServer;

beforeEach(async () => {
  api = await startApiServer();
});

afterEach(async () => {
  await api.close();
});

/** Puts a rollout there that waits for its last pod, and says what makes it ready. */
function almostReady(): { applied: Applied; finish: () => void } {
  const annotations = { [SPEC_ID_ANNOTATION]: "f".repeat(40) };
  const sdep = api.put(SDEP, { metadata: { annotations }, spec: { predictors: [] }, status: { state: "Available" } });
  const { uid, generation } = sdep.metadata;
  const labels = { "seldon-deployment-id": "m", [DEPLOY_ID_LABEL]: ID };
  const put = (availableReplicas: number): void => {
    const status = {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: availableReplicas,
      availableReplicas,
    };
    const spec = { replicas: 1, template: { metadata: { labels } } };
    api.put(DEPLOYMENT, { metadata: { labels, ownerReferences: [{ uid }] }, spec, status });
  };
  put(0);
  const predictors = [{ name: "default", deployId: ID, deployments: 1, replicas: 1 }];
  return { applied: { uid, generation, deployId: "f".repeat(40), predictors }, finish: () => put(1) };
}

async function place() {
  const run = readRun({});
  const processes = localProcesses({ signal: new AbortController().signal });
  const clock = systemClock();
  const log = {
    info: () => undefined,
    warning: () => undefined,
    debug: () => undefined,
    mask: () => undefined,
    group: async <T>(_title: string, work: () => Promise<T>) => await work(),
  };
  const clusters = kubernetes({ log, clock, processes, workspace: localWorkspace(run), run });
  const cluster = await clusters.connect({ kubeconfig: api.kubeconfig, context: undefined, allowExec: [] });
  return { cluster, log, clock };
}

test("ready is told within milliseconds: the watch says so, no poll", async () => {
  const { cluster, log, clock } = await place();
  const took: number[] = [];
  for (let round = 0; round < 15; round++) {
    const { applied, finish } = almostReady();
    const before = api.requests.length;
    const ports = { log, clock, signal: new AbortController().signal };
    const waiting = waitForRollout(
      { cluster, namespace: "models", name: "m" },
      applied,
      clock.elapsed() + 10_000,
      ports,
    );
    // Three lists and three watches: then it listens.
    const until = clock.elapsed() + 5000;
    while (api.requests.length < before + 6 && clock.elapsed() < until) await clock.sleep(2);
    await clock.sleep(20);
    const from = performance.now();
    finish();
    const { verdict } = await waiting;
    took.push(performance.now() - from);
    expect(verdict.kind).toBe("rolled-out");
    expect(api.requests.length - before).toBe(6);
    api.delete(SDEP);
  }
  cluster.close();
  const median = took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)]!;
  console.log(`ready → told: median ${median.toFixed(1)} ms of ${took.length} (a poll each second: 500 ms)`);
  expect(median).toBeLessThanOrEqual(15);
});

test("time that is over is told with what it waited for", async () => {
  const { cluster, log, clock } = await place();
  const { applied } = almostReady();
  const ports = { log, clock, signal: new AbortController().signal };
  const { verdict } = await waitForRollout(
    { cluster, namespace: "models", name: "m" },
    applied,
    clock.elapsed() + 300,
    ports,
  );
  cluster.close();
  expect(verdict).toMatchObject({
    kind: "timeout",
    message: expect.stringContaining("1 pods of m-default-0-classifier to be ready (0 are)"),
  });
});
