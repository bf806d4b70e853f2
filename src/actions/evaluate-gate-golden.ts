import type { Story } from "../action.ts";
import { goldenAnswers, predictionLine, type GoldenAnswer, type GoldenFile } from "../domain/gate/golden.ts";
import { MAX_GOLDEN_BYTES, parseGolden, type GoldenRow } from "../domain/gate/golden-set.ts";
import { modelClassName } from "../domain/seldon/names.ts";
import { ActionError, messageOf, quote, refuse } from "../errors.ts";
import { parsed, seconds, text, type Run, type Values } from "../inputs.ts";
import type {
  Archives,
  Clock,
  GitHub,
  Http,
  Kubernetes,
  LocalServing,
  Log,
  Processes,
  Pythons,
  Workspace,
} from "../ports.ts";
import { baseUrl } from "./base-url.ts";
import { baselineInput, inWorkspace, liveInputs, tokenInput } from "./gate-inputs.ts";
import { permit } from "./permitted.ts";
import { askAt, findLiveModel, type Ask } from "./gate-live-model.ts";
import { recordInput, takeRecord } from "./record.ts";
import { requirementsText } from "./requirements-text.ts";

const RELATIVE = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/;
/** Rows in one request: few enough that its time is that of a request as users send it. */
const ROWS_A_REQUEST = 16;
const REQUEST_MS = 60_000;
/** Where the candidate is started: under a name that nothing else has, and taken down after. */
const NAMESPACE = "gate";

const inputs = {
  record: recordInput,
  golden: text({
    description:
      "Held-out rows as JSON lines, a JSON list or CSV, with the features (`x`, in CSV also `x_<name>` for each) and `y_true`: the " +
      "candidate, started on this machine, and with `baseline: live` the live model are asked the same questions. `id`, `weight` " +
      "and columns to group by may stand beside them. Without `y_true` rules can ask how answers changed, and how fast they came.",
  }),
  baseline: baselineInput,
  ...liveInputs,
  "live-url": text({
    description:
      "Where the live model answers predictions. Left out, for target local its front on this machine; else below `base-url`, or " +
      "with a kubeconfig through the API server; without any of them only the candidate is asked.",
    pattern: /^https?:\/\/[^\s]+$/,
    accepts: "a URL of http or https",
  }),
  "base-url": parsed<URL>({
    description: "Scheme, host and port of the gateway before the live deployment's path `/seldon/<namespace>/<name>`.",
    accepts: "a URL without a path",
    parse: baseUrl,
  }),
  "model-class": text({ description: "The class that serves the candidate.", ...modelClassName }),
  model: text({ description: "The candidate's file or folder, relative to the workspace, where there is no record." }),
  requirements: text({
    description:
      "A requirements file with seldon-core for the candidate, relative to the working directory. Left out, the Python in PATH serves.",
    pattern: RELATIVE,
    accepts: "a path below the working directory",
  }),
  "working-directory": text({
    description: "Where the candidate's code lies, relative to the repository. Left out, the repository itself.",
    pattern: RELATIVE,
    accepts: "a path below the repository",
  }),
  "wait-timeout": seconds({
    description: "How long the candidate may take to answer at all.",
    default: "5m",
    most: 3600,
  }),
  "github-token": tokenInput,
};

type Ports = {
  readonly log: Log;
  readonly clock: Clock;
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly archives: Archives;
  readonly github: GitHub;
  readonly http: Http;
  readonly pythons: Pythons;
  readonly serving: LocalServing;
  readonly kubernetes: Kubernetes;
  readonly signal: AbortSignal;
};
type Inputs = Values<typeof inputs>;
type Side = GoldenFile["candidate"];

/** Asks the candidate and the live model the same questions. What it saw it hands on; the part after decides. */
export const evaluateGateGolden: Story<typeof inputs, Ports> = {
  id: "evaluate-gate-golden",
  inputs,
  outputs: { "golden-file": "What both models answered, as a JSON file for the part that decides." },
  run: async (given, run, ports) => {
    const { workspace, log, clock } = ports;
    const from = clock.elapsed();
    if (given.golden === undefined) {
      refuse({
        where: `input "golden"`,
        expected: "a file",
        seen: "nothing",
        fix: "Without one, leave this part out.",
      });
    }
    await permit("gate", run, ports);
    const rows = await readRows(given.golden, run, workspace);
    const folder = `${run.temp}/model-road/golden`;
    await workspace.remove(folder);
    const labelled = rows[0]!.known.y_true !== undefined;
    if (!labelled)
      log.info("The golden set has no y_true: rules can ask how answers changed, not whether they are right.");
    const live = await findLiveModel(given, run, ports);
    let asked: GoldenFile;
    try {
      asked = {
        schema: 1,
        asked: rows.length,
        labelled,
        candidate: await log.group("Asking the candidate", async () => askCandidate(given, rows, folder, run, ports)),
        ...(live === undefined
          ? {}
          : { live: await log.group("Asking the live model", async () => ask(live.ask, "live", rows, folder, ports)) }),
      };
    } finally {
      live?.close();
    }
    const file = `${folder}/golden.json`;
    await workspace.write(file, JSON.stringify({ ...asked, seconds: (clock.elapsed() - from) / 1000 }));
    return { outputs: { "golden-file": file } };
  },
};

