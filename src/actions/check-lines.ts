import { ok, problem, unknown, type CheckLine } from "../domain/check/line.ts";
import type { ImageReference } from "../domain/image/manifest.ts";
import { formatReference } from "../domain/image/reference.ts";
import type { KubernetesObject } from "../domain/kubernetes/object.ts";
import { accessReview, isAllowed, neededRights, rightsLines } from "../domain/kubernetes/rights.ts";
import { API_VERSION, KIND } from "../domain/seldon/resource.ts";
import { operatorLine, operatorOf, OPERATOR_LABEL, OPERATOR_NAMESPACE } from "../domain/seldon/operator.ts";
import { lacksForPull, lacksForStorage } from "../domain/seldon/secrets.ts";
import { ActionError, messageOf, sentence, type Mistake } from "../errors.ts";
import type { Cluster } from "../ports.ts";
import type { CheckPorts } from "./check.ts";
import { connection } from "./cluster-inputs.ts";

export type CheckInputs = {
  readonly namespace: string | undefined;
  readonly image: ImageReference | undefined;
  readonly "image-pull-secret": string | undefined;
  readonly "model-uri": string | undefined;
  readonly "storage-secret": string | undefined;
  readonly "base-url": URL | undefined;
  readonly "request-headers": Readonly<Record<string, string>> | undefined;
  readonly ca: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly "kube-context": string | undefined;
  readonly "allow-exec": readonly string[];
};

export type Looked = {
  readonly lines: readonly CheckLine[];
  /** What was looked at: the namespace and the cluster. */
  readonly called: string;
  readonly operatorVersion: string | undefined;
  readonly kubernetesVersion: string | undefined;
};

/** For one thing that is looked at. A check that hangs is worth no more than none. */
const EACH_MS = 20_000;
const SEPARATE = "It is looked at where the kubeconfig works.";
/** The name of an object that is never written: the dry run of a deploy. */
const TRIED = "model-road-check";

/** Looks at cluster, registry and gateway at once. Nothing is written anywhere. */
export async function lookAtAll(given: CheckInputs, ports: CheckPorts): Promise<Looked> {
  const [cluster, registry, gateway] = await Promise.all([
    lookAtCluster(given, ports),
    lookAtRegistry(given, ports),
    lookAtGateway(given, ports),
  ]);
  return { ...cluster, lines: [...cluster.lines, ...registry, ...gateway] };
}

async function lookAtCluster(given: CheckInputs, ports: CheckPorts): Promise<Looked> {
  let cluster: Cluster;
  try {
    cluster = await ports.kubernetes.connect(connection(given));
  } catch (thrown) {
    const lines = [fromError("kubeconfig", thrown)];
    return { lines, called: "no cluster", operatorVersion: undefined, kubernetesVersion: undefined };
  }
  const namespace = given.namespace ?? cluster.namespace ?? "default";
  const called = `${namespace} in ${cluster.context}`;
  try {
    const reached = await lookAt("cluster", ports, async () => await version(cluster));
    if (typeof reached !== "string") {
      return { lines: [reached], called, operatorVersion: undefined, kubernetesVersion: undefined };
    }
    const look = async (what: string, work: () => Promise<CheckLine | readonly CheckLine[]>): Promise<CheckLine[]> =>
      [await lookAt(what, ports, work)].flat();
    const operator: { version: string | undefined } = { version: undefined };
    const lines = await Promise.all([
      look("namespace", async () => await namespaceLine(cluster, namespace)),
      look("rights", async () => await rights(cluster, namespace, given["base-url"] !== undefined)),
      look("Seldon's operator", async () => {
        const found = await findOperator(cluster, namespace);
        if (found === "unknown") {
          const fix = `It needs list on deployments in ${OPERATOR_NAMESPACE}. The dry run below tells whether its webhook answers.`;
          return unknown("Seldon's operator", "no right to look for it", fix);
        }
        operator.version = found?.version;
        return operatorLine(found);
      }),
      look("dry run of a SeldonDeployment", async () => await dryRun(cluster, namespace)),
      ...secretChecks(given).map(
        async ({ what, name, judge }) => await look(what, async () => judge(await secretOf(cluster, namespace, name))),
      ),
      ...volumeOf(given["model-uri"]).map(
        async (name) => await look("volume", async () => await volumeLine(cluster, namespace, name)),
      ),
    ]);
    const first = ok("cluster", `Kubernetes ${reached} at ${cluster.server}, context ${cluster.context}`);
    return {
      lines: [first, ...lines.flat()],
      called,
      operatorVersion: operator.version,
      kubernetesVersion: reached,
    };
  } finally {
    cluster.close();
  }
}

