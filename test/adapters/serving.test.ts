import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { httpClient } from "../../src/adapters/http.ts";
import { fileLocks } from "../../src/adapters/lock.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { localServing } from "../../src/adapters/serving.ts";
import type { ServingRequest } from "../../src/domain/seldon/serving.ts";
import type { Candidate, LocalDeploy } from "../../src/ports.ts";

const FRONT = new URL("../../src/main/local-front.ts", import.meta.url).pathname;
const SERVER = new URL("fake-model-server.mjs", import.meta.url).pathname;

let home: string;
const kept = { ...process.env };
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "serving-"));
  process.env.XDG_STATE_HOME = home;
});
afterEach(async () => {
  for (const { namespace, name } of await local().list()) await local().remove(namespace, name);
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
  Object.assign(process.env, kept);
  const left = processesIn(home);
  rmSync(home, { recursive: true });
  if (left.length > 0) throw new Error(`left running: ${left.join("\n")}`);
});

/** The model class says what the fake server does: `7`, `7 nan`. */
const local = () =>
  localServing({
    processes: localProcesses(),
    locks: fileLocks(),
    front: FRONT,
    program: ({ modelClass, folder }, env) => ({
      command: process.execPath,
      args: [SERVER, ...modelClass.split(" ")],
      cwd: folder,
      env,
    }),
  });

const id = (digit: string): string => digit.repeat(40);
const version = (deployId: string, modelClass: string, folder: string): ServingRequest => ({
  deployId,
  python: "unused",
  folder,
  modelClass,
  modelPath: undefined,
  replicas: 1,
  record: undefined,
});
const options = { port: undefined, outliveJob: false };

async function candidate(deploy: LocalDeploy, deployId: string, modelClass: string): Promise<Candidate> {
  const folder = await deploy.releaseFolder(deployId);
  return await deploy.startCandidate(version(deployId, modelClass, folder));
}

async function serve(deployId: string, modelClass: string): Promise<string> {
  const deploy = await local().begin("demo", "digits", options);
  const started = await candidate(deploy, deployId, modelClass);
  const { url } = await started.promote();
  await started.settle();
  await deploy.end();
  return url;
}

const post = async (url: string, body = "{}") =>
  await httpClient().request({ url, method: "POST", body, timeoutMs: 5000 });

async function until<T>(look: () => T | Promise<T>, withinMs = 8000): Promise<NonNullable<T>> {
  const end = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error("it did not come to pass");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Command lines of running processes that stand below a folder, or were told of it. */
function processesIn(folder: string): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid) || /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"))) return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const cwd = readFileSync(`/proc/${pid}/environ`, "utf8");
      return command.includes(folder) || cwd.includes(`XDG_STATE_HOME=${folder}`) ? [command] : [];
    } catch {
      return [];
    }
  });
}

