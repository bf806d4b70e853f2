import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { FileContent } from "../world/github-rest/git-repository.ts";
import { type GitHubOptions, startGitHub } from "../world/github-rest/github.ts";
import { startMachine } from "./machine.ts";

/** A GitHub with one commit on main and a machine to run its workflows; `await using` takes both down again. */
export async function startBed(files: Record<string, FileContent>, options: Partial<GitHubOptions> = {}) {
  const root = await mkdtemp(join(tmpdir(), "machine-"));
  const github = await startGitHub({ owner: "acme", name: "models", ...options });
  const machine = await startMachine({ root });
  await github.commit({ branch: "main", files, message: "Start" });
  return {
    github,
    machine,
    async [Symbol.asyncDispose]() {
      await github.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
