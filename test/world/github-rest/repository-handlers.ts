import { shownUser } from "./comment-handlers.ts";
import type { Commit } from "./git-repository.ts";
import { failure, type Handler, page } from "./answer.ts";
import { fullName, type World } from "./world.ts";

/** An annotated tag is an object of its own: what GitHub shows is the commit behind it. */
const TAG_FORMAT = "--format=%(refname:lstrip=2) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)";
/** GitHub lists at most this many commits in a comparison. */
const COMPARED_COMMITS = 250;

export const repositoryHandlers: Record<string, Handler> = {
  "repos/get": ({ example }, world) => {
    // The example lacks a field that the description requires.
    const { source: _source, parent: _parent, template_repository: _template, ...whole } = example();
    return { status: 200, body: { language: null, ...whole, ...shownRepository(world) } };
  },

  "repos/compare-commits": async ({ parameters }, world) => {
    const [base, head] = await Promise.all(["base", "head"].map((side) => world.git.resolve(parameters[side] ?? "")));
    if (!base || !head) return failure(404, "Not Found");
    let common: string;
    try {
      common = await world.git.common(base, head);
    } catch {
      return failure(404, `No common ancestor between ${parameters["base"]} and ${parameters["head"]}.`);
    }
    const ahead = await world.git.between(base, head);
    const behind = await world.git.between(head, base);
    const url = `${world.origin}/repos/${fullName(world)}/compare/${parameters["base"]}...${parameters["head"]}`;
    const html = `https://github.com/${fullName(world)}/compare/${base}...${head}`;
    return {
      status: 200,
      body: {
        url,
        html_url: html,
        permalink_url: html,
        diff_url: `${html}.diff`,
        patch_url: `${html}.patch`,
        base_commit: shownCommit(await world.git.describe(base), world),
        merge_base_commit: shownCommit(await world.git.describe(common), world),
        status: statusOf(ahead.length, behind.length),
        ahead_by: ahead.length,
        behind_by: behind.length,
        total_commits: ahead.length,
        commits: await Promise.all(
          ahead.slice(0, COMPARED_COMMITS).map(async (sha) => shownCommit(await world.git.describe(sha), world)),
        ),
        files: [],
      },
    };
  },

  "repos/get-content": async ({ parameters, query }, world) => {
    const path = parameters["path"] ?? "";
    const commit = await world.git.resolve(query["ref"] ?? world.defaultBranch);
    const data = commit && (await world.git.read(commit, path));
    if (!commit || !data) return failure(404, "Not Found");
    const sha = await world.git.git(["rev-parse", `${commit}:${path}`]);
    const url = `${world.origin}/repos/${fullName(world)}/contents/${path}?ref=${commit}`;
    const gitUrl = `${world.origin}/repos/${fullName(world)}/git/blobs/${sha}`;
    const html = `https://github.com/${fullName(world)}/blob/${commit}/${path}`;
    return {
      status: 200,
      body: {
        type: "file",
        encoding: "base64",
        size: data.length,
        name: path.split("/").at(-1),
        path,
        content: data.toString("base64"),
        sha,
        url,
        git_url: gitUrl,
        html_url: html,
        download_url: null,
        _links: { git: gitUrl, self: url, html },
      },
    };
  },

  "repos/get-collaborator-permission-level": ({ parameters }, world) => {
    const permission = world.collaborators.get(parameters["username"] ?? "") ?? "read";
    return { status: 200, body: { permission, role_name: permission, user: null } };
  },

  "repos/list-tags": async (request, world) => {
    const text = await world.git.git(["for-each-ref", TAG_FORMAT, "refs/tags"]);
    const api = `${world.origin}/repos/${fullName(world)}`;
    const tags = text
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [name = "", sha = ""] = line.split(" ");
        return {
          name,
          commit: { sha, url: `${api}/commits/${sha}` },
          zipball_url: `${api}/zipball/refs/tags/${name}`,
          tarball_url: `${api}/tarball/refs/tags/${name}`,
          node_id: `REF_${name}`,
        };
      });
    return page(request, world, `/repos/${fullName(world)}/tags`, tags);
  },

  "repos/get-release-by-tag": ({ parameters, example }, world) => {
    const release = world.releases.find((r) => r.tag === parameters["tag"]);
    if (!release) return failure(404, "Not Found");
    return { status: 200, body: { ...example(), ...pick(release.request), id: release.id, tag_name: release.tag } };
  },

  "repos/create-release": ({ body, example }, world) => {
    if (world.releases.some((r) => r.tag === body.tag_name)) return failure(422, "Validation Failed: already_exists");
    const release = { id: world.nextId++, tag: body.tag_name, request: body };
    world.releases.push(release);
    return { status: 201, body: { ...example(201), ...pick(body), id: release.id, tag_name: release.tag } };
  },

  "git/create-ref": async ({ body }, world) => {
    if (await world.git.resolve(body.ref)) return failure(422, "Reference already exists");
    if (!(await world.git.resolve(body.sha))) return failure(422, "Object does not exist");
    await world.git.git(["update-ref", body.ref, body.sha]);
    return { status: 201, body: shownRef(body.ref, body.sha, world) };
  },

  "git/update-ref": async ({ parameters, body }, world) => {
    const ref = `refs/${parameters["ref"]}`;
    const current = await world.git.resolve(ref);
    if (!current || !(await world.git.resolve(body.sha))) return failure(422, "Reference does not exist");
    const lost = await world.git.between(body.sha, current);
    if (lost.length > 0 && body.force !== true) return failure(422, "Update is not a fast forward");
    await world.git.git(["update-ref", ref, body.sha]);
    return { status: 200, body: shownRef(ref, body.sha, world) };
  },
};

