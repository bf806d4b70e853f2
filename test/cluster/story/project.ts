// The project of the story: a model that trains in a blink, and the workflows that users copy, with what differs on the test's
// cluster put in their place.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const examples = join(here, "../../../workflows-examples");
const read = (folder: string, name: string): string => readFileSync(join(folder, name), "utf8");

/** What only scikit-learn needs of the example's requirements: this model does without. */
const HEAVY = /^(?:scikit-learn|scipy|joblib|threadpoolctl|narwhals|cloudpickle)==.*\n/gm;

/** Lines of the examples, and what stands in their place here. */
const REPLACED: readonly (readonly [RegExp, string])[] = [
  // Training needs no package here.
  [/^ +pre-run: .*\n/m, ""],
  [/model: model\/model\.joblib/, "model: model/model.json"],
  [/^ +flavor: sklearn\n/m, ""],
];

/** @param base the image below, which has Debian's Python and does not say so; none where nothing pulls the image */
export function projectFiles(base: string | undefined): Record<string, string> {
  const road = (name: string): string => {
    let text = read(examples, name);
    for (const [line, other] of REPLACED) {
      if (!line.test(text)) throw new Error(`${name}: expected a line ${String(line)} to replace, saw none.`);
      text = text.replace(line, other);
    }
    if (base === undefined) return text;
    return text.replace(
      /^( +)requirements: requirements\.txt\n/m,
      (line, indent: string) => `${line}${indent}base-image: ${base}\n${indent}base-python: "3.11"\n`,
    );
  };
  return {
    "DigitsModel.py": read(here, "DigitsModel.py"),
    "train.py": read(here, "train.py"),
    "params.yaml": params(0.003),
    "contract.json": read(join(examples, "digits"), "contract.json"),
    "requirements.txt": read(join(examples, "digits"), "requirements.txt").replaceAll(HEAVY, ""),
    "README.md": "# digits\n",
    ".dockerignore": "*.md\n.github\n",
    ".github/workflows/main.yml": road("main.yml"),
    ".github/workflows/pull-request-preview.yml": road("pull-request-preview.yml"),
    ".github/workflows/preview-cleanup.yml": read(examples, "preview-cleanup.yml"),
    ".github/workflows/release.yml": read(examples, "release.yml"),
  };
}

/** The sharper, the surer; with shuffled labels nothing is learnt. */
export const params = (sharpness: number, shuffled = false): string =>
  `sharpness: ${sharpness}\nshuffle_labels: ${shuffled}\n`;

/** A version that is fine in staging, and falls over in every other namespace: a table of settings that lacks a line. */
export const forgetful = (staging: string): string =>
  read(here, "DigitsModel.py").replace(
    "    def load(self):\n",
    `    greys = {"on the bench": 16, "${staging}": 16}

    def __init__(self):
        where = pathlib.Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
        self.most = self.greys[where.read_text() if where.exists() else "on the bench"]

    def load(self):
`,
  );
