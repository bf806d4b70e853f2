// The story with its real adapters: files in temporary folders, git itself, a registry on loopback.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { buildModelImage, type BuildPorts } from "../../src/actions/build-model-image.ts";
import { readAttachedRecord } from "../../src/actions/image-record.ts";
import { tarArchives } from "../../src/adapters/archive.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { githubRest } from "../../src/adapters/github.ts";
import { httpClient } from "../../src/adapters/http.ts";
import { imageStores } from "../../src/adapters/images.ts";
import { openLayout } from "../../src/adapters/layout.ts";
import { fileLocks } from "../../src/adapters/lock.ts";
import { filePieces } from "../../src/adapters/pieces.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { pythons } from "../../src/adapters/python.ts";
import { openRegistry } from "../../src/adapters/registry.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import type { Outcome } from "../../src/action.ts";
import { modelDigest } from "../../src/domain/fingerprint/manifest.ts";
import type { ImageManifest } from "../../src/domain/image/manifest.ts";
import { parseReference } from "../../src/domain/image/reference.ts";
import { parseRecord, serialiseRecord, type ReleaseRecord } from "../../src/domain/record/record.ts";
import { messageOf } from "../../src/errors.ts";
import { readInputs, type Run } from "../../src/inputs.ts";
import type { Log } from "../../src/ports.ts";
import { startRegistry, type TestRegistry } from "../world/registry/registry.ts";

let world: string;
let said: string[];
let registry: TestRegistry | undefined;

beforeEach(() => {
  world = mkdtempSync(join(tmpdir(), "build-image-"));
  said = [];
});
afterEach(async () => {
  await registry?.close();
  registry = undefined;
  rmSync(world, { recursive: true, force: true });
});

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");
/** A pickle of one text. */
const MODEL = "S'the model'\n.";
const SHA = "1".repeat(40);

function put(path: string, content: string): void {
  mkdirSync(dirname(join(world, path)), { recursive: true });
  writeFileSync(join(world, path), content);
}

/** A repository with a trained model that git does not track, as a checkout after training has it. */
function project(folder = "work"): void {
  put(`${folder}/DigitsModel.py`, "class DigitsModel:\n    def predict(self, X, names=None):\n        return X\n");
  put(`${folder}/requirements.txt`, "seldon-core==1.17.1\n");
  put(`${folder}/README.md`, "# digits\n");
  put(`${folder}/.gitignore`, "model/\n");
  put(`${folder}/.dockerignore`, "*.md\n.gitignore\n.dockerignore\n");
  const git = (...args: string[]): void => {
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      cwd: join(world, folder),
      stdio: "ignore",
    });
  };
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "x");
  put(`${folder}/model/model.joblib`, MODEL);
  put(`${folder}/untracked.txt`, "not part of it");
}

function runOf(folder: string, sha = SHA): Run {
  return {
    repository: "acme/digits",
    repositoryId: "1",
    sha,
    ref: "refs/heads/main",
    event: "push",
    runId: "7",
    runAttempt: 1,
    job: "road",
    actor: "me",
    serverUrl: "https://github.com",
    workflowRef: "acme/digits/.github/workflows/main.yml@refs/heads/main",
    workspace: join(world, folder),
    temp: join(world, `temp-${folder}`),
    os: "Linux",
    arch: "X64",
    environment: "github-hosted",
    eventPath: undefined,
  };
}

function portsOf(run: Run): BuildPorts {
  const log: Log = {
    info: (text) => said.push(text),
    warning: (text) => said.push(`warning: ${text}`),
    debug: () => undefined,
    group: async (_title, work) => await work(),
    mask: () => undefined,
  };
  return {
    log,
    workspace: localWorkspace(run),
    archives: tarArchives(),
    github: githubRest({ run, token: undefined }),
    images: imageStores({ layout: openLayout, registry: openRegistry({ log }) }),
    pieces: filePieces(),
    processes: localProcesses(),
    pythons: pythons({ processes: localProcesses(), locks: fileLocks() }),
    http: httpClient(),
    clock: systemClock(),
    signal: new AbortController().signal,
  };
}

