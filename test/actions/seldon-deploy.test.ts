// The story with its real adapters: a front and model servers as processes, files in temporary folders, an OCI layout. Only the
// model server is a stand-in of a few lines; seldon-core itself serves in test/adapters/launcher.test.ts.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Outcome } from "../../src/action.ts";
import { buildModelImage } from "../../src/actions/build-model-image.ts";
import { models } from "../../src/actions/models.ts";
import { seldonDeploy, type DeployPorts } from "../../src/actions/seldon-deploy.ts";
import { tarArchives } from "../../src/adapters/archive.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { gzipTexts } from "../../src/adapters/compression.ts";
import { githubRest } from "../../src/adapters/github.ts";
import { httpClient } from "../../src/adapters/http.ts";
import { imageStores } from "../../src/adapters/images.ts";
import { kubernetes } from "../../src/adapters/kubernetes.ts";
import { openLayout } from "../../src/adapters/layout.ts";
import { fileLocks } from "../../src/adapters/lock.ts";
import { filePieces } from "../../src/adapters/pieces.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { pythons } from "../../src/adapters/python.ts";
import { openRegistry } from "../../src/adapters/registry.ts";
import { localServing } from "../../src/adapters/serving.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { modelDigest } from "../../src/domain/fingerprint/manifest.ts";
import { parseRecord, serialiseRecord, type ReleaseRecord } from "../../src/domain/record/record.ts";
import { readInputs, type Run } from "../../src/inputs.ts";
import type { Log } from "../../src/ports.ts";

const FRONT = new URL("../../src/main/local-front.ts", import.meta.url).pathname;
const SERVER = new URL("../adapters/fake-model-server.mjs", import.meta.url).pathname;
const SMOKE = "body: {data: {ndarray: [[1, 2]]}}\nexpect: {shape: [1, 2]}";

let world: string;
let said: string[];
const kept = { ...process.env };

beforeEach(() => {
  world = mkdtempSync(join(tmpdir(), "deploy-"));
  said = [];
  // Answers as a Python that has seldon-core does.
  put("bin/python3", `#!/bin/sh\ncase "$2" in *version_info*) echo 3.11.9; echo "${world}/bin/python3";; esac\n`);
  execFileSync("chmod", ["+x", join(world, "bin/python3")]);
  Object.assign(process.env, {
    XDG_STATE_HOME: join(world, "state"),
    XDG_CACHE_HOME: join(world, "cache"),
    PATH: `${world}/bin:${process.env.PATH}`,
  });
  put("work/Digits.py", "class Digits:\n    def predict(self, X, names):\n        return X\n");
  put("work/model/model.bin", "weights");
});
afterEach(async () => {
  for (const { namespace, name } of await serving().list()) await serving().remove(namespace, name);
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
  Object.assign(process.env, kept);
  const left = processesIn(world);
  rmSync(world, { recursive: true });
  if (left.length > 0) throw new Error(`left running: ${left.join("\n")}`);
});

function put(path: string, content: string): void {
  mkdirSync(dirname(join(world, path)), { recursive: true });
  writeFileSync(join(world, path), content);
}

const log: Log = {
  info: (text) => void said.push(text),
  warning: (text) => void said.push(`warning ${text}`),
  debug: () => undefined,
  group: async (_title, work) => await work(),
  mask: () => undefined,
};

/** The file `words` of the code says what the model server does: `7`, `7 nan`. */
const serving = () =>
  localServing({
    processes: localProcesses(),
    locks: fileLocks(),
    front: FRONT,
    program: ({ folder }, env) => ({
      command: process.execPath,
      args: [SERVER, ...readFileSync(join(folder, "words"), "utf8").trim().split(" ")],
      cwd: folder,
      env,
    }),
  });

const run = (): Run => ({
  repository: "acme/digits",
  repositoryId: "1",
  sha: "1".repeat(40),
  ref: "refs/heads/main",
  event: "push",
  runId: "1",
  runAttempt: 1,
  job: "road",
  actor: "ada",
  serverUrl: "https://github.com",
  workflowRef: "",
  workspace: join(world, "work"),
  temp: join(world, "temp"),
  os: "Linux",
  arch: "X64",
  environment: "self-hosted",
  eventPath: undefined,
});

