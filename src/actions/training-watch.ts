import { podsOf } from "../domain/kubernetes/training.ts";
import { lastWordsOf, type LastWords } from "../domain/kubernetes/training-answer.ts";
import type { Document } from "../domain/kubernetes/documents.ts";
import type { KubernetesObject, Pod } from "../domain/kubernetes/object.ts";
import { NO_RULES } from "../domain/kubernetes/kinds.ts";
import { doomOf, unschedulable } from "../domain/rollout/doom.ts";
import { judgeObjects, NOTHING_SEEN, type AppliedObject } from "../domain/rollout/settled.ts";
import { ActionError, messageOf } from "../errors.ts";
import type { Clock, Cluster, Log } from "../ports.ts";
import type { TrainingOutput } from "./training-output.ts";

/** An object of ours that trains. */
export type RunningTraining = {
  readonly cluster: Cluster;
  readonly document: Document;
  readonly namespace: string;
  /** Of the object. */
  readonly path: string;
  readonly uid: string;
  readonly generation: number;
};

export type TrainingEnd = {
  /** `undefined` when it went well. */
  readonly failure: string | undefined;
  readonly object: KubernetesObject | undefined;
  /** What containers that ended well have left, also those whose pods are gone since. */
  readonly words: readonly LastWords[];
};

type Ports = { readonly log: Log; readonly clock: Clock; readonly signal: AbortSignal };

const TICK_MS = 500;
const SILENCE_MS = 30_000;
/** What the containers said last may come after the object's end. */
const DRAIN_MS = 10_000;
/** As many logs are followed at a time: each holds a connection. */
const MOST_FOLLOWED = 8;

/**
 * Waits for the end of a training by its kind's own rule, and shows what its containers say meanwhile. A pod that can not start
 * ends the wait: no rule of a kind tells that.
 * @param deadline milliseconds on the clock that never jumps
 * @throws what the signal says when the run is cancelled
 */
export async function watchTraining(
  training: RunningTraining,
  deadline: number,
  output: TrainingOutput,
  { log, clock, signal }: Ports,
): Promise<TrainingEnd> {
  const { cluster, document, namespace, path, uid, generation } = training;
  const { kind, metadata } = document;
  const from = clock.elapsed();
  const done = new AbortController();
  const following = AbortSignal.any([done.signal, signal]);
  const logs = new FollowedLogs(training, output, { log, clock, signal });
  const pods = new SeenPods();
  const applied: AppliedObject = { kind, namespace, name: metadata.name, uid, generation };
  let object: KubernetesObject | undefined | false = false;
  let memory = NOTHING_SEEN;
  let said = "";
  let end: { failure: string | undefined } | undefined;
  const finish = (failure?: string): void => {
    end = { failure };
    done.abort();
  };
  const judge = (): void => {
    if (end !== undefined || object === false) return;
    const judged = judgeObjects([applied], [object], NO_RULES, clock.elapsed(), memory);
    ({ memory } = judged);
    const { verdict } = judged;
    if (verdict.kind === "settled") return finish();
    if (verdict.kind === "failed") return finish(verdict.message);
    const doomed = pods.doomed(clock.elapsed());
    if (doomed !== undefined) return finish(doomed);
    const now = `${verdict.waitsFor}${pods.told()}`;
    if (now !== said) log.info(`${((clock.elapsed() - from) / 1000).toFixed(1)} s  waiting for ${now}`);
    said = now;
  };
  const ticks = async (): Promise<void> => {
    let lines = output.lines;
    let quietSince = clock.elapsed();
    while (!following.aborted && clock.elapsed() < deadline) {
      await clock.sleep(Math.min(TICK_MS, Math.max(1, deadline - clock.elapsed())), following).catch(() => undefined);
      judge();
      const now = clock.elapsed();
      if (output.lines !== lines) [lines, quietSince] = [output.lines, now];
      if (now - quietSince >= SILENCE_MS && end === undefined) {
        log.info(`The training is still running after ${Math.round((now - from) / 1000)} s, and says nothing.`);
        quietSince = now;
      }
    }
    done.abort();
  };
  try {
    await Promise.all([
      ticks(),
      cluster.follow(
        path.slice(0, path.lastIndexOf("/")),
        { fields: `metadata.name=${metadata.name}`, signal: following },
        ([found]) => {
          // Items of a list come without their kind.
          object = found && { ...found, apiVersion: document.apiVersion, kind };
          judge();
        },
      ),
      cluster.follow(podsPath(namespace), { labels: podsOf(document), signal: following }, (all) => {
        pods.take(all as readonly Pod[], clock.elapsed());
        logs.take(all as readonly Pod[]);
        judge();
      }),
    ]);
    if (signal.aborted) throw signal.reason;
    // The last state of the pods may be newer than what their watch has brought.
    const last = (await cluster.list(podsPath(namespace), { labels: podsOf(document) })) as readonly Pod[];
    pods.take(last, clock.elapsed());
    logs.take(last);
    // What still runs goes on talking.
    await logs.drain(end === undefined ? 0 : DRAIN_MS);
  } finally {
    done.abort();
    logs.end();
  }
  const waited = Math.round((clock.elapsed() - from) / 1000);
  const failure =
    end === undefined ? `after ${waited} s it still runs: waiting for ${said || "the cluster"}` : end.failure;
  return {
    failure: failure === undefined ? undefined : `${failure}${pods.fallen()}`,
    object: object || undefined,
    words: pods.words(),
  };
}

