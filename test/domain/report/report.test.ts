import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  parseRecord,
  serialiseRecord,
  type GateSection,
  type ReleaseRecord,
} from "../../../src/domain/record/record.ts";
import { predictionCurl, shellQuote } from "../../../src/domain/report/curl.ts";
import { equals, fit } from "../../../src/domain/report/fit.ts";
import { renderGate } from "../../../src/domain/report/gate.ts";
import { metricsTable } from "../../../src/domain/report/metrics-table.ts";
import { bytesAsText, secondsAsText } from "../../../src/domain/report/quantity.ts";
import { MOST_CHARACTERS, renderReport } from "../../../src/domain/report/report.ts";
import { predictionPython, pythonLiteral } from "../../../src/domain/report/python-request.ts";
import { carriesMarker, reportMarker } from "../../../src/domain/report/sticky.ts";
import { gateReport } from "./gate-reports.ts";
import { HOSTILE } from "./hostile.ts";
import { from, passed, rejected, request, unchanged } from "./releases.ts";
import { FILTERED, prose, render, tags } from "./render.ts";

const golden = (name: string): string => `../../golden/report/${name}.md`;

describe("the report reads as it did", () => {
  test("passed and serving", async () => {
    await expect(renderReport(passed, from, { request })).toMatchFileSnapshot(golden("passed"));
  });
  test("rejected", async () => {
    await expect(renderReport(rejected, { ...from, runAttempt: 2 })).toMatchFileSnapshot(golden("rejected"));
  });
  test("nothing changed", async () => {
    await expect(renderReport(unchanged, from)).toMatchFileSnapshot(golden("unchanged"));
  });
  test("the gate's own summary", async () => {
    await expect(renderGate(gateReport(String))).toMatchFileSnapshot(golden("gate"));
  });
});

describe("it says what is so", () => {
  const { gate, image, deployment, ...bare } = passed;
  const without = (more: Partial<ReleaseRecord>): string => renderReport({ ...bare, ...more }, from);

  test.each([
    ["trained only", {}, "## ➖ digits: not gated", "nothing was deployed"],
    ["gated only", { gate }, "## ✅ digits: passed\n", "neither built an image nor deployed anything"],
    ["built", { gate, image }, "## ✅ digits: passed\n", "The image is built; this run has not deployed it."],
    ["served", { gate, image, deployment }, "## ✅ digits: passed, and serving", "in place of the one before"],
    [
      "rejected",
      { gate: rejected.gate },
      "## ❌ digits: rejected\n",
      "What served before is untouched and goes on serving.",
    ],
    ["served without a gate", { deployment }, "## ➖ digits: not gated, yet serving", "`require-gate: false`"],
    [
      "served against it",
      { gate: rejected.gate, deployment },
      "## ❌ digits: rejected, yet serving",
      "`require-gate: false`",
    ],
  ] as [string, Partial<ReleaseRecord>, string, string][])("%s", (_, more, title, sentence) => {
    const report = without(more);
    expect(report).toContain(title);
    expect(report).toContain(sentence);
  });

  test("links only where server and repository can be nothing else", () => {
    expect(renderReport(passed, from)).toContain("(https://github.com/acme/digits/actions/runs/1234567890)");
    expect(renderReport(passed, { ...from, repository: "a/b](https://evil.example)" })).not.toContain("evil");
    expect(renderReport(passed, { ...from, serverUrl: "javascript:alert(1)" })).not.toContain("javascript");
  });

  test("marks only what begins with the marker of this very model", () => {
    const report = renderReport(passed, from);
    expect(carriesMarker(report, "digits")).toBe(true);
    expect(carriesMarker(report, "digit")).toBe(false);
    expect(carriesMarker(`> ${report}`, "digits")).toBe(false);
    expect(carriesMarker(`look: ${reportMarker("digits")}`, "digits")).toBe(false);
  });
});

/** A record in which every free text is this one. */
function poisoned(text: string): ReleaseRecord {
  const short = text.slice(0, 60);
  return {
    ...passed,
    model: { ...passed.model, flavor: short, path: text || "x", libraries: { [text.slice(0, 200)]: short } },
    source: { ...passed.source, repository: text.slice(0, 140), ref: text, event: short },
    training: {
      ...passed.training,
      command: text,
      params: { [text.slice(0, 200)]: text },
      reason: text.slice(0, 2000),
      changed: [text.slice(0, 500), text.slice(0, 500)],
    },
    metrics: { values: { [text.slice(0, 200)]: 1 } },
    gate: {
      decision: "rejected",
      rules: [{ rule: text.slice(0, 500), bound: 1, observed: 2, verdict: "rejected", reason: text.slice(0, 500) }],
    },
    image: { ...passed.image!, repository: text.slice(0, 1000) },
    deployment: { ...passed.deployment!, namespace: short, name: short, deployId: short, url: text.slice(0, 2000) },
  };
}

