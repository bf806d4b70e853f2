// GitHub, a cluster and a repository with a pull request: what a deploy, a preview and a sweep work with, each by its real adapter.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Outcome, Story } from "../../src/action.ts";
import { previewCleanup } from "../../src/actions/preview-cleanup.ts";
import { seldonDeploy, type DeployPorts } from "../../src/actions/seldon-deploy.ts";
import { tarArchives } from "../../src/adapters/archive.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { gzipTexts } from "../../src/adapters/compression.ts";
import { githubRest } from "../../src/adapters/github.ts";
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
import { serialiseRecord, type ReleaseRecord } from "../../src/domain/record/record.ts";
import { readInputs, readRun, type InputTable, type Run } from "../../src/inputs.ts";
import { passed } from "../domain/report/releases.ts";
import { pullRequest, type PullRequestEvent } from "../runner/events.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import type { Permissions } from "../world/github-rest/permissions.ts";
import { shownPull } from "../world/github-rest/pull-handlers.ts";
import { startApiServer, type ApiServer } from "../world/kubernetes/api-server.ts";
import { operate } from "../world/kubernetes/small-operator.ts";

const ANSWER = JSON.stringify({ data: { ndarray: [[0.1, 0.9]] } });
export const SMOKE = JSON.stringify({ body: { data: { ndarray: [[1]] } } });
export const RIGHTS: Permissions = { contents: "read", deployments: "write", "pull-requests": "read", actions: "read" };

export type RunOptions = {
  readonly permissions?: Permissions;
  readonly event?: string;
  readonly payload?: object;
  readonly sha?: string;
  readonly ref?: string;
  readonly runId?: string;
  readonly signal?: AbortSignal;
};

export type DeliveryBench = Awaited<ReturnType<typeof openDelivery>>;

export async function openDelivery() {
  const hub: GitHub = await startGitHub({ owner: "acme", name: "digits" });
  const api: ApiServer = await startApiServer();
  operate(api);
  api.onProxy = () => ({ status: 200, body: ANSWER });
  const folder = mkdtempSync(join(tmpdir(), "delivery-"));
  const before = { api: process.env.GITHUB_API_URL, state: process.env.XDG_STATE_HOME };
  process.env.GITHUB_API_URL = hub.rest.url;
  process.env.XDG_STATE_HOME = join(folder, "state");
  const said: string[] = [];
  const first = await hub.commit({ branch: "main", files: { "a.txt": "a" }, message: "first", from: "nothing" });
  await hub.commit({ branch: "better", files: { "a.txt": "b" }, message: "better", from: "main" });

  const patience = { troubleMs: 10_000 };
  const log = {
    info: (text: string) => void said.push(text),
    warning: (text: string) => void said.push(`warning ${text}`),
    debug: () => undefined,
    group: async <T>(_title: string, work: () => Promise<T>) => await work(),
    mask: () => undefined,
  };

  const portsFor = (run: Run, token: string | undefined, signal: AbortSignal): DeployPorts => {
    const processes = localProcesses({ signal });
    const [clock, workspace, locks] = [systemClock(), localWorkspace(run), fileLocks()];
    return {
      log,
      clock,
      workspace,
      processes,
      signal,
      archives: tarArchives(),
      github: githubRest({ run, token }, { firstPauseMs: 1 }),
      images: imageStores({
        layout: openLayout,
        registry: openRegistry({ log, githubToken: undefined, actor: "ada" }),
      }),
      http: httpClient(),
      pythons: pythons({ processes, locks }),
      serving: localServing({ processes, locks }),
      kubernetes: kubernetes(
        { log, clock, processes, workspace, run },
        { troubleMs: patience.troubleMs, callMs: 10_000, firstPauseMs: 5, silenceMs: 5000 },
      ),
      compression: gzipTexts(),
    };
  };

  /** Runs a story as a step of a run of this repository. */
  async function act<Table extends InputTable>(
    story: Story<Table, DeployPorts>,
    given: Record<string, string>,
    options: RunOptions = {},
  ): Promise<Outcome> {
    const {
      permissions = RIGHTS,
      event = "push",
      payload,
      runId = "7",
      signal = new AbortController().signal,
    } = options;
    const eventPath = join(folder, `event-${said.length}.json`);
    if (payload !== undefined) writeFileSync(eventPath, JSON.stringify(payload));
    const run: Run = {
      ...readRun({ GITHUB_SHA: options.sha ?? first, GITHUB_REF: options.ref ?? "refs/heads/main" }),
      repository: "acme/digits",
      repositoryId: String(hub.world.id),
      event,
      runId,
      workspace: folder,
      temp: folder,
      eventPath: payload === undefined ? undefined : eventPath,
    };
    const token = hub.createToken(permissions);
    const inputs = { "github-token": token, ...given };
    const env = Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    );
    const values = await readInputs(story.inputs, env);
    return await story.run(values, run, portsFor(run, inputs["github-token"], signal));
  }

  const toCluster = {
    target: "seldon",
    namespace: "models",
    kubeconfig: api.kubeconfig,
    image: "acme/digits:1",
    "smoke-request": SMOKE,
    "wait-timeout": "60s",
  };

  return {
    hub,
    api,
    folder,
    said,
    first,
    log,
    act,
    toCluster,
    /** How long a cluster in trouble is asked again. */
    patience,
    record: serialiseRecord(passed),
    deploy: async (given: Record<string, string> = {}, options: RunOptions = {}) =>
      await act(seldonDeploy, { ...toCluster, record: serialiseRecord(passed), ...given }, options),
    sweep: async (given: Record<string, string> = {}, options: RunOptions = {}) =>
      await act(
        previewCleanup,
        { namespace: "models", kubeconfig: api.kubeconfig, ...given },
        { event: "schedule", ...options },
      ),
    /** What a run of a pull request is told. The pull request is as GitHub has it, after the event. */
    pull: async (given: Partial<PullRequestEvent> = {}) => {
      const { payload, sha } = await pullRequest({ number: 12, head: "better", ...given })(hub);
      return { event: "pull_request", payload, sha };
    },
    closePull: (number: number): void => {
      const pull = hub.world.pulls.get(number);
      if (pull) Object.assign(pull, { state: "closed" });
    },
    shown: (number: number) => shownPull(hub.world.pulls.get(number)!, hub.world),
    previews: () => [...objectsOf(api)].filter((name) => name.startsWith("pr-")),
    objects: () => [...objectsOf(api)],
    /** Requests of GitHub so far that changed or read something, by operation. */
    asked: (operation: string) => hub.rest.requests.filter((each) => each.operation === operation),
    close: async (): Promise<void> => {
      restore("GITHUB_API_URL", before.api);
      restore("XDG_STATE_HOME", before.state);
      await api.close();
      await hub.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function* objectsOf(api: ApiServer): Iterable<string> {
  for (const path of api.paths()) {
    const [, name] = /\/seldondeployments\/([^/]+)$/.exec(path) ?? [];
    if (name !== undefined) yield name;
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** A record with another fingerprint, model or section. */
export const recordWith = (change: Partial<ReleaseRecord>): string => serialiseRecord({ ...passed, ...change });
