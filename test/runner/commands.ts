// How the runner reads what a step prints: which characters end a line, and which lines are commands.

/** A workflow command found in a line. */
export type Command = { name: string; properties: Record<string, string>; data: string };

/** Every command that a step may print. `set-env` and `add-path` are known too, but only to be refused. */
const KNOWN = new Set([
  "add-mask",
  "add-matcher",
  "add-path",
  "debug",
  "echo",
  "endgroup",
  "error",
  "group",
  "notice",
  "remove-matcher",
  "save-state",
  "set-env",
  "set-output",
  "warning",
]);

const STOP = "stop-commands";

/** White space as .NET trims it: JavaScript's, and U+0085. */
const LEADING_SPACE = /^[\s\u0085]+/;

/**
 * Finds the command in a line. `::name key=value,…::data` counts at the start of a line, after white space;
 * `##[name key=value;…]data` counts anywhere in it.
 */
export function parseCommand(line: string, isKnown: (name: string) => boolean): Command | undefined {
  return parseColons(line.replace(LEADING_SPACE, ""), isKnown) ?? parseBrackets(line, isKnown);
}

function parseColons(line: string, isKnown: (name: string) => boolean): Command | undefined {
  if (!line.startsWith("::")) return undefined;
  const end = line.indexOf("::", 2);
  if (end < 0) return undefined;
  const { name, rest } = nameOf(line.slice(2, end));
  if (!isKnown(name)) return undefined;
  return {
    name,
    properties: propertiesOf(rest.trim(), ",", COLON_ESCAPES),
    data: unescape(line.slice(end + 2), DATA_ESCAPES),
  };
}

function parseBrackets(line: string, isKnown: (name: string) => boolean): Command | undefined {
  const start = line.indexOf("##[");
  const end = start < 0 ? -1 : line.indexOf("]", start);
  if (end < 0) return undefined;
  const { name, rest } = nameOf(line.slice(start + 3, end));
  if (!isKnown(name)) return undefined;
  return {
    name,
    properties: propertiesOf(rest, ";", BRACKET_ESCAPES),
    data: unescape(line.slice(end + 1), BRACKET_ESCAPES),
  };
}

function nameOf(info: string): { name: string; rest: string } {
  const space = info.indexOf(" ");
  return space < 0 ? { name: info, rest: "" } : { name: info.slice(0, space), rest: info.slice(space + 1) };
}

function propertiesOf(text: string, separator: string, escapes: Escapes): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const part of text.split(separator)) {
    const equals = part.indexOf("=");
    if (equals <= 0 || equals === part.length - 1) continue;
    properties[part.slice(0, equals).toLowerCase()] = unescape(part.slice(equals + 1), escapes);
  }
  return properties;
}

type Escapes = readonly (readonly [code: string, character: string])[];

const DATA_ESCAPES: Escapes = [
  ["%0D", "\r"],
  ["%0A", "\n"],
  ["%25", "%"],
];

const COLON_ESCAPES: Escapes = [
  ["%0D", "\r"],
  ["%0A", "\n"],
  ["%3A", ":"],
  ["%2C", ","],
  ["%25", "%"],
];

const BRACKET_ESCAPES: Escapes = [
  ["%3B", ";"],
  ["%0D", "\r"],
  ["%0A", "\n"],
  ["%5D", "]"],
  ["%25", "%"],
];

const unescape = (text: string, escapes: Escapes) =>
  escapes.reduce((value, [code, character]) => value.replaceAll(code, character), text);

/** What one line is to the runner: text for the log, or a command to carry out. */
export type LineMeaning = { kind: "text" } | { kind: "command"; command: Command };

/** Reads the lines of one step and remembers whether commands are stopped. */
export class CommandReader {
  #stopToken: string | undefined;

  /** Lines that stop and resume commands count as text: the runner prints them. */
  read(line: string): LineMeaning {
    const token = this.#stopToken;
    const isToken = (name: string) => token !== undefined && name.toLowerCase() === token.toLowerCase();
    const known = (name: string) => KNOWN.has(name.toLowerCase()) || name.toLowerCase() === STOP || isToken(name);
    const command = line === "" ? undefined : parseCommand(line, known);
    if (!command) return { kind: "text" };
    if (token !== undefined) {
      if (token !== "" && isToken(command.name)) this.#stopToken = undefined;
      return { kind: "text" };
    }
    if (command.name.toLowerCase() === STOP) {
      this.#stopToken = command.data;
      return { kind: "text" };
    }
    return { kind: "command", command: { ...command, name: command.name.toLowerCase() } };
  }
}

/** Cuts a stream of text into lines that end at LF, CRLF or a bare CR, as the runner's reader does. */
export class LineSplitter {
  #rest = "";
  #skipLineFeed = false;

  /** The lines that this chunk completes. */
  push(chunk: string): string[] {
    let text = chunk;
    if (this.#skipLineFeed && text.startsWith("\n")) text = text.slice(1);
    if (chunk !== "") this.#skipLineFeed = chunk.endsWith("\r");
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? "";
    return lines;
  }

  /** What is left when the stream ends without a line end. */
  end(): string[] {
    const rest = this.#rest;
    this.#rest = "";
    return rest === "" ? [] : [rest];
  }
}
