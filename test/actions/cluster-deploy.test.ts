import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Outcome } from "../../src/action.ts";
import { models } from "../../src/actions/models.ts";
import { seldonDeploy, type DeployPorts } from "../../src/actions/seldon-deploy.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { gzipTexts } from "../../src/adapters/compression.ts";
import { httpClient } from "../../src/adapters/http.ts";
import { kubernetes } from "../../src/adapters/kubernetes.ts";
import { fileLocks } from "../../src/adapters/lock.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { localServing } from "../../src/adapters/serving.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { LAST_PROVEN_ANNOTATION, PROVEN_ANNOTATION, RELEASE_ANNOTATION } from "../../src/domain/rollout/release.ts";
import { SPEC_ID_ANNOTATION } from "../../src/domain/rollout/verdict.ts";
import { readInputs, readRun } from "../../src/inputs.ts";
import type { GitHub } from "../../src/ports.ts";
import { startApiServer, type ApiServer } from "../world/kubernetes/api-server.ts";
import { operate } from "../world/kubernetes/small-operator.ts";

const PATH = "/apis/machinelearning.seldon.io/v1/namespaces/models/seldondeployments/digits";
const SMOKE = JSON.stringify({ body: { data: { ndarray: [[1]] } } });
const ANSWER = JSON.stringify({ data: { ndarray: [[0.1, 0.9]] } });

let api: ApiServer;
let folder: string;
let said: string[];

beforeEach(async () => {
  api = await startApiServer();
  operate(api);
  api.onProxy = () => ({ status: 200, body: ANSWER });
  folder = await mkdtemp(join(tmpdir(), "cluster-deploy-"));
  said = [];
});

afterEach(async () => {
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

type Options = { readonly sha?: string; readonly compare?: GitHub["compare"]; readonly signal?: AbortSignal };

const asInputs = (all: Record<string, string>) =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));

async function manage(given: Record<string, string>): Promise<Outcome> {
  const all = { target: "seldon", kubeconfig: api.kubeconfig, ...given };
  const run = { ...readRun({}), workspace: folder, temp: folder };
  const signal = new AbortController().signal;
  const processes = localProcesses({ signal });
  const [clock, workspace] = [systemClock(), localWorkspace(run)];
  const log = {
    info: (text: string) => void said.push(text),
    warning: (text: string) => void said.push(`warning ${text}`),
    debug: () => undefined,
    group: async <T>(_title: string, work: () => Promise<T>) => await work(),
    mask: () => undefined,
  };
  const serving = localServing({ processes, locks: fileLocks() });
  const clusters = kubernetes({ log, clock, processes, workspace, run });
  const ports = { log, clock, signal, serving, processes, workspace, kubernetes: clusters, compression: gzipTexts() };
  return await models.run(await readInputs(models.inputs, asInputs(all)), run, ports);
}

async function deploy(
  given: Record<string, string> = {},
  { sha = "2".repeat(40), compare, signal = new AbortController().signal }: Options = {},
): Promise<Outcome> {
  const run = { ...readRun({}), repository: "acme/digits", sha, runId: "7", workspace: folder, temp: folder };
  const processes = localProcesses({ signal });
  const [clock, workspace] = [systemClock(), localWorkspace(run)];
  const log = {
    info: (text: string) => void said.push(text),
    warning: (text: string) => void said.push(`warning ${text}`),
    debug: () => undefined,
    group: async <T>(_title: string, work: () => Promise<T>) => await work(),
    mask: () => undefined,
  };
  const ports = {
    log,
    clock,
    workspace,
    processes,
    signal,
    github: { compare: compare ?? (async () => Promise.resolve("ahead" as const)) },
    http: httpClient(),
    compression: gzipTexts(),
    kubernetes: kubernetes(
      { log, clock, processes, workspace, run },
      { troubleMs: 1000, callMs: 500, firstPauseMs: 5, silenceMs: 1000 },
    ),
  } as unknown as DeployPorts;
  const all = {
    target: "seldon",
    name: "digits",
    namespace: "models",
    "require-gate": "false",
    kubeconfig: api.kubeconfig,
    image: "acme/digits:1",
    "smoke-request": SMOKE,
    "wait-timeout": "5s",
    ...given,
  };
  const env = Object.fromEntries(Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  return await seldonDeploy.run(await readInputs(seldonDeploy.inputs, env), run, ports);
}

const annotations = (): Record<string, string> => (api.get(PATH)?.metadata.annotations ?? {}) as Record<string, string>;
const imageOf = (): string => /"image":"([^"]+)"/.exec(JSON.stringify(api.get(PATH)?.spec))?.[1] ?? "";

