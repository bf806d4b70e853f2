import type { Outcome, Story } from "../action.ts";
import type { ImageReference } from "../domain/image/manifest.ts";
import { deploymentName, namespaceName } from "../domain/seldon/names.ts";
import { oneOf, parsed, text } from "../inputs.ts";
import type { Clock, Http, Images, Kubernetes, Log } from "../ports.ts";
import { baseUrl } from "./base-url.ts";
import { clusterInputs } from "./cluster-inputs.ts";
import { requestHeaders } from "./request-headers.ts";

const SECRET = { pattern: deploymentName.pattern, accepts: "a Secret's name" };

const inputs = {
  namespace: text({
    description: "Where it will be deployed. Left out, the kubeconfig's own, else `default`.",
    ...namespaceName,
  }),
  image: parsed<ImageReference>({
    description: "The repository that images will be pushed to. Left out, the registry is not looked at.",
    accepts: "`host/path/name`",
    parse: async (value) => (await import("../domain/image/reference.ts")).parseReference(value, "image"),
  }),
  "registry-username": text({
    description: "Logs in to the image's registry. Left out, docker's own login, or for ghcr.io the job's token.",
  }),
  "registry-password": text({ description: "The password, or a token of the registry.", secret: true }),
  "image-pull-secret": text({ description: "The Secret by which the cluster's nodes will pull the image.", ...SECRET }),
  "model-uri": text({
    description: "Where the model will lie, for Seldon's prepackaged servers: `s3://…`, `gs://…`, `pvc://…`.",
    pattern: /^[a-z0-9]{1,20}:\/\/[!-~]{1,1000}$/,
    accepts: "a URI",
  }),
  "storage-secret": text({ description: "The Secret with rclone's settings for that store.", ...SECRET }),
  "base-url": parsed<URL>({
    description: "Scheme, host and port of the gateway. Left out, predictions go through the API server's proxy.",
    accepts: "a URL without a path",
    parse: baseUrl,
  }),
  "request-headers": parsed<Readonly<Record<string, string>>>({
    description: "Headers that the gateway asks for: `Authorization: Bearer …`.",
    accepts: "`Name: value`, one a line",
    secret: true,
    parse: requestHeaders,
  }),
  ca: text({ description: "PEM of the authority that vouches for the gateway's certificate." }),
  "on-problem": oneOf(["fail", "report"], {
    description: "Whether a problem makes the step red, or is told by `ready` alone.",
    default: "fail",
  }),
  ...clusterInputs,
  "github-token": text({
    description: "Logs in to ghcr.io where nothing else does; needs `packages: write`.",
    expression: "${{ github.token }}",
    secret: true,
  }),
};

const outputs = {
  ready: "`true` when no problem was found, else `false`",
  problems: "How many problems were found",
  "operator-version": "Of Seldon's operator; empty where it could not be told",
  "kubernetes-version": "Of the cluster",
  report: "Every line as JSON: what, state (ok, problem, unknown), seen, fix",
};

export type CheckPorts = {
  readonly log: Log;
  readonly clock: Clock;
  readonly http: Http;
  readonly images: Images;
  readonly kubernetes: Kubernetes;
  readonly signal: AbortSignal;
};

/** Looks at all that a deploy will need, in seconds, before hours of training. */
export const check: Story<typeof inputs, CheckPorts> = {
  id: "check",
  inputs,
  outputs,
  run: async (given, _run, ports): Promise<Outcome> => {
    const { lookAtAll } = await import("./check-lines.ts");
    const { checkTable, checkText } = await import("../domain/check/line.ts");
    const from = ports.clock.elapsed();
    const { lines, called, operatorVersion, kubernetesVersion } = await lookAtAll(given, ports);
    for (const line of lines) ports.log.info(checkText(line));
    const problems = lines.filter(({ state }) => state === "problem");
    ports.log.info(`Looked at in ${((ports.clock.elapsed() - from) / 1000).toFixed(1)} s`);
    const failure = problems.map(({ what, seen, fix }) => `${what}: ${seen}. ${fix ?? ""}`.trimEnd()).join("\n");
    return {
      outputs: {
        ready: String(problems.length === 0),
        problems: String(problems.length),
        "operator-version": operatorVersion ?? "",
        "kubernetes-version": kubernetesVersion ?? "",
        report: JSON.stringify(lines),
      },
      summary: checkTable(lines, called),
      ...(problems.length === 0
        ? {}
        : given["on-problem"] === "fail"
          ? { failure }
          : { annotations: [{ level: "warning", title: "Not ready to deploy", message: failure }] }),
    };
  },
};
