// The real seldon-core, in an environment that is made once and kept in the user's cache folder.
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { provePrediction, waitUntilUp } from "../../src/actions/prediction.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { httpClient } from "../../src/adapters/http.ts";
import { fileLocks } from "../../src/adapters/lock.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { pythons } from "../../src/adapters/python.ts";
import { localServing } from "../../src/adapters/serving.ts";
import { parseSmokeRequest } from "../../src/domain/inference/smoke.ts";
import type { Candidate, LocalDeploy, Log } from "../../src/ports.ts";

const FRONT = new URL("../../src/main/local-front.ts", import.meta.url).pathname;
const REQUIREMENTS = new URL("../../workflows-examples/digits/requirements.txt", import.meta.url).pathname;

let python: string;
let home: string;
const kept = { ...process.env };
const log: Log = {
  info: (text) => console.log(text),
  warning: (text) => console.log(text),
  debug: () => undefined,
  group: async (_title, work) => await work(),
  mask: () => undefined,
};
const ports = { http: httpClient(), clock: systemClock() };
const local = () => localServing({ processes: localProcesses(), locks: fileLocks(), front: FRONT });

beforeAll(async () => {
  const requirements = readFileSync(REQUIREMENTS, "utf8");
  ({ python } = await pythons({ processes: localProcesses(), locks: fileLocks() }).environment({ requirements, log }));
});
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "launcher-"));
  process.env.XDG_STATE_HOME = home;
  process.env.OMP_NUM_THREADS = "1";
});
afterEach(async () => {
  for (const { namespace, name } of await local().list()) await local().remove(namespace, name);
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
  Object.assign(process.env, kept);
  const left = processesIn(home);
  rmSync(home, { recursive: true });
  if (left.length > 0) throw new Error(`left running: ${left.join(" ")}`);
});

/** Ids of the running processes that were started for a state folder: the front, the model servers, their children. */
function processesIn(folder: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      if (!/^\d+$/.test(pid) || /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"))) return false;
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`XDG_STATE_HOME=${folder}`);
    } catch {
      return false;
    }
  });
}

/** Addresses on which processes listen, as the kernel writes them: `0100007F:1F90` is 127.0.0.1. */
function listening(pids: readonly string[]): string[] {
  const inodes = new Set(
    pids.flatMap((pid) =>
      readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
        } catch {
          return [];
        }
      }),
    ),
  );
  return ["tcp", "tcp6", "udp", "udp6"].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, "utf8")
      .split("\n")
      .slice(1)
      .map((row) => row.trim().split(/\s+/))
      .filter((row) => inodes.has(row[9]!) && (table.startsWith("udp") || row[3] === "0A"))
      .map((row) => `${table} ${row[1]}`),
  );
}

const LOOPBACK = /^(tcp|udp)6? (0100007F|0{16}FFFF00000100007F|0{24}01000000):[0-9A-F]{4}$/;

async function candidate(deploy: LocalDeploy, digit: string, body: string, replicas = 1): Promise<Candidate> {
  const folder = await deploy.releaseFolder(digit.repeat(40));
  writeFileSync(join(folder, "Model.py"), `import os\nclass Model:\n${body.replaceAll(/^/gm, "    ")}\n`);
  writeFileSync(join(folder, "weights"), digit);
  return await deploy.startCandidate({
    deployId: digit.repeat(40),
    python,
    folder,
    modelClass: "Model",
    modelPath: join(folder, "weights"),
    replicas,
    record: undefined,
  });
}

const asked = ({ url }: Candidate) => ({
  url,
  called: "the model",
  deadline: ports.clock.elapsed() + 25_000,
  signal: new AbortController().signal,
});
const SMOKE = "body: {data: {ndarray: [[1, 2]]}}";
const GOOD = `def load(self):
    self.weight = int(open(os.environ["MODEL_PATH"]).read())
def predict(self, X, names, meta=None):
    return X * self.weight`;