describe("what is kept in the object", () => {
  test("spec, release and mark; a second version keeps the first as what it rolls back to", async () => {
    const first = await deploy();
    expect(first).toMatchObject({ outputs: { operation: "created", "rolled-back": "false" } });
    const id = first.outputs["deploy-id"]!;
    expect(annotations()).toMatchObject({ [SPEC_ID_ANNOTATION]: id, [PROVEN_ANNOTATION]: id });
    expect(annotations()[LAST_PROVEN_ANNOTATION]).toBeUndefined();
    const second = await deploy({ image: "acme/digits:2" });
    expect(second.outputs.operation).toBe("updated");
    const kept = JSON.parse(
      await gzipTexts().unpack(annotations()[LAST_PROVEN_ANNOTATION]!, { where: "x", maxBytes: 1e6 }),
    ) as object;
    expect(kept).toMatchObject({ schema: 1, deployId: id, repository: "acme/digits", sha: "2".repeat(40), runId: "7" });
    expect((await deploy({ image: "acme/digits:2" })).outputs).toMatchObject({
      operation: "unchanged",
      reason: expect.stringContaining("serves already"),
    });
  });

  test("an annotation that someone has broken is no rollback target, and no obstacle", async () => {
    await deploy();
    const live = api.get(PATH)!;
    api.put(PATH, {
      ...live,
      metadata: { ...live.metadata, annotations: { ...annotations(), [RELEASE_ANNOTATION]: "broken" } },
    });
    const { outputs, failure } = await deploy({ image: "acme/digits:nope" });
    expect(failure).toContain("not found");
    expect(outputs["rolled-back"]).toBe("false");
    expect(said.join("\n")).toContain("nothing is rolled back to it");
  });
});

