import { percentile } from "../image/trial.ts";
import { escapeCell } from "../report/escape.ts";

/** One thing that was asked of a model, and what was wrong with its answer. */
export type Asked = { readonly name: string; readonly seconds: number; readonly reasons: readonly string[] };

/** What a run of predict has seen, for its output and its summary. */
export type Seen = {
  readonly address: string;
  readonly asked: readonly Asked[];
  /** Milliseconds of each answer. */
  readonly times: readonly number[];
  readonly rows: number | undefined;
};

/** The output `report`: without the answers, which may be long. */
export function seenAsJson({ address, asked, times, rows }: Seen): string {
  const sorted = times.toSorted((a, b) => a - b);
  const round = (value: number): number => Math.round(value * 10) / 10;
  return JSON.stringify({
    address,
    requests: times.length,
    ...(times.length === 0 ? {} : { p50Ms: round(percentile(sorted, 0.5)), p95Ms: round(percentile(sorted, 0.95)) }),
    ...(rows === undefined ? {} : { rows }),
    asked: asked.map(({ name, seconds, reasons }) => ({
      name,
      passed: reasons.length === 0,
      milliseconds: round(seconds * 1000),
      ...(reasons.length === 0 ? {} : { reasons: reasons.slice(0, 5) }),
    })),
  });
}

const MOST_ROWS = 50;

/** The table of the job summary: what failed first, and a bounded number of lines. */
export function seenAsTable(seen: Seen, called: string): string {
  const failed = seen.asked.filter(({ reasons }) => reasons.length > 0);
  const good = seen.asked.filter(({ reasons }) => reasons.length === 0);
  const shown = [...failed, ...good].slice(0, MOST_ROWS);
  const more = seen.asked.length - shown.length;
  const row = ({ name, seconds, reasons }: Asked): string =>
    `| ${escapeCell(name)} | ${reasons.length === 0 ? "passed" : `failed: ${escapeCell(reasons.slice(0, 3).join("; "))}`} | ${Math.round(seconds * 1000)} ms |`;
  return [
    `### ${escapeCell(called)}: ${good.length} of ${seen.asked.length} passed`,
    "",
    `Asked at ${escapeCell(seen.address)}${seen.rows === undefined ? "" : `; ${seen.rows} rows predicted`}.`,
    "",
    "| Asked | | |",
    "|---|---|---|",
    ...shown.map(row),
    ...(more > 0 ? [`| ${more} more, all passed | | |`] : []),
    "",
  ].join("\n");
}
