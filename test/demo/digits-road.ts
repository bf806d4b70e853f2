// The demo as data: four passes of workflows-examples/local.yml over workflows-examples/digits, run as GitHub's runner would.
// scripts/demo.ts prints what happens here, test/demo/digits-road.test.ts asserts it.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { dispatch, pullRequest, push } from "../runner/events.ts";
import { startMachine } from "../runner/machine.ts";
import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { startGitHub } from "../world/github-rest/github.ts";
import { poll, type Polled } from "./poll.ts";

const root = resolve(import.meta.dirname, "..", "..");

export type Pass = {
  readonly number: 1 | 2 | 3 | 4;
  readonly title: string;
  readonly result: RunResult;
  readonly seconds: number;
  /** What the model that serves after the pass reads in a handwritten 3, and which version it is. */
  readonly prediction: Prediction | undefined;
  /** Of a client that asked again and again during the whole pass. */
  readonly polled: Polled | undefined;
  /** The pull request's comment after the pass, as Markdown. */
  readonly comments: readonly string[];
};

export type Prediction = {
  readonly digit: number;
  readonly probability: number;
  readonly deployId: string;
  readonly url: string;
};

export type Road = {
  readonly passes: readonly Pass[];
  readonly unchanged: readonly RunResult[];
  readonly folder: string;
};

/** Row 45 of scikit-learn's digits, which training does not see: a three, eight by eight grey values from 0 to 16. */
export const THREE = [
  [0, 0, 9, 16, 13, 6, 0, 0],
  [0, 0, 6, 5, 16, 16, 0, 0],
  [0, 0, 0, 8, 15, 5, 0, 0],
  [0, 0, 0, 5, 14, 3, 0, 0],
  [0, 0, 0, 0, 9, 15, 2, 0],
  [0, 0, 0, 0, 0, 11, 12, 0],
  [0, 0, 4, 8, 11, 15, 12, 0],
  [0, 0, 11, 14, 12, 8, 0, 0],
];

const body = JSON.stringify({ data: { ndarray: [THREE.flat()] } });

/**
 * Walks the road four times. Everything it makes lies in `folder` (emptied first) and, for what a runner keeps between jobs
 * (Python environments), in the cache folder. Everything it started is stopped when it returns or throws.
 */
export async function digitsRoad(options: {
  folder: string;
  cache?: string;
  onPass?: (pass: { number: number; title: string }) => void;
  onPassDone?: (pass: Pass) => void | Promise<void>;
  onLine?: (line: string) => void;
  /** Runs pass 2 this many times more, for measuring. */
  repeatUnchanged?: number;
  /** Before each of these, and after the last. */
  betweenUnchanged?: () => void | Promise<void>;
}): Promise<Road> {
  const { folder, onPass, onPassDone, onLine } = options;
  const cache = options.cache ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "model-road");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });

  const project = join(folder, "digits");
  await cp(join(root, "workflows-examples", "digits"), project, { recursive: true });
  await mkdir(join(project, ".github", "workflows"), { recursive: true });
  await cp(join(root, "workflows-examples", "local.yml"), join(project, ".github", "workflows", "local.yml"));

  const github = await startGitHub({ owner: "acme", name: "digits" });
  const machine = await startMachine({
    root: join(folder, "machine"),
    toolCache: join(cache, "tools"),
    environment: "self-hosted",
  });
  // The state of what is served is the demo's own: models that the user serves on this machine stay untouched.
  machine.environment["XDG_STATE_HOME"] = join(folder, "state");
  // One small model on shared cores: threads only fight each other.
  Object.assign(machine.environment, { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" });

  const workflow = ".github/workflows/local.yml";
  const given = {
    github,
    machine,
    workflow,
    vars: { IMAGE: `oci:${join(folder, "images", "digits")}` },
    repositories: { "model-road/model-road": root },
    ...(onLine ? { onLine } : {}),
  };
  const passes: Pass[] = [];
  let url: string | undefined;

  const walk = async (
    number: Pass["number"],
    title: string,
    event: Parameters<typeof runWorkflow>[0]["event"],
  ): Promise<void> => {
    onPass?.({ number, title });
    const client = url === undefined ? undefined : poll(url, body);
    const start = performance.now();
    const result = await runWorkflow({ ...given, event });
    const seconds = (performance.now() - start) / 1000;
    const polled = await client?.stop();
    url ??= stepOf(result, "deploy")?.outputs["prediction-url"] || undefined;
    const comments = github.world.comments.map((comment) => comment.body);
    const pass: Pass = {
      number,
      title,
      result,
      seconds,
      polled,
      comments,
      prediction: url === undefined ? undefined : await predict(url),
    };
    passes.push(pass);
    await onPassDone?.(pass);
  };

  try {
    await github.commitFolder({ branch: "main", folder: project, message: "Read handwritten digits" });
    await walk(1, "the first push", push({ branch: "main" }));

    await github.commit({
      branch: "main",
      files: { "README.md": `${await readFile(join(project, "README.md"), "utf8")}\nMade with care.\n` },
      message: "Say how it was made",
    });
    await walk(2, "an edit of the README", push({ branch: "main" }));

    const unchanged: RunResult[] = [];
    for (let round = 0; round < (options.repeatUnchanged ?? 0); round++) {
      await options.betweenUnchanged?.();
      unchanged.push(await runWorkflow({ ...given, event: push({ branch: "main" }) }));
    }
    await options.betweenUnchanged?.();
    if (unchanged.length > 0) return { passes, unchanged, folder };

    const params = (C: string, shuffled: boolean): string => `C: ${C}\nmax_iter: 500\nshuffle_labels: ${shuffled}\n`;
    const branch = "stronger-regularisation";
    await github.commit({
      branch,
      from: "main",
      files: { "params.yaml": params("0.1", false) },
      message: "Regularise more",
    });
    await walk(
      3,
      "a pull request changes a parameter",
      pullRequest({ number: 7, head: branch, action: "opened", title: "Regularise more" }),
    );

    await github.commit({ branch, files: { "params.yaml": params("0.1", true) }, message: "Shuffle the labels" });
    await walk(
      4,
      "a bad model in the same pull request",
      pullRequest({ number: 7, head: branch, action: "synchronize", title: "Regularise more" }),
    );

    return { passes, unchanged, folder };
  } finally {
    await stopServing({ ...given, event: dispatch({ branch: "main" }) }, folder);
    await github.close();
  }
}

/** Ends what is served, by the action that users have for it. */
async function stopServing(given: Parameters<typeof runWorkflow>[0], folder: string): Promise<void> {
  const file = join(folder, "stop.yml");
  await writeFile(
    file,
    "on: workflow_dispatch\njobs:\n  stop:\n    runs-on: self-hosted\n    steps:\n      - uses: model-road/model-road/actions/models@v0.1.0\n        with: {command: delete, target: local, namespace: demo, name: digits}\n",
  );
  const { conclusion, log } = await runWorkflow({ ...given, workflow: { file, as: ".github/workflows/stop.yml" } });
  if (conclusion !== "success") throw new Error(`the demo could not stop what it served:\n${log}`);
}

/** A step of the one job, by its id. */
export const stepOf = (result: RunResult, id: string) =>
  Object.values(result.jobs)[0]?.steps.find((step) => step.id === id);

async function predict(url: string): Promise<Prediction> {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { data } = (await answer.json()) as { data: { ndarray: number[][] } };
  const probabilities = data.ndarray[0]!;
  const probability = Math.max(...probabilities);
  return {
    digit: probabilities.indexOf(probability),
    probability,
    deployId: answer.headers.get("x-model-road-deploy-id") ?? "",
    url,
  };
}