function recordOf(changes: { decision?: "passed" | "rejected"; content?: string; bytes?: number } = {}): string {
  const { decision = "passed", content = MODEL, bytes = content.length } = changes;
  const record: ReleaseRecord = {
    schema: 1,
    model: {
      name: "digits",
      flavor: "sklearn",
      fingerprint: "f".repeat(64),
      parts: {},
      path: "model/model.joblib",
      digest: modelDigest([{ path: "model.joblib", sha256: sha256(content), bytes, mode: 0o644 }]),
      files: 1,
      bytes,
    },
    source: { repository: "acme/digits", sha: SHA, ref: "refs/heads/main", event: "push", runId: "7", runAttempt: 1 },
    training: { command: "train", params: {}, seconds: 1, skipped: false, reason: "first", changed: [] },
    gate: { decision, rules: [] },
  };
  return serialiseRecord(record);
}

async function build(given: Record<string, string>, { folder = "work", sha = SHA } = {}): Promise<Outcome> {
  const run = runOf(folder, sha);
  mkdirSync(run.temp, { recursive: true });
  // What is started and asked has tests of its own.
  const all = { try: "false", ...given };
  const env = Object.fromEntries(Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  return await buildModelImage.run(await readInputs(buildModelImage.inputs, env), run, portsOf(run));
}

const WITH_RECORD = (): Record<string, string> => ({
  record: recordOf(),
  "model-class": "DigitsModel",
  image: "oci:image",
});
const blobs = (folder: string): string[] => readdirSync(join(world, folder, "blobs/sha256")).toSorted();
const blob = (folder: string, digest: string): string =>
  readFileSync(join(world, folder, "blobs/sha256", digest.slice(7)), "utf8");
const manifestOf = (folder: string, digest: string): ImageManifest => JSON.parse(blob(folder, digest)) as ImageManifest;
type Index = { manifests: { digest: string; annotations?: Record<string, string> }[] };
const tagsOf = (folder: string): (string | undefined)[] =>
  (JSON.parse(readFileSync(join(world, folder, "index.json"), "utf8")) as Index).manifests.map(
    (each) => each.annotations?.["org.opencontainers.image.ref.name"],
  );

describe("an image in a folder", () => {
  test("holds the code that is tracked and the model, in layers that are plain tars", async () => {
    project();
    const { outputs, summary } = await build(WITH_RECORD());
    expect(outputs).toMatchObject({ skipped: "false", image: `oci:image@${outputs.digest}` });
    const manifest = manifestOf("work/image", outputs.digest!);
    const listed = manifest.layers!.map(({ digest }) =>
      execFileSync("tar", ["-tf", join(world, "work/image/blobs/sha256", digest.slice(7))], { encoding: "utf8" })
        .trim()
        .split("\n"),
    );
    expect(listed).toEqual([
      ["app/", "app/DigitsModel.py", "app/requirements.txt"],
      ["app/", "app/model/", "app/model/model.joblib"],
    ]);
    expect(blob("work/image", manifest.config!.digest)).toContain('"MODEL_PATH=/app/model/model.joblib"');
    expect(parseRecord(outputs.record!).image).toEqual({
      repository: "oci:image",
      digest: outputs.digest,
      layers: manifest.layers!.map(({ digest, size }, at) => ({ digest, bytes: size, holds: ["code", "model"][at] })),
      modelClass: "DigitsModel",
      modelPath: "model/model.joblib",
    });
    expect(summary).toContain("| model | 3.07 kB | written |");
    expect(tagsOf("work/image").filter((tag) => tag?.startsWith("fp-") || tag === `sha-${SHA}`)).toHaveLength(2);
    expect(readdirSync(join(world, "temp-work/model-road"))).toEqual(["record.json"]);
  });

  test("has the same digest from another folder, at another time, with or without git", async () => {
    project();
    project("elsewhere");
    rmSync(join(world, "elsewhere/.git"), { recursive: true });
    rmSync(join(world, "elsewhere/untracked.txt"));
    for (const file of ["DigitsModel.py", "model/model.joblib"]) utimesSync(join(world, "elsewhere", file), 1, 1);
    // What another step wrote as an image does not count either.
    put("elsewhere/another image/oci-layout", "{}");
    put("elsewhere/another image/blobs/sha256/x", "{}");
    const [one, two] = [await build(WITH_RECORD()), await build(WITH_RECORD(), { folder: "elsewhere" })];
    expect(two.outputs.digest).toBe(one.outputs.digest);
    expect(blobs("elsewhere/image")).toEqual(blobs("work/image"));
    // Its own layout lies among the files now, and does not become part of the next image.
    expect((await build(WITH_RECORD(), { folder: "elsewhere" })).outputs).toMatchObject({
      skipped: "true",
      digest: one.outputs.digest,
    });
  });

  test("that is there already is found without the model; a new commit gets its tag and its record", async () => {
    project();
    const first = await build(WITH_RECORD());
    rmSync(join(world, "work/model"), { recursive: true });
    const before = blobs("work/image");
    const again = await build(WITH_RECORD());
    expect(again.outputs).toEqual({ ...first.outputs, skipped: "true" });
    expect(said.at(-1)).toMatch(/^Nothing to build: .* No byte of the model was read or sent\.$/);
    expect(blobs("work/image")).toEqual(before);

    const later = "2".repeat(40);
    const other = await build({ ...WITH_RECORD(), image: "oci:image:stable" }, { sha: later });
    expect(other.outputs).toMatchObject({ skipped: "true", digest: first.outputs.digest });
    expect(tagsOf("work/image")).toEqual(expect.arrayContaining([`sha-${later}`, "stable"]));

    const run = runOf("work");
    const attached = await readAttachedRecord(`oci:${run.workspace}/image`, first.outputs.digest!, portsOf(run).images);
    expect(attached).toEqual(parseRecord(other.outputs.record!));
  });

  test("that lost a layer is built again", async () => {
    project();
    const first = await build(WITH_RECORD());
    const { layers } = parseRecord(first.outputs.record!).image!;
    rmSync(join(world, "work/image/blobs/sha256", layers[1]!.digest.slice(7)));
    expect((await build(WITH_RECORD())).outputs).toEqual(first.outputs);
  });

  test("changes with its model, code and class, and keeps the layers that did not change", async () => {
    project();
    const first = await build(WITH_RECORD());
    put("work/DigitsModel.py", "class DigitsModel:\n    def predict(self, X):\n        return 1\n");
    const second = await build(WITH_RECORD());
    expect(second.outputs.skipped).toBe("false");
    const layersOf = (outcome: Outcome) => parseRecord(outcome.outputs.record!).image!.layers;
    expect(layersOf(second)[1]).toEqual(layersOf(first)[1]);
    expect(layersOf(second)[0]).not.toEqual(layersOf(first)[0]);
    expect(said.join("\n")).toContain("model layer: 3.07 kB, there already, not read");
    expect(said.join("\n")).toMatch(
      new RegExp(`warning: The tag sha-${SHA} moves from ${first.outputs.digest} to ${second.outputs.digest}`),
    );
    put("work/other/Model.py", "class Model: pass\n");
    await expect(build({ ...WITH_RECORD(), "model-class": "other.Model.Model" })).rejects.toThrow(
      "git does not track it",
    );
  });

  test("of a folder of models, by its path alone, without a gate", async () => {
    project();
    put("work/models/a b/x.bin", "x");
    put("work/models/y.bin", "y");
    const { outputs } = await build({
      "require-gate": "false",
      model: "./models/",
      "model-class": "DigitsModel",
      image: "oci:out/image:v1",
    });
    expect(outputs).toMatchObject({ record: "", skipped: "false" });
    const manifest = manifestOf("work/out/image", outputs.digest!);
    const model = join(world, "work/out/image/blobs/sha256", manifest.layers![1]!.digest.slice(7));
    expect(execFileSync("tar", ["-tf", model], { encoding: "utf8" }).trim().split("\n")).toEqual([
      "app/",
      "app/models/",
      "app/models/a b/",
      "app/models/a b/x.bin",
      "app/models/y.bin",
    ]);
    expect(tagsOf("work/out/image")).toContain("v1");
  });

  test("takes code from the working directory, the model from the repository", async () => {
    project("work/service");
    put("work/model/model.joblib", MODEL);
    const { outputs } = await build({
      ...WITH_RECORD(),
      "working-directory": "service/",
      requirements: "requirements.txt",
    });
    const manifest = manifestOf("work/image", outputs.digest!);
    const listed = manifest.layers!.map(({ digest }) =>
      execFileSync("tar", ["-tf", join(world, "work/image/blobs/sha256", digest.slice(7))], { encoding: "utf8" })
        .trim()
        .split("\n")
        .at(-1),
    );
    expect(listed).toEqual(["app/requirements.txt", "app/model/model.joblib"]);
  });
});

describe("an image in a registry", () => {
  test("stands on its base, whose layers are mounted, and is found unchanged in two requests", async () => {
    project();
    registry = await startRegistry();
    const base = await pushBase(registry.host, "base/python");
    const given = {
      ...WITH_RECORD(),
      image: `${registry.host}/team/digits:latest`,
      "base-image": `${registry.host}/base/python@${base}`,
    };
    const { outputs, summary } = await build(given);
    expect(outputs.image).toBe(`${registry.host}/team/digits@${outputs.digest}`);
    expect(parseRecord(outputs.record!).image!.layers.map(({ holds }) => holds)).toEqual(["base", "code", "model"]);
    expect(summary).toContain("mounted from the base");
    expect(
      [...registry.manifests.get("team/digits")!.keys()].filter((key) => !key.startsWith("sha256:")).toSorted(),
    ).toEqual([
      expect.stringMatching(/^fp-[0-9a-f]{40}$/),
      "latest",
      expect.stringMatching(/^layer-[0-9a-f]{40}$/),
      `sha-${SHA}`,
      outputs.digest!.replace(":", "-"),
    ]);
    const run = runOf("work");
    expect(await readAttachedRecord(`${registry.host}/team/digits`, outputs.digest!, portsOf(run).images)).toEqual(
      parseRecord(outputs.record!),
    );

    rmSync(join(world, "work/model"), { recursive: true });
    registry.seen.length = 0;
    const again = await build({ ...given, image: `${registry.host}/team/digits` });
    expect(again.outputs).toEqual({ ...outputs, skipped: "true" });
    expect(registry.seen.map(({ method, path }) => `${method} ${path.split("/").at(-1)!.slice(0, 4)}`)).toEqual(
      ["GET fp-", "HEAD sha-"].map((each) => expect.stringMatching(`^${each}`)),
    );
  });

  test("comes from a base in a folder, and a base by tag is followed when it moves", async () => {
    project();
    registry = await startRegistry();
    await pushBase(join(world, "work/base"), undefined, "one");
    const given = { ...WITH_RECORD(), image: `${registry.host}/team/digits`, "base-image": "oci:base:v1" };
    const first = await build(given);
    expect((await build(given)).outputs.skipped).toBe("true");
    await pushBase(join(world, "work/base"), undefined, "two");
    await expect(build(given)).rejects.toThrow(`tag sha-${SHA}: expected no other image under it`);
    const second = await build({ ...given, "move-tags": "true" });
    expect(second.outputs.skipped).toBe("false");
    expect(second.outputs.digest).not.toBe(first.outputs.digest);
  });

  test("stands although its record could not be attached", async () => {
    project();
    registry = await startRegistry();
    registry.before = (request, response, { method, path }) => {
      if (method !== "PUT" || !path.includes("manifests/sha256-")) return false;
      request.resume();
      response.writeHead(405).end();
      return true;
    };
    const { outputs } = await build({ ...WITH_RECORD(), image: `${registry.host}/team/digits` });
    expect(outputs.skipped).toBe("false");
    expect(said.filter((each) => each.startsWith("warning:"))).toEqual([
      expect.stringMatching(/record could not be attached.*405/s),
    ]);
  });

  test("is not there at all when the registry refuses: no tag, no temporary file", async () => {
    project();
    registry = await startRegistry();
    registry.before = (request, response, { method, path }) => {
      if (method !== "PUT" || !path.includes("/manifests/")) return false;
      request.resume();
      response.writeHead(403).end();
      return true;
    };
    await expect(build({ ...WITH_RECORD(), image: `${registry.host}/team/digits` })).rejects.toThrow("saw 403");
    expect(registry.manifests.get("team/digits")).toBeUndefined();
    expect(existsSync(join(world, "temp-work/model-road/record.json"))).toBe(false);
    expect(readdirSync(join(world, "temp-work/model-road"))).toEqual([]);
  });
});

describe("what does not fit is told", () => {
  test("all wrong inputs at once", async () => {
    project();
    const told = await build({
      "require-gate": "perhaps",
      "model-class": "digits-model",
      "base-image": "https://x/y",
      image: `ghcr.io/A/b@sha256:${"0".repeat(64)}`,
      requirements: "/etc/passwd",
      "working-directory": "../x",
    }).then(() => "nothing", messageOf);
    expect(told.split("\n").map((line) => /^input "([a-z-]+)"/.exec(line)?.[1])).toEqual([
      "require-gate",
      "model-class",
      "requirements",
      "base-image",
      "image",
      "working-directory",
    ]);
  });

  test("all that is missing in the repository at once", async () => {
    project();
    const told = await build({
      "require-gate": "false",
      model: "none.bin",
      "model-class": "src.Absent",
      requirements: "none.txt",
      image: "oci:image",
    }).then(() => "nothing", messageOf);
    expect(told.split("\n")).toEqual([
      expect.stringMatching(/^input "model": expected a file or folder, saw nothing at "none.bin"/),
      expect.stringMatching(/^input "model-class": expected src.py or src\/__init__.py, saw no src.py/),
      expect.stringMatching(/^input "requirements": .* saw no none.txt/),
    ]);
    expect(existsSync(join(world, "work/image"))).toBe(false);
  });

  test.each<[string, () => Record<string, string>, RegExp]>([
    [
      "no record",
      () => ({ "model-class": "DigitsModel", image: "oci:image" }),
      /expected a record whose gate is passed, saw no record/,
    ],
    ["a rejected gate", () => ({ ...WITH_RECORD(), record: recordOf({ decision: "rejected" }) }), /saw gate rejected/],
    ["no class", () => ({ record: recordOf(), image: "oci:image" }), /input "model-class": .* no MODEL_NAME/],
    ["an empty model", () => ({ ...WITH_RECORD(), record: recordOf({ content: "" }) }), /saw 0 bytes/],
    [
      "a model that is not the record's",
      () => ({ ...WITH_RECORD(), record: recordOf({ content: "another" }), model: "model/model.joblib" }),
      /expected the model of the record/,
    ],
    [
      "a model outside of the repository",
      () => ({ "require-gate": "false", "model-class": "DigitsModel", model: "/etc/hostname", image: "oci:image" }),
      /expected a path inside the repository/,
    ],
    [
      "a model that a link leads out",
      () => ({ "require-gate": "false", "model-class": "DigitsModel", model: "link", image: "oci:image" }),
      /expected a path inside the repository/,
    ],
    [
      "a class of another name",
      () => ({ ...WITH_RECORD(), "model-class": "DigitsModel.Digits" }),
      /DigitsModel.py: expected class Digits, saw class DigitsModel/,
    ],
    [
      "a base that is not there",
      () => ({ ...WITH_RECORD(), "base-image": "oci:nowhere" }),
      /expected an image oci:.*nowhere, saw none/,
    ],
    [
      "a working directory that is not there",
      () => ({ ...WITH_RECORD(), "working-directory": "nowhere" }),
      /a folder of the repository/,
    ],
  ])("%s", async (_what, given, message) => {
    project();
    symlinkSync("/etc/hostname", join(world, "work/link"));
    await expect(build(given())).rejects.toThrow(message);
    expect(existsSync(join(world, "work/image/index.json"))).toBe(false);
  });

  test("the job's latest record is left aside for another model that needs no gate", async () => {
    project();
    put("work/other.bin", "another model");
    put("temp-work/model-road/record.json", recordOf());
    const other = { "require-gate": "false", "model-class": "DigitsModel", image: "oci:image", model: "other.bin" };
    expect((await build(other)).outputs.record).toBe("");
    expect(
      parseRecord((await build({ ...other, model: "./model/model.joblib" })).outputs.record!).image!.repository,
    ).toBe("oci:image");
    await expect(build({ ...other, "require-gate": "true" })).rejects.toThrow("expected the model of the record");
  });

  test("links among the code are left out, by name", async () => {
    project();
    rmSync(join(world, "work/.git"), { recursive: true });
    symlinkSync("/etc/passwd", join(world, "work/passwd"));
    await build(WITH_RECORD());
    expect(said).toContain("warning: Left out of the image, because they are links or submodules: passwd");
  });
});

/** A base image of one gzipped layer, in a registry's repository or in a folder. */
async function pushBase(place: string, repository?: string, content = "base"): Promise<string> {
  const run = runOf("work");
  const reference = parseReference(repository === undefined ? `oci:${place}` : `${place}/${repository}`, "base");
  const store = await portsOf(run).images.open(reference);
  const layer = await store.putBlob(Buffer.from(content));
  const config = await store.putBlob(
    Buffer.from(
      JSON.stringify({
        architecture: "amd64",
        os: "linux",
        config: { Env: ["PATH=/bin"] },
        rootfs: { type: "layers", diff_ids: [`sha256:${sha256(content)}`] },
      }),
    ),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: config.digest, size: config.bytes },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: layer.digest, size: layer.bytes }],
  };
  return await store.putManifest(Buffer.from(JSON.stringify(manifest)), manifest.mediaType, ["v1"]);
}
