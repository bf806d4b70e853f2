import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { ANSWER, PATH, startSmallBench, type SmallBench } from "../world/kubernetes/deploying.ts";

const SECRETS = "/api/v1/namespaces/models/secrets";
const HIDDEN = "Zq7-very-secret";

let bench: SmallBench;

beforeEach(async () => {
  bench = await startSmallBench();
});

afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

const stored = (name: string) =>
  bench.api.get(`${SECRETS}/${name}`) as unknown as
    | { data: Record<string, string>; type: string; metadata: Record<string, never> }
    | undefined;
const text = (value: string | undefined): string => Buffer.from(value ?? "", "base64").toString("utf8");

describe("Secrets", () => {
  const S3 = {
    implementation: "SKLEARN_SERVER",
    "model-uri": "s3://models/digits/7",
    "storage-credentials": `s3: {access-key-id: a, secret-access-key: ${HIDDEN}}`,
  };

  test("of a store and a registry are made, belong to the deployment, and are told nowhere", async () => {
    const first = await bench.deploy(S3);
    expect(first.failure, bench.said.join("\n")).toBeUndefined();
    const secret = stored("digits-storage")!;
    expect(text(secret.data.RCLONE_CONFIG_S3_SECRET_ACCESS_KEY)).toBe(HIDDEN);
    expect(secret.metadata.ownerReferences).toMatchObject([{ uid: bench.sdep()!.metadata.uid }]);
    expect(bench.sdep()!.spec.predictors[0]!.graph.envSecretRefName).toBe("digits-storage");
    expect(bench.masked).toContain(HIDDEN);
    expect(bench.said.join("\n") + JSON.stringify(first) + JSON.stringify(bench.sdep())).not.toContain(HIDDEN);

    const { failure } = await bench.deploy({
      image: "ghcr.io/acme/digits:2",
      "registry-credentials": `{username: ada, password: ${HIDDEN}}`,
    });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    const pull = stored("digits-registry")!;
    expect(pull.type).toBe("kubernetes.io/dockerconfigjson");
    expect(text(pull.data[".dockerconfigjson"])).toContain("ghcr.io");
    // Nothing reads it any more.
    expect(stored("digits-storage")).toBeUndefined();
    expect(bench.said).toContain("The Secret digits-storage is used no longer, and was removed.");
  });

  test("stay while a version that stands uses them, and end with a first deploy that fails", async () => {
    await bench.deploy(S3);
    await bench.deploy({ strategy: "canary", gateway: "none", image: "acme/digits:2" });
    expect(stored("digits-storage")).toBeDefined();
    await bench.deploy({ strategy: "canary", gateway: "none", step: "finish" });
    expect(stored("digits-storage")).toBeUndefined();
    bench.api.delete(PATH);
    bench.api.onProxy = () => ({ status: 500, body: "{}" });
    const { failure } = await bench.deploy(S3);
    expect(failure).toContain("removed again");
    expect(stored("digits-storage")).toBeUndefined();
  });

  test("of someone else are never taken over", async () => {
    bench.api.put(`${SECRETS}/digits-storage`, { metadata: {}, data: {} });
    await expect(bench.deploy(S3)).rejects.toThrow(/someone else has made/);
    expect(bench.sdep()).toBeUndefined();
  });

  test("that are named must be there and open what they are for, before anything is deployed", async () => {
    const named = { implementation: "SKLEARN_SERVER", "model-uri": "gs://models/digits/7", "storage-secret": "store" };
    await expect(bench.deploy(named)).rejects.toThrow(/Secret "store" in models: expected to be there/);
    bench.api.put(`${SECRETS}/store`, { metadata: {}, data: { RCLONE_CONFIG_S3_TYPE: "czM=" } });
    await expect(bench.deploy(named)).rejects.toThrow(/RCLONE_CONFIG_GS_TYPE/);
    await expect(bench.deploy({ image: "acme/digits:1", "image-pull-secret": "store" })).rejects.toThrow(
      /dockerconfigjson/,
    );
    expect(bench.sdep()).toBeUndefined();
    const body = JSON.stringify({ kind: "Status", code: 403, reason: "Forbidden", message: "secrets is forbidden" });
    bench.api.faults.push({ path: /secrets/, times: 9, answer: { status: 403, body } });
    expect((await bench.deploy(named)).failure, bench.said.join("\n")).toBeUndefined();
    expect(bench.said.join("\n")).toContain("can not be checked");
  });

  test.each([
    [{ ...S3, "model-uri": "gs://models/7" }, /starts with s3:/],
    [{ ...S3, "storage-secret": "store" }, /a storage-secret that is there/],
    [{ ...S3, "registry-credentials": "{username: a, password: b}" }, /an image that they pull/],
  ])("%j is refused", async (given, told) => {
    await expect(bench.deploy(given)).rejects.toThrow(told);
  });
});

