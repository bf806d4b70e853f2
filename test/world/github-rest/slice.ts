// node test/world/github-rest/slice.ts <folder of the unpacked package @octokit/openapi>
// Writes slice.json: the operations that the actions call, with everything they refer to and nothing that is only prose.
// The package weighs 400 MB, so it is no dependency: `npm pack @octokit/openapi`, unpack it somewhere, run this once.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Node = { [key: string]: unknown };

const OPERATIONS = new Set([
  "actions/delete-actions-cache-by-key",
  "actions/download-artifact",
  "actions/get-actions-cache-list",
  "actions/get-artifact",
  "actions/get-reviews-for-run",
  "actions/get-workflow-run",
  "actions/list-artifacts-for-repo",
  "actions/list-workflow-run-artifacts",
  "actions/list-workflow-runs-for-repo",
  "checks/create",
  "checks/update",
  "git/create-ref",
  "git/update-ref",
  "issues/create-comment",
  "issues/delete-comment",
  "issues/get-comment",
  "issues/list-comments",
  "issues/update-comment",
  "pulls/get",
  "pulls/list",
  "pulls/list-files",
  "repos/compare-commits",
  "repos/create-deployment",
  "repos/create-deployment-status",
  "repos/create-release",
  "repos/delete-deployment",
  "repos/get",
  "repos/get-collaborator-permission-level",
  "repos/get-content",
  "repos/get-release-by-tag",
  "repos/list-deployment-statuses",
  "repos/list-deployments",
  "repos/list-pull-requests-associated-with-commit",
  "repos/list-tags",
]);

const folder = process.argv[2];
if (!folder) throw new Error("slice.ts: expected the folder of the unpacked package @octokit/openapi, saw nothing.");
const description = JSON.parse(readFileSync(join(folder, "generated", "api.github.com.json"), "utf8")) as {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Node>>;
  components: Record<string, Record<string, unknown>>;
};

const slice = {
  openapi: description.openapi,
  info: { title: description.info.title, version: description.info.version },
  paths: {} as Record<string, Record<string, Node>>,
  components: {} as Record<string, Record<string, unknown>>,
};
for (const [path, item] of Object.entries(description.paths)) {
  for (const [verb, operation] of Object.entries(item)) {
    if (!OPERATIONS.delete(String(operation.operationId))) continue;
    const { operationId, parameters, requestBody, responses } = operation;
    const kept = { operationId, parameters, requestBody, responses };
    slice.paths[path] = { ...slice.paths[path], [verb]: kept };
    follow(kept);
  }
}
if (OPERATIONS.size > 0) throw new Error(`not in the description: ${[...OPERATIONS].join(", ")}`);
writeFileSync(new URL("./slice.json", import.meta.url), `${JSON.stringify(withoutProse(slice))}\n`);

/** Copies every component that a node refers to, and what those refer to. */
function follow(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  const reference = (node as Node).$ref;
  if (typeof reference === "string") {
    const [, , kind = "", name = ""] = reference.split("/");
    const shelf = (slice.components[kind] ??= {});
    if (!(name in shelf)) {
      shelf[name] = description.components[kind]?.[name];
      follow(shelf[name]);
    }
  }
  for (const child of Object.values(node)) follow(child);
}

/** Drops descriptions and vendor extensions. Under `properties` such a key is a field's name and stays; so do examples. */
function withoutProse(node: unknown, keysAreNames = false): unknown {
  if (Array.isArray(node)) return node.map((child) => withoutProse(child));
  if (typeof node !== "object" || node === null) return node;
  const kept = Object.entries(node).filter(([key, value]) => keysAreNames || !isProse(key, value));
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      key === "value" || key === "example" ? value : withoutProse(value, key === "properties"),
    ]),
  );
}

function isProse(key: string, value: unknown): boolean {
  if (["description", "summary", "title"].includes(key)) return typeof value === "string";
  return key === "externalDocs" || key === "x-github";
}
