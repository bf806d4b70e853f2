import { conditionOf } from "./github-parser.ts";
import { isMap, type Template, type TemplateMap } from "./template.ts";

/** One entry of `steps:`, of a job or of a composite action. */
export type Step = {
  /** The id given, or one that the runner makes up; made-up ones start with `__` and are in no context. */
  id: string;
  name: Template | undefined;
  condition: string;
  env: Template;
  continueOnError: Template;
  timeoutMinutes: Template;
  does: ScriptBody | ActionBody;
};

export type ScriptBody = {
  kind: "run";
  script: Template;
  shell: Template | undefined;
  workingDirectory: Template | undefined;
};

export type ActionBody = { kind: "uses"; uses: string; inputs: Template };

/** Reads a `steps:` list. */
export async function stepsOf(template: Template | undefined): Promise<Step[]> {
  const entries = (Array.isArray(template) ? template : []).filter(isMap);
  const taken = new Set(entries.map((entry) => entry["id"]).filter((id) => typeof id === "string"));
  const steps: Step[] = [];
  for (const entry of entries) {
    const does = bodyOf(entry);
    const id = typeof entry["id"] === "string" ? entry["id"] : freeId(does, taken);
    steps.push({
      id,
      name: entry["name"],
      condition: await conditionOf(entry["if"]),
      env: entry["env"] ?? {},
      continueOnError: entry["continue-on-error"] ?? false,
      timeoutMinutes: entry["timeout-minutes"] ?? 0,
      does,
    });
  }
  return steps;
}

function bodyOf(entry: TemplateMap): ScriptBody | ActionBody {
  if ("uses" in entry)
    return { kind: "uses", uses: typeof entry["uses"] === "string" ? entry["uses"] : "", inputs: entry["with"] ?? {} };
  if (!("run" in entry)) {
    throw new Error(`expected a step with run or uses, saw ${Object.keys(entry).join(", ")}: not modelled.`);
  }
  return {
    kind: "run",
    script: entry["run"] ?? "",
    shell: entry["shell"],
    workingDirectory: entry["working-directory"],
  };
}

/** `__run`, `__run_2`, `__self`, `__actions_checkout`: GITHUB_ACTION of a step without an id. */
function freeId(does: ScriptBody | ActionBody, taken: Set<string>): string {
  const local = does.kind === "uses" && /^[.$]\//.test(does.uses);
  const base =
    does.kind === "run"
      ? "__run"
      : local
        ? "__self"
        : `__${does.uses.replace(/@.*$/, "").split("/").slice(0, 2).join("_")}`;
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}_${n}`;
  taken.add(id);
  return id;
}
