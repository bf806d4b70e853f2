// What the cluster tests share: a namespace of their own with an operator in it, and a deploy by the story with its real adapters.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { inject } from "vitest";

import type { Outcome } from "../../src/action.ts";
import { seldonDeploy, type DeployPorts } from "../../src/actions/seldon-deploy.ts";
import { tarArchives } from "../../src/adapters/archive.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { gzipTexts } from "../../src/adapters/compression.ts";
import { httpClient } from "../../src/adapters/http.ts";
import { imageStores } from "../../src/adapters/images.ts";
import { kubernetes } from "../../src/adapters/kubernetes.ts";
import { openLayout } from "../../src/adapters/layout.ts";
import { fileLocks } from "../../src/adapters/lock.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { pythons } from "../../src/adapters/python.ts";
import { openRegistry } from "../../src/adapters/registry.ts";
import { localServing } from "../../src/adapters/serving.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import type { SeldonDeployment } from "../../src/domain/seldon/resource.ts";
import { readInputs, readRun } from "../../src/inputs.ts";
import type { GitHub, Kubernetes, Log } from "../../src/ports.ts";
import { adminOf, type Admin } from "../world/cluster/admin.ts";
import { startOperator, type Operator } from "../world/cluster/operator.ts";

const DOOR = join(import.meta.dirname, "../../src/main/seldon-deploy.ts");
export const IMAGE = "localhost:5000/model:1";
export const NEWER = "localhost:5000/model:2";

export type Bench = {
  readonly admin: Admin;
  readonly namespace: string;
  /** The workspace of the deploys. */
  readonly folder: string;
  readonly operator: Operator;
  /** Everything that the deploys have said. */
  readonly said: string[];
  /** API calls of the last deploy. */
  calls(): number;
  deploy(given: Record<string, string>, options?: DeployOptions): Promise<Outcome>;
  sdep(name: string): Promise<SeldonDeployment | undefined>;
  pods(
    name: string,
  ): Promise<{ metadata: { name: string; deletionTimestamp?: string }; spec: { containers: { image: string }[] } }[]>;
  stop(): Promise<void>;
};

export type DeployOptions = {
  readonly sha?: string;
  readonly signal?: AbortSignal;
  readonly compare?: GitHub["compare"];
  readonly kubeconfig?: string;
};

export async function openBench(
  kubeconfig: string,
  { operator: withOperator = true, istio = false } = {},
): Promise<Bench> {
  const admin = adminOf(kubeconfig);
  const namespace = `t-${process.pid}-${Date.now().toString(36)}`;
  await admin.must("POST", "/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace },
  });
  const operator =
    withOperator && !inject("realOperator")
      ? startOperator(admin, namespace, { istio })
      : { written: [], faults: new Set<never>(), stop: async () => Promise.resolve() };
  const folder = mkdtempSync(join(tmpdir(), "cluster-test-"));
  const said: string[] = [];
  let calls = 0;
  const log: Log = {
    info: (text) => void said.push(text),
    warning: (text) => void said.push(`warning ${text}`),
    debug: (text) => {
      const count = /^(\d+) calls to /.exec(text)?.[1];
      if (count !== undefined) calls = Number(count);
    },
    group: async (_title, work) => await work(),
    mask: () => undefined,
  };
  const nothing = { artifact: async () => Promise.resolve(undefined) } as unknown as GitHub;

  return {
    admin,
    namespace,
    folder,
    operator,
    said,
    calls: () => calls,
    deploy: async (
      given,
      { sha = "1".repeat(40), signal = new AbortController().signal, compare, kubeconfig: other } = {},
    ) => {
      const run = { ...readRun({}), repository: "acme/digits", sha, runId: "1", workspace: folder, temp: folder };
      const processes = localProcesses({ signal, door: DOOR });
      const [clock, workspace, locks] = [systemClock(), localWorkspace(run), fileLocks()];
      const clusters: Kubernetes = kubernetes({ log, clock, processes, workspace, run });
      const ports: DeployPorts = {
        log,
        clock,
        workspace,
        processes,
        signal,
        archives: tarArchives(),
        github: compare === undefined ? nothing : { ...nothing, compare },
        images: imageStores({
          layout: openLayout,
          registry: openRegistry({ log, githubToken: undefined, actor: "ada" }),
        }),
        http: httpClient(),
        pythons: pythons({ processes, locks }),
        serving: localServing({ processes, locks }),
        kubernetes: clusters,
        compression: gzipTexts(),
      };
      const all = {
        target: "seldon",
        name: "digits",
        namespace,
        "require-gate": "false",
        "wait-timeout": "180s",
        kubeconfig: other ?? kubeconfig,
        ...given,
      };
      const env = Object.fromEntries(
        Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
      );
      return await seldonDeploy.run(await readInputs(seldonDeploy.inputs, env), run, ports);
    },
    sdep: async (name) => {
      const { status, body } = await admin.call(
        "GET",
        `/apis/machinelearning.seldon.io/v1/namespaces/${namespace}/seldondeployments/${name}`,
      );
      return status === 200 ? (body as unknown as SeldonDeployment) : undefined;
    },
    pods: async (name) => {
      const list = await admin.must(
        "GET",
        `/api/v1/namespaces/${namespace}/pods?labelSelector=seldon-deployment-id%3D${name}`,
      );
      return list.items as never;
    },
    stop: async () => {
      await operator.stop();
      await admin.call("DELETE", `/api/v1/namespaces/${namespace}`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
