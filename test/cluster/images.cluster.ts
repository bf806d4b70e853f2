// Images as the action pushes them, looked at by skopeo and run by containerd: the wrapper of Seldon, MLServer, a Flask program, and
// what buildah makes of a Dockerfile. Each is tried by the action before the push, and asked again in its pod.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";

import { fileLocks } from "../../src/adapters/lock.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { pythons } from "../../src/adapters/python.ts";
import { imageBench, type ImageBench } from "../actions/image-bench.ts";
import { adminOf, type Admin } from "../world/cluster/admin.ts";
import { unmountBelow } from "../world/images/python-base.ts";
import { buildS2i } from "../world/s2i/s2i.ts";

const examples = join(import.meta.dirname, "../../workflows-examples");
/** The cluster's own registry, as this machine and as its node call it. */
const OURS = `127.0.0.1:${process.env["CLUSTER_REGISTRY_PORT"] ?? "15000"}`;
const NODES = "localhost:5000";
const BASE = { "base-image": `${OURS}/python:3.11`, python: "3.11" };
const DIGIT = [
  0, 0, 7, 15, 13, 1, 0, 0, 0, 8, 13, 6, 15, 4, 0, 0, 0, 2, 1, 13, 13, 0, 0, 0, 0, 0, 2, 15, 11, 1, 0, 0, 0, 0, 0, 1,
  12, 12, 1, 0, 0, 0, 0, 0, 1, 10, 8, 0, 0, 0, 8, 4, 5, 14, 9, 0, 0, 0, 7, 13, 13, 9, 0, 0,
];

const elsewhere = (process.env["TEST_KUBE_CONTEXT"] ?? "") !== "";
if (elsewhere) console.warn("SKIPPED: images in pods, since TEST_KUBE_CONTEXT names a cluster without our registry");
const skopeo = spawnSync("skopeo", ["--version"]).error === undefined;
if (!skopeo) console.warn("SKIPPED: what skopeo says of the images, since it is not in PATH (Debian: skopeo)");
const buildah = spawnSync("buildah", ["--version"]).error === undefined;
if (!buildah) console.warn("SKIPPED: an image of buildah's in a pod, since it is not in PATH (Debian: buildah)");

const s2i = elsewhere || !buildah ? undefined : buildS2i();

let admin: Admin;
let bench: ImageBench;
const namespace = `images-${process.pid}-${Date.now().toString(36)}`;

beforeAll(async () => {
  admin = adminOf(inject("kubeconfig"));
  await admin.must("POST", "/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace },
  });
});
afterAll(async () => {
  await admin.call("DELETE", `/api/v1/namespaces/${namespace}`);
});
beforeEach(() => {
  bench = imageBench();
});
afterEach(() => bench.close());

const take = (example: string): void => cpSync(join(examples, example), bench.workspace, { recursive: true });

/** A digits model, by the example's own program, written where it says. */
async function train(): Promise<void> {
  const requirements = readFileSync(join(examples, "digits/requirements.txt"), "utf8");
  const { python } = await pythons({ processes: localProcesses(), locks: fileLocks() }).environment({
    requirements,
    log: bench.log,
  });
  const params = join(bench.temp, "params.json");
  writeFileSync(params, JSON.stringify({ C: 1, max_iter: 500, shuffle_labels: false }));
  execFileSync(python, ["train.py"], {
    cwd: bench.workspace,
    env: {
      ...process.env,
      OMP_NUM_THREADS: "1",
      OPENBLAS_NUM_THREADS: "1",
      MODEL_PATH: "model/model.joblib",
      METRICS_PATH: join(bench.temp, "metrics.json"),
      PARAMS_FILE: params,
    },
    stdio: "pipe",
  });
}

type Inspected = {
  Digest: string;
  Architecture: string;
  Layers: string[];
  Env: string[];
  Labels: Record<string, string>;
};

