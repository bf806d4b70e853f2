import { mkdir, open as openFile, rename, rm } from "node:fs/promises";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { ActionError, messageOf, quote } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Comment, GitHub, Pull, StoredArtifact, StoredDeployment, WorkflowRun } from "../ports.ts";

type Standing = "identical" | "ahead" | "behind" | "diverged";
type Octokit = Awaited<ReturnType<typeof octokitFor>>;

/** One answer may take so long; a download, between two pieces. */
const ANSWER_MS = 30_000;
const STALL_MS = 60_000;
const TRIES = 4;
const FIRST_PAUSE_MS = 400;
/** A service that asks for a longer pause is not waited for. */
const LONGEST_PAUSE_MS = 30_000;
const HEAD_START_MS = 5;
const MAX_HOPS = 3;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const PAGE = 100;
const MAX_PAGES = 50;

/** How often and how long is waited for a service in trouble. */
type Patience = { readonly firstPauseMs?: number };

/**
 * GitHub's REST API for the repository of this run. Reads are repeated a few times when the service is in trouble; a comment
 * is created once only.
 * @param token of the job, or the user's own; without one every call says so
 */
export function githubRest(
  { run, token }: { run: Pick<Run, "repository">; token: string | undefined },
  { firstPauseMs = FIRST_PAUSE_MS }: Patience = {},
): GitHub {
  const [owner = "", repo = ""] = run.repository.split("/");
  const here = { owner, repo };
  let client: Promise<Octokit> | undefined;

  /** One request, told in plain words when it fails. `undefined` for what does not exist. */
  async function ask<T>(
    what: string,
    permission: string,
    request: (token: string) => Promise<T>,
    { repeat = true } = {},
  ): Promise<T | undefined> {
    if (!token) {
      throw new ActionError({
        where: `input "github-token"`,
        expected: `a token, to ${what}`,
        seen: "nothing",
        fix: "Leave the input out: the job's own token is its default.",
      });
    }
    for (let tried = 1; ; tried++) {
      try {
        return await request(token);
      } catch (thrown) {
        const { status, pauseMs } = troubleOf(thrown);
        // What was refused for its number alone was not done: it may be asked again even where a repetition would do it twice.
        const refused = pauseMs !== undefined && (status === 403 || status === 429);
        if (status === 404 || status === 410) return undefined;
        const passing = status === undefined || status === 429 || status >= 500 || pauseMs !== undefined;
        const pause = pauseMs ?? firstPauseMs * 3 ** (tried - 1);
        if (!(repeat || refused) || !passing || tried >= TRIES || pause > LONGEST_PAUSE_MS)
          throw told(what, permission, thrown);
        await delay(pause);
      }
    }
  }

  const octokit = async (token: string): Promise<Octokit> => (client ??= octokitFor(token));

  const read = async <T>(what: string, permission: string, path: string): Promise<T | undefined> =>
    ask(what, permission, async (token) => (await get(`${apiUrl()}/repos/${run.repository}${path}`, token)).data as T);

  /** All pages of a list, up to a bound; `undefined` where it can not be seen. The path has its question mark. */
  async function readPages<T>(
    what: string,
    permission: string,
    path: string,
    most = MAX_PAGES,
  ): Promise<T[] | undefined> {
    const all: T[] = [];
    for (let page = 1; page <= most; page++) {
      const at = `${path}${path.endsWith("?") ? "" : "&"}per_page=${PAGE}${page === 1 ? "" : `&page=${page}`}`;
      const answer = await read<T[]>(what, permission, at);
      if (answer === undefined) return undefined;
      all.push(...answer);
      if (answer.length < PAGE) break;
    }
    return all;
  }

  async function newestStatus(id: string): Promise<StatusAnswer | undefined> {
    const answer = await read<StatusAnswer[]>(
      `read the state of deployment ${id}`,
      "deployments: read",
      `/deployments/${number(id)}/statuses?per_page=${PAGE}`,
    );
    return (answer ?? []).toSorted((a, b) => b.created_at.localeCompare(a.created_at) || b.id - a.id)[0];
  }

  return {
    prepare: () => {
      if (!token) return;
      // A moment later: what the story has just started must get going first, since loading stops everything else.
      setTimeout(() => httpFor(apiUrl()), HEAD_START_MS);
    },
    artifact: async (id) => {
      const answer = await read<ArtifactAnswer>(
        `read artifact ${id}`,
        "actions: read",
        `/actions/artifacts/${number(id)}`,
      );
      return answer && artifactOf(answer);
    },
    artifactsNamed: async (name, { runId } = {}) => {
      const where = runId === undefined ? "/actions/artifacts" : `/actions/runs/${number(runId)}/artifacts`;
      const answer = await read<{ artifacts: ArtifactAnswer[] }>(
        `look for artifacts named ${name}`,
        "actions: read",
        `${where}?name=${encodeURIComponent(name)}&per_page=${PAGE}`,
      );
      return (answer?.artifacts ?? [])
        .filter((artifact) => artifact.name === name)
        .map(artifactOf)
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || Number(b.id) - Number(a.id));
    },
    downloadArtifact: async (id, file, expect) => {
      const what = `download artifact ${id}`;
      const done = await ask(what, "actions: read", async (token) => {
        const url = `${apiUrl()}/repos/${run.repository}/actions/artifacts/${number(id)}/zip`;
        const { location } = await get(url, token, { redirect: "tell" });
        await download(what, location, file, expect);
        return true;
      });
      if (!done) throw new ActionError({ where: what, expected: "an artifact", seen: "none, or an expired one" });
    },
    workflowRun: async (id) => {
      const answer = await read<RunAnswer>(`read run ${id}`, "actions: read", `/actions/runs/${number(id)}`);
      return answer && runOf(answer);
    },
    compare: async (base, head) => {
      const range = `${encodeURIComponent(base)}...${encodeURIComponent(head)}`;
      const answer = await read<{ status: Standing }>(
        "compare two commits",
        "contents: read",
        `/compare/${range}?per_page=1`,
      );
      return answer?.status;
    },
    defaultBranch: async () => {
      const answer = await read<{ default_branch: string }>("read the repository", "contents: read", "");
      if (answer) return answer.default_branch;
      throw new ActionError({
        where: `repository ${run.repository}`,
        expected: "one that the token can see",
        seen: "404",
      });
    },
    mergedPulls: async (headBranch) => {
      const head = encodeURIComponent(`${run.repository.split("/")[0]}:${headBranch}`);
      const answer = await read<PullAnswer[]>(
        `look for the pull request of ${headBranch}`,
        "pull-requests: read",
        `/pulls?state=closed&head=${head}&sort=updated&direction=desc&per_page=${PAGE}`,
      );
      return (answer ?? []).flatMap(({ number, merged_at, merge_commit_sha, head }) =>
        merged_at === null || merge_commit_sha === null
          ? []
          : [{ number, headSha: head.sha, headRepositoryId: String(head.repo?.id ?? ""), mergeSha: merge_commit_sha }],
      );
    },
    pullRequestRuns: async (headSha) => {
      const answer = await read<{ workflow_runs: RunAnswer[] }>(
        "look for the runs of a commit",
        "actions: read",
        `/actions/runs?event=pull_request&head_sha=${encodeURIComponent(headSha)}&per_page=${PAGE}`,
      );
      return (answer?.workflow_runs ?? []).map(runOf).sort((a, b) => Number(b.id) - Number(a.id));
    },
    mayWrite: async (login) => {
      const answer = await read<{ permission: string }>(
        `ask what ${quote(login, 40)} may do here`,
        "metadata: read",
        `/collaborators/${encodeURIComponent(login)}/permission`,
      );
      return answer?.permission === "admin" || answer?.permission === "write";
    },
    approvedEnvironments: async (runId) => {
      const answer = await read<{ state: string; environments: { name: string }[] }[]>(
        `read the reviews of run ${runId}`,
        "actions: read",
        `/actions/runs/${number(runId)}/approvals`,
      );
      return (answer ?? [])
        .filter(({ state }) => state === "approved")
        .flatMap(({ environments }) => environments.map(({ name }) => name));
    },
    blobAt: async (path, sha) => {
      const encoded = path.split("/").map(encodeURIComponent).join("/");
      const answer = await read<{ type?: string; sha?: string }>(
        `read ${path}`,
        "contents: read",
        `/contents/${encoded}?ref=${encodeURIComponent(sha)}`,
      );
      return answer?.type === "file" ? answer.sha : undefined;
    },
    tags: async () => {
      const all = await readPages<{ name: string; commit: { sha: string } }>(
        "list the tags",
        "contents: read",
        "/tags?",
      );
      return (all ?? []).map(({ name, commit }) => ({ name, sha: commit.sha }));
    },
    pull: async (number) => {
      const answer = await read<OnePullAnswer>(
        `read pull request #${number}`,
        "pull-requests: read",
        `/pulls/${number}`,
      );
      return answer && pullOf(answer);
    },
    openPulls: async () => {
      const all = await readPages<{ number: number }>(
        "list the open pull requests",
        "pull-requests: read",
        "/pulls?state=open",
      );
      // Whoever takes down what belongs to closed ones must not read a hidden repository, or half a list, as "all are closed".
      if (all !== undefined && all.length < MAX_PAGES * PAGE) return new Set(all.map(({ number }) => number));
      throw new ActionError({
        where: `the open pull requests of ${run.repository}`,
        expected: `a list of less than ${MAX_PAGES * PAGE}`,
        seen: all === undefined ? "status 404" : "a longer one",
      });
    },
    deployments: async ({ environment, task, all = false } = {}) => {
      const only =
        (environment === undefined ? "" : `&environment=${encodeURIComponent(environment)}`) +
        (task === undefined ? "" : `&task=${encodeURIComponent(task)}`);
      const answer = await readPages<DeploymentAnswer>(
        "read the deployments",
        "deployments: read",
        `/deployments?${only.slice(1)}`,
        all ? MAX_PAGES : 1,
      );
      return (answer ?? [])
        .map(deploymentOf)
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || Number(b.id) - Number(a.id));
    },
    deploymentState: async (id) => (await newestStatus(id))?.state,
    deploymentStatus: async (id) => {
      const newest = await newestStatus(id);
      return newest && { state: newest.state, logUrl: newest.log_url ?? newest.target_url ?? "" };
    },
    createDeployment: async ({ sha, environment, task, payload, description, transient, production }) => {
      const what = `tell the deployment to ${environment}`;
      const answer = await ask(
        what,
        "deployments: write",
        async (token) =>
          (await octokit(token)).request("POST /repos/{owner}/{repo}/deployments", {
            ...here,
            ref: sha,
            task,
            environment,
            payload: payload as Record<string, unknown>,
            description: cut(description),
            // Without these two GitHub would merge, or wait for checks of which this very job may be one.
            auto_merge: false,
            required_contexts: [],
            transient_environment: transient,
            production_environment: production,
            ...inTime(),
          }),
        { repeat: false },
      );
      // 202 has merged something and made no deployment.
      if (answer?.status === 201) return String(answer.data.id);
      throw new ActionError({
        where: `GitHub, to ${what}`,
        expected: "a deployment",
        seen: `status ${answer?.status ?? 404}`,
      });
    },
    tellDeployment: async (id, { state, description, url, logUrl }) => {
      const answer = await ask(`tell how deployment ${id} stands`, "deployments: write", async (token) =>
        (await octokit(token)).request("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
          ...here,
          deployment_id: Number(number(id)),
          state,
          description: cut(description),
          auto_inactive: false,
          ...(url === undefined ? {} : { environment_url: url }),
          ...(logUrl === undefined ? {} : { log_url: logUrl }),
          ...inTime(),
        }),
      );
      return answer !== undefined;
    },
    deleteDeployment: async (id) => {
      const answer = await ask(`delete deployment ${id}`, "deployments: write", async (token) =>
        (await octokit(token)).request("DELETE /repos/{owner}/{repo}/deployments/{deployment_id}", {
          ...here,
          deployment_id: Number(number(id)),
          ...inTime(),
        }),
      );
      return answer !== undefined;
    },
    comments: async (issue) => {
      const all: Comment[] = [];
      for (let page = 1; page <= MAX_PAGES; page++) {
        const answer = await read<CommentAnswer[]>(
          `read the comments of #${issue}`,
          "pull-requests: read",
          `/issues/${issue}/comments?per_page=${PAGE}&page=${page}`,
        );
        if (answer !== undefined && !Array.isArray(answer)) throw notGitHub("a list of comments");
        all.push(...(answer ?? []).map(commentOf));
        if ((answer?.length ?? 0) < PAGE) break;
      }
      return all;
    },
    createComment: async (issue, body) => {
      const answer = await ask(
        `comment on #${issue}`,
        "pull-requests: write",
        async (token) =>
          (await octokit(token)).request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
            ...here,
            issue_number: issue,
            body,
            ...inTime(),
          }),
        { repeat: false },
      );
      if (answer) return commentOf(answer.data);
      throw new ActionError({ where: `#${issue}`, expected: "a pull request or issue", seen: "404" });
    },
    updateComment: async (id, body) => {
      const answer = await ask("update a comment", "pull-requests: write", async (token) =>
        (await octokit(token)).request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
          ...here,
          comment_id: Number(id),
          body,
          ...inTime(),
        }),
      );
      return answer && commentOf(answer.data);
    },
    deleteComment: async (id) => {
      await ask("remove a comment", "pull-requests: write", async (token) =>
        (await octokit(token)).request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", {
          ...here,
          comment_id: Number(id),
          ...inTime(),
        }),
      );
    },
  };
}

