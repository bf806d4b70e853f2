import type { Annotation, Outcome } from "../action.ts";
import type { SmokeRequest } from "../domain/inference/smoke.ts";
import { requireGate, type ReleaseRecord } from "../domain/record/record.ts";
import { textDigest } from "../domain/seldon/digest.ts";
import { planLocal, type LocalPlan } from "../domain/seldon/local-plan.ts";
import { deploymentName } from "../domain/seldon/names.ts";
import type { ServingState } from "../domain/seldon/serving.ts";
import { ActionError, messageOf, quote, refuse, sentence } from "../errors.ts";
import { type Run } from "../inputs.ts";
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
  ModelStore,
} from "../ports.ts";
import type { DeployInputs } from "./deploy-inputs.ts";
import type { Announce } from "./github-deployment.ts";
import type { LocalOrder } from "./local-deploy.ts";
import { giveRecord, takeRecord } from "./record.ts";
import { requirementsText } from "./requirements-text.ts";
import type { Release } from "./release.ts";
import { keepRequest } from "./smoke-request.ts";

export type LocalPorts = {
  readonly log: Log;
  readonly clock: Clock;
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly archives: Archives;
  readonly store?: ModelStore;
  readonly github: GitHub;
  readonly images: Images;
  readonly http: Http;
  readonly pythons: Pythons;
  readonly serving: LocalServing;
  readonly signal: AbortSignal;
};

/** Serves by a process on this machine's loopback. One that does not answer never gets traffic. */
export async function deployLocally(
  given: DeployInputs,
  run: Run,
  ports: LocalPorts,
  announce: Announce,
): Promise<Outcome> {
  const from = ports.clock.elapsed();
  const facts = await observe(given, run, ports);
  const plan = planLocal({ state: facts.state, answers: facts.answers, wanted: facts });
  ports.log.info(`${facts.called}: ${DO[plan.operation]}, because ${plan.reason}`);
  const { record, namespace, name, deployId } = facts;
  if (given["dry-run"] === "false") await announce({ record, target: "local", namespace, name, deployId });
  const done = await carryOut(plan, facts, given, run, ports);
  const seconds = (ports.clock.elapsed() - from) / 1000;
  const added = await addToRecord({ ...done, seconds }, facts, run, ports);
  return await tell(done, facts, given, added);
}

type DeployFacts = {
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
async function observe(given: DeployInputs, run: Run, ports: LocalPorts): Promise<DeployFacts> {
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
    replicas: given.replicas ?? 1,
    state,
    answers: same ? await asksWhatServes(state, deployId, given, ports) : undefined,
  };
}

async function asksWhatServes(
  state: ServingState,
  deployId: string,
  given: DeployInputs,
  ports: LocalPorts,
): Promise<boolean> {
  const { doesAnswer } = await import("./local-deploy.ts");
  return await doesAnswer(state, deployId, orderOf(given), ports);
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

async function releaseOf(
  given: DeployInputs,
  record: ReleaseRecord | undefined,
  folder: string,
  run: Run,
  ports: LocalPorts,
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

const orderOf = (given: DeployInputs): LocalOrder => ({
  smoke: given["smoke-request"],
  waitSeconds: given["wait-timeout"],
  port: given["base-url"] && Number(given["base-url"].port),
  outliveJob: given["outlive-job"],
});

async function carryOut(
  plan: LocalPlan,
  facts: DeployFacts,
  given: DeployInputs,
  run: Run,
  ports: LocalPorts,
): Promise<Done> {
  const before = facts.state?.status === "running" ? facts.state.url : undefined;
  const nothing = { url: before, prediction: undefined, failure: undefined };
  if (plan.operation === "unchanged") {
    await keepSmoke(given["smoke-request"], run, ports);
    return { ...plan, ...nothing, how: "done" };
  }
  if (given["dry-run"] === "true") return { ...plan, ...nothing, how: "dry" };
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
async function keepSmoke(smoke: SmokeRequest | undefined, run: Run, ports: LocalPorts): Promise<void> {
  const { body = null, path } = smoke ?? {};
  if (path !== "/api/v1.0/predictions" || body === null || typeof body !== "object") return;
  // That it can not be kept never fails a good deploy.
  await keepRequest(body, run, ports.workspace).catch((thrown: unknown) => ports.log.warning(messageOf(thrown)));
}

async function serialised(record: ReleaseRecord): Promise<string> {
  const { serialiseRecord } = await import("../domain/record/record.ts");
  return serialiseRecord(record);
}

async function addToRecord(
  done: Done & { readonly seconds: number },
  facts: DeployFacts,
  run: Run,
  ports: LocalPorts,
): Promise<string> {
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
    recordBefore: textDigest(before),
    seconds: done.seconds,
  };
  return await giveRecord({ ...record, deployment }, run, ports);
}

async function tell(done: Done, facts: DeployFacts, given: DeployInputs, record: string): Promise<Outcome> {
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

async function curlLines({ url }: Done, given: DeployInputs): Promise<string[]> {
  if (url === undefined) return [];
  const { predictionCurl } = await import("../domain/report/curl.ts");
  const { codeBlock } = await import("../domain/report/escape.ts");
  const body = given["smoke-request"]?.body;
  const curl = predictionCurl(url, body === undefined ? undefined : JSON.stringify(body));
  return curl === undefined ? [] : ["", codeBlock(curl.command, "sh")];
}

const oneLine = (value: string): string => value.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1000);
const upperFirst = (value: string): string => value.slice(0, 1).toUpperCase() + value.slice(1);
