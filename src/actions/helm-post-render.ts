import { stampChart } from "../domain/kubernetes/chart.ts";
import { readDocuments } from "../domain/kubernetes/documents.ts";
import { ActionError } from "../errors.ts";
import type { StandardStreams } from "../ports.ts";

/**
 * What helm calls between rendering a chart and applying it: the objects come by standard input and go by standard output,
 * with our ids in them, so that the pods can be told from those before.
 * @param args the release's name
 * @returns the exit code
 */
export async function helmPostRender([release = ""]: readonly string[], streams: StandardStreams): Promise<number> {
  const text = await streams.read({ maxBytes: 16 * 1024 * 1024 });
  try {
    const { documents } = await stampChart(await readDocuments(text, "the rendered chart"), release);
    streams.write(`${documents.map((each) => JSON.stringify(each)).join("\n---\n")}\n`);
    return 0;
  } catch (thrown) {
    // Helm shows what stands on standard error, and it is not a log that a runner reads commands from.
    if (!(thrown instanceof ActionError)) throw thrown;
    streams.complain(`${thrown.message}\n`);
    return 1;
  }
}
