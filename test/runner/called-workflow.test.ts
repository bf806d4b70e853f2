import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

import { pullRequest } from "./events.ts";
import { oneJob, startBed, WORKFLOW } from "./test-bed.ts";

const CALLED = ".github/workflows/called.yml";

const called = `name: called
on:
  workflow_call:
    inputs:
      name: { type: string, required: true }
      deep: { type: boolean, default: true }
      count: { type: number }
    secrets:
      KEY: { required: true }
    outputs:
      greeting: { value: "\${{ jobs.greet.outputs.text }} of \${{ inputs.name }}" }
permissions: { contents: read }
env: { FROM_FILE: "\${{ inputs.name }}" }
jobs:
  greet:
    runs-on: x
    outputs: { text: "\${{ steps.s.outputs.text }}" }
    steps:
      - id: s
        run: |
          echo "text=hello" >> "$GITHUB_OUTPUT"
          echo "\${{ inputs.deep == true }} \${{ inputs.count }} [\${{ secrets.KEY }}] [\${{ secrets.OTHER }}] $FROM_FILE [$OF_CALLER]"
          echo "\${{ github.workflow }} \${{ github.event_name }} \${{ vars.PLACE }} \${{ job.workflow_file_path }}"
  after:
    needs: greet
    runs-on: x
    steps: [{ run: "echo second" }]
`;

const caller = (job: string, top = "") => `name: caller
on: [push, pull_request]
env: { OF_CALLER: x }
${top}
jobs:
  call:
    uses: ./${CALLED}
${job}
  last:
    needs: call
    runs-on: x
    steps: [{ run: 'echo "last: \${{ needs.call.outputs.greeting }} \${{ needs.call.result }}"' }]
`;

const given = `    with: { name: digits, count: 3 }
    secrets: { KEY: "\${{ secrets.MINE }}" }`;

test("a called workflow sees its inputs, its secrets and the caller's event; its outputs come back", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: caller(given), [CALLED]: called });
  const { jobs, log, conclusion } = await bed.run({
    secrets: { MINE: "hunter2", OTHER: "not-handed-over" },
    vars: { PLACE: "here" },
  });
  expect(conclusion, log).toBe("success");
  expect(Object.keys(jobs)).toEqual(["call / greet", "call / after", "last"]);
  expect(log).toContain("\ntrue 3 [***] [] digits []\n");
  expect(log).toContain(`\ncaller push here ${CALLED}\n`);
  expect(log).toContain("\nlast: hello of digits success\n");
});

test("secrets: inherit hands all over, and a matrix calls once for each combination", async () => {
  await using bed = await startBed();
  const job = `    strategy: { matrix: { name: [a, b] } }
    with: { name: "\${{ matrix.name }}", deep: false }
    secrets: inherit`;
  await bed.commit({ [WORKFLOW]: caller(job), [CALLED]: called });
  const { jobs, log } = await bed.run({ secrets: { KEY: "hunter2", OTHER: "correct-horse" } });
  expect(Object.keys(jobs)).toEqual([
    "call (a) / greet",
    "call (a) / after",
    "call (b) / greet",
    "call (b) / after",
    "last",
  ]);
  expect(log).toContain("\nfalse 0 [***] [***] b []\n");
});

test("what GitHub refuses before a run starts is refused", async () => {
  await using bed = await startBed();
  const refused = async (job: string, top = "", file = called) => {
    await bed.commit({ [WORKFLOW]: caller(job, top), [CALLED]: file });
    return await bed.run().then(
      () => "ran",
      (error: Error) => error.message,
    );
  };
  expect(await refused(`    with: { colour: red, name: x }\n    secrets: inherit`)).toContain("Invalid input, colour");
  expect(await refused(`    secrets: inherit`)).toContain("Input name is required");
  expect(await refused(`    with: { name: x }`)).toContain("Secret KEY is required");
  expect(await refused(given, "", called.replace("contents: read", "packages: write"))).toContain(
    "The nested job 'greet' is requesting 'packages: write', but is only allowed 'packages: read'.",
  );
  expect(await refused(given, "permissions: {}")).toContain("is only allowed 'contents: none'");
  expect(await refused(given, "", oneJob("- run: echo"))).toContain("has no workflow_call trigger");
  expect(await refused(given, "permissions: { contents: read }")).toBe("ran");
});

test("a failure inside fails the caller's job; a text is no boolean", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: caller(given), [CALLED]: called.replace("echo second", "exit 1") });
  const failed = await bed.run({ secrets: { MINE: "hunter2" } });
  expect(failed.conclusion).toBe("failure");
  expect(failed.jobs["last"]?.conclusion).toBe("skipped");

  const texts = `    with: { name: x, deep: "\${{ format('true') }}" }\n    secrets: inherit`;
  await bed.commit({ [WORKFLOW]: caller(texts), [CALLED]: called });
  const { jobs } = await bed.run({ secrets: { KEY: "hunter2" } });
  expect(jobs["call"]).toMatchObject({ conclusion: "failure" });
  expect(jobs["call"]?.annotations[0]?.message).toMatch(/input deep: expected a boolean, saw "true"/);
});

test("a workflow of another repository means itself by $/, and a fork's run hands it no secret", async () => {
  await using bed = await startBed();
  const root = join(bed.root, "shared");
  await mkdir(join(root, ".github/workflows"), { recursive: true });
  await mkdir(join(root, "say"), { recursive: true });
  await writeFile(
    join(root, "say/action.yml"),
    "name: say\ndescription: d\nruns: { using: composite, steps: [{ run: 'echo said by ${{ github.action_repository }}', shell: bash }] }\n",
  );
  await writeFile(
    join(root, CALLED),
    `on: { workflow_call: { secrets: { KEY: {} } } }
jobs: { one: { runs-on: x, steps: [{ uses: $/say }, { run: 'echo "[\${{ secrets.KEY }}] \${{ job.workflow_repository }}"' }] } }
`,
  );
  const files = {
    [WORKFLOW]: `on: [push, pull_request]
jobs: { call: { uses: shared/flows/${CALLED}@v1, secrets: inherit } }
`,
  };
  await bed.commit(files);
  await bed.github.commit({ branch: "change", from: "main", files: { x: "x" }, message: "Change" });
  const given = { repositories: { "shared/flows": root }, secrets: { KEY: "hunter2" } };
  const own = await bed.run(given);
  expect(own.log).toContain("\nsaid by shared/flows\n");
  expect(own.log).toContain("\n[***] shared/flows\n");
  const fork = await bed.run({ ...given, event: pullRequest({ number: 7, head: "change", fork: "eve/models" }) });
  expect(fork.log).toContain("\n[] shared/flows\n");
});
