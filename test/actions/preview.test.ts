import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { EXPIRES_ANNOTATION, PREVIEW_LABEL, previewName, PULL_LABEL } from "../../src/domain/preview/preview.ts";
import { openDelivery, RIGHTS, type DeliveryBench } from "./delivery-bench.ts";

const BASE = "/apis/machinelearning.seldon.io/v1/namespaces/models/seldondeployments";

let bench: DeliveryBench;
let name: string;

beforeEach(async () => {
  bench = await openDelivery();
  name = previewName({ repositoryId: String(bench.hub.world.id), pullRequest: 12, model: "digits" });
});
afterEach(async () => {
  await bench.close();
});

const AUTO = { preview: "auto" };

describe("preview: auto", () => {
  test("a pull request gets a name of its own, labels, a lifetime and a deployment; a second push updates it", async () => {
    // The stage's own environment is for what comes after the merge.
    const { outputs } = await bench.deploy({ ...AUTO, environment: "production" }, await bench.pull());
    expect(outputs).toMatchObject({ operation: "created" });
    expect(outputs["prediction-url"]).toContain(name);
    expect(bench.objects()).toEqual([name]);
    const { metadata } = bench.api.get(`${BASE}/${name}`)!;
    expect(metadata.labels).toMatchObject({ [PREVIEW_LABEL]: "true", [PULL_LABEL]: "12" });
    const expires = Date.parse((metadata.annotations as Record<string, string>)[EXPIRES_ANNOTATION]!);
    expect(expires - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
    expect(expires - Date.now()).toBeLessThan(7.1 * 86_400_000);
    const [told] = bench.hub.world.deployments;
    const head = bench.hub.world.pulls.get(12)!.head.sha;
    expect(told).toMatchObject({ environment: "preview", task: `preview:${name}`, sha: head, transient: true });
    expect(told!.statuses[0]).toMatchObject({ state: "success", environmentUrl: outputs["prediction-url"] });
    expect(bench.hub.rest.requests.length).toBeLessThanOrEqual(15);

    await bench.hub.commit({ branch: "better", files: { "a.txt": "c" }, message: "even better" });
    const second = await bench.deploy({ ...AUTO, image: "acme/digits:2" }, await bench.pull({ action: "synchronize" }));
    expect(second.outputs).toMatchObject({ operation: "updated", "prediction-url": outputs["prediction-url"] });
    expect(bench.objects()).toEqual([name]);
    expect(bench.hub.world.deployments.map(({ statuses }) => statuses[0]!.state)).toEqual(["success", "inactive"]);
  });

  test("the same version again restarts nothing, and lives longer", async () => {
    const event = await bench.pull();
    await bench.deploy({ ...AUTO, "preview-ttl": "1h" }, event);
    const before = bench.api.get(`${BASE}/${name}`)!;
    const { outputs } = await bench.deploy({ ...AUTO, "preview-ttl": "2h" }, event);
    expect(outputs.operation).toBe("unchanged");
    const after = bench.api.get(`${BASE}/${name}`)!;
    expect(after.metadata.generation).toBe(before.metadata.generation);
    const expires = (each: typeof after): number =>
      Date.parse((each.metadata.annotations as Record<string, string>)[EXPIRES_ANNOTATION]!);
    expect(expires(after) - expires(before)).toBeGreaterThan(3_000_000);
  });

  test("a worse version that fails leaves the preview as it was", async () => {
    const event = await bench.pull();
    await bench.deploy(AUTO, event);
    const { failure, outputs } = await bench.deploy({ ...AUTO, image: "acme/digits:nope" }, event);
    expect(failure).toContain("was put back");
    expect(outputs["rolled-back"]).toBe("true");
    expect(JSON.stringify(bench.api.get(`${BASE}/${name}`)!.spec)).toContain("digits:1");
  });

  test("branches and tags deploy as ever", async () => {
    const { outputs } = await bench.deploy(AUTO);
    expect(outputs.operation).toBe("created");
    expect(bench.objects()).toEqual(["digits"]);
  });

  test.each([
    ["a fork's", { fork: "mallory/digits" }],
    ["a closed one's", { action: "closed" }],
    ["one without the label that is asked for", { action: "synchronize", labels: ["preview"] }],
    ["one with another label", { action: "labeled", label: "docs", labels: ["preview", "docs"] }],
  ])("%s run deploys nothing, and ends well", async (_what, given) => {
    const event = await bench.pull(given);
    const { outputs, failure } = await bench.deploy({ ...AUTO, "preview-label": "preview" }, event);
    expect(failure).toBeUndefined();
    expect(outputs.operation).toBe("skipped");
    expect(outputs.record).toContain("digits");
    expect(bench.objects()).toEqual([]);
    expect(bench.hub.world.deployments).toEqual([]);
    expect(bench.api.requests).toEqual([]);
  });

  test("the label counts for the commit on which it was set", async () => {
    const labelled = await bench.pull({ action: "labeled", label: "preview", labels: ["preview"] });
    const asked = { ...AUTO, "preview-label": "preview" };
    expect((await bench.deploy(asked, labelled)).outputs.operation).toBe("created");
    await bench.hub.commit({ branch: "better", files: { "a.txt": "evil" }, message: "something else" });
    const pushed = await bench.pull({ action: "synchronize", labels: ["preview"] });
    // Neither the push, nor the earlier approval run once more, shows what no one has approved.
    expect((await bench.deploy({ ...asked, image: "acme/digits:2" }, pushed)).outputs.operation).toBe("skipped");
    expect((await bench.deploy({ ...asked, image: "acme/digits:2" }, labelled)).outputs.operation).toBe("skipped");
    expect(JSON.stringify(bench.api.get(`${BASE}/${name}`)!.spec)).toContain("digits:1");
  });

  test("an event that gives a pull request's code rights is refused", async () => {
    const { payload } = await bench.pull({ fork: "mallory/digits" });
    for (const event of ["pull_request_target", "issue_comment", "workflow_run"]) {
      await expect(bench.deploy(AUTO, { event, payload })).rejects.toThrow(/input "preview"/);
    }
    expect(bench.objects()).toEqual([]);
  });

  test("a commit that someone has approved is previewed by a run of its own, if GitHub still has it as the head", async () => {
    await bench.pull({ fork: "mallory/digits" });
    const head = bench.hub.world.pulls.get(12)!.head.sha;
    const asked = { ...AUTO, "preview-of": `12@${head}` };
    const { outputs } = await bench.deploy(asked, { event: "workflow_run" });
    expect(outputs.operation).toBe("created");
    expect(bench.objects()).toEqual([name]);
    const other = { ...AUTO, "preview-of": `12@${"b".repeat(40)}` };
    expect((await bench.deploy(other, { event: "workflow_run" })).outputs.operation).toBe("skipped");
    await expect(bench.deploy({ ...AUTO, "preview-of": `99@${head}` }, { event: "workflow_run" })).rejects.toThrow(
      /#99: expected one of this repository/,
    );
  });

  test("what a pull request may not choose is refused before anything is asked", async () => {
    const event = await bench.pull();
    for (const [input, value] of [
      ["manifest", "deploy.yaml"],
      ["storage-secret", "models"],
      ["service-account", "admin"],
      ["adopt", "true"],
    ]) {
      await expect(bench.deploy({ ...AUTO, [input!]: value! }, event)).rejects.toThrow(`input "${input}"`);
    }
    expect(bench.api.requests).toEqual([]);
  });

  test("a hostile payload is data: numbers that are none, and a head that is no commit, are refused", async () => {
    const { payload, sha } = await bench.pull();
    const changed = (change: object): object => ({
      ...payload,
      pull_request: { ...(payload as { pull_request: object }).pull_request, ...change },
    });
    for (const change of [{ number: "12; rm -rf /" }, { number: 1.5 }, { head: { sha: "$(id)" } }, { head: null }]) {
      await expect(bench.deploy(AUTO, { event: "pull_request", payload: changed(change), sha })).rejects.toThrow(
        /a run of a pull request/,
      );
    }
  });
});

describe("a pull request that is closed while it deploys", () => {
  test("is torn down by the same run", async () => {
    const event = await bench.pull();
    const operate = bench.api.onWrite;
    bench.api.onWrite = (object, path) => {
      bench.closePull(12);
      operate(object, path);
    };
    const { outputs, failure } = await bench.deploy(AUTO, event);
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({ operation: "removed", "prediction-url": "" });
    expect(bench.objects()).toEqual([]);
    expect(bench.hub.world.deployments).toEqual([]);
  });

  test("also where the new version has failed; the object of another repository stays", async () => {
    const event = await bench.pull();
    const operate = bench.api.onWrite;
    bench.api.onWrite = (object, path) => {
      bench.closePull(12);
      operate(object, path);
    };
    const { outputs } = await bench.deploy({ ...AUTO, image: "acme/digits:nope", rollback: "none" }, event);
    expect(outputs.operation).toBe("removed");
    expect(bench.objects()).toEqual([]);
    bench.api.onWrite = operate;
    await bench.deploy({ name: "digits" });
    expect(bench.objects()).toEqual(["digits"]);
  });

  test("that it can not be told is a warning, and the preview stays for the sweep", async () => {
    const event = await bench.pull();
    const operate = bench.api.onWrite;
    bench.api.onWrite = (object, path) => {
      bench.hub.rest.faults["pulls/get"] = { status: 500, times: 9 };
      operate(object, path);
    };
    const { outputs } = await bench.deploy(AUTO, event);
    expect(outputs.operation).toBe("created");
    expect(bench.said.join("\n")).toMatch(/warning Whether the pull request is still open/);
    expect(bench.objects()).toEqual([name]);
  });
});

test.each([
  [401, /token is wrong/],
  [403, /permissions: pull-requests: read/],
  [404, /one of this repository, saw none/],
  [500, /GitHub is in trouble/],
])("a pull request that can not be read (%i) is no preview", async (status, told) => {
  const event = await bench.pull();
  bench.hub.rest.faults["pulls/get"] = { status, times: 9, message: "no" };
  await expect(bench.deploy(AUTO, { ...event, permissions: RIGHTS })).rejects.toThrow(told);
  expect(bench.objects()).toEqual([]);
});
