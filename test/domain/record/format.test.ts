import { readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { expect, test } from "vitest";

import { FORMAT_HEAD_BYTES, flavorOf, formatOf, tellingFile } from "../../../src/domain/record/format.ts";
import { writtenBy } from "../../../src/domain/record/written-by.ts";

/** A zip's first header, with the name of its first member. */
function zip(name: string): Buffer {
  const head = Buffer.alloc(30);
  head.write("PK\x03\x04", "latin1");
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, Buffer.from(name)]);
}

test.each<[string, Buffer, string | undefined]>([
  ["a pickle", Buffer.from([0x80, 4, 0x95]), "pickle"],
  ["ONNX of skl2onnx", Buffer.from([0x08, 0x0a, 0x12, 8, ...Buffer.from("skl2onnx")]), "onnx"],
  ["ONNX without a producer", Buffer.from([0x08, 0x08, 0x3a, 0x10]), "onnx"],
  ["torch's archive", zip("archive/data.pkl"), "torch"],
  ["torch's archive of another name", zip("model/.format_version"), "torch"],
  ["Keras 3", zip("metadata.json"), "keras"],
  ["another zip", zip("a.txt"), "zip"],
  ["half a zip", Buffer.from("PK\x03\x04"), "zip"],
  ["LightGBM", Buffer.from("tree\nversion=v4\n"), "lightgbm"],
  ["nothing", Buffer.alloc(0), undefined],
  ["two bytes", Buffer.from([0x08, 0x08]), undefined],
])("%s", (_, head, format) => {
  expect(formatOf(head)).toBe(format);
});

test("a flavor follows from the format where that says it", () => {
  expect(["onnx", "torch", "keras", "zip"].map((format) => flavorOf(format, {}))).toEqual([
    "onnx",
    "pytorch",
    "tensorflow",
    "custom",
  ]);
});

const golden = (path: string): Buffer => readFileSync(join(import.meta.dirname, "../../golden/formats", path));

// Written by the libraries themselves: see make.py there.
test.each<[string, string, string, Record<string, string>]>([
  ["xgboost.json", "xgboost-json", "xgboost", { xgboost: "2.1.4" }],
  ["xgboost.ubj", "xgboost-ubjson", "xgboost", { xgboost: "2.1.4" }],
  ["xgboost-2.1.bin", "xgboost-binary", "xgboost", { xgboost: "2.1" }],
  ["lightgbm.txt", "lightgbm", "lightgbm", {}],
  ["sklearn.joblib", "pickle", "sklearn", { "scikit-learn": "1.9.1" }],
  ["savedmodel/saved_model.pb", "savedmodel", "tensorflow", { tensorflow: "2.21.0" }],
])("%s is %s, and says who wrote it", async (path, format, flavor, versions) => {
  const content = golden(path);
  expect(formatOf(content.subarray(0, FORMAT_HEAD_BYTES))).toBe(format);
  expect(await writtenBy(format, content)).toEqual(versions);
  expect(flavorOf(format, versions)).toBe(flavor);
});

test("an MLflow folder says its flavors' versions", async () => {
  expect(await writtenBy("mlflow", golden("mlflow/MLmodel"))).toEqual({ mlflow: "3.17.2", "scikit-learn": "1.9.1" });
  expect(await writtenBy("mlflow", Buffer.from("a: 1\n"))).toEqual({});
});

test("a folder is told by the file that says what it is, else by its largest", () => {
  const files = (...paths: string[]) => paths.map((path, index) => ({ path, bytes: index }));
  expect(tellingFile(files("MLmodel", "model.pkl"))).toEqual({ path: "MLmodel", folder: "mlflow" });
  expect(tellingFile(files("1/saved_model.pb", "1/variables/x")).folder).toBe("savedmodel");
  expect(tellingFile(files("a", "b/MLmodel", "c"))).toEqual({ path: "c", folder: undefined });
});

test("whatever bytes come, versions are versions", async () => {
  const formats = ["pickle", "xgboost-json", "xgboost-ubjson", "savedmodel"];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...formats),
      fc.array(
        fc.oneof(
          fc.constantFrom(
            "_sklearn_version\x94\x8c",
            "X\x05\0\0\0",
            '"version":[',
            "version[#L\0\0\0\0\0\0\0\x03",
            "*\x06",
            "2.1.0",
            "1,2,3]",
            "\x8c",
          ),
          fc.string({ unit: "binary", maxLength: 8 }),
        ),
        { maxLength: 8 },
      ),
      async (format, parts) => {
        for (const version of Object.values(await writtenBy(format, Buffer.from(parts.join(""), "latin1")))) {
          expect(version).toMatch(/^\d[\w.+-]{0,127}$/);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
