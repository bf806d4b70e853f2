// Brings a cluster up before the cluster tests, and says where its kubeconfig lies. The one that TEST_KUBE_CONTEXT and KUBECONFIG name
// is used as it is; else one is started from what build.sh has built, and built first where Go and root are at hand.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { load } from "js-yaml";
import type { TestProject } from "vitest/node";

import { adminOf, type Admin } from "./admin.ts";

const here = import.meta.dirname;
const VERSION = "v1.34.4";
const state =
  process.env.CLUSTER_STATE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "model-road/cluster", VERSION);

declare module "vitest" {
  export interface ProvidedContext {
    kubeconfig: string;
    /** Whether Seldon's own operator looks after the cluster, so that our stand-in must not. */
    realOperator: boolean;
    /** Where the cluster of our own keeps its state; empty for one that was named. */
    clusterState: string;
    /** Where a cluster of our own keeps what it was built of. */
    state: string;
  }
}

export default async function bringUp(project: TestProject): Promise<() => void> {
  const { kubeconfig, down } = cluster();
  const admin = adminOf(kubeconfig);
  const real = named() && (await hasOperator(admin));
  const own = ["seldondeployment-crd.json", "virtualservice-crd.json"];
  if (!real) for (const file of own) await define(admin, crdIn(file));
  project.provide("realOperator", real);
  project.provide("kubeconfig", kubeconfig);
  project.provide("clusterState", named() ? "" : state);
  project.provide("state", state);
  return down;
}

async function hasOperator(admin: Admin): Promise<boolean> {
  const label = "control-plane%3Dseldon-controller-manager";
  const { items } = await admin.must("GET", `/apis/apps/v1/deployments?labelSelector=${label}`);
  return Array.isArray(items) && items.length > 0;
}

type Crd = { readonly metadata: { readonly name: string } };

/** A small one of our own; in its place the real one, where SELDON_BENCH names a folder that holds it. */
function crdIn(file: string): Crd {
  const real = join(process.env["SELDON_BENCH"] ?? "/nonexistent", "crd.yaml");
  if (file.startsWith("seldondeployment") && existsSync(real)) return load(readFileSync(real, "utf8")) as Crd;
  return JSON.parse(readFileSync(join(here, file), "utf8")) as Crd;
}

async function define(admin: Admin, crd: Crd): Promise<void> {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`;
  await admin.must("PATCH", `${path}?fieldManager=tests&force=true`, crd, "application/apply-patch+yaml");
  const until = Date.now() + 30_000;
  for (;;) {
    const { status } = (await admin.must("GET", path)) as {
      status?: { conditions?: { type: string; status: string }[] };
    };
    if (status?.conditions?.some((each) => each.type === "Established" && each.status === "True")) return;
    if (Date.now() > until) throw new Error("the CRD is not established after 30 s");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Whether the cluster is someone else's. */
const named = (): boolean => (process.env["TEST_KUBE_CONTEXT"] ?? "") !== "";

function cluster(): { kubeconfig: string; down: () => void } {
  const script = (name: string, ...args: string[]): void => {
    execFileSync("bash", [join(here, name), ...args], {
      stdio: "inherit",
      env: { ...process.env, KUBECONFIG: "", CLUSTER_STATE: state },
    });
  };
  const { TEST_KUBE_CONTEXT: context = "" } = process.env;
  if (named()) {
    const flat = spawnSync(
      "kubectl",
      ["config", "view", "--raw", "--flatten", "--minify", "--context", context, "-o", "json"],
      { encoding: "utf8" },
    );
    if (flat.status !== 0) throw new Error(`kubectl can not read context ${context}: ${flat.stderr}`);
    return { kubeconfig: flat.stdout, down: () => undefined };
  }
  if (process.getuid?.() !== 0) throw new Error("a cluster of our own needs root: name one in TEST_KUBE_CONTEXT");
  if (!existsSync(join(state, "bin/kubeall"))) script("build.sh");
  const wasUp =
    spawnSync("bash", [join(here, "in-cluster"), "true"], {
      env: { ...process.env, KUBECONFIG: "", CLUSTER_STATE: state },
    }).status === 0;
  script("up.sh");
  script("images.sh");
  return {
    kubeconfig: readFileSync(join(state, "host.kubeconfig"), "utf8"),
    down: () => (wasUp ? undefined : script("down.sh")),
  };
}
