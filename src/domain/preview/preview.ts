import { createHash } from "node:crypto";

/** What a preview is of. One pull request may have several models. */
export type PreviewOf = {
  /** GitHub's number of the repository, which a rename does not change. */
  readonly repositoryId: string;
  readonly pullRequest: number;
  readonly model: string;
};

/** A namespace may hold the previews of several repositories: these labels say whose one is. */
export const PREVIEW_LABEL = "model-road/preview";
export const REPOSITORY_LABEL = "model-road/repository-id";
export const PULL_LABEL = "model-road/pull-request";
/** When it may be removed although its pull request is open: an ISO time. On the object, so that no pod restarts by it. */
export const EXPIRES_ANNOTATION = "model-road/expires";
/** The head commit that is shown. */
export const HEAD_ANNOTATION = "model-road/head";

const MOST_MODEL = 24;

/**
 * A name that stays the same over all pushes of a pull request, that no other pull request, model or repository has, and that is
 * short enough for what Seldon makes of it: at most 47 characters.
 */
export function previewName({ repositoryId, pullRequest, model }: PreviewOf): string {
  const mark = createHash("sha256")
    .update(JSON.stringify([repositoryId, pullRequest, model]))
    .digest("hex")
    .slice(0, 8);
  return `pr-${pullRequest}-${shortModel(model)}-${mark}`;
}

/** The pull request in a preview's name, where it is one of this repository; the model where no more than the name is known. */
export function pullOfName(name: string, repositoryId: string, model: string | undefined): number | undefined {
  const [, digits, short = ""] = /^pr-([1-9]\d{0,9})-(.+)-[0-9a-f]{8}$/.exec(name) ?? [];
  if (digits === undefined) return undefined;
  const pullRequest = Number(digits);
  return previewName({ repositoryId, pullRequest, model: model ?? short }) === name ? pullRequest : undefined;
}

const shortModel = (model: string): string => model.slice(0, MOST_MODEL).replace(/-+$/, "");

/** What a preview's object carries besides its spec. */
export function previewMarks(
  { repositoryId, pullRequest }: PreviewOf,
  { headSha, expires }: { readonly headSha: string; readonly expires: string },
): { readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> } {
  return {
    labels: {
      [PREVIEW_LABEL]: "true",
      [REPOSITORY_LABEL]: repositoryId,
      [PULL_LABEL]: String(pullRequest),
    },
    annotations: { [EXPIRES_ANNOTATION]: expires, [HEAD_ANNOTATION]: headSha },
  };
}

/** Selects the previews of one repository, and of nobody else. */
export const previewsOf = (repositoryId: string): string => `${PREVIEW_LABEL}=true,${REPOSITORY_LABEL}=${repositoryId}`;

/** A preview that stands somewhere, as far as it could be read. */
export type Standing = {
  /** Absent where the object does not say. */
  readonly pullRequest: number | undefined;
  /** Milliseconds since 1970; absent where the object does not say. */
  readonly expires: number | undefined;
};

/** Why a preview has to go; `undefined`: it stays. */
export function whyRemoved(
  { pullRequest, expires }: Standing,
  { openPulls, now }: { readonly openPulls: ReadonlySet<number>; readonly now: number },
): string | undefined {
  if (pullRequest === undefined) return "it belongs to no pull request";
  if (!openPulls.has(pullRequest)) return `pull request #${pullRequest} is not open`;
  if (expires !== undefined && expires <= now) return `it has expired (pull request #${pullRequest})`;
  return undefined;
}

/** What a pull request's event says, and what GitHub says of that pull request now. */
export type PreviewCase = {
  readonly event: string;
  readonly action: string;
  readonly repositoryId: string;
  readonly head: { readonly sha: string; readonly repositoryId: string };
  /** Of the event `labeled`. */
  readonly addedLabel: string | undefined;
  /** The label that asks for a preview, where one is needed. */
  readonly neededLabel: string | undefined;
  readonly now: { readonly open: boolean; readonly headSha: string; readonly headRepositoryId: string };
};

/**
 * Whether a pull request's run may deploy a preview. `skip` is an ordinary no; `refuse` is a workflow that would run foreign code
 * with rights.
 */
export function mayPreview(
  asked: PreviewCase,
): { readonly kind: "preview" } | { readonly kind: "skip" | "refuse"; readonly why: string } {
  const { event, action, repositoryId, head, addedLabel, neededLabel, now } = asked;
  if (event !== "pull_request") return { kind: "refuse", why: `the event ${event} gives a pull request's code rights` };
  if (action === "closed") return { kind: "skip", why: "the pull request is closed" };
  if (repositoryId === "" || head.repositoryId !== repositoryId || now.headRepositoryId !== repositoryId) {
    return { kind: "skip", why: "the pull request comes from another repository" };
  }
  if (!now.open) return { kind: "skip", why: "the pull request was closed meanwhile" };
  if (now.headSha !== head.sha) return { kind: "skip", why: "the pull request has a newer commit" };
  if (neededLabel !== undefined && !(action === "labeled" && addedLabel === neededLabel)) {
    // A label approves what was there when it was set: a later push has to be approved anew.
    return { kind: "skip", why: `nobody has set the label ${neededLabel} on this very commit` };
  }
  return { kind: "preview" };
}
