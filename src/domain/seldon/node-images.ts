import { ActionError, quote, type Mistake } from "../../errors.ts";

/** What serves a node: an image by its name, or a record that names it, in any form of the input `record`. */
export type NodeImage = { readonly node: string; readonly kind: "image" | "record"; readonly text: string };

const LINE = /^([a-z][a-z0-9-]{0,47})\s*:\s+(\S.*)$/;
const RECORD = /^(?:\{|(?:file|artifact|image):)/;
const FORM = "`<node>: <image or record>`";

/**
 * Reads the input `images`: the image, or the record, of each node that names none in the graph. `image:` and `artifact:` are
 * records, as everywhere.
 * @throws ActionError with every line that is none
 */
export function parseNodeImages(lines: readonly string[]): readonly NodeImage[] {
  const mistakes: Mistake[] = [];
  const seen = new Set<string>();
  const found = lines.flatMap((line, at): NodeImage[] => {
    const [, node, text = ""] = LINE.exec(line) ?? [];
    const where = `input "images", line ${at + 1}`;
    if (node === undefined) {
      mistakes.push({ where, expected: FORM, seen: quote(line, 80) });
      return [];
    }
    if (seen.has(node)) mistakes.push({ where, expected: "one line for each node", seen: `${quote(node)} again` });
    seen.add(node);
    return [{ node, kind: RECORD.test(text) ? "record" : "image", text: text.trim() }];
  });
  if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 20));
  return found;
}
