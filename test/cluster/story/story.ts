// The whole story of a model on GitHub: each step is an event, what must have come of it, and a line for the transcript.
import { appendFileSync } from "node:fs";
import { resolve } from "node:path";

import { expect } from "vitest";

import { previewName } from "../../../src/domain/preview/preview.ts";
import { parseRecord } from "../../../src/domain/record/record.ts";
import type { SeldonDeployment } from "../../../src/domain/seldon/resource.ts";
import { poll } from "../../demo/poll.ts";
import { dispatch, type Event, pullRequest, push, release } from "../../runner/events.ts";
import type { Environment } from "../../runner/job-environment.ts";
import type { Machine } from "../../runner/machine.ts";
import { runWorkflow, type RunResult } from "../../runner/run-workflow.ts";
import type { StepReport } from "../../runner/step-report.ts";
import type { GitHub } from "../../world/github-rest/github.ts";
import { forgetful, params, projectFiles } from "./project.ts";
import type { Transcript } from "./transcript.ts";

const root = resolve(import.meta.dirname, "../../..");
const MOST_CALLS = 15;
const BRANCH = "surer";
const PULL = 7;
const body = JSON.stringify({ data: { ndarray: [Array(64).fill(8)] } });

type Stage = "previews" | "staging" | "production";
export type World = {
  readonly github: GitHub;
  readonly machine: Machine;
  readonly environments: Record<string, Environment>;
  /** The image below; without one, an image holds model and code only. */
  readonly base: string | undefined;
  readonly namespaces: Readonly<Record<Stage, string>>;
  sdep(stage: Stage, name: string): Promise<SeldonDeployment | undefined>;
  /** Names of the pods that serve a model. */
  pods(stage: Stage, name: string): Promise<string[]>;
  readonly story: Transcript;
  /** Called with the digest that is about to fall over in production. @returns what the log must say of it */
  falls(digest: string): RegExp;
};

