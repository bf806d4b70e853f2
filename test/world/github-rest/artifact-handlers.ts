import type { Artifact } from "../results-service/artifacts.ts";
import { failure, type Handler, page } from "./answer.ts";
import { fullName, iso, type World } from "./world.ts";

export const artifactHandlers: Record<string, Handler> = {
  "actions/list-artifacts-for-repo": (request, world) => {
    const { name } = request.query;
    const wanted = finished(world).filter((a) => name === undefined || a.name === name);
    const path = `/repos/${fullName(world)}/actions/artifacts`;
    return page(
      request,
      world,
      path,
      wanted.map((a) => shown(a, world)),
      "artifacts",
    );
  },
  "actions/list-workflow-run-artifacts": (request, world) => {
    const run = world.runs.get(Number(request.parameters["run_id"]));
    if (!run) return failure(404, "Not Found");
    const { name } = request.query;
    const wanted = finished(world).filter((a) => a.run === run.backendId && (name === undefined || a.name === name));
    const path = `/repos/${fullName(world)}/actions/runs/${run.id}/artifacts`;
    return page(
      request,
      world,
      path,
      wanted.map((a) => shown(a, world)),
      "artifacts",
    );
  },
  "actions/get-artifact": ({ parameters }, world) => {
    const artifact = find(parameters, world);
    return artifact ? { status: 200, body: shown(artifact, world) } : failure(404, "Not Found");
  },
  "actions/download-artifact": ({ parameters }, world) => {
    const artifact = find(parameters, world);
    if (!artifact || parameters["archive_format"] !== "zip") return failure(404, "Not Found");
    if (world.results.artifacts.isExpired(artifact)) return failure(410, "Artifact has expired");
    return { status: 302, headers: { location: world.results.artifacts.downloadUrl(artifact) } };
  },
};

/** Uploaded ones, newest first, as REST lists them. */
function finished(world: World): Artifact[] {
  const known = new Set([...world.runs.values()].map((run) => run.backendId));
  return world.results.artifacts.artifacts.filter((a) => a.done && known.has(a.run)).toSorted((a, b) => b.id - a.id);
}

const find = (parameters: Record<string, string>, world: World) =>
  finished(world).find((a) => String(a.id) === parameters["artifact_id"]);

function shown(artifact: Artifact, world: World): unknown {
  const run = [...world.runs.values()].find((r) => r.backendId === artifact.run);
  const url = `${world.origin}/repos/${fullName(world)}/actions/artifacts/${artifact.id}`;
  return {
    id: artifact.id,
    node_id: `A_${artifact.id}`,
    name: artifact.name,
    size_in_bytes: artifact.size,
    url,
    archive_download_url: `${url}/zip`,
    expired: world.results.artifacts.isExpired(artifact),
    created_at: iso(artifact.createdAt),
    updated_at: iso(artifact.createdAt),
    expires_at: iso(artifact.expiresAt),
    digest: artifact.digest,
    workflow_run: run && {
      id: run.id,
      repository_id: world.id,
      head_repository_id: run.headRepositoryId,
      ...(run.headBranch !== null && { head_branch: run.headBranch }),
      head_sha: run.headSha,
    },
  };
}
