import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { ActionError, messageOf, quote } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Comment, GitHub, StoredArtifact, StoredDeployment, WorkflowRun } from "../ports.ts";

type Octokit = Awaited<ReturnType<typeof octokitFor>>;

/** One answer may take so long; a download, between two pieces. */
const ANSWER_MS = 30_000;
const STALL_MS = 60_000;
const TRIES = 4;
const FIRST_PAUSE_MS = 400;
/** A service that asks for a longer pause is not waited for. */
const LONGEST_PAUSE_MS = 30_000;
const HEAD_START_MS = 5;
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
    request: (octokit: Octokit) => Promise<T>,
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
    client ??= octokitFor(token);
    const octokit = await client;
    for (let tried = 1; ; tried++) {
      try {
        return await request(octokit);
      } catch (thrown) {
        const { status, pauseMs } = troubleOf(thrown);
        if (status === 404 || status === 410) return undefined;
        const passing = status === undefined || status === 429 || status >= 500 || pauseMs !== undefined;
        const pause = pauseMs ?? firstPauseMs * 3 ** (tried - 1);
        if (!repeat || !passing || tried >= TRIES || pause > LONGEST_PAUSE_MS) throw told(what, permission, thrown);
        await delay(pause);
      }
    }
  }

  return {
    prepare: () => {
      if (!token || client) return;
      // A moment later: what the story has just started must get going first, since loading stops everything else.
      client = delay(HEAD_START_MS).then(async () => octokitFor(token));
      // Whoever asks next is told.
      client.catch(() => undefined);
    },
    artifact: async (id) => {
      const answer = await ask(`read artifact ${id}`, "actions: read", async ({ request }) =>
        request("GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}", {
          ...here,
          artifact_id: Number(id),
          ...inTime(),
        }),
      );
      return answer && artifactOf(answer.data);
    },
    artifactsNamed: async (name, { runId } = {}) => {
      const answer = await ask(`look for artifacts named ${name}`, "actions: read", async ({ request }) =>
        runId === undefined
          ? request("GET /repos/{owner}/{repo}/actions/artifacts", { ...here, name, per_page: PAGE, ...inTime() })
          : request("GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts", {
              ...here,
              run_id: Number(runId),
              name,
              per_page: PAGE,
              ...inTime(),
            }),
      );
      return (answer?.data.artifacts ?? [])
        .filter((artifact) => artifact.name === name)
        .map(artifactOf)
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || Number(b.id) - Number(a.id));
    },
    downloadArtifact: async (id, file, expect) => {
      const what = `download artifact ${id}`;
      const done = await ask(what, "actions: read", async (octokit) => {
        const { headers } = await octokit.request(
          "GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}",
          {
            ...here,
            artifact_id: Number(id),
            archive_format: "zip",
            request: { redirect: "manual", signal: AbortSignal.timeout(ANSWER_MS) },
          },
        );
        await download(octokit, what, headers.location, file, expect);
        return true;
      });
      if (!done) throw new ActionError({ where: what, expected: "an artifact", seen: "none, or an expired one" });
    },
    workflowRun: async (id) => {
      const answer = await ask(`read run ${id}`, "actions: read", async ({ request }) =>
        request("GET /repos/{owner}/{repo}/actions/runs/{run_id}", { ...here, run_id: Number(id), ...inTime() }),
      );
      return answer && runOf(answer.data);
    },
    compare: async (base, head) => {
      const answer = await ask("compare two commits", "contents: read", async ({ request }) =>
        request("GET /repos/{owner}/{repo}/compare/{base}...{head}", {
          ...here,
          base,
          head,
          per_page: 1,
          ...inTime(),
        }),
      );
      return answer?.data.status;
    },
    defaultBranch: async () => {
      const answer = await ask("read the repository", "contents: read", async ({ request }) =>
        request("GET /repos/{owner}/{repo}", { ...here, ...inTime() }),
      );
      if (answer) return answer.data.default_branch;
      throw new ActionError({
        where: `repository ${run.repository}`,
        expected: "one that the token can see",
        seen: "404",
      });
    },
    deployments: async ({ environment } = {}) => {
      const answer = await ask("read the deployments", "deployments: read", async ({ request }) =>
        request("GET /repos/{owner}/{repo}/deployments", {
          ...here,
          ...(environment === undefined ? {} : { environment }),
          per_page: PAGE,
          ...inTime(),
        }),
      );
      return (answer?.data ?? [])
        .map((data): StoredDeployment => ({
          id: String(data.id),
          environment: data.environment,
          sha: data.sha,
          createdAt: data.created_at,
          payload: data.payload,
          transient: data.transient_environment ?? false,
        }))
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || Number(b.id) - Number(a.id));
    },
    deploymentState: async (id) => {
      const answer = await ask(`read the state of deployment ${id}`, "deployments: read", async ({ request }) =>
        request("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
          ...here,
          deployment_id: Number(id),
          per_page: PAGE,
          ...inTime(),
        }),
      );
      const newest = (answer?.data ?? []).toSorted(
        (a, b) => b.created_at.localeCompare(a.created_at) || Number(b.id) - Number(a.id),
      );
      return newest[0]?.state;
    },
    comments: async (issue) => {
      const all: Comment[] = [];
      for (let page = 1; page <= MAX_PAGES; page++) {
        const answer = await ask(`read the comments of #${issue}`, "pull-requests: read", async ({ request }) =>
          request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
            ...here,
            issue_number: issue,
            per_page: PAGE,
            page,
            ...inTime(),
          }),
        );
        all.push(...(answer?.data ?? []).map(commentOf));
        if ((answer?.data.length ?? 0) < PAGE) break;
      }
      return all;
    },
    createComment: async (issue, body) => {
      const answer = await ask(
        `comment on #${issue}`,
        "pull-requests: write",
        async ({ request }) =>
          request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
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
      const answer = await ask("update a comment", "pull-requests: write", async ({ request }) =>
        request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
          ...here,
          comment_id: Number(id),
          body,
          ...inTime(),
        }),
      );
      return answer && commentOf(answer.data);
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

