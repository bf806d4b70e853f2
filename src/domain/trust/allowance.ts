import type { Circumstance } from "./circumstances.ts";

/** Columns of the table in docs/security.md, in its order. */
export const ACTIVITIES = [
  "train",
  "reuse",
  "gate",
  "build",
  "try",
  "push",
  "deploy",
  "preview",
  "comment",
  "promote",
  "cleanup",
] as const;

/** `build` is an image in a folder, `push` one in a registry; `try` serves on the job's own machine; `deploy` is a cluster without `preview`. */
export type Activity = (typeof ACTIVITIES)[number];

/**
 * - `yes`, `no`: the actions do it, or refuse it by themselves
 * - `own`: only with the run's own commit checked out, never a pull request's
 * - `approved`: only what a maintainer has approved, for that one head
 * - `held`: nothing that the actions could refuse would hold, since whoever pushes there can edit the workflow. Environments, and
 *   what the cluster and the registry allow their credentials, decide
 */
export type Allowance = "yes" | "no" | "own" | "approved" | "held";

type Row = Readonly<Record<Activity, Allowance>>;

const row = (...allowances: readonly Allowance[]): Row =>
  Object.fromEntries(ACTIVITIES.map((activity, at) => [activity, allowances[at]!])) as Row;

/** What may be done by what started the run. The order is that of ACTIVITIES. */
const TABLE: Readonly<Record<Circumstance, Row>> = {
  fork: row("yes", "yes", "yes", "yes", "yes", "no", "no", "no", "no", "no", "no"),
  dependabot: row("yes", "yes", "yes", "yes", "yes", "no", "no", "no", "no", "no", "no"),
  "same-repository": row("yes", "yes", "yes", "yes", "yes", "held", "held", "yes", "yes", "no", "no"),
  closed: row("no", "no", "no", "no", "no", "no", "no", "no", "yes", "no", "yes"),
  "closed-fork": row("no", "no", "no", "no", "no", "no", "no", "no", "no", "no", "no"),
  "merge-group": row("yes", "yes", "yes", "yes", "yes", "yes", "no", "no", "no", "no", "no"),
  "default-branch": row("yes", "yes", "yes", "yes", "yes", "yes", "yes", "no", "no", "no", "yes"),
  "other-branch": row("yes", "yes", "yes", "yes", "yes", "held", "held", "no", "no", "no", "no"),
  tag: row("yes", "yes", "yes", "yes", "yes", "yes", "yes", "no", "no", "yes", "no"),
  release: row("yes", "yes", "yes", "yes", "yes", "yes", "yes", "no", "no", "yes", "no"),
  schedule: row("yes", "yes", "yes", "yes", "yes", "yes", "yes", "no", "no", "no", "yes"),
  dispatch: row("yes", "yes", "yes", "yes", "yes", "yes", "yes", "no", "no", "yes", "yes"),
  "dispatch-elsewhere": row("yes", "yes", "yes", "yes", "yes", "held", "held", "no", "no", "no", "no"),
  comment: row("own", "yes", "own", "own", "own", "own", "no", "no", "yes", "no", "no"),
  "pull-request-target": row("own", "yes", "own", "own", "own", "own", "no", "approved", "yes", "no", "yes"),
  "run-of-stranger": row("own", "yes", "own", "own", "own", "own", "no", "approved", "yes", "no", "no"),
  "run-of-ours": row("own", "yes", "own", "own", "own", "own", "yes", "no", "no", "no", "yes"),
  "other-event": row("yes", "yes", "yes", "yes", "yes", "held", "held", "no", "no", "no", "no"),
};

/** What an event lets the actions do. */
export const allowance = (circumstance: Circumstance, activity: Activity): Allowance => TABLE[circumstance][activity];

/** Why an event does not let them, as a sentence's end: `saw a fork's pull request, which …`. */
export function whyNot(circumstance: Circumstance, activity: Activity): string {
  if (circumstance === "fork" || circumstance === "dependabot") return "has no secret and can write nothing";
  if (circumstance === "closed" || circumstance === "closed-fork")
    return "is over: what it came to runs on the default branch";
  if (activity === "preview") return "has no pull request to show a model in";
  if (activity === "comment") return "has no pull request";
  if (activity === "promote") return "names no tag on the default branch";
  if (activity === "cleanup") return "ends no pull request";
  if (circumstance === "merge-group") return "may still be dropped from the queue";
  return "anyone can make happen, while it has the rights of the default branch";
}

/** What to do in its place. */
export function instead(activity: Activity): string {
  if (activity === "push") return "Build into a folder (image: oci:image); the run of the default branch pushes.";
  if (activity === "promote") return "Promote by a tag, by a release, or by hand on the default branch.";
  if (activity === "deploy" || activity === "preview") {
    return "Deploy from a push to the default branch, or from a tag.";
  }
  return "Use the events pull_request and push.";
}
