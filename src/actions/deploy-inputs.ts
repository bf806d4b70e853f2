import type { ImageReference } from "../domain/image/manifest.ts";
import type { SmokeRequest } from "../domain/inference/smoke.ts";
import { STEPS, STRATEGIES } from "../domain/rollout/steps.ts";
import type { Autoscale } from "../domain/seldon/autoscale.ts";
import type { GatewayChoice } from "../domain/seldon/gateway.ts";
import { deploymentName, modelClassName, namespaceName } from "../domain/seldon/names.ts";
import { ENGINES, PROTOCOLS } from "../domain/seldon/manifest.ts";
import type { Parameter } from "../domain/seldon/resource.ts";
import type { RegistryCredentials, StorageCredentials } from "../domain/seldon/secrets.ts";
import { TARGETS } from "../domain/seldon/targets.ts";
import type { Json } from "../domain/text/json.ts";
import { ActionError, quote, type Mistake } from "../errors.ts";
import { flag, integer, lines, oneOf, parsed, Refusal, seconds, text, type Run, type Values } from "../inputs.ts";
import { baseUrl } from "./base-url.ts";
import { deploymentInputs, previewInputs } from "./delivery-inputs.ts";
import { recordInput } from "./record.ts";
import { graphInputs } from "./graph-inputs.ts";
import { helmInputs, NOT_OF_HELM, OF_HELM } from "./helm-inputs.ts";
import { NOT_OF_KUBERNETES, OF_KUBERNETES, workloadInputs } from "./workload-inputs.ts";

const RELATIVE = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/;
/** Of a Secret or ServiceAccount: RFC 1123, dots allowed. */
const OBJECT_NAME = {
  pattern: /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/,
  accepts: "lower-case letters, digits, - and .",
};

