import type { Run } from "../inputs.ts";
import type { Workspace } from "../ports.ts";

/** Longer ones are no example to paste. */
const MOST_BYTES = 2000;

/** The request that a deployed model has answered lies here, so that the report can show one that is known to work. */
const place = (run: Run): string => `${run.temp}/model-road/smoke-request.json`;

/** Keeps the body of a request that was answered. */
export async function keepRequest(body: object, run: Run, workspace: Pick<Workspace, "write">): Promise<void> {
  await workspace.write(place(run), JSON.stringify(body));
}

/** The body as JSON; `undefined` when this job has none, or one too long to be shown. */
export async function keptRequest(
  run: Run,
  workspace: Pick<Workspace, "facts" | "readText">,
): Promise<string | undefined> {
  const facts = await workspace.facts(place(run));
  if (facts === undefined || facts.kind !== "file" || facts.bytes > MOST_BYTES) return undefined;
  return await workspace.readText(place(run), { maxBytes: MOST_BYTES });
}
