import type { Outcome, Story } from "../action.ts";
import type { Feedback } from "../domain/inference/feedback.ts";
import type { SmokeRequest } from "../domain/inference/smoke.ts";
import { PROTOCOLS, type Protocol } from "../domain/seldon/manifest.ts";
import { deploymentName, namespaceName } from "../domain/seldon/names.ts";
import { ActionError, messageOf, quote, type Mistake } from "../errors.ts";
import { flag, integer, oneOf, parsed, Refusal, requiredText, seconds, text, type Values } from "../inputs.ts";
import type { Artifacts, Workspace } from "../ports.ts";
import { baseUrl } from "./base-url.ts";
import { clusterInputs } from "./cluster-inputs.ts";
import type { AddressPorts } from "./predict-address.ts";
import { requestHeaders } from "./request-headers.ts";

/** A path in the checkout: relative, without a step up. */
const FILE = { pattern: /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0\\]{1,1024}$/, accepts: "a path in the workspace" };

const inputs = {
  name: requiredText({ description: "The deployment that is asked.", ...deploymentName }),
  namespace: text({ description: "Its namespace. Left out, `default`.", ...namespaceName }),
  "smoke-request": parsed<SmokeRequest>({
    description:
      "One request and what its answer must be, as YAML: `body`, `path`, and `expect` with `status`, `shape`, `values`, `tolerance`.",
    accepts: "YAML",
    parse: async (value) => (await import("../domain/inference/smoke.ts")).parseSmokeRequest(value),
  }),
  contract: text({
    description:
      "A `contract.json` as Seldon's testers read it: batches are made up from it, and the answers checked against its targets.",
    ...FILE,
  }),
  golden: text({
    description: "A JSON list of `{input | request, expected, tolerance?}`: each is asked, and its answer compared.",
    ...FILE,
  }),
  feedback: parsed<Feedback>({
    description:
      "What a prediction was worth, as YAML: `reward`, and `request`, `response`, `truth`. Without a request it is about the smoke request and its answer. Protocol seldon only.",
    accepts: "YAML",
    parse: async (value) => (await import("../domain/inference/feedback.ts")).parseFeedback(value),
  }),
  data: text({
    description: "A file of rows to be predicted: `.csv` with a line of names first, `.json`, or `.jsonl`.",
    ...FILE,
  }),
  predictions: text({
    description:
      "Where the predictions of `data` are written, of the kind that its name says. Left out, `predictions.jsonl`.",
    ...FILE,
  }),
  artifact: flag({
    description: "Uploads the predictions as an artifact, named as the file is.",
    default: "false",
  }),
  "batch-size": integer({
    description: "So many rows of `data` go into one request.",
    default: "100",
    least: 1,
    most: 10_000,
  }),
  target: oneOf(["seldon", "local"], {
    description: "Where it is served: `seldon` is a cluster, `local` this machine.",
    default: "seldon",
  }),
  transport: oneOf(["auto", "ingress", "api-proxy", "port-forward"], {
    description:
      "Target seldon: how it is reached. `ingress` is the gateway of base-url; `api-proxy` goes through the API server, REST only; `port-forward` to a pod that is ready. `auto` takes the gateway where base-url is given, else the proxy, and for gRPC port-forward.",
    default: "auto",
  }),
  api: oneOf(["rest", "grpc"], { description: "How it is asked.", default: "rest" }),
  protocol: parsed<Protocol>({
    description: "The inference protocol. Left out, the deployment's own; behind a gateway `seldon`.",
    accepts: PROTOCOLS.map((each) => `\`${each}\``).join(", "),
    parse: (value) => {
      const found = PROTOCOLS.find((each) => each === value);
      if (found === undefined) throw new Refusal(`one of ${PROTOCOLS.join(", ")}`);
      return found;
    },
  }),
  predictor: text({
    description: "Target seldon: which of several predictors is asked, through the cluster. Left out, the first.",
  }),
  model: text({
    description:
      "The model's name in the paths of the tensorflow and v2 protocols. Left out, the graph's first node; behind a gateway `classifier`.",
    pattern: /^[A-Za-z0-9][\w.-]{0,127}$/,
    accepts: "letters, digits, -, _ and .",
  }),
  "base-url": parsed<URL>({
    description: "Target seldon: scheme, host and port of the gateway before the deployment's path.",
    accepts: "a URL without a path",
    parse: baseUrl,
  }),
  "request-headers": parsed<Readonly<Record<string, string>>>({
    description: "Headers that the gateway asks for: `Authorization: Bearer …`.",
    accepts: "`Name: value`, one a line",
    secret: true,
    parse: requestHeaders,
  }),
  ca: parsed<string>({
    description: "PEM of the authority that vouches for the gateway's certificate.",
    accepts: "PEM",
    parse: (value) => {
      if (!value.includes("-----BEGIN CERTIFICATE-----")) throw new Refusal("a certificate in PEM");
      return value;
    },
  }),
  timeout: seconds({ description: "How long one answer may take.", default: "60s", most: 3600 }),
  "wait-timeout": seconds({
    description: "How long a connection that is refused, or a gateway's 502, 503 or 504, is asked again.",
    default: "30s",
    most: 3600,
  }),
  "on-failure": oneOf(["fail", "report"], {
    description: "Whether a wrong answer makes the step red, or is told by `passed` alone.",
    default: "fail",
  }),
  ...clusterInputs,
};

