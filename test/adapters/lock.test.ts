import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { fileLocks } from "../../src/adapters/lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("one at a time", async () => {
  const path = join(folder, "a.lock");
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      const release = await fileLocks().take(path, { waitMs: 10_000 });
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside--;
      await release();
    }),
  );
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test("a holder that lives is waited for, told, and named when it takes too long", async () => {
  const path = join(folder, "a.lock");
  await fileLocks().take(path, { waitMs: 0 });
  const waitedFor: number[] = [];
  await expect(fileLocks().take(path, { waitMs: 60, onWait: (pid) => waitedFor.push(pid) })).rejects.toThrow(
    `to be free within 0.06 s, saw process ${process.pid} still holds it`,
  );
  expect(waitedFor).toEqual([process.pid]);
});

test("the lock of a killed process is free", async () => {
  const path = join(folder, "a.lock");
  const url = new URL("../../src/adapters/lock.ts", import.meta.url).href;
  const script = `const{fileLocks}=await import(${JSON.stringify(url)});await fileLocks().take(${JSON.stringify(path)},{waitMs:0});console.log("held");setInterval(()=>{},1e3)`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  const release = await fileLocks().take(path, { waitMs: 0 });
  await release();
  expect(readdirSync(folder)).toEqual([]);
});

test.each(["", "garbage\n", `${process.pid} 1\n`])("a lock that names nobody alive is free: %j", async (content) => {
  const path = join(folder, "a.lock");
  writeFileSync(path, content);
  await (
    await fileLocks().take(path, { waitMs: 0 })
  )();
  expect(readdirSync(folder)).toEqual([]);
});
