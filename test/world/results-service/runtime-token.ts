import type { IncomingMessage } from "node:http";

import { TwirpError } from "./twirp.ts";

/** A cache scope is a ref; the permission bits are 1 read, 2 write, 3 both. */
export type CacheScope = { Scope: string; Permission: number };

export type Claims = { scp: string; ac: string; exp: number };

const FAR_FUTURE_SECONDS = 4_102_444_800;

/** The runtime token that a job gets. Unsigned, because no client checks the signature. */
export function runtimeToken(
  options: { run?: string; job?: string; scopes?: CacheScope[]; expiresAtSeconds?: number } = {},
): string {
  const {
    run = "run-1",
    job = "job-1",
    scopes = [{ Scope: "refs/heads/main", Permission: 3 }],
    expiresAtSeconds = FAR_FUTURE_SECONDS,
  } = options;
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims: Claims = {
    scp: `Actions.Example Actions.Results:${run}:${job}`,
    ac: JSON.stringify(scopes),
    exp: expiresAtSeconds,
  };
  return [encode({ alg: "none", typ: "JWT" }), encode(claims), "unsigned"].join(".");
}

/** Reads the bearer token of a request, or refuses as the service does. */
export function claimsOf(request: IncomingMessage, nowMs: number): Claims {
  const payload = /^Bearer [^.]+\.([^.]+)\./.exec(request.headers.authorization ?? "")?.[1];
  if (!payload) throw new TwirpError(401, "unauthenticated", "missing bearer token");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims;
  if (claims.exp * 1000 < nowMs) throw new TwirpError(401, "unauthenticated", "token expired");
  return claims;
}

/** The cache scopes that this token may read or write, in the order in which they are searched. */
export function scopesOf(claims: Claims, wanted: "read" | "write"): string[] {
  const bit = wanted === "read" ? 1 : 2;
  return (JSON.parse(claims.ac) as CacheScope[]).filter((s) => (s.Permission & bit) !== 0).map((s) => s.Scope);
}