const outputs = {
  passed: "`true` when every answer was what it must be, else `false`",
  prediction: "The smoke request's answer in a few words",
  predictions: "Absolute path of the file of predictions; empty without `data`",
  rows: "How many rows of `data` were predicted",
  "artifact-id": "Of the uploaded predictions",
  report: "What was asked and what came, as JSON: address, requests, p50Ms, p95Ms, rows, asked (name, passed, reasons)",
};

export type PredictPorts = AddressPorts & { readonly workspace: Workspace; readonly artifacts: Artifacts };
type Inputs = Values<typeof inputs>;

/** Asks a live model, and says whether it answers what it must. */
export const predict: Story<typeof inputs, PredictPorts> = {
  id: "predict",
  inputs,
  outputs,
  run: async (given, run, ports) => {
    refuseInputs(given);
    for (const value of Object.values(given["request-headers"] ?? {})) maskHeader(value, ports);
    const { openAddress } = await import("./predict-address.ts");
    const { namespace = "default" } = given;
    const address = await openAddress({ ...given, namespace }, ports);
    const called = `${namespace}/${given.name}`;
    try {
      ports.log.info(`${called} is asked at ${address.shown}`);
      refuseProtocol(given, address.protocol);
      const { askAll } = await import("./predict-asking.ts");
      return await tell(given, called, address.shown, await askAll(given, address, run, ports), ports);
    } finally {
      address.close();
    }
  },
};

