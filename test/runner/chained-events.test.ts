import { expect, test } from "vitest";

import { DEPENDABOT } from "../world/github-rest/world.ts";
import { issueComment, mergeGroup, pullRequestTarget, repositoryDispatch, workflowRun } from "./chained-events.ts";
import { pullRequest } from "./events.ts";
import { startBed, WORKFLOW } from "./test-bed.ts";

const SECOND = ".github/workflows/second.yml";

const first = `name: first
on: [push, pull_request]
jobs: { main: { runs-on: x, steps: [{ run: "echo first" }] } }
`;

const second = (on: string, script: string) => `name: second
on: ${on}
permissions: { pull-requests: write }
jobs: { main: { runs-on: x, steps: [{ uses: actions/checkout@v7 }, { run: ${JSON.stringify(script)} }] } }
`;

async function forked(on: string, script: string) {
  const bed = await startBed();
  await bed.commit({ [WORKFLOW]: first, [SECOND]: second(on, script), "whose.txt": "ours\n" });
  const head = await bed.github.commit({
    branch: "change",
    from: "main",
    files: { "whose.txt": "theirs\n", [SECOND]: "not a workflow" },
    message: "Change",
  });
  return { bed, head };
}

test("workflow_run is the default branch's workflow, with secrets, told of a fork's run", async () => {
  const { bed, head } = await forked(
    "{ workflow_run: { workflows: [first], types: [completed] } }",
    `echo "$GITHUB_REF \${{ github.event.workflow_run.head_sha }} \${{ github.event.workflow_run.conclusion }} [\${{ secrets.KEY }}]" && cat whose.txt && echo "\${{ toJSON(github.event.workflow_run.pull_requests) }} \${{ github.event.workflow_run.head_repository.full_name }}"`,
  );
  await using _ = bed;
  const run = await bed.run({ event: pullRequest({ number: 7, head: "change", fork: "eve/models" }) });
  const after = await bed.run({
    workflow: SECOND,
    event: workflowRun({ runId: run.runId }),
    secrets: { KEY: "hunter2" },
  });
  expect(after.log).toContain(`\nrefs/heads/main ${head} success [***]\nours\n[] eve/models\n`);
  const early = bed.run({ workflow: SECOND, event: workflowRun({ runId: run.runId, action: "requested" }) });
  await expect(early).rejects.toThrow(/does not listen to workflow_run requested/);
  await expect(bed.run({ workflow: SECOND, event: workflowRun({ runId: after.runId }) })).rejects.toThrow(
    /does not wait for second/,
  );
});

test("pull_request_target and issue_comment run what the default branch holds", async () => {
  const { bed, head } = await forked(
    "{ pull_request_target: { types: [labeled] }, issue_comment: { types: [created] } }",
    `echo "$GITHUB_EVENT_NAME $GITHUB_REF [\${{ github.event.label.name }}] \${{ github.event.pull_request.head.sha }}" && cat whose.txt`,
  );
  await using _ = bed;
  const labelled = { number: 7, head: "change", fork: "eve/models", action: "labeled", label: "preview" };
  const target = await bed.run({ workflow: SECOND, event: pullRequestTarget(labelled) });
  expect(target.log).toContain(`\npull_request_target refs/heads/main [preview] ${head}\nours\n`);
  const comment = await bed.run({ workflow: SECOND, event: issueComment({ number: 7, body: "/preview" }) });
  expect(comment.log).toContain("\nissue_comment refs/heads/main [] \nours\n");
});

test("repository_dispatch and merge_group", async () => {
  const { bed } = await forked(
    "{ repository_dispatch: { types: [data] }, merge_group: }",
    `echo "$GITHUB_EVENT_NAME \${{ github.event.client_payload.path }} \${{ github.event.merge_group.base_ref }}" && cat whose.txt`,
  );
  await using _ = bed;
  const given = { type: "data", payload: { path: "s3://new" } };
  const told = await bed.run({ workflow: SECOND, event: repositoryDispatch(given) });
  expect(told.log).toContain("\nrepository_dispatch s3://new \nours\n");
  await expect(bed.run({ workflow: SECOND, event: repositoryDispatch({ type: "x" }) })).rejects.toThrow(/listen/);
  await bed.github.commit({ branch: "good", from: "main", files: { "whose.txt": "merged\n" }, message: "Good" });
  await bed.run({ event: pullRequest({ number: 8, head: "good" }) });
  const queued = await bed.run({ workflow: SECOND, event: mergeGroup({ number: 8 }) });
  expect(queued.log).toContain("\nmerge_group  refs/heads/main\nmerged\n");
});

test("Dependabot's pull request is treated as a fork's", async () => {
  await using bed = await startBed();
  const file = `on: pull_request
permissions: { pull-requests: write }
jobs: { main: { runs-on: x, steps: [{ run: 'echo "[\${{ secrets.KEY }}] [\${{ vars.A }}] \${{ github.actor }}"' }] } }
`;
  await bed.commit({ [WORKFLOW]: file });
  await bed.github.commit({ branch: "bump", from: "main", files: { x: "x" }, message: "Bump" });
  const { log } = await bed.run({
    event: pullRequest({ number: 7, head: "bump", author: DEPENDABOT }),
    secrets: { KEY: "hunter2" },
    vars: { A: "a" },
  });
  expect(log).toContain("\n[] [] dependabot[bot]\n");
});

test("filters by path are refused, not passed over", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: first.replace("[push, pull_request]", "{ push: { paths: ['src/**'] } }") });
  await expect(bed.run()).rejects.toThrow(/on\.push\.paths is not modelled/);
});