describe("failures", () => {
  test("a doomed version is rolled back to what was proven, and the next deploy of that is unchanged", async () => {
    const { outputs: good } = await deploy();
    const { outputs, failure } = await deploy({ image: "acme/digits:nope" });
    expect(failure).toMatch(/acme\/digits:nope: not found/);
    expect(outputs).toMatchObject({ operation: "failed", "rolled-back": "true" });
    expect(annotations()).toMatchObject({
      [SPEC_ID_ANNOTATION]: good["deploy-id"],
      [PROVEN_ANNOTATION]: good["deploy-id"],
    });
    expect(imageOf()).toBe("docker.io/acme/digits:1");
    expect((await deploy()).outputs.operation).toBe("unchanged");
  });

  test("two failures in a row still know the one that was good", async () => {
    await deploy();
    expect((await deploy({ image: "acme/digits:nope", rollback: "none" })).failure).toContain("stays as it is");
    expect(imageOf()).toBe("docker.io/acme/digits:nope");
    const { outputs } = await deploy({ image: "acme/digits:nope-2" });
    expect(outputs["rolled-back"]).toBe("true");
    expect(imageOf()).toBe("docker.io/acme/digits:1");
  });

  test("a rollback that fails too says that a person is needed", async () => {
    await deploy();
    const forbidden = JSON.stringify({
      kind: "Status",
      reason: "Forbidden",
      message: "seldondeployments is forbidden",
    });
    const act = api.onWrite;
    api.onWrite = (object, path) => {
      act(object, path);
      // The right is lost between the two writes.
      api.faults.push({ method: "PATCH", answer: { status: 403, body: forbidden }, times: 10 });
    };
    const { outputs, failure } = await deploy({ image: "acme/digits:nope" });
    expect(failure).toMatch(/Recovering failed too, so it needs a person.*forbidden/s);
    expect(outputs["rolled-back"]).toBe("false");
    expect(imageOf()).toBe("docker.io/acme/digits:nope");
  });

  test("a first version that fails is removed; one that was there before is not", async () => {
    expect((await deploy({ image: "acme/digits:nope" })).failure).toContain("removed again");
    expect(api.get(PATH)).toBeUndefined();
    await deploy({ image: "acme/digits:nope", rollback: "none" });
    expect((await deploy({ image: "acme/digits:nope-2" })).failure).toContain("stays as it is");
    expect(api.get(PATH)).toBeDefined();
  });

  test("a first version that fails is left to whoever has deployed over it meanwhile", async () => {
    let asked = 0;
    api.onProxy = () => {
      if (asked++ === 0) {
        const { metadata, ...live } = api.get(PATH)!;
        api.put(PATH, { ...live, metadata: { ...metadata, annotations: { [SPEC_ID_ANNOTATION]: "f".repeat(40) } } });
      }
      return {
        status: 200,
        body: JSON.stringify({
          data: { ndarray: [[Number.MAX_VALUE, "no"]] },
          status: { status: "FAILURE", info: "no" },
        }),
      };
    };
    const { failure } = await deploy();
    expect(failure).toBeDefined();
    expect(failure).not.toContain("removed again");
    expect(annotations()[SPEC_ID_ANNOTATION]).toBe("f".repeat(40));
  });

  test("without an operator nothing is believed: the old Available does not count", async () => {
    await deploy();
    api.onWrite = () => undefined;
    expect(api.get(PATH)!.status).toMatchObject({ state: "Available" });
    const { failure } = await deploy({ image: "acme/digits:2", "wait-timeout": "1s", rollback: "none" });
    expect(failure).toContain("still waiting for the operator to roll predictor default out");
  });

  test("an answer that is wrong is a failure, one that is refused for a moment is not", async () => {
    await deploy();
    let asked = 0;
    api.onProxy = () => (asked++ < 3 ? undefined : { status: 200, body: ANSWER });
    expect((await deploy({ image: "acme/digits:2" })).failure).toBeUndefined();
    expect(asked).toBeGreaterThan(3);
    api.onProxy = (_path, body) => ({
      status: 200,
      body: body === "" ? "pong" : JSON.stringify({ data: { ndarray: [0.5] } }),
    });
    const { failure, outputs } = await deploy({ image: "acme/digits:3" });
    expect(failure).toContain("2 dimensions or more");
    expect(outputs["rolled-back"]).toBe("true");
  });

  test("the pod of the new version is asked, not whoever answers", async () => {
    await deploy();
    const asked: string[] = [];
    api.onProxy = (path) => {
      asked.push(path);
      return { status: 200, body: ANSWER };
    };
    const { outputs } = await deploy({ image: "acme/digits:2" });
    const pods = asked.filter((path) => path.includes("/pods/"));
    expect(pods.length).toBeGreaterThan(0);
    const label = /"model-road\/deploy-id":"([0-9a-f]{40})"/.exec(JSON.stringify(api.get(PATH)!.spec))![1]!;
    for (const path of pods)
      expect(path).toContain(`http:digits-${label.slice(0, 8)}-0:9000/proxy/api/v1.0/predictions`);
    expect(asked.some((path) => path.includes("/services/http:digits-default:9000/proxy/"))).toBe(true);
    expect(outputs["prediction-url"]).toBe(
      `${api.url}/api/v1/namespaces/models/services/http:digits-default:9000/proxy/api/v1.0/predictions`,
    );
  });
});

