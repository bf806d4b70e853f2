import {
  answersAlike,
  componentPath,
  componentRequest,
  expectedOf,
  judgeComponent,
} from "../domain/image/component.ts";
import { SERVICE_TYPES, type ServiceType } from "../domain/image/source.ts";
import { percentile } from "../domain/image/trial.ts";
import type { Figures, Tried } from "../domain/image/tried.ts";
import { parseContract, type Contract } from "../domain/inference/contract.ts";
import { parseGolden } from "../domain/inference/golden.ts";
import { judgeAnswer, type SmokeRequest } from "../domain/inference/smoke.ts";
import { escapeCell } from "../domain/report/escape.ts";
import { bytesAsText } from "../domain/report/quantity.ts";
import { junitXml, type TestCase } from "../domain/report/trial-junit.ts";
import { serverPath } from "../domain/seldon/front.ts";
import { announcedPort } from "../domain/seldon/launcher.ts";
import { ActionError, messageOf, quote, sentence, type Mistake } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Started } from "../ports.ts";
import type { BuildPorts } from "./build-model-image.ts";
import type { Facts } from "./image-facts.ts";
import { provePrediction, waitUntilUp } from "./prediction.ts";

const REQUEST_MS = 60_000;
const KEPT_LINES = 200;
const SHOWN_LINES = 25;
/** Rows of the batches that are made up from a contract: one row and several find different faults. */
const BATCHES = [1, 2, 5, 16];
/** So many answers make a 95th percentile that is not the largest alone. */
const TIMED = 20;
const MAX_FILE_BYTES = 8 * 1024 * 1024;
const PAUSE_MS = 50;

/** What is tried: the server of the image, which says on which port of loopback it listens. */
export type TrialServer = {
  readonly start: (onLine: (line: string) => void) => Promise<Started>;
  /** True where it is a child of ours, so that its memory can be told. */
  readonly children: boolean;
};

/**
 * Starts what the image would start, on loopback, and asks it.
 * @returns what was seen
 * @throws ActionError when it does not start, or answers what it should not; the server's last lines are told first
 */
export async function tryImage(
  facts: Facts,
  { start, children }: TrialServer,
  run: Run,
  ports: BuildPorts,
): Promise<Tried> {
  const { given, build } = facts;
  const { log, workspace, clock } = ports;
  const asks = await readAsks(facts, ports);
  const lines: string[] = [];
  const announced: { port?: number } = {};
  const from = clock.elapsed();
  const server = await start((line) => {
    const said = announcedPort(line);
    if (said !== undefined) announced.port ??= said;
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
  });
  const ended = new AbortController();
  const called = `the server of ${build.modelClass ?? build.wrapper}`;
  void server.ended.then(({ code, signal }) =>
    ended.abort(
      new ActionError({
        where: called,
        expected: "to go on",
        seen: code === null ? `signal ${signal}` : `exit code ${code}`,
        fix: lastReason(lines) ?? "Its last lines stand in the log above.",
      }),
    ),
  );
  const signal = AbortSignal.any([ended.signal, ports.signal]);
  try {
    const deadline = from + given["try-timeout"] * 1000;
    while (announced.port === undefined && clock.elapsed() < deadline) {
      if (signal.aborted) throw signal.reason;
      await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
    }
    const { port } = announced;
    if (port === undefined) throw new ActionError({ where: called, expected: "a port in time", seen: "none" });
    const url = `http://127.0.0.1:${port}`;
    await waitForWrapper(facts, { url, called, deadline, signal }, ports);
    const startSeconds = (clock.elapsed() - from) / 1000;
    log.info(`The server answers after ${startSeconds.toFixed(1)} s, on loopback.`);
    const cases: TestCase[] = [];
    const times: number[] = [];
    let memory: number | undefined;
    const peak = async (): Promise<void> => {
      const now = children ? await ports.processes.memory(server.pid) : undefined;
      if (now !== undefined) memory = Math.max(memory ?? 0, now);
    };
    const one = async (name: string, work: () => Promise<readonly string[]>): Promise<void> => {
      const begun = clock.elapsed();
      let reasons: readonly string[];
      try {
        reasons = await work();
      } catch (thrown) {
        if (signal.aborted) throw signal.reason;
        reasons = thrown instanceof ActionError ? thrown.mistakes.map(sentence) : [messageOf(thrown)];
      }
      cases.push({ name, seconds: (clock.elapsed() - begun) / 1000, reasons });
      await peak();
    };
    const context: Asking = { url, called, signal, times, facts };
    if (asks.smoke !== undefined) await askSmoke(asks.smoke, context, one, ports);
    if (asks.contract !== undefined) await askContract(asks.contract, context, one, ports);
    for (const [at, golden] of asks.golden.entries()) {
      await one(`golden ${at + 1}`, async () => await ask(golden, "json", context, ports));
    }
    await timeMore(asks, cases, context, ports);
    await peak();
    if (cases.length === 0) {
      log.warning("The server was seen starting, but nothing was asked of it: give smoke-request, contract or golden.");
    }
    const figures = figuresOf(startSeconds, times, memory);
    if (given["contract-report"] !== undefined) {
      await workspace.write(`${run.workspace}/${given["contract-report"]}`, junitXml(called, cases));
    }
    judge(facts, cases, figures, called);
    return { figures, table: tableOf(cases, figures) };
  } catch (thrown) {
    log.info(`The server's last lines:\n${lines.slice(-SHOWN_LINES).join("\n")}`);
    throw thrown;
  } finally {
    await server.stop(2000);
  }
}

