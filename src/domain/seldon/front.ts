import { basePath } from "./names.ts";

/** Paths that a gateway shows under other names than the model server itself has, as Seldon's executor maps them. */
const RENAMED: Readonly<Record<string, string>> = {
  "/api/v1.0/feedback": "/send-feedback",
  "/api/v0.1/feedback": "/send-feedback",
  "/api/v1.0/health/status": "/health/status",
  "/api/v1.0/metadata": "/metadata",
};

/**
 * The path at the model server for a path at the front, its query kept; `undefined` for what is not of this deployment.
 * @param target as the request line has it: `/seldon/demo/digits/api/v1.0/predictions?x=1`
 */
export function upstreamPath(target: string, namespace: string, name: string): string | undefined {
  const base = `${basePath(namespace, name)}/`;
  if (!target.startsWith(base)) return undefined;
  const rest = target.slice(base.length - 1);
  const query = rest.indexOf("?");
  const path = query < 0 ? rest : rest.slice(0, query);
  return serverPath(path) + (query < 0 ? "" : rest.slice(query));
}

/** The path at the model server for a path below the deployment: `/api/v1.0/health/status` → `/health/status`. */
export function serverPath(path: string): string {
  return Object.hasOwn(RENAMED, path) ? RENAMED[path]! : path;
}

/** An error in the form in which Seldon's own parts tell one. */
export function seldonError(code: number, reason: string, info: string): string {
  return `${JSON.stringify({ status: { code, info, reason, status: "FAILURE" } })}\n`;
}

/** Headers that belong to one connection and never pass (RFC 9110, 7.6.1), with what `connection` names. */
export function connectionHeaders(connection: string | undefined): ReadonlySet<string> {
  return new Set([
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    ...(connection ?? "").split(",").map((name) => name.trim().toLowerCase()),
  ]);
}
