import { pathOf } from "../domain/kubernetes/paths.ts";
import { recordOfPayload } from "../domain/record/deployment-payload.ts";
import type { Cluster } from "../ports.ts";
import type { CleanupInputs, CleanupPorts } from "./preview-cleanup.ts";

type Asked = {
  /** The one pull request in question; `undefined`: all. */
  readonly only: number | undefined;
  readonly openPulls: ReadonlySet<number>;
  readonly cluster: Cluster | undefined;
  readonly given: CleanupInputs;
};

/**
 * Takes away the tags of closed pull requests. An image that something serves keeps them: in this namespace, or by what GitHub knows
 * of its deployments. What a tag named is never deleted itself.
 */
export async function sweepTags(
  { only, openPulls, cluster, given }: Asked,
  { images, github, serving, log }: CleanupPorts,
): Promise<readonly string[]> {
  if (given.image === undefined) return [];
  const store = await images.open(given.image);
  const over = (await store.tags()).filter((tag) => {
    const pull = Number(/^pr-([1-9]\d{0,9})(?:-|$)/.exec(tag)?.[1]);
    return Number.isSafeInteger(pull) && !openPulls.has(pull) && (only === undefined || only === pull);
  });
  if (over.length === 0) return [];
  const objects = cluster === undefined ? [] : await cluster.list(pathOf("SeldonDeployment", given.namespace!));
  const texts = [
    ...objects.map(({ spec = null }) => JSON.stringify(spec)),
    ...(await serving.list()).map(({ record = "" }) => record),
  ];
  const served = new Set(texts.flatMap((text) => text.match(/sha256:[0-9a-f]{64}/g) ?? []));
  for (const each of await github.deployments()) {
    const digest = recordOfPayload(each.payload, each.id)?.image?.digest;
    if (digest === undefined || served.has(digest)) continue;
    if ((await github.deploymentState(each.id)) === "success") served.add(digest);
  }
  const gone: string[] = [];
  for (const tag of over) {
    const digest = await store.head(tag);
    if (digest === undefined) continue;
    if (served.has(digest) || texts.some((text) => text.includes(`:${tag}"`))) {
      log.info(`Tag ${tag} stays: something serves ${digest.slice(0, 19)}`);
      continue;
    }
    if (given["dry-run"]) {
      gone.push(tag);
      continue;
    }
    const how = await store.untag(tag);
    if (how === "unable") {
      log.info("This registry takes no tag away by itself: its own rules for old versions have to.");
      break;
    }
    gone.push(tag);
  }
  return gone;
}
