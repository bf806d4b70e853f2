import { expect, test } from "vitest";

import { checkClass, className, classFiles, MODEL_CLASS, type ServiceType } from "../../../src/domain/image/source.ts";

test("a plain name is module and class alike; a dotted one names its module", () => {
  expect(classFiles("DigitsModel")).toEqual(["DigitsModel.py", "DigitsModel/__init__.py"]);
  expect(classFiles("src.model.Predictor")).toEqual(["src/model.py", "src/model/__init__.py"]);
  expect([className("DigitsModel"), className("src.model.Predictor")]).toEqual(["DigitsModel", "Predictor"]);
});

const missing = (source: string): boolean =>
  checkClass(source, "Model.py", "pkg.Model", "MODEL").some(({ expected }) => expected === "class Model");

const told = (source: string, serviceType: ServiceType = "MODEL"): string =>
  checkClass(source, "M.py", "M", serviceType)
    .map(({ where, expected, seen }) => `${where}: ${expected}; ${seen}`)
    .join("\n");

test.each([
  ["a return", "class M:\n  def predict(self, X, names=None):\n    return X"],
  ["a return in a branch", "class M:\n  def predict(self, X):\n    if X:\n      return 1\n    raise ValueError"],
  ["a return on the same line", "class M:\n  def predict(self, X): return self.m(X)"],
  ["a return after a colon", "class M:\n  def predict(self, X):\n    if X: return 1"],
  [
    "signature over lines",
    "class M:\n  def predict(\n      self,\n      X: dict = {'a': 1},\n  ) -> list:\n    return X",
  ],
  ["the raw form", "class M:\n  def predict_raw(self, message):\n    return message"],
  ["asynchronous", "class M:\n  async def predict(self, X):\n    return X"],
  ["a base of the same file", "class B:\n  def predict(self, X):\n    return X\nclass M(B):\n  pass"],
  ["a base of another file", "from b import B\nclass M(B):\n  def load(self): pass"],
  ["bound, not defined", "class M:\n  def go(self, X):\n    return X\n  predict = go"],
  ["return of a text over lines", "class M:\n  def predict(self, X):\n    return '''\n x\n'''"],
])("%s serves", (_name, source) => expect(told(source)).toBe(""));

const NOTHING = "M.py, line 2: M.predict to return a value; no return with a value in it";

test.each([
  ["no return", "class M:\n  def predict(self, X):\n    self.m.predict(X)", NOTHING],
  ["return without a value", "class M:\n  def predict(self, X):\n    return", NOTHING],
  ["return None", "class M:\n  def predict(self, X):\n    return None", NOTHING],
  ["only in an inner function", "class M:\n  def predict(self, X):\n    def f():\n      return 1\n    f()", NOTHING],
  [
    "only in a comment and a text",
    "class M:\n  def predict(self, X):\n    # return X\n    '''\n    return X\n    '''",
    NOTHING,
  ],
  [
    "no method",
    "class M(object):\n  def fit(self): return 1",
    "M.py, class M: a method predict or predict_raw (service type MODEL); fit",
  ],
  ["another spelling", "class m:\n  pass", "M.py: class M; class m"],
])("refused: %s", (_name, source, why) => expect(told(source)).toBe(why));

test("each service type asks for its own method", () => {
  const source = "class M:\n  def route(self, X, names):\n    return 0\n  def transform_output(self, X):\n    return X";
  expect(told(source, "ROUTER")).toBe("");
  expect(told(source, "TRANSFORMER")).toBe("");
  expect(told(source, "COMBINER")).toContain("aggregate");
  expect(told(source, "OUTLIER_DETECTOR")).toContain("transform_input or transform_input_raw");
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
])("%j defines it", (source) => expect(missing(source)).toBe(false));

test.each([
  "",
  "class ModelBase:",
  "class model:",
  "# class Model:",
  "def f():\n  class Model:\n    pass",
  "from impl import Models",
  "import Model",
  "Model == 3",
])("%j does not", (source) => expect(missing(source)).toBe(true));
