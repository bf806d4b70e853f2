import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { parseActionText } from "./github-parser.ts";
import { type Step, stepsOf } from "./step-definition.ts";
import { isMap, type Template } from "./template.ts";

export type Action = {
  name: string;
  /** The declared inputs; the default is undefined where there is none. */
  inputs: Record<string, { default: Template | undefined; deprecated: string | undefined }>;
  runs: CompositeAction | NodeAction;
};

type CompositeAction = { using: "composite"; steps: Step[]; outputs: Record<string, Template> };

/** A JavaScript action. The conditions are as written; a missing one means `always()`. */
export type NodeAction = {
  using: "node";
  main: string;
  pre: string | undefined;
  preIf: string;
  post: string | undefined;
  postIf: string;
};

/** Reads action.yml or action.yaml of a folder; undefined if there is neither. */
export async function readAction(folder: string): Promise<Action | undefined> {
  for (const file of ["action.yml", "action.yaml"]) {
    const path = join(folder, file);
    let content: string;
    try {
      content = await readFile(path, "utf8");
    } catch {
      continue;
    }
    return actionOf(path, content);
  }
  return undefined;
}

async function actionOf(path: string, content: string): Promise<Action> {
  const root = await parseActionText(path, content);
  const runs = isMap(root["runs"]) ? root["runs"] : {};
  const text = (key: string) => (typeof runs[key] === "string" ? runs[key] : undefined);
  const name = typeof root["name"] === "string" ? root["name"] : path;
  const inputs: Action["inputs"] = {};
  for (const [id, input] of Object.entries(isMap(root["inputs"]) ? root["inputs"] : {})) {
    const declared = isMap(input) ? input : {};
    const deprecated = declared["deprecationMessage"];
    inputs[id] = {
      default: declared["default"],
      deprecated: typeof deprecated === "string" ? deprecated : undefined,
    };
  }
  if (runs["using"] === "composite") {
    const outputs: Record<string, Template> = {};
    for (const [id, output] of Object.entries(isMap(root["outputs"]) ? root["outputs"] : {})) {
      outputs[id] = isMap(output) ? (output["value"] ?? "") : "";
    }
    return { name, inputs, runs: { using: "composite", steps: await stepsOf(runs["steps"]), outputs } };
  }
  if (runs["using"] !== "node24" && runs["using"] !== "node20") {
    throw new Error(`${path}: expected using composite or node24, saw ${JSON.stringify(runs["using"])}: not modelled.`);
  }
  const condition = (key: string) => (text(key) ?? "always()").trim();
  return {
    name,
    inputs,
    runs: {
      using: "node",
      main: text("main") ?? "",
      pre: text("pre"),
      preIf: condition("pre-if"),
      post: text("post"),
      postIf: condition("post-if"),
    },
  };
}
