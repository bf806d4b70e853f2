import type { Outcome, Story } from "../action.ts";
import type { ImageReference } from "../domain/image/manifest.ts";
import { namespaceName } from "../domain/seldon/names.ts";
import { ActionError, refuse, sentence, type Mistake } from "../errors.ts";
import { flag, integer, lines, oneOf, parsed, seconds, text, type Run, type Values } from "../inputs.ts";
import type { Clock, GitHub, Images, Kubernetes, LocalServing, Log, Workspace } from "../ports.ts";
import { permit } from "./permitted.ts";
import type { Swept } from "./preview-sweep.ts";

const inputs = {
  "pull-request": integer({
    description:
      "Remove the previews of this pull request, once it is closed. Left out, the closed pull request of the run's event; in every other run all previews are looked through.",
    least: 1,
    most: 2_147_483_647,
  }),
  target: oneOf(["seldon", "local"], {
    description: "Where the previews are: `seldon` is a cluster, `local` this machine.",
    default: "seldon",
  }),
  namespace: text({
    description: "The namespace of the previews.",
    default: "default",
    ...namespaceName,
  }),
  kubeconfig: text({
    description:
      "Target seldon: how the cluster is reached, as YAML or its base64. Left out, the file that `KUBECONFIG` names, or `~/.kube/config`.",
    secret: true,
  }),
  "kube-context": text({ description: "Target seldon: the kubeconfig's context. Left out, its current one." }),
  "allow-exec": lines({
    description:
      "Target seldon: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin.",
  }),
  image: parsed<ImageReference>({
    description:
      "The images' repository: tags `pr-<number>` and `pr-<number>-…` of closed pull requests are taken away there, but for those of an image that something serves. Left out, no tag is touched.",
    accepts: "an image's name without tag or digest",
    parse: async (value) => (await import("../domain/image/reference.ts")).parseReference(value, "image"),
  }),
  "preview-ttl": seconds({
    description: "How long a preview stays that does not say it itself, as with target local.",
    default: "168h",
    most: 8784 * 3600,
  }),
  "dry-run": flag({ description: "Only tell what would be removed.", default: "false" }),
  "github-token": text({
    description: "Lists the open pull requests, and removes the previews' deployments.",
    expression: "${{ github.token }}",
    secret: true,
  }),
};

const outputs = {
  removed: "What was removed, as a JSON list: namespace, name, pull-request and why",
  kept: "How many previews of this repository stay",
  deployments: "How many GitHub deployments were removed",
  tags: "The tags that were taken away, as a JSON list",
};

export type CleanupPorts = {
  readonly log: Log;
  readonly clock: Clock;
  readonly workspace: Workspace;
  readonly github: GitHub;
  readonly images: Images;
  readonly kubernetes: Kubernetes;
  readonly serving: LocalServing;
  readonly signal: AbortSignal;
};
export type CleanupInputs = Values<typeof inputs>;

/**
 * Removes the previews of closed pull requests, expired and orphaned ones, with their deployments and tags. What is gone already is
 * as good as removed, so it may run twice, and after any crash.
 */
export const previewCleanup: Story<typeof inputs, CleanupPorts> = {
  id: "preview-cleanup",
  inputs,
  outputs,
  run: async (given, run, ports) => {
    refuseInputs(given, run);
    await permit("cleanup", run, ports);
    const { sweep } = await import("./preview-sweep.ts");
    return tell(await sweep(given, run, ports), given);
  },
};

function refuseInputs(given: CleanupInputs, run: Run): void {
  if (run.repositoryId === "") {
    refuse({ where: "GITHUB_REPOSITORY_ID", expected: "the repository whose previews these are", seen: "nothing" });
  }
  const mistakes: Mistake[] = [];
  if (given.target === "local") {
    for (const each of ["kubeconfig", "kube-context"] as const) {
      if (given[each] === undefined) continue;
      const fix = "It is read with target: seldon only.";
      mistakes.push({ where: `input "${each}"`, expected: "nothing with target: local", seen: "a value", fix });
    }
  }
  if (given.image?.tag !== undefined || given.image?.digest !== undefined) {
    mistakes.push({ where: `input "image"`, expected: "a name without tag or digest", seen: "one with" });
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);
}

async function tell(swept: Swept, given: CleanupInputs): Promise<Outcome> {
  const { codeSpan, escapeCell } = await import("../domain/report/escape.ts");
  const { removed, kept, deployments, tags, mistakes } = swept;
  const would = given["dry-run"] ? "would be " : "";
  const rows = removed.map(
    ({ namespace, name, why }) => `| ${escapeCell(`${namespace}/${name}`)} | ${escapeCell(why)} |`,
  );
  const failure =
    mistakes.length === 0
      ? undefined
      : `Not everything could be removed; the next sweep goes on from here.\n${mistakes.map(sentence).join("\n")}`;
  return {
    outputs: {
      removed: JSON.stringify(
        removed.map(({ namespace, name, pullRequest, why }) => ({ namespace, name, "pull-request": pullRequest, why })),
      ),
      kept: String(kept),
      deployments: String(deployments),
      tags: JSON.stringify(tags),
    },
    summary: [
      `## Previews: ${removed.length} ${would}removed, ${kept} kept`,
      "",
      ...(rows.length === 0 ? [] : ["| Preview | Removed because |", "|---|---|", ...rows, ""]),
      ...(tags.length === 0 ? [] : [`Tags ${would}taken away: ${tags.map(codeSpan).join(", ")}`, ""]),
    ].join("\n"),
    ...(failure === undefined ? {} : { failure }),
  };
}
