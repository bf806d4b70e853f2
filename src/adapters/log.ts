import { writeSync } from "node:fs";

import { debug, endGroup, setSecret, startGroup, warning } from "@actions/core";

import { disarm } from "../domain/text/disarm.ts";
import { secretIn, secretsAmong, type Secret } from "../domain/text/masked.ts";
import type { Log } from "../ports.ts";

/** What this process masked itself. */
const masked: Secret[] = [];

/**
 * Says which secret stands in an output, if one does: the runner then drops a job output that is made of it.
 * @param secrets those that are known beside the environment's and our own masks
 */
export function hiddenIn(text: string, secrets: readonly Secret[]): string | undefined {
  const found = secretIn(text, [...secrets, ...masked, ...secretsAmong(process.env)]);
  return found && `${found.part === "line" ? "a line of " : ""}${found.name}`;
}

/** The runner's log. What comes in is data; nothing in it is read as a command. */
export function runnerLog(): Log {
  const say = (text: string): void => {
    const bytes = Buffer.from(`${disarm(text).join("\n")}\n`);
    let written = 0;
    try {
      // Straight to the pipe: making Node's stream for it costs an eighth of an empty program.
      while (written < bytes.length) written += writeSync(1, bytes, written);
    } catch {
      // A pipe that is full and does not block: the stream waits.
      process.stdout.write(bytes.subarray(written));
    }
  };
  return {
    info: say,
    // The library escapes what it puts into a command; the line breaks of an annotation stay.
    warning: (text) => warning(text),
    debug: (text) => debug(text),
    group: async (title, work) => {
      startGroup(title);
      try {
        return await work();
      } finally {
        endGroup();
      }
    },
    mask: (secret) => {
      // Every line of a secret becomes a mask of its own: an empty or tiny one would blank half the log and drop outputs.
      for (const line of secret.split(/\r\n|\n|\r/)) {
        if (line.trim().length >= 4) {
          setSecret(line.trim());
          masked.push({ name: "a value that this action masked", value: line.trim() });
        }
      }
    },
  };
}
