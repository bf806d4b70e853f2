// GitHub drops a job's output that holds a masked value, and says so only in the log of the job's end. The runner masks every
// secret whole, line by line, and in the encodings in which it expects to meet it again.

/** A value that the runner surely or probably masks, and what it is called. */
export type Secret = { readonly name: string; readonly value: string };

/** Variables that hold secrets by their name. Those of plain words (`USE_TOKEN=true`, `SORT_KEY=name`) are none. */
const SECRET_NAME =
  /(?:TOKEN|SECRET|PASSWORD|CREDENTIALS|KUBECONFIG|SAS_URL|(?:ACCESS|ACCOUNT|API|PRIVATE|SECRET)_?KEY)$/i;

/** The secrets among an environment's variables, as far as names tell. What is no secret but is called like one costs a warning. */
export function secretsAmong(env: Readonly<Record<string, string | undefined>>): Secret[] {
  return Object.entries(env).flatMap(([name, value = ""]) => {
    // Inputs declare themselves; a path is where a secret lies, and a short word is none.
    const isOne = SECRET_NAME.test(name) && !/^INPUT_/i.test(name) && value.trim().length >= 4;
    return isOne && !/^(?:true|false|\d+|\/\S*)$/i.test(value.trim()) ? [{ name, value }] : [];
  });
}

/** The first secret that stands in a text, whole or by one of its lines. */
export function secretIn(
  text: string,
  secrets: readonly Secret[],
): { readonly name: string; readonly part: "whole" | "line" } | undefined {
  for (const { name, value } of secrets) {
    if (formsOf(value).some((form) => text.includes(form))) return { name, part: "whole" };
    const lines = value.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
    if (lines.length > 1 && lines.some((line) => formsOf(line).some((form) => text.includes(form)))) {
      return { name, part: "line" };
    }
  }
  return undefined;
}

function formsOf(value: string): string[] {
  if (value.trim() === "") return [];
  const base64 = value.length > 3 ? [Buffer.from(value).toString("base64").replace(/=+$/, "")] : [];
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value.toWellFormed()), ...base64];
}
