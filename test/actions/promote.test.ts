import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Outcome } from "../../src/action.ts";
import { attachRecord } from "../../src/actions/image-record.ts";
import { promote } from "../../src/actions/promote.ts";
import { openRegistry } from "../../src/adapters/registry.ts";
import { imageArtifactName, RECORD_PREDICATE } from "../../src/domain/promotion/evidence.ts";
import type { ReleaseRecord } from "../../src/domain/record/record.ts";
import { recordOfPayload } from "../../src/domain/record/deployment-payload.ts";
import { passed } from "../domain/report/releases.ts";
import type { WorkflowRun } from "../world/github-rest/world.ts";
import { startRegistry, type TestRegistry } from "../world/registry/registry.ts";
import { openDelivery, recordWith, type DeliveryBench, type RunOptions } from "./delivery-bench.ts";

const INDEX = "application/vnd.oci.image.index.v1+json";

let bench: DeliveryBench;
let registry: TestRegistry;
let commit: string;
let digest: string;

beforeEach(async () => {
  bench = await openDelivery();
  registry = await startRegistry();
  commit = await bench.hub.commit({ branch: "main", files: { "a.txt": "released" }, message: "Release" });
  digest = image("one", `sha-${commit}`);
  await tag("v1.2.3", commit);
});
afterEach(async () => {
  await registry.close();
  await bench.close();
});

const tag = async (name: string, sha: string): Promise<void> => {
  await bench.hub.git.git(["update-ref", `refs/tags/${name}`, sha]);
};

function image(content: string, ...tags: string[]): string {
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [], annotations: { content } }),
  );
  const made = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const all = registry.manifests.get("acme/digits") ?? new Map<string, { mediaType: string; bytes: Buffer }>();
  for (const each of [made, ...tags]) all.set(each, { mediaType: INDEX, bytes });
  registry.manifests.set("acme/digits", all);
  return made;
}
const standsAt = (name: string): string | undefined => {
  const found = registry.manifests.get("acme/digits")?.get(name);
  return found && `sha256:${createHash("sha256").update(found.bytes).digest("hex")}`;
};

const recordOf = (change: Partial<ReleaseRecord> = {}, of = digest): string =>
  recordWith({
    image: { ...passed.image!, digest: of },
    ...change,
    source: { ...passed.source, sha: commit, ...change.source },
  });

/** A run that has built an image and kept its record. */
function built(run: Partial<WorkflowRun> = {}, record = recordOf(), of = digest): WorkflowRun {
  const made = bench.hub.createRun({
    event: "push",
    path: ".github/workflows/main.yml",
    workflowName: "main",
    headSha: commit,
    headBranch: "main",
    ...run,
  });
  bench.hub.results.artifacts.plant({ run: made.backendId, name: imageArtifactName(of), data: Buffer.from(record) });
  return made;
}

const MAIN = {
  event: "workflow_dispatch",
  ref: "refs/heads/main",
  payload: { repository: { default_branch: "main" } },
};
const pushed = (name = "v1.2.3", sha = commit): RunOptions => ({ event: "push", ref: `refs/tags/${name}`, sha });

async function promoted(given: Record<string, string> = {}, options: RunOptions = pushed()): Promise<Outcome> {
  const { image: _image, ...toCluster } = bench.toCluster;
  const all = { ...toCluster, image: `${registry.host}/acme/digits`, stage: "production", ...given };
  return await bench.act(promote, all, options);
}
const served = (): string => JSON.stringify(bench.api.get(PATH)?.spec ?? null);
const PATH = "/apis/machinelearning.seldon.io/v1/namespaces/models/seldondeployments/digits";

