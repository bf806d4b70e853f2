// Where an image goes, and what it does there: archives, tags that stay, engines that are not here, a model that is mounted.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import {
  ENGINE_TABLE,
  type EngineCommand,
  type EngineOrder,
  type EngineTrial,
  type EngineWay,
} from "../../src/domain/image/engine.ts";
import { messageOf } from "../../src/errors.ts";
import { startRegistry, type TestRegistry } from "../world/registry/registry.ts";
import { imageBench, type ImageBench } from "./image-bench.ts";

let bench: ImageBench;
let registry: TestRegistry | undefined;
const before = { PATH: process.env["PATH"], DOCKER_CONFIG: process.env["DOCKER_CONFIG"] };
beforeEach(() => {
  bench = imageBench();
  bench.put("M.py", "class M:\n    def predict(self, X, names=None):\n        return X\n");
  bench.put("model/m.pkl", "N.");
});
afterEach(async () => {
  Object.assign(process.env, { PATH: before.PATH });
  if (before.DOCKER_CONFIG === undefined) delete process.env["DOCKER_CONFIG"];
  bench.close();
  await registry?.close();
  registry = undefined;
});
const GIVEN = { model: "model/m.pkl", "model-class": "M", try: "false" };

test("an archive holds what docker load reads, twice the same, and nothing is left beside it", async () => {
  const given = { ...GIVEN, image: "docker-archive:out/m.tar:v1", "emit-dockerfile": "out/Dockerfile" };
  const { outputs } = await bench.build(given);
  const file = join(bench.workspace, "out/m.tar");
  const first = readFileSync(file);
  const [listed] = JSON.parse(execFileSync("tar", ["-xOf", file, "manifest.json"], { encoding: "utf8" })) as {
    Config: string;
    RepoTags: string[];
    Layers: string[];
  }[];
  expect(listed!.RepoTags).toEqual([`m:${outputs.tag}`, `m:sha-${"1".repeat(40)}`, "m:v1"]);
  const names = execFileSync("tar", ["-tf", file], { encoding: "utf8" }).trim().split("\n");
  expect(names).toEqual(expect.arrayContaining([listed!.Config, ...listed!.Layers]));
  await bench.build(given);
  expect(readFileSync(file).equals(first)).toBe(true);
  expect(readdirSync(join(bench.temp, "model-road"))).toEqual([]);
  expect(readdirSync(join(bench.workspace, "out"))).toEqual(["Dockerfile", "m.tar"]);
  expect(readFileSync(join(bench.workspace, "out/Dockerfile"), "utf8")).toContain('ENV MODEL_PATH="/app/model/m.pkl"');
});

describe("tags", () => {
  test("stay where they are unless they are meant to move", async () => {
    registry = await startRegistry();
    const given = { ...GIVEN, image: `${registry.host}/team/m:v1`, tags: "latest" };
    const first = await bench.build(given);
    bench.put("M.py", "class M:\n    def predict(self, X, names=None):\n        return [[1]]\n");
    const told = await bench.build(given, { sha: "2".repeat(40) }).then(() => "pushed", messageOf);
    expect(told).toMatch(/^tag v1: expected no other image under it, saw sha256:.*move-tags: true/);
    const tags = registry.manifests.get("team/m")!;
    expect([...tags.keys()].filter((each) => each.startsWith("fp-"))).toEqual([first.outputs.tag]);
    const moved = await bench.build({ ...given, "move-tags": "true" });
    expect(moved.outputs.digest).not.toBe(first.outputs.digest);
    expect(bench.said.join("\n")).toContain("warning: The tag v1 moves");
  });
});

