const MOST_LINE = 16 * 1024;
/** Room for the time before a line. */
const MOST_TIME = 64;

/** The lines of a log that comes in pieces, each line with its time before it, by which a log that was cut goes on where it was. */
export class LogLines {
  /** The time of the last line; empty before the first. */
  #last = "";
  #rest = "";
  readonly #take: (line: string) => void;

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  /**
   * A new stream: what was half told comes again.
   * @param lines how many of what was said before; left out, all
   * @returns what to ask the API server for
   */
  begin(lines: number | undefined): Readonly<Record<string, string>> {
    this.#rest = "";
    const from = { follow: "true", timestamps: "true" };
    if (this.#last !== "") return { ...from, sinceTime: this.#last };
    return lines === undefined ? from : { ...from, tailLines: `${lines}` };
  }

  add(text: string): void {
    const whole = (this.#rest + text).split("\n");
    this.#rest = (whole.pop() ?? "").slice(0, MOST_LINE + MOST_TIME);
    for (const line of whole) this.#line(line);
  }

  end(): void {
    if (this.#rest !== "") this.#line(this.#rest);
    this.#rest = "";
  }

  #line(text: string): void {
    const [, time, said = ""] = /^(\d{4}-\d\d-\d\dT\S+) ?([^]*)$/.exec(text) ?? [];
    if (time !== undefined && !isLater(time, this.#last)) return;
    this.#last = time ?? this.#last;
    this.#take((time === undefined ? text : said).slice(0, MOST_LINE));
  }
}

/** Of two times in RFC 3339, with as many digits behind the second as it takes. */
function isLater(time: string, last: string): boolean {
  return last === "" || comparable(time) > comparable(last);
}

const comparable = (time: string): string =>
  time
    .replace(/Z$/, "")
    .replace(/^([^.]*)\.?(\d*)$/, (_, whole: string, part: string) => `${whole}.${part.padEnd(9, "0")}`);
