import { judgeAnswer, type SmokeRequest } from "../domain/inference/smoke.ts";
import { ActionError, messageOf, type Mistake } from "../errors.ts";
import type { Clock, HttpAnswer, Log } from "../ports.ts";

type Ports = { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal };

/** A connection that is refused while pods change places says nothing about the new version. */
const PAUSE_MS = 200;

/** What is asked, and what more is asked of an answer than the smoke request says. */
export type Asking = {
  readonly smoke: SmokeRequest;
  /** A server of its own protocol: any JSON is an answer. */
  readonly plain?: boolean;
  /** Mistakes of an answer that may pass, as one by pods of before. */
  readonly judge?: (body: string) => readonly Mistake[];
  /** Mistakes of an answer that will not. */
  readonly check?: (body: string) => readonly string[];
};

/**
 * Asks until it is answered or the time is over: again where a connection is refused or a proxy is in trouble, since pods change
 * places meanwhile. Any other answer is the model's own.
 * @param called who is asked, for the errors
 * @returns the prediction in a few words
 * @throws ActionError when the answer is wrong, or none comes in time
 */
export async function asked(
  {
    smoke,
    plain = false,
    judge,
    check,
    called,
    deadline,
  }: Asking & { readonly called: string; readonly deadline: number },
  request: () => Promise<HttpAnswer>,
  { clock, log, signal }: Ports,
): Promise<string | undefined> {
  const told = (reason: Mistake): Mistake => ({ ...reason, where: `${called}, ${smoke.path}, ${reason.where}` });
  for (;;) {
    let passing: ActionError;
    try {
      const answer = await request();
      const { reasons, prediction } = judgeAnswer(smoke, answer, { plain });
      const broken = reasons.length === 0 ? (check?.(answer.body) ?? []) : [];
      const other = reasons.length === 0 ? (judge?.(answer.body) ?? []) : [];
      if (reasons.length + broken.length + other.length === 0) return prediction;
      const contract = broken.map((each) => ({
        where: "the contract",
        expected: "an answer that keeps it",
        seen: each,
      }));
      passing = new ActionError([...reasons, ...contract, ...other].map(told));
      // What a proxy says while pods change places; anything else is the model's own answer.
      if (other.length === 0 && ![502, 503, 504].includes(answer.status)) throw passing;
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      const refusedByRight =
        thrown instanceof ActionError && thrown.mistakes.some(({ seen }) => seen.startsWith("403"));
      if (!(thrown instanceof ActionError) || refusedByRight || thrown.mistakes[0]?.where.startsWith(called))
        throw thrown;
      passing = thrown;
    }
    if (clock.elapsed() + PAUSE_MS >= deadline) throw passing;
    log.debug(`${called}: ${messageOf(passing)}; asked again`);
    await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
    if (signal.aborted) throw signal.reason;
  }
}
