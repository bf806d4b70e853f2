import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { MEDIA, parseManifest, type ImageManifest } from "../../../src/domain/image/manifest.ts";
import {
  buildKey,
  chooseImage,
  heldLayers,
  keyTag,
  parseBaseConfig,
  planImage,
  type BuildFacts,
  type Layer,
} from "../../../src/domain/image/plan.ts";

const hex = (digit: string): string => digit.repeat(64);
const facts: BuildFacts = {
  wrapper: "seldon",
  serviceType: "MODEL",
  parameters: undefined,
  environment: {},
  startCommand: undefined,
  bake: true,
  python: undefined,
  packages: undefined,
  platform: "linux/amd64",
  source: undefined,
  modelClass: "DigitsModel",
  modelPath: "model/model.joblib",
  modelDigest: `sha256:${hex("a")}`,
  code: [
    { path: "DigitsModel.py", sha256: hex("1"), executable: false },
    { path: "run.sh", sha256: hex("2"), executable: true },
  ],
  requirements: "requirements.txt",
  baseDigest: undefined,
};
const layers: readonly Layer[] = [
  { holds: "code", sha256: hex("c"), bytes: 2048 },
  { holds: "model", sha256: hex("d"), bytes: 4096 },
];
const parsed = (bytes: Buffer): ImageManifest => parseManifest(bytes, "test");

describe("the build key", () => {
  test("is the same for the same inputs in any order", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...facts.code], { minLength: 2 }), (code) => {
        expect(buildKey({ ...facts, code })).toBe(buildKey(facts));
      }),
    );
    expect(keyTag(buildKey(facts))).toMatch(/^fp-[0-9a-f]{40}$/);
  });

  test.each<Partial<BuildFacts>>([
    { modelClass: "Other" },
    { wrapper: "mlserver" },
    { serviceType: "ROUTER" },
    { parameters: "[]" },
    { environment: { A: "1" } },
    { startCommand: "python3 app.py" },
    { bake: false },
    { python: "3.11" },
    { packages: hex("9") },
    { platform: "linux/arm64" },
    { source: "https://github.com/a/b" },
    { modelPath: "model/other" },
    { modelDigest: `sha256:${hex("b")}` },
    { code: facts.code.slice(1) },
    { code: [{ ...facts.code[0]!, executable: true }, facts.code[1]!] },
    { code: [{ ...facts.code[0]!, path: "x.py" }, facts.code[1]!] },
    { requirements: undefined },
    { baseDigest: `sha256:${hex("e")}` },
  ])("is another with %j", (changed) => {
    expect(buildKey({ ...facts, ...changed })).not.toBe(buildKey(facts));
  });
});

