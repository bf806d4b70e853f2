import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Outcome } from "../../src/action.ts";
import { evaluateGateDecide } from "../../src/actions/evaluate-gate-decide.ts";
import { evaluateGatePrepare } from "../../src/actions/evaluate-gate-prepare.ts";
import { readModel } from "../../src/actions/model.ts";
import { tarArchives } from "../../src/adapters/archive.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { gzipTexts } from "../../src/adapters/compression.ts";
import { githubRest } from "../../src/adapters/github.ts";
import { kubernetes } from "../../src/adapters/kubernetes.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import type { ReleaseRecord } from "../../src/domain/record/record.ts";
import { readInputs, readRun, type Run } from "../../src/inputs.ts";
import type { Kubernetes } from "../../src/ports.ts";
import { passed } from "../domain/report/releases.ts";

export type GateBench = ReturnType<typeof openGateBench>;

/** A workspace with a model, and the two parts of evaluate-gate over it. */
export function openGateBench() {
  const folder = mkdtempSync(join(tmpdir(), "gate-"));
  const run: Run = readRun({
    GITHUB_REPOSITORY: "acme/digits",
    GITHUB_RUN_ID: "42",
    GITHUB_WORKSPACE: join(folder, "work"),
    RUNNER_TEMP: join(folder, "temp"),
  });
  mkdirSync(join(folder, "work/model"), { recursive: true });
  writeFileSync(join(folder, "work/model/model.joblib"), "a model");
  const lines: string[] = [];
  const ports = {
    log: {
      info: (text: string) => void lines.push(text),
      warning: (text: string) => void lines.push(text),
      debug: () => undefined,
      group: async <T>(_: string, work: () => Promise<T>) => work(),
      mask: () => undefined,
    },
    clock: systemClock(),
    workspace: localWorkspace(run),
    archives: tarArchives(),
    github: githubRest({ run, token: undefined }),
    serving: { state: async () => undefined },
    kubernetes: {
      connect: async (to: Parameters<Kubernetes["connect"]>[0]) =>
        kubernetes(
          { ...ports, processes: localProcesses(), run },
          { troubleMs: 500, callMs: 500, firstPauseMs: 5 },
        ).connect(to),
    },
    compression: gzipTexts(),
  };
  /** As the runner hands inputs over: empty where nothing was given. */
  const env = (inputs: Record<string, string>): NodeJS.ProcessEnv =>
    Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  const inWork = (name: string): string => join(folder, "work", name);

  return {
    folder,
    run,
    lines,
    inWork,
    decide: async (inputs: Record<string, string>): Promise<Outcome> =>
      // A clock that stands still, so that equal inputs make equal records.
      evaluateGateDecide.run(await readInputs(evaluateGateDecide.inputs, env(inputs)), run, {
        ...ports,
        clock: { now: () => 0 },
      }),
    prepare: async (inputs: Record<string, string>): Promise<Outcome> =>
      evaluateGatePrepare.run(await readInputs(evaluateGatePrepare.inputs, env(inputs)), run, ports),
    /** The record of the model that lies in the workspace, trained but not judged. */
    trained: async (): Promise<ReleaseRecord> => {
      const found = await readModel(inWork("model/model.joblib"), ports.workspace);
      const { schema, model, source, training, artifact } = passed;
      return {
        schema,
        model: { ...model, digest: found!.digest },
        source,
        training,
        artifact: artifact!,
        metrics: { values: { accuracy: 0.95, f1: 0.9 } },
      };
    },
    close: (): void => rmSync(folder, { recursive: true, force: true }),
  };
}
