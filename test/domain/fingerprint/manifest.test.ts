import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  modelDigest,
  parseManifest,
  serialiseManifest,
  type ModelFile,
} from "../../../src/domain/fingerprint/manifest.ts";
import { byBytes } from "../../../src/domain/fingerprint/order.ts";

const file = (path: string, more: Partial<ModelFile> = {}): ModelFile => ({
  path,
  sha256: "a".repeat(64),
  bytes: 3,
  mode: 0o644,
  ...more,
});

describe("a model's digest", () => {
  const files = [file("a"), file("b/c"), file("b.x")];
  test("does not depend on order or on the modes that a umask makes", () => {
    expect(modelDigest(files.toReversed())).toBe(modelDigest(files));
    expect(modelDigest([file("a", { mode: 0o600 })])).toBe(modelDigest([file("a", { mode: 0o664 })]));
    expect(modelDigest(files)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test.each([
    ["content", file("a", { sha256: "b".repeat(64) })],
    ["size", file("a", { bytes: 4 })],
    ["name", file("A")],
    ["executable", file("a", { mode: 0o755 })],
  ])("depends on its %s", (_, other) => {
    expect(modelDigest([other])).not.toBe(modelDigest([file("a")]));
  });

  test("survives being written and read", () => {
    const text = serialiseManifest({ schema: 1, kind: "folder", files });
    expect(modelDigest(parseManifest(text).files)).toBe(modelDigest(files));
    expect(serialiseManifest(parseManifest(text))).toBe(text);
  });
});

test.each(["../a", "/a", "a/../b", "a//b", "./a", "a/", "", "a\\b", "a\nb", "a/."])(
  "a manifest that names %j is refused",
  (path) => {
    const text = JSON.stringify({ schema: 1, kind: "folder", files: [file(path)] });
    expect(() => parseManifest(text)).toThrow("a relative path");
  },
);

test("a manifest with one name twice, or two that clash, is refused", () => {
  const text = (...paths: string[]): string =>
    JSON.stringify({ schema: 1, kind: "folder", files: paths.map((path) => file(path)) });
  expect(() => parseManifest(text("a", "a"))).toThrow("names that differ");
  expect(() => parseManifest(text("a/B", "A/b"))).toThrow("names that differ");
  expect(() => parseManifest("{}")).toThrow("manifest.json");
});

test("texts are ordered by their bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      expect(Math.sign(byBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