describe("the namespace", () => {
  const NAMESPACE = "/api/v1/namespaces/models";

  test("is made where there is none, labelled, and only when asked for", async () => {
    await bench.deploy({ "create-namespace": "true", "dry-run": "server" });
    expect(bench.api.get(NAMESPACE)).toBeUndefined();
    expect(bench.said).toContain("The namespace models would be made.");
    await bench.deploy({ "create-namespace": "true" });
    expect(bench.api.get(NAMESPACE)!.metadata.labels).toEqual({ "app.kubernetes.io/managed-by": "model-road" });
    expect((await bench.deploy({ "create-namespace": "true" })).outputs.operation).toBe("unchanged");
  });

  test("that ends is refused, and so is a missing right", async () => {
    const body = JSON.stringify({ kind: "Status", code: 403, reason: "Forbidden", message: "namespaces is forbidden" });
    bench.api.faults.push({ method: "PATCH", path: /namespaces\/models\?/, answer: { status: 403, body } });
    await expect(bench.deploy({ "create-namespace": "true" })).rejects.toThrow(/the right to make namespaces/);
    bench.api.put(NAMESPACE, { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } });
    await expect(bench.deploy({ "create-namespace": "true" })).rejects.toThrow(/being deleted/);
  });
});

describe("autoscale", () => {
  const scaled = { autoscale: "1..5 cpu=70", resources: "requests: {cpu: 500m}" };
  const AT = "/apis/autoscaling/v2/namespaces/models/horizontalpodautoscalers/digits-default-0-classifier";
  const stand = (maxReplicas: number): void => {
    const resource = { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } };
    const scaleTargetRef = { kind: "Deployment", name: "digits-default-0-classifier" };
    bench.api.put(AT, {
      metadata: {},
      spec: { scaleTargetRef, minReplicas: 1, maxReplicas, metrics: [{ type: "Resource", resource }] },
    });
  };

  test("is proven by the autoscaler's own object", async () => {
    stand(5);
    const { failure } = await bench.deploy(scaled);
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(bench.said).toContain("The autoscaler of digits-default-0-classifier stands as asked");
    expect(bench.sdep()!.spec.predictors[0]!.replicas).toBeUndefined();
  });

  test("that the operator does not make is a failure", { timeout: 30_000 }, async () => {
    stand(3);
    const { failure } = await bench.deploy({ ...scaled, "wait-timeout": "1s" });
    expect(failure).toMatch(
      /autoscaler of models\/digits-default-0-classifier: expected 1\.\.5 cpu=70, saw 1\.\.3 cpu=70/,
    );
  });

  test("without a request, or beside replicas, is refused", async () => {
    await expect(bench.deploy({ autoscale: "1..5 cpu=70" })).rejects.toThrow(/requests\.cpu/);
    await expect(bench.deploy({ ...scaled, replicas: "2" })).rejects.toThrow(/"replicas".*both/);
    await expect(bench.deploy({ autoscale: "5..1" })).rejects.toThrow(/<least>\.\.<most>/);
  });
});

describe("a contract", () => {
  const contract = {
    features: [{ name: "x", dtype: "FLOAT", ftype: "continuous", range: [0, 1], repeat: 3 }],
    targets: [{ name: "class", dtype: "FLOAT", ftype: "continuous", range: [0, 1], repeat: 2 }],
  };

  beforeEach(() => {
    writeFileSync(join(bench.folder, "contract.json"), JSON.stringify(contract));
  });

  test("is kept by the new version's pods, in batches of several sizes", async () => {
    const rows: number[] = [];
    bench.api.onProxy = (_path, body) => {
      const sent = (JSON.parse(body) as { data: { ndarray: number[][] } }).data.ndarray;
      rows.push(sent.length);
      return { status: 200, body: JSON.stringify({ data: { ndarray: sent.map(() => [0.1, 0.9]) } }) };
    };
    expect((await bench.deploy({ contract: "contract.json" })).failure, bench.said.join("\n")).toBeUndefined();
    expect(rows).toEqual([1, 1, 2, 5, 1]);
  });

  test("that is broken is a failure which says by what", async () => {
    bench.api.onProxy = (_path, body) => {
      const sent = (JSON.parse(body) as { data: { ndarray: number[][] } }).data.ndarray;
      return { status: 200, body: JSON.stringify({ data: { ndarray: sent.map(() => [0.1, 1.9]) } }) };
    };
    const { failure } = await bench.deploy({ contract: "contract.json" });
    expect(failure).toMatch(/the contract: expected an answer that keeps it, saw .*1\.9/);
  });

  test("that is not there, or of another protocol, is refused", async () => {
    await expect(bench.deploy({ contract: "no.json" })).rejects.toThrow(/a file "no.json"/);
    const v2 = { contract: "contract.json", protocol: "v2" };
    await expect(bench.deploy(v2)).rejects.toThrow(/protocol seldon/);
  });
});

