import * as fc from "fast-check";
import { expect, test } from "vitest";

import { codeBlock, codeSpan, escapeCell, escapeText } from "../../../src/domain/report/escape.ts";
import { HOSTILE } from "./hostile.ts";
import { FILTERED, prose, render, tags } from "./render.ts";

type Sink = { readonly name: string; readonly write: (text: string) => string };

const SINKS: readonly Sink[] = [
  { name: "a paragraph", write: (text) => `Reason: ${escapeText(text)}\n\nafter\n` },
  { name: "a paragraph of its own", write: (text) => `before\n\n${escapeText(text) || "x"}\n\nafter\n` },
  { name: "a list item", write: (text) => `- ${escapeText(text) || "x"}\n- after\n` },
  { name: "a heading", write: (text) => `## ${escapeText(text)} end\n\nafter\n` },
  { name: "a cell", write: (text) => `| a | b |\n|---|---|\n| ${escapeCell(text)} | ${escapeCell(text)} |\n\nafter\n` },
  {
    name: "a summary",
    write: (text) => `<details><summary>${escapeText(text)}</summary>\n\nin\n\n</details>\n\nafter\n`,
  },
  { name: "emphasis", write: (text) => `**${escapeText(text) || "x"}:** after\n` },
];

const CODE: readonly Sink[] = [
  { name: "a paragraph", write: (text) => `Name: ${codeSpan(text)} and ${codeSpan(text)}.\n\nafter\n` },
  { name: "a list item", write: (text) => `- ${codeSpan(text)}\n- after\n` },
  { name: "a cell", write: (text) => `| a | b |\n|---|---|\n| ${codeSpan(text)} | ${codeSpan(text)} |\n\nafter\n` },
];

for (const { name, write } of SINKS) {
  test.each(HOSTILE)(`%j is nothing but text in ${name}`, (text) => {
    const html = render(write(text));
    expect(tags(html)).toEqual(tags(render(write("x"))));
    expect(prose(html)).not.toMatch(FILTERED);
  });
}

for (const { name, write } of CODE) {
  test.each(HOSTILE.filter((text) => text.trim() !== ""))(`%j is nothing but code in ${name}`, (text) => {
    const html = render(write(text));
    expect(tags(html)).toEqual(tags(render(write("x"))));
  });
}

test.each(HOSTILE)("%j stays inside its block of code", (text) => {
  const html = render(`before\n\n${codeBlock(text, "sh")}\n\nafter\n`);
  expect(tags(html)).toEqual(tags(render(`before\n\n${codeBlock("x", "sh")}\n\nafter\n`)));
});

test("any text at all is nothing but text, in every place", () => {
  const nasty = fc.array(
    fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.constantFrom("\n", "|", "`", "\\", "<", "@a", "#1", "](", "![", "<!--", "  ", "1.", "-", "http://a.b", "~~"),
    ),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(nasty, fc.constantFrom(...SINKS), (parts, { write }) => {
      const html = render(write(parts.join("")));
      expect(tags(html)).toEqual(tags(render(write("x"))));
      expect(prose(html)).not.toMatch(FILTERED);
    }),
    { numRuns: 1500 },
  );
  fc.assert(
    fc.property(nasty, fc.constantFrom(...CODE), (parts, { write }) => {
      const text = `x${parts.join("")}`;
      expect(tags(render(write(text)))).toEqual(tags(render(write("x"))));
    }),
    { numRuns: 1500 },
  );
});

test("plain text reads as it was written", () => {
  const text = 'expected a number from 0 to 1, saw "two" (params.C 1.0 → 0.1)';
  expect(escapeText(text)).toBe(text);
  expect(codeSpan("latency_p95_ms <= 50")).toBe("`latency_p95_ms <= 50`");
});

test("what is escaped is read as the same text again", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii", maxLength: 60 }), (text) => {
      const shown = prose(render(`a ${escapeText(text)} z`))
        .replaceAll("\u200b", "")
        .replace(/\s+/g, " ")
        .trim();
      expect(shown).toBe(`a ${text} z`.replace(/\s+/g, " "));
    }),
  );
});

test("long text is cut and says so", () => {
  expect(escapeText("x".repeat(20), 10)).toBe(`${"x".repeat(10)}…`);
  expect(escapeText(`${"x".repeat(9)}🎉`, 10)).toBe(`${"x".repeat(9)}…`);
  expect(codeSpan("x".repeat(20), 10)).toBe(`\`${"x".repeat(10)}…\``);
});

test("an empty cell shows a dash", () => {
  expect(escapeCell("  ")).toBe("–");
  expect(codeSpan("\n")).toBe("–");
});
