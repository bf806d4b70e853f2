// `concurrency:` of workflows and jobs, over all runs of a repository.
import { type Surroundings, textOf } from "./expressions.ts";
import type { Cancellation } from "./running-job.ts";
import { resolve, type Template } from "./template.ts";

export type Concurrency = { group: string; cancelInProgress: boolean; queue: "single" | "max" };

type Member = { cancellation: Cancellation; go: (entered: boolean) => void };

type Line = { running: Member | undefined; waiting: Member[] };

/** GitHub keeps so many waiting with `queue: max`. */
const MOST_WAITING = 100;

const repositories = new WeakMap<object, Map<string, Line>>();

/** What `concurrency:` asks for; nothing where it is left out. */
export function concurrencyOf(template: Template | undefined, surroundings: Surroundings): Concurrency | undefined {
  if (template === undefined || template === null) return undefined;
  const value = resolve(template, surroundings);
  const asked = typeof value === "object" && value !== null && !Array.isArray(value) ? value : { group: value };
  const group = textOf(asked["group"]);
  if (group === "") return undefined;
  const cancelInProgress = asked["cancel-in-progress"] === true || asked["cancel-in-progress"] === "true";
  const queue = asked["queue"] === "max" ? "max" : "single";
  if (cancelInProgress && queue === "max")
    throw new Error("concurrency: queue max can not cancel what is in progress.");
  return { group: group.toLowerCase(), cancelInProgress, queue };
}

/**
 * Waits for the group's place. Of those that wait only the newest stays, unless all are queued.
 * @param repository whose groups these are
 * @param cancellation cancels whoever asks, while it waits and while it runs
 * @returns what gives the place back; nothing when it was cancelled or displaced before it came to its turn
 */
export async function enter(
  repository: object,
  { group, cancelInProgress, queue }: Concurrency,
  cancellation: Cancellation,
): Promise<(() => void) | undefined> {
  const lines = repositories.get(repository) ?? new Map<string, Line>();
  repositories.set(repository, lines);
  const line = lines.get(group) ?? { running: undefined, waiting: [] };
  lines.set(group, line);
  const turn = Promise.withResolvers<boolean>();
  const member: Member = { cancellation, go: turn.resolve };
  const leave = () => {
    line.running = line.waiting.shift();
    line.running?.go(true);
  };
  if (!line.running) {
    line.running = member;
    return leave;
  }
  if (queue === "single") for (const displaced of line.waiting.splice(0)) displaced.go(false);
  if (line.waiting.length >= MOST_WAITING) return undefined;
  line.waiting.push(member);
  if (cancelInProgress) line.running.cancellation.request();
  const stopListening = cancellation.listen(() => {
    const at = line.waiting.indexOf(member);
    if (at < 0) return;
    line.waiting.splice(at, 1);
    member.go(false);
  });
  const entered = await turn.promise;
  stopListening();
  return entered ? leave : undefined;
}
