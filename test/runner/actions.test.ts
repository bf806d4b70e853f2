import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { composite, nodeAction, oneJob, startBed, WORKFLOW } from "./test-bed.ts";

/** Sets the output `text` to what the input `say` says, after what stands before it. */
const SAY = (before: string) =>
  `require("node:fs").appendFileSync(process.env.GITHUB_OUTPUT, "text=${before} " + process.env.INPUT_SAY + "\\n");`;

const SPEAKER = nodeAction("main: ../../speak.cjs", "{ say: { description: d } }", "{ text: { description: d } }");

test("composites nest, with inputs, defaults and outputs at every level", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(
      `- uses: actions/checkout@v7
- { id: a, uses: ./outer, with: { say: hello } }
- { run: 'echo "result: \${{ steps.a.outputs.text }} \${{ steps.a.outputs.default }}"' }`,
      { job: "outputs: { text: '${{ steps.a.outputs.text }}' }" },
    ),
    "outer/action.yml": composite(
      `- { id: b, uses: ./inner, with: { say: '\${{ inputs.say }}' } }
- { run: 'echo "inner steps are not seen: [\${{ steps.c.outputs.text }}]"', shell: bash }`,
      {
        inputs: "{ say: { description: d }, mood: { description: d, default: 'calm on ${{ github.ref_name }}' } }",
        outputs: `
  text: { description: d, value: '\${{ steps.b.outputs.text }}' }
  default: { description: d, value: '\${{ inputs.mood }}' }`,
      },
    ),
    "inner/action.yml": composite(`- { id: c, uses: $/parts/node, with: { say: '\${{ inputs.say }}' } }`, {
      inputs: "{ say: { description: d } }",
      outputs: "{ text: { description: d, value: '${{ steps.c.outputs.text }}' } }",
    }),
    "parts/node/action.yml": SPEAKER,
    "speak.cjs": SAY("says"),
  });
  const result = await bed.run();
  expect(result.log).toContain("\nresult: says hello calm on main\n");
  expect(result.log).toContain("\ninner steps are not seen: []\n");
  expect(result.jobs["main"]?.outputs).toEqual({ text: "says hello" });
  const outer = result.jobs["main"]?.steps[1];
  expect(outer).toMatchObject({ id: "a", conclusion: "success", outputs: { text: "says hello" } });
  expect(outer?.children[0]?.children[0]).toMatchObject({ id: "c", name: "Run $/parts/node", outcome: "success" });
});

const SELF = {
  [WORKFLOW]: oneJob(`- uses: actions/checkout@v7
- run: echo 'console.log("built in the job")' > speak.cjs
- uses: ./facade`),
  "facade/action.yml": composite("- uses: $/parts/node"),
  "parts/node/action.yml": SPEAKER,
  "speak.cjs": `console.log("committed")`,
};

test("$/ under ./ is the committed head, not the work tree, unless the test says so", async () => {
  await using bed = await startBed();
  await bed.commit(SELF);
  expect((await bed.run()).log).toContain("\ncommitted\n");
  expect((await bed.run({ self: "worktree" })).log).toContain("\nbuilt in the job\n");
});

test("$/ inside an action of another repository is that repository", async () => {
  await using bed = await startBed();
  await using other = await startBed({ name: "road" });
  const folder = join(other.root, "checkout");
  await other.commit({
    "facade/action.yml": composite(`- uses: $/parts/node
- { run: 'echo "from $GITHUB_ACTION_REPOSITORY at $GITHUB_ACTION_REF"', shell: bash }`),
    "parts/node/action.yml": SPEAKER,
    "speak.cjs": `console.log("the other's own")`,
  });
  await other.github.git.git(["clone", "--quiet", other.github.git.path, folder]);
  await writeFile(join(folder, "speak.cjs"), `console.log("as it lies there")`);
  await bed.commit({ ...SELF, [WORKFLOW]: oneJob("- uses: acme/road/facade@v1") });
  const { log } = await bed.run({ repositories: { "acme/road": folder } });
  expect(log).toContain("\nas it lies there\n");
  expect(log).toContain("\nfrom acme/road at v1\n");
});

test("an action of its own repository by ref is that commit's", async () => {
  await using bed = await startBed();
  const first = await bed.commit(SELF);
  await bed.commit({ ...SELF, [WORKFLOW]: oneJob(`- uses: acme/models/facade@${first}`), "speak.cjs": "throw 1" });
  expect((await bed.run()).log).toContain("\ncommitted\n");
});

test.for([
  ["other/action@v1", /foreign action refused: other\/action@v1/],
  ["$/parts/node@v1", /expected \$\/ with a path and without @ref/],
  ["./nowhere", /Can't find 'action.yml'.*Did you forget to run actions\/checkout/],
  ["actions/upload-artifact@v7", /foreign action refused/],
] as const)("uses: %s is refused loudly", async ([uses, message]) => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: oneJob(`- uses: ${uses}`) });
  const result = await bed.run();
  expect(result.conclusion).toBe("failure");
  expect(result.annotations[0]?.message).toMatch(message);
});

test("an endless composite ends at GitHub's depth", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob("- uses: actions/checkout@v7\n- uses: ./a"),
    "a/action.yml": composite("- uses: ./a"),
  });
  const result = await bed.run();
  expect(result.conclusion).toBe("failure");
  expect(result.log).toContain("##[error]Composite action depth exceeded max depth 9");
});

test("unknown inputs warn, required ones are not enforced, and empty ones suppress the default", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- uses: actions/checkout@v7
- { uses: ./a, with: { colour: red, given: '' } }`),
    "a/action.yml": nodeAction(
      "main: main.cjs",
      "{ needed: { description: d, required: true }, given: { description: d, default: x } }",
    ),
    "a/main.cjs": `console.log(JSON.stringify([process.env.INPUT_NEEDED, process.env.INPUT_GIVEN]))`,
  });
  const result = await bed.run();
  expect(result.log).toContain('\n["",""]\n');
  expect(result.annotations).toEqual([
    { level: "warning", message: "Unexpected input(s) 'colour', valid inputs are ['needed', 'given']" },
  ]);
});