async function version(cluster: Cluster): Promise<string> {
  const text = await cluster.read("/version");
  const told = JSON.parse(text ?? "{}") as { gitVersion?: unknown };
  return typeof told.gitVersion === "string" ? told.gitVersion : "of an unknown version";
}

async function namespaceLine(cluster: Cluster, namespace: string): Promise<CheckLine> {
  const what = `namespace ${namespace}`;
  const found = await orForbidden(async () => await cluster.get(`/api/v1/namespaces/${namespace}`));
  if (found === "forbidden") return unknown(what, "no right to read it", "If it is missing, every write says so.");
  if (found === undefined) {
    return problem(what, "there is none", `kubectl create namespace ${namespace} makes it, or create-namespace: true.`);
  }
  return found.metadata.deletionTimestamp === undefined
    ? ok(what, "there")
    : problem(what, "being deleted", "Wait until it is gone and make it anew, or take another.");
}

async function rights(cluster: Cluster, namespace: string, gateway: boolean): Promise<readonly CheckLine[]> {
  const needed = neededRights({ gateway });
  const answers = await Promise.all(
    needed.map(async (right) => {
      const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
      const told = await orForbidden(async () => await cluster.review(path, accessReview(namespace, right)));
      return told === "forbidden" ? undefined : isAllowed(told);
    }),
  );
  return rightsLines(needed, answers, namespace);
}

/** In all namespaces; where that right is missing, in the operator's usual one and in ours, which may have its own. */
async function findOperator(cluster: Cluster, namespace: string): Promise<ReturnType<typeof operatorOf> | "unknown"> {
  const all = await orForbidden(
    async () => await cluster.list("/apis/apps/v1/deployments", { labels: OPERATOR_LABEL }),
  );
  if (all !== "forbidden") return operatorOf(all);
  const some = await Promise.all(
    [OPERATOR_NAMESPACE, namespace].map(
      async (each) =>
        await orForbidden(
          async () => await cluster.list(`/apis/apps/v1/namespaces/${each}/deployments`, { labels: OPERATOR_LABEL }),
        ),
    ),
  );
  const found = operatorOf(some.flatMap((each) => (each === "forbidden" ? [] : each)));
  return found ?? (some[0] === "forbidden" ? "unknown" : undefined);
}

/** A small deploy that is never written: the CRD, the operator's webhook, other admission and the quota of objects answer. */
async function dryRun(cluster: Cluster, namespace: string): Promise<CheckLine> {
  const what = "dry run of a SeldonDeployment";
  const object = {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { name: TRIED, namespace },
    spec: {
      predictors: [
        {
          name: "default",
          replicas: 1,
          graph: { name: "classifier", type: "MODEL" },
          componentSpecs: [{ spec: { containers: [{ name: "classifier", image: "example.invalid/model:1" }] } }],
        },
      ],
    },
  };
  const path = `/apis/${API_VERSION}/namespaces/${namespace}/seldondeployments/${TRIED}`;
  const done = await cluster.apply(path, object, { dryRun: true });
  return done.kind === "applied"
    ? ok(what, "the cluster would take it")
    : problem(what, done.kind, `Is there a SeldonDeployment ${TRIED}? It is the name of this check.`);
}

type SecretCheck = {
  readonly what: string;
  readonly name: string;
  readonly judge: (secret: KubernetesObject | undefined | "forbidden") => CheckLine;
};

function secretChecks(given: CheckInputs): readonly SecretCheck[] {
  const { "image-pull-secret": pull, "storage-secret": store, image } = given;
  const host = image?.kind === "registry" ? image.host : undefined;
  const unread = (what: string): CheckLine =>
    unknown(what, "no right to read it", "A deploy needs no such right; the pods tell whether it fits.");
  const judged =
    (what: string, judge: (secret: KubernetesObject | undefined) => CheckLine): SecretCheck["judge"] =>
    (secret) =>
      secret === "forbidden" ? unread(what) : judge(secret);
  const checks: SecretCheck[] = [];
  if (pull !== undefined) {
    const what = `pull secret ${pull}`;
    const lacks = (secret: KubernetesObject): Mistake | undefined =>
      host === undefined ? undefined : lacksForPull(secret, host);
    checks.push({ what, name: pull, judge: judged(what, (secret) => secretLine(what, secret, lacks)) });
  }
  if (store !== undefined) {
    const what = `store secret ${store}`;
    const uri = given["model-uri"];
    const lacks = (secret: KubernetesObject): Mistake | undefined =>
      uri === undefined ? undefined : lacksForStorage(secret, uri);
    const judge = judged(what, (secret) => secretLine(what, secret, lacks));
    checks.push({ what, name: store, judge });
  }
  return checks;
}

