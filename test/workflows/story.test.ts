// The story of a model, as test/cluster/story.cluster.ts tells it on real pods, where there is no cluster: an API server that keeps
// objects, and images of model and code only.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { SeldonDeployment } from "../../src/domain/seldon/resource.ts";
import { tellStory } from "../cluster/story/story.ts";
import { openTranscript } from "../cluster/story/transcript.ts";
import { startMachine, type Machine } from "../runner/machine.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { startApiServer, type ApiServer } from "../world/kubernetes/api-server.ts";
import { operate } from "../world/kubernetes/small-operator.ts";
import { startRegistry, type TestRegistry } from "../world/registry/registry.ts";

const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "model-road");
const ANSWER = JSON.stringify({ data: { ndarray: [Array(10).fill(0.1)] } });

let folder: string;
let github: GitHub;
let machine: Machine;
let cluster: ApiServer;
let registry: TestRegistry;
let gateway: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "story-"));
  github = await startGitHub({ owner: "acme", name: "digits" });
  machine = await startMachine({ root: join(folder, "machine"), toolCache: join(cache, "tools") });
  machine.environment["XDG_STATE_HOME"] = join(folder, "state");
  machine.environment["XDG_CACHE_HOME"] ??= join(homedir(), ".cache");
  registry = await startRegistry();
  cluster = await startApiServer();
  cluster.onProxy = () => ({ status: 200, body: ANSWER });
  gateway = createServer((asked, answer) => {
    asked.resume();
    answer.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
  });
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  gateway.closeAllConnections();
  gateway.close();
  await Promise.all([github.close(), cluster.close(), registry.close()]);
  rmSync(folder, { recursive: true, force: true });
});

test("a model's way from a pull request to production, and back", { timeout: 600_000 }, async () => {
  let falling = "";
  operate(
    cluster,
    "none",
    (image, namespace) => falling !== "" && image.endsWith(falling) && namespace === "production",
  );
  const base = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  const image = `${registry.host}/digits`;
  const vars = (NAMESPACE: string) => ({
    IMAGE: image,
    NAMESPACE,
    BASE_URL: base,
  });
  const secrets = { KUBECONFIG: cluster.kubeconfig };
  const seldon = "/apis/machinelearning.seldon.io/v1/namespaces";
  const { first, second } = await tellStory({
    github,
    machine,
    base: undefined,
    story: openTranscript(
      { [image]: "registry.acme.example/digits", [base]: "https://models.acme.example" },
      "an API server of the tests in place of a cluster with pods",
    ),
    environments: {
      preview: { vars: vars("previews"), secrets },
      staging: { vars: vars("models"), secrets, refs: ["main"] },
      production: { vars: vars("production"), secrets, refs: ["main", "v*"] },
    },
    namespaces: { previews: "previews", staging: "models", production: "production" },
    sdep: async (stage, name) => {
      const namespace = stage === "staging" ? "models" : stage;
      const stored = cluster.get(`${seldon}/${namespace}/seldondeployments/${name}`);
      return await Promise.resolve(stored as unknown as SeldonDeployment | undefined);
    },
    pods: async () => await Promise.resolve(cluster.under("/api/v1/namespaces/models/pods")),
    falls: (digest) => {
      falling = digest;
      return /ErrImagePull/;
    },
  });
  expect(first).toMatch(/^sha256:/);
  expect(second).not.toBe(first);
});