function ports(signal = new AbortController().signal): DeployPorts {
  const [processes, locks] = [localProcesses({ signal }), fileLocks()];
  const registry = openRegistry({ log, githubToken: undefined, actor: "ada" });
  return {
    log,
    signal,
    clock: systemClock(),
    workspace: localWorkspace(run()),
    processes,
    archives: tarArchives(),
    github: githubRest({ run: run(), token: undefined }),
    images: imageStores({ layout: openLayout, registry }),
    http: httpClient(),
    pythons: pythons({ processes, locks }),
    serving: serving(),
    compression: gzipTexts(),
    kubernetes: kubernetes({ log, clock: systemClock(), processes, workspace: localWorkspace(run()), run: run() }),
  };
}

const env = (given: Record<string, string>) =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));

const LOCAL = { target: "local", name: "digits", namespace: "demo", "require-gate": "false" };
const CHECKOUT = { ...LOCAL, "model-class": "Digits", model: "model/model.bin", "smoke-request": SMOKE };

async function deploy(given: Record<string, string>, signal?: AbortSignal): Promise<Outcome> {
  const inputs = await readInputs(seldonDeploy.inputs, env(given));
  return await seldonDeploy.run(inputs, run(), ports(signal));
}

async function manage(given: Record<string, string>): Promise<Outcome> {
  const inputs = await readInputs(models.inputs, env({ target: "local", ...given }));
  return await models.run(inputs, run(), ports());
}

const predict = async (url: string) => await httpClient().request({ url, method: "POST", body: "{}", timeoutMs: 5000 });

function processesIn(folder: string): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid) || /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"))) return [];
      const environ = readFileSync(`/proc/${pid}/environ`, "utf8");
      if (!environ.includes(`XDG_STATE_HOME=${folder}`)) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
    } catch {
      return [];
    }
  });
}

function recordOf(gate: "passed" | "rejected" | undefined): ReleaseRecord {
  const content = readFileSync(join(world, "work/model/model.bin"));
  const sha256 = createHash("sha256").update(content).digest("hex");
  const files = [{ path: "model.bin", sha256, bytes: content.length, mode: 0o644 }];
  return {
    schema: 1,
    model: {
      name: "digits",
      flavor: "custom",
      fingerprint: "a".repeat(64),
      parts: {},
      path: "model/model.bin",
      digest: modelDigest(files),
      files: 1,
      bytes: content.length,
    },
    source: {
      repository: "acme/digits",
      sha: "1".repeat(40),
      ref: "refs/heads/main",
      event: "push",
      runId: "1",
      runAttempt: 1,
    },
    training: { command: "true", params: {}, seconds: 1, skipped: false, reason: "first", changed: [] },
    ...(gate === undefined ? {} : { gate: { decision: gate, rules: [] } }),
  };
}

