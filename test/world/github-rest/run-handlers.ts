import { shownUser } from "./comment-handlers.ts";
import { shownRepository } from "./repository-handlers.ts";
import { failure, type Handler, page } from "./answer.ts";
import { fullName, iso, type WorkflowRun, type World } from "./world.ts";

export const runHandlers: Record<string, Handler> = {
  "actions/get-workflow-run": async ({ parameters, example }, world) => {
    const run = world.runs.get(Number(parameters["run_id"]));
    if (!run) return failure(404, "Not Found");
    return { status: 200, body: { ...example(), ...(await shownRun(run, world)) } };
  },
  "actions/list-workflow-runs-for-repo": async (request, world) => {
    const { event, head_sha, branch } = request.query;
    const wanted = [...world.runs.values()]
      .filter((run) => event === undefined || run.event === event)
      .filter((run) => head_sha === undefined || run.headSha === head_sha)
      .filter((run) => branch === undefined || run.headBranch === branch)
      .toSorted((a, b) => b.id - a.id);
    const [template] = request.example().workflow_runs;
    const shown = await Promise.all(wanted.map(async (run) => ({ ...template, ...(await shownRun(run, world)) })));
    return page(request, world, `/repos/${fullName(world)}/actions/runs`, shown, "workflow_runs");
  },
  "actions/get-reviews-for-run": ({ parameters, example }, world) => {
    const run = world.runs.get(Number(parameters["run_id"]));
    if (!run) return failure(404, "Not Found");
    const [template] = example();
    const body = run.reviews.map(({ state, environment, user }) => ({
      ...template,
      state,
      comment: "",
      user: shownUser(user, world),
      environments: [{ ...template.environments[0], name: environment }],
    }));
    return { status: 200, body };
  },
  "actions/get-actions-cache-list": (request, world) => {
    const { key = "", ref } = request.query;
    const entries = world.results.caches.entries
      .filter((e) => e.done && e.key.startsWith(key) && (ref === undefined || e.scope === ref))
      .toSorted((a, b) => b.usedAt - a.usedAt);
    return {
      status: 200,
      body: {
        total_count: entries.length,
        actions_caches: entries.map((e) => ({
          id: e.id,
          ref: e.scope,
          key: e.key,
          version: e.version,
          last_accessed_at: iso(e.usedAt),
          created_at: iso(e.createdAt),
          size_in_bytes: world.results.blobs.get(e.blob).data?.length ?? 0,
        })),
      },
    };
  },
  "actions/delete-actions-cache-by-key": ({ query }, world) => {
    const { entries } = world.results.caches;
    const gone = entries.filter((e) => e.key === query["key"] && (!query["ref"] || e.scope === query["ref"]));
    if (gone.length === 0) return failure(404, "Not Found");
    for (const entry of gone) entries.splice(entries.indexOf(entry), 1);
    const actions_caches = gone.map((e) => ({ id: e.id, ref: e.scope, key: e.key, version: e.version }));
    return { status: 200, body: { total_count: gone.length, actions_caches } };
  },
  "checks/create": ({ body, example }, world) => {
    if (body.status === "completed" && !body.conclusion) {
      return failure(422, "Validation Failed: a completed check run needs a conclusion");
    }
    const check = { id: world.nextId++, name: body.name, headSha: body.head_sha, request: body };
    world.checks.push(check);
    return { status: 201, body: { ...example(201), id: check.id, name: check.name, head_sha: check.headSha } };
  },
  "checks/update": ({ parameters, body, example }, world) => {
    const check = world.checks.find((c) => String(c.id) === parameters["check_run_id"]);
    if (!check) return failure(404, "Not Found");
    Object.assign(check.request, body);
    return { status: 200, body: { ...example(200), id: check.id, name: check.name, head_sha: check.headSha } };
  },
};

/** A run as events and answers show it. */
export async function shownRun(run: WorkflowRun, world: World): Promise<Record<string, unknown>> {
  const url = `${world.origin}/repos/${fullName(world)}/actions/runs/${run.id}`;
  const commit = await world.git.describe(run.headSha);
  const person = { name: commit.author, email: "octavia@users.noreply.github.com" };
  const repositoryAt = (id: number, url: string, name: string) => ({ id, url, name });
  const [, headName = ""] = run.headRepositoryName.split("/");
  return {
    id: run.id,
    node_id: `WFR_${run.id}`,
    name: run.workflowName,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    run_number: run.number,
    run_attempt: run.attempt,
    event: run.event,
    display_title: commit.message.split("\n")[0],
    status: run.status,
    conclusion: run.conclusion,
    url,
    html_url: `https://github.com/${fullName(world)}/actions/runs/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    created_at: iso(run.createdAt),
    updated_at: iso(run.updatedAt),
    run_started_at: iso(run.createdAt),
    actor: shownUser(run.actor, world),
    triggering_actor: shownUser(run.actor, world),
    repository: shownRepository(world),
    head_repository: { ...shownRepository(world), id: run.headRepositoryId, full_name: run.headRepositoryName },
    head_repository_id: run.headRepositoryId,
    head_commit: {
      id: commit.sha,
      tree_id: commit.tree,
      message: commit.message,
      timestamp: commit.date,
      author: person,
      committer: person,
    },
    pull_requests: run.pullRequests.flatMap((number) => {
      const pull = world.pulls.get(number);
      if (!pull) return [];
      const api = `${world.origin}/repos`;
      return [
        {
          id: 9000 + number,
          number,
          url: `${api}/${fullName(world)}/pulls/${number}`,
          head: {
            ref: pull.head.ref,
            sha: pull.head.sha,
            repo: repositoryAt(run.headRepositoryId, `${api}/${run.headRepositoryName}`, headName),
          },
          base: {
            ref: pull.base.ref,
            sha: pull.base.sha,
            repo: repositoryAt(world.id, `${api}/${fullName(world)}`, world.name),
          },
        },
      ];
    }),
    referenced_workflows: [],
  };
}