describe("an image", () => {
  test("is planned byte for byte from its inputs", () => {
    const plan = planImage(facts, buildKey(facts), layers);
    expect(plan).toEqual(planImage({ ...facts }, buildKey(facts), [...layers]));
    expect(JSON.parse(plan.config.toString())).toMatchObject({
      architecture: "amd64",
      os: "linux",
      created: "1970-01-01T00:00:00Z",
      config: {
        Env: ["MODEL_NAME=DigitsModel", "MODEL_PATH=/app/model/model.joblib", "SERVICE_TYPE=MODEL"],
        Entrypoint: ["/bin/sh", "-c", 'exec seldon-core-microservice "$MODEL_NAME" --service-type "$SERVICE_TYPE"'],
        WorkingDir: "/app",
      },
      rootfs: { type: "layers", diff_ids: [`sha256:${hex("c")}`, `sha256:${hex("d")}`] },
    });
    expect(plan.layers).toEqual([
      { digest: `sha256:${hex("c")}`, bytes: 2048, holds: "code" },
      { digest: `sha256:${hex("d")}`, bytes: 4096, holds: "model" },
    ]);
    expect(heldLayers(parsed(plan.manifest))).toEqual(plan.layers);
    expect(parsed(plan.manifest).layers!.map(({ mediaType }) => mediaType)).toEqual([MEDIA.layer, MEDIA.layer]);
  });

  test("stands on its base: layers first, its settings kept but for what starts", () => {
    const manifest: ImageManifest = {
      schemaVersion: 2,
      mediaType: MEDIA.dockerManifest,
      config: { mediaType: "application/vnd.docker.container.image.v1+json", digest: `sha256:${hex("9")}`, size: 10 },
      layers: [
        { mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", digest: `sha256:${hex("8")}`, size: 77 },
      ],
    };
    const config = parseBaseConfig(
      Buffer.from(
        JSON.stringify({
          architecture: "arm64",
          variant: "v8",
          os: "linux",
          created: "2026-01-02T03:04:05Z",
          config: {
            Env: ["PATH=/opt/bin:/bin", "MODEL_NAME=Base", "EMPTY="],
            Cmd: ["python"],
            User: "8888",
            Labels: { a: "b" },
            ExposedPorts: { "80/tcp": {} },
          },
          rootfs: { type: "layers", diff_ids: [`sha256:${hex("7")}`] },
          history: [{ created: "2026-01-02T03:04:05Z", created_by: "base" }],
        }),
      ),
      manifest,
      "base",
    );
    const plan = planImage(facts, hex("f"), layers, { manifest, config });
    const made = JSON.parse(plan.config.toString()) as Record<string, Record<string, unknown>>;
    expect(made).toMatchObject({ architecture: "arm64", variant: "v8", created: "1970-01-01T00:00:00Z" });
    expect(made.config).toMatchObject({
      Env: [
        "PATH=/opt/bin:/bin",
        "MODEL_NAME=DigitsModel",
        "EMPTY=",
        "MODEL_PATH=/app/model/model.joblib",
        "SERVICE_TYPE=MODEL",
      ],
      User: "8888",
      Labels: { a: "b", "io.model-road.build-key": hex("f") },
    });
    expect(made.config).not.toHaveProperty("Cmd");
    expect(Object.keys(made.config!.ExposedPorts as object).toSorted()).toEqual([
      "5000/tcp",
      "6000/tcp",
      "80/tcp",
      "9000/tcp",
    ]);
    expect(made.rootfs!.diff_ids).toEqual([`sha256:${hex("7")}`, `sha256:${hex("c")}`, `sha256:${hex("d")}`]);
    expect(made.history).toHaveLength(3);
    expect(parsed(plan.manifest).layers![0]).toEqual({
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      digest: `sha256:${hex("8")}`,
      size: 77,
    });
    expect(plan.layers.map(({ holds }) => holds)).toEqual(["base", "code", "model"]);
  });

  test.each([
    "{}",
    "[]",
    '{"architecture":"amd64","os":"linux","rootfs":{"diff_ids":[]}}',
    '{"architecture":"amd64","os":"linux","rootfs":{"diff_ids":["x"]}}',
  ])("a base's config %s is refused", (text) => {
    const manifest: ImageManifest = {
      schemaVersion: 2,
      layers: [{ mediaType: MEDIA.layer, digest: `sha256:${hex("8")}`, size: 1 }],
    };
    expect(() => parseBaseConfig(Buffer.from(text), manifest, "base")).toThrow("an image config");
  });

  test("of an index is the one for the platform that is asked for", () => {
    const of = (os: string, architecture: string, digit: string) => ({
      mediaType: MEDIA.manifest,
      digest: `sha256:${hex(digit)}`,
      size: 1,
      platform: { os, architecture },
    });
    const [amd, arm, unknown] = [of("linux", "amd64", "1"), of("linux", "arm64", "2"), of("unknown", "unknown", "3")];
    const index = (...manifests: (typeof amd)[]): ImageManifest => ({ schemaVersion: 2, manifests });
    expect(chooseImage(index(arm, amd, unknown), "base")).toBe(amd);
    expect(chooseImage(index(amd, arm, unknown), "base", "linux/arm64")).toBe(arm);
    expect(() => chooseImage(index(arm, unknown), "base")).toThrow("for linux/amd64, saw linux/arm64");
    expect(() => chooseImage(index(arm, of("windows", "amd64", "4")), "base")).toThrow("linux/arm64, windows/amd64");
    expect(() => chooseImage(index(), "base")).toThrow("saw none");
  });
});

test.each([
  "{",
  "[]",
  '{"schemaVersion":1}',
  '{"schemaVersion":2}',
  '{"schemaVersion":2,"manifests":[{"digest":"x"}]}',
  `{"schemaVersion":2,"config":{"mediaType":"a","digest":"sha256:${hex("1")}","size":-1},"layers":[]}`,
  `{"schemaVersion":2,"config":{"mediaType":"a","digest":"sha256:${hex("1")}","size":1},"layers":{}}`,
  `{"schemaVersion":2,"manifests":[],"subject":{"mediaType":"a","digest":"../../x","size":1}}`,
])("%s is no manifest", (text) => {
  expect(() => parseManifest(Buffer.from(text), "test")).toThrow("test");
});
