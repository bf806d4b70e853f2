// From the moment when a cluster says that the new version is ready to the end of the process that waited for it: our door, which then
// also asks the new version, marks it as proven and writes its outputs; `kubectl wait`, which ends; and a loop that asks each second.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

import { startApiServer } from "../test/world/kubernetes/api-server.ts";
import { operate } from "../test/world/kubernetes/small-operator.ts";
import { median, type Figure } from "./rounds.ts";

const ROUNDS = 9;
const DOOR = join(import.meta.dirname, "../dist/seldon-deploy.cjs");
const KUBEALL = join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "model-road/cluster/v1.34.4/bin/kubeall",
);
const POLL = `const url = process.argv[1];
const ask = async () => (await (await fetch(url)).json()).status.state;
const turn = async () => { if ((await ask()) !== "Available") setTimeout(turn, 1000); };
turn();`;

export async function deployWait(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "deploy-wait-"));
  try {
    const [ours, kubectl, poll]: number[][] = [[], [], []];
    for (let round = 0; round <= ROUNDS; round++) {
      // The first warms up the caches of the machine.
      const times = [
        await door(folder),
        existsSync(KUBEALL) ? await waited(folder, "kubectl") : undefined,
        await waited(folder, "poll"),
      ];
      if (round > 0)
        for (const [at, all] of [ours!, kubectl!, poll!].entries()) if (times[at] !== undefined) all.push(times[at]);
    }
    return figuresOf(median(ours!), kubectl!.length === 0 ? undefined : median(kubectl!), median(poll!));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOf(ours: number, kubectl: number | undefined, poll: number): Figure[] {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const compared: Figure =
    kubectl === undefined
      ? {
          what: "beside kubectl wait",
          goal: "≤ 3 ×",
          measured: "SKIPPED: no kubectl, npm run test:cluster builds one",
          holds: true,
        }
      : {
          what: "beside kubectl wait",
          goal: "≤ 3 ×",
          measured: `${(ours / kubectl).toFixed(2)} × of ${ms(kubectl)}`,
          holds: ours <= 3 * kubectl,
        };
  return [
    { what: "ready → process ended, median", goal: "≤ 15 ms", measured: ms(ours), holds: ours <= 15 },
    compared,
    {
      what: "under a poll each second",
      goal: "≥ 40 ×",
      measured: `${(poll / ours).toFixed(0)} × (${ms(poll)})`,
      holds: poll >= 40 * ours,
    },
  ];
}

/** Readiness comes at another moment each time, so that a poll is hit anywhere in its second. */
const moment = (): number => 600 + Math.random() * 1000;

/** One deploy by the door, of a new image, on the small API server. */
async function door(folder: string): Promise<number> {
  const api = await startApiServer();
  try {
    operate(api);
    api.onProxy = () => ({ status: 200, body: JSON.stringify({ data: { ndarray: [[0.1, 0.9]] } }) });
    let ready = 0;
    const put = api.put.bind(api);
    api.put = (path, object) => {
      const stored = put(path, object);
      if (path.includes("/seldondeployments/")) ready = performance.now();
      return stored;
    };
    const rollOut = api.onWrite;
    // What is written when it has rolled out is the mark, which rolls out nothing.
    let written = false;
    api.onWrite = (object, path) => {
      if (written) return;
      written = true;
      setTimeout(() => rollOut(object, path), moment());
    };
    const inputs = {
      target: "seldon",
      name: "digits",
      namespace: "models",
      image: "acme/digits:1",
      kubeconfig: api.kubeconfig,
      "require-gate": "false",
      "smoke-request": "{body: {data: {ndarray: [[1]]}}}",
    };
    const env = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
    const runner = {
      HOME: folder,
      RUNNER_TEMP: folder,
      GITHUB_WORKSPACE: folder,
      GITHUB_SHA: "1".repeat(40),
      GITHUB_REPOSITORY: "acme/digits",
      GITHUB_RUN_ID: "1",
    };
    const ended = await end([process.execPath, DOOR], { ...runner, ...Object.fromEntries(env) });
    return ended - ready;
  } finally {
    await api.close();
  }
}

/** The others wait for the state alone, by plain HTTP, which is less work than ours. */
async function waited(folder: string, how: "kubectl" | "poll"): Promise<number> {
  const group = "machinelearning.seldon.io";
  const object = {
    apiVersion: `${group}/v1`,
    kind: "SeldonDeployment",
    metadata: { name: "digits", namespace: "models", uid: "1", resourceVersion: "1" },
    status: { state: "Creating" },
  };
  const watches: ServerResponse[] = [];
  const resource = {
    name: "seldondeployments",
    singularName: "seldondeployment",
    namespaced: true,
    kind: object.kind,
    verbs: ["get", "list", "watch"],
  };
  const version = { groupVersion: `${group}/v1`, version: "v1" };
  const discovery: Record<string, object> = {
    "/api": { kind: "APIVersions", versions: ["v1"] },
    "/api/v1": { kind: "APIResourceList", groupVersion: "v1", resources: [] },
    "/apis": {
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: [{ name: group, versions: [version], preferredVersion: version }],
    },
    [`/apis/${group}/v1`]: { kind: "APIResourceList", groupVersion: `${group}/v1`, resources: [resource] },
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const list = {
      kind: "SeldonDeploymentList",
      apiVersion: `${group}/v1`,
      metadata: { resourceVersion: "1" },
      items: [object],
    };
    const named = pathname.endsWith("/seldondeployments/digits");
    const found = discovery[pathname] ?? (named ? object : pathname.endsWith("/seldondeployments") ? list : undefined);
    response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
    if (searchParams.get("watch") === "true" || searchParams.get("watch") === "1") {
      response.flushHeaders();
      watches.push(response);
    } else response.end(JSON.stringify(found ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let ready = 0;
  const timer = setTimeout(() => {
    object.status.state = "Available";
    object.metadata.resourceVersion = "2";
    ready = performance.now();
    for (const each of watches) each.write(`${JSON.stringify({ type: "MODIFIED", object })}\n`);
  }, moment());
  const condition = "--for=jsonpath={.status.state}=Available";
  const command =
    how === "poll"
      ? [process.execPath, "-e", POLL, `${url}/apis/${group}/v1/namespaces/models/seldondeployments/digits`]
      : [
          KUBEALL,
          "kubectl",
          "wait",
          "-n",
          "models",
          "seldondeployments/digits",
          condition,
          "--server",
          url,
          "--cache-dir",
          join(folder, "cache"),
        ];
  try {
    const ended = await end(command, { HOME: folder, KUBECONFIG: "/dev/null" });
    if (ready === 0) throw new Error(`${how} ended before anything was ready`);
    return ended - ready;
  } finally {
    clearTimeout(timer);
    server.closeAllConnections();
    server.close();
  }
}

/** When a process has ended, which must go well. */
async function end([command, ...args]: readonly string[], env: Record<string, string>): Promise<number> {
  const child = spawn(command!, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", ...env },
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return await new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      code === 0 ? resolve(performance.now()) : reject(new Error(`${command} ended ${code}: ${said}`)),
    );
  });
}
