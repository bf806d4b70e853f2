// A deploy by the story with its real adapters, against the small API server.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Outcome } from "../../../src/action.ts";
import { seldonDeploy, type DeployPorts } from "../../../src/actions/seldon-deploy.ts";
import { systemClock } from "../../../src/adapters/clock.ts";
import { gzipTexts } from "../../../src/adapters/compression.ts";
import { httpClient } from "../../../src/adapters/http.ts";
import { kubernetes } from "../../../src/adapters/kubernetes.ts";
import { localProcesses } from "../../../src/adapters/process.ts";
import { localWorkspace } from "../../../src/adapters/workspace.ts";
import type { SeldonDeployment } from "../../../src/domain/seldon/resource.ts";
import { readInputs, readRun } from "../../../src/inputs.ts";
import type { GitHub } from "../../../src/ports.ts";
import { startApiServer, type ApiServer } from "./api-server.ts";
import { operate, type Routes } from "./small-operator.ts";

export const PATH = "/apis/machinelearning.seldon.io/v1/namespaces/models/seldondeployments/digits";
export const SMOKE = JSON.stringify({ body: { data: { ndarray: [[1]] } } });
export const ANSWER = JSON.stringify({ data: { ndarray: [[0.1, 0.9]] } });

type Options = { readonly sha?: string; readonly compare?: GitHub["compare"]; readonly signal?: AbortSignal };

export type SmallBench = {
  readonly api: ApiServer;
  readonly folder: string;
  readonly said: string[];
  readonly masked: string[];
  deploy(given?: Record<string, string>, options?: Options): Promise<Outcome>;
  sdep(): SeldonDeployment | undefined;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startSmallBench(routes: Routes = "none"): Promise<SmallBench> {
  const api = await startApiServer();
  operate(api, routes);
  api.onProxy = () => ({ status: 200, body: ANSWER });
  const folder = mkdtempSync(join(tmpdir(), "small-bench-"));
  const [said, masked]: string[][] = [[], []];
  return {
    api,
    folder,
    said: said!,
    masked: masked!,
    sdep: () => api.get(PATH) as unknown as SeldonDeployment | undefined,
    deploy: async (given = {}, { sha = "2".repeat(40), compare, signal = new AbortController().signal } = {}) => {
      const run = { ...readRun({}), repository: "acme/digits", sha, runId: "7", workspace: folder, temp: folder };
      const processes = localProcesses({ signal });
      const [clock, workspace] = [systemClock(), localWorkspace(run)];
      const log = {
        info: (text: string) => void said!.push(text),
        warning: (text: string) => void said!.push(`warning ${text}`),
        debug: () => undefined,
        group: async <T>(_title: string, work: () => Promise<T>) => await work(),
        mask: (secret: string) => void masked!.push(secret),
      };
      const ports = {
        log,
        clock,
        workspace,
        processes,
        signal,
        github: { compare: compare ?? (async () => Promise.resolve("ahead" as const)) },
        http: httpClient(),
        compression: gzipTexts(),
        kubernetes: kubernetes(
          { log, clock, processes, workspace, run },
          { troubleMs: 1000, callMs: 500, firstPauseMs: 5, silenceMs: 1000 },
        ),
      } as unknown as DeployPorts;
      const all: Record<string, string> = {
        target: "seldon",
        name: "digits",
        namespace: "models",
        "require-gate": "false",
        kubeconfig: api.kubeconfig,
        "smoke-request": SMOKE,
        "wait-timeout": "5s",
        ...given,
      };
      if (
        all.step === undefined &&
        all.manifest === undefined &&
        all.graph === undefined &&
        all["model-uri"] === undefined
      )
        all.image ??= "acme/digits:1";
      const env = Object.fromEntries(
        Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
      );
      return await seldonDeploy.run(await readInputs(seldonDeploy.inputs, env), run, ports);
    },
    [Symbol.asyncDispose]: async () => {
      await api.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