test.each(HOSTILE)("%j adds no element to the report, wherever it stands", (text) => {
  const known = /^https?:/.test(text) ? "https://x.example" : "x";
  const html = render(renderReport(poisoned(text), from, { request: text }));
  const plain = render(renderReport(poisoned(known), from, { request: "x" }));
  // A text that is empty or long takes the places of others; whatever it is, it adds nothing.
  const count = (of: string): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const tag of tags(of)) counts[tag] = (counts[tag] ?? 0) + 1;
    return counts;
  };
  const allowed = count(plain);
  for (const [tag, times] of Object.entries(count(html))) {
    if (/^<\/?code>$|^<p>$|^<\/p>$/.test(tag)) continue;
    expect([tag, times <= (allowed[tag] ?? 0)]).toEqual([tag, true]);
  }
  expect(prose(html)).not.toMatch(FILTERED);
});

test("it stays under 60,000 characters, whatever the record holds, and keeps what matters", () => {
  const long = "[@#<|`".repeat(80);
  const rules: GateSection["rules"] = Array.from({ length: 200 }, (_, at) => ({
    rule: at === 199 ? "accuracy > 0.9" : `${long}${at}`.slice(-500),
    verdict: at === 199 ? "rejected" : "passed",
    reason: at === 199 ? "observed 0.1" : long,
  }));
  const many = <T>(make: (at: number) => T): Record<string, T> =>
    Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`${at}${long}`.slice(0, 250), make(at)]));
  const record = poisoned(long);
  const report = renderReport(
    {
      ...record,
      model: { ...record.model, libraries: many(() => long) },
      training: { ...record.training, params: many(() => long), changed: Array.from({ length: 100 }, () => long) },
      metrics: { values: many((at) => at) },
      gate: { decision: "rejected", rules },
      deployment: { ...record.deployment!, url: `http://h/${"'".repeat(2000)}` },
    },
    from,
    { request: "'".repeat(2000) },
  );
  expect(report.length).toBeLessThan(MOST_CHARACTERS);
  expect(report).toContain("`accuracy > 0.9`: observed 0.1");
  expect(report).toMatch(/… and \d+ more rows? in the record/);
  expect(report).toMatch(/<sub>Commit/);
});

test("a list that is cut keeps the lowest ranks, in order, and counts what is left out", () => {
  const lines = ["a", "b", "c", "d"].map((line, at) => ({ line: line.repeat(10), rank: at === 3 ? 0 : 1 }));
  expect(fit(lines, 100, String)).toEqual(lines.map(({ line }) => line));
  expect(fit(lines, 20, String)).toEqual(["dddddddddd", "3"]);
  expect(fit(lines, 25, String)).toEqual(["aaaaaaaaaa", "dddddddddd", "2"]);
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 20 })), fc.integer({ min: 10, max: 100 }), (texts, most) => {
      expect(fit(equals(texts), most, (count) => `+${count}`).join("\n").length).toBeLessThanOrEqual(most);
    }),
  );
});

describe("the request to paste", () => {
  test.each(["it's", "$(id)", "`id`", "a\nb", '"', "\\", "", "-x"])("%j is one word of the shell", async (text) => {
    const { execFileSync } = await import("node:child_process");
    expect(execFileSync("/bin/sh", ["-c", `printf %s ${shellQuote(text)}`]).toString()).toBe(text);
  });

  test("is left out where the address is none of HTTP", () => {
    for (const url of ["javascript:alert(1)", "file:///etc/passwd", "http://a b", "-o /tmp/x", "http://[", ""]) {
      expect(predictionCurl(url, undefined)).toBeUndefined();
    }
    expect(predictionCurl("https://a.example/p", '{"a":1}')?.command).toBe(
      "curl -sS --fail-with-body 'https://a.example/p' \\\n  -H 'Content-Type: application/json' \\\n  -d '{\"a\":1}'",
    );
    expect(predictionCurl("https://a.example/p", "x".repeat(2001))).toMatchObject({ template: true });
  });
});

