/**
 * Names that someone may have meant, the likeliest first: the same in another case, the same behind a prefix (`test.accuracy` for
 * `accuracy`), or a few slips of the keyboard away.
 */
export function nearest(name: string, names: readonly string[], most = 3): readonly string[] {
  const wanted = name.toLowerCase();
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  return names
    .map((each) => ({ each, distance: closeness(wanted, each.toLowerCase(), allowed) }))
    .filter(({ distance }) => distance <= allowed)
    .toSorted((a, b) => a.distance - b.distance || (a.each < b.each ? -1 : 1))
    .slice(0, most)
    .map(({ each }) => each);
}

function closeness(wanted: string, name: string, allowed: number): number {
  if (wanted === name) return 0;
  const last = (text: string): string => text.slice(text.lastIndexOf(".") + 1);
  if (last(wanted) === last(name)) return 0.5;
  return Math.abs(wanted.length - name.length) > allowed ? Infinity : slips(wanted, name);
}

/** Letters to change, add, leave out or swap with their neighbour (optimal string alignment). */
function slips(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
