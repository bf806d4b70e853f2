// Kubeflow's own training operator (1.8.1, built from its Go module) as a process beside the cluster, for one namespace. Its webhooks
// are left out: they only check what it is given.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { load } from "js-yaml";

import type { Admin } from "./admin.ts";

/** Where it looks for its webhooks' certificate; no flag changes that. */
const CERTIFICATES = "/tmp/k8s-webhook-server/serving-certs";
const HOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
const HOOK = "validator.training-operator.kubeflow.org";
const SECRET = "training-operator-webhook-cert";

/** Some minutes where it is not built yet. */
export const BUILD_MS = 15 * 60_000;

export async function startTrainingOperator(admin: Admin, namespace: string): Promise<{ stop(): Promise<void> }> {
  const home = execFileSync("bash", [join(import.meta.dirname, "training-operator.sh")], { encoding: "utf8" }).trim();
  for (const plural of ["tfjobs", "pytorchjobs"]) {
    const crd = load(readFileSync(join(home, `kubeflow.org_${plural}.yaml`), "utf8")) as { metadata: { name: string } };
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`;
    await admin.must("PATCH", `${path}?fieldManager=tests&force=true`, crd, "application/apply-patch+yaml");
    await until(async () => {
      const { status } = (await admin.must("GET", path)) as {
        status?: { conditions?: { type: string; status: string }[] };
      };
      return status?.conditions?.some((each) => each.type === "Established" && each.status === "True") ?? false;
    }, `${plural} to be defined`);
  }
  // It waits until it could write its certificate into a webhook. This one is asked about nothing.
  await admin.call("DELETE", `${HOOKS}/${HOOK}`);
  await admin.must("POST", HOOKS, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: HOOK },
    webhooks: [
      {
        name: HOOK,
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Ignore",
        clientConfig: { service: { name: "training-operator", namespace } },
        rules: [
          { apiGroups: ["nothing.invalid"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["nothings"] },
        ],
      },
    ],
  });
  await admin.must("POST", `/api/v1/namespaces/${namespace}/secrets`, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: SECRET },
  });
  const folder = mkdtempSync(join(tmpdir(), "training-operator-"));
  writeFileSync(join(folder, "kubeconfig"), admin.kubeconfig, { mode: 0o600 });
  const said: string[] = [];
  const operator = spawn(
    join(home, "training-operator"),
    [
      `--namespace=${namespace}`,
      "--enable-scheme=tfjob",
      "--enable-scheme=pytorchjob",
      "--metrics-bind-address=127.0.0.1:0",
      "--health-probe-bind-address=127.0.0.1:0",
      "--webhook-server-port=29443",
    ],
    { env: { ...process.env, KUBECONFIG: join(folder, "kubeconfig"), MY_POD_NAMESPACE: namespace } },
  );
  for (const stream of [operator.stdout, operator.stderr]) {
    stream.on("data", (chunk: Buffer) => void said.push(chunk.toString("utf8")));
  }
  const ended = new Promise<void>((resolve) => operator.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    operator.kill("SIGTERM");
    const killed = setTimeout(() => operator.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(killed);
    await admin.call("DELETE", `${HOOKS}/${HOOK}`);
    for (const path of [folder, CERTIFICATES]) rmSync(path, { recursive: true, force: true });
  };
  try {
    await until(async () => {
      if (operator.exitCode !== null) throw new Error(`the training operator ended: ${said.join("").slice(-2000)}`);
      const { data = {} } = (await admin.must("GET", `/api/v1/namespaces/${namespace}/secrets/${SECRET}`)) as {
        data?: Record<string, string>;
      };
      if (data["tls.crt"] === undefined) return false;
      // In a pod the Secret would be mounted there.
      mkdirSync(CERTIFICATES, { recursive: true });
      for (const [name, value] of Object.entries(data)) {
        writeFileSync(join(CERTIFICATES, name), Buffer.from(value, "base64"), { mode: 0o600 });
      }
      return true;
    }, "the training operator to make its certificate");
    await until(
      async () =>
        Promise.resolve(
          /Starting workers.*pytorchjob/s.test(said.join("")) || said.join("").split("Starting workers").length > 2,
        ),
      "the training operator to work",
      () => said.join("").slice(-2000),
    );
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return { stop };
}

async function until(holds: () => Promise<boolean>, what: string, more: () => string = () => ""): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited 60 s for ${what} ${more()}`);
    await delay(200);
  }
}
