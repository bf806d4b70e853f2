import type { SmokeRequest } from "../domain/inference/smoke.ts";
import { serialiseRecord, type ReleaseRecord } from "../domain/record/record.ts";
import type { ServingState } from "../domain/seldon/serving.ts";
import { ActionError, messageOf, refuse } from "../errors.ts";
import type {
  Archives,
  Candidate,
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
import { provePrediction, waitUntilUp } from "./prediction.ts";
import type { Release } from "./release.ts";

/** A version that is to be served on this machine. */
type LocalVersion = {
  readonly record: ReleaseRecord | undefined;
  readonly name: string;
  readonly namespace: string;
  /** `demo/digits` */
  readonly called: string;
  readonly release: Release;
  readonly requirements: string | undefined;
  readonly deployId: string;
  readonly replicas: number;
};

type LocalPorts = {
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
  readonly signal: AbortSignal;
};

/** What was asked of a deploy to this machine. */
export type LocalOrder = {
  readonly smoke: SmokeRequest | undefined;
  readonly waitSeconds: number;
  readonly port: number | undefined;
  readonly outliveJob: boolean;
};

/** Asks what serves now the same question that a new version would be asked. */
export async function doesAnswer(
  state: ServingState,
  deployId: string,
  order: LocalOrder,
  ports: LocalPorts,
): Promise<boolean> {
  const deadline = ports.clock.elapsed() + Math.min(order.waitSeconds, 30) * 1000;
  const asked = { url: baseOf(state.url), called: "what serves now", deadline, signal: ports.signal };
  const smoke = order.smoke ?? PING;
  try {
    await provePrediction(smoke, asked, ports, deployId);
    return true;
  } catch (thrown) {
    if (ports.signal.aborted) throw thrown;
    ports.log.info(messageOf(thrown));
    return false;
  }
}

/** Stands in where no smoke request is given: the server is there and has loaded its model. */
const PING: SmokeRequest = {
  path: "/health/ping",
  body: undefined,
  expect: { status: 200, tolerance: 0 },
};

/** `http://127.0.0.1:PORT/seldon/<namespace>/<name>` of a prediction URL. */
const baseOf = (url: string): string => url.slice(0, -"/api/v1.0/predictions".length);

/** The new version was started and did not prove itself: an answer that the user asked for, not a mistake in the inputs. */
export class Refused extends Error {
  readonly why: ActionError;

  constructor(why: ActionError) {
    super(why.message, { cause: why });
    this.why = why;
  }
}

/**
 * Serves a release on this machine: its Python, its folder, a candidate behind the front, the proof, the promotion.
 * @throws Refused when the new version did not prove itself; what served before still does
 */
export async function serveLocally(
  facts: LocalVersion,
  order: LocalOrder,
  ports: LocalPorts,
): Promise<{ url: string; prediction: string | undefined }> {
  const { log, serving, clock } = ports;
  const { name, namespace, release, deployId, replicas } = facts;
  const { python } = await ports.pythons.environment({ requirements: facts.requirements, log });
  await requireSeldonCore(python, facts.requirements !== undefined, ports.processes);
  const deploy = await serving.begin(namespace, name, {
    port: order.port,
    outliveJob: order.outliveJob,
  });
  try {
    if (order.outliveJob && !deploy.state.outliveJob) {
      log.warning(`The front of ${facts.called} was started without outlive-job, so it ends with this job.`);
    }
    if (!deploy.state.outliveJob) {
      log.info("It ends with this job. On a runner of your own, outlive-job: true keeps it.");
    }
    const folder = await release.layOut(await deploy.releaseFolder(deployId));
    const deadline = clock.elapsed() + order.waitSeconds * 1000;
    const candidate = await deploy.startCandidate({
      deployId,
      python,
      folder,
      modelClass: release.modelClass,
      modelPath: release.modelPath === undefined ? undefined : `${folder}/${release.modelPath}`,
      replicas,
      record: facts.record && serialiseRecord(facts.record),
    });
    try {
      return await proveAndPromote(candidate, deadline, facts, order, ports);
    } catch (thrown) {
      if (ports.signal.aborted || !(thrown instanceof ActionError)) throw thrown;
      await showLastLines(candidate, ports);
      await candidate.discard().catch(() => undefined);
      throw new Refused(thrown);
    }
  } finally {
    // What was not promoted ends here; a front behind which nothing serves ends too.
    await deploy.end().catch((thrown: unknown) => log.warning(`The front: ${messageOf(thrown)}`));
  }
}

async function proveAndPromote(
  candidate: Candidate,
  deadline: number,
  facts: LocalVersion,
  order: LocalOrder,
  ports: LocalPorts,
): Promise<{ url: string; prediction: string | undefined }> {
  const { log, clock } = ports;
  const called = `the new version of ${facts.called}`;
  const gone = new AbortController();
  const watched = candidate.ended.then(({ code, signal }) => {
    const seen = code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`;
    return gone.abort(new ActionError({ where: called, expected: "to start and answer", seen, fix: LINES_ABOVE }));
  });
  const signal = AbortSignal.any([ports.signal, gone.signal]);
  const asked = { url: candidate.url, called, deadline, signal };
  const from = clock.elapsed();
  if (candidate.url === "") {
    // It has ended before it said where it listens, or it hangs there.
    await Promise.race([watched, clock.sleep(1000)]);
    throw signal.aborted
      ? signal.reason
      : new ActionError({ where: called, expected: "to listen within a minute", seen: "no port", fix: LINES_ABOVE });
  }
  await waitUntilUp(asked, ports);
  log.info(`The new version is up after ${((clock.elapsed() - from) / 1000).toFixed(1)} s`);
  const { smoke } = order;
  let prediction = smoke && (await provePrediction(smoke, asked, ports));
  const { url } = await candidate.promote();
  // From here on it has traffic: it must be the one that answers under the stable URL too.
  const front = { ...asked, url: baseOf(url), called: `${facts.called} at its URL` };
  prediction =
    (await provePrediction(
      smoke ?? PING,
      { ...front, deadline: Math.max(deadline, clock.elapsed() + 10_000) },
      ports,
      facts.deployId,
    )) ?? prediction;
  await candidate.settle();
  return { url, prediction };
}

/** A traceback of Python through gunicorn and seldon-core, and what came before. */
const LAST_LINES = 40;
/** seldon-core tells its whole configuration in one line. */
const LONGEST_LINE = 300;
const LINES_ABOVE = "Its last lines stand in the log above.";

/** A Python without seldon-core would end with a traceback; this says what to do. */
async function requireSeldonCore(python: string, made: boolean, processes: Processes): Promise<void> {
  const { installerEnvironment } = await import("../domain/seldon/environment.ts");
  const asking = "import importlib.util, sys; sys.exit(importlib.util.find_spec('seldon_core') is None)";
  const env = installerEnvironment(processes.environment());
  const { code } = await processes.run({ command: python, args: ["-c", asking], env }, { timeoutMs: 60_000 });
  if (code === 0) return;
  refuse({
    where: made ? `input "requirements"` : python,
    expected: "seldon-core",
    seen: "none",
    fix: made
      ? "Add seldon-core==1.17.1 to it."
      : "Set the input requirements to a file that holds seldon-core==1.17.1, or install it before this step.",
  });
}

async function showLastLines(candidate: Candidate, { log }: LocalPorts): Promise<void> {
  const lines = (await candidate.lastLines(LAST_LINES).catch(() => [])).map((line) =>
    line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line,
  );
  if (lines.length > 0) log.info(`The last lines of the model server:\n${lines.join("\n")}`);
}
