import type { Annotation, Outcome, Story } from "../action.ts";
import type { ImageReference } from "../domain/image/manifest.ts";
import type { SmokeRequest } from "../domain/inference/smoke.ts";
import { requireGate, type ReleaseRecord } from "../domain/record/record.ts";
import { textDigest } from "../domain/seldon/digest.ts";
import { planLocal, type LocalPlan } from "../domain/seldon/local-plan.ts";
import { deploymentName, modelClassName, namespaceName } from "../domain/seldon/names.ts";
import type { ServingState } from "../domain/seldon/serving.ts";
import { TARGETS } from "../domain/seldon/targets.ts";
import { ActionError, messageOf, quote, refuse, sentence, type Mistake } from "../errors.ts";
import { flag, integer, oneOf, parsed, Refusal, seconds, text, type Run, type Values } from "../inputs.ts";
import type {
  Archives,
  Clock,
  GitHub,
  Http,
  Images,
  LocalServing,
  Log,
  Processes,
  Pythons,
  Workspace,
} from "../ports.ts";
import type { LocalOrder } from "./local-deploy.ts";
import { giveRecord, recordInput, takeRecord } from "./record.ts";
import type { Release } from "./release.ts";
import { keepRequest } from "./smoke-request.ts";

const RELATIVE = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/;
const MAX_REQUIREMENTS_BYTES = 1024 * 1024;

const inputs = {
  record: recordInput,
  "require-gate": flag({
    description: "Refuse to work unless the record's gate is passed. `false` deploys without one.",
    default: "true",
  }),
  target: oneOf(TARGETS, {
    description:
      "Where to serve. `local` is a process on this machine's loopback; the others need a later version of these actions.",
    default: "seldon",
  }),
  name: text({
    description: "The deployment's name, which its URL holds. Left out, the model's name in the record.",
    ...deploymentName,
  }),
  namespace: text({
    description: "The namespace, which the URL holds.",
    default: "default",
    ...namespaceName,
  }),
  image: parsed<ImageReference>({
    description:
      "The image to serve, as build-model-image made it. Left out, the image of the record; without one, the checkout and `model`.",
    accepts: "an image's name, or `oci:<folder>`",
    parse: async (value) => (await import("../domain/image/reference.ts")).parseReference(value, "image"),
  }),
  model: text({
    description:
      "The model's file or folder, relative to the repository, to serve it with the checkout's code and without an image.",
    pattern: /^[^\u0000-\u001f\u007f\\]+$/,
    accepts: "a path",
  }),
  "model-class": text({
    description: "The class that serves the model. Left out, the one that the image names.",
    ...modelClassName,
  }),
  requirements: text({
    description:
      "A requirements file, relative to the working directory, for a Python environment that is made once and kept. " +
      "Left out, the Python in PATH serves. Either must have seldon-core 1.17.1.",
    pattern: RELATIVE,
    accepts: "a path below the working directory",
  }),
  replicas: integer({
    description: "How many workers answer requests, each with the model loaded.",
    default: "1",
    least: 1,
    most: 8,
  }),
  "wait-timeout": seconds({
    description:
      "How long a new version may take to answer. After that it is ended, and the one before goes on serving.",
    default: "5m",
    most: 3600,
  }),
  "smoke-request": parsed<SmokeRequest>({
    description:
      "A request that the new version must answer before it gets traffic: `body`, and if need be `path` and `expect` with " +
      "`status`, `shape`, `values` and `tolerance`. Without `expect` the answer must hold a prediction for each row that was sent.",
    accepts: "YAML: `{path, body, expect}`",
    parse: async (value) => (await import("../domain/inference/smoke.ts")).parseSmokeRequest(value),
  }),
  "dry-run": flag({ description: "Say what would happen, and change nothing.", default: "false" }),
  "outlive-job": flag({
    description:
      "Keep serving after the job, on a runner of your own. Otherwise the runner ends what is served with the job.",
    default: "false",
  }),
  "base-url": parsed<number>({
    description:
      "Scheme, host and port of the URL: for target local `http://127.0.0.1:<port>`. Left out, the port that was used before, or a free one.",
    accepts: "`http://127.0.0.1:<port>`",
    parse: localPort,
  }),
  "working-directory": text({
    description: "Where the code lies, relative to the repository. Left out, the repository itself.",
    pattern: RELATIVE,
    accepts: "a path below the repository",
  }),
  "github-token": text({
    description: "Fetches the record or the model's artifact, and opens ghcr.io where docker is not logged in.",
    expression: "${{ github.token }}",
    secret: true,
  }),
};