async function octokitFor(token: string) {
  const { getOctokit } = await import("@actions/github");
  const silent = (): void => undefined;
  return getOctokit(token, {
    baseUrl: apiUrl(),
    // The client would write deprecations and failed requests to the log as they come, raw.
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
}

/** As the runner tells it: `https://api.github.com`, `https://api.acme.ghe.com`, `https://github.acme.example/api/v3`. */
const apiUrl = (): string => (process.env.GITHUB_API_URL || "https://api.github.com").replace(/\/+$/, "");

const inTime = (): { request: { signal: AbortSignal } } => ({ request: { signal: AbortSignal.timeout(ANSWER_MS) } });

type Answered = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
};

/** A module of Node's own, loaded when the first request is made: every door would pay for it. */
const httpFor = (url: string): typeof import("node:https") =>
  process.getBuiltinModule(url.startsWith("http:") ? "node:http" : "node:https") as typeof import("node:https");

/**
 * One GET, by Node's own client: octokit and its fetch take longer to load than all that a skipped training does. Behind a
 * proxy the system's settings count, as Node reads them (`HTTPS_PROXY`, `NO_PROXY`).
 */
async function open(url: string, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<Answered> {
  const http = httpFor(url);
  const proxied = Object.keys(process.env).some((name) => /^https?_proxy$/i.test(name) && process.env[name]);
  return await new Promise((resolve, reject) => {
    const agent = proxied ? { agent: new http.Agent({ proxyEnv: process.env }) } : {};
    const request = http.get(url, { headers: { "user-agent": "model-road", ...headers }, signal, ...agent }, (answer) =>
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer }),
    );
    request.on("error", reject);
  });
}