describe("the tag of a commit", () => {
  const GIVEN_CODE = "class M:\n    def predict(self, X, names=None):\n        return [[1]]\n";
  const digestOf = (tag: string): string => {
    const { bytes } = registry!.manifests.get("team/m")!.get(tag)!;
    return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  };

  test("is put on an image that was there already, without another of it moving", async () => {
    registry = await startRegistry();
    const given = { ...GIVEN, image: `${registry.host}/team/m` };
    const first = await bench.build(given);
    const second = await bench.build(given, { sha: "2".repeat(40) });
    expect(second.outputs).toMatchObject({ skipped: "true", digest: first.outputs.digest });
    expect(bench.said.join("\n")).toContain(`The image got the tags sha-${"2".repeat(40)}.`);
    expect([digestOf(`sha-${"1".repeat(40)}`), digestOf(`sha-${"2".repeat(40)}`)]).toEqual([
      first.outputs.digest,
      first.outputs.digest,
    ]);
  });

  test("stays where it is when the commit makes another image, unless it is meant to move", async () => {
    registry = await startRegistry();
    const given = { ...GIVEN, image: `${registry.host}/team/m` };
    const first = await bench.build(given);
    bench.put("M.py", GIVEN_CODE);
    const told = await bench.build(given).then(() => "pushed", messageOf);
    expect(told).toMatch(/^tag sha-1{40}: expected no other image under it, saw sha256:.*move-tags: true/);
    expect(digestOf(`sha-${"1".repeat(40)}`)).toBe(first.outputs.digest);
    const moved = await bench.build({ ...given, "move-tags": "true" });
    expect(digestOf(`sha-${"1".repeat(40)}`)).toBe(moved.outputs.digest);
    expect(bench.said.join("\n")).toContain(`warning: The tag sha-${"1".repeat(40)} moves`);
  });

  test("the branch's own name moves with the branch", async () => {
    registry = await startRegistry();
    const given = { ...GIVEN, image: `${registry.host}/team/m`, tags: "feature-x" };
    await bench.build(given, { ref: "refs/heads/feature/x" });
    bench.put("M.py", GIVEN_CODE);
    const { outputs } = await bench.build(given, { ref: "refs/heads/feature/x", sha: "3".repeat(40) });
    expect(digestOf("feature-x")).toBe(outputs.digest);
    bench.put("M.py", `${GIVEN_CODE}\n\nX = 1\n`);
    await expect(bench.build(given, { sha: "4".repeat(40) })).rejects.toThrow("tag feature-x");
  });
});

test("nothing changed: three requests, and no byte of the model is sent", async () => {
  registry = await startRegistry();
  const given = { ...GIVEN, image: `${registry.host}/team/m:v1` };
  await bench.build(given);
  registry.seen.length = 0;
  expect((await bench.build(given)).outputs.skipped).toBe("true");
  expect(registry.seen.map(({ method }) => method)).toEqual(["GET", "HEAD", "HEAD"]);
});

test("code changed: the model is neither read again nor sent", async () => {
  registry = await startRegistry();
  const given = { ...GIVEN, image: `${registry.host}/team/m` };
  await bench.build(given);
  bench.put("M.py", "class M:\n    def predict(self, X, names=None):\n        return [[1]]\n");
  registry.seen.length = 0;
  await bench.build(given, { sha: "2".repeat(40) });
  expect(registry.seen.filter(({ method }) => method === "PATCH")).toEqual([]);
  expect(bench.said.join("\n")).toContain("model layer: 3.07 kB, there already, not read");
});

test("a model that is not baked in is looked at, and left out", async () => {
  const given = { ...GIVEN, bake: "false", image: "oci:image" };
  const { outputs } = await bench.build(given);
  const read = (digest: string): string =>
    readFileSync(join(bench.workspace, "image/blobs/sha256", digest.slice(7)), "utf8");
  const manifest = JSON.parse(read(outputs.digest!)) as { config: { digest: string }; layers: unknown[] };
  expect(manifest.layers).toHaveLength(1);
  expect(read(manifest.config.digest)).toContain('"MODEL_PATH=/mnt/models"');
  const told = await bench
    .build({ ...given, image: "oci:other", server: "SKLEARN_SERVER" })
    .then(() => "built", messageOf);
  expect(told).toContain('for SKLEARN_SERVER: expected model.joblib, saw "m.pkl"');
});

test("an evil model is refused before anything is made", async () => {
  bench.put("model/m.pkl", "cos\nsystem\n(S'true'\ntR.");
  await expect(bench.build({ ...GIVEN, image: "oci:image" })).rejects.toThrow('saw "os.system"');
  expect(existsSync(join(bench.workspace, "image"))).toBe(false);
});

describe("logins", () => {
  test("a helper of docker is asked, and what it says opens the registry", async () => {
    registry = await startRegistry({ kind: "basic", user: "me", password: "pass word" });
    const config = join(bench.temp, "docker");
    mkdirSync(config);
    writeFileSync(join(config, "config.json"), JSON.stringify({ credHelpers: { [registry.host]: "test" } }));
    const helper = join(config, "docker-credential-test");
    writeFileSync(
      helper,
      `#!/bin/sh\nread server\necho "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"me\\",\\"Secret\\":\\"pass word\\"}"\n`,
    );
    chmodSync(helper, 0o755);
    Object.assign(process.env, { PATH: `${config}:${before.PATH}`, DOCKER_CONFIG: config });
    const { outputs } = await bench.build({ ...GIVEN, image: `${registry.host}/team/m` });
    expect(outputs.skipped).toBe("false");
  });
});