/** What skopeo reads of an image, and that it can copy all of it: each blob is checked against its digest on the way. */
function inspect(image: string): Inspected | undefined {
  if (!skopeo) return undefined;
  const to = join(bench.temp, "copied");
  execFileSync("skopeo", ["copy", "--src-tls-verify=false", `docker://${image}`, `dir:${to}`], { stdio: "pipe" });
  expect(readdirSync(to)).toContain("manifest.json");
  return JSON.parse(
    execFileSync("skopeo", ["inspect", "--tls-verify=false", `docker://${image}`], { encoding: "utf8" }),
  ) as Inspected;
}

/** Runs an image by its digest in a pod and asks it through the API server until it answers. */
async function ask(image: string, port: number, path: string, body: object): Promise<Record<string, unknown>> {
  const name = `m-${Date.now().toString(36)}`;
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  await admin.must("POST", pods, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: "model",
          image: image.replace(OURS, NODES),
          env: [
            { name: "OMP_NUM_THREADS", value: "1" },
            { name: "OPENBLAS_NUM_THREADS", value: "1" },
          ],
        },
      ],
    },
  });
  const until = Date.now() + 90_000;
  let last: unknown;
  for (;;) {
    const answer = await admin.call("POST", `${pods}/${name}:${port}/proxy${path}`, body);
    if (answer.status === 200) {
      await admin.call("DELETE", `${pods}/${name}`);
      return answer.body;
    }
    last = answer;
    const { status } = (await admin.must("GET", `${pods}/${name}`)) as {
      status: { containerStatuses?: { restartCount: number; state: object }[] };
    };
    if (Date.now() > until || (status.containerStatuses?.[0]?.restartCount ?? 0) > 0) {
      const log = await admin.call("GET", `${pods}/${name}/log?tailLines=30&previous=false`);
      throw new Error(`${image}: ${JSON.stringify([last, status, log.body]).slice(0, 3000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe.skipIf(elsewhere)("an image of the layers engine answers in its pod", () => {
  test("Seldon's wrapper, and a second build of it sends nothing", async () => {
    take("digits");
    await train();
    const given = {
      ...BASE,
      image: `${OURS}/${namespace}/seldon`,
      "model-class": "DigitsModel",
      model: "model/model.joblib",
      requirements: "requirements.txt",
      "smoke-request": JSON.stringify({ body: { data: { ndarray: [DIGIT] } }, expect: { shape: [1, 10] } }),
    };
    const { outputs } = await bench.build(given);
    const seen = inspect(outputs.image!);
    if (seen !== undefined) {
      expect(seen).toMatchObject({ Digest: outputs.digest, Architecture: "amd64" });
      expect(seen.Layers).toHaveLength(4);
      expect(seen.Env).toContain("MODEL_PATH=/app/model/model.joblib");
    }
    const { data } = (await ask(outputs.image!, 9000, "/api/v1.0/predictions", {
      data: { ndarray: [DIGIT] },
    })) as { data: { names: string[]; ndarray: number[][] } };
    expect(data.names).toHaveLength(10);
    expect(data.ndarray[0]!.indexOf(Math.max(...data.ndarray[0]!))).toBe(3);
    expect((await bench.build(given)).outputs).toMatchObject({ skipped: "true", digest: outputs.digest });
  }, 400_000);

  test("MLServer", async () => {
    take("digits");
    await train();
    take("mlserver");
    const request = { inputs: [{ name: "x", shape: [1, 64], datatype: "FP32", data: DIGIT }] };
    const { outputs } = await bench.build({
      ...BASE,
      image: `${OURS}/${namespace}/mlserver`,
      wrapper: "mlserver",
      model: "model/model.joblib",
      requirements: "requirements.txt",
      "smoke-request": JSON.stringify({ path: "/v2/models/digits/infer", body: request, expect: { shape: [1, 10] } }),
    });
    expect(inspect(outputs.image!)?.Digest ?? outputs.digest).toBe(outputs.digest);
    const answer = await ask(outputs.image!, 8080, "/v2/models/digits/infer", request);
    expect(answer).toMatchObject({ model_name: "digits", outputs: [{ shape: [1, 10], datatype: "FP64" }] });
  }, 400_000);

  test("a Flask program", async () => {
    take("flask");
    const { outputs } = await bench.build({
      ...BASE,
      image: `${OURS}/${namespace}/flask`,
      wrapper: "flask",
      requirements: "requirements.txt",
      "smoke-request": JSON.stringify({ path: "/score", body: { X: [1, 2] }, expect: { values: { score: [1, 2] } } }),
    });
    expect(inspect(outputs.image!)?.Digest ?? outputs.digest).toBe(outputs.digest);
    expect(await ask(outputs.image!, 5000, "/score", { X: [1, 2] })).toEqual({ score: [1, 2] });
  }, 300_000);
});

describe.skipIf(elsewhere || !buildah || s2i === undefined)("an image of another engine answers in its pod", () => {
  test("buildah makes a builder of it by a Dockerfile, and s2i another model by that builder", async () => {
    const storage = join(bench.temp, "storage");
    writeFileSync(
      `${storage}.conf`,
      `[storage]\ndriver = "overlay"\nrunroot = "${storage}/run"\ngraphroot = "${storage}/graph"\n`,
    );
    const before = { ...process.env };
    Object.assign(process.env, {
      CONTAINERS_STORAGE_CONF: `${storage}.conf`,
      BUILDAH_ISOLATION: "chroot",
      PATH: `${s2i}:${process.env["PATH"]}`,
    });
    try {
      bench.put("Whole.py", "class Whole:\n    def predict(self, X, names=None):\n        return X\n");
      bench.put("requirements.txt", readFileSync(join(examples, "digits/requirements.txt"), "utf8"));
      const seldon = await bench.build({
        ...BASE,
        image: `${OURS}/${namespace}/seldon-base`,
        "model-class": "Whole",
        requirements: "requirements.txt",
        try: "false",
      });
      bench.put("s2i/assemble", "#!/bin/sh\nset -e\ncp -R /tmp/src/. /microservice/\n");
      bench.put(
        "s2i/run",
        '#!/bin/sh\ncd /microservice\nexec seldon-core-microservice "$MODEL_NAME" --service-type "$SERVICE_TYPE"\n',
      );
      bench.put(
        "Dockerfile",
        `FROM ${seldon.outputs.image}\nUSER root\nCOPY s2i /s2i/bin\nRUN mkdir -p /microservice && chmod -R 755 /s2i && chown 8888:8888 /microservice\nLABEL io.openshift.s2i.scripts-url=image:///s2i/bin\nWORKDIR /microservice\nUSER 8888\n`,
      );
      const builder = await bench.build({
        engine: "buildah",
        dockerfile: "Dockerfile",
        image: `${OURS}/${namespace}/builder`,
        "model-class": "Whole",
        try: "false",
      });
      bench.put("Twice.py", "class Twice:\n    def predict(self, X, names=None):\n        return X * 2\n");
      const body = { data: { ndarray: [[1, 2, 3]] } };
      const { outputs, summary } = await bench.build({
        engine: "s2i",
        "builder-image": builder.outputs.image!,
        image: `${OURS}/${namespace}/s2i`,
        "model-class": "Twice",
        "smoke-request": JSON.stringify({ body, expect: { values: [[2, 4, 6]] } }),
      });
      expect(summary).toContain("| smoke request, JSON | passed |");
      expect(inspect(outputs.image!)?.Digest ?? outputs.digest).toBe(outputs.digest);
      const answer = await ask(outputs.image!, 9000, "/api/v1.0/predictions", body);
      expect(answer).toMatchObject({ data: { ndarray: [[2, 4, 6]] } });
    } finally {
      for (const name of ["CONTAINERS_STORAGE_CONF", "BUILDAH_ISOLATION"]) delete process.env[name];
      Object.assign(process.env, { PATH: before.PATH });
      unmountBelow(storage);
    }
  }, 400_000);
});
