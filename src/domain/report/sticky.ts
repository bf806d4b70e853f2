/** The run that a report is about. */
export type ReportedRun = { readonly runId: string; readonly runAttempt: number };

/** The first line of our comment: one for each model. Names of models hold nothing that could end it. */
export function reportMarker(model: string): string {
  return `<!-- model-road:report model=${model} -->`;
}

/** The second line: which run wrote it, so that an older one never takes its place. */
export function runMarker({ runId, runAttempt }: ReportedRun): string {
  return `<!-- model-road:run ${/^\d{1,20}$/.test(runId) ? runId : "0"}.${Math.trunc(runAttempt)} -->`;
}

/** Whether a comment's text is a report of this model. Only its beginning counts: anyone may quote the marker further down. */
export function carriesMarker(body: string, model: string): boolean {
  return body.startsWith(reportMarker(model));
}

/** The run that wrote a report; none for one that does not say, which counts as older than any. */
function runOf(body: string): readonly [bigint, bigint] {
  // A comment that was edited on the page comes back with other line ends.
  const [, run = "0", attempt = "0"] = /^[^\r\n]*\r?\n<!-- model-road:run (\d{1,20})\.(\d{1,6}) -->/.exec(body) ?? [];
  return [BigInt(run), BigInt(attempt)];
}

/** Above 0 where the first report is of a newer run than the second, by run and attempt; 0 for the same. */
export function compareRuns(one: string, other: string): number {
  const [a, b] = [runOf(one), runOf(other)];
  const [first, second] = a[0] === b[0] ? [a[1], b[1]] : [a[0], b[0]];
  return first === second ? 0 : first > second ? 1 : -1;
}

type Known = { readonly id: string; readonly body: string };

/** What is to be done about the reports of one model that stand in a conversation. */
export type StickyPlan = {
  /** The first that was written: it stays in its place, so that links to it hold. Absent: one is to be written. */
  readonly kept: Known | undefined;
  /** Whether it is to get our text. Not where a newer run has told already, or where it says the same. */
  readonly update: boolean;
  /** Later ones, of runs that wrote at the same time and saw none yet. Never one that says more than we do. */
  readonly surplus: readonly Known[];
};

/**
 * @param ours comments that are certainly ours, with the marker of this model, in any order
 * @param written the comment that has got our text already: another job of the same run may have changed it since, and the last
 * word is as good as ours
 */
export function planSticky(ours: readonly Known[], body: string, written?: string): StickyPlan {
  const [kept, ...later] = ours.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  if (kept === undefined) return { kept, update: false, surplus: [] };
  // Where a later one is of a newer run, its writer moves it to the kept one; what we have is old either way.
  const newest = ours.every((each) => compareRuns(each.body, body) <= 0);
  const done = sameText(kept.body, body) || (written === kept.id && compareRuns(kept.body, body) === 0);
  return { kept, update: newest && !done, surplus: later.filter((each) => compareRuns(each.body, body) <= 0) };
}

/** GitHub hands line ends and outer blanks back in its own way. */
const sameText = (a: string, b: string): boolean =>
  a.replaceAll("\r\n", "\n").trim() === b.replaceAll("\r\n", "\n").trim();