describe("from a checkout", () => {
  test("created, then unchanged, then updated at the same URL", async () => {
    put("work/words", "7");
    const first = await deploy(CHECKOUT);
    expect(first.failure).toBeUndefined();
    expect(first.outputs).toMatchObject({ operation: "created", record: "" });
    const url = first.outputs["prediction-url"]!;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/seldon\/demo\/digits\/api\/v1\.0\/predictions$/);
    expect((await predict(url)).headers["x-model-road-deploy-id"]).toBe(first.outputs["deploy-id"]);
    expect(said).toContain("It predicted [[7, 1]], largest: a (7)");
    expect(first.summary).toContain(`curl -sS --fail-with-body '${url}'`);
    expect(first.annotations).toEqual([]);

    const { servers } = (await serving().state("demo", "digits"))!;
    const second = await deploy(CHECKOUT);
    expect(second.outputs).toMatchObject({ ...first.outputs, operation: "unchanged", reason: expect.any(String) });
    expect(second.outputs.reason).toMatch(/^this version \([0-9a-f]{12}\) serves already, and answers$/);
    expect((await serving().state("demo", "digits"))!.servers).toEqual(servers);

    put("work/words", "8");
    const third = await deploy(CHECKOUT);
    expect(third.outputs).toMatchObject({ operation: "updated", "prediction-url": url });
    expect(third.outputs["deploy-id"]).not.toBe(first.outputs["deploy-id"]);
    expect(JSON.parse((await predict(url)).body).data.ndarray).toEqual([[8, 1]]);

    const more = await deploy({ ...CHECKOUT, replicas: "2" });
    expect(more.outputs).toMatchObject({
      operation: "updated",
      reason: "replicas 1 → 2",
      "deploy-id": third.outputs["deploy-id"],
    });
  });

  test("without a smoke request a warning says that nothing was proven", async () => {
    put("work/words", "7 none");
    const { annotations, outputs } = await deploy({ ...CHECKOUT, "smoke-request": "" });
    expect(outputs.operation).toBe("created");
    expect(annotations).toMatchObject([
      { level: "warning", message: expect.stringContaining("Give a smoke-request.") },
    ]);
  });

  test("a dry run says what would happen, and starts nothing", async () => {
    put("work/words", "7");
    const dry = { ...CHECKOUT, "dry-run": "true" };
    expect((await deploy(dry)).outputs).toMatchObject({ operation: "would-create", "prediction-url": "" });
    expect(processesIn(world)).toEqual([]);
    expect(await serving().list()).toEqual([]);
    const { outputs } = await deploy(CHECKOUT);
    expect((await deploy(dry)).outputs.operation).toBe("unchanged");
    put("work/words", "8");
    expect((await deploy(dry)).outputs).toMatchObject({
      operation: "would-update",
      "prediction-url": outputs["prediction-url"],
    });
    expect((await serving().state("demo", "digits"))!.deployId).toBe(outputs["deploy-id"]);
  });

  test("a port can be asked for", async () => {
    put("work/words", "7");
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    const asked = { ...CHECKOUT, "base-url": `http://127.0.0.1:${port}` };
    await expect(deploy(asked)).rejects.toThrow(`port ${port} of 127.0.0.1: expected to be free for the front`);
    expect(processesIn(world)).toEqual([]);
    await new Promise((resolve) => free.close(resolve));
    const { outputs } = await deploy(asked);
    expect(outputs["prediction-url"]).toBe(`http://127.0.0.1:${port}/seldon/demo/digits/api/v1.0/predictions`);
  });
});

describe("from an image", () => {
  async function image(record: ReleaseRecord): Promise<string> {
    const built = await buildModelImage.run(
      await readInputs(
        buildModelImage.inputs,
        env({ record: serialiseRecord(record), "model-class": "Digits", image: "oci:image", try: "false" }),
      ),
      run(),
      { ...ports(), pieces: filePieces(), signal: new AbortController().signal },
    );
    return built.outputs.record!;
  }

  test("code and model are taken from where the image lies, and the record tells the deployment", async () => {
    put("work/words", "7");
    const record = await image(recordOf("passed"));
    // What serves is the image, whatever the checkout has become.
    put("work/words", "8 dies");
    const given = { record, target: "local", namespace: "demo", "smoke-request": SMOKE };
    const { outputs } = await deploy(given);
    expect(outputs.operation).toBe("created");
    expect(JSON.parse((await predict(outputs["prediction-url"]!)).body).data.ndarray).toEqual([[7, 1]]);
    expect(parseRecord(outputs.record!).deployment).toMatchObject({
      target: "local",
      namespace: "demo",
      name: "digits",
      deployId: outputs["deploy-id"],
      url: outputs["prediction-url"],
      operation: "created",
    });
    const [release] = readdirSync(join(world, "state/model-road/local/demo/digits/releases"));
    const app = join(world, "state/model-road/local/demo/digits/releases", release!, "app");
    expect(readFileSync(join(app, "model/model.bin"), "utf8")).toBe("weights");
    expect((await serving().state("demo", "digits"))!.record).toBe(record);

    // The same by the image's name alone, in a job that has no record.
    rmSync(join(world, "temp"), { recursive: true });
    const { digest } = parseRecord(record).image!;
    const named = await deploy({ ...LOCAL, image: `oci:image@${digest}`, "smoke-request": SMOKE, name: "other" });
    expect(named.outputs).toMatchObject({ operation: "created", record: "" });

    const again = await deploy(given);
    expect(again.outputs.operation).toBe("unchanged");
    expect(parseRecord(again.outputs.record!).deployment?.operation).toBe("unchanged");
  });

  test.each<["passed" | "rejected" | undefined, string]>([
    ["rejected", "expected gate passed, saw gate rejected"],
    [undefined, "expected gate passed, saw no gate"],
  ])("a record whose gate is %s is refused", async (gate, told) => {
    const given = { record: serialiseRecord(recordOf(gate)), target: "local", "model-class": "Digits" };
    await expect(deploy(given)).rejects.toThrow(told);
    await expect(deploy({ target: "local" })).rejects.toThrow("expected a record whose gate is passed, saw no record");
  });
});