describe("the road of a request", () => {
  test("a promoted server answers at the stable URL, with its deploy id; the rest is told as Seldon tells it", async () => {
    const url = await serve(id("a"), "7");
    const base = url.slice(0, -"/api/v1.0/predictions".length);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/seldon\/demo\/digits\/api\/v1\.0\/predictions$/);

    const answer = await post(url, '{"data":1}');
    expect(answer.status).toBe(200);
    expect(answer.headers["x-model-road-deploy-id"]).toBe(id("a"));
    expect(JSON.parse(answer.body)).toMatchObject({
      data: { ndarray: [[7, 1]] },
      meta: { path: "/api/v1.0/predictions", bytes: 10 },
    });
    expect(JSON.parse((await post(`${base}/api/v1.0/feedback?a=b`)).body).meta.path).toBe("/send-feedback?a=b");
    expect(JSON.parse((await post(`${base}/api/v1.0/health/status`)).body).meta.path).toBe("/health/status");

    for (const other of ["/", "/seldon/demo/other/api/v1.0/predictions", "/seldon/demo/digitsx/predict"]) {
      const refused = await post(new URL(other, url).href);
      expect(refused.status).toBe(404);
      expect(JSON.parse(refused.body).status).toMatchObject({ code: 404, status: "FAILURE", reason: "NOT_FOUND" });
    }
  });

  test("a body over the limit is refused, and the front lives on", async () => {
    const url = await serve(id("a"), "7");
    const status = await new Promise<number | string>((resolve) => {
      const sent = request(url, { method: "POST", agent: false }, (answer) => {
        resolve(answer.statusCode!);
        sent.destroy();
      });
      sent.on("error", (error: NodeJS.ErrnoException) => resolve(error.code!));
      const chunk = Buffer.alloc(1024 * 1024);
      let left = 70;
      const more = (): void => {
        while (left-- > 0) if (!sent.write(chunk)) return void sent.once("drain", more);
        sent.end();
      };
      more();
    });
    expect([413, "EPIPE", "ECONNRESET"]).toContain(status);
    expect((await post(url)).status).toBe(200);
  });

  test("what is started sees no secret", async () => {
    process.env.INPUT_TOKEN = "hidden";
    process.env.ACTIONS_RUNTIME_TOKEN = "hidden";
    process.env.GITHUB_TOKEN = "hidden";
    process.env.RUNNER_TRACKING_ID = "job";
    await serve(id("a"), "7");
    const log = readFileSync(join(home, "model-road/local/demo/digits/servers.log"), "utf8");
    const names = /serving 7 with (.*)/.exec(log)![1]!.split(" ");
    expect(names).toContain("PATH");
    expect(names).toContain("RUNNER_TRACKING_ID");
    expect(names.filter((name) => /TOKEN|^INPUT|^ACTIONS|^GITHUB/.test(name))).toEqual([]);
    const { frontPid } = (await local().state("demo", "digits"))!;
    expect(readFileSync(`/proc/${frontPid}/environ`, "utf8")).not.toContain("hidden");
  });

  test("what shall outlive the job is not tracked by the runner", async () => {
    process.env.RUNNER_TRACKING_ID = "job";
    const deploy = await local().begin("demo", "digits", { port: undefined, outliveJob: true });
    const started = await candidate(deploy, id("a"), "7");
    const { frontPid, outliveJob } = await started.promote();
    await deploy.end();
    expect(outliveJob).toBe(true);
    expect(readFileSync(`/proc/${frontPid}/environ`, "utf8")).not.toContain("RUNNER_TRACKING_ID");
    const log = readFileSync(join(home, "model-road/local/demo/digits/servers.log"), "utf8");
    expect(log).not.toContain("RUNNER_TRACKING_ID");
  });
});

describe("a switch", () => {
  test("no request of a client that polls throughout fails, on kept and on new connections", async () => {
    const url = await serve(id("1"), "1");
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const answers: string[] = [];
    const polling = new AbortController();
    const poll = async (how: { agent: Agent | false }, path = ""): Promise<void> => {
      while (!polling.signal.aborted) {
        answers.push(
          await new Promise<string>((resolve) => {
            const sent = request(url.replace("/api/v1.0/predictions", path || "/api/v1.0/predictions"), {
              method: "POST",
              ...how,
            });
            sent.on("error", (error) => resolve(`error ${error.message}`));
            sent.on("response", (answer) => {
              answer.resume();
              answer.on("error", (error) => resolve(`error ${error.message}`));
              answer.on("end", () =>
                resolve(`${answer.statusCode} ${String(answer.headers["x-model-road-deploy-id"]).slice(0, 1)}`),
              );
            });
            sent.end("{}");
          }),
        );
      }
    };
    const clients = [poll({ agent }), poll({ agent: false }), poll({ agent: false }, "/slow")];
    for (const digit of ["2", "3", "4"]) {
      const before = answers.length;
      await until(() => answers.length > before + 30);
      await serve(id(digit), digit);
    }
    await until(() => answers.at(-1) === "200 4");
    await until(async () => (await local().state("demo", "digits"))!.servers.length === 1);
    polling.abort();
    await Promise.all(clients);
    agent.destroy();
    expect([...new Set(answers)].sort()).toEqual(["200 1", "200 2", "200 3", "200 4"]);
    // What served before has gone, with its folder.
    const releases = await until(() => {
      const left = readdirSync(join(home, "model-road/local/demo/digits/releases"));
      return left.length === 1 ? left : undefined;
    });
    expect(releases[0]).toMatch(/^4{40}-/);
  });

  test("a candidate gets no traffic, and a discarded one leaves nothing", async () => {
    const url = await serve(id("1"), "1");
    const deploy = await local().begin("demo", "digits", options);
    const started = await candidate(deploy, id("2"), "2");
    expect(JSON.parse((await post(`${started.url}/predict`)).body).data.ndarray).toEqual([[2, 1]]);
    expect((await post(url)).headers["x-model-road-deploy-id"]).toBe(id("1"));
    await started.discard();
    await deploy.end();
    expect((await local().state("demo", "digits"))!.servers.map(({ role }) => role)).toEqual(["serving"]);
    expect(readdirSync(join(home, "model-road/local/demo/digits/releases"))).toHaveLength(1);
    await expect(started.ended).resolves.toBeDefined();
  });

  test("a promotion that is taken back lets the version before serve again", async () => {
    const url = await serve(id("1"), "1");
    const deploy = await local().begin("demo", "digits", options);
    const started = await candidate(deploy, id("2"), "2");
    await started.promote();
    expect((await post(url)).headers["x-model-road-deploy-id"]).toBe(id("2"));
    await started.discard();
    await deploy.end();
    expect((await post(url)).headers["x-model-road-deploy-id"]).toBe(id("1"));
    expect((await local().state("demo", "digits"))!.deployId).toBe(id("1"));
  });
});

