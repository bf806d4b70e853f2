import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { systemClock } from "../../src/adapters/clock.ts";
import { kubernetes } from "../../src/adapters/kubernetes.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import type { KubernetesObject } from "../../src/domain/kubernetes/object.ts";
import { pathOf } from "../../src/domain/kubernetes/paths.ts";
import { ActionError } from "../../src/errors.ts";
import { readRun } from "../../src/inputs.ts";
import type { Cluster } from "../../src/ports.ts";
import { startApiServer, type ApiServer } from "../world/kubernetes/api-server.ts";

let api: ApiServer;
let folder: string;
let masked: string[];
const open: Cluster[] = [];

beforeEach(async () => {
  api = await startApiServer();
  folder = await mkdtemp(join(tmpdir(), "kubernetes-"));
  masked = [];
});

afterEach(async () => {
  for (const cluster of open.splice(0)) cluster.close();
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

type Asked = {
  readonly kubeconfig?: string | undefined;
  readonly allowExec?: string[];
  readonly env?: Record<string, string>;
};

async function connect(asked: Asked = {}): Promise<Cluster> {
  const { allowExec = [], env = {} } = asked;
  const kubeconfig = "kubeconfig" in asked ? asked.kubeconfig : api.kubeconfig;
  const run = { ...readRun({}), workspace: join(folder, "checkout"), temp: folder };
  const processes = localProcesses({ signal: new AbortController().signal });
  const cluster = await kubernetes(
    {
      log: { mask: (secret) => void masked.push(secret), debug: () => undefined },
      clock: systemClock(),
      processes: {
        ...processes,
        find: async (program) => (program.startsWith("own-") ? join(folder, program) : await processes.find(program)),
        environment: () => ({ PATH: process.env.PATH ?? "", HOME: folder, GITHUB_TOKEN: "not for plugins", ...env }),
      },
      workspace: localWorkspace(run),
      run,
    },
    { silenceMs: 300, troubleMs: 1500, callMs: 500, firstPauseMs: 10 },
    { serviceAccount: join(folder, "serviceaccount") },
  ).connect({ kubeconfig, context: undefined, allowExec });
  open.push(cluster);
  return cluster;
}

const path = pathOf("SeldonDeployment", "models", "digits");
const object = (spec: object = { predictors: [] }, metadata: object = {}) => ({
  apiVersion: "machinelearning.seldon.io/v1",
  kind: "SeldonDeployment",
  metadata: { name: "digits", namespace: "models", ...metadata },
  spec,
});

async function refusal(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(ActionError);
  return (thrown as ActionError).message;
}

describe("reads and writes", () => {
  test("an object is applied with its manager and strictly, read, patched and removed", async () => {
    const cluster = await connect();
    expect(await cluster.get(path)).toBeUndefined();
    const applied = await cluster.apply(path, object());
    expect(applied).toMatchObject({ kind: "applied", object: { metadata: { generation: 1 } } });
    const { search } = new URL(api.requests.at(-1)!.path, "https://x");
    expect(Object.fromEntries(new URLSearchParams(search))).toEqual({
      fieldManager: "model-road",
      fieldValidation: "Strict",
    });
    expect(await cluster.patch(path, [{ op: "test", path: "/spec/x", value: 1 }])).toBe(false);
    expect(await cluster.patch(path, [{ op: "add", path: "/metadata/labels", value: { a: "b" } }])).toBe(true);
    const { metadata } = (await cluster.get(path))!;
    expect(metadata.labels).toEqual({ a: "b" });
    expect(await cluster.remove(path, "another uid")).toBe(false);
    expect(await cluster.remove(path, metadata.uid!)).toBe(true);
    expect(await cluster.remove(path, metadata.uid!)).toBe(false);
    expect(cluster.calls).toBe(api.requests.length);
  });

  test("a stale version and another's field are told apart, and a dry run changes nothing", async () => {
    const cluster = await connect();
    await cluster.apply(path, object());
    expect(await cluster.apply(path, object({ predictors: [1] }, { resourceVersion: "1" }))).toEqual({ kind: "stale" });
    api.foreign.set(path, "argocd");
    expect(await cluster.apply(path, object({ predictors: [2] }))).toEqual({
      kind: "conflict",
      with: [{ manager: "argocd", field: ".spec.predictors" }],
    });
    api.foreign.clear();
    expect(await cluster.apply(path, object({ predictors: [3] }), { dryRun: true })).toMatchObject({ kind: "applied" });
    expect(api.get(path)!.spec).toEqual({ predictors: [] });
  });
});

describe("trouble", () => {
  test.each([
    ["429 in plain text, with a pause", { status: 429, body: "Too many requests", headers: { "retry-after": "1" } }],
    ["503", { status: 503 }],
    ["500 of etcd", { status: 500, body: '{"kind":"Status","message":"etcdserver: leader changed"}' }],
    ["a connection that is cut", "reset" as const],
    ["a write whose answer is lost", "reset-after" as const],
  ])("%s passes", async (_name, answer) => {
    const cluster = await connect();
    api.faults.push({ method: "PATCH", answer, times: 1 });
    expect(await cluster.apply(path, object())).toMatchObject({ kind: "applied" });
    expect(api.requests.length).toBe(2);
  });

  test("trouble that stays is told with the server's words", async () => {
    const cluster = await connect();
    api.faults.push({
      answer: {
        status: 500,
        body: JSON.stringify({
          kind: "Status",
          message: 'Internal error occurred: failed calling webhook "v1.vseldondeployment.kb.io": connection refused',
        }),
      },
      times: 1000,
    });
    expect(await refusal(cluster.apply(path, object()))).toMatch(
      /webhook v1\.vseldondeployment\.kb\.io.*operator is down/s,
    );
  });

  test.each<[string, number, object, RegExp]>([
    ["expired", 401, { message: "Unauthorized" }, /expired/],
    ["no right", 403, { reason: "Forbidden", message: "pods is forbidden" }, /pods is forbidden.*Role/s],
    ["quota", 403, { reason: "Forbidden", message: "exceeded quota: small" }, /quota/],
    [
      "a namespace that ends",
      403,
      { message: "unable to create: namespace x is being terminated" },
      /is being deleted/,
    ],
    [
      "no CRD",
      404,
      { reason: "NotFound", message: "the server could not find the requested resource" },
      /CRD is not installed/,
    ],
    ["invalid", 422, { reason: "Invalid", message: "spec.predictors: Required value" }, /Required value/],
  ])("%s is told with what to do, and not asked again", async (_name, status, body, told) => {
    const cluster = await connect();
    api.faults.push({ answer: { status, body: JSON.stringify({ kind: "Status", ...body }) } });
    expect(await refusal(cluster.apply(path, object()))).toMatch(told);
    expect(api.requests.length).toBe(1);
  });

  test("a certificate of another authority is refused at once", async () => {
    const config = JSON.parse(api.kubeconfig) as { clusters: { cluster: Record<string, string> }[] };
    delete config.clusters[0]!.cluster["certificate-authority-data"];
    const cluster = await connect({ kubeconfig: JSON.stringify(config) });
    expect(await refusal(cluster.get(path))).toContain("certificate");
    expect(api.requests.length).toBe(0);
  });
});

describe("following", () => {
  const collection = pathOf("Pod", "models");
  const put = (name: string, labels: Record<string, string> = { app: "m" }) =>
    api.put(`${collection}/${name}`, { metadata: { labels } });

  /** Follows until the names are as wanted, doing things on the way. */
  async function until(wanted: string[], act: () => void | Promise<void>): Promise<number> {
    const cluster = await connect();
    const stop = new AbortController();
    const seen: string[] = [];
    const deadline = setTimeout(() => stop.abort(), 5000);
    let acted = false;
    await cluster.follow(collection, { labels: "app=m", signal: stop.signal }, (items: readonly KubernetesObject[]) => {
      seen.splice(0, seen.length, ...items.map(({ metadata }) => metadata.name).toSorted());
      if (seen.join() === wanted.join()) stop.abort();
      else if (!acted) {
        acted = true;
        // Once the watch stands, or fails to.
        setTimeout(() => void act(), 50);
      }
    });
    clearTimeout(deadline);
    expect(seen).toEqual(wanted);
    return api.requests.length;
  }

  test("a change arrives by the watch: two requests", async () => {
    put("a");
    expect(await until(["a", "b"], () => void [put("other", {}), put("b")])).toBe(2);
  });

  test("a removal arrives too", async () => {
    put("a");
    put("b");
    expect(await until(["b"], () => api.delete(`${collection}/a`))).toBe(2);
  });

  test.each(["gone", "half-line", "reset", "silence"] as const)(
    "a watch that fails by %s is taken up again",
    async (answer) => {
      put("a");
      api.faults.push({ path: /watch=true/, answer });
      await until(["a", "b"], () => void put("b"));
      expect(api.requests.filter(({ path: asked }) => !asked.includes("watch=true")).length).toBeGreaterThanOrEqual(2);
    },
  );

  test("a right that is missing ends it", async () => {
    const cluster = await connect();
    api.faults.push({
      path: /watch=true/,
      answer: { status: 403, body: '{"kind":"Status","reason":"Forbidden","message":"cannot watch pods"}' },
    });
    expect(await refusal(cluster.follow(collection, { signal: AbortSignal.timeout(3000) }, () => undefined))).toContain(
      "cannot watch pods",
    );
  });
});

describe("the kubeconfig", () => {
  const config = (
    change: (parts: { cluster: Record<string, unknown>; user: Record<string, unknown> }) => void,
  ): string => {
    const whole = JSON.parse(api.kubeconfig) as {
      clusters: { cluster: Record<string, unknown> }[];
      users: { user: Record<string, unknown> }[];
    };
    change({ cluster: whole.clusters[0]!.cluster, user: whole.users[0]!.user });
    return JSON.stringify(whole);
  };

  test("is read from the environment where the input is empty, and its secrets are masked", async () => {
    await writeFile(join(folder, "config"), api.kubeconfig);
    const cluster = await connect({ kubeconfig: undefined, env: { KUBECONFIG: join(folder, "config") } });
    expect(cluster).toMatchObject({ context: "test", namespace: "models", server: api.url });
    expect(masked).toContain("token-of-the-test");
    await mkdir(join(folder, ".kube"));
    await writeFile(join(folder, ".kube/config"), Buffer.from(api.kubeconfig).toString("base64"));
    expect((await connect({ kubeconfig: undefined })).context).toBe("test");
  });

  test("none at all names target: local", async () => {
    expect(await refusal(connect({ kubeconfig: undefined }))).toContain("target: local");
  });

  test.each<[string, Parameters<typeof config>[0], RegExp]>([
    [
      "plain http",
      ({ cluster }) => {
        cluster.server = "http://10.0.0.1";
      },
      /https/,
    ],
    [
      "TLS that is not checked",
      ({ cluster }) => {
        cluster["insecure-skip-tls-verify"] = true;
      },
      /insecure-skip-tls-verify/,
    ],
    [
      "a proxy",
      ({ cluster }) => {
        cluster["proxy-url"] = "http://evil";
      },
      /proxy-url/,
    ],
    [
      "a CA in a file",
      ({ cluster }) => {
        cluster["certificate-authority"] = "/etc/passwd";
      },
      /flatten/,
    ],
    [
      "a token in a file",
      ({ user }) => {
        user.tokenFile = "/etc/passwd";
      },
      /flatten/,
    ],
    [
      "an auth-provider",
      ({ user }) => {
        user["auth-provider"] = { name: "gcp" };
      },
      /auth-provider/,
    ],
    [
      "a name and password",
      ({ user }) => {
        user.username = "admin";
        user.password = "hunter2";
      },
      /token/,
    ],
    [
      "a certificate without its key",
      ({ user }) => {
        user["client-certificate-data"] = Buffer.from("-----BEGIN CERTIFICATE-----").toString("base64");
      },
      /with its key/,
    ],
    [
      "no credential",
      ({ user }) => {
        delete user.token;
      },
      /none of them/,
    ],
    [
      "a plugin that nobody named",
      ({ user }) => {
        user.exec = { command: "own-canary" };
      },
      /allow-exec/,
    ],
    [
      "a shell under a known directory",
      ({ user }) => {
        user.exec = { command: "/usr/bin/aws/../bash" };
      },
      /allow-exec/,
    ],
  ])("%s is refused, and no secret is told", async (_name, change, told) => {
    const message = await refusal(connect({ kubeconfig: config(change) }));
    expect(message).toMatch(told);
    expect(message).not.toMatch(/token-of-the-test|hunter2/);
  });

  test("a text that does not parse is not shown", async () => {
    expect(await refusal(connect({ kubeconfig: "clusters: [token: {hunter2\n" }))).not.toContain("hunter2");
  });

  async function plugin(name: string, body: string, at = folder): Promise<string> {
    await mkdir(at, { recursive: true });
    await writeFile(join(at, name), `#!/bin/sh\n${body}\n`);
    await chmod(join(at, name), 0o755);
    return config(({ user }) => {
      delete user.token;
      user.exec = {
        apiVersion: "client.authentication.k8s.io/v1",
        command: at === folder ? name : join(at, name),
        args: ["get-token"],
        env: [{ name: "AWS_PROFILE", value: "p" }],
      };
    });
  }
  const credential = (token: string): string =>
    `echo '{"kind":"ExecCredential","status":{"token":"${token}","expirationTimestamp":"2999-01-01T00:00:00Z"}}'`;

  test("a plugin that was named runs with few variables, once; a 401 renews its credential", async () => {
    const kubeconfig = await plugin(
      "own-plugin",
      `env > '${folder}/env'; echo x >> '${folder}/count'; n=$(wc -l < '${folder}/count'); echo "{\\"status\\":{\\"token\\":\\"plugin-token-$n\\"}}"`,
    );
    api.tokens.add("plugin-token-2");
    const cluster = await connect({ kubeconfig, allowExec: ["own-plugin"] });
    expect(await cluster.get(path)).toBeUndefined();
    expect(await cluster.get(path)).toBeUndefined();
    expect(api.requests.map(({ authorization }) => authorization)).toEqual([
      "Bearer plugin-token-1",
      "Bearer plugin-token-2",
      "Bearer plugin-token-2",
    ]);
    const env = await readFile(join(folder, "env"), "utf8");
    expect(env).toContain("AWS_PROFILE=p");
    expect(env).toContain("KUBERNETES_EXEC_INFO=");
    expect(env).not.toContain("not for plugins");
    expect(masked).toContain("plugin-token-1");
  });

  test("a plugin in the checkout, one that fails, and one that is not there are refused", async () => {
    const inside = await plugin("own-inside", `touch '${folder}/canary'; ${credential("t")}`, join(folder, "checkout"));
    expect(
      await refusal(connect({ kubeconfig: inside, allowExec: ["own-inside"] }).then(async (each) => each.get(path))),
    ).toContain("outside the checkout");
    await expect(readFile(join(folder, "canary"))).rejects.toThrow("ENOENT");
    const failing = await plugin("own-failing", "echo no login >&2; exit 3");
    expect(
      await refusal(connect({ kubeconfig: failing, allowExec: ["own-failing"] }).then(async (each) => each.get(path))),
    ).toMatch(/exit code 3.*no login/);
    const absent = config(({ user }) => {
      delete user.token;
      user.exec = { command: "own-absent" };
    });
    expect(
      await refusal(connect({ kubeconfig: absent, allowExec: ["own-absent"] }).then(async (each) => each.get(path))),
    ).toContain("in PATH");
  });
});

test("in a pod of the cluster the pod's own credential is taken, where no other is named", async () => {
  const { port } = new URL(api.url);
  const env = { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: port };
  await expect(connect({ kubeconfig: undefined, env })).rejects.toThrow(/a kubeconfig, or one in KUBECONFIG/);
  // As the kubelet lays them: links into a folder that is swapped when the token is renewed.
  const { certificate } = await api.identity();
  const files = { token: "token-of-the-pod\n", "ca.crt": certificate, namespace: "models" };
  await mkdir(join(folder, "serviceaccount", "..data"), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, "serviceaccount", "..data", name), text);
    await symlink(`..data/${name}`, join(folder, "serviceaccount", name));
  }
  const cluster = await connect({ kubeconfig: undefined, env });
  expect(await cluster.get(path)).toBeUndefined();
  expect(cluster.namespace).toBe("models");
  expect(api.requests.at(-1)!.authorization).toBe("Bearer token-of-the-pod");
  expect(masked).toContain("token-of-the-pod");
  await expect(connect({ kubeconfig: undefined, env: { ...env, KUBECONFIG: "/nowhere" } })).rejects.toThrow(
    /a kubeconfig/,
  );
});