function statusOf(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return "diverged";
  if (ahead > 0) return "ahead";
  return behind > 0 ? "behind" : "identical";
}

const pick = ({ name, body, draft, prerelease }: Record<string, unknown>) =>
  Object.fromEntries(Object.entries({ name, body, draft, prerelease }).filter(([, value]) => value !== undefined));

const shownRef = (ref: string, sha: string, world: World) => {
  const api = `${world.origin}/repos/${fullName(world)}/git`;
  return {
    ref,
    node_id: `REF_${ref}`,
    url: `${api}/${ref}`,
    object: { type: "commit", sha, url: `${api}/commits/${sha}` },
  };
};

function shownCommit(commit: Commit, world: World): unknown {
  const api = `${world.origin}/repos/${fullName(world)}`;
  const person = { name: commit.author, email: "octavia@users.noreply.github.com", date: commit.date };
  return {
    url: `${api}/commits/${commit.sha}`,
    sha: commit.sha,
    node_id: `C_${commit.sha}`,
    html_url: `https://github.com/${fullName(world)}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    commit: {
      url: `${api}/git/commits/${commit.sha}`,
      author: person,
      committer: person,
      message: commit.message.trim(),
      comment_count: 0,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    },
    author: null,
    committer: null,
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}` })),
  };
}

/** The repository as answers show it in short. */
export function shownRepository(world: World): Record<string, unknown> {
  const name = fullName(world);
  const api = `${world.origin}/repos/${name}`;
  const owner = { login: world.owner, id: world.ownerId, type: "User" as const };
  const links = Object.fromEntries(Object.entries(LINKS).map(([key, suffix]) => [`${key}_url`, `${api}/${suffix}`]));
  return {
    id: world.id,
    node_id: `R_${world.id}`,
    name: world.name,
    full_name: name,
    private: true,
    owner: shownUser(owner, world),
    html_url: `https://github.com/${name}`,
    description: null,
    fork: false,
    url: api,
    default_branch: world.defaultBranch,
    ...links,
  };
}

const LINKS: Record<string, string> = {
  archive: "{archive_format}{/ref}",
  assignees: "assignees{/user}",
  blobs: "git/blobs{/sha}",
  branches: "branches{/branch}",
  collaborators: "collaborators{/collaborator}",
  comments: "comments{/number}",
  commits: "commits{/sha}",
  compare: "compare/{base}...{head}",
  contents: "contents/{+path}",
  contributors: "contributors",
  deployments: "deployments",
  downloads: "downloads",
  events: "events",
  forks: "forks",
  git_commits: "git/commits{/sha}",
  git_refs: "git/refs{/sha}",
  git_tags: "git/tags{/sha}",
  hooks: "hooks",
  issue_comment: "issues/comments{/number}",
  issue_events: "issues/events{/number}",
  issues: "issues{/number}",
  keys: "keys{/key_id}",
  labels: "labels{/name}",
  languages: "languages",
  merges: "merges",
  milestones: "milestones{/number}",
  notifications: "notifications{?since,all,participating}",
  pulls: "pulls{/number}",
  releases: "releases{/id}",
  stargazers: "stargazers",
  statuses: "statuses/{sha}",
  subscribers: "subscribers",
  subscription: "subscription",
  tags: "tags",
  teams: "teams",
  trees: "git/trees{/sha}",
};