const apiUrl = (): string => process.env.GITHUB_API_URL || "https://api.github.com";

const inTime = (): { request: { signal: AbortSignal } } => ({ request: { signal: AbortSignal.timeout(ANSWER_MS) } });

/**
 * Follows the one redirect of a download, without the token: the address is signed, and its host is another's. The bytes go to
 * a file beside, which takes its place when size and digest are right.
 */
async function download(
  octokit: Octokit,
  what: string,
  location: string | undefined,
  file: string,
  { maxBytes, sha256 }: { maxBytes: number; sha256: string },
): Promise<void> {
  const url = URL.parse(location ?? "");
  if (!url || (url.protocol !== "https:" && url.protocol !== new URL(apiUrl()).protocol)) {
    throw new ActionError({ where: what, expected: "a redirect to an https address", seen: "none" });
  }
  const defaults: { request?: { fetch?: typeof fetch } } = octokit.request.endpoint.DEFAULTS;
  // The client's own fetch goes through the proxy where there is one.
  const through = defaults.request?.fetch ?? fetch;
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), STALL_MS);
  const beside = `${file}.part`;
  try {
    const answer = await through(url, { redirect: "error", signal: stalled.signal });
    if (!answer.ok || !answer.body)
      throw new StatusError(answer.status, answer.headers.get("retry-after") ?? undefined);
    await mkdir(dirname(file), { recursive: true });
    const target = await open(beside, "w", 0o600);
    const digest = process.getBuiltinModule("node:crypto").createHash("sha256");
    let bytes = 0;
    try {
      for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        timer = setTimeout(() => stalled.abort(), STALL_MS);
        bytes += piece.length;
        if (bytes > maxBytes)
          throw new ActionError({ where: what, expected: `at most ${maxBytes} bytes`, seen: "more" });
        digest.update(piece);
        await target.writeFile(piece);
      }
      await target.sync();
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

class StatusError extends Error {
  readonly status: number;
  readonly retryAfter: string | undefined;

  constructor(status: number, retryAfter: string | undefined) {
    super(`status ${status}`);
    this.name = "StatusError";
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

type Trouble = { readonly status: number | undefined; readonly pauseMs: number | undefined };

/** The status of a failed request, and the pause that the service asks for. No status: the connection failed. */
function troubleOf(thrown: unknown): Trouble {
  // A judgement of ours (too large, other digest) is final.
  if (thrown instanceof ActionError) return { status: 400, pauseMs: undefined };
  if (thrown instanceof StatusError) {
    // A signed address that is refused has run out; a new one is asked for.
    return { status: thrown.status < 500 ? 503 : thrown.status, pauseMs: secondsOf(thrown.retryAfter) };
  }
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
};

const runOf = (data: RunAnswer): WorkflowRun => ({
  id: String(data.id),
  number: data.run_number,
  event: data.event,
  headSha: data.head_sha,
  headBranch: data.head_branch ?? "",
  path: data.path,
  repositoryId: String(data.repository.id),
  // A fork that was deleted has no repository any more.
  headRepositoryId: String(data.head_repository?.id ?? data.head_repository_id ?? ""),
  pullRequests: (data.pull_requests ?? []).map(({ number }) => number),
});

type CommentAnswer = {
  id: number | bigint;
  body?: string;
  html_url: string;
  user: { login: string; type: string } | null;
};

const commentOf = (data: CommentAnswer): Comment => ({
  id: String(data.id),
  body: data.body ?? "",
  author: data.user?.login ?? "",
  authorIsBot: data.user?.type === "Bot",
  url: data.html_url,
});