describe("a log that is followed", () => {
  const follow = async (signal = new AbortController().signal): Promise<string[]> => {
    const lines: string[] = [];
    const cluster = await connect();
    await cluster.followLogs("models", "p", { container: "c", signal }, (line) => void lines.push(line));
    return lines;
  };
  const at = (part: string, text: string): string => `2026-01-01T00:00:0${part}Z ${text}\n`;

  test("goes on where it was cut, and tells each line once", async () => {
    const since: (string | null)[] = [];
    api.onLog = (url, response) => {
      since.push(url.searchParams.get("sinceTime"));
      response.writeHead(200);
      if (since.length === 1) {
        response.write(at("1", "one") + at("1.5", "two") + "2026-01-01T00:00:02Z half of");
        setTimeout(() => response.destroy(), 50);
      } else
        response.end(
          at("1.5", "two") + at("1.500000001", "") + at("2", "half of three") + at("3", "x".repeat(20_000)).trim(),
        );
      return true;
    };
    expect(await follow()).toEqual(["one", "two", "", "half of three", "x".repeat(16 * 1024)]);
    expect(since).toEqual([null, "2026-01-01T00:00:01.5Z"]);
  });

  test("a server in trouble is asked again, a pod that is gone says nothing, a refusal is told", async () => {
    api.faults.push({ path: /\/log/, answer: { status: 503 } }, { path: /\/log/, answer: "reset" });
    api.onLog = (_url, response) => {
      response.writeHead(200).end(at("1", "one"));
      return true;
    };
    expect(await follow()).toEqual(["one"]);
    const answer = (status: number, reason: string): void => {
      api.faults.push({
        path: /\/log/,
        answer: {
          status,
          body: JSON.stringify({ kind: "Status", status: "Failure", code: status, reason, message: "no" }),
        },
      });
    };
    answer(404, "NotFound");
    expect(await follow()).toEqual([]);
    answer(403, "Forbidden");
    expect(await refusal(follow())).toMatch(/403/);
  });

  test("ends when it is aborted", async () => {
    const aborting = new AbortController();
    api.onLog = (_url, response) => {
      response.writeHead(200).write(at("1", "one"));
      setTimeout(() => aborting.abort(), 20);
      return true;
    };
    expect(await follow(aborting.signal)).toEqual(["one"]);
  });
});