describe("the address of users", () => {
  test("is looked up in the gateway's Service, by host name or address", async () => {
    const gateway = createServer((_request, response) => void response.end(ANSWER));
    await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = gateway.address() as AddressInfo;
      bench.api.put("/api/v1/namespaces/istio-system/services/istio-ingressgateway", {
        metadata: {},
        spec: { type: "LoadBalancer", ports: [{ name: "http2", port }] },
        status: { loadBalancer: { ingress: [{ ip: "127.0.0.1" }] } },
      });
      const { outputs, failure } = await bench.deploy({ gateway: "istio" });
      expect(failure, bench.said.join("\n")).toBeUndefined();
      const base = `http://127.0.0.1:${port}`;
      expect(outputs).toMatchObject({
        "prediction-url": `${base}/seldon/models/digits/api/v1.0/predictions`,
        "grpc-endpoint": `127.0.0.1:${port}`,
        "docs-url": "",
      });
      const executor = await bench.deploy({ gateway: "istio", engine: "executor" });
      expect(executor.outputs["docs-url"]).toBe(`${base}/seldon/models/digits/api/v1.0/doc/`);
    } finally {
      gateway.close();
    }
  });

  test("that is pending, or not there, is told before anything is deployed", async () => {
    await expect(bench.deploy({ gateway: "ambassador:gw/edge" })).rejects.toThrow(/gw\/edge of ambassador.*saw none/);
    bench.api.put("/api/v1/namespaces/gw/services/edge", { metadata: {}, spec: { type: "LoadBalancer" } });
    await expect(bench.deploy({ gateway: "ambassador:gw/edge" })).rejects.toThrow(/still pending/);
    expect(bench.sdep()).toBeUndefined();
  });

  test("asks with the headers and the authority that its gateway wants", async () => {
    const { certificate, key } = await bench.api.identity();
    const asked: unknown[] = [];
    const gateway = createSecure({ cert: certificate, key }, (request, response) => {
      asked.push(request.headers.authorization);
      response.writeHead(request.headers.authorization === `Bearer ${HIDDEN}` ? 200 : 401).end(ANSWER);
    });
    await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
    try {
      const base = { "base-url": `https://127.0.0.1:${(gateway.address() as AddressInfo).port}` };
      const headers = { "request-headers": `Authorization: Bearer ${HIDDEN}` };
      const { failure } = await bench.deploy({ ...base, ...headers, ca: certificate });
      expect(failure, bench.said.join("\n")).toBeUndefined();
      expect(asked).toEqual([`Bearer ${HIDDEN}`]);
      expect(bench.masked).toContain(HIDDEN);
      const without = await bench.deploy({ ...base, ca: certificate, image: "acme/digits:2" });
      expect(without.failure).toMatch(/HTTP status: expected 200, saw 401/);
    } finally {
      gateway.closeAllConnections();
      gateway.close();
    }
  });

  test("is believed only when the new version answers there", async () => {
    let answers = 0;
    let server: Server | undefined;
    try {
      server = createServer((_request, response) => {
        const image = answers++ < 3 ? "docker.io/acme/digits:1" : "docker.io/acme/digits:2";
        const meta = { requestPath: { classifier: image } };
        response.end(JSON.stringify({ ...(JSON.parse(ANSWER) as object), meta }));
      });
      await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
      const base = { "base-url": `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
      await bench.deploy();
      expect((await bench.deploy({ ...base, image: "acme/digits:2" })).failure, bench.said.join("\n")).toBeUndefined();
      expect(answers).toBe(4);
    } finally {
      server?.close();
    }
  });
});
