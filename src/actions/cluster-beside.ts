import { pathOf } from "../domain/kubernetes/paths.ts";
import type { Beside } from "../domain/seldon/user-manifest.ts";
import { ActionError } from "../errors.ts";
import type { Log } from "../ports.ts";
import type { Place } from "./rollout.ts";

/**
 * Applies what a user's manifest holds beside the SeldonDeployment, before it: the pods need it. It stays when the deployment
 * fails or goes, as it may hold data or serve others.
 * @throws ActionError when the cluster refuses one, or another tool owns its fields
 */
export async function applyBeside(
  { cluster, namespace }: Place,
  beside: readonly Beside[],
  { dryRun }: { readonly dryRun: boolean },
  { log }: { readonly log: Log },
): Promise<void> {
  for (const { kind, name, document } of beside) {
    const object = { ...document, metadata: { ...(document.metadata as object), namespace } };
    const applying = await cluster.apply(pathOf(kind, namespace, name), object, { dryRun });
    if (applying.kind === "applied") {
      log.info(`${kind} ${namespace}/${name}: ${dryRun ? "would be applied" : "applied"}`);
      continue;
    }
    const where = `${kind} ${namespace}/${name}`;
    throw new ActionError(
      applying.kind === "stale"
        ? { where, expected: "an object without a resourceVersion", seen: "one that has changed since" }
        : applying.with.map(({ manager, field }) => ({
            where: `${where}, ${field}`,
            expected: "a field of these actions",
            seen: `one that ${manager} owns`,
          })),
    );
  }
}
