import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { deploymentPayload, placeOfPayload, recordOfPayload } from "../../src/domain/record/deployment-payload.ts";
import { passed } from "../domain/report/releases.ts";
import { OCTOCAT, type Deployment } from "../world/github-rest/world.ts";
import { openDelivery, RIGHTS, type DeliveryBench } from "./delivery-bench.ts";

let bench: DeliveryBench;

beforeEach(async () => {
  bench = await openDelivery();
});
afterEach(async () => {
  await bench.close();
});

const deployments = (): readonly Deployment[] => bench.hub.world.deployments;
const states = (deployment: Deployment | undefined): string[] => deployment!.statuses.map(({ state }) => state);

/** A deployment that is none of ours, with one status. */
function plant(given: Partial<Deployment>, state: string, logUrl: string): Deployment {
  const status = {
    id: bench.hub.world.nextId++,
    state,
    description: "",
    environmentUrl: "",
    logUrl,
    creator: OCTOCAT,
    createdAt: bench.hub.world.now(),
  };
  const planted: Deployment = {
    id: bench.hub.world.nextId++,
    ref: "main",
    sha: bench.first,
    task: "deploy",
    payload: {},
    environment: "production",
    description: null,
    transient: false,
    production: true,
    creator: OCTOCAT,
    createdAt: bench.hub.world.now(),
    statuses: [status],
    ...given,
  };
  bench.hub.world.deployments.unshift(planted);
  return planted;
}

describe("a deploy is told to GitHub", () => {
  test("in progress before the cluster is written to, success with the address that was proven, the record as payload", async () => {
    const seen: number[] = [];
    const operate = bench.api.onWrite;
    bench.api.onWrite = (object, path) => {
      seen.push(deployments().length);
      operate(object, path);
    };
    const { outputs } = await bench.deploy({ environment: "production" });
    expect(outputs.operation).toBe("created");
    expect(seen[0]).toBe(1);
    const [told] = deployments();
    expect(told).toMatchObject({
      environment: "production",
      task: "deploy:digits",
      sha: bench.first,
      transient: false,
      production: true,
    });
    expect(states(told)).toEqual(["success", "in_progress"]);
    expect(told!.statuses[0]).toMatchObject({
      environmentUrl: outputs["prediction-url"],
      logUrl: "https://github.com/acme/digits/actions/runs/7",
    });
    expect(recordOfPayload(told!.payload, "it")).toMatchObject({ model: passed.model, gate: passed.gate });
    expect(placeOfPayload(told!.payload, "it")).toEqual({
      target: "seldon",
      namespace: "models",
      name: "digits",
      deployId: outputs["deploy-id"],
    });
    expect(bench.asked("repos/create-deployment")[0]!.body).toMatchObject({
      auto_merge: false,
      required_contexts: [],
      transient_environment: false,
      production_environment: true,
    });
    for (const each of bench.asked("repos/create-deployment-status")) expect(each.body.auto_inactive).toBe(false);
    expect(bench.hub.rest.requests.filter(({ runId }) => runId === undefined).length).toBeLessThanOrEqual(15);
  });

  test("the namespace is the environment where none is named, and no one is told of production that is none", async () => {
    await bench.deploy();
    expect(deployments()[0]).toMatchObject({ environment: "models", production: false });
  });

  test("a version that fails is a failure, without an address, and the one before stays a success", async () => {
    await bench.deploy();
    const { failure } = await bench.deploy({ image: "acme/digits:nope" });
    expect(failure).toContain("was put back");
    const [second, first] = deployments();
    expect(states(second)).toEqual(["failure", "in_progress"]);
    expect(second!.statuses[0]!.environmentUrl).toBe("");
    expect(states(first)).toEqual(["success", "in_progress"]);
  });

  test("a success ends the one before of the same name, and no other", async () => {
    await bench.deploy();
    await bench.deploy({ name: "letters" });
    const foreign = plant({ environment: "models", task: "deploy:digits" }, "success", "");
    await bench.deploy({ image: "acme/digits:2" });
    const [third, , letters, first] = deployments();
    expect(states(third)).toEqual(["success", "in_progress"]);
    expect(states(letters)).toEqual(["success", "in_progress"]);
    expect(states(first)).toEqual(["inactive", "success", "in_progress"]);
    expect(states(foreign)).toEqual(["success"]);
  });

  test("one that ends by a mistake before anything was changed is not told at all", async () => {
    await expect(bench.deploy({ kubeconfig: "{}" })).rejects.toThrow(/kubeconfig/);
    expect(deployments()).toHaveLength(0);
  });

  test("a run that is cancelled tells an error", async () => {
    const cancelled = new AbortController();
    bench.api.onWrite = () => cancelled.abort(new Error("cancelled by a person"));
    await expect(bench.deploy({}, { signal: cancelled.signal })).rejects.toThrow(/cancelled/);
    expect(states(deployments()[0])).toEqual(["error", "in_progress"]);
  });

  test("a dry run and github-deployment: false tell nothing", async () => {
    await bench.deploy({ "dry-run": "diff" });
    await bench.deploy({ "github-deployment": "false" });
    expect(bench.hub.rest.requests.filter(({ operation }) => operation.includes("deployment"))).toEqual([]);
  });
});

