import { failure, type Handler, page } from "./answer.ts";
import { type Comment, fullName, iso, type User, type World } from "./world.ts";

/** GitHub refuses longer ones, though its description does not say so. */
const BODY_LIMIT = 65_536;

const TOO_LONG = failure(422, `Validation Failed: body is too long (maximum is ${BODY_LIMIT} characters)`);

export const commentHandlers: Record<string, Handler> = {
  "issues/list-comments": (request, world) => {
    const issue = Number(request.parameters["issue_number"]);
    const path = `/repos/${fullName(world)}/issues/${issue}/comments`;
    const own = world.comments.filter((c) => c.issue === issue);
    return page(
      request,
      world,
      path,
      own.map((c) => shown(c, world)),
    );
  },
  "issues/get-comment": ({ parameters }, world) => {
    const comment = find(parameters, world);
    return comment ? { status: 200, body: shown(comment, world) } : failure(404, "Not Found");
  },
  "issues/create-comment": ({ parameters, body, token }, world) => {
    if (body.body.length > BODY_LIMIT) return TOO_LONG;
    const at = world.now();
    const issue = Number(parameters["issue_number"]);
    const comment = { id: world.nextId++, issue, user: token.user, body: body.body, createdAt: at, updatedAt: at };
    world.comments.push(comment);
    return { status: 201, body: shown(comment, world) };
  },
  "issues/update-comment": ({ parameters, body }, world) => {
    const comment = find(parameters, world);
    if (!comment) return failure(404, "Not Found");
    if (body.body.length > BODY_LIMIT) return TOO_LONG;
    Object.assign(comment, { body: body.body, updatedAt: world.now() });
    return { status: 200, body: shown(comment, world) };
  },
  "issues/delete-comment": ({ parameters }, world) => {
    const comment = find(parameters, world);
    if (!comment) return failure(404, "Not Found");
    world.comments.splice(world.comments.indexOf(comment), 1);
    return { status: 204 };
  },
};

const find = (parameters: Record<string, string>, world: World) =>
  world.comments.find((c) => String(c.id) === parameters["comment_id"]);

function shown(comment: Comment, world: World): unknown {
  const issue = `${world.origin}/repos/${fullName(world)}/issues/${comment.issue}`;
  return {
    id: comment.id,
    node_id: `IC_${comment.id}`,
    url: `${world.origin}/repos/${fullName(world)}/issues/comments/${comment.id}`,
    html_url: `https://github.com/${fullName(world)}/pull/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: issue,
    body: comment.body,
    user: shownUser(comment.user, world),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    author_association: comment.user.type === "Bot" ? "NONE" : "MEMBER",
    performed_via_github_app: null,
  };
}

/** A user as answers show one. */
export function shownUser(user: User, world: World): Record<string, unknown> {
  const url = `${world.origin}/users/${encodeURIComponent(user.login)}`;
  return {
    login: user.login,
    id: user.id,
    node_id: `U_${user.id}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${user.id}`,
    gravatar_id: "",
    url,
    html_url: `https://github.com/${user.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    site_admin: false,
  };
}
