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
    const start = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}" time="${seconds.toFixed(3)}"`;
    if (reasons.length === 0) return `${start}/>`;
    return `${start}>\n      <failure message="${escapeXml(reasons[0]!)}">${escapeXml(reasons.join("\n"))}</failure>\n    </testcase>`;
  });
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites>`,
    `  <testsuite name="${escapeXml(suite)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${total.toFixed(3)}">`,
    ...lines,
    `  </testsuite>`,
    `</testsuites>`,
    "",
  ].join("\n");
}

const NAMED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text that may stand in an element or an attribute. What XML 1.0 has no place for is shown as U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"']/g, (sign) => NAMED[sign]!)
    .replace(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