/** Values of a Secret are read and never told. */
function secretLine(
  what: string,
  secret: KubernetesObject | undefined,
  lacks: (secret: KubernetesObject) => Mistake | undefined,
): CheckLine {
  if (secret === undefined) {
    return problem(
      what,
      "there is none",
      "registry-credentials and storage-credentials of seldon-deploy make such Secrets.",
    );
  }
  const mistake = lacks(secret);
  if (mistake === undefined) return ok(what, "there, and it fits");
  return problem(what, `expected ${mistake.expected}, saw ${mistake.seen}`, mistake.fix ?? "Make it anew.");
}

const secretOf = async (
  cluster: Cluster,
  namespace: string,
  name: string,
): Promise<KubernetesObject | undefined | "forbidden"> =>
  await orForbidden(async () => await cluster.get(`/api/v1/namespaces/${namespace}/secrets/${name}`));

/** `pvc://models/digits` → `models` */
function volumeOf(uri: string | undefined): readonly string[] {
  const name = /^pvc:\/\/([^/]+)/.exec(uri ?? "")?.[1];
  return name === undefined ? [] : [name];
}

async function volumeLine(cluster: Cluster, namespace: string, name: string): Promise<CheckLine> {
  const what = `volume claim ${name}`;
  const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${encodeURIComponent(name)}`;
  const found = await orForbidden(async () => await cluster.get(path));
  if (found === "forbidden") return unknown(what, "no right to read it", "The pods tell whether it is there.");
  return found === undefined
    ? problem(what, "there is none", `pvc://${name}/… needs a PersistentVolumeClaim of that name in ${namespace}.`)
    : ok(what, "there");
}

async function lookAtRegistry({ image }: CheckInputs, ports: CheckPorts): Promise<readonly CheckLine[]> {
  if (image === undefined) return [];
  const what = `push to ${formatReference(image)}`;
  const line = await lookAt(what, ports, async () => {
    await (await ports.images.open(image)).tryPush();
    return ok(what, image.kind === "layout" ? "the folder may be written to" : "an upload may be begun");
  });
  return [line];
}

async function lookAtGateway(given: CheckInputs, ports: CheckPorts): Promise<readonly CheckLine[]> {
  const { "base-url": base, ca } = given;
  if (base === undefined) return [];
  const what = `gateway ${base.origin}`;
  const line = await lookAt(what, ports, async () => {
    const { status } = await ports.http.request({
      url: `${base.href.replace(/\/+$/, "")}/seldon/`,
      headers: { ...given["request-headers"] },
      timeoutMs: EACH_MS / 2,
      signal: ports.signal,
      ...(ca === undefined ? {} : { ca }),
    });
    // Nothing is served at that path: any answer but these two shows that the way is open.
    return status === 401 || status === 403
      ? problem(what, `${status}`, "It asks who comes: give its headers in request-headers.")
      : ok(what, `answers ${status}`);
  });
  return [line];
}

/** What is thrown becomes a line, and what takes too long does too. */
async function lookAt<T>(what: string, { clock, signal }: CheckPorts, work: () => Promise<T>): Promise<T | CheckLine> {
  const over = new AbortController();
  const late = async (): Promise<CheckLine> => {
    await clock.sleep(EACH_MS, AbortSignal.any([over.signal, signal]));
    return problem(what, `no answer within ${EACH_MS / 1000} s`, "Does the runner reach it?");
  };
  try {
    return await Promise.race([work(), late()]);
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    return fromError(what, thrown);
  } finally {
    over.abort();
  }
}

function fromError(what: string, thrown: unknown): CheckLine {
  if (!(thrown instanceof ActionError)) return problem(what, messageOf(thrown), SEPARATE);
  const [first, ...more] = thrown.mistakes;
  const seen = `expected ${first!.expected}, saw ${first!.seen}`;
  return problem(what, [seen, ...more.map(sentence)].join("; "), first!.fix ?? "See docs/troubleshooting.md.");
}

/** A missing right is an answer here. */
async function orForbidden<T>(ask: () => Promise<T>): Promise<T | "forbidden"> {
  try {
    return await ask();
  } catch (thrown) {
    const forbidden = thrown instanceof ActionError && thrown.mistakes[0]!.seen.startsWith("403");
    if (forbidden) return "forbidden";
    throw thrown;
  }
}
