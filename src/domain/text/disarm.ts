// The runner ends a line at \n, \r\n and a bare \r; it takes `::command::` at the start of a line after white space (as .NET
// counts white space, which has U+0085 and others that JavaScript's trim has not), and `##[command]` anywhere in a line.

const LINE_END = /\r\n|\n|\r|[\u0085\u2028\u2029\v\f]/;
/** Control characters but tab and ESC, and what turns the direction of text. */
const UNSEEN = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Untrusted text as lines in which the runner finds no command: a line that would start with `::` gets a `|` before it, `##[`
 * is broken by a zero-width space. A `::` inside a line stays as it is, so that a masked secret with `::` in it (an ARN)
 * is still recognised and hidden.
 */
export function disarm(text: string): string[] {
  return text.split(LINE_END).map(disarmLine);
}

/** One line, which must hold no line end. */
export function disarmLine(line: string): string {
  const shown = line.replace(UNSEEN, "\ufffd").replaceAll("##[", "##\u200b[");
  // Asked for first, since the classes of letters are long to compile and nearly no line needs them.
  return shown.includes("::") && /^[^\p{L}\p{N}\p{P}\p{S}]*::/u.test(shown) ? `| ${shown}` : shown;
}
