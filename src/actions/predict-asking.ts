import { parseBatch, predictionsText, MAX_BATCH_BYTES } from "../domain/inference/batch.ts";
import type { Asked } from "../domain/inference/asked.ts";
import { columnNames, generateBatch, judgeContract, parseContract } from "../domain/inference/contract.ts";
import { FEEDBACK_PATHS, type Feedback } from "../domain/inference/feedback.ts";
import { parseGolden } from "../domain/inference/golden.ts";
import { requestFor } from "../domain/inference/protocol.ts";
import { judgeAnswer, payloadOf, type SmokeRequest } from "../domain/inference/smoke.ts";
import { predictionPath } from "../domain/seldon/manifest.ts";
import type { Json } from "../domain/text/json.ts";
import { ActionError, messageOf, refuse, sentence, type Mistake } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Clock, HttpAnswer, Log, Workspace } from "../ports.ts";
import type { Address } from "./predict-address.ts";

/** The inputs that say what is asked. */
export type AskingInputs = {
  readonly "smoke-request": SmokeRequest | undefined;
  readonly contract: string | undefined;
  readonly golden: string | undefined;
  readonly feedback: Feedback | undefined;
  readonly data: string | undefined;
  readonly predictions: string | undefined;
  readonly "batch-size": number | undefined;
  readonly timeout: number;
  readonly "wait-timeout": number;
};

type Ports = {
  readonly clock: Clock;
  readonly log: Log;
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
};

export type Answers = {
  readonly asked: readonly Asked[];
  readonly times: readonly number[];
  /** The smoke request's, in a few words. */
  readonly prediction: string | undefined;
  /** The file of predictions, absolute; absent where none were written. */
  readonly file: string | undefined;
  readonly rows: number | undefined;
};

const PAUSE_MS = 300;
const MAX_FILE_BYTES = 8 * 1024 * 1024;
/** Rows of the batches that are made up from a contract: one row and several find different faults. */
const BATCHES = [1, 2, 5, 16];
/** What a proxy says while pods change places; anything else is the model's own answer. */
const PASSING = [502, 503, 504];

/** Asks a model all that is asked for, one after the other. @throws ActionError where a file is missing or of no use */
export async function askAll(given: AskingInputs, address: Address, run: Run, ports: Ports): Promise<Answers> {
  const session = new Session(given, address, ports);
  const { "smoke-request": smoke, contract, golden, feedback, data } = given;
  const file = async (path: string, maxBytes = MAX_FILE_BYTES): Promise<string> =>
    (await ports.workspace.readText(`${run.workspace}/${path}`, { maxBytes })) ??
    refuse({ where: path, expected: "a file in the workspace", seen: "none" });
  let smoked: { request: Json; answer: Json; prediction: string | undefined } | undefined;
  if (smoke !== undefined) smoked = await askSmoke(smoke, session);
  if (contract !== undefined) await askContract(await file(contract), contract, session);
  if (golden !== undefined) await askGolden(await file(golden), golden, session);
  if (feedback !== undefined) await sendFeedback(feedback, smoked, session);
  const written =
    data === undefined ? undefined : await predictFile(await file(data, MAX_BATCH_BYTES), data, run, session);
  return {
    asked: session.asked,
    times: session.times,
    prediction: smoked?.prediction,
    file: written?.file,
    rows: written?.rows,
  };
}

/** One address, what was asked of it so far, and how long each answer took. */
class Session {
  readonly asked: Asked[] = [];
  readonly times: number[] = [];
  readonly given: AskingInputs;
  readonly address: Address;
  readonly ports: Ports;
  readonly #deadline: number;

  constructor(given: AskingInputs, address: Address, ports: Ports) {
    [this.given, this.address, this.ports] = [given, address, ports];
    this.#deadline = ports.clock.elapsed() + given["wait-timeout"] * 1000;
  }

  get path(): string {
    return predictionPath(this.address.protocol, this.address.model);
  }

  /** Whether `work` says that something is wrong, kept under a name. */
  async one(name: string, work: () => Promise<readonly string[]>): Promise<boolean> {
    const { clock, signal, log } = this.ports;
    const begun = clock.elapsed();
    let reasons: readonly string[];
    try {
      reasons = await work();
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      if (!(thrown instanceof ActionError)) throw thrown;
      reasons = thrown.mistakes.map(sentence);
    }
    this.asked.push({ name, seconds: (clock.elapsed() - begun) / 1000, reasons });
    if (reasons.length > 0) log.info(`${name}: ${reasons.slice(0, 5).join("; ")}`);
    return reasons.length === 0;
  }

  /** Asked again while nothing answers, or a proxy says so, until the time to wait is over; but never what counts twice. */
  async send(path: string, body: Json | undefined, { once = false }: { once?: boolean } = {}): Promise<HttpAnswer> {
    const { clock, log, signal } = this.ports;
    const text = body === undefined ? undefined : JSON.stringify(body);
    for (;;) {
      const begun = clock.elapsed();
      const over = once || begun + PAUSE_MS >= this.#deadline;
      try {
        const answer = await this.address.ask(path, text, this.given.timeout * 1000);
        if (over || !PASSING.includes(answer.status)) {
          this.times.push(clock.elapsed() - begun);
          return answer;
        }
        log.debug(`${path}: ${answer.status}; asked again`);
      } catch (thrown) {
        if (signal.aborted) throw signal.reason;
        const forbidden = thrown instanceof ActionError && thrown.mistakes.some(({ seen }) => /^40[13]/.test(seen));
        if (over || forbidden || !(thrown instanceof ActionError)) throw thrown;
        log.debug(`${path}: ${messageOf(thrown)}; asked again`);
      }
      await clock.sleep(PAUSE_MS, signal);
    }
  }
}