/**
 * Reads JSON of the REST API. A repository that was renamed answers with another address of the same host; the token goes
 * nowhere else.
 * @throws StatusError for every answer that is not 2xx (or the redirect that was asked for)
 */
async function get(
  url: string,
  token: string,
  { redirect = "follow" }: { redirect?: "follow" | "tell" } = {},
): Promise<{ data: unknown; location: string | undefined }> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  let at = url;
  for (let hops = 0; ; hops++) {
    const { status, headers, body } = await open(
      at,
      {
        authorization: `token ${token}`,
        accept: "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
      },
      signal,
    );
    const text = await textOf(body);
    if (status >= 200 && status < 300) return { data: JSON.parse(text), location: undefined };
    const next = headers.location === undefined ? null : URL.parse(headers.location, at);
    if (status === 302 && redirect === "tell") return { data: undefined, location: headers.location };
    if (![301, 302, 307, 308].includes(status) || hops >= MAX_HOPS || next?.origin !== new URL(at).origin) {
      throw new StatusError(status, headers, saidIn(text));
    }
    at = next.href;
  }
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) {
      throw new ActionError({
        where: "GitHub",
        expected: `an answer of at most ${MAX_ANSWER_BYTES} bytes`,
        seen: "more",
      });
    }
  }
  return Buffer.concat(parts).toString("utf8");
}

