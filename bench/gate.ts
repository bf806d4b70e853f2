import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { compare, type Figure } from "./rounds.ts";

const root = resolve(import.meta.dirname, "..");
const door = join(root, "dist", "evaluate-gate-decide.cjs");
const [ROWS, SLICES, ROUNDS] = [100_000, 20, 2000];
const MOST_MEBIBYTES = 200;

/** The gate's decision from a metrics file, and from 100,000 predictions beside NumPy doing the same. */
export async function gate(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "gate-bench-"));
  try {
    return [decisionAlone(folder), ...besideNumPy(folder)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const base = (folder: string): Record<string, string> => ({
  GITHUB_OUTPUT: join(folder, "output"),
  GITHUB_STEP_SUMMARY: join(folder, "summary"),
  GITHUB_WORKSPACE: folder,
  RUNNER_TEMP: folder,
  "INPUT_ON-REJECT": "report",
  "INPUT_ON-INCONCLUSIVE": "report",
});

function decisionAlone(folder: string): Figure {
  for (const name of ["output", "summary"]) writeFileSync(join(folder, name), "");
  writeFileSync(join(folder, "metrics.json"), '{"accuracy": 0.93, "latency_p95_ms": 12}');
  writeFileSync(
    join(folder, "empty.cjs"),
    `const fs = require("node:fs"); fs.readFileSync(${JSON.stringify(join(folder, "metrics.json"))});`,
  );
  const env = {
    ...base(folder),
    RUNNER_TEMP: join(folder, "temp"),
    INPUT_METRICS: "metrics.json",
    INPUT_CONDITIONS: "accuracy > 0.80\nlatency_p95_ms <= 50",
  };
  const [, one] = compare(
    [
      { name: "an empty program that reads", command: [process.execPath, join(folder, "empty.cjs")] },
      {
        name: "the decision",
        command: [process.execPath, door],
        env,
        succeeds: true,
        // Every job begins with an empty one. To replace a report of before makes the file system write it out.
        before: () => rmSync(env.RUNNER_TEMP, { recursive: true, force: true }),
      },
    ],
    25,
  );
  if (!readFileSync(join(folder, "output"), "utf8").includes("passed")) throw new Error("the gate did not pass");
  return {
    what: "a decision from a metrics file, reports written",
    goal: "≤ 1.6 × an empty Node program that reads",
    measured: `${one!.wall.toFixed(2)} × wall, ${one!.cpu.toFixed(2)} × CPU`,
    holds: one!.wall <= 1.6 && one!.cpu <= 1.6,
  };
}

const NUMPY = `
import sys, numpy as np
def read(name):
    return np.loadtxt(name, delimiter=",", skiprows=1, dtype=np.int64)
new, old = read(sys.argv[1]), read(sys.argv[2])
assert (new[:, 0] == old[:, 0]).all()
group = new[:, 2]
kind = group * 3 + (new[:, 1] == new[:, 0]).astype(np.int64) - (old[:, 1] == old[:, 0]) + 1
slices, rows = ${SLICES}, len(group)
random = np.random.default_rng(7)
found = np.empty((${ROUNDS}, slices + 1))
for at in range(${ROUNDS}):
    drawn = np.bincount(kind[random.integers(0, rows, rows)], minlength=slices * 3).reshape(slices, 3)
    better = drawn[:, 2] - drawn[:, 0]
    found[at, 0] = better.sum() / rows
    found[at, 1:] = better / drawn.sum(1)
print(np.quantile(found + 0.01, [0.025, 0.975], axis=0)[:, 0])
`;

function besideNumPy(folder: string): Figure[] {
  const what = `${ROWS} predictions, ${SLICES} slices, ${ROUNDS} rounds, paired`;
  const python = pythonWithNumPy();
  if (python === undefined) {
    return [{ what, goal: "≤ 2 × NumPy", measured: "no Python with NumPy: npm run demo makes one", holds: false }];
  }
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
  const [news, olds] = [["y_true,y_pred,group"], ["y_true,y_pred,group"]];
  for (let row = 0; row < ROWS; row++) {
    const [truth, group] = [Math.floor(random() * 10), Math.floor(random() * SLICES)];
    const answer = (right: number): number => (random() < right ? truth : Math.floor(random() * 10));
    news.push(`${truth},${answer(0.9)},${group}`);
    olds.push(`${truth},${answer(0.88)},${group}`);
  }
  const [newer, older] = [join(folder, "new.csv"), join(folder, "old.csv")];
  writeFileSync(newer, `${news.join("\n")}\n`);
  writeFileSync(older, `${olds.join("\n")}\n`);
  writeFileSync(join(folder, "same.py"), NUMPY);
  const peak = join(folder, "peak.cjs");
  writeFileSync(peak, `process.on("exit", () => console.error("peak " + process.resourceUsage().maxRSS));`);
  const env = {
    ...base(folder),
    INPUT_PREDICTIONS: "new.csv",
    "INPUT_BASELINE-PREDICTIONS": "old.csv",
    INPUT_CONFIDENCE: "0.95",
    INPUT_CONDITIONS: "accuracy >= baseline - 0.01\naccuracy[group=*] >= baseline - 0.01",
  };
  const [, ours] = compare(
    [
      { name: "NumPy", command: [python, join(folder, "same.py"), newer, older], env: { OMP_NUM_THREADS: "1" } },
      { name: "the gate", command: [process.execPath, door], env },
    ],
    5,
  );
  const told = spawnSync(process.execPath, ["--require", peak, door], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"]!, ...env },
  });
  const mebibytes = Number(/peak (\d+)/.exec(told.stderr)?.[1]) / 1024;
  return [
    {
      what,
      goal: "≤ 2 × NumPy, vectorised; files read by both",
      measured: `${ours!.wall.toFixed(2)} × wall, ${ours!.cpu.toFixed(2)} × CPU`,
      holds: ours!.wall <= 2 && ours!.cpu <= 2,
    },
    {
      what: "the same, memory",
      goal: `≤ ${MOST_MEBIBYTES} MiB`,
      measured: `${mebibytes.toFixed(0)} MiB`,
      holds: mebibytes <= MOST_MEBIBYTES,
    },
  ];
}

/** One of the environments that the demo made. */
function pythonWithNumPy(): string | undefined {
  const kept = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "model-road", "python");
  const made = existsSync(kept) ? readdirSync(kept).map((name) => join(kept, name, "bin", "python")) : [];
  return [...made, "python3"].find((each) => spawnSync(each, ["-c", "import numpy"]).status === 0);
}
