// Real files of real libraries, as test/golden/models/make_models.py wrote them. None of them is ever loaded here.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, deflateSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { checkModel } from "../../src/actions/model-check.ts";
import { filePieces } from "../../src/adapters/pieces.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { walkPickle } from "../../src/domain/image/pickle.ts";
import { messageOf } from "../../src/errors.ts";
import { readRun } from "../../src/inputs.ts";

const golden = join(import.meta.dirname, "../golden/models");
const good = readdirSync(join(golden, "good"));
const evil = readdirSync(join(golden, "evil"));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "model-check-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ports = () => ({
  workspace: localWorkspace({ ...readRun({}), temp: folder, workspace: folder }),
  pieces: filePieces(),
});
const check = async (root: string, path: string, allowed: readonly string[] = []) =>
  await checkModel(root, [path], allowed, ports());
const refusal = async (root: string, path: string, allowed: readonly string[] = []): Promise<string> =>
  await check(root, path, allowed).then(() => "accepted", messageOf);

describe("benign models", () => {
  test("there are many kinds of estimators", () => {
    expect(new Set(good.map((name) => name.split(".")[0])).size).toBeGreaterThan(70);
  });

  test.each(good)("%s is accepted", async (name) => {
    const { formats } = await check(join(golden, "good"), name);
    expect(formats).toBe("pickle");
  });

  test("an estimator tells which scikit-learn wrote it, stored or packed", async () => {
    for (const name of ["pipeline.joblib", "pipeline.zlib.joblib", "pipeline.gzip.joblib", "pipeline.4.pickle"]) {
      expect((await check(join(golden, "good"), name)).sklearn, name).toBe("1.5.2");
    }
  });

  test("what the prepackaged SKLEARN_SERVER loads is written by scikit-learn 0.24.2", async () => {
    const old = good.filter((name) => name.includes(".sklearn-0.24."));
    expect(old.length).toBeGreaterThan(20);
    for (const name of old) expect((await check(join(golden, "good"), name)).sklearn, name).toBe("0.24.2");
  });

  test("formats of data are told and not walked", async () => {
    writeFileSync(join(folder, "model.json"), `{"learner": {}}`);
    writeFileSync(join(folder, "model.txt"), "tree\nversion=v4\n");
    writeFileSync(join(folder, "README"), "cats and dogs\nare told apart\n");
    const { formats } = await checkModel(folder, ["model.json", "model.txt", "README"], [], ports());
    expect(formats).toBe("xgboost-json, lightgbm, other");
  });
});

const NAMES: Readonly<Record<string, string>> = {
  "after-array.joblib": `saw "posix.system"`,
  "in-object-array.joblib": `saw "posix.system"`,
  "zlib-after-array.joblib": `saw "posix.system"`,
  "gzip-after-array.joblib": `saw "posix.system"`,
  "os-system.0.pickle": `saw "posix.system"`,
  "second-pickle.pickle": `saw "posix.system"`,
  "numpy-runstring.pickle": `saw "numpy.testing._private.utils.runstring"`,
  "lzma.joblib": "packed by lzma",
  "lzma-evil.joblib": "packed by xz",
  "bz2.joblib": "packed by bz2",
  "getattr.pickle": `saw "builtins.getattr"`,
  "codec.pickle": "expected a text as latin1",
  "persistent.pickle": "an object that lies elsewhere",
  "sub-reconstruct.pickle": `saw "os.system"`,
  "cut-array.joblib": "one that is cut short",
};

describe("models that run something, or can not be looked into", () => {
  test.each(evil)("%s is refused", async (name) => {
    const told = await refusal(join(golden, "evil"), name);
    expect(told).toContain(`model file "${name}"`);
    expect(told).toContain(NAMES[name] ?? "expected");
  });

  test("whatever the file is called", async () => {
    for (const name of ["os-system.0.pickle", "after-array.joblib", "inst.pickle", "zlib.joblib"]) {
      writeFileSync(join(folder, "weights"), readFileSync(join(golden, "evil", name)));
      expect(await refusal(folder, "weights"), name).toContain("system");
    }
  });

  test("a name is admitted one by one", async () => {
    const root = join(golden, "evil");
    expect(await refusal(root, "joblib-load.pickle")).toContain("allow-globals: joblib.load");
    expect(await refusal(root, "joblib-load.pickle", ["joblib.load"])).toBe("accepted");
    expect(await refusal(root, "joblib-load-private.pickle", ["joblib.load"])).toContain("joblib.numpy_pickle.load");
  });

  test("what stands behind a packed stream counts", async () => {
    const inner = Buffer.from("N.");
    const put = (content: Buffer): void => writeFileSync(join(folder, "m.joblib"), content);
    put(deflateSync(inner));
    expect(await refusal(folder, "m.joblib")).toBe("accepted");
    put(Buffer.concat([deflateSync(inner), deflateSync(readFileSync(join(golden, "evil/os-system.pickle")))]));
    expect(await refusal(folder, "m.joblib")).toContain("nothing behind it");
    put(gzipSync(inner).subarray(0, -4));
    expect(await refusal(folder, "m.joblib")).toContain("a whole gzip stream");
  });

  test("a PyTorch archive is named", async () => {
    writeFileSync(
      join(folder, "model.pt"),
      Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(26), Buffer.from("archive/data.pkl")]),
    );
    expect(await refusal(folder, "model.pt")).toContain("a PyTorch archive");
  });
});