describe("engines", () => {
  test("what one lacks is told before anything starts", async () => {
    const empty = join(bench.temp, "nothing");
    mkdirSync(empty);
    process.env["PATH"] = empty;
    for (const engine of ["docker", "buildah", "s2i"]) {
      const told = await bench.build({ ...GIVEN, engine, image: "oci:image" }).then(() => "built", messageOf);
      expect(told, engine).toMatch(new RegExp(`^engine ${engine}: expected .*, saw no ${engine}`));
    }
    expect(bench.said).toEqual([]);
  });

  describe("each is a table of commands", () => {
    const order: EngineOrder = {
      context: "/c",
      dockerfile: "/s/Dockerfile",
      image: "r.example/a/b:fp-1",
      platform: "linux/amd64",
      digestFile: "/d",
      tls: true,
      tlsBelow: true,
      layout: undefined,
      s2i: {
        builder: "builder@sha256:1",
        scripts: "image:///s2i/bin",
        user: "root",
        source: "https://git.example/x#1",
        contextDir: "sub",
        runtime: undefined,
        generated: "/g",
      },
    };
    const way = (engine: keyof typeof ENGINE_TABLE, at = 0): EngineWay => ENGINE_TABLE[engine].ways[at]!;
    const line = ({ program, args }: EngineCommand): string => [program, ...args].join(" ");
    const trial: EngineTrial = {
      image: "r.example/a/b:fp-1",
      name: "x",
      args: ["/bin/sh", "-c", "exec python3 a.py"],
      env: { A: "1" },
      mounts: [{ from: "/l", at: "/model-road" }],
    };

    test("docker builds into its own storage, runs on loopback, and pushes what it ran", () => {
      expect(way("docker").build(order).map(line)).toEqual([
        "docker buildx build --load --provenance=false --platform linux/amd64 --tag r.example/a/b:fp-1 --file /s/Dockerfile /c",
      ]);
      const { before, start, after } = way("docker").run(trial);
      expect([...before, start, after].map(line)).toEqual([
        "docker run --rm --interactive --network host --name x --volume /l:/model-road:ro --env A=1 --entrypoint /bin/sh r.example/a/b:fp-1 -c exec python3 a.py",
        "docker rm --force x",
      ]);
      expect(way("docker").push(order).map(line)).toEqual(["docker push r.example/a/b:fp-1"]);
      expect(way("docker").lacks({ to: "layout", runtime: false })).toBe("it writes to a registry");
    });

    test("buildah", () => {
      expect(way("buildah").build(order).map(line)).toEqual([
        "buildah bud --format oci --layers --timestamp 0 --platform linux/amd64 --tag r.example/a/b:fp-1 --file /s/Dockerfile /c",
      ]);
      expect(way("buildah").push(order).map(line)).toEqual([
        "buildah push --digestfile /d r.example/a/b:fp-1 docker://r.example/a/b:fp-1",
      ]);
      expect(
        way("buildah")
          .push({ ...order, tls: false, layout: { folder: "/o", tag: "fp-1" } })
          .map(line),
      ).toEqual(["buildah push --tls-verify=false --digestfile /d r.example/a/b:fp-1 oci:/o:fp-1"]);
    });

    test("s2i writes a Dockerfile for buildah; a runtime image is docker's", () => {
      expect(way("s2i").build(order).map(line)[0]).toBe(
        "s2i build https://git.example/x#1 builder@sha256:1 --as-dockerfile /g/Dockerfile --assemble-user root --image-scripts-url image:///s2i/bin --context-dir sub",
      );
      expect(way("s2i").lacks({ to: "registry", runtime: true })).toMatch(/a daemon has to build it/);
      const runtime = { ...order, s2i: { ...order.s2i!, source: undefined, runtime: "runtime" } };
      expect(way("s2i", 1).build(runtime).map(line)).toEqual([
        "s2i build /c builder@sha256:1 --runtime-image runtime --copy --context-dir sub r.example/a/b:fp-1",
      ]);
    });
  });
});
