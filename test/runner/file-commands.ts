// The files that a step may write to: $GITHUB_OUTPUT, $GITHUB_ENV, $GITHUB_STATE, $GITHUB_PATH, $GITHUB_STEP_SUMMARY.

/** The suffix of the context key and variable, and the prefix of the file's name. */
export const COMMAND_FILES = {
  path: "add_path_",
  env: "set_env_",
  step_summary: "step_summary_",
  state: "save_state_",
  output: "set_output_",
} as const;

export type CommandFile = keyof typeof COMMAND_FILES;

export const SUMMARY_LIMIT_BYTES = 1024 * 1024;

/**
 * Reads `name=value` lines and `name<<delimiter` blocks. Only LF ends a line, so a value may hold a CR.
 * Throws, as the runner does, on anything else; what came before the mistake is not applied either.
 */
export function parseKeyValues(text: string): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (line === "") continue;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) throw new Error(`Invalid format '${line}'. Name must not be empty`);
      pairs.push([line.slice(0, equals), line.slice(equals + 1)]);
    } else if (heredoc >= 0) {
      const name = line.slice(0, heredoc);
      const delimiter = line.slice(heredoc + 2);
      if (name === "" || delimiter === "") {
        throw new Error(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`);
      }
      const end = lines.indexOf(delimiter, i + 1);
      if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
      pairs.push([name, lines.slice(i + 1, end).join("\n")]);
      i = end;
    } else {
      throw new Error(`Invalid format '${line}'`);
    }
  }
  return pairs;
}

/** One folder per line; empty lines mean nothing. */
export const parsePaths = (text: string): string[] => text.split(/\r\n|\n|\r/).filter((line) => line !== "");

/** Puts folders in front of a path list as the runner does: the last one named comes first, and none is named twice. */
export function prepend(folders: string[], added: string[]): string[] {
  return added.reduce((list, folder) => [...list.filter((f) => f !== folder), folder], folders);
}
