// What happened in the story, as a page of the documentation: what was done, the lines of the log that matter, the comment as it stood.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { RunResult } from "../../runner/run-workflow.ts";

export const PAGE = join(import.meta.dirname, "../../../docs/story.md");

export type StepName = keyof typeof STEPS;
export type Transcript = {
  tell(step: StepName, result: RunResult, comment?: string): void;
  /** Writes the page, where that was asked for. */
  end(): void;
};

const LINES = {
  training: /^(?:Fingerprint|Training:|Trained|Skipping the training|read \d+ unseen)/,
  gate: /^(?:passed|rejected|inconclusive) {2,}|^The gate's decision/,
  image:
    /^(?:The server answers after|(?:dependencies|code|model) layer: |Image |Nothing to build|The image got|Attestation created)/,
  deploy: /^[a-z0-9-]+\/[a-z0-9-]+(?:: (?:create|update|unchanged)\b| serves )|^It predicted/,
  promote: /^(?:v\d\S* is commit|The image got)/,
  failure: /^(?:pod \S+: |event BackOff|Traceback|KeyError|Putting |The version before|##\[error\])/,
  cleanup: /pull request #\d+ is not open|^Removed/,
} as const;

/** Each step's heading, what is done in it, and which lines of the log are shown. */
export const STEPS = {
  first: [
    "The first push",
    "`main.yml` trains, gates, builds, signs and deploys to staging.",
    ["training", "gate", "image", "deploy"],
  ],
  release: [
    "The first release",
    "`v1.0.0` is published. `release.yml` looks up the image of the tagged commit and who says that its gate has passed, and deploys that very image to production.",
    ["promote", "deploy"],
  ],
  opened: [
    "A pull request",
    "A parameter changes. `pull-request-preview.yml` trains, gates against what serves in staging, and deploys a preview under a name of its own, by an account that can do nothing else. The one comment:",
    ["training", "gate", "image", "deploy"],
  ],
  worse: [
    "A worse model",
    "The next push shuffles the labels. Nothing is built or deployed, the preview goes on serving what it served, and the same comment says so:",
    ["training", "gate", "image", "deploy"],
  ],
  better: [
    "A better one",
    "With the right labels again, and surer still: the preview's address now serves this version.",
    ["training", "gate", "image", "deploy"],
  ],
  merged: [
    "Merged",
    "The pull request is squashed, so main has a commit that no run has seen. Its model is found all the same: nothing is trained, nothing is built, staging is brought to the pull request's image.",
    ["training", "gate", "image", "deploy"],
  ],
  closed: ["Closed", "`preview-cleanup.yml` takes down the preview and its deployments on GitHub.", ["cleanup"]],
  docs: [
    "A commit of words",
    "The README changes. Nothing is trained, built or restarted; the image gets the tag of this commit, so that it can be released.",
    ["training", "gate", "image", "deploy"],
  ],
  promoted: [
    "Released",
    "`v1.1.0` is that commit of words. Production gets the pull request's image.",
    ["promote", "deploy"],
  ],
  bad: [
    "A bad release",
    "A commit reads settings by namespace, and the table lacks production. Trial and staging are fine. In production the new pods fall over; the old one serves on, without one failed request, and is put back. The run is red.",
    ["promote", "deploy", "failure"],
  ],
  back: [
    "The way back",
    "`release.yml`, by hand, with `version: v1.0.0`: the image before, with nothing trained or built. `1.0` and `1` stay where they are.",
    ["promote", "deploy"],
  ],
} as const satisfies Record<string, readonly [string, string, readonly (keyof typeof LINES)[]]>;

const INTRO = `# The story of a model

This page is written by the test that it tells of (\`WRITE_STORY=1\`, \`test/cluster/story.cluster.ts\`): the workflows of
[workflows-examples](../workflows-examples), run as GitHub's runner does, with images in a registry and
SERVED. Three lines of the workflows are not as you would copy them: the model trains in a blink without packages, and its base image
is the test's own. Ids, digests and addresses are replaced, everything else is as it was.
`;

/**
 * @param names texts of the test's own world, and what the page calls them
 * @param served by what, as the page says it
 */
export function openTranscript(names: Readonly<Record<string, string>>, served: string): Transcript {
  const write = (process.env["WRITE_STORY"] ?? "") !== "";
  const told: string[] = [];
  const shown = (text: string): string =>
    Object.entries(names)
      .toSorted(([a], [b]) => b.length - a.length)
      .reduce((all, [name, other]) => all.replaceAll(name, other), text);
  return {
    tell: (step, { log, conclusion }, comment) => {
      const [title, prose, kinds] = STEPS[step];
      const wanted = kinds.map((kind) => LINES[kind]);
      const lines = log.split("\n").filter((line) => wanted.some((each) => each.test(line)));
      told.push(
        `## ${title}\n\n${prose}\n\n${comment === undefined ? "" : `${quoted(shown(comment))}\n\n`}\`\`\`text\n${lines.map(shown).map(cut).join("\n")}\n\`\`\`\n\nThe run: ${conclusion === "success" ? "green" : "red"}.\n`,
      );
    },
    end: () => {
      if (write) writeFileSync(PAGE, withPlainIds([INTRO.replace("SERVED", served), ...told].join("\n")));
    },
  };
}

const MOST = 240;
const cut = (line: string): string => (line.length <= MOST ? line : `${line.slice(0, MOST)}…`);

const quoted = (markdown: string): string =>
  markdown
    .trim()
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");

/**
 * Hashes by the order in which they appear, also where only their first digits are shown: `1111…`, `2222…`. What was decided by chance
 * or by the clock would change the page each time it is written.
 */
export function withPlainIds(text: string): string {
  const whole = [...new Set(text.match(/\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/g))];
  const plain: string[] = [];
  return text.replaceAll(/\b[0-9a-f]{7,64}\b/g, (id) => {
    const known = whole.find((each) => each.startsWith(id));
    // A number, or a word of these letters alone, is no hash but where it is the beginning of one.
    if (known === undefined && id.length !== 12 && !(/[0-9]/.test(id) && /[a-f]/.test(id))) return id;
    let at = plain.findIndex((each) => each.startsWith(id));
    if (at < 0) at = plain.push(known ?? id) - 1;
    return (at + 1).toString(16).padStart(2, "0").repeat(32).slice(0, id.length);
  });
}
