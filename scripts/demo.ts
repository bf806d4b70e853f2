// npm run demo: the whole road on this machine, four times, told in a few lines each. The work is in test/demo/digits-road.ts.
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";

import "../test/runner/json-attribute.ts";
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

const start = performance.now();
const { passes } = await digitsRoad({
  folder,
  onPass: ({ number, title }) => console.log(bold(`Pass ${number}: ${title}`)),
  onPassDone: async (pass) => {
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
  ...(verbose ? { onLine: (line: string) => console.log(`    │ ${line}`) } : {}),
});

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

function tell(pass: import("../test/demo/digits-road.ts").Pass): void {
  const { result, prediction, polled } = pass;
  const output = (step: string, name: string): string => stepOf(result, step)?.outputs[name] ?? "";
  const record = JSON.parse(
    output("gate", "record") || output("train", "record") || "{}",
  ) as import("../src/domain/record/record.ts").ReleaseRecord;
  const values = Object.entries(record.metrics?.values ?? {}).map(
    ([name, value]) => `${name} ${Number(value.toPrecision(4))}`,
  );
  const lines: string[] = [];
  const row = (name: string, text: string): number => lines.push(`  ${name.padEnd(8)} ${text}`);

  const changed = record.training?.changed ?? [];
  row(
    "train",
    output("train", "skipped") === "true"
      ? `skipped: ${output("train", "reason")}`
      : `${output("train", "reason")} (${values.join(", ")})`,
  );
  for (const change of changed) row("", change);
  const rules = (record.gate?.rules ?? []).map(
    ({ rule, verdict, observed }) =>
      `${rule}: ${verdict}${verdict === "passed" ? "" : `, saw ${observed === undefined ? "nothing" : Number(observed.toPrecision(4))}`}`,
  );
  row("gate", `${output("gate", "decision")} (${rules.join("; ")})`);
  const digest = output("image", "digest");
  if (digest !== "")
    row(
      "image",
      `${output("image", "skipped") === "true" ? "skipped: unchanged, " : "written, "}${digest.slice(0, 19)}…`,
    );
  if (output("deploy", "operation") !== "") {
    row("deploy", `${output("deploy", "operation")}: ${output("deploy", "reason")}`);
    row("", output("deploy", "prediction-url"));
  } else row("deploy", "nothing: the gate said no");
  if (prediction) {
    const answer = `${pass.number === 4 ? "the model of before still " : ""}reads a ${prediction.digit} (probability ${prediction.probability.toFixed(3)}), version ${prediction.deployId.slice(0, 8)}`;
    if (pass.number === 1)
      for (const [at, line] of picture.entries())
        row(at === 0 ? "predict" : "", `${line}  ${at === 3 ? `◀ ${answer}` : ""}`);
    else row("predict", answer);
  }
  if (polled && pass.number === 3)
    row(
      "client",
      `asked ${polled.requests} times during the pass, ${polled.failed} failed; ${polled.versions.length} versions answered, one after the other`,
    );
  for (const failure of polled?.failures ?? []) row("", `failed: ${failure}`);
  row(
    "",
    `${result.conclusion === "success" ? "green" : "red"}${pass.number === 4 ? ", as the workflow asked (on-reject: fail)" : ""}, ${pass.seconds.toFixed(1)} s`,
  );
  console.log(`${lines.join("\n")}\n`);
  if (result.conclusion !== (pass.number === 4 ? "failure" : "success")) console.log(result.log);
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
