import { ActionError, quote, type Mistake } from "../../errors.ts";
import { parseJson } from "../text/json.ts";

const WHERE = "model-settings.json";

/** What speaks against MLServer's settings: no name, no implementation, or a class of ours whose file is not there. */
export function settingsMistakes(text: string, files: ReadonlySet<string>): readonly Mistake[] {
  let value;
  try {
    value = parseJson(text, { where: WHERE, maxBytes: 64 * 1024 });
  } catch (thrown) {
    if (thrown instanceof ActionError) return thrown.mistakes;
    throw thrown;
  }
  const settings = value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
  const mistakes: Mistake[] = [];
  if (typeof settings.name !== "string" || settings.name === "") {
    mistakes.push({
      where: `${WHERE}, name`,
      expected: "the model's name, which its URL holds",
      seen: quote(JSON.stringify(settings.name) ?? "nothing"),
    });
  }
  const { implementation } = settings;
  if (typeof implementation !== "string" || !/^\w+(?:\.\w+)+$/.test(implementation)) {
    mistakes.push({
      where: `${WHERE}, implementation`,
      expected: "a class: mlserver_sklearn.SKLearnModel, or module.Class of yours",
      seen: quote(JSON.stringify(implementation) ?? "nothing"),
    });
  } else if (!implementation.startsWith("mlserver")) {
    const module = implementation.split(".").slice(0, -1).join("/");
    if (!files.has(`${module}.py`) && !files.has(`${module}/__init__.py`)) {
      mistakes.push({
        where: `${WHERE}, implementation`,
        expected: `${module}.py among the code`,
        seen: "no such file",
      });
    }
  }
  return mistakes;
}
