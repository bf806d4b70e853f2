/** What the service accepts and how it refuses: Twirp over JSON, with protojson's strictness about field names. */

export const TWIRP_PREFIX = "/twirp/github.actions.results.api.v1.";

/** The fields of every request message; any other is refused. */
export const MESSAGE_FIELDS: Record<string, readonly string[]> = {
  CreateCacheEntry: ["metadata", "key", "version"],
  FinalizeCacheEntryUpload: ["metadata", "key", "size_bytes", "version"],
  GetCacheEntryDownloadURL: ["metadata", "key", "restore_keys", "version"],
  CreateArtifact: [
    "workflow_run_backend_id",
    "workflow_job_run_backend_id",
    "name",
    "expires_at",
    "version",
    "mime_type",
  ],
  FinalizeArtifact: ["workflow_run_backend_id", "workflow_job_run_backend_id", "name", "size", "hash"],
  ListArtifacts: ["workflow_run_backend_id", "workflow_job_run_backend_id", "name_filter", "id_filter"],
  GetSignedArtifactURL: ["workflow_run_backend_id", "workflow_job_run_backend_id", "name"],
  DeleteArtifact: ["workflow_run_backend_id", "workflow_job_run_backend_id", "name"],
};

export class TwirpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
