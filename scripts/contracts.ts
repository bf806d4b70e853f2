// Keeps what users read equal to what the stories declare: the inputs and outputs of every action.yml, and the tables of the
// READMEs. Without --write it only compares, and ends with 1 where they differ.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { load } from "js-yaml";

import type { Story } from "../src/action.ts";
import type { InputTable } from "../src/inputs.ts";

const root = resolve(import.meta.dirname, "..");
const write = process.argv.includes("--write");

type AnyStory = Story<InputTable, never>;
type ActionYaml = {
  name: string;
  description: string;
  inputs?: Record<string, { description?: string; required?: boolean; default?: string }>;
  outputs?: Record<string, { description?: string; value?: string }>;
  runs: { using: string; main?: string; steps?: { id?: string; uses?: string; with?: Record<string, string> }[] };
};
type Action = { name: string; file: string; readme: string; stories: AnyStory[] };

const stale: string[] = [];

function settle(file: string, now: string): void {
  const before = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
  if (before === now) return;
  if (write) writeFileSync(join(root, file), now);
  else stale.push(file);
}

const yamlOf = (file: string): ActionYaml => load(readFileSync(join(root, file), "utf8")) as ActionYaml;

async function storyOf(id: string): Promise<AnyStory> {
  const module = (await import(join(root, "src", "actions", `${id}.ts`))) as Record<string, unknown>;
  const story = Object.values(module).find((value) => (value as AnyStory | undefined)?.id === id);
  if (!story) throw new Error(`src/actions/${id}.ts exports no story with the id ${id}`);
  return story as AnyStory;
}

/** A text as a YAML scalar that needs no thought: double quotes are JSON's. */
const scalar = (text: string): string => JSON.stringify(text);

function told(input: InputTable[string]): string {
  const parts = [input.description];
  if (input.default !== undefined) parts.push(`Default: \`${input.default}\`.`);
  return parts.join(" ");
}

function inputsBlock(table: InputTable): string {
  const entries = Object.entries(table).map(([name, input]) =>
    [
      `  ${name}:`,
      `    description: ${scalar(told(input))}`,
      ...(input.required ? ["    required: true"] : []),
      ...(input.expression === undefined ? [] : [`    default: ${input.expression}`]),
    ].join("\n"),
  );
  return entries.length === 0 ? "" : `inputs:\n${entries.join("\n")}\n`;
}

function outputsBlock(outputs: Record<string, string>, values: ActionYaml["outputs"]): string {
  const entries = Object.entries(outputs).map(([name, description]) => {
    const value = values?.[name]?.value;
    return `  ${name}:\n    description: ${scalar(description)}${value === undefined ? "" : `\n    value: ${value}`}`;
  });
  return entries.length === 0 ? "" : `outputs:\n${entries.join("\n")}\n`;
}

/** Replaces the top-level blocks `inputs:` and `outputs:` of a YAML text, and leaves every other line as it is. */
function withBlocks(text: string, inputs: string, outputs: string): string {
  const blocks = text.split(/^(?=[a-z][\w-]*:)/m);
  const kept = blocks.filter((block) => !/^(inputs|outputs):/.test(block));
  const runs = kept.findIndex((block) => block.startsWith("runs:"));
  return [...kept.slice(0, runs), inputs, outputs, ...kept.slice(runs)].join("");
}