async function askSmoke(
  smoke: SmokeRequest,
  session: Session,
): Promise<{ request: Json; answer: Json; prediction: string | undefined }> {
  // Where no path is written, the protocol's own is meant.
  const path = smoke.path === predictionPath("seldon", "") ? session.path : smoke.path;
  const found: { answer: Json; prediction: string | undefined } = { answer: null, prediction: undefined };
  await session.one("smoke request", async () => {
    const answered = await session.send(path, smoke.body);
    const verdict = judgeAnswer(smoke, answered);
    found.prediction = verdict.prediction;
    if (verdict.reasons.length === 0 && smoke.body !== undefined) found.answer = readable(answered.body);
    return verdict.reasons.map(reasonText);
  });
  if (found.prediction !== undefined) session.ports.log.info(`It answers ${found.prediction}`);
  return { request: smoke.body ?? null, ...found };
}

async function askContract(text: string, where: string, session: Session): Promise<void> {
  const contract = parseContract(text, where);
  const names = columnNames(contract.features);
  for (const [at, rows] of BATCHES.entries()) {
    const body = requestFor(session.address.protocol, generateBatch(contract, rows, at + 1), names);
    const request: SmokeRequest = { path: session.path, body, expect: { status: 200, tolerance: 0 } };
    await session.one(`contract, ${rows} ${rows === 1 ? "row" : "rows"}`, async () => {
      const answer = await session.send(session.path, body);
      const general = judgeAnswer(request, answer).reasons.map(reasonText);
      if (answer.status !== 200) return general;
      return [...new Set([...general, ...judgeContract(contract, rows, answer.body)])];
    });
  }
}

async function askGolden(text: string, where: string, session: Session): Promise<void> {
  const cases = parseGolden(text, where, session.path, (rows) => requestFor(session.address.protocol, rows));
  for (const [at, golden] of cases.entries()) {
    await session.one(`golden ${at + 1}`, async () =>
      judgeAnswer(golden, await session.send(golden.path, golden.body)).reasons.map(reasonText),
    );
  }
}

/** Tells the model what a prediction was worth: by default the smoke request's. Sent once, since each one counts. */
async function sendFeedback(
  feedback: Feedback,
  smoked: { readonly request: Json; readonly answer: Json } | undefined,
  session: Session,
): Promise<void> {
  const body = Object.fromEntries(
    Object.entries({
      request: feedback.request ?? smoked?.request ?? undefined,
      response: feedback.response ?? smoked?.answer ?? undefined,
      reward: feedback.reward,
      truth: feedback.truth,
    }).filter((each): each is [string, Json] => each[1] !== undefined && each[1] !== null),
  );
  await session.one(`feedback, reward ${feedback.reward}`, async () => {
    const [first, bare] = FEEDBACK_PATHS;
    let answer = await session.send(first, body, { once: true });
    // The wrapper by itself, without the executor before it, has another path.
    if (answer.status === 404) answer = await session.send(bare, body, { once: true });
    const request: SmokeRequest = { path: first, body: undefined, expect: { status: 200, tolerance: 0 } };
    const failed = /"status"\s*:\s*(?:"FAILURE"|1\b)/.test(answer.body);
    return [
      ...judgeAnswer(request, answer).reasons.map(reasonText),
      ...(answer.status === 200 && failed ? ["the answer's status: expected no failure, saw one"] : []),
    ];
  });
}

/** Predicts the rows of a file, some at a time, and writes what came. What was predicted before a failure is kept. */
async function predictFile(
  text: string,
  where: string,
  run: Run,
  session: Session,
): Promise<{ file: string; rows: number }> {
  const batch = parseBatch(text, where);
  const size = session.given["batch-size"] ?? 100;
  const name = session.given.predictions ?? "predictions.jsonl";
  const file = `${run.workspace}/${name}`;
  const predicted: Json[] = [];
  let names: readonly string[] = [];
  for (let from = 0; from < batch.rows.length; from += size) {
    const rows = batch.rows.slice(from, from + size);
    const called = `${where}, rows ${from + 1} to ${from + rows.length}`;
    const good = await session.one(called, async () => {
      const body = requestFor(session.address.protocol, rows, batch.names);
      const request: SmokeRequest = { path: session.path, body, expect: { status: 200, tolerance: 0 } };
      const answer = await session.send(session.path, body);
      const reasons = judgeAnswer(request, answer).reasons.map(reasonText);
      if (reasons.length > 0) return reasons;
      const json = readable(answer.body);
      const payload = payloadOf(json);
      if (!payload?.table || !Array.isArray(payload.value) || payload.value.length !== rows.length) {
        return [`the answer: expected ${rows.length} rows, saw ${payload?.table ? "another number" : "no table"}`];
      }
      predicted.push(...payload.value);
      names = namesOf(json) ?? names;
      return [];
    });
    if (!good) break;
  }
  await session.ports.workspace.write(file, predictionsText(predicted, names, name));
  session.ports.log.info(`${predicted.length} of ${batch.rows.length} rows predicted, in ${name}`);
  return { file, rows: predicted.length };
}

function namesOf(answer: Json): readonly string[] | undefined {
  const data = answer !== null && typeof answer === "object" && !Array.isArray(answer) ? answer.data : undefined;
  const names = data !== null && typeof data === "object" && !Array.isArray(data) ? data.names : undefined;
  return Array.isArray(names) ? names.map(String) : undefined;
}

/** A body that was judged good already. */
const readable = (body: string): Json => JSON.parse(body) as Json;

/** `data.ndarray: expected 2 rows, saw 1` */
const reasonText = ({ where, expected, seen }: Mistake): string => `${where}: expected ${expected}, saw ${seen}`;
