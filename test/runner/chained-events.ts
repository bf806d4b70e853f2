// Events whose run has the rights of the default branch, although something outside of it made them happen.
import { shownUser } from "../world/github-rest/comment-handlers.ts";
import type { GitHub } from "../world/github-rest/github.ts";
import { shownPull } from "../world/github-rest/pull-handlers.ts";
import { shownRun } from "../world/github-rest/run-handlers.ts";
import { OCTOCAT, type User } from "../world/github-rest/world.ts";
import {
  common,
  type Event,
  type Happening,
  headOf,
  onBranch,
  pullPayload,
  type PullRequestEvent,
  READ,
  refresh,
  scope,
} from "./events.ts";
import type { Value } from "./expressions.ts";

/** The end of another workflow's run: the workflow file, the token and the secrets are the default branch's. */
export function workflowRun(given: { runId: number; action?: "requested" | "in_progress" | "completed" }): Event {
  return async (github) => {
    const { runId, action = "completed" } = given;
    const run = github.world.runs.get(runId);
    if (!run) throw new Error(`event: expected a run ${runId}, saw none.`);
    const workflow = { id: 7_000_001, name: run.workflowName, path: run.path, state: "active" };
    const shown = (await shownRun(run, github.world)) as Record<string, Value>;
    return {
      ...(await lowTrust(github, "workflow_run", { action, workflow, workflow_run: shown })),
      action,
      ofWorkflow: run.workflowName,
      filteredRef: `refs/heads/${run.headBranch}`,
    };
  };
}

/** A change of a pull request, told to the default branch. */
export function pullRequestTarget(given: PullRequestEvent): Event {
  return async (github) => {
    const before = github.world.pulls.get(given.number)?.head.sha;
    const pull = await refresh(github, given);
    const happening = await lowTrust(github, "pull_request_target", pullPayload(github, given, pull, before));
    return {
      ...happening,
      action: given.action ?? "opened",
      headRef: pull.head.ref,
      baseRef: pull.base.ref,
      filteredRef: `refs/heads/${pull.base.ref}`,
      ...(given.author && { actor: given.author }),
    };
  };
}

/** A comment on a pull request. */
export function issueComment(given: { number: number; body: string; author?: User }): Event {
  return async (github) => {
    const { number, body, author = OCTOCAT } = given;
    const pull = github.world.pulls.get(number);
    if (!pull) throw new Error(`event: expected a pull request #${number}, saw none.`);
    const { html_url, url, title } = shownPull(pull, github.world) as Record<string, string>;
    const payload = {
      action: "created",
      issue: {
        number,
        title: title ?? "",
        state: pull.state,
        pull_request: { html_url: html_url ?? "", url: url ?? "" },
      },
      comment: { id: 1, body, user: shownUser(author, github.world) as Record<string, Value> },
      ...common(github, author),
    };
    return { ...(await lowTrust(github, "issue_comment", payload)), action: "created", actor: author };
  };
}

/** A signal from outside by REST, which takes write access. */
export function repositoryDispatch(given: { type: string; payload?: Record<string, Value> }): Event {
  return async (github) => {
    const ref = `refs/heads/${github.defaultBranch}`;
    const payload = { action: given.type, branch: github.defaultBranch, client_payload: given.payload ?? {} };
    const happening = await onBranch(github, ref, await headOf(github, ref), { name: "repository_dispatch", payload });
    return { ...happening, action: given.type };
  };
}

/** A merge queue asks whether its next merge is good: the commit that the default branch would become. */
export function mergeGroup(given: { number: number }): Event {
  return async (github) => {
    const pull = github.world.pulls.get(given.number);
    if (!pull) throw new Error(`event: expected a pull request #${given.number}, saw none.`);
    const base = `refs/heads/${pull.base.ref}`;
    const baseSha = await headOf(github, base);
    const ref = `refs/heads/gh-readonly-queue/${pull.base.ref}/pr-${pull.number}-${baseSha}`;
    const message = `Merge pull request #${pull.number}`;
    const sha = await github.git.merge({ base: baseSha, head: pull.head.sha, message, ref });
    const happening = await onBranch(github, ref, sha, {
      name: "merge_group",
      payload: {
        action: "checks_requested",
        merge_group: { head_sha: sha, head_ref: ref, base_sha: baseSha, base_ref: base },
      },
    });
    return { ...happening, action: "checks_requested", filteredRef: base };
  };
}

/** On the default branch, with its rights, but with a cache that can only be read. */
async function lowTrust(github: GitHub, name: string, payload: Record<string, Value>): Promise<Happening> {
  const ref = `refs/heads/${github.defaultBranch}`;
  const happening = await onBranch(github, ref, await headOf(github, ref), { name, payload });
  return { ...happening, payload: { ...happening.payload, ...payload }, cacheScopes: [scope(ref, READ)] };
}
