// The whole story of a model on GitHub, as one test: the workflows that users copy, run as GitHub's runner does by the bundle in dist,
// with images in a registry and real pods in three namespaces. WRITE_STORY=1 writes what happened to docs/story.md.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { startMachine, type Machine } from "../runner/machine.ts";
import { startGateway, type Gateway } from "../world/cluster/gateway.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { accountWith, previewAccount } from "./accounts.ts";
import { openBench, type Bench } from "./deploying.ts";
import { tellStory } from "./story/story.ts";
import { openTranscript } from "./story/transcript.ts";

const root = resolve(import.meta.dirname, "../..");
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "model-road");
/** The cluster's own registry, as this machine calls it, and as its node does too. */
const REGISTRY = `127.0.0.1:${process.env["CLUSTER_REGISTRY_PORT"] ?? "15000"}`;

let folder: string;
let github: GitHub;
let machine: Machine;
let gateway: Gateway;
const benches: Bench[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "story-"));
  github = await startGitHub({ owner: "acme", name: "digits" });
  machine = await startMachine({ root: join(folder, "machine"), toolCache: join(cache, "tools") });
  machine.environment["XDG_STATE_HOME"] = join(folder, "state");
  machine.environment["XDG_CACHE_HOME"] ??= join(homedir(), ".cache");
  // One after the other: a name holds the millisecond.
  for (let count = 0; count < 3; count++) benches.push(await openBench(inject("kubeconfig"), { istio: true }));
  gateway = await startGateway(benches[0]!.admin);
});

afterAll(async () => {
  await gateway?.close();
  for (const bench of benches) await bench.stop();
  await github?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a model's way from a pull request to production, and back", { timeout: 600_000 }, async () => {
  const [previews, staging, production] = benches as [Bench, Bench, Bench];
  const image = `${REGISTRY}/story-${process.pid}-${Date.now().toString(36)}/digits`;
  const base = `${REGISTRY}/python:3.11`;
  const vars = ({ namespace }: Bench) => ({ IMAGE: image, NAMESPACE: namespace, BASE_URL: gateway.url });
  const role = readFileSync(join(root, "docs/deploy-role.yml"), "utf8");
  const account = async (bench: Bench) => ({
    KUBECONFIG: await accountWith(bench, role, "deployer", (rules) => rules),
  });
  const stages = { previews, staging, production };
  const story = openTranscript(
    {
      [previews.namespace]: "previews",
      [staging.namespace]: "staging",
      [production.namespace]: "production",
      [image]: "registry.acme.example/digits",
      [base]: "registry.acme.example/python:3.11",
      [gateway.url]: "https://models.acme.example",
    },
    "real pods in three namespaces of a cluster",
  );
  const { first, second } = await tellStory({
    github,
    machine,
    base,
    story,
    falls: () => /KeyError/,
    environments: {
      preview: { vars: vars(previews), secrets: { KUBECONFIG: await previewAccount(previews) } },
      staging: { vars: vars(staging), secrets: await account(staging), refs: ["main"] },
      production: { vars: vars(production), secrets: await account(production), refs: ["main", "v*"] },
    },
    namespaces: { previews: previews.namespace, staging: staging.namespace, production: production.namespace },
    sdep: async (stage, name) => await stages[stage].sdep(name),
    pods: async (stage, name) => {
      const pods = await stages[stage].pods(name);
      return pods.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.name);
    },
  });
  expect(first).toMatch(/^sha256:/);
  expect(second).not.toBe(first);
});