describe("what goes wrong", () => {
  test("a server that dies is told with its last lines; a first deploy that fails leaves nothing", async () => {
    const deploy = await local().begin("demo", "digits", options);
    const started = await candidate(deploy, id("a"), "7 dies");
    expect(await started.ended).toEqual({ code: 1, signal: null });
    expect((await started.lastLines(10)).at(-1)).toBe("FileNotFoundError: model.joblib");
    await deploy.end();
    expect(processesIn(home)).toEqual([]);
    expect(await local().list()).toEqual([]);
    expect(existsSync(join(home, "model-road/local/demo/digits"))).toBe(false);
  });

  test("a deploy that is killed leaves nothing, and the old version serves", async () => {
    const url = await serve(id("1"), "1");
    const script = `
      const { localServing } = await import(${JSON.stringify(new URL("../../src/adapters/serving.ts", import.meta.url).href)});
      const { localProcesses } = await import(${JSON.stringify(new URL("../../src/adapters/process.ts", import.meta.url).href)});
      const { fileLocks } = await import(${JSON.stringify(new URL("../../src/adapters/lock.ts", import.meta.url).href)});
      const serving = localServing({ processes: localProcesses(), locks: fileLocks(), front: "unused",
        program: (_, env) => ({ command: process.execPath, args: [${JSON.stringify(SERVER)}, "2"], cwd: "/", env }) });
      const deploy = await serving.begin("demo", "digits", { outliveJob: false });
      const folder = await deploy.releaseFolder("${id("2")}");
      await deploy.startCandidate({ deployId: "${id("2")}", folder, modelClass: "2", replicas: 1 });
      console.log("up");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    expect((await local().state("demo", "digits"))!.servers.map(({ role }) => role)).toEqual(["serving", "candidate"]);
    child.kill("SIGKILL");
    await until(async () => (await local().state("demo", "digits"))!.servers.length === 1);
    expect((await post(url)).headers["x-model-road-deploy-id"]).toBe(id("1"));
    // The place to deploy is free again.
    await (await local().begin("demo", "digits", options)).end();
    expect(readdirSync(join(home, "model-road/local/demo/digits/releases"))).toHaveLength(1);
  });

  test("two deploys at once: one has the place, the other is told who", async () => {
    const begun = await Promise.allSettled([
      local().begin("demo", "digits", options),
      local().begin("demo", "digits", options),
    ]);
    const won = begun.filter((each) => each.status === "fulfilled");
    const lost = begun.filter((each) => each.status === "rejected");
    expect([won.length, lost.length]).toEqual([1, 1]);
    expect(String(lost[0]!.reason)).toContain(
      `a deploy of demo/digits: expected to be the only one at work, saw process ${process.pid} is at it`,
    );
    await won[0]!.value.end();
    await until(() => processesIn(home).length === 0);
  });

  test("a port in use is told with its holder", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const { port } = blocker.address() as AddressInfo;
    await expect(local().begin("demo", "digits", { port, outliveJob: false })).rejects.toThrow(
      new RegExp(
        `port ${port} of 127.0.0.1: expected to be free for the front, saw EADDRINUSE: process ${process.pid} `,
      ),
    );
    blocker.close();
    expect(processesIn(home)).toEqual([]);
  });

  test("the URL is remembered over the front's end", async () => {
    const url = await serve(id("1"), "1");
    const { frontPid } = (await local().state("demo", "digits"))!;
    process.kill(frontPid!, "SIGKILL");
    const stopped = await until(async () => {
      const state = (await local().state("demo", "digits"))!;
      return state.status === "stopped" && state;
    });
    expect(stopped).toMatchObject({ url, deployId: id("1"), servers: [] });
    // Its servers end with it: their lifeline is cut.
    await until(() => processesIn(home).length === 0);
    expect(await serve(id("2"), "2")).toBe(url);
  });

  test("a server that ends by itself is started again, a bounded number of times", async () => {
    const url = await serve(id("1"), "1");
    const exit = url.replace("/api/v1.0/predictions", "/exit");
    expect((await post(exit)).status).toBe(502);
    await until(async () => (await post(url)).status === 200);
    expect((await local().state("demo", "digits"))!.restarts).toBe(1);
    for (let times = 0; times < 3; times++) {
      expect((await post(exit)).status).toBe(502);
      await until(
        async () => (await post(url)).status === 200 || (await local().state("demo", "digits"))!.status === "empty",
        20_000,
      );
    }
    const state = await until(async () => {
      const seen = (await local().state("demo", "digits"))!;
      return seen.status === "empty" && seen;
    });
    expect(state).toMatchObject({ restarts: 3, servers: [] });
    const refused = await post(url);
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.body).status.reason).toBe("NO_MODEL_SERVER");
    // The next deploy mends it.
    expect(await serve(id("2"), "2")).toBe(url);
    expect((await post(url)).status).toBe(200);
  });

  test("a state folder whose path is too long for a socket", async () => {
    process.env.XDG_STATE_HOME = join(home, "x".repeat(90));
    const url = await serve(id("1"), "1");
    expect((await post(url)).status).toBe(200);
    expect(await local().remove("demo", "digits")).toBe(true);
    expect(await local().remove("demo", "digits")).toBe(false);
    process.env.XDG_STATE_HOME = home;
  });
});

test("a state that can not be read is as none, and can be removed", async () => {
  const url = await serve(id("1"), "1");
  const { frontPid } = (await local().state("demo", "digits"))!;
  writeFileSync(join(home, "model-road/local/demo/digits/state.json"), "{");
  process.kill(frontPid!, "SIGKILL");
  await until(() => processesIn(home).length === 0);
  expect(await local().state("demo", "digits")).toBeUndefined();
  expect(await local().list()).toEqual([]);
  expect(await serve(id("2"), "2")).toMatch(new RegExp(url.replace(/:\d+/, ":\\d+")));
  expect(await local().remove("demo", "digits")).toBe(true);
});

test("list tells all, sorted; remove ends front, servers and port", async () => {
  await serve(id("1"), "1");
  const deploy = await local().begin("a", "b", options);
  await (await candidate(deploy, id("2"), "2")).promote();
  await deploy.end();
  const all = await local().list();
  expect(all.map(({ namespace, name, status }) => `${namespace}/${name} ${status}`)).toEqual([
    "a/b running",
    "demo/digits running",
  ]);
  expect(await local().remove("a", "b")).toBe(true);
  expect((await local().list()).map(({ name }) => name)).toEqual(["digits"]);
  await expect(post(all[0]!.url)).rejects.toThrow("ECONNREFUSED");
});

test.each([[[]], [["{}"]], [['{"stateHome":"x","namespace":"..","name":"a","port":0,"outliveJob":false}']]])(
  "a front that is started by hand, with %j, says so and leaves nothing",
  async (args) => {
    const finished = await localProcesses().run(
      { command: process.execPath, args: [FRONT, ...args], env: {}, cwd: home },
      { timeoutMs: 20_000 },
    );
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain("the order of a front");
    expect(readdirSync(home)).toEqual([]);
  },
);
