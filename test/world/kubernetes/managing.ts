// The story of models with its real adapters.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Outcome } from "../../../src/action.ts";
import { models } from "../../../src/actions/models.ts";
import { systemClock } from "../../../src/adapters/clock.ts";
import { gzipTexts } from "../../../src/adapters/compression.ts";
import { kubernetes } from "../../../src/adapters/kubernetes.ts";
import { fileLocks } from "../../../src/adapters/lock.ts";
import { localProcesses } from "../../../src/adapters/process.ts";
import { localServing } from "../../../src/adapters/serving.ts";
import { localWorkspace } from "../../../src/adapters/workspace.ts";
import { readInputs, readRun } from "../../../src/inputs.ts";
import type { Log } from "../../../src/ports.ts";

const DOOR = join(import.meta.dirname, "../../../src/main/models.ts");

/** @param said what it says is added here */
export async function manage(given: Record<string, string>, said: string[] = []): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "models-"));
  const run = { ...readRun({}), workspace: folder, temp: folder, serverUrl: "https://github.example" };
  const { signal } = new AbortController();
  const [clock, workspace, processes] = [systemClock(), localWorkspace(run), localProcesses({ signal, door: DOOR })];
  const log: Log = {
    info: (text) => void said.push(text),
    warning: (text) => void said.push(`warning ${text}`),
    debug: () => undefined,
    group: async (_title, work) => await work(),
    mask: () => undefined,
  };
  const env = Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
  try {
    return await models.run(await readInputs(models.inputs, Object.fromEntries(env)), run, {
      log,
      clock,
      signal,
      processes,
      workspace,
      compression: gzipTexts(),
      serving: localServing({ processes, locks: fileLocks() }),
      kubernetes: kubernetes({ log, clock, processes, workspace, run }),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