test("seldon-core serves on loopback alone, is replaced without a lost request, and ends with its front", async () => {
  const smoke = await parseSmokeRequest(SMOKE);
  const deploy = await local().begin("demo", "digits", { port: undefined, outliveJob: false });
  const first = await candidate(deploy, "3", GOOD, 2);
  await waitUntilUp(asked(first), ports);
  expect(await provePrediction(smoke, asked(first), ports)).toBe("[[3, 6]], largest: t:1 (6)");
  const { url } = await first.promote();
  await first.settle();
  await deploy.end();

  // The front, the server and its children: HTTP, gRPC and metrics, two workers.
  const pids = processesIn(home);
  expect(pids.length).toBeGreaterThanOrEqual(6);
  let sockets = listening(pids);
  for (const end = Date.now() + 10_000; sockets.length < 4 && Date.now() < end; sockets = listening(pids)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(sockets.length).toBeGreaterThanOrEqual(4);
  for (const socket of sockets) expect(socket).toMatch(LOOPBACK);

  const answers: string[] = [];
  const polling = new AbortController();
  const body = JSON.stringify({ data: { ndarray: [[1, 2]] } });
  const headers = { "content-type": "application/json" };
  const poll = (async () => {
    while (!polling.signal.aborted) {
      const answer = await ports.http.request({ url, method: "POST", body, headers, timeoutMs: 10_000 });
      const { data } = JSON.parse(answer.body) as { data: { ndarray: number[][] } };
      answers.push(`${answer.status} ${answer.headers["x-model-road-deploy-id"]?.slice(0, 1)} ${data.ndarray.join()}`);
    }
  })();
  const again = await local().begin("demo", "digits", { port: undefined, outliveJob: false });
  const second = await candidate(again, "5", GOOD);
  await waitUntilUp(asked(second), ports);
  await second.promote();
  const base = url.slice(0, -"/api/v1.0/predictions".length);
  await provePrediction(smoke, { ...asked(second), url: base }, ports, "5".repeat(40));
  await second.settle();
  await again.end();
  polling.abort();
  await poll;
  expect([...new Set(answers)]).toEqual(["200 3 3,6", "200 5 5,10"]);

  // A front that is killed takes its model server along.
  const { frontPid } = (await local().state("demo", "digits"))!;
  process.kill(frontPid!, "SIGKILL");
  const end = Date.now() + 10_000;
  while (processesIn(home).length > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(processesIn(home)).toEqual([]);
});

test("models that must not get through", async () => {
  const smoke = await parseSmokeRequest(SMOKE);
  const bad: [string, string][] = [
    [
      "def predict(self, X, names, meta=None):\n    return None",
      'HTTP status: expected 200, saw 400: "MICROSERVICE_BAD_DATA',
    ],
    ["def predict(self, X, names, meta=None):\n    return [0.1, 0.7]", "data.ndarray: expected 2 dimensions or more"],
    ["def predict(self, X, names, meta=None):\n    return [[float('nan')]]", "saw NaN or Infinity, which is not JSON"],
    ["def predict(self, X, names, meta=None):\n    raise ValueError('no')", "HTTP status: expected 200, saw 500"],
  ];
  const deploy = await local().begin("demo", "digits", { port: undefined, outliveJob: false });
  for (const [body, told] of bad) {
    const started = await candidate(deploy, "1", body);
    await waitUntilUp(asked(started), ports);
    await expect(provePrediction(smoke, asked(started), ports)).rejects.toThrow(told);
    await started.discard();
  }
  const dying: [string, string][] = [
    ["def load(self):\n    raise RuntimeError('the weights are gone')", "RuntimeError: the weights are gone"],
    ["def __init__(self):\n    raise KeyError('setting')", "KeyError: 'setting'"],
  ];
  for (const [body, told] of dying) {
    const started = await candidate(deploy, "2", body);
    const { code } = await started.ended;
    expect(code).not.toBe(0);
    expect((await started.lastLines(40)).join("\n")).toContain(told);
    await started.discard();
  }
  await deploy.end();
  expect(processesIn(home)).toEqual([]);
});
