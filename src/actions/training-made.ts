import { TRAINING_LABEL, TRAINING_RUN, podsOf } from "../domain/kubernetes/training.ts";
import { title, type Document } from "../domain/kubernetes/documents.ts";
import { canonicalJson, parseJson } from "../domain/text/json.ts";
import { check, object, optional, string } from "../domain/text/shape.ts";
import { refuse } from "../errors.ts";
import type { Clock, Cluster, Log, Workspace } from "../ports.ts";
import { podsPath } from "./training-watch.ts";

// What a training has made in a cluster is written down before it is made, so that the end of the job can take it away also
// where the step itself was killed.

const shape = object({
  path: string(),
  name: string({ most: 63 }),
  run: string({ most: 40 }),
  /** Absent until the cluster has answered. */
  uid: optional(string({ most: 100 })),
});

/** The object of a training that is not ended yet. */
export type MadeObject = { readonly path: string; readonly name: string; readonly run: string; readonly uid?: string };

const fileOf = (planFile: string): string => `${planFile.slice(0, planFile.lastIndexOf("/"))}/made.json`;

export async function noteMade(planFile: string, made: MadeObject | undefined, workspace: Workspace): Promise<void> {
  if (made === undefined) await workspace.remove(fileOf(planFile));
  else await workspace.write(fileOf(planFile), canonicalJson(made), { mode: 0o600 });
}

export async function readMade(planFile: string, workspace: Workspace): Promise<MadeObject | undefined> {
  const where = "the note of what the training made";
  const text = planFile === "" ? undefined : await workspace.readText(fileOf(planFile), { maxBytes: 65_536 });
  return text === undefined ? undefined : check(shape, parseJson(text, { where, maxBytes: 65_536 }), where);
}

/** Removes what the note names, if it is that: by its uid, or where none is known by the labels of this very run. */
export async function removeMade(made: MadeObject, cluster: Cluster): Promise<boolean> {
  const { path, name, run } = made;
  const uid = made.uid ?? (await uidOfRun(path, name, run, cluster));
  return uid !== undefined && (await cluster.remove(path, uid));
}

async function uidOfRun(path: string, name: string, run: string, cluster: Cluster): Promise<string | undefined> {
  const { uid, labels = {} } = (await cluster.get(path))?.metadata ?? {};
  return labels[TRAINING_LABEL] === name && labels[TRAINING_RUN] === run ? uid : undefined;
}

const PAUSE_MS = 250;

/** Waits until an object that was removed is gone with its pods, so that a claim that they held is free. */
export async function waitUntilGone(
  {
    cluster,
    namespace,
    path,
    uid,
    document,
  }: {
    readonly cluster: Cluster;
    readonly namespace: string;
    readonly path: string;
    readonly uid: string;
    readonly document: Document;
  },
  limitMs: number,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<void> {
  const until = clock.elapsed() + limitMs;
  for (;;) {
    const object = await cluster.get(path);
    const pods = await cluster.list(podsPath(namespace), { labels: podsOf(document) });
    if (object?.metadata.uid !== uid && pods.length === 0) return;
    if (clock.elapsed() + PAUSE_MS >= until) break;
    await clock.sleep(PAUSE_MS);
  }
  log.warning(`${title(document)} is being deleted, and its pods are not gone after ${Math.round(limitMs / 1000)} s.`);
}

/** @throws ActionError when something of that name is there, which is not of this attempt */
export async function refuseTaken(path: string, document: Document, cluster: Cluster): Promise<void> {
  if ((await cluster.get(path)) === undefined) return;
  refuse({
    where: title(document),
    expected: "a name that is free, since it is of this run and attempt",
    seen: "an object of that name",
    fix: "Does another step of this run train under the same name? Give each a name of its own.",
  });
}
