/** The values that must not be shown. What is masked in a log line also makes the runner drop a job output. */
export class Masks {
  readonly #values = new Set<string>();

  /** Masks a value, each of its lines, and the encodings in which the runner expects to meet it again. */
  add(value: string): void {
    if (value.trim() === "") return;
    for (const text of [value, ...value.split(/\r\n|\n|\r/)]) {
      if (text.trim() === "") continue;
      for (const form of [text, ...encodingsOf(text)]) if (form !== "") this.#values.add(form);
    }
  }

  /** The text with every masked value, and every run of touching ones, replaced by `***`. */
  hide(text: string): string {
    const ranges: { start: number; end: number }[] = [];
    for (const value of this.#values) {
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
        ranges.push({ start: at, end: at + value.length });
      }
    }
    if (ranges.length === 0) return text;
    ranges.sort((a, b) => a.start - b.start);
    let shown = "";
    let position = 0;
    for (let i = 0; i < ranges.length;) {
      const start = ranges[i]?.start ?? 0;
      let end = start;
      for (; i < ranges.length && (ranges[i]?.start ?? 0) <= end; i++) end = Math.max(end, ranges[i]?.end ?? 0);
      shown += `${text.slice(position, start)}***`;
      position = end;
    }
    return shown + text.slice(position);
  }

  /** Whether the text holds a masked value. */
  touches(text: string): boolean {
    return this.hide(text) !== text;
  }
}

function encodingsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  // Base64 of the value inside a longer text depends on its position: three shifts, without the uncertain ends.
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const certain = (shift + bytes.length) % 3 === 0 ? encoded : encoded.slice(0, -1);
    return shift === 0 ? certain : certain.slice(shift + 1);
  });
  return [
    ...(value.length > 3 ? [bytes.toString("base64"), ...base64.filter((form) => form.length > 3)] : []),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    value.replaceAll("'", "''"),
    value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    ...(value.length > 8 && /^".*"$/s.test(value) ? [value.slice(1, -1)] : []),
  ];
}
