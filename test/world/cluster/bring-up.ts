// Brings a cluster up before the cluster tests, and says where its kubeconfig lies. The one that TEST_KUBE_CONTEXT and KUBECONFIG name
// is used as it is; else one is started from what build.sh has built, and built first where Go and root are at hand.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
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
    /** Where a cluster of our own keeps what it was built of. */
    state: string;
  }
}

export default async function bringUp(project: TestProject): Promise<() => void> {
  const { kubeconfig, down } = cluster();
  const admin = adminOf(kubeconfig);
  for (const file of ["seldondeployment-crd.json", "virtualservice-crd.json"]) await define(admin, file);
  project.provide("kubeconfig", kubeconfig);
  project.provide("state", state);
  return down;
}

async function define(admin: Admin, file: string): Promise<void> {
  const crd = JSON.parse(readFileSync(join(here, file), "utf8")) as { metadata: { name: string } };
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`;
  await admin.must("PATCH", `${path}?fieldManager=tests`, crd, "application/apply-patch+yaml");
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

function cluster(): { kubeconfig: string; down: () => void } {
  const script = (name: string, ...args: string[]): void => {
    execFileSync("bash", [join(here, name), ...args], {
      stdio: "inherit",
      env: { ...process.env, KUBECONFIG: "", CLUSTER_STATE: state },
    });
  };
  const { TEST_KUBE_CONTEXT: context } = process.env;
  if (context !== undefined && context !== "") {
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
