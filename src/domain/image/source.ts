// What can be told of a model class by reading its file. Nothing is run: the code may be a stranger's.

const NAME = String.raw`[A-Za-z_][A-Za-z0-9_]*`;

/** `DigitsModel`, or dotted: `src.model.PredictionService`. */
export const MODEL_CLASS = new RegExp(`^${NAME}(?:\\.${NAME})*$`);

/** Where Python would look for a model class, relative to the working directory; the first that exists counts. */
export function classFiles(modelClass: string): readonly string[] {
  const names = modelClass.split(".");
  // seldon-core takes a plain name as module and class alike.
  const module = names.length === 1 ? names : names.slice(0, -1);
  return [`${module.join("/")}.py`, `${module.join("/")}/__init__.py`];
}

/** The class itself, without its module. */
export function className(modelClass: string): string {
  return modelClass.slice(modelClass.lastIndexOf(".") + 1);
}

/** True when the source defines the class, or brings it in from elsewhere under that name. */
export function definesClass(source: string, modelClass: string): boolean {
  const name = className(modelClass);
  const logical = source.replace(/\\\r?\n/g, " ").replace(/\(([^()"']*)\)/g, (group) => group.replace(/\s+/g, " "));
  return new RegExp(
    `^(?:class\\s+${name}\\s*[(:[]|from\\s+\\S+\\s+import\\s+[^#\\n]*\\b${name}\\b|${name}\\s*(?::[^=\\n]+)?=[^=])`,
    "m",
  ).test(logical);
}