describe("a new version that is no good", () => {
  test.each([
    ["8 dies", "it ended with exit code 1", "FileNotFoundError: model.joblib"],
    ["8 nan", "NaN or Infinity, which is not JSON", ""],
    ["8 flat", "expected shape [1, 2], saw shape [2]", ""],
    ["8 none", "HTTP status: expected 200, saw 400", ""],
  ])("%s: is refused with its reason, and the one before goes on serving", async (words, told, line) => {
    put("work/words", "7");
    const good = await deploy(CHECKOUT);
    const url = good.outputs["prediction-url"]!;
    put("work/words", words);
    const bad = await deploy(CHECKOUT);
    expect(bad.outputs).toMatchObject({ operation: "failed", "prediction-url": url });
    expect(bad.outputs.reason).toContain(told);
    expect(bad.outputs.reason).not.toContain("\n");
    expect(bad.failure).toContain("The version before goes on serving.");
    expect(said.join("\n")).toContain(line);
    expect((await predict(url)).headers["x-model-road-deploy-id"]).toBe(good.outputs["deploy-id"]);
    expect((await serving().state("demo", "digits"))!.servers).toHaveLength(1);
    expect(readdirSync(join(world, "state/model-road/local/demo/digits/releases"))).toHaveLength(1);
  });

  test("the first one leaves nothing", async () => {
    put("work/words", "8 dies");
    const { outputs, failure } = await deploy(CHECKOUT);
    expect(outputs).toMatchObject({ operation: "failed", "prediction-url": "" });
    expect(failure).toContain("Nothing is served under this name.");
    expect(processesIn(world)).toEqual([]);
    expect(await serving().list()).toEqual([]);
  });

  test("one that never answers is given up in time", async () => {
    put("work/words", "8 sleepy");
    const from = Date.now();
    const { outputs } = await deploy({ ...CHECKOUT, "wait-timeout": "2s" });
    expect(outputs.operation).toBe("failed");
    expect(outputs.reason).toContain("expected an answer within");
    expect(Date.now() - from).toBeLessThan(15_000);
    expect(processesIn(world)).toEqual([]);
  });

  test("a cancelled run leaves nothing", async () => {
    put("work/words", "8 sleepy");
    const cancelled = new AbortController();
    const running = deploy(CHECKOUT, cancelled.signal);
    const look = setInterval(() => {
      if (said.some((line) => line.startsWith("The new version is up"))) cancelled.abort(new Error("cancelled"));
    }, 20);
    await expect(running).rejects.toThrow("cancelled");
    clearInterval(look);
    expect(processesIn(world)).toEqual([]);
  });
});

