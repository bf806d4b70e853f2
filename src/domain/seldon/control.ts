import type { Mistake } from "../../errors.ts";
import { textDigest } from "./digest.ts";
import type { ServerProgram, ServingState } from "./serving.ts";

/** The system's limit for the path of a Unix socket is 108 bytes with its end (104 on macOS). */
const MAX_SOCKET_PATH = 100;

/**
 * Where the front of a state folder takes control connections: in the folder itself, or, where that path is too long for a
 * socket, in a folder of this user below /tmp.
 */
export async function controlSocket(folder: string, uid: number): Promise<string> {
  const beside = `${folder}/control.sock`;
  if (Buffer.byteLength(beside) <= MAX_SOCKET_PATH) return beside;
  const short = textDigest(folder).slice("sha256:".length).slice(0, 24);
  return `/tmp/model-road-${uid}/${short}.sock`;
}

/** What the front keeps of a version that it serves. */
export type ServedVersion = {
  readonly deployId: string;
  readonly modelClass: string;
  readonly replicas: number;
  readonly record: string | undefined;
};

/** What is asked of a front over its control connection; each is answered by one `ControlAnswer` with its number. */
export type ControlRequest =
  | { readonly id: number; readonly do: "status" | "promote" | "settle" | "discard" | "end" | "stop" }
  /** Takes the one place to deploy, for as long as the connection lasts. */
  | { readonly id: number; readonly do: "begin"; readonly pid: number }
  | { readonly id: number; readonly do: "start"; readonly program: ServerProgram; readonly version: ServedVersion }
  | { readonly id: number; readonly do: "lines"; readonly count: number };

export type ControlAnswer = {
  readonly id: number;
  readonly state?: ServingState;
  /** Of the candidate. */
  readonly url?: string;
  readonly lines?: readonly string[];
  readonly mistakes?: readonly Mistake[];
};

/** Told without being asked, once, when the candidate's server has ended. */
export type ControlEvent = { readonly event: "ended"; readonly code: number | null; readonly signal: string | null };