describe("the same in Python", () => {
  test("a literal is the text again, whatever stands in it", async () => {
    const { execFileSync } = await import("node:child_process");
    const texts = [...HOSTILE, "it's", "\\", "a\nb", '"', "'\"\\", "é", "🎉", "\u2028", "\u007f", "\ud83d", "\udc00x"];
    const program = `import json\nprint(json.dumps([${texts.map(pythonLiteral).join(", ")}]))`;
    const read = JSON.parse(execFileSync("python3", ["-"], { input: program, encoding: "utf8" })) as string[];
    // Half of a surrogate pair is no character, to Python neither.
    expect(read).toEqual(texts.map((text) => text.toWellFormed()));
  });

  test("asks as curl does", async () => {
    const [{ execFile }, { createServer }, { promisify }] = await Promise.all([
      import("node:child_process"),
      import("node:http"),
      import("node:util"),
    ]);
    const seen: string[] = [];
    const server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => void chunks.push(chunk));
      incoming.on("end", () => {
        const { method, url, headers } = incoming;
        seen.push(`${method} ${url} ${headers["content-type"]} ${Buffer.concat(chunks).toString()}`);
        response.end('{"data": {"ndarray": [[0.1, 0.9]]}}');
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    try {
      const { port } = server.address() as { port: number };
      const url = `http://127.0.0.1:${port}/seldon/a/b/api/v1.0/predictions?x='`;
      const body = '{"data":{"ndarray":[["it\'s é 🎉"]]}}';
      const env = { PATH: process.env.PATH };
      const python = await promisify(execFile)("python3", ["-c", predictionPython(url, body)!], { env });
      expect(python.stdout).toBe("{'data': {'ndarray': [[0.1, 0.9]]}}\n");
      await promisify(execFile)("/bin/sh", ["-c", predictionCurl(url, body)!.command], { env });
      expect(seen[0]).toBe(`POST /seldon/a/b/api/v1.0/predictions?x=' application/json ${body}`);
      expect(seen[1]).toBe(seen[0]);
    } finally {
      server.close();
    }
  });

  test("is left out where the address is none of HTTP", () => {
    expect(predictionPython("file:///etc/passwd", undefined)).toBeUndefined();
  });
});

test("a metric stands beside what was live, of a rule or not, also where the gate ran in another job", () => {
  const rule = { rule: "accuracy > 0.9", bound: 0.9, observed: 0.95, verdict: "passed" as const };
  const gate: GateSection = {
    decision: "passed",
    rules: [rule],
    baseline: { kind: "live", from: "deployment 12", values: { accuracy: 0.93, f1: 0.5 } },
    flips: { total: 3, rows: 100, mended: 2, broken: 1 },
    seconds: 2.34,
  };
  const table = metricsTable(gate, { accuracy: 0.95, f1: 0.4, loss: 1 }, 10_000).split("\n");
  expect(table[0]).toBe("| Metric | This version | Was live | Change | Rule | Verdict |");
  expect(table.slice(2)).toEqual([
    "| `accuracy` | 0.95 | 0.93 | +0.02 | `accuracy > 0.9` | ✅ passed |",
    "| `f1` | 0.4 | 0.5 | −0.1 | – | – |",
    "| `loss` | 1 | – | – | – | – |",
  ]);
  const image = { ...passed.image!, tried: { startSeconds: 2.1, requests: 3 } };
  const deployment = { ...passed.deployment!, seconds: 4.06 };
  const record = parseRecord(serialiseRecord({ ...passed, gate, image, deployment }));
  const report = renderReport(record, from, { imageSeconds: 61.2 });
  expect(report).toContain(
    "**Image** (48.2 MB, its server answers 2.1 s after its start): `ghcr.io/acme/digits@sha256:",
  );
  expect(report).toContain("Compared with what was live (deployment 12).");
  expect(report).toContain("3 of 100 rows are answered differently: 2 are right now, 1 became wrong.");
  expect(report).toMatch(/· train 3\.4 s · gate 2\.3 s · image 1 min 1 s · deploy 4\.1 s<\/sub>/);
});

test("metrics without a rule are shown too, up to a screen of them", () => {
  const values = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`m${at}`, at]));
  const table = metricsTable(undefined, values, 10_000);
  expect(table.split("\n").filter((line) => line.startsWith("| `m"))).toHaveLength(15);
  expect(table).toContain("… and 5 more metrics in the record.");
  expect(metricsTable(undefined, {}, 10_000)).toBe("");
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1 kB"],
  [12_345, "12.3 kB"],
  [999_700, "1 MB"],
  [48_221_288, "48.2 MB"],
])("%d bytes are %s", (bytes, shown) => {
  expect(bytesAsText(bytes)).toBe(shown);
});

test.each([
  [0, "0 s"],
  [0.44, "0.4 s"],
  [12.4, "12 s"],
  [59.9, "1 min"],
  [200, "3 min 20 s"],
  [7500, "2 h 5 min"],
])("%d seconds are %s", (seconds, shown) => {
  expect(secondsAsText(seconds)).toBe(shown);
});