function refuseInputs(given: Inputs): void {
  const mistakes: Mistake[] = [];
  const wrong = (input: string, expected: string, seen: string, fix?: string): void => {
    mistakes.push({ where: `input "${input}"`, expected, seen, ...(fix === undefined ? {} : { fix }) });
  };
  const asks = ["smoke-request", "contract", "golden", "feedback", "data"] as const;
  if (asks.every((each) => given[each] === undefined)) {
    wrong("smoke-request", "something to ask", "nothing", `Give one or several of ${asks.join(", ")}.`);
  }
  if (given.data === undefined) {
    for (const each of ["predictions", "artifact"] as const)
      if (given[each]) wrong(each, "nothing without data", "a value");
  }
  const { feedback, "smoke-request": smoke } = given;
  if (feedback !== undefined && feedback.request === undefined && smoke?.body === undefined) {
    wrong("feedback", "a request in it, or a smoke-request that it is about", "neither");
  }
  if (given.target === "local") {
    for (const each of ["base-url", "kubeconfig", "kube-context", "predictor", "ca"] as const)
      if (given[each] !== undefined) wrong(each, "nothing with target: local", "a value");
    if (given.transport !== "auto") wrong("transport", "auto with target: local", given.transport);
    if (given.api === "grpc") {
      wrong("api", "rest with target: local", "grpc", "The front of a local deployment passes HTTP on.");
    }
  } else {
    if (given.transport === "ingress" && given["base-url"] === undefined) {
      wrong("base-url", "the gateway's address for transport: ingress", "nothing");
    }
    if (given["base-url"] !== undefined && !["auto", "ingress"].includes(given.transport)) {
      wrong("base-url", `nothing with transport: ${given.transport}`, "a value");
    }
    if (given["base-url"] !== undefined && given.predictor !== undefined) {
      wrong("predictor", "nothing behind a gateway, which chooses by itself", quote(given.predictor));
    }
    if (given.transport === "api-proxy" && given.api === "grpc") {
      wrong(
        "transport",
        "port-forward or ingress for gRPC",
        "api-proxy",
        "The API server's proxy passes HTTP/1.1 only.",
      );
    }
    if (
      given["base-url"] === undefined &&
      given.transport !== "port-forward" &&
      given["request-headers"] !== undefined
    ) {
      wrong("request-headers", "a base-url, whose gateway reads them", "none");
    }
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);
}

/** Known only when the deployment was read. */
function refuseProtocol(given: Inputs, protocol: Protocol): void {
  if (given.feedback !== undefined && protocol !== "seldon") {
    throw new ActionError({
      where: `input "feedback"`,
      expected: "protocol seldon, which alone knows it",
      seen: protocol,
    });
  }
  if (given.api === "grpc" && protocol === "tensorflow") {
    throw new ActionError({ where: `input "api"`, expected: "rest with the tensorflow protocol", seen: "grpc" });
  }
}

/** Short ones are words, not secrets. */
function maskHeader(value: string, { log }: Pick<PredictPorts, "log">): void {
  const secret = value.replace(/^(?:Bearer|Basic)\s+/i, "");
  if (secret.length >= 8) log.mask(secret);
}

async function tell(
  given: Inputs,
  called: string,
  address: string,
  answers: Awaited<ReturnType<(typeof import("./predict-asking.ts"))["askAll"]>>,
  ports: PredictPorts,
): Promise<Outcome> {
  const { seenAsJson, seenAsTable } = await import("../domain/inference/asked.ts");
  const { asked, times, rows, file, prediction } = answers;
  const seen = { address, asked, times, rows };
  const wrong = asked.filter(({ reasons }) => reasons.length > 0);
  const stored = given.artifact && file !== undefined ? await upload(file, ports) : undefined;
  const failure = wrong
    .slice(0, 10)
    .map(({ name, reasons }) => `${called}, ${name}: ${reasons.slice(0, 3).join("; ")}`)
    .join("\n");
  return {
    outputs: {
      passed: String(wrong.length === 0),
      prediction: prediction ?? "",
      predictions: file ?? "",
      rows: rows === undefined ? "" : String(rows),
      "artifact-id": stored ?? "",
      report: seenAsJson(seen),
    },
    summary: seenAsTable(seen, called),
    ...(wrong.length === 0
      ? {}
      : given["on-failure"] === "fail"
        ? { failure }
        : { annotations: [{ level: "warning", title: "Wrong answers", message: failure }] }),
  };
}

/** The file stays where it is, so an upload that fails is told and does not hide the predictions. */
async function upload(file: string, { artifacts, log }: PredictPorts): Promise<string | undefined> {
  try {
    return (await artifacts.upload(file, {})).id;
  } catch (thrown) {
    log.warning(`The predictions were not uploaded: ${messageOf(thrown)}`);
    return undefined;
  }
}
