import { judgeAnswer, type SmokeRequest } from "../domain/inference/smoke.ts";
import { serverPath } from "../domain/seldon/front.ts";
import { ActionError, messageOf, type Mistake } from "../errors.ts";
import type { Clock, Http, HttpAnswer } from "../ports.ts";

type Ports = { readonly http: Http; readonly clock: Clock };

/** A model server that is asked until it answers, or is given up. */
export type Asked = {
  /** `http://127.0.0.1:PORT` of a model server. */
  readonly url: string;
  /** What it is, for the errors: `the new version of demo/digits`. */
  readonly called: string;
  /** Milliseconds on the clock that never jumps. */
  readonly deadline: number;
  /** Aborted when the server has ended or the run is cancelled; its reason is thrown. */
  readonly signal: AbortSignal;
};

const PAUSE_MS = 50;

/**
 * Waits until a model server answers at all. Its port is open before its model is loaded, and requests hang until then, so the
 * first answer is what counts, and only a 503 means: not yet.
 * @throws ActionError when nothing answers in time; the signal's reason when that aborts
 */
export async function waitUntilUp({ url, called, deadline, signal }: Asked, { http, clock }: Ports): Promise<void> {
  let last = "nothing";
  for (;;) {
    const left = deadline - clock.elapsed();
    if (left > 0) {
      try {
        const { status } = await http.request({ url: `${url}/health/ping`, timeoutMs: left, signal });
        if (status !== 503) return;
        last = "HTTP 503";
      } catch (thrown) {
        if (signal.aborted) throw signal.reason;
        last = thrown instanceof ActionError ? thrown.mistakes[0]!.seen : messageOf(thrown);
      }
    }
    if (clock.elapsed() >= deadline) {
      throw new ActionError({
        where: called,
        expected: "an answer in time",
        seen: last,
        fix: "Its last lines stand in the log above. A model that takes long to load needs a longer wait-timeout.",
      });
    }
    await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
    if (signal.aborted) throw signal.reason;
  }
}

/**
 * Sends a smoke request and judges the answer.
 * @param url of the server itself, or of the deployment at a gateway (`…/seldon/<namespace>/<name>`)
 * @param behind who must have answered: the deploy id of the response's header
 * @returns the prediction in a few words, where there is one
 * @throws ActionError with every reason; the signal's reason when that aborts
 */
export async function provePrediction(
  smoke: SmokeRequest,
  { url, called, deadline, signal }: Asked,
  { http, clock }: Ports,
  behind?: string,
): Promise<string | undefined> {
  const path = behind === undefined ? serverPath(smoke.path) : smoke.path;
  let answer: HttpAnswer;
  try {
    answer = await http.request({
      url: url + path,
      ...(smoke.body === undefined
        ? {}
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(smoke.body) }),
      timeoutMs: Math.max(deadline - clock.elapsed(), 1000),
      signal,
    });
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    throw thrown;
  }
  const { reasons, prediction } = judgeAnswer(smoke, answer);
  const asking = `${called}, ${smoke.body === undefined ? "GET" : "POST"} ${smoke.path}`;
  const mistakes: Mistake[] = reasons.map((reason) => ({ ...reason, where: `${asking}, ${reason.where}` }));
  const who = answer.headers["x-model-road-deploy-id"];
  if (behind !== undefined && who !== behind) {
    mistakes.push({
      where: called,
      expected: `an answer of ${behind.slice(0, 12)}`,
      seen: who === undefined ? "no deploy id" : `one of ${who.slice(0, 12)}`,
    });
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);
  return prediction;
}
