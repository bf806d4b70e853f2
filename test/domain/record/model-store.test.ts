import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { modelDigest, serialiseManifest, type ModelManifest } from "../../../src/domain/fingerprint/manifest.ts";
import {
  compareStored,
  isPlaceOf,
  parsePlace,
  parseStoreAddress,
  placeOf,
  remoteVariable,
  serialisePlace,
  storedFiles,
  trainingsOf,
} from "../../../src/domain/record/model-store.ts";

const STORE = parseStoreAddress("s3://models/acme");
const manifest = (kind: "file" | "folder", ...paths: string[]): ModelManifest => ({
  schema: 1,
  kind,
  files: paths.map((path) => ({ path, sha256: "a".repeat(64), bytes: 3, mode: 0o644 })),
});
const model = (flavor: string, format?: string, digest = `sha256:${"1".repeat(64)}`) => ({
  name: "digits",
  flavor,
  digest,
  format,
});

test.each([
  ["s3://models", "s3://models", "s3", "s3://models"],
  ["s3://models/a/b/", "s3://models/a/b", "s3", "s3://models"],
  ["gs://models/a", "gs://models/a", "gs", "gs://models"],
  ["azblob://container/a", "azblob://container/a", "azblob", "azblob://container"],
  ["minio:bucket/a", "minio:bucket/a", "minio", "minio:bucket"],
  ["my-store.2:a", "my-store.2:a", "my-store.2", "my-store.2:a"],
])("%s is a store", (text, uri, remote, root) => {
  expect(parseStoreAddress(text)).toEqual({ uri, remote, root });
});

test.each([
  "",
  "models",
  "/tmp/models",
  "s3://",
  "s3:///models",
  "s3:///",
  "https://models.example/a",
  "pvc://claim/a",
  "file:///tmp",
  ":s3,access_key_id=AK,secret_access_key=SK:models",
  "s3,endpoint=x:models",
  "-s3:models",
  "s3://models/../b",
  "s3://models/./b",
  "s3://models//b",
  "s3://models/a b",
  "s3://models/$(id)",
  "s3://user:pass@models/a",
  "s3://models/a?b",
  "s3://models/-flag",
  "C:\\models",
  `s3://${"a/".repeat(300)}a`,
])("%j is none", (text) => {
  expect(() => parseStoreAddress(text)).toThrow(/the store's form: expected/);
});

test("names the variables as rclone and Seldon do", () => {
  expect(remoteVariable("s3", "ACCESS_KEY_ID")).toBe("RCLONE_CONFIG_S3_ACCESS_KEY_ID");
  expect(remoteVariable("my-minio", "TYPE")).toBe("RCLONE_CONFIG_MY_MINIO_TYPE");
});

describe("where a model lies", () => {
  test.each<[string, ReturnType<typeof model>, ModelManifest, string[]]>([
    ["a pickle of scikit-learn", model("sklearn", "pickle"), manifest("file", "out.bin"), ["model.joblib"]],
    ["joblib's compressed file", model("scikit-learn", undefined), manifest("file", "m.joblib"), ["model.joblib"]],
    ["ONNX of scikit-learn", model("sklearn", "onnx"), manifest("file", "m.onnx"), ["m.onnx"]],
    ["XGBoost", model("xgboost", "ubjson"), manifest("file", "model.ubj"), ["model.bst"]],
    ["something else", model("custom"), manifest("file", "weights.bin"), ["weights.bin"]],
    ["a folder", model("sklearn"), manifest("folder", "model.joblib", "a/b"), ["model.joblib", "a/b"]],
    [
      "a SavedModel",
      model("tensorflow"),
      manifest("folder", "saved_model.pb", "variables/x"),
      ["1/saved_model.pb", "1/variables/x"],
    ],
    ["a numbered one", model("tensorflow"), manifest("folder", "7/saved_model.pb"), ["7/saved_model.pb"]],
    ["MLflow's", model("mlflow"), manifest("folder", "MLmodel", "model.pkl"), ["MLmodel", "model.pkl"]],
  ])("%s", (_, of, files, expected) => {
    const place = placeOf(STORE, of, files);
    expect(place.uri).toMatch(/^s3:\/\/models\/acme\/digits\/[0-9a-f]{64}$/);
    expect([...storedFiles(place, files).keys()]).toEqual(expected);
    expect(isPlaceOf(place, of)).toBe(true);
    expect(isPlaceOf(place, model("custom", undefined, `sha256:${"2".repeat(64)}`))).toBe(false);
  });

  test("another content or another name is another place", () => {
    const files = manifest("file", "m.pkl");
    const uris = [
      model("sklearn", "pickle"),
      model("custom", "pickle"),
      model("sklearn", "pickle", `sha256:${"2".repeat(64)}`),
    ].map((each) => placeOf(STORE, each, files).uri);
    expect(new Set(uris).size).toBe(3);
  });

  test("what lies beside it is read as it was written, and nothing else is", () => {
    const files = manifest("file", "m.pkl");
    const text = serialisePlace("model.joblib", serialiseManifest(files));
    const read = parsePlace(text, { where: "place", maxBytes: 10_000 });
    expect(read.storedAs).toBe("model.joblib");
    expect(modelDigest(read.manifest.files)).toBe(modelDigest(files.files));
    for (const storedAs of ["../x", "a/b", "..", ".", "", "a\\b", "a\nb"]) {
      const forged = serialisePlace(storedAs, serialiseManifest(files));
      expect(() => parsePlace(forged, { where: "place", maxBytes: 10_000 }), storedAs).toThrow("a plain name");
    }
    expect(() => parsePlace("{}", { where: "place", maxBytes: 10_000 })).toThrow("place");
  });
});

test("trainings are told by their names, the newest first", () => {
  const names = ["9-1.json", "10-1.json", "10-2.json", "x.json", "10-1.json.bak", "../1-1.json", "1-1.json/x"];
  expect(trainingsOf(names)).toEqual([
    { runId: "10", attempt: 2 },
    { runId: "10", attempt: 1 },
    { runId: "9", attempt: 1 },
  ]);
});

test("whatever lies there, what is foreign is told, and only what is missing is sent", () => {
  const file = fc.record({ bytes: fc.nat(5), md5: fc.constantFrom(undefined, "aa", "bb") });
  const names = fc.constantFrom("a", "b", "c/d", "e");
  fc.assert(
    fc.property(fc.dictionary(names, file), fc.dictionary(names, file), (wanted, there) => {
      const expected = new Map(Object.entries(wanted));
      const listed = Object.entries(there).map(([path, facts]) => ({ path, ...facts }));
      const { missing, foreign } = compareStored(expected, listed);
      expect(missing).toEqual(Object.keys(wanted).filter((path) => !Object.hasOwn(there, path)));
      const isForeign = listed.some(({ path, bytes, md5 }) => {
        const own = expected.get(path);
        return own === undefined || own.bytes !== bytes || (!!md5 && !!own.md5 && md5 !== own.md5);
      });
      expect(foreign !== undefined).toBe(isForeign);
    }),
  );
});
