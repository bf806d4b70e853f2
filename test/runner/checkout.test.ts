import { expect, test } from "vitest";

import { push } from "./events.ts";
import { oneJob, startBed, WORKFLOW } from "./test-bed.ts";

test("checkout brings the event's commit and cleans what an earlier job left", async () => {
  await using bed = await startBed();
  const steps = oneJob(`- { id: c, uses: actions/checkout@v7, with: { persist-credentials: false } }
- run: |
    echo "files: $(git ls-files | tr '\\n' ' ')| others: $(ls -A | tr '\\n' ' ')"
    echo "\${{ steps.c.outputs.commit }} \${{ steps.c.outputs.ref }} $(git rev-parse --abbrev-ref HEAD) $(git rev-list --count HEAD)"
    git remote get-url origin --push >/dev/null; git config remote.origin.url
    mkdir -p kept/deep; touch kept/deep/x ignored.txt; echo changed > a.txt`);
  await bed.commit({ [WORKFLOW]: steps, "a.txt": "1", ".gitignore": "ignored.txt" });
  await bed.run();
  const sha = await bed.commit({ [WORKFLOW]: steps, "a.txt": "2", "b.txt": { data: "x", executable: true } });
  const { log } = await bed.run();
  expect(log).toContain("\nfiles: .github/workflows/main.yml a.txt b.txt | others: .git .github a.txt b.txt \n");
  expect(log).toContain(`\n${sha} refs/heads/main main 1\nhttps://github.com/acme/models\n`);
});

test("checkout knows depth, another ref, a path and a tag's event", async () => {
  await using bed = await startBed();
  const first = await bed.commit({ [WORKFLOW]: oneJob(""), "a.txt": "old" });
  await bed.commit({
    [WORKFLOW]: oneJob(`- { uses: actions/checkout@v7, with: { fetch-depth: 0 } }
- { uses: actions/checkout@v7, with: { ref: '${first}', path: old } }
- run: echo "$(git rev-list --count HEAD) $(cat a.txt old/a.txt | tr '\\n' ' ') $GITHUB_REF_TYPE $GITHUB_REF_NAME $(git tag)"`),
    "a.txt": "new\n",
  });
  await bed.github.git.git(["tag", "v1.0.0", "main"]);
  const { log } = await bed.run({ event: push({ tag: "v1.0.0" }) });
  expect(log).toContain("\n2 new old tag v1.0.0 v1.0.0\n");
});

test.for([
  ["{ repository: other/repository }", /expected repository acme\/models, saw other\/repository/],
  ["{ submodules: true }", /input submodules is not modelled/],
  ["{ path: ../../outside }", /is not under/],
  ["{ ref: nowhere }", /A branch or tag with the name 'nowhere' could not be found/],
] as const)("checkout with %s fails", async ([inputs, message]) => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: oneJob(`- { uses: actions/checkout@v7, with: ${inputs} }`) });
  const { conclusion, annotations } = await bed.run();
  expect(conclusion).toBe("failure");
  expect(annotations[0]?.message).toMatch(message);
});
