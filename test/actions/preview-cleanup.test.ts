import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { EXPIRES_ANNOTATION, previewMarks, previewName } from "../../src/domain/preview/preview.ts";
import { deploymentPayload } from "../../src/domain/record/deployment-payload.ts";
import { passed } from "../domain/report/releases.ts";
import { OCTOCAT, type Deployment } from "../world/github-rest/world.ts";
import { startRegistry, type TestRegistry } from "../world/registry/registry.ts";
import { openDelivery, recordWith, RIGHTS, type DeliveryBench } from "./delivery-bench.ts";

const BASE = "/apis/machinelearning.seldon.io/v1/namespaces/models/seldondeployments";
const AUTO = { preview: "auto" };

let bench: DeliveryBench;
let name: string;

beforeEach(async () => {
  bench = await openDelivery();
  name = nameOf(12);
});
afterEach(async () => {
  await bench.close();
});

const nameOf = (pullRequest: number, repositoryId = String(bench.hub.world.id)): string =>
  previewName({ repositoryId, pullRequest, model: "digits" });
const transient = (): readonly Deployment[] => bench.hub.world.deployments.filter((each) => each.transient);

/** A preview's object as it stands in the cluster, without a deploy of ours. */
function plant(
  pullRequest: number,
  { repositoryId = String(bench.hub.world.id), expires = "2999-01-01T00:00:00Z" } = {},
) {
  const marks = previewMarks({ repositoryId, pullRequest, model: "digits" }, { headSha: bench.first, expires });
  const at = nameOf(pullRequest, repositoryId);
  bench.api.put(`${BASE}/${at}`, { metadata: { ...marks, name: at }, spec: { predictors: [] } });
  return at;
}

describe("on close", () => {
  test("object and deployments of that pull request go, others stay; a second time does nothing", async () => {
    await bench.deploy(AUTO, await bench.pull());
    await bench.deploy(AUTO, await bench.pull({ number: 13 }));
    await bench.deploy();
    const closed = await bench.pull({ action: "closed" });
    const { outputs, failure } = await bench.sweep({}, closed);
    expect(failure).toBeUndefined();
    expect(JSON.parse(outputs.removed!)).toEqual([
      { namespace: "models", name, "pull-request": 12, why: "pull request #12 is not open" },
    ]);
    expect(outputs).toMatchObject({ deployments: "1", kept: "1", tags: "[]" });
    expect(bench.objects().toSorted()).toEqual(["digits", nameOf(13)]);
    expect(bench.hub.world.deployments.map(({ task }) => task)).toEqual(["deploy:digits", `preview:${nameOf(13)}`]);
    expect((await bench.sweep({}, closed)).outputs).toMatchObject({ removed: "[]", deployments: "0" });
  });

  test("one that was opened again keeps its preview", async () => {
    await bench.deploy(AUTO, await bench.pull());
    const closed = await bench.pull({ action: "closed" });
    await bench.pull({ action: "reopened" });
    expect((await bench.sweep({}, closed)).outputs.removed).toBe("[]");
    expect(bench.objects()).toEqual([name]);
  });

  test("with a number, that one's", async () => {
    await bench.deploy(AUTO, await bench.pull());
    await bench.deploy(AUTO, await bench.pull({ number: 13 }));
    bench.closePull(12);
    bench.closePull(13);
    const payload = { repository: { default_branch: "main" } };
    await bench.sweep({ "pull-request": "13" }, { event: "workflow_dispatch", ref: "refs/heads/main", payload });
    expect(bench.objects()).toEqual([name]);
  });
});

