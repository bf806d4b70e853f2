import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { explain } from "../../../src/domain/fingerprint/explain.ts";
import {
  fingerprint,
  fingerprintManifest,
  isLockFile,
  MAX_FINGERPRINT_MANIFEST_BYTES,
  parseFingerprintManifest,
  PARTS,
  pinsOf,
  type FileDigest,
  type Ingredients,
} from "../../../src/domain/fingerprint/fingerprint.ts";
import { canonicalJson } from "../../../src/domain/text/json.ts";

const file = (path: string, digest = "git:aa", executable = false): FileDigest => ({ path, digest, executable });
const base: Ingredients = {
  code: [file("train.py"), file("lib/a.py")],
  data: [file("data/train.csv", "sha256:11")],
  params: { source: { C: "1.0" }, canonical: { C: "float 1" } },
  environment: [{ ...file("requirements.txt"), packages: { "scikit-learn": "1.5.2", numpy: "2.0" } }],
  command: { command: "python train.py", workingDirectory: ".", model: "out", metrics: "" },
  runtime: { os: "Linux", arch: "X64", python: "3.11.2" },
};
const manifestOf = (ingredients: Ingredients) => fingerprintManifest(ingredients, fingerprint(ingredients));
const changes = (now: Partial<Ingredients>): readonly string[] =>
  explain(manifestOf(base), manifestOf({ ...base, ...now }));

test("the same ingredients have the same fingerprint for ever", () => {
  // A change of this text retrains every model of every user: raise FINGERPRINT_SCHEMA with it.
  expect(fingerprint(base).whole).toMatchInlineSnapshot(
    `"0cd04326edbf5ee63708daa7be70053b279965ca1099368e87cd87f51383a6d8"`,
  );
});

describe("what counts", () => {
  test.each<[string, Partial<Ingredients>, string]>([
    ["a file's content", { code: [file("train.py", "git:bb"), file("lib/a.py")] }, "code"],
    ["a file's name", { code: [file("train2.py"), file("lib/a.py")] }, "code"],
    ["whether it may be executed", { code: [file("train.py", "git:aa", true), file("lib/a.py")] }, "code"],
    [
      "how it is digested, since that is its state",
      { code: [file("train.py", "sha256:aa"), file("lib/a.py")] },
      "code",
    ],
    ["a file less", { data: [] }, "data"],
    ["a parameter's kind", { params: { source: { C: "1" }, canonical: { C: "int 1" } } }, "params"],
    ["a pin", { environment: [file("requirements.txt", "git:bb")] }, "environment"],
    ["the command", { command: { ...base.command, command: "python train.py " } }, "command"],
    ["where the model goes", { command: { ...base.command, model: "other" } }, "command"],
    ["Python", { runtime: { ...base.runtime, python: "3.12.0" } }, "runtime"],
    ["no Python", { runtime: { ...base.runtime, python: undefined } }, "runtime"],
    ["the machine", { runtime: { ...base.runtime, arch: "ARM64" } }, "runtime"],
  ])("%s", (_, now, part) => {
    const [before, after] = [fingerprint(base), fingerprint({ ...base, ...now })];
    expect(after.whole).not.toBe(before.whole);
    expect(PARTS.filter((each) => before.parts[each] !== after.parts[each])).toEqual([part]);
  });

  test("the order of files, the spelling of a number and what is kept beside a digest do not", () => {
    const same: Ingredients = {
      ...base,
      code: base.code.toReversed(),
      params: { source: { C: "1.00" }, canonical: { C: "float 1" } },
      environment: [file("requirements.txt")],
    };
    expect(fingerprint(same)).toEqual(fingerprint(base));
  });

  test("a file moved from code to data is another state, and names can not run into digests", () => {
    const moved = { ...base, code: [file("train.py")], data: [...base.data, file("lib/a.py")] };
    expect(fingerprint(moved).whole).not.toBe(fingerprint(base).whole);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { maxLength: 3 }), (pairs) => {
        const files = pairs.map(([path, digest], index) => file(`${index}${path}`, digest));
        const other = pairs.map(([path, digest], index) => file(`${index}${path} - ${digest}`, ""));
        if (files.length > 0) {
          expect(fingerprint({ ...base, code: files }).parts.code).not.toBe(
            fingerprint({ ...base, code: other }).parts.code,
          );
        }
      }),
    );
  });

  test.each([
    ["Train.py", "train.py"],
    ["caf\u00e9", "cafe\u0301"],
    ["stra\u00dfe", "STRASSE"],
  ])("%s beside %s is refused", (one, other) => {
    expect(() => fingerprint({ ...base, code: [file(one), file(other)] })).toThrow(
      "names that differ by more than case or Unicode form",
    );
  });
});

