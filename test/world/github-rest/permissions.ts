/** What a workflow's GITHUB_TOKEN may do: the keys and values of `permissions:`. */
export type Permissions = Record<string, "read" | "write">;

/** Every scope of `permissions:` that this stand-in knows. */
const SCOPES = [
  "actions",
  "attestations",
  "checks",
  "contents",
  "deployments",
  "discussions",
  "id-token",
  "issues",
  "models",
  "packages",
  "pages",
  "pull-requests",
  "security-events",
  "statuses",
] as const;

const COMMENTS = ["issues", "pull-requests"];

/** The scopes of which one is needed, per operation. Reading takes "read", all else takes "write". */
const NEEDED: Record<string, readonly string[]> = {
  "actions/delete-actions-cache-by-key": ["actions"],
  "actions/download-artifact": ["actions"],
  "actions/get-actions-cache-list": ["actions"],
  "actions/get-artifact": ["actions"],
  "actions/get-reviews-for-run": ["actions"],
  "actions/get-workflow-run": ["actions"],
  "actions/list-artifacts-for-repo": ["actions"],
  "actions/list-workflow-run-artifacts": ["actions"],
  "actions/list-workflow-runs-for-repo": ["actions"],
  "checks/create": ["checks"],
  "checks/update": ["checks"],
  "git/create-ref": ["contents"],
  "git/update-ref": ["contents"],
  "issues/create-comment": COMMENTS,
  "issues/delete-comment": COMMENTS,
  "issues/get-comment": COMMENTS,
  "issues/list-comments": COMMENTS,
  "issues/update-comment": COMMENTS,
  "pulls/get": ["pull-requests"],
  "pulls/list": ["pull-requests"],
  "pulls/list-files": ["pull-requests"],
  "repos/compare-commits": ["contents"],
  "repos/create-deployment": ["deployments"],
  "repos/create-deployment-status": ["deployments"],
  "repos/create-release": ["contents"],
  "repos/delete-deployment": ["deployments"],
  "repos/get": [],
  "repos/get-collaborator-permission-level": [],
  "repos/get-content": ["contents"],
  "repos/get-release-by-tag": ["contents"],
  "repos/list-deployment-statuses": ["deployments"],
  "repos/list-deployments": ["deployments"],
  "repos/list-pull-requests-associated-with-commit": ["pull-requests"],
  "repos/list-tags": ["contents"],
};

/** Whether a token with these permissions may call an operation. An operation without a row is a mistake of the table. */
export function isAllowed(permissions: Permissions, operation: string, verb: string): boolean {
  const scopes = NEEDED[operation];
  if (!scopes) throw new Error(`permissions.ts has no row for ${operation}`);
  if (scopes.length === 0) return true;
  return scopes.some((scope) => permissions[scope] === "write" || (verb === "GET" && permissions[scope] === "read"));
}

/**
 * The rights of a job's token.
 * @param asked the job's or the workflow's `permissions:`; undefined when neither has one
 * @param fallback the repository's setting for workflows that ask for nothing
 * @param readOnly a fork's pull request: nothing can be written, whatever was asked
 */
export function tokenPermissions(
  asked: string | Record<string, string> | undefined,
  fallback: Permissions,
  readOnly: boolean,
): Permissions {
  const granted: Permissions = {};
  if (asked === undefined) Object.assign(granted, fallback);
  else if (asked === "read-all" || asked === "write-all") {
    for (const scope of SCOPES) granted[scope] = asked === "read-all" ? "read" : "write";
  } else if (typeof asked === "object") {
    for (const [scope, level] of Object.entries(asked)) {
      if (level === "read" || level === "write") granted[scope] = level;
    }
  }
  if (!readOnly) return granted;
  return Object.fromEntries(
    Object.keys(granted)
      .filter((s) => s !== "id-token")
      .map((scope) => [scope, "read"]),
  );
}
