import { expect, test } from "vitest";

import { flavorOf, formatOf } from "../../../src/domain/record/format.ts";

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