describe("others", () => {
  test("an older commit, a foreign object, a foreign field and an object that is ending are refused by name", async () => {
    await deploy();
    await expect(
      deploy({ image: "acme/digits:2" }, { sha: "1".repeat(40), compare: async () => Promise.resolve("behind") }),
    ).rejects.toThrow(/older/);
    expect(
      (
        await deploy(
          { image: "acme/digits:2", "allow-older": "true" },
          { sha: "1".repeat(40), compare: async () => Promise.resolve("behind") },
        )
      ).outputs.operation,
    ).toBe("updated");
    api.foreign.set(PATH, "argocd-controller");
    await expect(deploy({ image: "acme/digits:3" })).rejects.toThrow(/spec\.predictors.*argocd-controller owns/s);
    api.foreign.clear();
    const live = api.get(PATH)!;
    api.put(PATH, { ...live, metadata: { ...live.metadata, labels: {} } });
    await expect(deploy({ image: "acme/digits:3" })).rejects.toThrow(/adopt: true/);
    expect((await deploy({ image: "acme/digits:3", adopt: "true" })).outputs.operation).toBe("updated");
    api.put(PATH, {
      ...api.get(PATH)!,
      metadata: { ...api.get(PATH)!.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" },
    });
    await expect(deploy({ image: "acme/digits:4" })).rejects.toThrow(/being deleted/);
  });

  test("an unknown ancestry is told, and does not stop", async () => {
    await deploy();
    const { outputs } = await deploy(
      { image: "acme/digits:2" },
      { sha: "1".repeat(40), compare: async () => Promise.reject(new Error("no token")) },
    );
    expect(outputs.operation).toBe("updated");
    expect(said.join("\n")).toContain("can not be told: no token");
  });

  test("a deploy that comes after ours is left alone", async () => {
    await deploy();
    const act = api.onWrite;
    api.onWrite = (object, path) => {
      if (!JSON.stringify(object.spec).includes("digits:2")) return act(object, path);
      const meant = object.metadata.annotations as Record<string, string>;
      api.onWrite = act;
      api.put(path, {
        ...object,
        metadata: { ...object.metadata, annotations: { ...meant, [SPEC_ID_ANNOTATION]: "e".repeat(40) } },
      });
    };
    const { failure } = await deploy({ image: "acme/digits:2" });
    expect(failure).toMatch(/left alone.*eeeeeeeeeeee was applied after us/s);
    expect(annotations()[SPEC_ID_ANNOTATION]).toBe("e".repeat(40));
  });

  test("a write between reading and writing is read again", async () => {
    await deploy();
    api.faults.push({
      method: "PATCH",
      path: /seldondeployments/,
      answer: {
        status: 409,
        body: JSON.stringify({ kind: "Status", reason: "Conflict", message: "the object has been modified" }),
      },
    });
    const { outputs } = await deploy({ image: "acme/digits:2" });
    expect(outputs.operation).toBe("updated");
    expect(said.join("\n")).toContain("was changed meanwhile: read again");
  });
});

describe("rights and what is missing", () => {
  test.each([
    ["deployments", /Deployments and pods: without it success can not be proven/],
    ["pods", /Deployments and pods: without it success can not be proven/],
  ])("no right to read %s: nothing is changed", async (resource, told) => {
    api.faults.push({
      method: "GET",
      path: new RegExp(`/${resource}\\?`),
      answer: {
        status: 403,
        body: JSON.stringify({ kind: "Status", reason: "Forbidden", message: `${resource} is forbidden` }),
      },
    });
    await expect(deploy()).rejects.toThrow(told);
    expect(api.get(PATH)).toBeUndefined();
  });

  test("no kubeconfig, no image, no such file", async () => {
    await expect(deploy({ kubeconfig: "{}" })).rejects.toThrow(/kubeconfig/);
    await expect(deploy({ image: "" })).rejects.toThrow(/an image, or a model-uri/);
    await expect(deploy({ manifest: "none.yaml" })).rejects.toThrow(/a file "none.yaml", saw none/);
    await expect(deploy({ image: "oci:image" })).rejects.toThrow(/in a registry/);
    expect(api.requests).toEqual([]);
  });
});

describe("without a change", () => {
  test("client asks no cluster and renders what would be sent", async () => {
    const { outputs, summary } = await deploy({ "dry-run": "client", kubeconfig: "" });
    expect(outputs.operation).toBe("rendered");
    expect(JSON.parse(outputs.manifest!)).toMatchObject({
      kind: "SeldonDeployment",
      metadata: { name: "digits", annotations: { [SPEC_ID_ANNOTATION]: outputs["deploy-id"] } },
    });
    expect(summary).toContain("acme/digits:1");
    expect(api.requests).toEqual([]);
  });

  test("diff and server write nothing", async () => {
    for (const dry of ["diff", "server", "true"]) {
      expect((await deploy({ "dry-run": dry })).outputs.operation).toBe("would-create");
      expect(api.get(PATH)).toBeUndefined();
    }
    await deploy();
    const { outputs, summary } = await deploy({ image: "acme/digits:2", "dry-run": "diff" });
    expect(outputs.operation).toBe("would-update");
    expect(summary).toMatch(/- spec\.predictors.*acme\/digits:1[^]*\+ spec\.predictors.*acme\/digits:2/);
    expect(imageOf()).toContain("digits:1");
  });
});

test("a manifest of the user's is deployed with the image and the replicas put in", async () => {
  await mkdir(join(folder, "deploy"));
  const manifest = `# ours
apiVersion: machinelearning.seldon.io/v1alpha2
kind: SeldonDeployment
metadata: {name: digits, labels: {team: blue}}
spec:
  name: old
  predictors:
    - name: default
      annotations: {seldon.io/no-engine: "true"}
      graph: {name: classifier, type: MODEL}
      componentSpecs: [{spec: {containers: [{name: classifier, image: "acme/digits:0"}, {name: proxy, image: "acme/proxy:1"}]}}]
`;
  await writeFile(join(folder, "deploy/digits.yaml"), manifest);
  const { outputs, failure } = await deploy({ manifest: "deploy/digits.yaml", replicas: "2" });
  expect(failure).toBeUndefined();
  expect(outputs.operation).toBe("created");
  const live = api.get(PATH)!;
  expect(live.metadata.labels).toMatchObject({ team: "blue", "app.kubernetes.io/managed-by": "model-road" });
  expect(live.apiVersion).toBe("machinelearning.seldon.io/v1");
  expect(JSON.stringify(live.spec)).toContain("acme/proxy:1");
  expect(imageOf()).toContain("digits:1");
  expect(live.spec).toMatchObject({ predictors: [{ replicas: 2 }] });
  expect(JSON.stringify(live.spec)).not.toContain("old");
  const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n";
  await writeFile(join(folder, "deploy/digits.yaml"), `${settings}---\n${manifest}---\n`);
  expect((await deploy({ manifest: "deploy/digits.yaml", replicas: "2" })).outputs.operation).toBe("unchanged");
  expect(api.get("/api/v1/namespaces/models/configmaps/settings")).toMatchObject({ data: { a: "b" } });
  for (const [more, told] of [
    [manifest, /one SeldonDeployment.*"SeldonDeployment", "SeldonDeployment"/s],
    ["kind: Deployment\napiVersion: apps/v1\n", /"Deployment"/],
    [settings.replace("{name: settings}", "{name: settings, namespace: kube-system}"), /"kube-system"/],
    [settings.replace("settings}", "../x}"), /expected a name/],
  ] as const) {
    await writeFile(join(folder, "deploy/digits.yaml"), `${manifest}---\n${more}`);
    await expect(deploy({ manifest: "deploy/digits.yaml" })).rejects.toThrow(told);
  }
  await expect(deploy({ manifest: "deploy/digits.yaml", env: "A: 1" })).rejects.toThrow(/nothing beside a manifest/);
});

test("what the cluster would refuse is told before it is asked", async () => {
  await expect(deploy({ implementation: "BOGUS_SERVER", image: "", "model-uri": "s3://m/1" })).rejects.toThrow(
    /SKLEARN_SERVER/,
  );
  await expect(deploy({ resources: "{requests: {cpu: 2}, limits: {cpu: 1}}" })).rejects.toThrow(/at most the limit/);
  expect(api.requests).toEqual([]);
});

test("base-url: the gateway is asked too, and is the URL", async () => {
  await expect(
    deploy({ "base-url": "http://127.0.0.1:9", "wait-timeout": "1s" }).then(({ failure }) => failure),
  ).resolves.toMatch(/127\.0\.0\.1:9/);
});

test("cut off after any request, the next run converges", { timeout: 120_000 }, async () => {
  await deploy();
  let longest = 0;
  for (let after = 1; after <= 20; after++) {
    const cut = new AbortController();
    const from = api.requests.length;
    const watching = setInterval(() => {
      if (api.requests.length - from >= after) cut.abort(new Error("killed"));
    }, 0);
    const image = after % 3 === 0 ? "acme/digits:nope" : `acme/digits:cut-${after}`;
    await deploy({ image }, { signal: cut.signal }).then(
      () => undefined,
      (thrown: unknown) => expect(String(thrown)).toMatch(/killed|aborted/i),
    );
    clearInterval(watching);
    longest = Math.max(longest, api.requests.length - from);
    // Whatever stands there now: a good version is deployed over it, and a bad one is rolled back to a good one.
    const good = await deploy({ image: `acme/digits:good-${after}` });
    expect(good.failure, `after ${after} requests`).toBeUndefined();
    expect(annotations()[PROVEN_ANNOTATION]).toBe(good.outputs["deploy-id"]);
    const bad = await deploy({ image: "acme/digits:nope" });
    expect(bad.outputs["rolled-back"]).toBe("true");
    expect(imageOf()).toBe(`docker.io/acme/digits:good-${after}`);
  }
  expect(longest).toBeGreaterThan(10);
});

describe("models", () => {
  test("tells what is served, also what is not ours, says where it answers, and deletes it", async () => {
    expect((await manage({})).summary).toContain("no SeldonDeployments");
    const { outputs } = await deploy();
    const foreign = { predictors: [{ name: "p", replicas: 2, graph: { name: "c" } }] };
    api.put(PATH.replace("models", "others"), { metadata: {}, spec: foreign, status: { state: "Creating" } });
    const listed = await manage({});
    expect(JSON.parse(listed.outputs.models!)).toMatchObject([
      {
        namespace: "models",
        name: "digits",
        status: "Available",
        deployId: outputs["deploy-id"],
        ours: true,
        proven: true,
        replicas: 1,
      },
      { name: "digits", status: "Creating", ours: false, proven: false, replicas: 2 },
    ]);
    expect(listed.summary).toContain("models/digits");
    expect(JSON.parse((await manage({ namespace: "models" })).outputs.models!)).toHaveLength(1);
    const url = await manage({ command: "get-url", namespace: "models", name: "digits" });
    expect(url.outputs).toMatchObject({ operation: "found", "prediction-url": outputs["prediction-url"] });
    const asked = { command: "get-url", namespace: "models", name: "digits", "base-url": "https://models.example" };
    expect((await manage(asked)).outputs["prediction-url"]).toBe(
      "https://models.example/seldon/models/digits/api/v1.0/predictions",
    );
    await expect(manage({ command: "get-url", namespace: "others", name: "digits" })).rejects.toThrow(
      /saw one that is Creating/,
    );
    await expect(manage({ command: "get-url", namespace: "models", name: "none" })).rejects.toThrow(
      /a SeldonDeployment, saw none/,
    );
    const gone = { command: "delete", namespace: "models", name: "digits" };
    expect((await manage(gone)).outputs.operation).toBe("deleted");
    expect(api.get(PATH)).toBeUndefined();
    expect((await manage(gone)).outputs.operation).toBe("absent");
  });

  test("inputs of the other target are refused", async () => {
    await expect(manage({ target: "local" })).rejects.toThrow(/"kubeconfig": expected nothing with target: local/);
    await expect(manage({ target: "helm", command: "stop", name: "x" })).rejects.toThrow(
      /list, describe, get-url or delete/,
    );
    await expect(manage({ command: "delete" })).rejects.toThrow(/"name"/);
  });
});
