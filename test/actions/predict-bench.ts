// A model server started as the product starts one (seldon-core 1.17.1 by our launcher, MLServer 1.7.1 by its own settings), a small
// gateway before it that shows it below /seldon/<namespace>/<name>, and the story of predict with its real adapters.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { createServer as listen, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Outcome } from "../../src/action.ts";
import { predict, type PredictPorts } from "../../src/actions/predict.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { grpcClient } from "../../src/adapters/grpc.ts";
import { httpClient } from "../../src/adapters/http.ts";
import { kubernetes } from "../../src/adapters/kubernetes.ts";
import { fileLocks } from "../../src/adapters/lock.ts";
import { portForwards } from "../../src/adapters/port-forward.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { pythons } from "../../src/adapters/python.ts";
import { localServing } from "../../src/adapters/serving.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { LAUNCHER } from "../../src/domain/seldon/launcher.ts";
import { readInputs, readRun } from "../../src/inputs.ts";
import type { Artifacts, Log } from "../../src/ports.ts";

export type PredictBench = {
  readonly workspace: string;
  readonly said: string[];
  readonly masked: string[];
  put(path: string, content: string): void;
  predict(given: Record<string, string>, options?: { artifacts?: Artifacts }): Promise<Outcome>;
  close(): void;
};

export function predictBench(): PredictBench {
  const workspace = mkdtempSync(join(tmpdir(), "predict-"));
  const [said, masked]: string[][] = [[], []];
  const log: Log = {
    info: (text) => void said!.push(text),
    warning: (text) => void said!.push(`warning: ${text}`),
    debug: () => undefined,
    group: async (_title, work) => await work(),
    mask: (secret) => void masked!.push(secret),
  };
  const nowhere: Artifacts = { upload: async () => await Promise.reject(new Error("no artifact service here")) };
  return {
    workspace,
    said: said!,
    masked: masked!,
    put: (path, content) => writeFileSync(join(workspace, path), content),
    predict: async (given, { artifacts = nowhere } = {}) => {
      const run = { ...readRun({}), workspace, temp: workspace };
      const { signal } = new AbortController();
      const [clock, processes] = [systemClock(), localProcesses({ signal })];
      const ports: PredictPorts = {
        log,
        clock,
        signal,
        artifacts,
        workspace: localWorkspace(run),
        http: httpClient(),
        grpc: grpcClient(),
        forwards: portForwards(),
        serving: localServing({ processes, locks: fileLocks() }),
        kubernetes: kubernetes({ log, clock, processes, workspace: localWorkspace(run), run }),
      };
      const env = Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
      return await predict.run(await readInputs(predict.inputs, Object.fromEntries(env)), run, ports);
    },
    close: () => rmSync(workspace, { recursive: true, force: true }),
  };
}

export type ModelServer = {
  readonly http: string;
  readonly grpc: string;
  readonly python: string;
  stop(): Promise<void>;
};

const quiet: Log = {
  info: () => undefined,
  warning: () => undefined,
  debug: () => undefined,
  group: async (_title, work) => await work(),
  mask: () => undefined,
};

export async function pythonWith(requirements: string): Promise<string> {
  const { python } = await pythons({ processes: localProcesses(), locks: fileLocks() }).environment({
    requirements,
    log: quiet,
  });
  return python;
}

/** The real wrapper with a class of the given body. */
export async function startWrapper(requirements: string, body: string): Promise<ModelServer> {
  const python = await pythonWith(requirements);
  const folder = mkdtempSync(join(tmpdir(), "wrapper-"));
  writeFileSync(join(folder, "M.py"), `import numpy as np\n\n\nclass M:\n${body.replace(/^/gm, "    ")}\n`);
  writeFileSync(join(folder, "launcher.py"), LAUNCHER);
  const child = spawn(python, [join(folder, "launcher.py"), "M", "1"], {
    cwd: folder,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PYTHONUNBUFFERED: "1", SERVICE_TYPE: "MODEL" },
  });
  const ports = await announced(child);
  const server = { http: `http://127.0.0.1:${ports.http}`, grpc: `http://127.0.0.1:${ports.grpc}`, python };
  await untilAnswers(`${server.http}/health/ping`, child);
  return { ...server, stop: async () => await end(child, folder) };
}

/** The real MLServer with the given files. */
export async function startMlserver(
  requirements: string,
  files: Readonly<Record<string, string>>,
): Promise<ModelServer> {
  const python = await pythonWith(requirements);
  const folder = mkdtempSync(join(tmpdir(), "mlserver-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const [http, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const child = spawn(python, ["-c", "from mlserver.cli import main; main()", "start", "."], {
    cwd: folder,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PYTHONUNBUFFERED: "1",
      MLSERVER_HOST: "127.0.0.1",
      MLSERVER_HTTP_PORT: `${http}`,
      MLSERVER_GRPC_PORT: `${grpc}`,
      MLSERVER_METRICS_PORT: `${metrics}`,
      MLSERVER_PARALLEL_WORKERS: "0",
    },
  });
  await untilAnswers(`http://127.0.0.1:${http}/v2/health/ready`, child);
  return {
    http: `http://127.0.0.1:${http}`,
    grpc: `http://127.0.0.1:${grpc}`,
    python,
    stop: async () => await end(child, folder),
  };
}

export type Gateway = {
  readonly url: string;
  readonly seen: { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[];
  /** How many of the next requests are answered by 503, as a gateway does while pods change places. */
  busy: number;
  close(): void;
};

/** Shows a server below a deployment's path, as Seldon's gateways do. */
export async function startGateway(upstream: string, base: string): Promise<Gateway> {
  const seen: { path: string; headers: Readonly<Record<string, unknown>> }[] = [];
  const gateway: { busy: number } = { busy: 0 };
  const server: Server = createServer((asked, answer) => {
    const path = asked.url ?? "";
    seen.push({ path, headers: asked.headers });
    if (gateway.busy-- > 0) return void answer.writeHead(503).end("no healthy upstream");
    if (!path.startsWith(`${base}/`)) return void answer.writeHead(404).end();
    const to = request(`${upstream}${path.slice(base.length)}`, { method: asked.method, headers: asked.headers });
    to.once("response", (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    to.once("error", () => answer.writeHead(502).end());
    asked.pipe(to);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(gateway, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}

export async function announced(child: ChildProcess): Promise<{ http: number; grpc: number }> {
  let said = "";
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ports within 60 s: ${said}`)), 60_000);
    const read = (chunk: Buffer): void => {
      said += chunk.toString();
      const json = /^model-road-ports (\{.*\})$/m.exec(said)?.[1];
      if (json === undefined) return;
      clearTimeout(timer);
      resolve(JSON.parse(json) as { http: number; grpc: number });
    };
    child.stdout!.on("data", read);
    child.stderr!.on("data", (chunk: Buffer) => (said += chunk.toString()));
  });
}

export async function untilAnswers(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + 90_000;
  let said = "";
  child.stderr!.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  child.stdout!.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  for (;;) {
    const { status } = await httpClient()
      .request({ url, timeoutMs: 2000 })
      .catch(() => ({ status: 0 }));
    if (status === 200) return;
    if (child.exitCode !== null || Date.now() > until) throw new Error(`the server does not answer: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function end(child: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  if (child.exitCode === null) {
    process.kill(-child.pid!, "SIGKILL");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const server = listen();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
