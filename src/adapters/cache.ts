import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

import { messageOf } from "../errors.ts";
import type { CacheIndex, Log } from "../ports.ts";

/**
 * What a cache entry names as its content. The service tells entries apart by a digest of this text, so it is one text on all
 * runners; the client reads `~` as the home folder.
 */
const INDEX_FILE = "~/.cache/model-road/index";

/** The Actions cache, used for its keys only. Trouble with it is a warning: it can not cost more than a training. */
export function cacheIndex(log: Log): CacheIndex {
  const orWarned = async <T>(doing: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (thrown) {
      log.warning(`The cache index could not be ${doing}: ${messageOf(thrown).split("\n", 1)[0]!.slice(0, 200)}`);
      return undefined;
    }
  };
  return {
    find: async (prefix) =>
      orWarned("asked", async () => {
        const { isFeatureAvailable, restoreCache } = await import("@actions/cache");
        if (!isFeatureAvailable()) return undefined;
        // Looked up only: the client would unpack an entry with absolute names, over any file of the runner.
        return await restoreCache([INDEX_FILE], `${prefix}none`, [prefix], { lookupOnly: true });
      }),
    put: async (key) =>
      (await orWarned("written", async () => {
        const { isFeatureAvailable, saveCache } = await import("@actions/cache");
        if (!isFeatureAvailable()) return false;
        const file = join(homedir(), INDEX_FILE.slice(2));
        await mkdir(join(file, ".."), { recursive: true });
        await writeFile(file, `${key}\n`);
        // -1: refused, as for a run with a read-only token; the client has said so itself.
        return await log.group("Writing the cache index", async () => (await saveCache([INDEX_FILE], key)) !== -1);
      })) ?? false,
  };
}