const outputs = {
  operation:
    "`created`, `updated` or `unchanged`; `failed` when the new version was refused; `would-create` or `would-update` of a dry run",
  "prediction-url": "Where predictions are answered; empty where nothing is served",
  "deploy-id": "40 hex digits over all that makes this version: model, code, class, requirements",
  reason: "Why it was done or not, in one sentence",
  record: "The release record with the section `deployment`; empty without a record",
};

export type DeployPorts = {
  readonly log: Log;
  readonly clock: Clock;
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly archives: Archives;
  readonly github: GitHub;
  readonly images: Images;
  readonly http: Http;
  readonly pythons: Pythons;
  readonly serving: LocalServing;
  /** Aborted when the runner cancels the step. */
  readonly signal: AbortSignal;
};

type Inputs = Values<typeof inputs>;

/** Serves a model, and is green only when the new version has answered. One that does not never gets traffic. */
export const seldonDeploy: Story<typeof inputs, DeployPorts> = {
  id: "seldon-deploy",
  inputs,
  outputs,
  run: async (given, run, ports) => {
    const facts = await observe(given, run, ports);
    const plan = planLocal({ state: facts.state, answers: facts.answers, wanted: facts });
    ports.log.info(`${facts.called}: ${DO[plan.operation]}, because ${plan.reason}`);
    const done = await carryOut(plan, facts, given, run, ports);
    const record = await addToRecord(done, facts, run, ports);
    return await tell(done, facts, given, record);
  },
};

export type DeployFacts = {
  readonly record: ReleaseRecord | undefined;
  readonly name: string;
  readonly namespace: string;
  /** `demo/digits` */
  readonly called: string;
  readonly release: Release;
  readonly requirements: string | undefined;
  readonly deployId: string;
  readonly replicas: number;
  readonly state: ServingState | undefined;
  /** Whether what serves now, being this version, answers. */
  readonly answers: boolean | undefined;
};

type Done = LocalPlan & {
  /** `dry`: nothing was done. */
  readonly how: "done" | "dry" | "failed";
  /** Absent where nothing is served. */
  readonly url: string | undefined;
  /** What was answered, in a few words. */
  readonly prediction: string | undefined;
  /** Why it failed. */
  readonly failure: ActionError | undefined;
};

/** Everything that decides, seen before anything is changed; every mistake in what was given, told at once. */
async function observe(given: Inputs, run: Run, ports: DeployPorts): Promise<DeployFacts> {
  refuseInputs(given, run);
  const record = await takeRecord(given.record, run, ports);
  requireGate(record, given["require-gate"]);
  const namespace = given.namespace!;
  const name = given.name ?? nameOf(record);
  const below = given["working-directory"]?.replace(/^(?:\.\/)+|\/+$/g, "") ?? "";
  const folder = below === "" || below === "." ? run.workspace : `${run.workspace}/${below}`;
  const requirements = await requirementsText(given.requirements, folder, ports.workspace);
  const release = await releaseOf(given, record, folder, run, ports);
  const { deployId: digestVersion } = await import("../domain/seldon/names.ts");
  const deployId = await digestVersion({
    model: release.model,
    code: release.code,
    modelClass: release.modelClass,
    modelPath: release.modelPath,
    requirements,
  });
  const state = await ports.serving.state(namespace, name);
  const same = state?.status === "running" && state.deployId === deployId;
  return {
    record,
    name,
    namespace,
    called: `${namespace}/${name}`,
    release,
    requirements,
    deployId,
    replicas: given.replicas!,
    state,
    answers: same ? await asksWhatServes(state, deployId, given, ports) : undefined,
  };
}

