import { createHash } from "node:crypto";

import { type BlobStore, store } from "./blobs.ts";
import type { Claims } from "./runtime-token.ts";
import { TwirpError } from "./twirp.ts";

const DAY_MS = 86_400_000;

/** One artifact of one run. `run` is the backend id that the runtime token names; REST speaks of the run's number. */
export type Artifact = {
  id: number;
  run: string;
  job: string;
  name: string;
  blob: string;
  size: number;
  /** `sha256:<hex>` of the bytes as stored: the zip, or the file itself when it was uploaded without one. */
  digest: string;
  done: boolean;
  createdAt: number;
  expiresAt: number;
  mime: string;
};

type Message = {
  workflow_run_backend_id: string;
  workflow_job_run_backend_id?: string;
  name: string;
  expires_at?: string;
  mime_type?: string;
  size?: string;
  hash?: string;
  name_filter?: string;
  id_filter?: string;
};

/** The artifacts of all runs (artifact v4). */
export class ArtifactStore {
  readonly artifacts: Artifact[] = [];
  readonly #blobs: BlobStore;
  readonly #now: () => number;
  #nextId = 4001;

  constructor(blobs: BlobStore, now: () => number) {
    this.#blobs = blobs;
    this.#now = now;
  }

  /** A signed address of the stored bytes; it answers with the artifact's name as the file name. */
  downloadUrl(artifact: Artifact): string {
    return `${this.#blobs.sign(artifact.blob)}&name=${encodeURIComponent(artifact.name)}`;
  }

  isExpired(artifact: Artifact): boolean {
    return artifact.expiresAt <= this.#now();
  }

  remove(artifact: Artifact): void {
    this.artifacts.splice(this.artifacts.indexOf(artifact), 1);
  }

  /** Plants an artifact as if a run had uploaded it: for forged, old and damaged ones. */
  plant(given: Pick<Artifact, "run" | "name"> & { data: Buffer } & Partial<Artifact>): Artifact {
    const { data, ...fields } = given;
    const artifact: Artifact = {
      id: this.#nextId++,
      job: "planted",
      blob: this.#blobs.create("artifacts"),
      size: data.length,
      digest: `sha256:${createHash("sha256").update(data).digest("hex")}`,
      done: true,
      createdAt: this.#now(),
      expiresAt: this.#now() + 90 * DAY_MS,
      mime: "application/zip",
      ...fields,
    };
    store(this.#blobs.get(artifact.blob), data, artifact.mime);
    this.artifacts.push(artifact);
    return artifact;
  }

  #live(run: string): Artifact[] {
    return this.artifacts.filter((a) => a.run === run && !this.isExpired(a));
  }

  #one(message: Message, claims: Claims, done: boolean): Artifact {
    const { run } = ownIds(message, claims);
    const artifact = this.#live(run).find((a) => a.name === message.name && a.done === done);
    if (!artifact) throw new TwirpError(404, "not_found", "artifact not found");
    return artifact;
  }

  /** The Twirp methods of ArtifactService. */
  readonly methods = {
    CreateArtifact: (message: Message, claims: Claims) => {
      const { run, job } = ownIds(message, claims);
      if (this.#live(run).some((a) => a.name === message.name)) {
        throw new TwirpError(409, "already_exists", "an artifact with this name already exists on the workflow run");
      }
      const blob = this.#blobs.create("artifacts");
      this.artifacts.push({
        id: this.#nextId++,
        run,
        job,
        name: message.name,
        blob,
        size: 0,
        digest: "",
        done: false,
        createdAt: this.#now(),
        expiresAt: message.expires_at ? Date.parse(message.expires_at) : this.#now() + 90 * DAY_MS,
        mime: message.mime_type ?? "application/zip",
      });
      return { ok: true, signed_upload_url: this.#blobs.sign(blob) };
    },
    FinalizeArtifact: (message: Message, claims: Claims) => {
      const artifact = this.#one(message, claims, false);
      const blob = this.#blobs.get(artifact.blob);
      if (!blob.data || blob.data.length !== Number(message.size ?? 0)) return { ok: false };
      const digest = `sha256:${createHash("sha256").update(blob.data).digest("hex")}`;
      if (message.hash && message.hash !== digest) return { ok: false };
      Object.assign(artifact, { done: true, size: blob.data.length, digest });
      blob.type = artifact.mime;
      return { ok: true, artifact_id: String(artifact.id) };
    },
    ListArtifacts: (message: Message, claims: Claims) => {
      const { run } = ownIds(message, claims);
      const wanted = this.#live(run).filter(
        (a) =>
          a.done &&
          (message.name_filter === undefined || a.name === message.name_filter) &&
          (message.id_filter === undefined || String(a.id) === message.id_filter),
      );
      return {
        artifacts: wanted.map((a) => ({
          workflow_run_backend_id: a.run,
          workflow_job_run_backend_id: a.job,
          database_id: String(a.id),
          name: a.name,
          size: String(a.size),
          created_at: new Date(a.createdAt).toISOString(),
          digest: a.digest,
        })),
      };
    },
    GetSignedArtifactURL: (message: Message, claims: Claims) => ({
      signed_url: this.downloadUrl(this.#one(message, claims, true)),
    }),
    DeleteArtifact: (message: Message, claims: Claims) => {
      const artifact = this.#one(message, claims, true);
      this.remove(artifact);
      return { ok: true, artifact_id: String(artifact.id) };
    },
  };
}

/** A token speaks for one run only. */
function ownIds(message: Message, claims: Claims): { run: string; job: string } {
  const [, run = "", job = ""] = /Actions\.Results:([^: ]+):([^: ]+)/.exec(claims.scp) ?? [];
  if (message.workflow_run_backend_id !== run) {
    throw new TwirpError(403, "permission_denied", "token is for another run");
  }
  return { run, job: message.workflow_job_run_backend_id || job };
}