export const deployInputs = {
  record: recordInput,
  name: text({
    description:
      "The deployment's name, which its URL holds. Left out, the manifest's, or the model's name in the record.",
    ...deploymentName,
  }),
  namespace: text({
    description: "The namespace, which the URL holds.",
    default: "default",
    ...namespaceName,
  }),
  target: oneOf(TARGETS, {
    description:
      "Where to serve. `seldon` is a SeldonDeployment in a cluster, `kubernetes` a Deployment and Service or objects of your own, `helm` a chart, `local` a process on this machine's loopback.",
    default: "seldon",
  }),
  strategy: oneOf(STRATEGIES, {
    description:
      "Target seldon: how a new version takes over. `rolling`: at once. `canary` and `abtest`: beside the one that serves, with a share of the traffic, until a step ends it.",
    default: "rolling",
  }),
  "smoke-request": parsed<SmokeRequest>({
    description:
      "A request that the new version must answer: `body`, and if need be `path` and `expect` with " +
      "`status`, `shape`, `values` and `tolerance`. Without `expect` the answer must hold a prediction for each row that was sent.",
    accepts: "YAML: `{path, body, expect}`",
    parse: async (value) => (await import("../domain/inference/smoke.ts")).parseSmokeRequest(value),
  }),
  kubeconfig: text({
    description:
      "Target seldon: how the cluster is reached, as YAML or its base64. Left out, the file that `KUBECONFIG` names, or `~/.kube/config`.",
    secret: true,
  }),
  "wait-timeout": seconds({
    description:
      "How long a new version may take to answer. After that it is ended, and the one before goes on serving.",
    default: "5m",
    most: 3600,
  }),
  "require-gate": flag({
    description: "Refuse to work unless the record's gate is passed. `false` deploys without one.",
    default: "true",
  }),
  image: parsed<ImageReference>({
    description:
      "The image to serve, as build-model-image made it. Left out, the image of the record; without one, for target local the checkout and `model`.",
    accepts: "an image's name, or for target local `oci:<folder>`",
    parse: async (value) => (await import("../domain/image/reference.ts")).parseReference(value, "image"),
  }),
  "model-uri": text({
    description:
      "Target seldon: where the model lies, for a prepackaged server or mounted at /mnt/models beside an image: `s3://…`, `gs://…`, `pvc://…`.",
    pattern: /^[a-z][a-z0-9+.-]*:[!-~]+$/,
    accepts: "a URI",
  }),
  implementation: text({
    description:
      "Target seldon: Seldon's prepackaged server, such as `SKLEARN_SERVER`. Left out with a model-uri and no image, the one of the record's flavor.",
    pattern: /^[A-Z][A-Z0-9_]*$/,
    accepts: "a server's name in capitals",
  }),
  parameters: parsed<readonly Parameter[]>({
    description: "Target seldon: what the server or class is started with, as `name: value`.",
    accepts: "YAML: names and values",
    parse: async (value) => (await import("../domain/seldon/given.ts")).parseParameters(value),
  }),
  replicas: integer({
    description:
      "How many servers answer requests: pods, or for target local workers (at most 8). Left out, 1, or what the manifest says.",
    least: 1,
    most: 1000,
  }),
  autoscale: parsed<Autoscale>({
    description:
      "Target seldon: in place of replicas, how many pods there may be and the load by which they are added: percent of the cpu or memory that `resources` asks for.",
    accepts: "`1..5 cpu=70`",
    parse: async (value) => {
      const autoscale = (await import("../domain/seldon/autoscale.ts")).parseAutoscale(value);
      if (autoscale === undefined) throw new Refusal("<least>..<most>, then cpu=<percent> or memory=<percent>");
      return autoscale;
    },
  }),
  resources: parsed<Json>({
    description: "Target seldon: what the model's container asks for and may take.",
    accepts: "YAML: `{requests, limits}`",
    parse: async (value) => (await import("../domain/seldon/given.ts")).parseResources(value),
  }),
  env: parsed<Readonly<Record<string, string>>>({
    description:
      "Target seldon: variables of the model's container. No secrets: everyone who may read the object reads them.",
    accepts: "YAML: names and values",
    parse: async (value) => (await import("../domain/seldon/given.ts")).parseTexts(value),
  }),
  annotations: parsed<Readonly<Record<string, string>>>({
    description:
      "Target seldon: annotations of the spec, such as `seldon.io/rest-timeout`. They reach the pods, so a change restarts them.",
    accepts: "YAML: names and values",
    parse: async (value) => (await import("../domain/seldon/given.ts")).parseTexts(value),
  }),
  "service-account": text({ description: "Target seldon: the pods' ServiceAccount.", ...OBJECT_NAME }),
  "storage-secret": text({
    description: "Target seldon: the Secret with rclone's keys (`RCLONE_CONFIG_…`), for a model-uri that needs them.",
    ...OBJECT_NAME,
  }),
  "image-pull-secret": text({ description: "Target seldon: the Secret by which the image is pulled.", ...OBJECT_NAME }),
  "storage-credentials": parsed<StorageCredentials>({
    description:
      "Target seldon: in place of storage-secret, what opens the model's store: `s3` with `access-key-id`, `secret-access-key` and, if need be, `session-token`, `region`, `endpoint`, `provider`; `gs` with `service-account` (its JSON); or `azureblob` with `account` and `key`, or `sas-url`. A Secret `<name>-storage` is made of it, which goes with the deployment.",
    accepts: "YAML: `{s3: {…}}`, `{gs: {…}}` or `{azureblob: {…}}`",
    secret: true,
    parse: async (value) => (await import("../domain/seldon/secrets.ts")).parseStorageCredentials(value),
  }),
  "registry-credentials": parsed<RegistryCredentials>({
    description:
      "Target seldon: in place of image-pull-secret, what the cluster pulls the image with. A Secret `<name>-registry` is made of it, which goes with the deployment. A job's own token will not do: it ends with the job, and nodes pull later.",
    accepts: "YAML: `{username, password}`",
    secret: true,
    parse: async (value) => (await import("../domain/seldon/secrets.ts")).parseRegistryCredentials(value),
  }),
  protocol: oneOf(PROTOCOLS, { description: "Target seldon: how the server is asked.", default: "seldon" }),
  engine: oneOf(ENGINES, {
    description:
      "Target seldon: whether Seldon's executor stands before the model. Without it a new version is ready in seconds and no connection is refused; `auto` leaves it out for an image of your own.",
    default: "auto",
  }),
  manifest: text({
    description:
      "Target seldon: a file with one SeldonDeployment, relative to the repository, in place of the one that would be built. `image` and `replicas` are put in where they are given.",
    pattern: RELATIVE,
    accepts: "a path below the repository",
  }),
  ...graphInputs,
  contract: text({
    description:
      "Target seldon: a `contract.json` as Seldon's testers read it, relative to the repository: the new version is asked batches made up from it, and its answers are checked against the targets.",
    pattern: RELATIVE,
    accepts: "a path below the repository",
  }),
  "create-namespace": flag({
    description: "Target seldon: make the namespace where there is none, labelled as made by these actions.",
    default: "false",
  }),
  "kube-context": text({ description: "Target seldon: the kubeconfig's context. Left out, its current one." }),
  "allow-exec": lines({
    description:
      "Target seldon: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin.",
  }),
  "base-url": parsed<URL>({
    description:
      "Scheme, host and port before the deployment's path. Target seldon: the gateway's; left out, the API server's proxy is asked. Target local: `http://127.0.0.1:<port>`; left out, the port that was used before, or a free one.",
    accepts: "a URL without a path",
    parse: baseUrl,
  }),
  step: oneOf(STEPS, {
    description:
      "With strategy canary or abtest: `start` puts the new version beside the one that serves, `finish` gives it all traffic, `abort` removes it.",
    default: "start",
  }),
  traffic: integer({
    description:
      "With strategy canary or abtest: percent of the traffic for the new version. Left out, 10 for a canary and 50 for abtest.",
    least: 1,
    most: 99,
  }),
  gateway: parsed<GatewayChoice>({
    description:
      "Target seldon: by what traffic comes into the cluster. `auto` finds the routes that Seldon makes; `istio` and `ambassador` also look up the address for prediction-url, in the Service of their own installation or in the one named (`istio:<namespace>/<service>`); `none` leaves it unproven that traffic is shared as asked.",
    accepts: "`auto`, `istio`, `ambassador` or `none`",
    default: "auto",
    parse: async (value) => {
      const choice = (await import("../domain/seldon/gateway.ts")).parseGateway(value);
      if (choice === undefined) throw new Refusal("auto, istio, ambassador or none; or istio:<namespace>/<service>");
      return choice;
    },
  }),
  "request-headers": parsed<Readonly<Record<string, string>>>({
    description:
      "Target seldon: headers that the gateway asks for, one `Name: value` a line. Use a secret for what is one.",
    accepts: "lines of `Name: value`",
    secret: true,
    parse: async (value) => (await import("./request-headers.ts")).requestHeaders(value),
  }),
  ca: text({
    description:
      "Target seldon: PEM of the authority that the gateway's certificate comes from, where Node does not know it.",
    pattern: /^\s*-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/,
    accepts: "a certificate as PEM",
  }),
  "dry-run": oneOf(["false", "true", "client", "server", "diff"], {
    description:
      "Change nothing. `client` renders the manifest and asks no cluster, `diff` tells what would change, `server` has the cluster check it too; `true` is `server`. Target local knows `true` only.",
    default: "false",
  }),
  rollback: oneOf(["auto", "none"], {
    description:
      "Target seldon: what becomes of a new version that fails. `auto` puts back the last one that was proven, and removes a first one again.",
    default: "auto",
  }),
  "allow-older": flag({
    description: "Target seldon: deploy although a newer commit serves already.",
    default: "false",
  }),
  adopt: flag({
    description: "Target seldon: take over a SeldonDeployment that these actions have not made.",
    default: "false",
  }),
  model: text({
    description:
      "Target local: the model's file or folder, relative to the repository, to serve it with the checkout's code and without an image.",
    pattern: /^[^\u0000-\u001f\u007f\\]+$/,
    accepts: "a path",
  }),
  "model-class": text({
    description: "Target local: the class that serves the model. Left out, the one that the image names.",
    ...modelClassName,
  }),
  requirements: text({
    description:
      "Target local: a requirements file, relative to the working directory, for a Python environment that is made once and kept. " +
      "Left out, the Python in PATH serves. Either must have seldon-core 1.17.1.",
    pattern: RELATIVE,
    accepts: "a path below the working directory",
  }),
  "outlive-job": flag({
    description:
      "Target local: keep serving after the job, on a runner of your own. Otherwise the runner ends what is served with the job.",
    default: "false",
  }),
  "working-directory": text({
    description: "Target local: where the code lies, relative to the repository. Left out, the repository itself.",
    pattern: RELATIVE,
    accepts: "a path below the repository",
  }),
  ...previewInputs,
  ...deploymentInputs,
  "github-token": text({
    description:
      "Fetches the record or the model's artifact, tells whether a commit is newer than the one that serves, tells the deployment, and opens ghcr.io where docker is not logged in.",
    expression: "${{ github.token }}",
    secret: true,
  }),
  ...workloadInputs,
  ...helmInputs,
};

