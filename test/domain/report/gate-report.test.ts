// Whatever comes from outside is text and nothing else in every form of the gate's report: Markdown, Mermaid, HTML, XML.
import { describe, expect, test } from "vitest";

import { gateDetails, renderGate } from "../../../src/domain/report/gate.ts";
import { renderGatePage } from "../../../src/domain/report/gate-page.ts";
import { parseGateReport, type GateReport } from "../../../src/domain/report/gate-report.ts";
import { renderJunit } from "../../../src/domain/report/junit.ts";
import { MOST_CHARACTERS, renderReport } from "../../../src/domain/report/report.ts";
import { gateReport } from "./gate-reports.ts";
import { HOSTILE } from "./hostile.ts";
import { from, passed, rejected } from "./releases.ts";
import { FILTERED, prose, render, tags } from "./render.ts";

// A name must be there, and must not be another one's twin, or the report has fewer rows: the prefix sees to both.
const saying = (text: string) => (was: string) => `${was} ${text}`.slice(0, 4000);
const plain = saying("x");
/** Elements alone: their places, widths and labels may differ, what they are may not. */
const kinds = (markup: string): string[] =>
  tags(markup).map((tag) => tag.replace(/(<[\w/!?-]+)[^>]*/, "$1").replace(/<!--.*-->/s, "<!---->"));

test.each(HOSTILE)("%j is nothing but text in Markdown", (text) => {
  const html = render(renderGate(gateReport(saying(text))));
  expect(kinds(html)).toEqual(kinds(render(renderGate(gateReport(plain)))));
  expect(prose(html)).not.toMatch(FILTERED);
});

test.each(HOSTILE)("%j leaves a Mermaid diagram as it is", (text) => {
  const blocks = renderGate(gateReport(saying(text))).match(/```mermaid\n[^]*?\n```/g)!;
  const usual = renderGate(gateReport(plain)).match(/```mermaid\n[^]*?\n```/g)!;
  expect(blocks).toHaveLength(usual.length);
  for (const [at, block] of blocks.entries()) {
    expect(block.split("\n")).toHaveLength(usual[at]!.split("\n").length);
    expect(block.replace(/"[^"\n]*"/g, '""')).not.toMatch(/[^\w\s"`[\],.>()-]/);
    expect(block).not.toMatch(/%%|[<>&#;](?!\s*\d)(?<!-->)/);
  }
});

test.each(HOSTILE)("%j is nothing but text in the page and in the XML", (text) => {
  for (const write of [renderGatePage, renderJunit]) {
    const markup = write(gateReport(saying(text)));
    expect(kinds(markup)).toEqual(kinds(write(gateReport(plain))));
    expect(markup.replace(/&#\d+;/g, "")).not.toMatch(/&/);
    // oxlint-disable-next-line no-control-regex
    expect(markup).not.toMatch(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff](?<![\ud800-\udbff][\udc00-\udfff])(?![\udc00-\udfff])/,
    );
  }
});

test("the page loads nothing, runs nothing, and says so itself", () => {
  const page = renderGatePage(gateReport(String));
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(page).not.toMatch(/<script|<img|<link|<iframe|<object|\bsrc=|url\(|@import|https?:/i);
  expect(page.match(/href="([^"]*)"/g)!.every((link) => link.startsWith('href="#'))).toBe(true);
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  for (const [, id] of page.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g)) expect(ids).toContain(id);
});

test("XML in the form that JUnit's readers know", () => {
  const xml = renderJunit(gateReport(String));
  expect(xml).toContain('<testsuite name="gate of digits" tests="4" failures="1" errors="1">');
  expect(xml).toContain(
    '<failure message="observed 0.9, bound 0.91" type="rejected">observed 0.9, bound 0.91</failure>',
  );
  expect(xml).toContain('<error message="too few samples" type="inconclusive">');
});

describe("however much there is to tell", () => {
  const long = "🎉@octocat|<img>`".repeat(250);
  const much = ((): GateReport => {
    const report = gateReport(saying(long));
    const times = <T>(all: readonly T[], count: number): T[] =>
      Array.from({ length: count }, (_, at) => all[at % all.length]!);
    return {
      ...report,
      gate: { ...report.gate, rules: times(report.gate.rules, 200) },
      metrics: times(report.metrics, 500),
      slices: times(report.slices, 1000),
      flips: { ...report.flips!, total: 5000, shown: times(report.flips!.shown, 200) },
      confusion: {
        classes: times(report.confusion!.classes, 12),
        candidate: times([times([1], 12)], 12),
        baseline: undefined,
      },
    };
  })();

  test("the summary and the comment stay below what GitHub shows", () => {
    expect(renderGate(much).length).toBeLessThan(MOST_CHARACTERS);
    const crowded = {
      ...rejected,
      gate: much.gate,
      metrics: { values: Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`${long}${at}`, at])) },
    };
    const busy = {
      ...crowded,
      training: {
        ...rejected.training,
        changed: Array.from({ length: 100 }, () => long.slice(0, 500)),
        params: Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`p${at}`, long.slice(0, 4000)])),
      },
    };
    const asked = { ...busy, deployment: { ...passed.deployment!, url: `http://h/${"'".repeat(1900)}` } };
    const comment = renderReport(asked, from, { request: "'".repeat(2000), judged: much });
    expect(comment.length).toBeLessThan(MOST_CHARACTERS);
    expect(comment).toContain("The rest is in the summary of the gate's step: [run");
  });
});

test("the comment shows what the gate compared, where both fit", () => {
  const comment = renderReport(rejected, from, { judged: gateReport(String) });
  for (const part of gateDetails(gateReport(String))) expect(comment).toContain(part);
  expect(comment).toContain(
    "Compared with what was live (GitHub&#39;s deployment 12 to production".replace("&#39;", "'"),
  );
});

test("a report is read back as it was, and a forged one is none", () => {
  const report = gateReport(String);
  expect(parseGateReport(JSON.stringify(report), "gate.json")).toEqual(report);
  const forged = { ...report, metrics: [{ name: "a", candidate: "@octocat" }] };
  expect(() => parseGateReport(JSON.stringify(forged), "gate.json")).toThrow(/expected a finite number, saw the text/);
});
