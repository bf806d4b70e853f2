import { readFileSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { ActionError } from "../errors.ts";
import type { Locks } from "../ports.ts";

/**
 * Locks between processes, as files that name their holder. A holder that has died holds nothing: the next one takes over, so
 * that a killed job wedges no later one.
 */
export function fileLocks(): Locks {
  return { take };
}

async function take(
  path: string,
  { waitMs, onWait }: { waitMs: number; onWait?: (pid: number) => void },
): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const own = `${path}.${process.pid}.${crypto.randomUUID().slice(0, 8)}`;
  const content = `${process.pid} ${startOf(process.pid) ?? "-"}\n`;
  await writeFile(own, content, { mode: 0o600 });
  const until = performance.now() + waitMs;
  let told = false;
  try {
    for (;;) {
      try {
        // A link is made whole or not at all: nobody ever reads a half-written holder.
        await link(own, path);
        return async () => await rm(path, { force: true });
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
      }
      const holder = await readFile(path, "utf8").catch(() => undefined);
      if (holder === undefined) continue;
      const [pid = "", start = ""] = holder.trim().split(" ");
      if (!alive(Number(pid), start)) {
        await takeAway(path, holder);
        continue;
      }
      if (!told) onWait?.(Number(pid));
      told = true;
      if (performance.now() >= until) {
        throw new ActionError({
          where: path,
          expected: `to be free within ${waitMs / 1000} s`,
          seen: `process ${pid} still holds it`,
        });
      }
      await delay(50);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Renaming tells who took it away when several find a dead holder; one that meanwhile was a new holder's is put back. */
async function takeAway(path: string, dead: string): Promise<void> {
  const aside = `${path}.${crypto.randomUUID().slice(0, 8)}.dead`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, "utf8")) !== dead) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function alive(pid: number, start: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    // EPERM: somebody else's process, so not the one that wrote our file; but its file is not ours to judge.
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
  // A number is used again: the time of its start tells two processes of one number apart.
  return start === "-" || (startOf(pid) ?? start) === start;
}

/** Clock ticks since the machine's start, as /proc tells them; `undefined` where there is no /proc. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "dead" : fields[19];
  } catch {
    return undefined;
  }
}
