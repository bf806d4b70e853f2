import { expect, test } from "vitest";

import { pullRequest, push } from "./events.ts";
import { startBed, WORKFLOW } from "./test-bed.ts";

const deploying = (environment: string) => `on: [push, pull_request]
jobs:
  main:
    runs-on: x
    environment: ${environment}
    steps:
      - { id: s, run: 'echo "url=https://models.example/digits" >> $GITHUB_OUTPUT' }
      - run: echo "[\${{ vars.NAMESPACE }}] [\${{ vars.SHARED }}] [\${{ secrets.KUBECONFIG }}]"
`;

const environments = {
  production: {
    vars: { NAMESPACE: "models" },
    secrets: { KUBECONFIG: "hunter2" },
    refs: ["main", "v*"],
  },
};

test("an environment's variables and secrets win, and GitHub records the deployment with the job's URL", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: deploying('{ name: Production, url: "${{ steps.s.outputs.url }}" }') });
  const { log } = await bed.run({ environments, vars: { NAMESPACE: "none", SHARED: "all" } });
  expect(log).toContain("\n[models] [all] [***]\n");
  const [deployment] = bed.github.world.deployments;
  expect(deployment).toMatchObject({ environment: "Production", task: "deploy", ref: "main" });
  expect(deployment?.statuses.map(({ state, environmentUrl }) => [state, environmentUrl])).toEqual([
    ["success", "https://models.example/digits"],
    ["in_progress", ""],
  ]);
  expect(deployment?.statuses[0]?.logUrl).toMatch(
    /^https:\/\/github\.com\/acme\/models\/actions\/runs\/\d+\/job\/\d+$/,
  );
  await bed.run({ environments });
  expect(bed.github.world.deployments.map((d) => d.statuses[0]?.state)).toEqual(["success", "inactive"]);
});

test("deployment: false gives the variables and records nothing", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: deploying("{ name: production, deployment: false }") });
  const { log } = await bed.run({ environments });
  expect(log).toContain("\n[models] [] [***]\n");
  expect(bed.github.world.deployments).toEqual([]);
});

test("a branch that may not deploy, and a reviewer's no, end the job before its first step", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: deploying("production") });
  await bed.github.commit({ branch: "change", from: "main", files: { x: "x" }, message: "Change" });
  const branch = await bed.run({ environments, event: push({ branch: "change" }) });
  expect(branch.annotations[0]?.message).toBe(
    'Branch "change" is not allowed to deploy to production due to environment protection rules.',
  );
  const refused = await bed.run({ environments: { production: { review: "rejected" } } });
  expect(refused).toMatchObject({ conclusion: "failure", jobs: { main: { steps: [] } } });
  const allowed = await bed.run({ environments: { production: { review: "approved" } } });
  expect(allowed.conclusion).toBe("success");
  expect(bed.github.world.runs.get(allowed.runId)?.reviews).toMatchObject([
    { state: "approved", environment: "production" },
  ]);
});

test("a fork's run gets nothing of an environment, nor variables", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: deploying("preview") });
  await bed.github.commit({ branch: "change", from: "main", files: { x: "x" }, message: "Change" });
  const { log } = await bed.run({
    event: pullRequest({ number: 7, head: "change", fork: "eve/models" }),
    vars: { SHARED: "all" },
    environments: { preview: { vars: { NAMESPACE: "previews" }, secrets: { KUBECONFIG: "hunter2" } } },
  });
  expect(log).toContain("\n[] [] []\n");
});
