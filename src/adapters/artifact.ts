import { basename, dirname } from "node:path";

import { ActionError, messageOf, quote } from "../errors.ts";
import type { Artifacts, Log } from "../ports.ts";

/** The artifacts of this run, by the runner's own token. The client's progress lines come in a fold of the log. */
export function runArtifacts(log: Log): Artifacts {
  return {
    upload: async (file, { retentionDays }) => {
      const name = basename(file);
      return await log.group(`Uploading artifact ${name}`, async () => {
        const { DefaultArtifactClient } = await import("@actions/artifact");
        try {
          const { id, digest, size } = await new DefaultArtifactClient().uploadArtifact(name, [file], dirname(file), {
            skipArchive: true,
            ...(retentionDays === undefined ? {} : { retentionDays }),
          });
          if (id === undefined || digest === undefined) throw new Error("the service named no id or digest");
          return { id: String(id), sha256: digest, bytes: size ?? 0 };
        } catch (thrown) {
          throw told(name, thrown);
        }
      });
    },
  };
}

function told(name: string, thrown: unknown): ActionError {
  const message = messageOf(thrown);
  const fix = /ACTIONS_(?:RUNTIME_TOKEN|RESULTS_URL)/.test(message)
    ? "Only an action that the runner starts by uses: gets the right to upload."
    : /GHES|not currently supported/i.test(message)
      ? "Artifacts of this kind are not there on GitHub Enterprise Server: set model-store."
      : /409|already exists/i.test(message)
        ? "Another job of this run uploaded the same name: give each leg of a matrix its own input `name`."
        : "Run the job again when the artifact service is well (githubstatus.com).";
  return new ActionError(
    { where: `artifact ${name}`, expected: "to be stored", seen: quote(message.split("\n", 1)[0]!, 200), fix },
    { cause: thrown },
  );
}