export const podsPath = (namespace: string): string => `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;

/** What is known of a training's pods, also of those that are gone. */
class SeenPods {
  #pods: readonly Pod[] = [];
  readonly #words = new Map<string, LastWords>();
  readonly #fallen = new Map<string, string>();
  #doomedSince = new Map<string, number>();

  take(pods: readonly Pod[], now: number): void {
    this.#pods = pods;
    const dooms = new Map<string, number>();
    for (const pod of pods) {
      const id = pod.metadata.uid ?? pod.metadata.name;
      for (const words of lastWordsOf(pod)) this.#words.set(`${id}/${words.container}`, words);
      for (const { name, state } of pod.status?.containerStatuses ?? []) {
        const { exitCode = 0, reason = "", message = "" } = state?.terminated ?? {};
        if (exitCode === 0) continue;
        const why = message.trim().split("\n").at(-1)!.slice(0, 300);
        const code = `ended with code ${exitCode}${reason === "" || reason === "Error" ? "" : ` (${reason})`}`;
        this.#fallen.set(
          `${id}/${name}`,
          `container ${name} of pod ${pod.metadata.name} ${code}${why === "" ? "" : `: ${why}`}`,
        );
      }
      const doom = doomOf(pod);
      if (doom !== undefined)
        dooms.set(`${id}/${doom.container}`, this.#doomedSince.get(`${id}/${doom.container}`) ?? now);
    }
    this.#doomedSince = dooms;
  }

  /** A container may fall over as often as its kind says: only what never starts is lost. */
  doomed(now: number): string | undefined {
    for (const pod of this.#pods) {
      if (pod.metadata.deletionTimestamp !== undefined) continue;
      const doom = doomOf(pod);
      if (doom === undefined || doom.logs !== "none") continue;
      const since = this.#doomedSince.get(`${pod.metadata.uid ?? pod.metadata.name}/${doom.container}`) ?? now;
      if (now - since >= doom.graceMs) return doom.message;
    }
    return undefined;
  }

  told(): string {
    const stuck = this.#pods.map(unschedulable).find((each) => each !== undefined);
    if (stuck !== undefined) return `; a pod has no place: ${stuck}`;
    const phases = new Map<string, number>();
    for (const { status } of this.#pods) {
      const phase = (status?.phase ?? "Pending").toLowerCase();
      phases.set(phase, (phases.get(phase) ?? 0) + 1);
    }
    const all = [...phases].map(([phase, many]) => `${many} ${phase}`).join(", ");
    return all === "" ? "" : `; pods: ${all}`;
  }

  fallen(): string {
    const [first] = this.#fallen.values();
    return first === undefined ? "" : `; ${first}`;
  }

  words(): readonly LastWords[] {
    return [...this.#words.values()];
  }
}

/** The logs of a training's containers, each followed once from when it has started. */
class FollowedLogs {
  readonly #training: RunningTraining;
  readonly #output: TrainingOutput;
  readonly #ports: Ports;
  readonly #ended = new AbortController();
  readonly #followed = new Map<string, Promise<void>>();
  /** One pod at a time: its lines need no name before them. */
  readonly #alone: boolean;
  #open = 0;
  #toldMore = false;

  constructor(training: RunningTraining, output: TrainingOutput, ports: Ports) {
    const { document } = training;
    const { parallelism = 1 } = (document.spec ?? {}) as { readonly parallelism?: number };
    this.#alone = document.kind === "Job" && parallelism <= 1;
    this.#training = training;
    this.#output = output;
    this.#ports = ports;
  }

  take(pods: readonly Pod[]): void {
    for (const { metadata, status } of pods) {
      const own = status?.containerStatuses ?? [];
      for (const { name, state } of [...(status?.initContainerStatuses ?? []), ...own]) {
        const key = `${metadata.uid ?? metadata.name}/${name}`;
        const hasStarted = state?.running !== undefined || state?.terminated !== undefined;
        if (!hasStarted || this.#followed.has(key)) continue;
        if (this.#open >= MOST_FOLLOWED) {
          if (!this.#toldMore) this.#ports.log.info(`Of ${MOST_FOLLOWED} containers the logs are shown at a time.`);
          this.#toldMore = true;
          continue;
        }
        const before = !this.#alone || own.length > 1 ? `[${metadata.name}${own.length > 1 ? `/${name}` : ""}] ` : "";
        this.#open++;
        this.#followed.set(key, this.#follow(metadata.name, name, before));
      }
    }
  }

  async #follow(pod: string, container: string, before: string): Promise<void> {
    const { cluster, namespace } = this.#training;
    const signal = AbortSignal.any([this.#ended.signal, this.#ports.signal]);
    try {
      await cluster.followLogs(namespace, pod, { container, signal }, (line) => this.#output.take(`${before}${line}`));
    } catch (thrown) {
      // How the training ended counts, not what it said.
      if (!(thrown instanceof ActionError)) throw thrown;
      this.#ports.log.warning(`The log of ${pod} can not be shown. ${messageOf(thrown)}`);
    } finally {
      this.#open--;
    }
  }

  async drain(milliseconds: number): Promise<void> {
    const { clock, signal } = this.#ports;
    const waiting = new AbortController();
    const over = clock.sleep(milliseconds, AbortSignal.any([waiting.signal, signal])).catch(() => undefined);
    await Promise.race([Promise.all(this.#followed.values()), over]);
    waiting.abort();
    this.#ended.abort();
    await Promise.all(this.#followed.values());
  }

  end(): void {
    this.#ended.abort();
  }
}