/** Each is read for one target only: an input that would do nothing is refused. */
const OF_SELDON = [
  "kubeconfig",
  "kube-context",
  "model-uri",
  "implementation",
  "parameters",
  "autoscale",
  "contract",
  "resources",
  "env",
  "annotations",
  "service-account",
  "storage-secret",
  "image-pull-secret",
  "storage-credentials",
  "registry-credentials",
  "manifest",
  "graph",
  "traffic",
  "request-headers",
  "ca",
] as const;
const OF_LOCAL = ["model", "model-class", "requirements", "working-directory"] as const;

export type DeployInputs = Values<typeof deployInputs>;

/** What of the inputs does not fit together, every mistake at once. @throws ActionError */
export function refuseInputs(given: DeployInputs, run: Run): void {
  const mistakes: Mistake[] = [];
  mistakes.push(...otherTargets(given));
  if (given["outlive-job"] && run.environment === "github-hosted") {
    mistakes.push({
      where: `input "outlive-job"`,
      expected: "false on a runner of GitHub's own",
      seen: "true",
      fix: "That machine is thrown away with the job. Use a runner of your own, or leave the input out.",
    });
  }
  if (given.image !== undefined && given.model !== undefined) {
    mistakes.push({
      where: `input "model"`,
      expected: "either an image or a model with the checkout's code",
      seen: "both",
      fix: "The image holds its model already.",
    });
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);
}

