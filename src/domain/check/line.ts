import { escapeCell } from "../report/escape.ts";

/**
 * One line of a check. `unknown`: it could not be looked at, mostly for want of a right, which by itself is no problem of a
 * deploy.
 */
export type CheckLine = {
  readonly what: string;
  readonly state: "ok" | "problem" | "unknown";
  readonly seen: string;
  readonly fix?: string;
};

export const ok = (what: string, seen: string): CheckLine => ({ what, state: "ok", seen });
export const problem = (what: string, seen: string, fix: string): CheckLine => ({ what, state: "problem", seen, fix });
export const unknown = (what: string, seen: string, fix: string): CheckLine => ({ what, state: "unknown", seen, fix });

const MARK = { ok: "✓", problem: "✗", unknown: "?" } as const;

/** The table of the job summary, what is wrong first. */
export function checkTable(lines: readonly CheckLine[], called: string): string {
  const order = { problem: 0, unknown: 1, ok: 2 } as const;
  const problems = lines.filter(({ state }) => state === "problem").length;
  return [
    `### Check of ${escapeCell(called)}: ${problems === 0 ? "nothing stands in the way" : `${problems} ${problems === 1 ? "problem" : "problems"}`}`,
    "",
    "| | Looked at | Seen | What to do |",
    "|---|---|---|---|",
    ...lines
      .toSorted((a, b) => order[a.state] - order[b.state])
      .map(
        ({ what, state, seen, fix = "" }) =>
          `| ${MARK[state]} | ${escapeCell(what)} | ${escapeCell(seen)} | ${escapeCell(fix)} |`,
      ),
    "",
  ].join("\n");
}

/** For the log: `✗ registry ghcr.io/acme/digits: 403 DENIED. What to do …` */
export const checkText = ({ what, state, seen, fix }: CheckLine): string =>
  `${MARK[state]} ${what}: ${seen}${fix === undefined ? "" : `. ${fix}`}`;
