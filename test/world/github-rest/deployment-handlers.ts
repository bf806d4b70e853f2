import { shownUser } from "./comment-handlers.ts";
import { failure, type Handler, page } from "./answer.ts";
import { type Deployment, type DeploymentStatus, fullName, iso, type World } from "./world.ts";

export const deploymentHandlers: Record<string, Handler> = {
  "repos/create-deployment": async ({ body, token }, world) => {
    const sha = await world.git.resolve(body.ref);
    if (!sha) return failure(422, `No ref found for: ${body.ref}`);
    const deployment: Deployment = {
      id: world.nextId++,
      ref: body.ref,
      sha,
      task: body.task ?? "deploy",
      payload: body.payload ?? {},
      environment: body.environment ?? "production",
      description: body.description ?? null,
      transient: body.transient_environment ?? false,
      production: body.production_environment ?? (body.environment ?? "production") === "production",
      creator: token.user,
      createdAt: world.now(),
      statuses: [],
    };
    world.deployments.unshift(deployment);
    return { status: 201, body: shown(deployment, world) };
  },
  "repos/list-deployments": (request, world) => {
    const { environment, ref, sha, task } = request.query;
    const wanted = world.deployments
      .filter((d) => environment === undefined || d.environment === environment)
      .filter((d) => ref === undefined || d.ref === ref)
      .filter((d) => sha === undefined || d.sha === sha)
      .filter((d) => task === undefined || d.task === task);
    return page(
      request,
      world,
      `/repos/${fullName(world)}/deployments`,
      wanted.map((d) => shown(d, world)),
    );
  },
  "repos/delete-deployment": ({ parameters }, world) => {
    const deployment = find(parameters, world);
    if (!deployment) return failure(404, "Not Found");
    const active = deployment.statuses[0]?.state !== "inactive";
    if (active && world.deployments.length > 1) return failure(422, "We cannot delete an active deployment");
    world.deployments.splice(world.deployments.indexOf(deployment), 1);
    return { status: 204 };
  },
  "repos/create-deployment-status": ({ parameters, body, token }, world) => {
    const deployment = find(parameters, world);
    if (!deployment) return failure(404, "Not Found");
    if ((body.description ?? "").length > 140) {
      return failure(422, "Validation Failed: description is too long (maximum is 140 characters)");
    }
    const status: DeploymentStatus = {
      id: world.nextId++,
      state: body.state,
      description: body.description ?? "",
      environmentUrl: body.environment_url ?? "",
      logUrl: body.log_url ?? body.target_url ?? "",
      creator: token.user,
      createdAt: world.now(),
    };
    if (body.state === "success" && body.auto_inactive !== false) retireOthers(deployment, world, status);
    deployment.statuses.unshift(status);
    return { status: 201, body: shownStatus(status, deployment, world) };
  },
  "repos/list-deployment-statuses": (request, world) => {
    const deployment = find(request.parameters, world);
    if (!deployment) return failure(404, "Not Found");
    const path = `/repos/${fullName(world)}/deployments/${deployment.id}/statuses`;
    return page(
      request,
      world,
      path,
      deployment.statuses.map((s) => shownStatus(s, deployment, world)),
    );
  },
};

/** A success makes the earlier deployments of its environment inactive, unless they are transient or production. */
export function retireOthers(deployment: Deployment, world: World, status: DeploymentStatus): void {
  for (const other of world.deployments) {
    const same = other !== deployment && other.environment === deployment.environment;
    if (!same || other.transient || other.production) continue;
    if (other.statuses[0] && other.statuses[0].state !== "inactive") {
      other.statuses.unshift({ ...status, id: world.nextId++, state: "inactive", description: "" });
    }
  }
}

const find = (parameters: Record<string, string>, world: World) =>
  world.deployments.find((d) => String(d.id) === parameters["deployment_id"]);

function shown(deployment: Deployment, world: World): unknown {
  const api = `${world.origin}/repos/${fullName(world)}`;
  const url = `${api}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: `DE_${deployment.id}`,
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: shownUser(deployment.creator, world),
    created_at: iso(deployment.createdAt),
    updated_at: iso(deployment.createdAt),
    statuses_url: `${url}/statuses`,
    repository_url: api,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
  };
}

function shownStatus(status: DeploymentStatus, deployment: Deployment, world: World): unknown {
  const api = `${world.origin}/repos/${fullName(world)}`;
  const url = `${api}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: `DES_${status.id}`,
    state: status.state,
    creator: shownUser(status.creator, world),
    description: status.description,
    environment: deployment.environment,
    target_url: status.logUrl,
    created_at: iso(status.createdAt),
    updated_at: iso(status.createdAt),
    deployment_url: url,
    repository_url: api,
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
  };
}