// A reader that takes an array's bytes for a program, or a program for an array's bytes, sees nothing of what is run. Each of
// these was a way to make the two part.
describe("the bytes of an array are where joblib reads them", () => {
  const WRAPPER = "cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81";
  const DTYPE = "cnumpy\ndtype\n(U\x02f8K\x00K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb";
  const state = (more = "", dtype = DTYPE): string => `}(U\x05shapeK\x01\x85U\x05dtype${dtype}${more}u`;
  const EVIL = "cos\nsystem\nU\x04true\x85R.";
  const walk = (content: string): string => {
    const bytes = Buffer.from(content, "latin1");
    const walking = walkPickle();
    let at = 0;
    let answer: Buffer | undefined;
    try {
      for (;;) {
        const step = walking.next(answer);
        if (step.done) return `accepted, ${step.value.arrays} arrays`;
        if (step.value.kind === "more") {
          answer = bytes.subarray(at, at + 7);
          at += answer.length;
        } else {
          at += step.value.bytes;
          answer = at > bytes.length ? undefined : Buffer.alloc(0);
        }
      }
    } catch (thrown) {
      return messageOf(thrown);
    }
  };
  const eight = "\0".repeat(8);

  test("as joblib writes it", () => {
    expect(walk(`\x80\x02${WRAPPER}${state()}b${eight}.`)).toBe("accepted, 1 arrays");
    expect(walk(`\x80\x02${WRAPPER}${state("U\x1bnumpy_array_alignment_bytesK\x10")}b\x03abc${eight}.`)).toBe(
      "accepted, 1 arrays",
    );
    expect(walk(`\x80\x02${WRAPPER}${state()}b${eight}0${EVIL}`)).toContain("os.system");
  });

  test.each([
    ["a wrapper that is built twice", `\x80\x02${WRAPPER}q\x01${state()}b${eight}0h\x01${state()}b${eight}.`],
    ["a wrapper that is copied", `\x80\x02${WRAPPER}2${state()}b${eight}.`],
    [
      "a wrapper that hides in a call",
      `\x80\x02cnumpy.core.multiarray\nscalar\n(${DTYPE}${WRAPPER}tR${state()}b${eight}.`,
    ],
    ["a name that is spelt by escapes", `\x80\x02${WRAPPER}${state("Vsh\\u0061pe\nK\x02\x85")}b${eight}.`],
    [
      "a name that is spelt by an old text's escapes",
      `\x80\x02${WRAPPER}${state("S'sh\\x61pe'\nK\x02\x85")}b${eight}.`,
    ],
    [
      "a type with objects by its flags alone",
      `\x80\x02${WRAPPER}${state("", DTYPE.replace("K\x00tb", "K\x01tb"))}b${eight}.`,
    ],
    [
      "a text whose state says another size",
      `\x80\x02${WRAPPER}${state("", "cnumpy\ndtype\n(U\x02S8K\x00K\x01tR(K\x03U\x01|NNNK\x10K\x01K\x00tb")}b${eight}.`,
    ],
    [
      "an alignment that is not read",
      `\x80\x02${WRAPPER}${state("U\x1bnumpy_array_alignment_bytesG\0\0\0\0\0\0\0\0")}b${eight}.`,
    ],
    ["a number of Python's own spelling", `\x80\x02N0\x80\x02Np1_0\n.`],
    ["a state of a class itself", "\x80\x02csklearn.base\nBaseEstimator\n}b."],
  ])("%s is refused", (_name, content) => {
    expect(walk(content)).toMatch(/^expected /);
  });

  test("however the bytes come, the answer is the same", () => {
    const evils = evil
      .filter((name) => !/zlib|gzip|lzma|bz2/.test(name))
      .map((name) => readFileSync(join(golden, "evil", name)));
    fc.assert(
      fc.property(fc.constantFrom(...evils), fc.integer({ min: 1, max: 300 }), (content, size) => {
        const walking = walkPickle();
        let at = 0;
        let answer: Buffer | undefined;
        expect(() => {
          for (;;) {
            const step = walking.next(answer);
            if (step.done) return;
            if (step.value.kind === "more") {
              answer = content.subarray(at, at + size);
              at += answer.length;
            } else {
              at += step.value.bytes;
              answer = at > content.length ? undefined : Buffer.alloc(0);
            }
          }
        }).toThrow(/expected /);
      }),
    );
  });
});
