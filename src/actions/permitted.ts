import { allowance, instead, whyNot, type Activity } from "../domain/trust/allowance.ts";
import { CALLED, circumstanceOf, type Circumstance, type EventFacts } from "../domain/trust/circumstances.ts";
import { refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import { field, parsed } from "./event-payload.ts";
import type { Workspace } from "../ports.ts";

/** GitHub allows payloads of 25 MB. */
const MAX_EVENT_BYTES = 32 * 1024 * 1024;
const MAX_REF_BYTES = 16 * 1024 * 1024;

type Ports = { readonly workspace: Pick<Workspace, "readText" | "facts"> };

/**
 * Refuses what the event of this run does not allow, and a privileged event with anything but the run's own commit checked out.
 * @param folder where the code lies that is about to be used; absolute
 * @throws ActionError that names the event, and what to do in its place
 */
export async function permit(activity: Activity, run: Run, ports: Ports, folder = run.workspace): Promise<void> {
  const facts = await eventFacts(run, ports);
  const circumstance = circumstanceOf(facts);
  const may = allowance(circumstance, activity);
  if (may === "no") {
    refuse({
      where: `the event ${run.event}`,
      expected: `one that may ${DOING[activity]}`,
      seen: `${CALLED[circumstance]}, which ${whyNot(circumstance, activity)}`,
      fix: instead(activity),
    });
  }
  if (may === "own") await refuseOthersCode(circumstance, folder, run, ports);
}

const DOING: Readonly<Record<Activity, string>> = {
  train: "train",
  reuse: "use an earlier result",
  gate: "run an evaluation",
  build: "build an image",
  try: "serve on this machine",
  push: "push an image, or train in a cluster",
  deploy: "deploy",
  preview: "make a preview",
  comment: "comment",
  promote: "promote",
  cleanup: "clean up",
};

/** Reads what the payload says. Its texts are data from outside: names to compare with, never paths or commands. */
export async function eventFacts(run: Run, { workspace }: Ports): Promise<EventFacts> {
  const text =
    run.eventPath === undefined ? undefined : await workspace.readText(run.eventPath, { maxBytes: MAX_EVENT_BYTES });
  const payload = parsed(text);
  const pull = field(payload, "pull_request");
  const of = field(payload, "workflow_run");
  const number = field(pull, "number");
  return {
    event: run.event,
    action: textOf(field(payload, "action")),
    ref: run.ref,
    repositoryId: run.repositoryId,
    defaultBranch: textOf(field(field(payload, "repository"), "default_branch")) || undefined,
    pullRequest:
      typeof number === "number"
        ? {
            number,
            headRepositoryId: textOf(field(field(field(pull, "head"), "repo"), "id")),
            headSha: textOf(field(field(pull, "head"), "sha")),
            author: textOf(field(field(pull, "user"), "login")),
          }
        : undefined,
    workflowRun:
      of === undefined
        ? undefined
        : {
            id: textOf(field(of, "id")),
            event: textOf(field(of, "event")),
            headRepositoryId: textOf(field(field(of, "head_repository"), "id")),
            headSha: textOf(field(of, "head_sha")),
            headBranch: textOf(field(of, "head_branch")),
          },
    label: textOf(field(field(payload, "label"), "name")) || undefined,
    sender: textOf(field(field(payload, "sender"), "login")),
  };
}

/** A privileged run that has fetched somebody's pull request would run it beside the secrets of the default branch. */
async function refuseOthersCode(circumstance: Circumstance, folder: string, run: Run, ports: Ports): Promise<void> {
  const head = await checkedOut(folder, run.workspace, ports);
  if (head === run.sha) return;
  refuse({
    where: `the checkout, at the event ${run.event}`,
    expected: `this run's own commit, ${run.sha.slice(0, 12)}`,
    seen:
      head === undefined
        ? "files of which git does not tell where they come from"
        : `commit ${head.slice(0, 12)}: ${CALLED[circumstance]} would run it with the rights and secrets of the default branch`,
    fix: "Train and try a pull request's code by the event pull_request, which has no secret; see docs/security.md.",
  });
}

/** The commit that is checked out at a folder or above it, within the workspace. */
async function checkedOut(folder: string, top: string, { workspace }: Ports): Promise<string | undefined> {
  for (
    let at = folder.replace(/\/+$/, "");
    at === top || at.startsWith(`${top}/`);
    at = at.slice(0, at.lastIndexOf("/"))
  ) {
    if ((await workspace.facts(`${at}/.git`)) === undefined) continue;
    return await commitAt(`${at}/.git`, { workspace });
  }
  return undefined;
}

async function commitAt(git: string, { workspace }: Ports): Promise<string | undefined> {
  const read = async (path: string) => {
    const facts = await workspace.facts(path);
    return facts?.kind === "file" ? await workspace.readText(path, { maxBytes: MAX_REF_BYTES }) : undefined;
  };
  const head = (await read(`${git}/HEAD`))?.trim() ?? "";
  if (COMMIT.test(head)) return head;
  const [, ref] = /^ref: (refs\/heads\/[^\u0000-\u0020]+)$/.exec(head) ?? [];
  if (ref === undefined || ref.split("/").includes("..")) return undefined;
  const loose = (await read(`${git}/${ref}`))?.trim() ?? "";
  if (COMMIT.test(loose)) return loose;
  const packed = (await read(`${git}/packed-refs`))?.split("\n").find((line) => line.endsWith(` ${ref}`));
  const [sha = ""] = packed?.split(" ") ?? [];
  return COMMIT.test(sha) ? sha : undefined;
}

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
