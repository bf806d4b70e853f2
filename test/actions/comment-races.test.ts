// Two runs that report at once, as two processes against one GitHub that knows no condition on a write.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { serialiseRecord } from "../../src/domain/record/record.ts";
import { reportMarker, runMarker } from "../../src/domain/report/sticky.ts";
import { passed } from "../domain/report/releases.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { ACTIONS_BOT } from "../world/github-rest/world.ts";

const root = resolve(import.meta.dirname, "..", "..");
let hub: GitHub;
let folder: string;
beforeAll(async () => {
  hub = await startGitHub({ owner: "acme", name: "digits" });
});
afterAll(async () => hub.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "comment-races-"));
});
const running = new Set<ChildProcess>();
afterEach(async () => {
  const ended = [...running].map(async (child) => new Promise((done) => child.once("exit", done)));
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(ended);
  rmSync(folder, { recursive: true, force: true });
});

function environmentOf(pull: number, runId: string): Record<string, string> {
  const eventPath = join(folder, `event-${pull}-${runId}.json`);
  writeFileSync(eventPath, JSON.stringify({ number: pull, pull_request: { number: pull, head: { ref: "try" } } }));
  return {
    GITHUB_REPOSITORY: "acme/digits",
    GITHUB_EVENT_NAME: "pull_request",
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_RUN_ID: runId,
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_WORKSPACE: folder,
    RUNNER_TEMP: join(folder, `temp-${pull}-${runId}`),
  };
}

const comments = (pull: number) => hub.world.comments.filter(({ issue }) => issue === pull);
const older = (issue: number) => ({
  id: hub.world.nextId++,
  issue,
  user: ACTIONS_BOT,
  body: `${reportMarker("digits")}\n${runMarker({ runId: "8", runAttempt: 1 })}\n\nbefore\n`,
  createdAt: 1,
  updatedAt: 1,
});

/** Each is two processes; the whole hundred runs by `npm run test:long`. */
const RACES = process.env["LONG_TESTS"] === "1" ? 100 : 16;
test(
  `two runs that write at once leave one comment with the newer run's text: ${RACES} of ${RACES} races`,
  async () => {
    const token = hub.createToken({ "pull-requests": "write" });
    const record = serialiseRecord(passed);
    // In every second race there is a comment already: it must be updated, not posted anew.
    const before = new Map<number, number>();
    for (let race = 0; race < RACES; race += 2) {
      const comment = older(1000 + race);
      hub.world.comments.push(comment);
      before.set(1000 + race, comment.id);
    }
    const writer = async (pull: number, runId: string): Promise<number | null> => {
      const child = spawn(process.execPath, [join(root, "src/main/report.ts")], {
        env: {
          PATH: process.env.PATH,
          ...environmentOf(pull, runId),
          GITHUB_API_URL: hub.rest.url,
          INPUT_RECORD: record,
          "INPUT_GITHUB-TOKEN": token,
        },
        stdio: "ignore",
      });
      running.add(child);
      return await new Promise((done) =>
        child.once("exit", (code) => {
          running.delete(child);
          done(code);
        }),
      );
    };
    const codes: (number | null)[] = [];
    for (let race = 0; race < RACES; race += 4) {
      const some = Array.from({ length: 4 }, (_, at) => 1000 + race + at);
      const ended = some.flatMap((pull) => ["9", "10"].map(async (runId) => writer(pull, runId)));
      codes.push(...(await Promise.all(ended)));
    }
    expect(codes).toEqual(Array(2 * RACES).fill(0));
    const pulls = Array.from({ length: RACES }, (_, race) => 1000 + race);
    const one = pulls.filter((pull) => comments(pull).length === 1);
    const kept = [...before].filter(([pull, id]) => comments(pull)[0]?.id === id);
    const newest = pulls.filter((pull) => comments(pull)[0]?.body.includes(runMarker({ runId: "10", runAttempt: 1 })));
    expect([one.length, kept.length, newest.length]).toEqual([RACES, RACES / 2, RACES]);
  },
  RACES * 15_000,
);
