import { expect, test } from "vitest";

import { dispatch, pullRequest, push, release, schedule } from "./events.ts";
import { composite, oneJob, startBed, WORKFLOW } from "./test-bed.ts";

test("needs, if and outputs across jobs", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: `on: push
jobs:
  last:
    needs: [good, bad, skipped]
    if: always()
    runs-on: x
    steps: [{ run: 'echo "\${{ needs.good.outputs.a }} \${{ needs.bad.result }} \${{ needs.skipped.result }}"' }]
  good:
    runs-on: x
    outputs: { a: "\${{ steps.s.outputs.a }}", empty: "\${{ steps.s.outputs.nothing }}" }
    steps: [{ id: s, run: echo a=1 >> $GITHUB_OUTPUT }]
  bad:
    needs: good
    runs-on: x
    steps: [{ run: exit 3 }]
  skipped: { needs: bad, runs-on: x, steps: [{ run: echo never }] }
  rescue: { needs: bad, if: failure(), runs-on: x, steps: [{ run: echo rescued }] }
  after-skipped: { needs: last, runs-on: x, steps: [{ run: echo never }] }
`,
  });
  const { jobs, conclusion, log } = await bed.run();
  expect(Object.fromEntries(Object.entries(jobs).map(([id, job]) => [id, job.conclusion]))).toEqual({
    good: "success",
    bad: "failure",
    skipped: "skipped",
    last: "success",
    rescue: "success",
    "after-skipped": "skipped",
  });
  expect(jobs["good"]?.outputs).toEqual({ a: "1" });
  expect(jobs["last"]?.log).toContain("\n1 failure skipped\n");
  expect(log).not.toContain("\nnever\n");
  expect(conclusion).toBe("failure");
});

test("a failing step skips what follows, except what asks for it; continue-on-error keeps the job green", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- { id: soft, run: exit 1, continue-on-error: true }
- { id: pipe, run: 'false | true' }
- { id: hard, run: 'false | true', shell: bash }
- { id: skipped, run: echo no }
- { id: always, run: 'echo "\${{ steps.soft.outcome }} \${{ steps.soft.conclusion }} \${{ job.status }}"', if: always() }
- { id: failed, run: echo yes, if: failure() && steps.skipped.outcome == 'skipped' }`),
  });
  const result = await bed.run();
  const steps = result.jobs["main"]?.steps.map(({ id, outcome, conclusion }) => [id, outcome, conclusion]);
  expect(steps).toEqual([
    ["soft", "failure", "success"],
    ["pipe", "success", "success"],
    ["hard", "failure", "failure"],
    ["skipped", "skipped", "skipped"],
    ["always", "success", "success"],
    ["failed", "success", "success"],
  ]);
  expect(result.log).toContain("\nfailure success failure\n");
  expect(result.annotations.map((a) => a.message)).toEqual([
    "Process completed with exit code 1.",
    "Process completed with exit code 1.",
  ]);
  expect(result.conclusion).toBe("failure");
});

test("inside a composite success() asks about the composite's own steps", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- uses: actions/checkout@v7
- run: exit 1
- { uses: ./a, if: always() }`),
    "a/action.yml": composite(`- { run: echo first, shell: bash }
- { run: exit 2, shell: bash }
- { run: echo second, shell: bash }
- { run: echo third, shell: bash, if: failure() }`),
  });
  const [, , composed] = (await bed.run()).jobs["main"]?.steps ?? [];
  expect(composed?.children.map((child) => child.outcome)).toEqual(["success", "failure", "skipped", "success"]);
  expect(composed?.outcome).toBe("failure");
});

test("a job output that holds a mask is dropped with the runner's warning", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(
      `- id: s
  run: |
    echo "::add-mask::true"
    echo "a={\\"ok\\":true}" >> $GITHUB_OUTPUT
    echo "b=$TOKEN" >> $GITHUB_OUTPUT
    echo "c=fine" >> $GITHUB_OUTPUT
    echo "it is true and $TOKEN"
  env: { TOKEN: "\${{ secrets.TOKEN }}" }`,
      {
        job: "outputs: { a: '${{ steps.s.outputs.a }}', b: '${{ steps.s.outputs.b }}', c: '${{ steps.s.outputs.c }}' }",
      },
    ),
  });
  const { jobs, annotations } = await bed.run({ secrets: { TOKEN: "hunter2" } });
  expect(jobs["main"]?.outputs).toEqual({ c: "fine" });
  expect(jobs["main"]?.log).toContain("\nit is *** and ***\n");
  expect(annotations.map((a) => a.message)).toEqual([
    "Skip output 'a' since it may contain secret.",
    "Skip output 'b' since it may contain secret.",
  ]);
});

