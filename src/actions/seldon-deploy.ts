import type { Outcome, Story } from "../action.ts";
import type { CustomRules } from "../domain/kubernetes/kinds.ts";
import { ActionError } from "../errors.ts";
import { type Run } from "../inputs.ts";
import type {
  Archives,
  Clock,
  Compression,
  GitHub,
  Http,
  Images,
  Kubernetes,
  LocalServing,
  Log,
  Processes,
  Pythons,
  Workspace,
  ModelStore,
} from "../ports.ts";
import { deployInputs, refuseInputs, type DeployInputs } from "./deploy-inputs.ts";
import type { Announce, PreviewTold } from "./github-deployment.ts";
import { permit } from "./permitted.ts";
import type { Marks } from "./preview.ts";

const outputs = {
  operation:
    "`created`, `updated` or `unchanged`; `failed` when the new version was refused; `would-create`, `would-update` or `rendered` of a dry run; of a preview also `skipped`, and `removed` when its pull request was closed meanwhile",
  "prediction-url": "Where predictions are answered; empty where nothing is served",
  "grpc-endpoint":
    "Target seldon: `host:port` for gRPC, behind a gateway with the headers `seldon` and `namespace`; without one the name inside the cluster",
  "docs-url":
    "Target seldon: the page on which Seldon's executor documents the deployment; empty without the executor, which the summary says",
  "deploy-id":
    "40 hex digits over all that makes this version: the rendered spec, or for target local model, code, class and requirements",
  "rolled-back": "`true` when the new version failed and the one before was put back and answers",
  manifest: "The SeldonDeployment as JSON, of `dry-run: client`; else empty",
  reason: "Why it was done or not, in one sentence",
  record: "The release record with the section `deployment`; empty without a record",
};

export type DeployPorts = {
  readonly log: Log;
  readonly clock: Clock;
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly archives: Archives;
  /** Where a model lies whose artifact is gone. */
  readonly store?: ModelStore;
  readonly github: GitHub;
  readonly images: Images;
  readonly http: Http;
  readonly pythons: Pythons;
  readonly serving: LocalServing;
  readonly kubernetes: Kubernetes;
  readonly compression: Compression;
  /** Aborted when the runner cancels the step. */
  readonly signal: AbortSignal;
};

/** Serves a model, and is green only when the new version has answered. One that does not never gets traffic. */
export const seldonDeploy: Story<typeof deployInputs, DeployPorts> = {
  id: "seldon-deploy",
  inputs: deployInputs,
  outputs,
  run: async (given, run, ports) => {
    refuseInputs(given, run);
    const folder = `${run.workspace}/${given["working-directory"] ?? ""}`;
    if (given.target === "local") await permit("try", run, ports, folder);
    if (given.preview === "false") return await deployTold(given, run, ports);
    const { deployPreview } = await import("./preview.ts");
    return await deployPreview(given, run, ports, async (asked, preview) => deployTold(asked, run, ports, preview));
  },
};

type Preview = PreviewTold & { readonly marks: Marks };
const unheard: Announce = async () => Promise.resolve();

async function deployTold(given: DeployInputs, run: Run, ports: DeployPorts, preview?: Preview): Promise<Outcome> {
  const isCluster = given.target !== "local" && given["dry-run"] === "false";
  if (isCluster && preview === undefined) await permit("deploy", run, ports);
  if (given["github-deployment"] === "false" || given["github-token"] === undefined || given["dry-run"] !== "false") {
    return await deploy(given, run, ports, unheard, preview);
  }
  const { tellGitHub } = await import("./github-deployment.ts");
  return await tellGitHub(given, preview, run, ports, async (announce) => deploy(given, run, ports, announce, preview));
}

/** @param announce called once what will be served is known, before anything is changed */
async function deploy(
  given: DeployInputs,
  run: Run,
  ports: DeployPorts,
  announce: Announce,
  preview: Preview | undefined,
): Promise<Outcome> {
  if (given.target === "seldon") {
    const { refuseForCluster } = await import("./cluster-refusals.ts");
    const mistakes = refuseForCluster(given);
    if (mistakes.length > 0) throw new ActionError(mistakes);
    const { deployToCluster } = await import("./cluster-deploy.ts");
    const { namespace = "default", gateway = { kind: "auto", service: undefined } } = given;
    const order = { ...given, namespace, gateway, announce, marks: preview?.marks };
    return await deployToCluster(order, run, ports);
  }
  if (given.target === "kubernetes") {
    const { deployWorkload } = await import("./workload-deploy.ts");
    return await deployWorkload({ ...workloadOrder(given), announce }, run, ports);
  }
  if (given.target === "helm") {
    const { deployChart } = await import("./helm-deploy.ts");
    return await deployChart({ ...given, namespace: given.namespace!, rules: rulesOf(given), announce }, run, ports);
  }
  const { deployLocally } = await import("./local-target.ts");
  return await deployLocally(given, run, ports, announce);
}

const rulesOf = (given: DeployInputs): CustomRules => ({
  success: given["success-conditions"] ?? [],
  failure: given["failure-conditions"] ?? [],
});

const workloadOrder = (given: DeployInputs) => ({
  ...given,
  rules: rulesOf(given),
  namespace: given.namespace!,
  port: given.port!,
  "service-port": given["service-port"]!,
});
