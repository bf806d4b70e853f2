import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { FileContent } from "../world/github-rest/git-repository.ts";
import { type GitHubOptions, startGitHub } from "../world/github-rest/github.ts";
import { push } from "./events.ts";
import { startMachine } from "./machine.ts";
import { type RunResult, runWorkflow, startWorkflow, type WorkflowOptions } from "./run-workflow.ts";

export const WORKFLOW = ".github/workflows/main.yml";

type RunOptions = Partial<Omit<WorkflowOptions, "github" | "machine">>;

/** A GitHub and a machine, to try workflows on; `await using` takes both down again. */
export async function startBed(options: Partial<GitHubOptions> = {}) {
  const root = await mkdtemp(join(tmpdir(), "machine-"));
  const github = await startGitHub({ owner: "acme", name: "models", ...options });
  const machine = await startMachine({ root });
  const prepared = (given: RunOptions): WorkflowOptions => ({
    github,
    machine,
    workflow: WORKFLOW,
    event: push({ branch: "main" }),
    ...given,
  });
  return {
    github,
    machine,
    root,
    /** Makes these files, and nothing else, the next commit of main. */
    commit: (files: Record<string, FileContent>) =>
      github.commit({ branch: "main", files, message: "Change", from: "nothing" }),
    /** Runs the committed workflow. */
    run: (given: RunOptions = {}): Promise<RunResult> => runWorkflow(prepared(given)),
    /** Starts it without waiting for its end. */
    start: (given: RunOptions = {}) => startWorkflow(prepared(given)),
    async [Symbol.asyncDispose]() {
      await github.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** A workflow file of one job, `main`, with these steps and top-level keys. */
export const oneJob = (steps: string, more: { job?: string; top?: string } = {}) => `on: [push, pull_request]
${more.top ?? ""}
jobs:
  main:
    runs-on: ubuntu-latest
${indented(more.job ?? "", 4)}
    steps:
${indented(steps, 6)}
`;

const indented = (text: string, by: number) =>
  text
    .split("\n")
    .map((line) => " ".repeat(by) + line)
    .join("\n");

/** An action.yml of a JavaScript action whose script is beside it. */
export const nodeAction = (keys = "main: main.cjs", inputs = "{}", outputs = "{}") => `name: part
description: d
inputs: ${inputs}
outputs: ${outputs}
runs: { using: node24, ${keys} }
`;

/** An action.yml of a composite action. */
export const composite = (steps: string, more: { inputs?: string; outputs?: string } = {}) => `name: facade
description: d
inputs: ${more.inputs ?? "{}"}
outputs: ${more.outputs ?? "{}"}
runs:
  using: composite
  steps:
${indented(steps, 4)}
`;