test("what a step prints is read as the runner reads it", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- id: s
  run: |
    printf '10%%\\r20%%\\r::warning file=a.py,line=3::from a progress bar\\r'
    echo "text ##[notice]in the middle"
    echo "::set-output name=old::still"
    echo "::stop-commands::abc"
    echo "::error::not one"
    echo "::abc::"
    echo "::error title=T::one%0Atwo" >&2
- { id: bad, run: 'echo "::set-env name=A::1"' }
- { id: file, run: 'echo broken >> $GITHUB_OUTPUT', if: always() }
- { id: node, run: 'echo NODE_OPTIONS=--inspect >> $GITHUB_ENV', if: always() }
- { run: 'echo "[$NODE_OPTIONS]"', if: always() }`),
  });
  const { jobs, log } = await bed.run();
  const [s, bad, file, node] = jobs["main"]?.steps ?? [];
  expect(s?.annotations).toEqual([
    { level: "warning", message: "from a progress bar", file: "a.py", line: 3 },
    { level: "notice", message: "in the middle" },
    { level: "error", message: "one\ntwo", title: "T" },
  ]);
  expect(s).toMatchObject({ outcome: "success", outputs: { old: "still" } });
  expect(s?.log).toContain("::error::not one");
  expect(bad).toMatchObject({ outcome: "failure" });
  expect(file).toMatchObject({ outcome: "failure", outputs: {} });
  expect(file?.annotations[1]?.message).toBe("Invalid format 'broken'");
  expect(node).toMatchObject({ outcome: "success" });
  expect(node?.annotations[0]?.message).toBe("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
  expect(log).toContain("\n[]\n");
});

test("ten annotations per level and step, shared by all steps of a composite; summaries one after the other", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- uses: actions/checkout@v7
- uses: ./a
- run: 'echo "## three" >> $GITHUB_STEP_SUMMARY'
- run: 'head -c 1048577 /dev/zero >> $GITHUB_STEP_SUMMARY'`),
    "a/action.yml":
      composite(`- { run: 'for i in 1 2 3 4 5 6 7; do echo "::warning::$i"; done; echo one >> $GITHUB_STEP_SUMMARY', shell: bash }
- { run: 'for i in 8 9 10 11 12; do echo "::warning::$i"; echo "::notice::$i"; done; echo two >> $GITHUB_STEP_SUMMARY', shell: bash }`),
  });
  const result = await bed.run();
  const levels = result.annotations.map((a) => a.level);
  expect(levels.filter((level) => level === "warning")).toHaveLength(10);
  expect(levels.filter((level) => level === "notice")).toHaveLength(5);
  expect(result.summary).toBe("one\n\ntwo\n\n## three\n");
  expect(result.annotations.at(-1)?.message).toContain("$GITHUB_STEP_SUMMARY upload aborted");
  expect(result.conclusion).toBe("success");
});

test("a matrix is one job for each combination, and a failure cancels the rest", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- run: test "\${{ matrix.n }}" != 2`, { job: "strategy: { matrix: { n: [1, 2, 3] } }" }),
  });
  const { jobs } = await bed.run();
  expect(Object.entries(jobs).map(([name, job]) => [name, job.conclusion])).toEqual([
    ["main (1)", "success"],
    ["main (2)", "failure"],
    ["main (3)", "cancelled"],
  ]);
});

test("dispatch inputs have the declared types and defaults", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: `on:
  workflow_dispatch:
    inputs:
      force: { type: boolean, default: false }
      name: { type: string, default: digits }
jobs: { main: { runs-on: x, steps: [{ run: 'echo "\${{ inputs.force == true }} \${{ inputs.name }} \${{ github.event.inputs.force }}"' }] } }
`,
  });
  const { log } = await bed.run({ event: dispatch({ inputs: { force: true } }) });
  expect(log).toContain("\ntrue digits true\n");
  await expect(bed.run({ event: dispatch({ inputs: { colour: "red" } }) })).rejects.toThrow(/Unexpected inputs/);
  await expect(bed.run({ event: push({ branch: "main" }) })).rejects.toThrow(
    /listens to workflow_dispatch, not to push/,
  );
});

test("a pull request runs its merge commit with its own payload; a fork gets no secret", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- uses: actions/checkout@v7
- run: |
    echo "[\${{ secrets.KEY }}] $GITHUB_REF $GITHUB_HEAD_REF $GITHUB_BASE_REF \${{ github.event.pull_request.head.sha }}"
    cat base.txt head.txt; git log -1 --format=%P; git status --porcelain`),
    "base.txt": "base\n",
  });
  const head = await bed.github.commit({
    branch: "change",
    from: "main",
    files: { "head.txt": "head\n" },
    message: "Add",
  });
  const base = await bed.github.commit({ branch: "main", files: { "base.txt": "newer base\n" }, message: "Move on" });
  const given = { number: 7, head: "change", labels: ["train"] };
  const own = await bed.run({ event: pullRequest(given), secrets: { KEY: "hunter2" } });
  expect(own.log).toContain(`\n[***] refs/pull/7/merge change main ${head}\nnewer base\nhead\n`);
  expect(await bed.github.git.git(["rev-parse", "refs/pull/7/merge^1", "refs/pull/7/merge^2"])).toBe(
    `${base}\n${head}`,
  );
  const fork = await bed.run({ event: pullRequest({ ...given, fork: "eve/models" }), secrets: { KEY: "hunter2" } });
  expect(fork.log).toContain("\n[] refs/pull/7/merge");
});