describe("a job's own environment", () => {
  const own = "https://github.com/acme/digits/actions/runs/7/job/99";

  test("is not doubled", async () => {
    const job = plant({}, "in_progress", own);
    await bench.deploy();
    expect(deployments()).toEqual([job]);
    expect(bench.said.join("\n")).toContain("deployment: false");
    await bench.deploy({ "github-deployment": "true" });
    expect(deployments()).toHaveLength(2);
    expect(states(job)).toEqual(["in_progress"]);
  });

  test.each([
    ["of another run", "in_progress", "https://github.com/acme/digits/actions/runs/77/job/1"],
    ["of a job of this run that has ended", "success", own],
    ["that names no run", "in_progress", ""],
  ])("one %s is no reason to be silent", async (_what, state, logUrl) => {
    plant({}, state, logUrl);
    await bench.deploy();
    expect(deployments()).toHaveLength(2);
  });
});

describe("that GitHub can not be told never fails a good deploy", () => {
  test.each([401, 403, 404, 409, 422, 500, 503])("status %i", async (status) => {
    bench.hub.rest.faults["repos/create-deployment"] = { status, times: 9, message: "no" };
    const { outputs, failure } = await bench.deploy();
    expect(failure).toBeUndefined();
    expect(outputs.operation).toBe("created");
    expect(deployments()).toHaveLength(0);
    expect(bench.said.join("\n")).toMatch(/The GitHub deployment could not be told/);
  });

  test("a missing permission is no warning, unless it was asked for", async () => {
    const permissions = { ...RIGHTS, deployments: "read" } as const;
    await bench.deploy({}, { permissions });
    expect(bench.said.filter((line) => line.startsWith("warning"))).toEqual([]);
    expect(bench.said.join("\n")).toContain('"permissions: deployments: write"');
    await bench.deploy({ "github-deployment": "true" }, { permissions });
    expect(
      bench.said.filter((line) => line.startsWith("warning GitHub") || line.includes("warning The GitHub")),
    ).toHaveLength(1);
  });

  test.each(["cut", 500, 403] as const)("the last word meets %s", async (status) => {
    await bench.deploy();
    bench.hub.rest.overrides["repos/create-deployment-status"] = () => ({
      status: status === "cut" ? 502 : status,
      failure: true,
      body: { message: status === 403 ? "You have exceeded a secondary rate limit" : "trouble" },
    });
    const { failure, outputs } = await bench.deploy({ image: "acme/digits:2" });
    expect(failure).toBeUndefined();
    expect(outputs.operation).toBe("updated");
  });

  test("a secondary rate limit with retry-after is waited for, a long one is not", async () => {
    bench.hub.rest.faults["repos/create-deployment-status"] = {
      status: 403,
      times: 1,
      message: "You have exceeded a secondary rate limit",
      headers: { "retry-after": "0" },
    };
    await bench.deploy();
    expect(states(deployments()[0])).toEqual(["success", "in_progress"]);
    bench.hub.rest.faults["repos/create-deployment"] = {
      status: 429,
      times: 1,
      message: "You have exceeded a secondary rate limit",
      headers: { "retry-after": "3600" },
    };
    await bench.deploy({ image: "acme/digits:2" });
    expect(deployments()).toHaveLength(1);
    expect(bench.said.join("\n")).toContain("GitHub limits how often it is asked");
  });
});

test("what is none of ours is read as nothing", () => {
  expect(placeOfPayload(deploymentPayload(passed), "it")).toBeUndefined();
  for (const payload of [null, "", "{", [], { deployed: {} }, { deployed: { name: 1 } }, '{"deployed":null}']) {
    expect(placeOfPayload(payload, "it")).toBeUndefined();
  }
});
