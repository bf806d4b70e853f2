import type { Ancestry } from "../domain/rollout/release.ts";
import { messageOf } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { GitHub, Log } from "../ports.ts";

/** How our commit stands to the one that serves, by GitHub's compare: a shallow checkout knows too little. */
export async function ancestryOf(
  serving: { readonly repository: string; readonly sha: string } | undefined,
  sha: string,
  run: Pick<Run, "repository">,
  { github, log }: { readonly github: GitHub; readonly log: Log },
): Promise<Ancestry> {
  if (serving === undefined || serving.sha === "" || sha === "") return "unknown";
  if (serving.repository !== run.repository) return "unknown";
  if (serving.sha === sha) return "identical";
  try {
    return (await github.compare(serving.sha, sha)) ?? "unknown";
  } catch (thrown) {
    log.warning(`Whether this commit is newer than the one that serves can not be told: ${messageOf(thrown)}`);
    return "unknown";
  }
}