/** A façade of one part hands on every input as it is, so that list is written too. */
function withHandedOn(text: string, { runs: { steps = [] } }: ActionYaml, names: readonly string[]): string {
  const at = text.lastIndexOf("      with:\n");
  if (steps.length !== 1 || at === -1) return text;
  return `${text.slice(0, at)}      with:\n${names.map((name) => `        ${name}: \${{ inputs.${name} }}\n`).join("")}`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function tables(inputs: InputTable, outputs: Record<string, string>): string {
  const inputRows = Object.entries(inputs).map(([name, input]) => [
    `\`${name}\`${input.required ? " **(required)**" : ""}`,
    cell(input.description),
    cell(input.accepts ?? ""),
    input.default === undefined
      ? input.expression === undefined
        ? ""
        : `\`${input.expression}\``
      : `\`${input.default}\``,
  ]);
  const outputRows = Object.entries(outputs).map(([name, description]) => [`\`${name}\``, cell(description)]);
  return `${table(["input", "what it is", "accepts", "default"], inputRows)}\n\n${table(["output", "what it holds"], outputRows)}`;
}

const mark = /<!-- contract -->[\s\S]*?<!-- \/contract -->/;

const visible = (outputs: Record<string, string>, facade: ActionYaml): Record<string, string> =>
  Object.fromEntries(Object.keys(facade.outputs ?? {}).map((name) => [name, outputs[name] ?? ""]));

const all: Action[] = [];
for (const name of readdirSync(join(root, "actions")).toSorted()) {
  const file = `actions/${name}/action.yml`;
  const parts = readdirSync(join(root, "actions", name), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const stories: AnyStory[] = [];
  for (const part of parts) {
    const partFile = `actions/${name}/${part.name}/action.yml`;
    const id = /dist\/([\w-]+)\.cjs$/.exec(yamlOf(partFile).runs.main ?? "")?.[1];
    if (!id) throw new Error(`${partFile}: runs.main names no dist/<id>.cjs`);
    const story = await storyOf(id);
    settle(
      partFile,
      withBlocks(
        readFileSync(join(root, partFile), "utf8"),
        inputsBlock(story.inputs),
        outputsBlock(story.outputs, undefined),
      ),
    );
    stories.push(story);
  }
  // The order in which the façade calls its parts is the order in which its inputs are told.
  const order = (yamlOf(file).runs.steps ?? []).map((step) => step.uses ?? "");
  const position = (story: AnyStory): number =>
    order.findIndex(
      (uses) =>
        uses.endsWith(story.id.replace(`${name}-`, `/${name}/`).replace(/^(?!\/)/, "/")) ||
        uses.endsWith(`/${name}/node`),
    );
  all.push({
    name,
    file,
    readme: `actions/${name}/README.md`,
    stories: stories.toSorted((a, b) => position(a) - position(b)),
  });
}

const merged = (stories: AnyStory[]): { inputs: InputTable; outputs: Record<string, string> } => ({
  inputs: Object.assign({}, ...stories.toReversed().map((story) => story.inputs)) as InputTable,
  outputs: Object.assign({}, ...stories.map((story) => story.outputs)) as Record<string, string>,
});

/** Inputs by which a part is told what another part found; no user sets them. */
const internal = (facade: ActionYaml, name: string): boolean =>
  (facade.runs.steps ?? []).some((step) => /\$\{\{\s*steps\./.test(step.with?.[name] ?? "")) &&
  !(facade.runs.steps ?? []).some((step) => step.with?.[name] === `\${{ inputs.${name} }}`);

for (const { name, file, readme, stories } of all) {
  const facade = yamlOf(file);
  const { inputs, outputs } = merged(stories);
  const ordered = Object.fromEntries(
    stories
      .flatMap((story) => Object.keys(story.inputs))
      .filter((each) => !internal(facade, each))
      .map((each) => [each, inputs[each]!]),
  );
  const shown = visible(outputs, facade);
  const handed = withHandedOn(readFileSync(join(root, file), "utf8"), facade, Object.keys(ordered));
  settle(file, withBlocks(handed, inputsBlock(ordered), outputsBlock(shown, facade.outputs)));
  const page = existsSync(join(root, readme))
    ? readFileSync(join(root, readme), "utf8")
    : `# ${name}\n\n${facade.description}\n\n<!-- contract -->\n<!-- /contract -->\n`;
  settle(readme, page.replace(mark, `<!-- contract -->\n\n${tables(ordered, shown)}\n\n<!-- /contract -->`));
}

// The root action forwards to the others: each of its inputs means what it means there.
const whole = yamlOf("action.yml");
// Where several of them have an input of one name, it is told as the first that it is handed to tells it.
const known: Record<string, InputTable[string]> = {};
for (const step of whole.runs.steps ?? []) {
  const action = all.find(({ name }) => step.uses?.endsWith(`/${name}`));
  for (const [name, value] of Object.entries(step.with ?? {})) {
    const input = action && merged(action.stories).inputs[name];
    const [, given] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value) ?? [];
    if (input && given !== undefined) known[given] ??= input;
  }
}
// An output means what it means in the action that it comes from.
const knownOutputs: Record<string, string> = {};
for (const [name, { value }] of Object.entries(whole.outputs ?? {})) {
  const [, id, output = ""] = /steps\.([\w-]+)\.outputs\.([\w-]+)/.exec(value ?? "") ?? [];
  const step = (whole.runs.steps ?? []).find((each) => each.id === id);
  const action = all.find(({ name: called }) => step?.uses?.endsWith(`/${called}`));
  knownOutputs[name] = (action && merged(action.stories).outputs[output]) ?? "";
}
for (const each of Object.keys(whole.inputs ?? {}))
  if (!known[each]) throw new Error(`action.yml: no action has an input ${each}`);
settle(
  "action.yml",
  withBlocks(
    readFileSync(join(root, "action.yml"), "utf8"),
    inputsBlock(Object.fromEntries(Object.keys(whole.inputs ?? {}).map((each) => [each, known[each]!]))),
    outputsBlock(visible(knownOutputs, whole), whole.outputs),
  ),
);

if (stale.length > 0) {
  console.error(`These files do not say what the stories declare: ${stale.join(", ")}. Run: npm run readme`);
  process.exitCode = 1;
}