/** Tells it, and asks after each step. @returns the digests of the first version, which serves at the end, and of the second */
export async function tellStory(world: World): Promise<{ first: string; second: string }> {
  const { github, story } = world;
  const run = async (name: string, event: Event): Promise<RunResult> => await runIn(world, name, event);
  const imageAt = async (stage: Stage, name = "digits"): Promise<string | undefined> =>
    imageOf(await world.sdep(stage, name));
  const comment = (): string => {
    expect(github.world.comments).toHaveLength(1);
    return github.world.comments[0]!.body;
  };
  const commit = async (branch: string, files: Record<string, string>, message: string): Promise<string> =>
    await github.commit({ branch, from: "main", files, message });
  const tag = async (name: string): Promise<Event> => {
    await github.git.git(["tag", name, "main"]);
    return release({ tag: name });
  };

  // The first version.
  await github.commit({
    branch: "main",
    from: "nothing",
    files: projectFiles(world.base),
    message: "Read digits",
  });
  const first = await run("main.yml", push({ branch: "main" }));
  expect(first.conclusion, first.log).toBe("success");
  expect(recordOf(first, "deploy")).toMatchObject({
    training: { skipped: false },
    deployment: { operation: "created" },
  });
  const stagingUrl = recordOf(first, "deploy").deployment!.url;
  expect(await ask(stagingUrl)).toBe(200);
  story.tell("first", first);
  const one = await run("release.yml", await tag("v1.0.0"));
  expect(one.conclusion, one.log).toBe("success");
  const firstDigest = recordOf(first, "image").image!.digest;
  expect(outputsOf(one, "promote")).toMatchObject({ operation: "created", digest: firstDigest });
  const productionUrl = outputsOf(one, "promote")["prediction-url"]!;
  expect(await ask(productionUrl)).toBe(200);
  story.tell("release", one);

  // A pull request.
  await commit(BRANCH, { "params.yaml": params(0.006) }, "Be surer");
  const pull = { number: PULL, head: BRANCH, title: "Be surer" };
  const opened = await run("pull-request-preview.yml", pullRequest(pull));
  expect(opened.conclusion, opened.log).toBe("success");
  const preview = previewName({ repositoryId: String(github.world.id), pullRequest: PULL, model: "digits" });
  const { url } = recordOf(opened, "deploy").deployment!;
  expect(url).toContain(preview);
  expect(await ask(url)).toBe(200);
  expect(comment()).toContain(url);
  expect(comment()).toMatch(/passed/);
  expect(recordOf(opened, "train").gate!.baseline).toMatchObject({ kind: "live" });
  story.tell("opened", opened, comment());

  // Worse: nothing is built, and the preview stays.
  const before = await imageAt("previews", preview);
  await commit(BRANCH, { "params.yaml": params(0.006, true) }, "Shuffle the labels");
  const worse = await run("pull-request-preview.yml", pullRequest({ ...pull, action: "synchronize" }));
  expect(worse.conclusion, worse.log).toBe("success");
  expect(jobOf(worse, "train").outputs["decision"]).toBe("rejected");
  expect([jobOf(worse, "image").conclusion, jobOf(worse, "deploy").conclusion]).toEqual(["skipped", "skipped"]);
  expect(await imageAt("previews", preview)).toBe(before);
  expect(await ask(url)).toBe(200);
  expect(comment()).toMatch(/rejected/);
  story.tell("worse", worse, comment());

  // Better: the preview's address serves it now.
  await commit(BRANCH, { "params.yaml": params(0.01) }, "Surer still, with the right labels");
  const better = await run("pull-request-preview.yml", pullRequest({ ...pull, action: "synchronize" }));
  expect(better.conclusion, better.log).toBe("success");
  expect(recordOf(better, "deploy").deployment).toMatchObject({ operation: "updated", url });
  const secondDigest = recordOf(better, "image").image!.digest;
  expect(await imageAt("previews", preview)).toContain(secondDigest);
  expect(comment()).toMatch(/passed/);
  story.tell("better", better, comment());

  // Merged: found again, and deployed to staging.
  const merged = await github.mergePull(PULL, "squash");
  const main = await run("main.yml", push({ branch: "main" }));
  expect(main.conclusion, main.log).toBe("success");
  expect(recordOf(main, "deploy")).toMatchObject({
    source: { sha: merged },
    training: { skipped: true },
    model: { digest: recordOf(better, "train").model.digest },
    image: { digest: secondDigest },
    deployment: { operation: "updated", url: stagingUrl },
  });
  expect(main.processes.filter(({ command }) => JSON.stringify(command).includes("train.py"))).toEqual([]);
  expect(await imageAt("staging")).toContain(secondDigest);
  story.tell("merged", main);

  // Closed: the preview goes, with its deployments.
  const closed = await run("preview-cleanup.yml", pullRequest({ ...pull, action: "closed", merged: true }));
  expect(closed.conclusion, closed.log).toBe("success");
  expect(JSON.parse(outputsOf(closed, "cleanup")["removed"]!)).toMatchObject([{ name: preview, "pull-request": PULL }]);
  expect(await world.sdep("previews", preview)).toBeUndefined();
  expect(github.world.deployments.filter(({ environment }) => environment === "preview")).toEqual([]);
  story.tell("closed", closed);

  // Words only, and a release of them.
  const pods = await world.pods("staging", "digits");
  const words = await commit("main", { "README.md": "# digits\n\nReads digits.\n" }, "Say what it does");
  const docs = await run("main.yml", push({ branch: "main" }));
  expect(docs.conclusion, docs.log).toBe("success");
  expect(recordOf(docs, "deploy")).toMatchObject({
    source: { sha: words },
    training: { skipped: true },
    image: { digest: secondDigest },
    deployment: { operation: "unchanged" },
  });
  expect(await world.pods("staging", "digits")).toEqual(pods);
  story.tell("docs", docs);
  const two = await run("release.yml", await tag("v1.1.0"));
  expect(two.conclusion, two.log).toBe("success");
  expect(outputsOf(two, "promote")).toMatchObject({ operation: "updated", digest: secondDigest, version: "1.1.0" });
  expect(await imageAt("production")).toContain(secondDigest);
  expect(two.processes.filter(({ command }) => JSON.stringify(command).includes("train.py"))).toEqual([]);
  story.tell("promoted", two);

  // A release that is fine in staging and falls over in production.
  await commit("main", { "DigitsModel.py": forgetful(world.namespaces.staging) }, "Read settings by namespace");
  const fine = await run("main.yml", push({ branch: "main" }));
  expect(fine.conclusion, fine.log).toBe("success");
  const why = world.falls(recordOf(fine, "image").image!.digest);
  const client = poll(productionUrl, body);
  const bad = await run("release.yml", await tag("v1.2.0"));
  const { failed, failures, requests } = await client.stop();
  expect(bad.conclusion).toBe("failure");
  expect(outputsOf(bad, "promote"), bad.log).toMatchObject({ operation: "failed", "rolled-back": "true" });
  expect(bad.log).toMatch(why);
  expect(await imageAt("production")).toContain(secondDigest);
  expect({ failed, failures }).toEqual({ failed: 0, failures: [] });
  expect(requests).toBeGreaterThan(10);
  expect(await ask(productionUrl)).toBe(200);
  story.tell("bad", bad);

  // The way back to the version before.
  const back = await run("release.yml", dispatch({ inputs: { version: "v1.0.0" } }));
  expect(back.conclusion, back.log).toBe("success");
  expect(outputsOf(back, "promote")).toMatchObject({ operation: "updated", digest: firstDigest, version: "1.0.0" });
  expect(await imageAt("production")).toContain(firstDigest);
  expect(await ask(productionUrl)).toBe(200);
  story.tell("back", back);
  story.end();
  return { first: firstDigest, second: secondDigest };
}