describe("a tag", () => {
  test("promotes the very digest of its commit, tells GitHub, and tags the image; nothing is built", async () => {
    built();
    const { outputs, failure, summary } = await promoted();
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({ operation: "created", version: "1.2.3", commit, digest });
    expect(JSON.parse(outputs.tags!)).toEqual(["1.2.3", "1.2", "1"]);
    expect(served()).toContain(`${registry.host}/acme/digits@${digest}`);
    for (const name of ["1.2.3", "1.2", "1"]) expect(standsAt(name)).toBe(digest);
    const [told] = bench.hub.world.deployments;
    expect(told).toMatchObject({ environment: "production", sha: commit, production: true });
    expect(told!.statuses[0]!.state).toBe("success");
    expect(recordOfPayload(told!.payload, "it")!.image!.digest).toBe(digest);
    expect(summary).toContain("v1.2.3: promoted");
    expect(registry.seen.filter(({ path }) => path.includes("/blobs/uploads"))).toEqual([]);
    expect(bench.hub.rest.requests.length).toBeLessThanOrEqual(15);
    // Once more changes nothing.
    const again = await promoted();
    expect(again.outputs).toMatchObject({ operation: "unchanged", tags: "[]" });
  });

  test("is not held up by runs of a fork that leave artifacts of the same name", async () => {
    built();
    for (let each = 0; each < 6; each++) built({ event: "pull_request", headRepositoryId: 666 });
    expect((await promoted()).outputs).toMatchObject({ operation: "created", digest });
  });

  test("of a model promotes that one, and is passed over by others", async () => {
    built();
    await tag("digits@v2.0.0", commit);
    expect((await promoted({}, pushed("digits@v2.0.0"))).outputs).toMatchObject({
      operation: "created",
      version: "2.0.0",
    });
    await tag("letters@v2.0.0", commit);
    const other = await promoted({ name: "digits" }, pushed("letters@v2.0.0"));
    expect(other.outputs).toMatchObject({ operation: "skipped", tags: "[]" });
    expect(other.failure).toBeUndefined();
  });

  test("a published release does, an annotated tag does, and a prerelease moves no other tag", async () => {
    built();
    await bench.hub.git.git(["tag", "-a", "-m", "release", "v2.0.0-rc.1", commit]);
    const payload = { action: "published", release: { tag_name: "v2.0.0-rc.1", draft: false, prerelease: true } };
    const { outputs } = await promoted({}, { ...pushed("v2.0.0-rc.1"), event: "release", payload });
    expect(JSON.parse(outputs.tags!)).toEqual(["2.0.0-rc.1"]);
  });

  test("version: an older one is the way back, and does not move what means the newest", async () => {
    built();
    await promoted();
    const later = await bench.hub.commit({ branch: "main", files: { "a.txt": "later" }, message: "Later" });
    const second = image("two", `sha-${later}`);
    await tag("v1.2.4", later);
    const newer = recordOf({ source: { ...passed.source, sha: later } }, second);
    built({ headSha: later }, newer, second);
    expect((await promoted({}, pushed("v1.2.4", later))).outputs.digest).toBe(second);
    expect(served()).toContain(second);
    const back = await promoted({ version: "v1.2.3" }, { ...MAIN, sha: later });
    expect(back.outputs).toMatchObject({ operation: "updated", version: "1.2.3", digest, tags: "[]" });
    expect(served()).toContain(digest);
    expect(standsAt("1.2")).toBe(second);
  });

  test("a commit without an image of its own: by the fingerprint of its tree, as a trusted run has trained it", async () => {
    const { fingerprint } = passed.model;
    const docs = await bench.hub.commit({ branch: "main", files: { "README.md": "words" }, message: "Words" });
    await tag("v1.3.0", docs);
    const run = built();
    await expect(promoted({}, pushed("v1.3.0", docs))).rejects.toThrow(/never built and tested/);
    await expect(promoted({ fingerprint }, pushed("v1.3.0", docs))).rejects.toThrow(/never built and tested/);
    bench.hub.results.artifacts.plant({
      run: run.backendId,
      name: `train1-${fingerprint}-1`,
      data: Buffer.from("a model"),
    });
    const { outputs } = await promoted({ fingerprint }, pushed("v1.3.0", docs));
    expect(outputs).toMatchObject({ operation: "created", commit: docs, digest });
    const other = await promoted({ fingerprint: "0".repeat(64) }, pushed("v1.3.0", docs)).catch(String);
    expect(other).toContain("never built and tested");
  });
});