describe("what changed is named", () => {
  test.each<[Partial<Ingredients>, string[]]>([
    [{}, []],
    [{ params: { source: { C: "0.1" }, canonical: { C: "float 0.1" } } }, ["params.C 1.0 → 0.1"]],
    [{ params: { source: { D: "1" }, canonical: { D: "int 1" } } }, ["params.C 1.0 removed", "params.D 1 added"]],
    [{ params: { source: { C: "1.0" }, canonical: { C: 'text "1.0"' } } }, ["params changed"]],
    [
      { code: [file("train.py", "git:bb"), file("new.py")] },
      ["code: lib/a.py removed", "code: new.py added", "code: train.py changed"],
    ],
    [{ data: [] }, ["data/train.csv removed"]],
    [
      { environment: [{ ...file("requirements.txt", "git:bb"), packages: { "scikit-learn": "1.6.0", numpy: "2.0" } }] },
      ["requirements.txt: scikit-learn 1.5.2 → 1.6.0"],
    ],
    [{ environment: [file("requirements.txt", "git:bb")] }, ["requirements.txt changed"]],
    [{ environment: [file("uv.lock")] }, ["requirements.txt removed", "uv.lock added"]],
    [
      { command: { ...base.command, command: "x", metrics: "m.json" } },
      ["command changed", "metrics (empty) → m.json"],
    ],
    [{ runtime: { os: "Linux", arch: "X64", python: "3.12.0" } }, ["python 3.11.2 → 3.12.0"]],
  ])("%#", (now, lines) => {
    expect(changes(now)).toEqual(lines);
  });

  test("a parameter comes before all else; many files are counted, not listed", () => {
    const code = Array.from({ length: 50 }, (_, index) => file(`f${index}.py`));
    const lines = changes({ code, params: { source: { C: "2" }, canonical: { C: "int 2" } } });
    expect(lines[0]).toBe("params.C 1.0 → 2");
    expect(lines).toHaveLength(14);
    expect(lines.at(-1)).toBe("code: and 40 more");
  });

  test("hostile names stay on one line of bounded length", () => {
    for (const line of changes({ code: [file(`a\n::error::${"x".repeat(5000)}`)] })) {
      expect(line.length).toBeLessThanOrEqual(300);
      expect(line).not.toMatch(/[\n\r]/);
    }
  });
});

describe("what is kept of it", () => {
  test("is read back as it was, and refused when it is something else", () => {
    const manifest = manifestOf(base);
    expect(parseFingerprintManifest(JSON.parse(canonicalJson(manifest)), "m")).toEqual(manifest);
    expect(() => parseFingerprintManifest({ ...manifest, fingerprint: "x" }, "m")).toThrow("64 hex digits");
    expect(() => parseFingerprintManifest(undefined, "m")).toThrow("an object");
  });

  test("stays small whatever there is: then the part's digest tells", () => {
    const many = Array.from({ length: 3000 }, (_, index) => file(`data/${"x".repeat(200)}/${index}.csv`));
    const now = { ...base, code: many.slice(0, 2000), data: many };
    expect(Buffer.byteLength(canonicalJson(manifestOf(now)))).toBeLessThan(MAX_FINGERPRINT_MANIFEST_BYTES);
    expect(explain(manifestOf(base), manifestOf(now))).toEqual(["code changed", "data changed"]);
  });
});

test("pins are read from requirements, in any spelling of a name", () => {
  const text =
    "# c\nScikit_Learn==1.5.2 \\\n    --hash=sha256:00\nnumpy[x]==2.0 ; python_version > '3'\nrequests>=2\n-r x.txt\n";
  expect(pinsOf(text)).toEqual({ "scikit-learn": "1.5.2", numpy: "2.0" });
  expect(pinsOf("nothing")).toBeUndefined();
});

test.each([
  ["requirements.txt", true],
  ["requirements-dev.txt", true],
  ["uv.lock", true],
  ["environment.yaml", true],
  ["pyproject.toml", true],
  ["sub/requirements.txt", false],
  ["my-requirements.txt", false],
  ["package.json", false],
])("%s pins libraries: %s", (name, expected) => {
  expect(isLockFile(name)).toBe(expected);
});