describe("what was given", () => {
  test.each<[Record<string, string>, string]>([
    [{ target: "helm" }, `input "model": expected nothing with target: helm`],
    [{ target: "kubernetes" }, `input "model-class": expected nothing with target: kubernetes`],
    [{ kubeconfig: "x" }, `input "kubeconfig": expected nothing with target: local`],
    [{ engine: "none" }, `input "engine": expected nothing with target: local`],
    [{ "dry-run": "diff" }, `input "dry-run": expected true or false with target: local`],
    [{ replicas: "9" }, `input "replicas": expected at most 8 with target: local`],
    [{ "base-url": "https://models.example" }, `input "base-url": expected http://127.0.0.1:<port>`],
    [{ target: "seldon", "outlive-job": "true" }, `input "outlive-job": expected nothing with target: seldon`],
    [{ "model-class": "" }, `input "model-class": expected the class that serves the model`],
    [{ model: "model/none" }, `input "model": expected a file or folder, saw nothing at "model/none"`],
    [{ requirements: "none.txt" }, `input "requirements": expected a file "none.txt", saw none`],
    [{ image: "oci:image" }, `input "model": expected either an image or a model`],
    [{ image: "oci:image", model: "" }, "image oci:"],
    [{ "working-directory": "none" }, `input "working-directory": expected a folder of the repository, saw none`],
  ])("%j is told", async (given, told) => {
    await expect(deploy({ ...CHECKOUT, ...given })).rejects.toThrow(told);
    expect(processesIn(world)).toEqual([]);
  });

  test("all that can be seen in the inputs at once", async () => {
    const wrong = { name: "Digits_1", namespace: "-", replicas: "0", "wait-timeout": "soon", "smoke-request": "{}" };
    const more = { "base-url": "ftp://x", "model-class": "a b", "dry-run": "maybe" };
    await expect(deploy({ ...CHECKOUT, ...wrong, ...more })).rejects.toMatchObject({ mistakes: { length: 8 } });
  });

  test("outlive-job is refused where the machine does not outlive it either", async () => {
    const inputs = await readInputs(seldonDeploy.inputs, env({ ...CHECKOUT, "outlive-job": "true" }));
    const hosted = { ...run(), environment: "github-hosted" };
    await expect(seldonDeploy.run(inputs, hosted, ports())).rejects.toThrow(
      `input "outlive-job": expected false on a runner of GitHub's own, saw true`,
    );
  });

  test("a Python without seldon-core", async () => {
    put("work/words", "7");
    put(
      "bin/python3",
      `#!/bin/sh\ncase "$2" in *version_info*) echo 3.11.9; echo "${world}/bin/python3";; *) exit 1;; esac\n`,
    );
    await expect(deploy(CHECKOUT)).rejects.toThrow(/expected seldon-core, saw none\. Set the input requirements/);
    expect(processesIn(world)).toEqual([]);
  });
});

test("models lists, finds and deletes", async () => {
  put("work/words", "7");
  expect((await manage({})).outputs).toMatchObject({ models: "[]", operation: "listed" });
  const { outputs } = await deploy(CHECKOUT);
  const url = outputs["prediction-url"]!;
  const listed = await manage({});
  expect(JSON.parse(listed.outputs.models!)).toMatchObject([
    { namespace: "demo", name: "digits", url, status: "running", deployId: outputs["deploy-id"], replicas: 1 },
  ]);
  expect(listed.summary).toContain("| demo/digits | running |");
  expect((await manage({ namespace: "other" })).outputs.models).toBe("[]");

  const named = { namespace: "demo", name: "digits" };
  expect((await manage({ command: "get-url", ...named })).outputs).toMatchObject({ "prediction-url": url });
  await expect(manage({ command: "get-url", name: "none" })).rejects.toThrow(
    "default/none: expected a deployment that serves, saw none",
  );
  await expect(manage({ command: "stop", target: "helm" })).rejects.toMatchObject({ mistakes: { length: 2 } });

  expect((await manage({ command: "delete", ...named })).outputs.operation).toBe("deleted");
  expect(processesIn(world)).toEqual([]);
  expect((await manage({ command: "delete", ...named })).outputs.operation).toBe("absent");
});

test("a killed deploy leaves nothing, and the version before goes on serving", async () => {
  put("work/words", "7");
  const good = await deploy(CHECKOUT);
  put("work/words", "8 sleepy");
  const script = `
    const url = (path) => new URL(path, ${JSON.stringify(import.meta.url)}).href;
    const { localServing } = await import(url("../../src/adapters/serving.ts"));
    const { localProcesses } = await import(url("../../src/adapters/process.ts"));
    const { fileLocks } = await import(url("../../src/adapters/lock.ts"));
    const serving = localServing({ processes: localProcesses(), locks: fileLocks(),
      program: (request, env) => ({ command: process.execPath, args: [${JSON.stringify(SERVER)}, "8"], cwd: request.folder, env }) });
    const deploy = await serving.begin("demo", "digits", { outliveJob: false });
    const folder = await deploy.releaseFolder("${"b".repeat(40)}");
    await deploy.startCandidate({ deployId: "${"b".repeat(40)}", folder, modelClass: "M", replicas: 1 });
    console.log("up");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", `${script}\nsetInterval(() => {}, 1000)`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  // While it is at work, another one is told so.
  await expect(deploy(CHECKOUT)).rejects.toThrow(
    `expected to be the only one at work, saw process ${child.pid} is at it`,
  );
  child.kill("SIGKILL");
  await once(child, "exit");
  put("work/words", "7");
  expect((await deploy(CHECKOUT)).outputs.operation).toBe("unchanged");
  expect((await predict(good.outputs["prediction-url"]!)).status).toBe(200);
});
