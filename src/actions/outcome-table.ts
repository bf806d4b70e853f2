/** Names and values of a job summary, a row each; what comes from outside is escaped already. */
export const tableOf = (rows: readonly (readonly [string, string])[]): string[] => [
  "| | |",
  "|---|---|",
  ...rows.map(([name, value]) => `| ${name} | ${value} |`),
  "",
];
