import { shownUser } from "./comment-handlers.ts";
import { shownRepository } from "./repository-handlers.ts";
import { failure, type Handler, page } from "./answer.ts";
import { fullName, iso, type PullRequest, type World } from "./world.ts";

export const pullHandlers: Record<string, Handler> = {
  "pulls/get": ({ parameters, example }, world) => {
    const pull = world.pulls.get(Number(parameters["pull_number"]));
    if (!pull) return failure(404, "Not Found");
    const template = example();
    return {
      status: 200,
      body: { ...template, ...whole(pull, template, world), merged: pull.merged, mergeable: true },
    };
  },
  "pulls/list": (request, world) => {
    const { state = "open", head, base } = request.query;
    const wanted = [...world.pulls.values()]
      .filter((p) => state === "all" || p.state === state)
      .filter((p) => head === undefined || head === `${p.headRepository.owner}:${p.head.ref}`)
      .filter((p) => base === undefined || base === p.base.ref)
      .toSorted((a, b) => b.number - a.number);
    const [template] = request.example();
    const shown = wanted.map((p) => ({ ...template, ...whole(p, template, world) }));
    return page(request, world, `/repos/${fullName(world)}/pulls`, shown);
  },
  "repos/list-pull-requests-associated-with-commit": async (request, world) => {
    const sha = await world.git.resolve(request.parameters["commit_sha"] ?? "");
    if (!sha) return failure(404, "Not Found");
    const [template] = request.example();
    const wanted: unknown[] = [];
    for (const pull of world.pulls.values()) {
      const own = [...(await world.git.between(pull.base.sha, pull.head.sha)), pull.mergeCommit];
      if (own.includes(sha)) wanted.push({ ...template, ...shownPull(pull, world) });
    }
    return page(request, world, `/repos/${fullName(world)}/commits/${sha}/pulls`, wanted);
  },
  "pulls/list-files": async (request, world) => {
    const pull = world.pulls.get(Number(request.parameters["pull_number"]));
    if (!pull) return failure(404, "Not Found");
    const common = await world.git.common(pull.base.sha, pull.head.sha);
    const changed = await world.git.git(["diff", "--name-status", "--no-renames", common, pull.head.sha]);
    const [template] = request.example();
    const status: Record<string, string> = { A: "added", D: "removed", M: "modified" };
    const files = changed
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [letter = "", filename = ""] = line.split("\t");
        return { ...template, filename, status: status[letter] ?? "changed" };
      });
    return page(request, world, `/repos/${fullName(world)}/pulls/${pull.number}/files`, files);
  },
};

/** As an answer about pull requests shows one: with its repositories whole, with all their addresses. */
function whole(pull: PullRequest, template: any, world: World): Record<string, unknown> {
  const shown = shownPull(pull, world) as { head: { repo: object }; base: { repo: object } };
  const side = (name: "head" | "base") => ({
    ...shown[name],
    repo: { ...template[name].repo, ...shown[name].repo },
  });
  return { ...shown, head: side("head"), base: side("base") };
}

/** A pull request as events and answers show it. */
export function shownPull(pull: PullRequest, world: World): Record<string, unknown> {
  const api = `${world.origin}/repos/${fullName(world)}`;
  const html = `https://github.com/${fullName(world)}/pull/${pull.number}`;
  const base = shownRepository(world);
  const head = {
    ...base,
    id: pull.headRepository.id,
    full_name: pull.headRepository.fullName,
    name: pull.headRepository.fullName.split("/")[1],
    fork: pull.headRepository.id !== world.id,
  };
  const owner = shownUser({ login: world.owner, id: world.ownerId, type: "User" }, world);
  const closedAt = pull.state === "closed" ? iso(pull.updatedAt) : null;
  return {
    id: 9000 + pull.number,
    node_id: `PR_${pull.number}`,
    number: pull.number,
    url: `${api}/pulls/${pull.number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: `${api}/issues/${pull.number}`,
    commits_url: `${api}/pulls/${pull.number}/commits`,
    comments_url: `${api}/issues/${pull.number}/comments`,
    review_comments_url: `${api}/pulls/${pull.number}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    statuses_url: `${api}/statuses/${pull.head.sha}`,
    state: pull.state,
    locked: false,
    draft: pull.draft,
    title: pull.title,
    body: pull.body ?? null,
    user: shownUser(pull.user, world),
    labels: pull.labels.map((name, i) => ({
      id: 100 + i,
      node_id: `LA_${i}`,
      url: `${api}/labels/${encodeURIComponent(name)}`,
      name,
      description: "",
      color: "ededed",
      default: false,
    })),
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    milestone: null,
    created_at: iso(pull.createdAt),
    updated_at: iso(pull.updatedAt),
    closed_at: closedAt,
    merged_at: pull.merged ? closedAt : null,
    merge_commit_sha: pull.mergeCommit,
    head: {
      label: `${pull.headRepository.owner}:${pull.head.ref}`,
      ref: pull.head.ref,
      sha: pull.head.sha,
      user: owner,
      repo: head,
    },
    base: { label: `${world.owner}:${pull.base.ref}`, ref: pull.base.ref, sha: pull.base.sha, user: owner, repo: base },
    author_association: "OWNER",
    auto_merge: null,
    active_lock_reason: null,
  };
}
