/** A line of a list or a table, and how much it would be missed. The least rank is kept first. */
export type Ranked = { readonly line: string; readonly rank: number };

/**
 * Keeps the lines that fit into so many characters, those of a lower rank first, and in the order given. One line says how many
 * are left out.
 * @param most characters in all, line ends and that last line included
 */
export function fit(lines: readonly Ranked[], most: number, leftOut: (count: number) => string): string[] {
  const size = ({ line }: Ranked): number => line.length + 1;
  if (lines.reduce((sum, each) => sum + size(each), 0) <= most) return lines.map(({ line }) => line);
  let room = most - leftOut(lines.length).length - 1;
  const kept = new Set<Ranked>();
  for (const each of lines.toSorted((a, b) => a.rank - b.rank)) {
    if (size(each) > room) break;
    room -= size(each);
    kept.add(each);
  }
  return [...lines.filter((each) => kept.has(each)).map(({ line }) => line), leftOut(lines.length - kept.size)];
}

/** Lines of one rank. */
export function equals(lines: readonly string[]): Ranked[] {
  return lines.map((line) => ({ line, rank: 0 }));
}