type Asks = {
  readonly smoke: SmokeRequest | undefined;
  readonly contract: Contract | undefined;
  readonly golden: readonly SmokeRequest[];
};

/** What the class is to Seldon's executor; only its own wrapper knows of it. */
const typeOf = ({ build }: Facts): ServiceType => SERVICE_TYPES.find((each) => each === build.serviceType) ?? "MODEL";

/** The path that is asked where none is said. */
const defaultPath = (facts: Facts): string => componentPath(typeOf(facts));

async function readAsks(facts: Facts, { workspace }: BuildPorts): Promise<Asks> {
  const { given, folder } = facts;
  const read = async (path: string): Promise<string> =>
    (await workspace.readText(`${folder}/${path}`, { maxBytes: MAX_FILE_BYTES })) ?? "";
  const smoke = given["smoke-request"];
  return {
    smoke:
      smoke !== undefined && smoke.path === componentPath("MODEL")
        ? expectedOf(typeOf(facts), { ...smoke, path: defaultPath(facts) })
        : smoke,
    contract: given.contract === undefined ? undefined : parseContract(await read(given.contract), given.contract),
    golden: given.golden === undefined ? [] : parseGolden(await read(given.golden), given.golden, defaultPath(facts)),
  };
}

type Waiting = {
  readonly url: string;
  readonly called: string;
  readonly deadline: number;
  readonly signal: AbortSignal;
};

async function waitForWrapper({ build }: Facts, waiting: Waiting, ports: BuildPorts): Promise<void> {
  if (build.wrapper !== "mlserver") return await waitUntilUp(waiting, ports);
  const { url, called, deadline, signal } = waiting;
  const { http, clock } = ports;
  let last = "nothing";
  for (;;) {
    // A model that is not loaded yet, or never will be, is what makes it unready.
    const answer = await http
      .request({ url: `${url}/v2/health/ready`, timeoutMs: 2000, signal })
      .catch(() => undefined);
    if (answer?.status === 200) return;
    if (answer !== undefined) last = `HTTP ${answer.status}`;
    if (signal.aborted) throw signal.reason;
    if (clock.elapsed() > deadline) {
      throw new ActionError({
        where: called,
        expected: "to be ready in time",
        seen: last,
        fix: "Its last lines stand in the log above.",
      });
    }
    await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
  }
}

type Asking = {
  readonly url: string;
  readonly called: string;
  readonly signal: AbortSignal;
  readonly times: number[];
  readonly facts: Facts;
};
type One = (name: string, work: () => Promise<readonly string[]>) => Promise<void>;

/** One request and its verdict; how long it took is kept. */
async function ask(
  request: SmokeRequest,
  form: "json" | "form",
  { url, times, signal, facts }: Asking,
  { http, clock }: BuildPorts,
): Promise<readonly string[]> {
  const begun = clock.elapsed();
  const answer = await http.request({
    url: url + serverPath(request.path),
    ...bodyOf(request, form),
    timeoutMs: REQUEST_MS,
    signal,
  });
  times.push(clock.elapsed() - begun);
  return judgeAnswer(request, answer, { plain: facts.build.wrapper === "flask" }).reasons.map(reasonText);
}

function bodyOf(
  request: SmokeRequest,
  form: "json" | "form",
): { method: string; headers: Record<string, string>; body: string } | Record<string, never> {
  if (request.body === undefined) return {};
  const json = JSON.stringify(request.body);
  return form === "json"
    ? { method: "POST", headers: { "content-type": "application/json" }, body: json }
    : {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ json }).toString(),
      };
}

async function askSmoke(request: SmokeRequest, asking: Asking, one: One, ports: BuildPorts): Promise<void> {
  const { url, called, signal, facts, times } = asking;
  await one("smoke request, JSON", async () => {
    if (facts.build.wrapper !== "seldon") return await ask(request, "json", asking, ports);
    const begun = ports.clock.elapsed();
    const prediction = await provePrediction(request, { url, called, deadline: begun + REQUEST_MS, signal }, ports);
    times.push(ports.clock.elapsed() - begun);
    if (prediction !== undefined) ports.log.info(`It answers ${prediction}`);
    return [];
  });
  // Seldon's own testers and many clients send it so.
  if (facts.build.wrapper === "seldon" && request.body !== undefined) {
    await one("smoke request, form json=", async () => await ask(request, "form", asking, ports));
  }
}