test("filters decide as on GitHub whether there is a run at all", async () => {
  await using bed = await startBed();
  const filtered = (on: string) => `on: ${on}\njobs: { main: { runs-on: x, steps: [{ run: echo ran }] } }\n`;
  const runs = async (on: string, branch: string) => {
    await bed.commit({ [WORKFLOW]: filtered(on) });
    await bed.github.commit({ branch, files: {}, from: "main", message: "Start" });
    return bed.run({ event: push({ branch }) }).then(
      () => true,
      () => false,
    );
  };
  expect(await runs("{ push: { branches: ['release/*'] } }", "release/1")).toBe(true);
  expect(await runs("{ push: { branches: ['release/*'] } }", "release/2/fix")).toBe(false);
  expect(await runs("{ push: { branches: ['**', '!main'] } }", "main")).toBe(false);
  expect(await runs("{ push: { branches-ignore: [dev] } }", "dev")).toBe(false);
  expect(await runs("{ push: { tags: ['v*'] } }", "v1")).toBe(false);
});

test("an expression that can not be evaluated fails its job", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: `on: push
jobs:
  empty: { runs-on: x, steps: [{ run: echo }] }
  matrix: { needs: empty, strategy: { matrix: { n: "\${{ fromJSON(needs.empty.outputs.list) }}" } }, runs-on: x, steps: [{ run: echo }] }
  env: { needs: empty, env: { A: "\${{ fromJSON(needs.empty.outputs.list).a }}" }, runs-on: x, steps: [{ run: echo }] }
  outputs: { outputs: { a: "\${{ fromJSON('{') }}" }, runs-on: x, steps: [{ run: echo }] }
`,
  });
  const { jobs } = await bed.run();
  expect(Object.entries(jobs).map(([id, job]) => [id, job.conclusion, job.annotations.length])).toEqual([
    ["empty", "success", 0],
    ["matrix", "failure", 1],
    ["env", "failure", 1],
    ["outputs", "failure", 1],
  ]);
});

test("timers run on the default branch, releases on their tag", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: `on: { schedule: [{ cron: "0 4 * * *" }], release: { types: [published] } }
jobs: { main: { runs-on: x, steps: [{ run: 'echo "$GITHUB_EVENT_NAME on $GITHUB_REF of \${{ github.event.release.tag_name }}"' }] } }
`,
  });
  await bed.github.git.git(["tag", "v1", "main"]);
  expect((await bed.run({ event: schedule() })).log).toContain("\nschedule on refs/heads/main of \n");
  expect((await bed.run({ event: release({ tag: "v1" }) })).log).toContain("\nrelease on refs/tags/v1 of v1\n");
  const edited = bed.run({ event: release({ tag: "v1", action: "edited" }) });
  await expect(edited).rejects.toThrow(/does not listen to release edited/);
});

test("a workflow that GitHub refuses is refused", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: oneJob("- { run: echo, colour: red }") });
  await expect(bed.run()).rejects.toThrow(/GitHub refuses .*main\.yml[\s\S]*colour/);
});

test("a re-run is the next attempt of the same run", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: oneJob('- run: echo "attempt $GITHUB_RUN_ATTEMPT of $GITHUB_RUN_NUMBER"') });
  const first = await bed.run();
  const again = await bed.run({ rerunOf: first.runId });
  expect([again.runId, again.attempt]).toEqual([first.runId, 2]);
  expect(again.log).toContain("\nattempt 2 of 1\n");
  expect((await bed.run()).log).toContain("\nattempt 1 of 2\n");
});
