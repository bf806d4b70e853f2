// The contract is tested, never remembered: action.yml files, the examples and the README agree with the stories and with
// what GitHub's own parser takes.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";

import type { Story } from "../src/action.ts";
import type { InputTable } from "../src/inputs.ts";
import { parseActionText, parseWorkflowText } from "./runner/github-parser.ts";

const root = resolve(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

type Step = {
  id?: string;
  uses?: string;
  run?: string;
  with?: Record<string, string>;
  env?: Record<string, string>;
  if?: string;
};
type ActionYaml = {
  inputs?: Record<string, { description?: string; default?: string }>;
  outputs?: Record<string, { description?: string; value?: string }>;
  runs: { using: string; main?: string; steps?: Step[] };
};
type WorkflowYaml = {
  on?: { workflow_call?: { inputs?: Record<string, unknown> } };
  permissions?: unknown;
  jobs: Record<string, { permissions?: unknown; steps?: Step[] } & Pick<Step, "uses" | "with">>;
};

const actions = readdirSync(join(root, "actions"));
const facades = ["action.yml", ...actions.map((name) => `actions/${name}/action.yml`)];
const parts = actions.flatMap((name) =>
  readdirSync(join(root, "actions", name), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `actions/${name}/${entry.name}/action.yml`),
);
const yaml = (file: string): ActionYaml => load(read(file)) as ActionYaml;

/** `$/actions/train/plan` and `model-road/model-road/actions/train@v0.1.0` → the action.yml that it names. */
const fileOf = (uses: string): string => {
  const [, path] = /^(?:\$\/|model-road\/model-road\/?)([^@]*)/.exec(uses) ?? [];
  return path === "" ? "action.yml" : `${path}/action.yml`;
};

test("there are the actions of the README", () => {
  expect(actions.toSorted()).toEqual([
    "build-model-image",
    "check",
    "evaluate-gate",
    "models",
    "predict",
    "preview-cleanup",
    "promote",
    "report",
    "seldon-deploy",
    "train",
  ]);
});

describe.each([...facades, ...parts])("%s", (file) => {
  const action = yaml(file);

  test("GitHub's own parser takes it", async () => {
    await expect(parseActionText(file, read(file))).resolves.toBeDefined();
  });

  test("every input and output is described, and none has a default that an empty input would lose", () => {
    for (const [name, each] of [...Object.entries(action.inputs ?? {}), ...Object.entries(action.outputs ?? {})]) {
      expect(each.description, name).toMatch(/\S.{8,}/);
    }
    for (const [name, { default: given }] of Object.entries(action.inputs ?? {})) {
      if (given !== undefined) expect(given, name).toMatch(/^\$\{\{ [\w.]+ \}\}$/);
    }
  });

  test("what it calls stands beside it, at the same commit, and no text from outside reaches a shell", () => {
    const steps = action.runs.steps ?? [];
    expect(steps.filter(({ uses }) => uses !== undefined && !uses.startsWith("$/"))).toEqual([]);
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });

  test("it hands on every input of the parts that it calls, and calls no input that is not there", () => {
    for (const step of action.runs.steps ?? []) {
      if (!step.uses) continue;
      const called = yaml(fileOf(step.uses));
      expect(Object.keys(called.inputs ?? {}), `${step.uses} has no such input`).toEqual(
        expect.arrayContaining(Object.keys(step.with ?? {})),
      );
      if (file !== "action.yml")
        expect(Object.keys(step.with ?? {}).toSorted()).toEqual(Object.keys(called.inputs ?? {}).toSorted());
    }
  });

  test("every expression names an input, a step and an output that exist", () => {
    const ids = new Map((action.runs.steps ?? []).filter((step) => step.id).map((step) => [step.id!, step]));
    for (const [, name] of read(file).matchAll(/\binputs\.([\w-]+)/g))
      expect(Object.keys(action.inputs ?? {})).toContain(name);
    for (const [, id, output] of read(file).matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
      expect([...ids.keys()]).toContain(id);
      const { uses } = ids.get(id!)!;
      if (uses) expect(Object.keys(yaml(fileOf(uses)).outputs ?? {}), `${id}.outputs.${output}`).toContain(output);
    }
  });
});

describe.each(parts)("%s and its story", (file) => {
  const action = yaml(file);
  const id = /dist\/([\w-]+)\.cjs$/.exec(action.runs.main ?? "")?.[1] ?? "";

  test("one id in all places", () => {
    const [, name, part] = file.split("/");
    expect(id).toBe(part === "node" ? name : `${name}-${part}`);
    expect(action.runs.using).toBe("node24");
    expect(read(`src/main/${id}.ts`)).toContain(`../actions/${id}.ts`);
  });

  test("inputs and outputs are the story's", async () => {
    const module = (await import(join(root, "src", "actions", `${id}.ts`))) as Record<string, unknown>;
    const story = Object.values(module).find((value) => (value as { id?: string })?.id === id) as Story<
      InputTable,
      never
    >;
    expect(Object.keys(action.inputs ?? {})).toEqual(Object.keys(story.inputs));
    expect(Object.keys(action.outputs ?? {})).toEqual(Object.keys(story.outputs));
  });
});

const examples = readdirSync(join(root, "workflows-examples")).filter((file) => file.endsWith(".yml"));
const workflows = [
  ...examples.map((file) => `workflows-examples/${file}`),
  ...readdirSync(join(root, ".github", "workflows")).map((file) => `.github/workflows/${file}`),
];

describe.each(workflows)("%s", (file) => {
  const workflow = load(read(file)) as WorkflowYaml;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);

  test("GitHub's own parser takes it", async () => {
    await expect(parseWorkflowText(file, read(file))).resolves.toBeDefined();
  });

  test("permissions are named", () => {
    expect(workflow.permissions).toBeDefined();
  });

  test("actions of others are pinned by commit, ours have the inputs that are set", () => {
    for (const { uses, with: given } of steps) {
      if (!uses) continue;
      if (!/^(?:model-road|\$)\//.test(uses)) {
        expect(uses).toMatch(/@[0-9a-f]{40}$/);
        continue;
      }
      expect(Object.keys(yaml(fileOf(uses)).inputs ?? {}), uses).toEqual(
        expect.arrayContaining(Object.keys(given ?? {})),
      );
    }
  });

  test("a called workflow of ours has the inputs that are set", () => {
    const calls = Object.values(workflow.jobs).filter((job) => job.uses !== undefined);
    expect([...steps, ...calls]).not.toEqual([]);
    for (const { uses, with: given } of calls) {
      const [, path = ""] = /^model-road\/model-road\/(\.github\/workflows\/[\w.-]+)@v0\.1\.0$/.exec(uses!) ?? [];
      const { on } = load(read(path)) as WorkflowYaml;
      expect(Object.keys(on?.workflow_call?.inputs ?? {}), uses).toEqual(
        expect.arrayContaining(Object.keys(given ?? {})),
      );
    }
  });

  test("each permission says why it is asked for", () => {
    const asked = read(file).match(/^ +(?:[a-z]+-)*[a-z]+: (?:read|write)\b.*$/gm) ?? [];
    expect(asked.filter((line) => !/# \w/.test(line))).toEqual([]);
  });

  test("a checkout leaves no credentials behind, a shell sees no expression", () => {
    const kept = steps.filter(
      ({ uses, with: given }) =>
        uses?.startsWith("actions/checkout@") && String(given?.["persist-credentials"]) !== "false",
    );
    expect(kept).toEqual([]);
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });
});

test("the workflows of the README use inputs that exist", () => {
  const blocks = [...read("README.md").matchAll(/```yaml\n([^]*?)```/g)].map(([, text]) => text!);
  expect(blocks.length).toBeGreaterThanOrEqual(3);
  let checked = 0;
  for (const block of blocks) {
    const { jobs } = load(block) as WorkflowYaml;
    for (const { uses, with: given } of Object.values(jobs ?? {}).flatMap((job) => job?.steps ?? [])) {
      if (!uses?.startsWith("model-road/")) continue;
      checked++;
      expect(Object.keys(yaml(fileOf(uses)).inputs ?? {}), uses).toEqual(
        expect.arrayContaining(Object.keys(given ?? {})),
      );
    }
  }
  expect(checked).toBeGreaterThan(4);
});