describe("on a schedule", () => {
  test("closed, expired, orphaned and unknown ones go; open ones and those of another repository stay", async () => {
    await bench.deploy(AUTO, await bench.pull());
    await bench.pull({ number: 14 });
    plant(14, { expires: "2020-01-01T00:00:00Z" });
    plant(99);
    const foreign = plant(15, { repositoryId: "4711" });
    const bare = plant(16);
    const object = bench.api.get(`${BASE}/${bare}`)!;
    const { "model-road/pull-request": _gone, ...labels } = object.metadata.labels as Record<string, string>;
    bench.api.put(`${BASE}/${bare}`, { ...object, metadata: { ...object.metadata, labels } });
    await bench.deploy();
    const { outputs } = await bench.sweep();
    expect((JSON.parse(outputs.removed!) as { name: string }[]).map((each) => each.name).toSorted()).toEqual(
      [nameOf(14), nameOf(99), bare].toSorted(),
    );
    expect(bench.objects().toSorted()).toEqual(["digits", name, foreign].toSorted());
    expect(transient()).toHaveLength(1);
  });

  test("a deployment without its preview goes when its pull request is closed, or after an hour; one that begins stays", async () => {
    await bench.deploy(AUTO, await bench.pull());
    bench.api.delete(`${BASE}/${name}`);
    await bench.sweep();
    expect(transient()).toHaveLength(1);
    Object.assign(transient()[0]!, { createdAt: Date.now() - 3_700_000 });
    expect((await bench.sweep()).outputs.deployments).toBe("1");
    expect(transient()).toEqual([]);
  });

  test("a preview that was prolonged while the sweep was on its way stays", async () => {
    await bench.pull();
    plant(12, { expires: "2020-01-01T00:00:00Z" });
    let renewed = false;
    bench.api.reached = () => {
      const last = bench.api.requests.at(-1)!;
      if (!renewed && last.method === "GET" && last.path.endsWith(`/${name}`)) {
        renewed = true;
        const now = bench.api.get(`${BASE}/${name}`)!;
        const annotations = { [EXPIRES_ANNOTATION]: "2999-01-01T00:00:00Z" };
        bench.api.put(`${BASE}/${name}`, { ...now, metadata: { ...now.metadata, annotations } });
      }
      return "answered";
    };
    expect((await bench.sweep()).outputs.removed).toBe("[]");
    expect(renewed).toBe(true);
    expect(bench.objects()).toEqual([name]);
  });

  test("a dry run tells all of it and does none", async () => {
    await bench.deploy(AUTO, await bench.pull());
    bench.closePull(12);
    const { outputs, summary } = await bench.sweep({ "dry-run": "true" });
    expect(outputs).toMatchObject({ deployments: "1", kept: "0" });
    expect(summary).toContain("1 would be removed");
    expect(bench.objects()).toEqual([name]);
    expect(transient()[0]!.statuses[0]!.state).toBe("success");
  });
});

describe("never someone else's", () => {
  test.each<[string, (ours: ReturnType<typeof place>) => Partial<Deployment>]>([
    ["another tool's in the same environment", () => ({ payload: {} })],
    ["one with a payload of its own", () => ({ payload: '{"web_url":"https://example.org"}' })],
    ["another namespace's", (ours) => ({ payload: deploymentPayload(passed, { ...ours, namespace: "others" }) })],
    ["another target's", (ours) => ({ payload: deploymentPayload(passed, { ...ours, target: "local" }) })],
    [
      "a name that is no preview of this repository",
      (ours) => ({ payload: deploymentPayload(passed, { ...ours, name: "digits" }), task: "preview:digits" }),
    ],
    ["a task of another name", () => ({ task: "preview:digits" })],
    ["one that is no preview", () => ({ transient: false })],
  ])("%s", async (_what, change) => {
    const ours = place({ name });
    const planted: Deployment = {
      id: bench.hub.world.nextId++,
      ref: "main",
      sha: bench.first,
      task: `preview:${name}`,
      payload: deploymentPayload(passed, ours),
      environment: "preview",
      description: null,
      transient: true,
      production: false,
      creator: OCTOCAT,
      createdAt: Date.now(),
      statuses: [],
      ...change(ours),
    };
    bench.hub.world.deployments.push(planted);
    const { outputs } = await bench.sweep();
    expect(outputs.deployments).toBe("0");
    expect(bench.hub.world.deployments).toContain(planted);
    Object.assign(planted, {
      payload: deploymentPayload(passed, ours),
      transient: true,
      task: `preview:${name}`,
    });
    expect((await bench.sweep()).outputs.deployments).toBe("1");
  });
});

const place = (change: object) => ({
  target: "seldon",
  namespace: "models",
  name: "",
  deployId: "a".repeat(40),
  ...change,
});

