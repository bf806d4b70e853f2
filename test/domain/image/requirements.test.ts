import { describe, expect, test } from "vitest";

import {
  basePython,
  completeRequirements,
  impureWheels,
  pipMistake,
  prepackagedMistakes,
  requirementLines,
  skewMistakes,
} from "../../../src/domain/image/requirements.ts";

describe("requirements", () => {
  test("the wrapper is added with the pins that work, and only what is not asked for", () => {
    const { text, added, loose, pins } = completeRequirements(
      "scikit-learn==1.5.2 # why\nNumPy==1.26.4\npandas>=2\n\n",
      "seldon",
    );
    expect(added).toEqual(["seldon-core==1.17.1", "setuptools<82", "grpcio-reflection==1.48.2", "protobuf==3.20.3"]);
    expect(text).toBe(`scikit-learn==1.5.2\nNumPy==1.26.4\npandas>=2\n${added.join("\n")}\n`);
    expect(loose).toEqual(["pandas"]);
    expect(pins).toEqual({ "scikit-learn": "1.5.2", numpy: "1.26.4" });
    expect(completeRequirements("Seldon_Core==1.17.1\nflask", "flask").added).toEqual([]);
    expect(completeRequirements("mlserver==1.6.1", "mlserver").added).toEqual([]);
  });

  test.each([
    ["requirements-serve.txt", "a==1\n", "a==1\n"],
    [
      "Pipfile.lock",
      `{"default": {"a": {"version": "==1"}, "b": {"version": "==2", "markers": "x"}}, "develop": {"c": {"version": "==3"}}}`,
      "a==1\nb==2 ; x",
    ],
    [
      "uv.lock",
      `version = 1\n[[package]]\nname = "me"\nversion = "0.1"\nsource = { editable = "." }\n\n[[package]]\nname = "a"\nversion = "1"\nsource = { registry = "x" }\n`,
      "a==1",
    ],
    [
      "poetry.lock",
      `[[package]]\nname = "a"\nversion = "1"\ngroups = ["main"]\n\n[[package]]\nname = "t"\nversion = "2"\ngroups = ["dev"]\n\n[metadata]\n`,
      "a==1",
    ],
    [
      "pyproject.toml",
      `[project]\nname = "x"\ndependencies = [\n  "a==1",\n  'b[c]>=2',\n]\n\n[tool.x]\ndependencies = ["no"]\n`,
      "a==1\nb[c]>=2",
    ],
    ["setup.py", "import os", "."],
  ])("%s", (path, text, lines) => expect(requirementLines(path, text)).toEqual({ lines }));

  test("a Pipfile.lock that is none is told", () => {
    expect(requirementLines("Pipfile.lock", "{")).toMatchObject({ fault: { where: "Pipfile.lock" } });
  });
});

test("a conflict names both packages and the way out", () => {
  const { seen, fix } = pipMistake(
    [
      "ERROR: Cannot install -r r.txt (line 1) and numpy==2.1.0 because these package versions have conflicting dependencies.",
      "The conflict is caused by:",
      "    The user requested numpy==2.1.0",
      "    seldon-core 1.17.1 depends on numpy<2.0.0",
    ],
    "3.11",
  );
  expect(seen).toBe("The user requested numpy==2.1.0; seldon-core 1.17.1 depends on numpy<2.0.0");
  expect(fix).toMatch(/NumPy below 2.*mlserver/);
});

test("a wheel that does not exist names the package and what there is", () => {
  const told = pipMistake(
    [
      "ERROR: Could not find a version that satisfies the requirement tensorflow==2.4.0 (from versions: 2.16.1, 2.17.0)",
      "ERROR: No matching distribution found for tensorflow==2.4.0",
    ],
    "3.12",
  );
  expect(told.expected).toBe(`a wheel of "tensorflow==2.4.0" for Python 3.12 on this platform`);
  expect(told.seen).toContain("2.16.1, 2.17.0");
  expect(pipMistake(["ERROR: broken"], "3.12").seen).toContain("broken");
});

test("wheels that were compiled here are found", () => {
  expect(
    impureWheels([
      "a-1-py3-none-any.whl",
      "b-1-cp311-cp311-linux_x86_64.whl",
      "c-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    ]),
  ).toEqual(["b-1-cp311-cp311-linux_x86_64.whl"]);
});

test("a base tells its Python, or the user does", () => {
  const official = new Map([["PYTHON_VERSION", "3.11.7"]]);
  expect(basePython(official, undefined)).toEqual({ version: "3.11", site: "usr/local/lib/python3.11/site-packages" });
  expect(basePython(official, "3.10")).toBeUndefined();
  expect(basePython(new Map(), "3.11")).toEqual({ version: "3.11", site: "usr/local/lib/python3.11/dist-packages" });
  expect(basePython(new Map(), undefined)).toBeUndefined();
});

test("what wrote a model must be what loads it", () => {
  expect(skewMistakes({ "scikit-learn": "1.5.2" }, { "scikit-learn": "1.5.0" })).toEqual([]);
  expect(skewMistakes({ "scikit-learn": "1.5.2" }, { "scikit-learn": "1.4.2" })[0]?.fix).toContain(
    "Pin scikit-learn==1.5.2",
  );
  const told = prepackagedMistakes("SKLEARN_SERVER", ["m.joblib"], { "scikit-learn": "1.5.2" });
  expect(told.map(({ expected }) => expected)).toEqual(["model.joblib", "0.24.2, which SKLEARN_SERVER loads it with"]);
  expect(prepackagedMistakes("TENSORFLOW_SERVER", ["1/saved_model.pb"], {})).toEqual([]);
});
