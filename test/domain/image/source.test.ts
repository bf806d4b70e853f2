import { expect, test } from "vitest";

import { className, classFiles, definesClass, MODEL_CLASS } from "../../../src/domain/image/source.ts";

test("a plain name is module and class alike; a dotted one names its module", () => {
  expect(classFiles("DigitsModel")).toEqual(["DigitsModel.py", "DigitsModel/__init__.py"]);
  expect(classFiles("src.model.Predictor")).toEqual(["src/model.py", "src/model/__init__.py"]);
  expect([className("DigitsModel"), className("src.model.Predictor")]).toEqual(["DigitsModel", "Predictor"]);
});

test.each(["DigitsModel", "_x.y.Z1"])("%s may be a class", (text) => expect(text).toMatch(MODEL_CLASS));
test.each(["digits-model", "a..b", "model.py/X", "1x", "", "A;rm", "Modèle", "A\nB"])("%j may not", (text) => {
  expect(text).not.toMatch(MODEL_CLASS);
});

test.each([
  "class Model:\n  pass",
  "import x\nclass Model(object):\n",
  "class  Model (Base,\n   Other):",
  "class Model[T]:",
  "from .impl import Model",
  "from impl import (\n  Other,\n  Model,\n)",
  "from impl import Other as Model",
  "Model = make_model()",
  "Model: type = make()",
])("%j defines it", (source) => expect(definesClass(source, "pkg.Model")).toBe(true));

test.each([
  "",
  "class ModelBase:",
  "class model:",
  "# class Model:",
  "def f():\n  class Model:\n    pass",
  "from impl import Models",
  "import Model",
  "Model == 3",
])("%j does not", (source) => expect(definesClass(source, "Model")).toBe(false));