/** The one field of a refusal that is told. */
function saidIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Ids go into an address. @throws ActionError for what is none */
function number(id: string): string {
  if (/^\d{1,20}$/.test(id)) return id;
  throw new ActionError({ where: "an id of GitHub's", expected: "digits", seen: quote(id, 40) });
}

/**
 * Follows the one redirect of a download, without the token: the address is signed, and its host is another's. The bytes go to
 * a file beside, which takes its place when size and digest are right. Not synced: after a crash no one reads it.
 */
async function download(
  what: string,
  location: string | undefined,
  file: string,
  { maxBytes, sha256 }: { maxBytes: number; sha256: string },
): Promise<void> {
  const url = URL.parse(location ?? "");
  if (!url || (url.protocol !== "https:" && url.protocol !== new URL(apiUrl()).protocol)) {
    throw new ActionError({ where: what, expected: "a redirect to an https address", seen: "none" });
  }
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), STALL_MS);
  const beside = `${file}.part`;
  try {
    const { status, headers, body } = await open(url.href, {}, stalled.signal);
    // A signed address that is refused has run out; a new one is asked for.
    if (status !== 200) throw new StatusError(status < 500 ? 503 : status, headers);
    await mkdir(dirname(file), { recursive: true });
    const target = await openFile(beside, "w", 0o600);
    const digest = process.getBuiltinModule("node:crypto").createHash("sha256");
    let bytes = 0;
    try {
      for await (const piece of body) {
        clearTimeout(timer);
        timer = setTimeout(() => stalled.abort(), STALL_MS);
        bytes += piece.length;
        if (bytes > maxBytes)
          throw new ActionError({ where: what, expected: `at most ${maxBytes} bytes`, seen: "more" });
        digest.update(piece);
        await target.writeFile(piece);
      }
    } finally {
      await target.close();
    }
    const seen = digest.digest("hex");
    if (seen !== sha256) {
      throw new ActionError({ where: what, expected: `sha256 ${sha256}`, seen });
    }
    await rename(beside, file);
  } finally {
    clearTimeout(timer);
    await rm(beside, { force: true });
  }
}