async function runIn({ github, machine, environments }: World, name: string, event: Event): Promise<RunResult> {
  const start = performance.now();
  const result = await runWorkflow({
    github,
    machine,
    workflow: `.github/workflows/${name}`,
    event,
    vars: { RUNS_ON: "self-hosted", RUNNER: "self-hosted" },
    environments,
    repositories: { "model-road/model-road": root },
  });
  console.log(`${name}: ${result.conclusion}, ${Math.round((performance.now() - start) / 100) / 10} s`);
  if (process.env["STORY_LOG"]) appendFileSync(process.env["STORY_LOG"], `=== ${name}\n${result.log}`);
  expect(result.requests.filter(({ refused }) => refused !== undefined)).toEqual([]);
  // A version that failed is looked at once more by the next one that succeeds.
  const fell = github.world.deployments.filter(({ statuses }) => statuses[0]?.state === "failure").length;
  const most = (name.startsWith("pull-request") ? 2 : 1) * MOST_CALLS + fell;
  const calls = result.requests.map(({ operation }) => operation);
  expect(calls.length, `${name}\n${calls.join("\n")}`).toBeLessThanOrEqual(most);
  return result;
}

const jobOf = (result: RunResult, id: string) => result.jobs[`road / ${id}`]!;
const recordOf = (result: RunResult, id: string) => parseRecord(jobOf(result, id).outputs["record"]!);
const outputsOf = (result: RunResult, id: string): Record<string, string> => {
  const within = (steps: readonly StepReport[]): StepReport | undefined =>
    steps.map((each) => (each.id === id ? each : within(each.children))).find((each) => each !== undefined);
  return within(Object.values(result.jobs).flatMap(({ steps }) => steps))?.outputs ?? {};
};
const ask = async (url: string): Promise<number> => {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { data } = (await answer.json()) as { data: { ndarray: number[][] } };
  expect(data.ndarray[0]).toHaveLength(10);
  return answer.status;
};
const imageOf = (sdep: SeldonDeployment | undefined): string | undefined =>
  sdep?.spec.predictors[0]?.componentSpecs?.[0]?.spec?.containers?.[0]?.image;