async function askContract(contract: Contract, asking: Asking, one: One, ports: BuildPorts): Promise<void> {
  const { url, signal, times, facts } = asking;
  const { http, clock } = ports;
  const type = typeOf(facts);
  for (const [at, rows] of BATCHES.entries()) {
    const body = componentRequest(type, contract, rows, at + 1);
    const request = expectedOf(type, { path: defaultPath(facts), body, expect: { status: 200, tolerance: 0 } });
    const form = at % 2 === 0 ? "json" : "form";
    let first: string | undefined;
    const send = async (): Promise<readonly string[]> => {
      const begun = clock.elapsed();
      const answer = await http.request({
        url: url + serverPath(request.path),
        ...bodyOf(request, form),
        timeoutMs: REQUEST_MS,
        signal,
      });
      times.push(clock.elapsed() - begun);
      const general = judgeAnswer(request, answer).reasons.map(reasonText);
      if (answer.status !== 200) return general;
      const reasons = [...new Set([...general, ...judgeComponent(type, contract, rows, answer.body)])];
      if (reasons.length === 0 && answersAlike(type)) {
        const data = dataOf(answer.body);
        if (first !== undefined && data !== first)
          reasons.push("data: expected the same answer when asked twice, saw another");
        first ??= data;
      }
      return reasons;
    };
    await one(`contract, ${rows} ${rows === 1 ? "row" : "rows"}`, send);
    await one(`contract, ${rows} ${rows === 1 ? "row" : "rows"} again`, send);
  }
}

/** What was predicted, without what is told beside it (ids, metrics). */
const dataOf = (body: string): string => JSON.stringify((JSON.parse(body) as { data?: unknown }).data ?? null);

/** A few more of what was answered well, for the figures. */
async function timeMore(asks: Asks, cases: readonly TestCase[], asking: Asking, ports: BuildPorts): Promise<void> {
  const body =
    asks.contract === undefined
      ? asks.smoke
      : {
          path: defaultPath(asking.facts),
          body: componentRequest(typeOf(asking.facts), asks.contract, 1, 1),
          expect: { status: 200, tolerance: 0 },
        };
  const request = body ?? asks.golden[0];
  if (request === undefined || cases.some(({ reasons }) => reasons.length > 0)) return;
  // What is warmed up first is not what is asked later.
  asking.times.length = 0;
  for (let at = 0; at < TIMED; at++) await ask(request, "json", asking, ports);
}

function figuresOf(startSeconds: number, times: readonly number[], memory: number | undefined): Figures {
  const sorted = times.toSorted((a, b) => a - b);
  const round = (value: number): number => Math.round(value * 100) / 100;
  return {
    startSeconds: round(startSeconds),
    requests: times.length,
    ...(times.length === 0 ? {} : { p50: round(percentile(sorted, 0.5)), p95: round(percentile(sorted, 0.95)) }),
    ...(memory === undefined ? {} : { memoryBytes: memory }),
  };
}

function judge(
  { given }: Facts,
  cases: readonly TestCase[],
  { startSeconds, p95, memoryBytes }: Figures,
  called: string,
): void {
  const mistakes: Mistake[] = cases
    .filter(({ reasons }) => reasons.length > 0)
    .slice(0, 10)
    .map(({ name, reasons }) => ({
      where: `${called}, ${name}`,
      expected: "the answer that is asked for",
      seen: reasons.slice(0, 3).join("; "),
    }));
  const bound = (input: "max-start" | "max-p95" | "max-memory", seen: number | undefined, unit: string): void => {
    const most = given[input];
    if (most === undefined || seen === undefined || seen <= most) return;
    mistakes.push({
      where: called,
      expected: `at most ${most} ${unit} (${input})`,
      seen: `${Math.round(seen * 10) / 10} ${unit}`,
    });
  };
  bound("max-start", startSeconds, "s");
  bound("max-p95", p95, "ms");
  bound("max-memory", memoryBytes === undefined ? undefined : memoryBytes / 1024 ** 2, "MiB");
  if (mistakes.length > 0) throw new ActionError(mistakes);
}

function tableOf(cases: readonly TestCase[], { startSeconds, p50, p95, memoryBytes, requests }: Figures): string {
  const rows = cases.map(
    ({ name, seconds, reasons }) =>
      `| ${escapeCell(name)} | ${reasons.length === 0 ? "passed" : "failed"} | ${Math.round(seconds * 1000)} ms |`,
  );
  const told = [
    `answers after ${startSeconds.toFixed(1)} s`,
    ...(p50 === undefined ? [] : [`p50 ${p50} ms, p95 ${p95} ms over ${requests} requests`]),
    ...(memoryBytes === undefined ? [] : [`${bytesAsText(memoryBytes)} of memory`]),
  ];
  return [
    `Tried before the push: ${told.join("; ")}.`,
    ...(rows.length === 0 ? [] : ["", "| asked | | |", "|---|---|---|", ...rows]),
  ].join("\n");
}

/** `data.ndarray: expected 2 rows, saw 1` */
const reasonText = ({ where, expected, seen }: Mistake): string => `${where}: expected ${expected}, saw ${seen}`;

/** The last line of a Python traceback says why. */
function lastReason(lines: readonly string[]): string | undefined {
  const line = lines.findLast((each) =>
    /^(?:[\w.]+(?:Error|Exception|Exit)\b|seldon-core can not be imported)/.test(each),
  );
  return line === undefined ? undefined : `It said: ${quote(line, 300)}`;
}