/** An answer that is none, in the form in which octokit throws it. */
class StatusError extends Error {
  readonly status: number;
  readonly response: { readonly headers: Record<string, unknown>; readonly data: { readonly message?: string } };

  constructor(status: number, headers: Record<string, unknown>, said?: string) {
    super(`status ${status}`);
    this.name = "StatusError";
    this.status = status;
    this.response = { headers, data: said === undefined ? {} : { message: said } };
  }
}

type Trouble = { readonly status: number | undefined; readonly pauseMs: number | undefined };

/** The status of a failed request, and the pause that the service asks for. No status: the connection failed. */
function troubleOf(thrown: unknown): Trouble {
  // A judgement of ours (too large, other digest) is final.
  if (thrown instanceof ActionError) return { status: 400, pauseMs: undefined };
  const { status, response } = thrown as { status?: unknown; response?: { headers?: Record<string, unknown> } };
  if (typeof status !== "number" || response === undefined) return { status: undefined, pauseMs: undefined };
  const headers = response.headers ?? {};
  const asked = secondsOf(headers["retry-after"]);
  const exhausted = (status === 403 || status === 429) && headers["x-ratelimit-remaining"] === "0";
  if (exhausted && asked === undefined) {
    const until = Number(headers["x-ratelimit-reset"]) * 1000 - Date.now();
    return { status, pauseMs: Number.isFinite(until) ? Math.max(until, 1000) : undefined };
  }
  return { status, pauseMs: asked };
}

const secondsOf = (header: unknown): number | undefined => {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
};

/** One sentence for a failure: never the body or the headers of the answer. */
function told(what: string, permission: string, thrown: unknown): unknown {
  if (thrown instanceof ActionError) return thrown;
  const { status, pauseMs } = troubleOf(thrown);
  const { data } = (thrown as { response?: { data?: { message?: unknown } } }).response ?? {};
  const said = typeof data?.message === "string" ? ` ${quote(data.message, 120)}` : "";
  const where = `GitHub, to ${what}`;
  const expected = "an answer";
  if (status === undefined) {
    return new ActionError({ where, expected, seen: quote(messageOf(thrown), 160) }, { cause: thrown });
  }
  const limited = status === 429 || (status === 403 && (pauseMs !== undefined || said.includes("rate limit")));
  const fix = limited
    ? "GitHub limits how often it is asked: run again later."
    : status === 401
      ? "The token is wrong or has expired: leave github-token out, the job's own is its default."
      : status === 403
        ? `Give the job "permissions: ${permission}".`
        : status >= 500
          ? "GitHub is in trouble (githubstatus.com): run again later."
          : undefined;
  return new ActionError(
    { where, expected, seen: `status ${status}${said}`, ...(fix === undefined ? {} : { fix }) },
    { cause: thrown },
  );
}

