import { TwirpError } from "./twirp.ts";

/** What can be made to go wrong; a test changes the object while the service runs. */
export type Faults = {
  /** The token was downgraded (fork, `pull_request_target` …): 200 `{ok: false, message: "cache write denied: …"}`. */
  cacheWriteDenied?: boolean;
  /** The token has no readable scope: 403 "cache read denied: …". */
  cacheReadDenied?: boolean;
  /** "cut": full Content-Length, socket destroyed half way. "short": body and length both halved. "flip": one byte differs. */
  download?: "cut" | "short" | "flip" | undefined;
  /** Answers this status to the next n calls of a Twirp method or of "blob". */
  fail?: Record<string, { status: number; times: number; code?: string; message?: string; retryAfter?: number }>;
};

/** Throws the fault that was planned for this method, if one is left. */
export function throwPlanned(faults: Faults, method: string): void {
  const fault = faults.fail?.[method];
  if (!fault || fault.times <= 0) return;
  fault.times--;
  throw new TwirpError(fault.status, fault.code ?? "internal", fault.message ?? "injected fault", fault.retryAfter);
}
