import { namespacePath } from "../domain/kubernetes/paths.ts";
import { MANAGED_BY, MANAGER } from "../domain/rollout/release.ts";
import { ActionError, refuse } from "../errors.ts";
import type { Cluster, Log } from "../ports.ts";

/**
 * Makes the namespace where there is none. It is never removed again: others may have put something into it.
 * @param dryRun says what would be done
 * @returns whether it is there
 * @throws ActionError when it is ending, or may not be made
 */
export async function ensureNamespace(
  cluster: Cluster,
  namespace: string,
  { dryRun }: { readonly dryRun: boolean },
  { log }: { readonly log: Log },
): Promise<boolean> {
  const path = namespacePath(namespace);
  const found = await cluster.get(path).catch((thrown: unknown) => rightTo(thrown, "read"));
  if (found?.metadata.deletionTimestamp !== undefined) {
    refuse({
      where: `namespace ${namespace}`,
      expected: "one that stays",
      seen: "one that is being deleted",
      fix: "Wait until it is gone, or take another.",
    });
  }
  if (found !== undefined) return true;
  if (dryRun) {
    log.info(`The namespace ${namespace} would be made.`);
    return false;
  }
  const object = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace, labels: { [MANAGED_BY]: MANAGER } },
  };
  const made = await cluster.apply(path, object).catch((thrown: unknown) => rightTo(thrown, "make"));
  if (made.kind === "applied") log.info(`The namespace ${namespace} was made.`);
  return true;
}

function rightTo(thrown: unknown, what: string): never {
  if (!(thrown instanceof ActionError) || !thrown.mistakes[0]!.seen.startsWith("403")) throw thrown;
  throw new ActionError(
    {
      ...thrown.mistakes[0]!,
      expected: `the right to ${what} namespaces, which create-namespace needs`,
      fix: "A ClusterRole gives it; or make the namespace once, and leave create-namespace out.",
    },
    { cause: thrown },
  );
}
