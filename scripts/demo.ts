// npm run demo: the whole road on this machine, four times, told in a few lines each. The work is in test/demo/digits-road.ts.
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";

import "../test/runner/json-attribute.ts";
import { parseRecord } from "../src/domain/record/record.ts";
import type { Pass } from "../test/demo/digits-road.ts";
import { githubPage } from "../test/demo/github-page.ts";

const root = resolve(import.meta.dirname, "..");
const folder = join(root, ".demo");
const verbose = process.argv.includes("--verbose");
const bold = (text: string): string => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);

need("git", ["--version"], "git");
need("python3.11", ["--version"], "Python 3.11", "python3");

console.log(`${bold("Model road")}: from a commit to predictions, on this machine alone.
Runs workflows-examples/local.yml as GitHub's runner would. The first time it installs scikit-learn and seldon-core
(once for training, once for serving: a minute or two); they are kept in the cache folder.${verbose ? "" : " --verbose shows the whole log."}
`);

// The workflow parser imports JSON in a way that Node must be told of first, by the import above.
const { digitsRoad, stepOf, THREE } = await import("../test/demo/digits-road.ts");

const grey = " .:-=+*#%@".split("");
const picture = THREE.map((row) =>
  row.map((value) => grey[Math.min(9, Math.round((value / 16) * 9))]!.repeat(2)).join(""),
);

// On a terminal, the step at work and its seconds: the first training and the first serving install for half a minute each.
let working = { step: "", since: performance.now() };
const status = (): void => {
  if (working.step === "") return;
  process.stdout.write(`\r\u001b[2K  … ${working.step} ${((performance.now() - working.since) / 1000).toFixed(0)} s`);
};
const ticking = process.stdout.isTTY && !verbose ? setInterval(status, 500) : undefined;
const watch = (line: string): void => {
  const [, step] = /^##\[group\]Run (?:model-road\/model-road\/)?(actions\/[\w-]+)/.exec(line) ?? [];
  if (step !== undefined) working = { step: step.replace("actions/", ""), since: performance.now() };
};
const clear = (): void => {
  working = { step: "", since: 0 };
  if (ticking) process.stdout.write("\r\u001b[2K");
};

const start = performance.now();
const { passes } = await digitsRoad({
  folder,
  onPass: ({ number, title }) => console.log(bold(`Pass ${number}: ${title}`)),
  onPassDone: async (pass) => {
    clear();
    tell(pass);
    await writeFile(join(folder, `summary-${pass.number}.md`), pass.result.summary);
    await writeFile(
      join(folder, `summary-${pass.number}.html`),
      githubPage(`Job summary, pass ${pass.number}`, pass.result.summary),
    );
    for (const comment of pass.comments) {
      await writeFile(join(folder, `comment-${pass.number}.md`), comment);
      await writeFile(
        join(folder, `comment-${pass.number}.html`),
        githubPage(`github-actions commented on #7, pass ${pass.number}`, comment),
      );
    }
  },
  onLine: verbose ? (line) => console.log(line.replace(/^/gm, "    │ ")) : watch,
});
clearInterval(ticking);
clear();

const here = (file: string): string => relative(process.cwd(), join(folder, file));
console.log(`As GitHub would show them:
  the job's summary          ${here("summary-3.html")} (served), ${here("summary-4.html")} (rejected)
  the pull request's comment ${here("comment-3.html")}, and after the bad model ${here("comment-4.html")}
  (the same as Markdown beside them; the image is the OCI layout ${here("images/digits")})

Everything that was started is stopped. ${((performance.now() - start) / 1000).toFixed(0)} s in all.`);

const [first, second, third, fourth] = passes;
const asPromised =
  first?.result.conclusion === "success" &&
  second?.result.conclusion === "success" &&
  third?.result.conclusion === "success" &&
  third.polled?.failed === 0 &&
  fourth?.result.conclusion === "failure" &&
  fourth.prediction?.deployId === third.prediction?.deployId;
if (!asPromised) {
  console.error("\nThe demo did not go as it should: see the log above, or run it with --verbose.");
  process.exitCode = 1;
}

/** A pass in a few lines, for someone who has never seen any of this. */
function tell(pass: Pass): void {
  const { result, prediction, polled } = pass;
  const output = (step: string, name: string): string => stepOf(result, step)?.outputs[name] ?? "";
  const text = output("gate", "record") || output("train", "record");
  const record = text === "" ? undefined : parseRecord(text);
  const row = (name: string, said: string): void => console.log(`  ${name.padEnd(8)} ${said}`);
  const figure = (value: number | undefined): string =>
    value === undefined ? "nothing" : String(Number(value.toPrecision(3)));

  if (record) {
    const { training, metrics, gate } = record;
    row(
      "train",
      training.skipped ? `skipped: ${training.reason}` : `trained in ${figure(training.seconds)} s: ${training.reason}`,
    );
    for (const change of training.changed) if (!training.reason.includes(change)) row("", change);
    const { accuracy, log_loss: loss, n } = metrics?.values ?? {};
    if (!training.skipped)
      row("", `reads ${n} digits that it has not seen: accuracy ${figure(accuracy)}, log loss ${figure(loss)}`);
    const rules = (gate?.rules ?? []).map(({ rule, verdict, observed }) =>
      verdict === "passed" ? rule : `${rule}, saw ${figure(observed)}`,
    );
    row("gate", `${gate?.decision ?? "undecided"}: ${rules.join("; ")}`);
  }
  const digest = output("image", "digest").slice(0, 19);
  if (digest !== "")
    row(
      "image",
      output("image", "skipped") === "true"
        ? `skipped: ${digest}… holds this model and code already`
        : `written: ${digest}…, an OCI layout`,
    );
  const operation = output("deploy", "operation");
  if (operation === "") row("deploy", "nothing: the gate did not pass");
  else
    row(
      "deploy",
      operation === "unchanged"
        ? `skipped: ${output("deploy", "reason")}`
        : `${operation}, at ${output("deploy", "prediction-url")}`,
    );
  if (prediction) {
    const { digit, probability, deployId } = prediction;
    const answer = `${pass.number === 4 ? "the model of before still reads" : "reads"} a ${digit} (${(probability * 100).toFixed(1)} %), version ${deployId.slice(0, 8)}`;
    if (pass.number > 1) row("predict", answer);
    else
      for (const [at, line] of picture.entries())
        row(at === 0 ? "predict" : "", at === 3 ? `${line}  ◀ ${answer}` : line.trimEnd());
  }
  if (polled && pass.number === 3) {
    row(
      "client",
      `asked that URL ${polled.requests} times meanwhile: ${polled.failed} requests failed, ${polled.versions.length} versions answered`,
    );
    for (const failure of polled.failures) row("", failure);
  }
  const asAsked = result.conclusion === (pass.number === 4 ? "failure" : "success");
  row(
    "",
    `${result.conclusion === "success" ? "green" : "red"}${pass.number === 4 && asAsked ? ", as the workflow asked (on-reject: fail)" : ""}, ${pass.seconds.toFixed(1)} s\n`,
  );
  if (!asAsked) console.log(result.log);
}

function need(command: string, args: string[], what: string, other?: string): void {
  const works = [command, ...(other === undefined ? [] : [other])].some((each) => {
    const done = spawnSync(each, args, { encoding: "utf8" });
    return done.status === 0 && (each === command || done.stdout.includes("3.11"));
  });
  if (works) return;
  console.error(`demo: expected ${what} in PATH, saw none. Install it and run the demo again.`);
  process.exit(1);
}
