import { expect, test } from "vitest";

import { trackedProcesses } from "./processes.ts";
import { composite, nodeAction, oneJob, startBed, WORKFLOW } from "./test-bed.ts";

/** A node action that saves its input as state, and says in its post part what it finds. */
const KEEPER = {
  "keeper/action.yml": nodeAction("main: main.cjs, post: post.cjs", "{ me: { description: d } }"),
  "keeper/main.cjs": `require("node:fs").appendFileSync(process.env.GITHUB_STATE, "me=" + process.env.INPUT_ME + "\\n");
    if (process.env.INPUT_ME === "bad") process.exitCode = 1;`,
  "keeper/post.cjs": `console.log("post of " + process.env.STATE_me + ", input " + process.env.INPUT_ME);`,
};

test("post steps run last in first out with their saved state, also those of composites and of failed steps", async () => {
  await using bed = await startBed();
  await bed.commit({
    ...KEEPER,
    [WORKFLOW]: oneJob(`- uses: actions/checkout@v7
- { uses: ./keeper, with: { me: first } }
- { uses: ./facade, with: { me: inside } }
- { uses: ./conditional, with: { me: unwanted } }
- { uses: ./keeper, with: { me: bad } }
- { uses: ./keeper, with: { me: skipped } }`),
    "facade/action.yml": composite("- { uses: $/keeper, with: { me: '${{ inputs.me }}' } }", {
      inputs: "{ me: { description: d } }",
    }),
    "conditional/action.yml": nodeAction("main: ../keeper/main.cjs, post: ../keeper/post.cjs, post-if: success()"),
  });
  const result = await bed.run();
  expect(result.conclusion).toBe("failure");
  expect(result.log.split("\n").filter((line) => line.startsWith("post of"))).toEqual([
    "post of bad, input bad",
    "post of inside, input inside",
    "post of first, input first",
  ]);
  const posts = result.jobs["main"]?.steps.slice(6).map(({ name, outcome }) => [name, outcome]);
  expect(posts).toEqual([
    ["Post Run ./keeper", "success"],
    ["Post Run ./conditional", "skipped"],
    ["Post Run $/keeper", "success"],
    ["Post Run ./keeper", "success"],
  ]);
});

test("a pre script of a remote action runs before all steps, and of a local one not at all", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- run: echo "main step"
- uses: actions/checkout@v7
- uses: $/early
- uses: ./early`),
    "early/action.yml": nodeAction("pre: pre.cjs, main: main.cjs"),
    "early/pre.cjs": `console.log("early"); require("node:fs").appendFileSync(process.env.GITHUB_STATE, "seen=1\\n");`,
    "early/main.cjs": `console.log("state " + process.env.STATE_seen);`,
  });
  const result = await bed.run();
  const said = result.log.split("\n").filter((line) => /^(early|main step|state .*)$/.test(line));
  expect(said).toEqual(["early", "main step", "state 1", "state undefined"]);
  expect(result.annotations[0]?.message).toMatch(/`pre` execution is not supported for local action/);
});

test("what a step leaves running is ended with the job, unless it dropped the tracking id", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- run: |
    sleep 300 > /dev/null 2>&1 &
    RUNNER_TRACKING_ID= sleep 301 > /dev/null 2>&1 &
    echo "untracked $!"
    echo "id $RUNNER_TRACKING_ID"`),
  });
  const { log, conclusion } = await bed.run();
  expect(conclusion).toBe("success");
  expect(log).toMatch(/Terminate orphan process: pid \(\d+\) \(sleep\)/);
  const id = /^id (\S+)$/m.exec(log)?.[1] ?? "";
  await expect.poll(() => trackedProcesses(id)).toEqual([]);
  // The other one still runs: the signal arrives.
  expect(process.kill(Number(/^untracked (\d+)$/m.exec(log)?.[1]), "SIGKILL")).toBe(true);
});

const QUICK = { interruptMs: 300, terminateMs: 300, drainMs: 300 };

test("cancellation interrupts the step's own process, then post and always() steps run", async () => {
  await using bed = await startBed();
  await bed.commit({
    ...KEEPER,
    [WORKFLOW]: oneJob(`- uses: actions/checkout@v7
- { uses: ./keeper, with: { me: keeper } }
- { id: long, uses: ./long }
- { id: next, run: echo next }
- { id: always, run: 'echo "job is \${{ job.status }}"', if: always() }
- { id: cancelled, run: echo, if: cancelled() }
- { id: failed, run: echo, if: failure() }`),
    "long/action.yml": nodeAction(),
    "long/main.cjs": `const long = setTimeout(() => {}, 60_000);
      process.on("SIGINT", () => { console.log("interrupted"); clearTimeout(long); });
      console.log("waiting");`,
  });
  const run = await bed.start({ timings: QUICK, onLine: (line) => line === "waiting" && run.cancel() });
  const result = await run.result;
  expect(result.conclusion).toBe("cancelled");
  expect(result.log).toContain("\ninterrupted\n##[error]The operation was canceled.\n");
  expect(result.log).toContain("\njob is cancelled\n");
  expect(result.log).toContain("\npost of keeper, input keeper\n");
  const outcomes = Object.fromEntries((result.jobs["main"]?.steps ?? []).map((step) => [step.id, step.outcome]));
  expect(outcomes).toMatchObject({
    long: "cancelled",
    next: "skipped",
    always: "success",
    cancelled: "success",
    failed: "skipped",
  });
});

test("a process that ignores SIGINT and SIGTERM is killed; its children are left to the end of the job", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- run: |
    trap 'echo got INT' INT
    trap 'echo got TERM' TERM
    sleep 300 > /dev/null 2>&1 &
    echo waiting
    while true; do sleep 0.05; done`),
  });
  const run = await bed.start({ timings: QUICK, onLine: (line) => line === "waiting" && run.cancel() });
  const { log, processes } = await run.result;
  expect(log).toContain("\ngot INT\n");
  expect(log).toContain("\ngot TERM\n");
  expect(processes[0]?.exitCode).toBe(137);
  expect(log).toMatch(/Terminate orphan process: pid \(\d+\) \(sleep\)/);
});

test("a step that runs too long is stopped and fails", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: oneJob("- { run: sleep 60, timeout-minutes: 0.005, name: slow }") });
  const { conclusion, log } = await bed.run({ timings: QUICK });
  expect(conclusion).toBe("failure");
  expect(log).toContain("##[error]The action 'slow' has timed out after 0.005 minutes.");
});

test("a job that runs too long is cancelled", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: oneJob("- run: sleep 60", { job: "timeout-minutes: 0.005" }) });
  const { jobs } = await bed.run({ timings: QUICK });
  expect(jobs["main"]?.conclusion).toBe("cancelled");
});

test("the temporary folder is empty for every job, and a self-hosted workspace is not", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- run: |
    ls "$RUNNER_TEMP"/*.keep *.keep 2>/dev/null || echo none
    touch "$RUNNER_TEMP/a.keep" b.keep`),
  });
  expect((await bed.run()).log).toContain("\nnone\n");
  const second = (await bed.run()).log;
  expect(second).toContain("\nb.keep\n");
  expect(second).not.toContain("a.keep\n/");
  expect(second).not.toMatch(/_temp\/a\.keep$/m);
});
