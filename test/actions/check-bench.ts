// The story of check with its real adapters.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Outcome } from "../../src/action.ts";
import { check, type CheckPorts } from "../../src/actions/check.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { httpClient } from "../../src/adapters/http.ts";
import { imageStores } from "../../src/adapters/images.ts";
import { kubernetes } from "../../src/adapters/kubernetes.ts";
import { openLayout } from "../../src/adapters/layout.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { openRegistry } from "../../src/adapters/registry.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import type { CheckLine } from "../../src/domain/check/line.ts";
import { readInputs, readRun } from "../../src/inputs.ts";
import type { Log } from "../../src/ports.ts";

export type CheckBench = {
  readonly said: string[];
  check(given: Record<string, string>): Promise<Outcome & { lines: readonly CheckLine[]; seconds: number }>;
  close(): void;
};

export function checkBench({ env = {} }: { env?: Record<string, string> } = {}): CheckBench {
  const folder = mkdtempSync(join(tmpdir(), "check-"));
  const said: string[] = [];
  const log: Log = {
    info: (text) => void said.push(text),
    warning: (text) => void said.push(`warning: ${text}`),
    debug: () => undefined,
    group: async (_title, work) => await work(),
    mask: () => undefined,
  };
  return {
    said,
    check: async (given) => {
      const run = { ...readRun({}), workspace: folder, temp: folder };
      const { signal } = new AbortController();
      const [clock, workspace] = [systemClock(), localWorkspace(run)];
      const processes = {
        ...localProcesses({ signal }),
        environment: () => ({ PATH: process.env.PATH ?? "", HOME: folder, ...env }),
      };
      const ports: CheckPorts = {
        log,
        clock,
        signal,
        http: httpClient(),
        images: imageStores({
          layout: openLayout,
          registry: openRegistry({ log, githubToken: undefined, actor: "ada" }),
        }),
        kubernetes: kubernetes({ log, clock, processes, workspace, run }, { troubleMs: 2000, callMs: 5000 }),
      };
      const inputs = Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
      const from = performance.now();
      const outcome = await check.run(await readInputs(check.inputs, Object.fromEntries(inputs)), run, ports);
      const lines = JSON.parse(outcome.outputs.report!) as CheckLine[];
      return { ...outcome, lines, seconds: (performance.now() - from) / 1000 };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