describe("tags", () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await startRegistry();
  });
  afterEach(async () => {
    await registry.close();
  });

  function image(content: string, ...tags: string[]): string {
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.index.v1+json",
        manifests: [],
        annotations: { content },
      }),
    );
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    const all = registry.manifests.get("acme/digits") ?? new Map<string, { mediaType: string; bytes: Buffer }>();
    for (const each of [digest, ...tags])
      all.set(each, { mediaType: "application/vnd.oci.image.index.v1+json", bytes });
    registry.manifests.set("acme/digits", all);
    return digest;
  }
  const tags = (): string[] => [...registry.manifests.get("acme/digits")!.keys()].filter((each) => !each.includes(":"));
  const sweep = async () => await bench.sweep({ image: `${registry.host}/acme/digits` });

  test("of closed pull requests go, page by page; of open ones and all others stay; nothing is deleted by digest", async () => {
    registry.tagsPerPage = 2;
    await bench.pull();
    image("a", "pr-12", "pr-12-abc", "sha-1");
    image("b", "pr-13", "pr-13-abc", "fp-1", "1.2.3", "pr-x", "pr-013", "spr-13");
    const { outputs } = await sweep();
    expect(JSON.parse(outputs.tags!)).toEqual(["pr-13", "pr-13-abc"]);
    expect(tags().toSorted()).toEqual(["1.2.3", "fp-1", "pr-013", "pr-12", "pr-12-abc", "pr-x", "sha-1", "spr-13"]);
    expect(registry.seen.filter(({ method, path }) => method === "DELETE" && path.includes("sha256"))).toEqual([]);
  });

  test("of an image that something serves stay: in the cluster by digest or by tag, or as GitHub knows it", async () => {
    const [inCluster, known] = [image("a", "pr-13"), image("b", "pr-14")];
    image("c", "pr-15");
    image("d", "pr-16");
    await bench.deploy({ image: `${registry.host}/acme/digits@${inCluster}` });
    await bench.deploy({ name: "by-tag", image: `${registry.host}/acme/digits:pr-15` });
    const elsewhere = recordWith({ image: { ...passed.image!, digest: known } });
    await bench.deploy({ name: "gone", record: elsewhere, image: "acme/x:1" });
    bench.api.delete(`${BASE}/gone`);
    expect(JSON.parse((await sweep()).outputs.tags!)).toEqual(["pr-16"]);
    expect(tags().toSorted()).toEqual(["pr-13", "pr-14", "pr-15"]);
  });

  test("a registry that deletes nothing is no failure, one that refuses is one that is told", async () => {
    image("a", "pr-13");
    registry.deletes = false;
    const { outputs, failure } = await sweep();
    expect(failure).toBeUndefined();
    expect(outputs.tags).toBe("[]");
    expect(bench.said.join("\n")).toContain("takes no tag away by itself");
    registry.before = (_request, response, { method }) => {
      if (method === "DELETE") response.writeHead(403).end();
      return method === "DELETE";
    };
    expect((await sweep()).failure).toMatch(/the next sweep goes on.*403/s);
  });
});

describe("who can not tell which pull requests are open removes nothing", () => {
  test.each([401, 403, 404, 422, 500])("status %i", async (status) => {
    await bench.deploy(AUTO, await bench.pull());
    bench.hub.rest.faults["pulls/list"] = { status, times: 9, message: "no" };
    await expect(bench.sweep()).rejects.toThrow(status === 404 ? /status 404/ : new RegExp(`status ${status}`));
    expect(bench.objects()).toEqual([name]);
    expect(transient()).toHaveLength(1);
  });

  test("all pages of the open ones are read", async () => {
    await bench.deploy(AUTO, await bench.pull());
    const pull = bench.hub.world.pulls.get(12)!;
    for (let number = 100; number < 320; number++) bench.hub.world.pulls.set(number, { ...pull, number });
    expect((await bench.sweep()).outputs.removed).toBe("[]");
    expect(bench.asked("pulls/list")).toHaveLength(3);
  });

  test("what the cluster refuses is told, the rest is done, and the next sweep ends it", async () => {
    await bench.pull();
    plant(13);
    plant(14);
    bench.closePull(12);
    const forbidden = JSON.stringify({
      kind: "Status",
      reason: "Forbidden",
      message: "seldondeployments is forbidden",
    });
    bench.api.faults.push({ method: "DELETE", answer: { status: 403, body: forbidden } });
    const { failure, outputs } = await bench.sweep();
    expect(failure).toMatch(/Not everything could be removed.*forbidden/s);
    expect(JSON.parse(outputs.removed!)).toHaveLength(1);
    expect((await bench.sweep()).failure).toBeUndefined();
    expect(bench.previews()).toEqual([]);
  });

  test("a token that may not write deployments removes the previews all the same, and says so", async () => {
    await bench.deploy(AUTO, await bench.pull());
    bench.closePull(12);
    const { failure } = await bench.sweep({}, { permissions: { ...RIGHTS, deployments: "read" } });
    expect(failure).toContain("permissions: deployments: write");
    expect(bench.previews()).toEqual([]);
    expect((await bench.sweep()).outputs.deployments).toBe("1");
  });

  test("deployments: one that GitHub will not delete, and one that is gone meanwhile", async () => {
    await bench.deploy(AUTO, await bench.pull());
    bench.closePull(12);
    bench.hub.rest.faults["repos/delete-deployment"] = { status: 422, times: 1, message: "active" };
    expect((await bench.sweep()).failure).toContain("422");
    bench.hub.rest.faults["repos/create-deployment-status"] = { status: 404, times: 1 };
    expect((await bench.sweep()).failure).toBeUndefined();
    expect((await bench.sweep()).outputs.deployments).toBe("1");
  });
});

test("inputs that do not fit", async () => {
  await expect(bench.sweep({ target: "local" })).rejects.toThrow(/"kubeconfig": expected nothing with target: local/);
  await expect(bench.sweep({ image: "acme/digits:1" })).rejects.toThrow(/without tag or digest/);
  await expect(bench.sweep({ namespace: "Models" })).rejects.toThrow(/"namespace"/);
});
