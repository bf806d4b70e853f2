import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";

import { dvcFolderHash, parseDvc, pinsData } from "../../../src/domain/fingerprint/dvc.ts";

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

test("a folder has the hash that DVC 3.67 gave it", () => {
  const files = Object.entries({ "a.png": "a", "ä b.png": "b", "sub/c.png": "c", "sub-d.png": "d" });
  expect(dvcFolderHash(files.map(([path, content]) => ({ path, md5: md5(content) })))).toBe(
    "84e136df79cec22253af7560ddbacfc7.dir",
  );
});

test.each([
  ["data/train.csv.dvc", true],
  ["dvc.lock", true],
  ["a/dvc.lock", true],
  [".dvc", false],
  [".dvc/config", false],
  ["dvc.yaml", false],
  ["x.dvc/y", false],
])("%s pins data: %s", (path, expected) => {
  expect(pinsData(path)).toBe(expected);
});

describe("what is pinned", () => {
  const paths = async (text: string, file: string) => (await parseDvc(text, file)).map(({ path }) => path);

  test("by a .dvc file, relative to where it lies", async () => {
    const text =
      "outs:\n- md5: 84e136df79cec22253af7560ddbacfc7.dir\n  size: 4\n  nfiles: 4\n  hash: md5\n  path: images\n";
    expect(await parseDvc(text, "data/images.dvc")).toEqual([
      { path: "data/images", hash: "84e136df79cec22253af7560ddbacfc7.dir", folder: true, file: "data/images.dvc" },
    ]);
    expect(await paths(`wdir: ../raw\n${text}`, "data/images.dvc")).toEqual(["raw/images"]);
  });

  test("by the stages of dvc.lock: what they make, not what they take", async () => {
    const lock = `schema: '2.0'
stages:
  prepare:
    cmd: cp data/train.csv data/clean.csv
    deps:
    - path: data/train.csv
      md5: c4ca4238a0b923820dcc509a6f75849b
    outs:
    - path: data/clean.csv
      md5: c4ca4238a0b923820dcc509a6f75849b
`;
    expect(await paths(lock, "dvc.lock")).toEqual(["data/clean.csv"]);
  });

  test("a hash of digits alone is the text that it is", async () => {
    const [pin] = await parseDvc("outs:\n- md5: 12345678901234567890123456789012\n  path: x\n", "x.dvc");
    expect(pin!.hash).toBe("12345678901234567890123456789012");
  });

  test.each([
    ["no hash", "outs:\n- path: x\n"],
    ["a path outside", "outs:\n- md5: a\n  path: ../../x\n"],
    ["an absolute path", "outs:\n- md5: a\n  path: /x\n"],
    ["nothing", "# empty\n"],
    ["other things", "deps: 3\nouts: {a: b}\n"],
  ])("nothing by %s", async (_, text) => {
    expect(await paths(text, "x.dvc")).toEqual([]);
  });

  test("a file that is none of DVC's is said", async () => {
    await expect(parseDvc("- a\n", "x.dvc")).rejects.toThrow("expected a file of DVC's");
    await expect(parseDvc("a: &a [1]\nb: *a\n", "x.dvc")).rejects.toThrow("without aliases");
  });
});