type ArtifactAnswer = {
  id: number;
  name: string;
  size_in_bytes: number;
  expired: boolean;
  created_at: string | null;
  digest?: string | null;
  workflow_run?: {
    id?: number;
    repository_id?: number;
    head_repository_id?: number;
    head_branch?: string;
    head_sha?: string;
  } | null;
};

function artifactOf(data: ArtifactAnswer): StoredArtifact {
  const run = data.workflow_run ?? {};
  return {
    id: String(data.id),
    name: data.name,
    bytes: data.size_in_bytes,
    expired: data.expired,
    sha256: /^sha256:([0-9a-f]{64})$/.exec(data.digest ?? "")?.[1],
    createdAt: data.created_at ?? "",
    run: {
      id: String(run.id ?? ""),
      repositoryId: String(run.repository_id ?? ""),
      headRepositoryId: String(run.head_repository_id ?? ""),
      headBranch: run.head_branch ?? "",
      headSha: run.head_sha ?? "",
    },
  };
}

type RunAnswer = {
  status?: string | null;
  id: number | bigint;
  run_number: number;
  event: string;
  head_sha: string;
  head_branch: string | null;
  path: string;
  repository: { id: number | bigint };
  head_repository: { id: number | bigint } | null;
  head_repository_id?: number | bigint;
  pull_requests: readonly { number: number }[] | null;
  run_attempt?: number;
};

const runOf = (data: RunAnswer): WorkflowRun => ({
  id: String(data.id),
  number: data.run_number,
  status: data.status ?? "",
  event: data.event,
  headSha: data.head_sha,
  headBranch: data.head_branch ?? "",
  // `@refs/heads/main` follows where the file was taken from another commit than the run's.
  path: data.path.replace(/@.*$/s, ""),
  repositoryId: String(data.repository.id),
  // A fork that was deleted has no repository any more.
  headRepositoryId: String(data.head_repository?.id ?? data.head_repository_id ?? ""),
  pullRequests: (data.pull_requests ?? []).map(({ number }) => number),
  attempt: data.run_attempt ?? 1,
});

type PullAnswer = {
  number: number;
  merged_at: string | null;
  merge_commit_sha: string | null;
  head: { sha: string; repo: { id: number | bigint } | null };
};

type DeploymentAnswer = {
  id: number;
  environment: string;
  sha: string;
  created_at: string;
  payload: unknown;
  transient_environment?: boolean;
  task: string;
};

type StatusAnswer = { id: number; state: string; created_at: string; log_url?: string; target_url?: string };

type OnePullAnswer = {
  number: number;
  state: string;
  head: { sha: string; repo: { id: number | bigint } | null };
  labels?: readonly { name?: string }[];
};

const pullOf = ({ number, state, head, labels }: OnePullAnswer): Pull => ({
  number,
  open: state === "open",
  headSha: head.sha,
  headRepositoryId: String(head.repo?.id ?? ""),
  labels: (labels ?? []).map(({ name }) => name ?? ""),
});

const deploymentOf = (data: DeploymentAnswer): StoredDeployment => ({
  id: String(data.id),
  environment: data.environment,
  sha: data.sha,
  createdAt: data.created_at,
  payload: data.payload,
  transient: data.transient_environment ?? false,
  task: data.task,
});

/** GitHub takes 140 characters of a deployment's description. */
const cut = (text: string): string => (text.length > 140 ? `${text.slice(0, 139)}…` : text);

type CommentAnswer = {
  id: number | bigint;
  body?: string;
  html_url: string;
  user: { login: string; type: string } | null;
};

function commentOf(data: CommentAnswer | undefined): Comment {
  if (!/^\d{1,20}$/.test(String(data?.id))) throw notGitHub("a comment with its number");
  const { id, body, user, html_url: url } = data!;
  return { id: String(id), body: body ?? "", author: user?.login ?? "", authorIsBot: user?.type === "Bot", url };
}

/** A proxy between us and GitHub may say 200 to anything. */
const notGitHub = (expected: string): ActionError =>
  new ActionError({
    where: "GitHub's answer",
    expected,
    seen: "something else",
    fix: "Does a proxy answer in its place?",
  });
