// What comes from outside (metric names, parameters, reasons, branch names) stands in a comment or a job summary as text only.
// GitHub works on it twice: the Markdown parser, then filters over the rendered text that make links of @names, #1, GH-1 and
// addresses. The first is stopped by character references; the second sees through those, so a zero-width space breaks the form.

/** Line ends, tabs and runs of blanks: in a cell or a list item all of them are one blank. */
const BLANKS = /[\s\u0085\u200b\u2028\u2029\ufeff]+/gu;
/** Control characters, what turns the direction of text, and the invisible copies of ASCII (the tag characters). */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
/** All that begins an inline construct of GitHub's Markdown. Quotes and round brackets mean nothing without these. */
const SPECIAL = /[&<>`*_~[\]!|\\#@{}$^]/g;
/** At the start of an item: `1.`, `1)`, `-`, `+`, `=` would begin a list or underline a heading. */
const BLOCK_START = /^(\d{0,9})([.)+=-])/;
const BREAK = "&#8203;";

/**
 * Text as one line of Markdown in which nothing is a construct: no mention, reference, link, image, element, emphasis, emoji,
 * table or details break. Fits a table cell, a list item, a heading and an HTML element alike.
 * @param most longer text is cut there and ends in `…`; counted in UTF-16 units of the text as given
 */
export function escapeText(text: string, most = 1000): string {
  return shorten(text, most)
    .replace(BLANKS, " ")
    .trim()
    .replace(UNSEEN, "\ufffd")
    .replace(/:(?=[\w+-]+(?::|$))|:(?=\/\/)|\b(?:www(?=\.)|gh(?=-\d)|mailto:|xmpp:)/gi, "$&\u0000")
    .replace(SPECIAL, (sign) => `&#${sign.codePointAt(0)};${sign === "@" || sign === "#" ? BREAK : ""}`)
    .replaceAll("\u0000", BREAK)
    .replace(BLOCK_START, (_, digits: string, sign: string) => `${digits}&#${sign.codePointAt(0)};`);
}

/** Text in a cell of a table. An empty cell shows a dash, so that it is seen to be empty on purpose. */
export function escapeCell(text: string, most = 300): string {
  return escapeText(text, most) || "–";
}

/**
 * Text set as code. What has a backtick, or a `|` that would end a table's cell, is escaped inside `<code>`; all else is a
 * plain code span, which can be copied as it is.
 */
export function codeSpan(text: string, most = 300): string {
  const shown = shorten(text, most).replace(BLANKS, " ").trim().replace(UNSEEN, "\ufffd");
  if (shown === "") return "–";
  return /[`|]/.test(shown) ? `<code>${escapeText(shown, Infinity)}</code>` : `\`${shown}\``;
}

/** Lines set as a block of code, behind a fence that is longer than any in the text. */
export function codeBlock(text: string, language: "sh" | "text" | "json" | "python"): string {
  const lines = text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).map((line) => line.replace(UNSEEN, "\ufffd"));
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence].join("\n");
}

/** Cuts between characters, and mends half a surrogate pair that was there before. */
function shorten(text: string, most: number): string {
  if (text.length <= most) return text.toWellFormed();
  return `${text
    .slice(0, most)
    .replace(/[\ud800-\udbff]$/, "")
    .trimEnd()}…`.toWellFormed();
}
