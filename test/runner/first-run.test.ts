import { expect, test } from "vitest";

import { push } from "./events.ts";
import { runWorkflow } from "./run-workflow.ts";
import { startBed } from "./test-bed.ts";

test("a job runs steps and composites, and hands outputs on", async () => {
  await using bed = await startBed({
    ".github/workflows/main.yml": `
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    outputs: { greeting: "\${{ steps.hello.outputs.greeting }}" }
    steps:
      - uses: actions/checkout@v7
      - id: hello
        uses: ./actions/hello
        with: { who: world }
  two:
    needs: one
    runs-on: ubuntu-latest
    steps:
      - run: echo "got \${{ needs.one.outputs.greeting }}"
`,
    "actions/hello/action.yml": `
name: hello
description: d
inputs: { who: { description: w, required: true } }
outputs: { greeting: { description: g, value: "\${{ steps.say.outputs.text }}" } }
runs:
  using: composite
  steps:
    - { uses: $/actions/say/node, id: say, with: { who: "\${{ inputs.who }}" } }
    - { run: 'echo "script says $WHO"', shell: bash, env: { WHO: "\${{ inputs.who }}" } }
`,
    "actions/say/node/action.yml": `
name: say
description: d
inputs: { who: { description: w } }
outputs: { text: { description: t } }
runs: { using: node24, main: ../main.cjs }
`,
    "actions/say/main.cjs": `require("node:fs").appendFileSync(process.env.GITHUB_OUTPUT, "text=hello " + process.env.INPUT_WHO + "\\n");`,
  });
  const result = await runWorkflow({ ...bed, workflow: ".github/workflows/main.yml", event: push({ branch: "main" }) });
  expect(result.log).toContain("script says world");
  expect(result.jobs["one"]?.outputs).toEqual({ greeting: "hello world" });
  expect(result.jobs["two"]?.log).toContain("\ngot hello world\n");
  expect(result.conclusion).toBe("success");
});
