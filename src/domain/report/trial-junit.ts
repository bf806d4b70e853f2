import { escapeMarkup } from "./junit.ts";

/** One thing that was asked of a model. */
export type TestCase = {
  /** `contract, batch 3` */
  readonly name: string;
  readonly seconds: number;
  /** Why it failed, a line each; none when it did not. */
  readonly reasons: readonly string[];
};

/** Cases as JUnit's XML, which test reporters read. */
export function junitXml(suite: string, cases: readonly TestCase[]): string {
  const failures = cases.filter(({ reasons }) => reasons.length > 0).length;
  const total = cases.reduce((sum, { seconds }) => sum + seconds, 0);
  const lines = cases.map(({ name, seconds, reasons }) => {
    const start = `    <testcase classname="${escapeMarkup(suite)}" name="${escapeMarkup(name)}" time="${seconds.toFixed(3)}"`;
    if (reasons.length === 0) return `${start}/>`;
    return `${start}>\n      <failure message="${escapeMarkup(reasons[0]!)}">${escapeMarkup(reasons.join("\n"))}</failure>\n    </testcase>`;
  });
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites>`,
    `  <testsuite name="${escapeMarkup(suite)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${total.toFixed(3)}">`,
    ...lines,
    `  </testsuite>`,
    `</testsuites>`,
    "",
  ].join("\n");
}