/** Inputs that are read by other targets only, and have no default. */
const ELSEWHERE = {
  seldon: [...OF_LOCAL, ...OF_KUBERNETES, ...OF_HELM],
  kubernetes: [...OF_LOCAL, ...NOT_OF_KUBERNETES, ...OF_HELM],
  helm: [...OF_LOCAL, ...NOT_OF_HELM, "manifests", "container", "readiness-path"],
  local: [...OF_SELDON, ...OF_KUBERNETES, ...OF_HELM],
} as const;

/** Inputs that the chosen target does not read. */
function otherTargets(given: DeployInputs): Mistake[] {
  const names: string[] = ELSEWHERE[given.target].filter((name) => given[name] !== undefined);
  const set = (name: string, is: boolean): void => void (is && names.push(name));
  set("images", given.target !== "seldon" && given.images.length > 0);
  if (given.target === "local") {
    set("allow-exec", given["allow-exec"].length > 0);
    set("protocol", given.protocol !== "seldon");
    set("engine", given.engine !== "auto");
    set("rollback", given.rollback !== "auto");
    set("allow-older", given["allow-older"]);
    set("adopt", given.adopt);
    set("create-namespace", given["create-namespace"]);
    set("strategy", given.strategy !== "rolling");
    set("step", given.step !== "start");
    set("gateway", given.gateway !== undefined && given.gateway.kind !== "auto");
  } else set("outlive-job", given["outlive-job"]);
  if (given.target === "kubernetes" || given.target === "helm") {
    set("protocol", given.protocol !== "seldon");
    set("engine", given.engine !== "auto");
    set("strategy", given.strategy !== "rolling");
    set("step", given.step !== "start");
    set("gateway", given.gateway !== undefined && given.gateway.kind !== "auto");
  }
  if (given.target !== "helm") {
    set("values-files", given["values-files"].length > 0);
    set("set-strings", given["set-strings"].length > 0);
  }
  const mistakes = names.map((name) => ({
    where: `input "${name}"`,
    expected: `nothing with target: ${given.target}`,
    seen: "a value",
    fix: "Another target reads it. Leave it out, or change the target.",
  }));
  if (given.target !== "local") return mistakes;
  if (!["false", "true"].includes(given["dry-run"])) {
    mistakes.push({
      where: `input "dry-run"`,
      expected: "true or false with target: local",
      seen: given["dry-run"],
      fix: "There is no manifest to render or compare.",
    });
  }
  if ((given.replicas ?? 1) > 8) {
    mistakes.push({
      where: `input "replicas"`,
      expected: "at most 8 with target: local",
      seen: `${given.replicas}`,
      fix: "Each worker holds the model.",
    });
  }
  const { "base-url": base } = given;
  if (
    base !== undefined &&
    (base.protocol !== "http:" || !["127.0.0.1", "localhost"].includes(base.hostname) || base.port === "")
  ) {
    mistakes.push({
      where: `input "base-url"`,
      expected: "http://127.0.0.1:<port>",
      seen: quote(base.origin),
      fix: "target local listens on loopback only.",
    });
  }
  return mistakes;
}