async function asksWhatServes(
  state: ServingState,
  deployId: string,
  given: Inputs,
  ports: DeployPorts,
): Promise<boolean> {
  const { doesAnswer } = await import("./local-deploy.ts");
  return await doesAnswer(state, deployId, orderOf(given), ports);
}

function refuseInputs(given: Inputs, run: Run): void {
  const mistakes: Mistake[] = [];
  if (given.target !== "local") {
    mistakes.push({
      where: `input "target"`,
      expected: "local, the one target of this version",
      seen: given.target,
      fix: "Set target: local to serve on this machine.",
    });
  }
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

function nameOf(record: ReleaseRecord | undefined): string {
  const name = record?.model.name;
  if (name !== undefined && deploymentName.pattern.test(name)) return name;
  return refuse({
    where: `input "name"`,
    expected: deploymentName.accepts,
    seen: name === undefined ? "nothing, and no record that names the model" : `the record's ${quote(name)}`,
    fix: "Set the input name.",
  });
}

async function requirementsText(
  path: string | undefined,
  folder: string,
  workspace: Workspace,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const content = await workspace.readText(`${folder}/${path}`, { maxBytes: MAX_REQUIREMENTS_BYTES });
  if (content !== undefined) return content.replaceAll("\r\n", "\n");
  return refuse({ where: `input "requirements"`, expected: `a file ${quote(path)}`, seen: "none" });
}

async function releaseOf(
  given: Inputs,
  record: ReleaseRecord | undefined,
  folder: string,
  run: Run,
  ports: DeployPorts,
): Promise<Release> {
  const { releaseOfCheckout, releaseOfImage } = await import("./release.ts");
  if (given.image !== undefined || (record?.image !== undefined && given.model === undefined)) {
    return await releaseOfImage(record, given.image, given["model-class"], run, ports);
  }
  const modelClass = given["model-class"];
  if (modelClass === undefined) {
    refuse({
      where: `input "model-class"`,
      expected: "the class that serves the model, since no image names one",
      seen: "nothing",
      fix: "Set model-class, or hand on the record of build-model-image.",
    });
  }
  return await releaseOfCheckout(record, { folder, model: given.model, modelClass }, run, ports);
}

const orderOf = (given: Inputs): LocalOrder => ({
  smoke: given["smoke-request"],
  waitSeconds: given["wait-timeout"],
  port: given["base-url"],
  outliveJob: given["outlive-job"],
});

async function carryOut(
  plan: LocalPlan,
  facts: DeployFacts,
  given: Inputs,
  run: Run,
  ports: DeployPorts,
): Promise<Done> {
  const before = facts.state?.status === "running" ? facts.state.url : undefined;
  const nothing = { url: before, prediction: undefined, failure: undefined };
  if (plan.operation === "unchanged") {
    await keepSmoke(given["smoke-request"], run, ports);
    return { ...plan, ...nothing, how: "done" };
  }
  if (given["dry-run"]) return { ...plan, ...nothing, how: "dry" };
  const from = ports.clock.elapsed();
  const { serveLocally, Refused } = await import("./local-deploy.ts");
  try {
    const served = await ports.log.group(`Serving ${facts.called} from ${facts.release.from}`, async () =>
      serveLocally(facts, orderOf(given), ports),
    );
    await keepSmoke(given["smoke-request"], run, ports);
    const took = ((ports.clock.elapsed() - from) / 1000).toFixed(1);
    ports.log.info(`${facts.called} serves ${facts.deployId.slice(0, 12)} at ${served.url} (${took} s)`);
    if (served.prediction !== undefined) ports.log.info(`It predicted ${served.prediction}`);
    return { ...plan, ...served, how: "done", failure: undefined };
  } catch (thrown) {
    // A cancelled run, a fault of ours, or a mistake before anything was started: nothing to tell but itself.
    if (!(thrown instanceof Refused)) throw thrown;
    return { ...plan, ...nothing, how: "failed", failure: thrown.why };
  }
}

/** For the report of this job, which shows a request that is known to work. */
async function keepSmoke(smoke: SmokeRequest | undefined, run: Run, ports: DeployPorts): Promise<void> {
  const { body = null, path } = smoke ?? {};
  if (path !== "/api/v1.0/predictions" || body === null || typeof body !== "object") return;
  // That it can not be kept never fails a good deploy.
  await keepRequest(body, run, ports.workspace).catch((thrown: unknown) => ports.log.warning(messageOf(thrown)));
}

async function serialised(record: ReleaseRecord): Promise<string> {
  const { serialiseRecord } = await import("../domain/record/record.ts");
  return serialiseRecord(record);
}

async function addToRecord(done: Done, facts: DeployFacts, run: Run, ports: DeployPorts): Promise<string> {
  const { record, name, namespace, deployId } = facts;
  if (record === undefined) return "";
  const before = await serialised(record);
  if (done.how !== "done" || done.url === undefined) return before;
  const deployment: NonNullable<ReleaseRecord["deployment"]> = {
    target: "local",
    namespace,
    name,
    deployId,
    url: done.url,
    operation: done.operation,
    recordBefore: await textDigest(before),
  };
  return await giveRecord({ ...record, deployment }, run, ports);
}

async function tell(done: Done, facts: DeployFacts, given: Inputs, record: string): Promise<Outcome> {
  const { codeSpan, escapeText } = await import("../domain/report/escape.ts");
  const operation =
    done.how === "failed"
      ? "failed"
      : done.how === "done" || done.operation === "unchanged"
        ? done.operation
        : DRY[done.operation];
  const failure = done.failure && failureText(done, facts);
  const annotations: Annotation[] = [];
  if (given["smoke-request"] === undefined && done.how === "done" && done.operation !== "unchanged") {
    annotations.push({
      level: "warning",
      title: `${facts.called}: no prediction was asked for`,
      message: "The model server is up, but nothing proved that it predicts. Give a smoke-request.",
    });
  }
  return {
    outputs: {
      operation,
      "prediction-url": done.url ?? "",
      "deploy-id": facts.deployId,
      reason: done.failure ? oneLine(done.failure.message) : done.reason,
      record,
    },
    annotations,
    summary: [
      `## Deployment: ${operation} (${escapeText(facts.called)})`,
      "",
      escapeText(done.failure ? `The new version was refused: ${done.failure.message}` : upperFirst(done.reason)) + ".",
      "",
      "| | |",
      "|---|---|",
      `| Prediction URL | ${done.url === undefined ? "–" : codeSpan(done.url)} |`,
      `| Deploy id | ${codeSpan(facts.deployId)} |`,
      `| From | ${codeSpan(facts.release.from)} |`,
      ...(done.prediction === undefined ? [] : [`| It predicted | ${codeSpan(done.prediction)} |`]),
      ...(await curlLines(done, given)),
      "",
    ].join("\n"),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** What will be done, before it is. */
const DO = { created: "create", updated: "update", unchanged: "unchanged" } as const;
const DRY = { created: "would-create", updated: "would-update", unchanged: "unchanged" } as const;

function failureText({ url, failure }: Done, { called }: DeployFacts): string {
  const kept = url === undefined ? "Nothing is served under this name." : "The version before goes on serving.";
  return `The new version of ${called} was refused. ${kept}\n${failure!.mistakes.map(sentence).join("\n")}`;
}

async function curlLines({ url }: Done, given: Inputs): Promise<string[]> {
  if (url === undefined) return [];
  const { predictionCurl } = await import("../domain/report/curl.ts");
  const { codeBlock } = await import("../domain/report/escape.ts");
  const body = given["smoke-request"]?.body;
  const curl = predictionCurl(url, body === undefined ? undefined : JSON.stringify(body));
  return curl === undefined ? [] : ["", codeBlock(curl.command, "sh")];
}

const oneLine = (value: string): string => value.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1000);
const upperFirst = (value: string): string => value.slice(0, 1).toUpperCase() + value.slice(1);

/** The port of a base URL on loopback. */
function localPort(value: string): number {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const port = Number(url?.port);
  const local = url?.protocol === "http:" && ["127.0.0.1", "localhost"].includes(url.hostname);
  if (!local || !(port >= 1) || url.pathname !== "/" || url.search !== "" || url.username !== "") {
    throw new Refusal("http://127.0.0.1:<port>", { fix: "target local listens on loopback only." });
  }
  return port;
}