async function readRows(given: string, run: Run, workspace: Workspace): Promise<readonly GoldenRow[]> {
  const content = await workspace.readText(inWorkspace(given, run.workspace), { maxBytes: MAX_GOLDEN_BYTES });
  if (content === undefined) refuse({ where: `input "golden"`, expected: `a file ${quote(given)}`, seen: "none" });
  return parseGolden(content, given.slice(given.lastIndexOf("/") + 1));
}

async function askCandidate(
  given: Inputs,
  rows: readonly GoldenRow[],
  folder: string,
  run: Run,
  ports: Ports,
): Promise<Side> {
  const { serving, log, clock, signal } = ports;
  const modelClass = given["model-class"];
  if (modelClass === undefined) {
    refuse({ where: `input "model-class"`, expected: "the class that serves the candidate", seen: "nothing" });
  }
  const record = await takeRecord(given.record, run, ports);
  const below = given["working-directory"]?.replace(/^(?:\.\/)+|\/+$/g, "") ?? "";
  const root = below === "" || below === "." ? run.workspace : `${run.workspace}/${below}`;
  const { releaseOfCheckout } = await import("./release.ts");
  const release = await releaseOfCheckout(record, { folder: root, model: given.model, modelClass }, run, ports);
  const requirements = await requirementsText(given.requirements, root, ports.workspace);
  const { python } = await ports.pythons.environment({ requirements, log });

  const name = `c-${crypto.randomUUID().slice(0, 12)}`;
  const deploy = await serving.begin(NAMESPACE, name, { port: undefined, outliveJob: false });
  try {
    const served = await release.layOut(await deploy.releaseFolder("0".repeat(40)));
    const candidate = await deploy.startCandidate({
      deployId: "0".repeat(40),
      python,
      folder: served,
      modelClass,
      modelPath: release.modelPath === undefined ? undefined : `${served}/${release.modelPath}`,
      replicas: 1,
      record: undefined,
    });
    try {
      const { waitUntilUp } = await import("./prediction.ts");
      const gone = new AbortController();
      void candidate.ended.then(({ code, signal: by }) =>
        gone.abort(
          new ActionError({
            where: "the candidate",
            expected: "to go on answering",
            seen: code === null ? `it was ended by ${by}` : `it ended with exit code ${code}`,
          }),
        ),
      );
      const asked = {
        url: candidate.url,
        called: "the candidate",
        deadline: clock.elapsed() + given["wait-timeout"] * 1000,
        signal: AbortSignal.any([signal, gone.signal]),
      };
      if (candidate.url === "") {
        throw new ActionError({ where: "the candidate", expected: "to start and listen", seen: "no port" });
      }
      await waitUntilUp(asked, ports);
      const side = await ask(
        askAt(`${candidate.url}/api/v1.0/predictions`, ports.http),
        "candidate",
        rows,
        folder,
        ports,
      );
      if (side.failure !== undefined) await showLastLines(candidate, log);
      return side;
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof ActionError)) throw thrown;
      // A candidate that does not come up is a finding about it, and the gate says no.
      await showLastLines(candidate, log);
      return { answered: 0, failure: oneLine(thrown) };
    } finally {
      await candidate.discard().catch(() => undefined);
    }
  } finally {
    await deploy.end().catch((thrown: unknown) => log.warning(messageOf(thrown)));
    await serving.remove(NAMESPACE, name);
  }
}

async function showLastLines(
  candidate: { lastLines(count: number): Promise<readonly string[]> },
  log: Log,
): Promise<void> {
  const lines = await candidate.lastLines(30).catch(() => []);
  if (lines.length > 0) log.info(`The last lines of the candidate's server:\n${lines.join("\n")}`);
}

/** Asks every row of one model, a few at a time. The first question that is not answered ends it: then there is nothing to compare. */
async function ask(
  question: Ask,
  called: "candidate" | "live",
  rows: readonly GoldenRow[],
  folder: string,
  { clock, log, workspace, signal }: Ports,
): Promise<Side> {
  const answers: GoldenAnswer[] = [];
  const times: number[] = [];
  let bytes = 0;
  let failure: string | undefined;
  for (let from = 0; from < rows.length; from += ROWS_A_REQUEST) {
    const some = rows.slice(from, from + ROWS_A_REQUEST);
    const started = clock.elapsed();
    try {
      const { status, body } = await question(JSON.stringify({ data: { ndarray: some.map(({ x }) => x) } }), {
        timeoutMs: REQUEST_MS,
        signal,
      });
      times.push(clock.elapsed() - started);
      bytes += Buffer.byteLength(body);
      const where = `the answer to rows ${from + 1} to ${from + some.length}`;
      if (status !== 200) refuse({ where, expected: "HTTP 200", seen: `${status}` });
      answers.push(...goldenAnswers(body, some.length, where));
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof ActionError)) throw thrown;
      failure = oneLine(thrown);
      break;
    }
  }
  log.info(
    `${answers.length} of ${rows.length} questions answered${failure === undefined ? "" : `; then: ${failure}`}`,
  );
  const { quantile } = await import("../domain/metrics/resampling.ts");
  const sorted = times.toSorted((a, b) => a - b);
  const measured =
    sorted.length === 0
      ? {}
      : {
          latency: { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), most: sorted.at(-1)! },
          bytes: bytes / sorted.length,
        };
  if (failure !== undefined) return { answered: answers.length, failure, ...measured };
  const predictions = `${folder}/${called}.jsonl`;
  await workspace.write(predictions, rows.map((row, at) => `${predictionLine(row, answers[at]!)}\n`).join(""));
  return { answered: answers.length, ...measured, predictions };
}

const oneLine = (thrown: ActionError): string => thrown.message.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1000);