describe("refused, each with its reason, and nothing is served", () => {
  /** What a refused promotion has told, and what it has touched. */
  async function refused(given?: Record<string, string>, options?: RunOptions): Promise<string> {
    const { failure, outputs } = await promoted(given, options).catch((thrown: unknown) => ({
      failure: String(thrown),
      outputs: {} as Record<string, string>,
    }));
    const touched = [bench.api.requests.length, bench.hub.world.deployments.length, standsAt("1.2")];
    return `${failure ?? `nothing: it was ${outputs.operation}`}${touched.join() === "0,0," ? "" : `, and touched ${touched.join()}`}`;
  }

  test("a tag that was moved since the run began", async () => {
    built();
    await tag("v1.2.3", bench.first);
    expect(await refused()).toMatch(/it was moved/);
  });

  test("a tag whose version is another image already", async () => {
    built();
    const before = image("before", "1.2.3");
    expect(await refused()).toMatch(new RegExp(`${before}, which was promoted as 1\\.2\\.3`));
    expect(await refused({ version: "v1.2.3" }, MAIN)).toMatch(/was moved/);
  });

  test("an older image that has passed, under the tag of the commit that is released: whoever may push can put it there", async () => {
    built();
    const later = await bench.hub.commit({ branch: "main", files: { "a.txt": "later" }, message: "Later" });
    await tag("v1.3.0", later);
    image("one", `sha-${later}`);
    expect(await refused({}, pushed("v1.3.0", later))).toMatch(
      new RegExp(`does not count: it is of commit ${commit.slice(0, 12)}, not of ${later.slice(0, 12)}`),
    );
  });

  test("a commit that was never merged", async () => {
    const side = await bench.hub.commit({ branch: "better", files: { "a.txt": "side" }, message: "Side" });
    digest = image("side", `sha-${side}`);
    built({ headSha: side, headBranch: "better" });
    await tag("v9.0.0", side);
    expect(await refused({}, pushed("v9.0.0", side))).toMatch(/which was never merged/);
  });

  test("a commit that was never built", async () => {
    const later = await bench.hub.commit({ branch: "main", files: { "a.txt": "new" }, message: "New" });
    await tag("v1.4.0", later);
    expect(await refused({}, pushed("v1.4.0", later))).toMatch(/sha-[0-9a-f]{40}, saw none: it was never built/);
  });

  test("an image that nobody tells of", async () => {
    expect(await refused()).toMatch(/no run has an artifact that tells of it/);
  });

  test("a gate that rejected, or that never was", async () => {
    const run = built({}, recordOf({ gate: { decision: "rejected", rules: [] } }));
    expect(await refused()).toMatch(/gate rejected \(artifact \d+ of run/);
    const { gate: _gate, ...bare } = passed;
    bench.hub.results.artifacts.plant({
      run: bench.hub.createRun({ ...run, id: undefined as never }).backendId,
      name: imageArtifactName(digest),
      data: Buffer.from(
        JSON.stringify({ ...bare, image: { ...passed.image!, digest }, source: { ...passed.source, sha: commit } }),
      ),
    });
    expect(await refused()).toMatch(/no gate/);
  });

  test("a record that hangs at the image, forged by who may push", async () => {
    const store = openRegistry({ log: bench.log, githubToken: undefined, actor: "ada" })({
      kind: "registry",
      host: registry.host,
      repository: "acme/digits",
    });
    const { bytes } = registry.manifests.get("acme/digits")!.get(digest)!;
    await attachRecord(store, { mediaType: INDEX, digest, size: bytes.length }, recordOf());
    expect(await refused()).toMatch(/counts for nothing by itself, since everyone who may push/);
  });

  test.each<[string, Partial<WorkflowRun>, RegExp]>([
    ["a fork's", { headRepositoryId: 4711, headRepositoryName: "mallory/digits" }, /another repository, as of a fork/],
    ["a branch's", { headBranch: "better" }, /by push on better, not on main/],
    ["a pull request's that was never merged", { event: "pull_request", headBranch: "better" }, /which is not merged/],
    ["one of a tag", { headBranch: "v1.2.3" }, /not on main/],
    ["one by an event that runs others' code", { event: "pull_request_target" }, /by pull_request_target/],
  ])("the run that tells of it is %s", async (_what, run, told) => {
    built(run);
    expect(await refused()).toMatch(told);
  });

  test.each<[string, () => string, RegExp]>([
    ["another image's", () => recordOf({}, `sha256:${"0".repeat(64)}`), /it is of image sha256:0000/],
    [
      "another repository's",
      () => recordOf({ source: { ...passed.source, repository: "mallory/digits" } }),
      /another repository/,
    ],
    ["another model's", () => recordOf({ model: { ...passed.model, name: "letters" } }), /it is of the model letters/],
    ["no record at all", () => "{}", /artifact \d+: /],
    ["not even JSON", () => "<html>", /artifact \d+: /],
  ])("the artifact of a trusted run is %s", async (_what, record, told) => {
    built({}, record());
    expect(await refused({ name: "digits" })).toMatch(told);
  });

  test("a branch of the same name, by run and by version", async () => {
    built();
    await bench.hub.git.git(["update-ref", "refs/heads/v8.0.0", commit]);
    const asBranch = { event: "push", ref: "refs/heads/v8.0.0", sha: commit };
    expect(await refused({}, asBranch)).toMatch(/a push to another branch, which names no tag/);
    expect(await refused({ version: "v8.0.0" }, MAIN)).toMatch(
      /a tag of git, saw none. A branch of that name does not count/,
    );
  });

  test("a draft, and a release of another tag than the run's", async () => {
    built();
    const release = (change: object): RunOptions => ({
      ...pushed(),
      event: "release",
      payload: { action: "created", release: { tag_name: "v1.2.3", draft: false, ...change } },
    });
    expect(await refused({}, release({ draft: true }))).toMatch(/a published release, saw a draft/);
    expect(await refused({}, release({ draft: undefined }))).toMatch(/a draft/);
    expect(await refused({}, release({ tag_name: "v1.2.4" }))).toMatch(/a run of "refs\/tags\/v1\.2\.3"/);
  });

  test("names that are none, and an image that is named by more than its repository", async () => {
    for (const version of ["1.2.3", "latest", "v1.2.3 --force", "../v1.2.3"]) {
      expect(await refused({ version })).toMatch(/a tag such as v1\.2\.3/);
    }
    expect(await refused({}, pushed("release-7"))).toMatch(/a tag such as v1\.2\.3/);
    expect(await refused({ image: `${registry.host}/acme/digits:1` })).toMatch(/without tag or digest/);
    expect(await refused({ image: "" })).toMatch(/the images' repository, saw nothing/);
  });

  test.each([
    ["repos/list-tags", 403, /contents: read/],
    ["repos/list-tags", 404, /a tag of git, saw none/],
    ["repos/compare-commits", 404, /never merged/],
    ["repos/compare-commits", 500, /in trouble/],
    ["actions/list-artifacts-for-repo", 403, /actions: read/],
    ["actions/get-workflow-run", 404, /run \d+ is gone/],
    ["actions/download-artifact", 410, /an expired one/],
    ["repos/get", 401, /token is wrong/],
  ])("GitHub answers %s with %i", async (operation, status, told) => {
    built();
    bench.hub.rest.faults[operation] = { status, times: 9, message: "no" };
    expect(await refused()).toMatch(told);
  });
});

test("a version that fails is put back, and its image gets no tags", async () => {
  built();
  await promoted();
  const later = await bench.hub.commit({ branch: "main", files: { "a.txt": "later" }, message: "Later" });
  const second = image("two", `sha-${later}`);
  await tag("v1.2.4", later);
  built({ headSha: later }, recordOf({ source: { ...passed.source, sha: later } }, second), second);
  bench.api.onProxy = (path) =>
    served().includes(second) || path.includes("none")
      ? { status: 500, body: "{}" }
      : { status: 200, body: '{"data":{"ndarray":[[0.1,0.9]]}}' };
  const { failure, outputs } = await promoted({ "wait-timeout": "2s" }, pushed("v1.2.4", later));
  expect(failure).toContain("was put back");
  expect(outputs).toMatchObject({ operation: "failed", "rolled-back": "true", tags: "[]" });
  expect(standsAt("1.2.4")).toBeUndefined();
  expect(standsAt("1.2")).toBe(digest);
});

test("an image that can not be tagged serves all the same, with a warning", async () => {
  built();
  registry.before = (_request, response, { method }) => {
    if (method === "PUT") response.writeHead(403).end();
    return method === "PUT";
  };
  const { failure, outputs, annotations } = await promoted();
  expect(failure).toBeUndefined();
  expect(outputs).toMatchObject({ operation: "created", tags: "[]" });
  expect(annotations!.map(({ message }) => message).join()).toContain("could not be tagged");
});

describe("an attestation", () => {
  let path: string | undefined;
  beforeEach(() => {
    path = process.env.PATH;
    mkdirSync(join(bench.folder, "bin"));
    process.env.PATH = `${join(bench.folder, "bin")}:${path}`;
  });
  afterEach(() => {
    process.env.PATH = path;
  });

  /** A program in place of gh that says what it was asked, and answers what it is told. */
  function gh(answer: unknown, code = 0): void {
    const file = join(bench.folder, "bin", "gh");
    writeFileSync(join(bench.folder, "answer.json"), JSON.stringify(answer));
    writeFileSync(
      file,
      `#!/bin/sh\nfor each in "$@"; do echo "$each"; done > ${bench.folder}/asked\nenv > ${bench.folder}/env\ncat ${bench.folder}/answer.json\n[ ${code} -eq 0 ] || echo "no attestations found" >&2\nexit ${code}\n`,
    );
    chmodSync(file, 0o755);
  }
  const verified = (record: string, change: object = {}) => [
    {
      attestation: {},
      verificationResult: {
        statement: {
          subject: [{ name: "digits", digest: { sha256: digest.slice("sha256:".length) } }],
          predicateType: RECORD_PREDICATE,
          predicate: JSON.parse(record) as unknown,
          ...change,
        },
      },
    },
  ];

  test("that gh verifies is enough, also where no artifact is left; only the default branch's is asked for", async () => {
    gh(verified(recordOf()));
    const workflow = "acme/digits/.github/workflows/main.yml";
    const { outputs } = await promoted({ attestation: "required", "signer-workflow": workflow });
    expect(outputs).toMatchObject({ operation: "created", evidence: "an attestation that gh has verified" });
    const asked = readFileSync(join(bench.folder, "asked"), "utf8").split("\n");
    expect(asked.slice(0, 3)).toEqual(["attestation", "verify", `oci://${registry.host}/acme/digits@${digest}`]);
    const after = (name: string): string | undefined => asked[asked.indexOf(name) + 1];
    expect(after("--repo")).toBe("acme/digits");
    expect(after("--source-ref")).toBe("refs/heads/main");
    expect(after("--predicate-type")).toBe(RECORD_PREDICATE);
    expect(after("--signer-workflow")).toBe(workflow);
    expect(readFileSync(join(bench.folder, "env"), "utf8")).not.toMatch(/^(?:INPUT_|ACTIONS_|GITHUB_API_URL)/m);
  });

  test.each<[string, (record: string) => unknown, number]>([
    ["of another image", (record) => verified(record, { subject: [{ digest: { sha256: "0".repeat(64) } }] }), 0],
    ["of another kind", (record) => verified(record, { predicateType: "https://slsa.dev/provenance/v1" }), 0],
    ["of no record", () => verified("{}"), 0],
    ["of nothing", () => [], 0],
    ["that does not verify", (record) => verified(record), 1],
  ])("%s counts for nothing; an artifact still does, where it may", async (_what, answer, code) => {
    gh(answer(recordOf()), code);
    await expect(promoted({ attestation: "required" })).rejects.toThrow(/attestation/);
    expect(bench.api.requests).toEqual([]);
    built();
    expect((await promoted()).outputs.evidence).toMatch(/^artifact \d+ of run \d+$/);
  });

  test("of a gate that rejected is the last word, whatever an artifact says", async () => {
    gh(verified(recordOf({ gate: { decision: "rejected", rules: [] } })));
    built();
    await expect(promoted()).rejects.toThrow(/gate rejected \(an attestation/);
    expect((await promoted({ attestation: "never" })).outputs.operation).toBe("created");
  });
});
