import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync, writeSync, openSync, closeSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { cost, median, type Figure } from "./rounds.ts";

const root = resolve(import.meta.dirname, "..");
const MIB = 1024 * 1024;

/** Taking stock of data against the runner's own way, and against coreutils, side by side over the same files. */
export async function fingerprint(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "fingerprint-"));
  try {
    const many = filled(join(folder, "many"), 20_000, 4096);
    const some = filled(join(folder, "some"), 1000, 200 * 1024);
    const one = filled(join(folder, "one"), 1, 512 * MIB);
    const clean = committed(filled(join(folder, "clean"), 20_000, 4096));
    return [
      ...against(many, "20,000 × 4 KiB untracked", 25, { coreutils: true, mostMiB: 180 }),
      ...against(some, "1,000 × 200 KiB untracked", 5, { mostMiB: 100 }),
      ...against(one, "1 × 512 MiB untracked", 3.5, { mostMiB: 100 }),
      ...against(clean, "20,000 tracked and clean", 50, {}),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same over 100,000 files: minutes, of which nearly all go into the runner's way and into making the files. */
export async function fingerprintLarge(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "fingerprint-"));
  try {
    const untracked = filled(join(folder, "untracked"), 100_000, 4096);
    const figures = against(untracked, "100,000 × 4 KiB untracked", 25, { mostMiB: 180, rounds: 1 });
    return [
      ...figures,
      ...against(committed(untracked), "100,000 tracked and clean", 100, { mostMiB: 180, rounds: 1 }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What one way took, from its first look at the disk to its digest, and the most memory that its process held. */
type Taken = { ms: number; mib: number };

function against(
  folder: string,
  what: string,
  goal: number,
  { coreutils = false, mostMiB, rounds = 3 }: { coreutils?: boolean; mostMiB?: number; rounds?: number },
): Figure[] {
  const [ours, theirs, sums, wholes]: [Taken[], Taken[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round <= rounds; round++) {
    const row = [taken("stock", folder), taken("hash-files", folder)] as const;
    const sum = coreutils ? sha256sum(folder) : 0;
    const whole = trainPlan(folder);
    // The first round warms the page cache for all.
    if (round === 0 && rounds > 1) continue;
    ours.push(row[0]);
    theirs.push(row[1]);
    sums.push(sum);
    wholes.push(whole);
  }
  const ratio = median(ours.map(({ ms }, at) => theirs[at]!.ms / ms));
  const mib = Math.max(...ours.map((each) => each.mib));
  const ms = median(ours.map((each) => each.ms));
  const figures: Figure[] = [
    {
      what,
      goal: `≥ ${goal} × faster than hashFiles()`,
      measured: `${ratio.toFixed(1)} × (${Math.round(ms)} ms; the whole of train-plan ${Math.round(median(wholes))} ms)`,
      holds: ratio >= goal,
    },
  ];
  if (coreutils) {
    const ahead = median(sums.map((each, at) => each / ours[at]!.ms));
    const cores = `sha256sum on ${availableParallelism()} cores`;
    figures.push({ what, goal: `ahead of ${cores}`, measured: `${ahead.toFixed(1)} ×`, holds: ahead > 1 });
  }
  if (mostMiB !== undefined) {
    figures.push({
      what,
      goal: `≤ ${mostMiB} MiB at its peak`,
      measured: `${Math.round(mib)} MiB`,
      holds: mib <= mostMiB,
    });
  }
  return figures;
}

function taken(way: string, folder: string): Taken {
  const done = spawnSync(process.execPath, [join(root, "bench", `${way}.cjs`), folder, join(root, "dist")], {
    encoding: "utf8",
    maxBuffer: 256 * MIB,
    env: { PATH: process.env["PATH"]!, HOME: folder },
  });
  if (done.status !== 0) throw new Error(`${way} of ${folder} failed: ${done.stderr.slice(-500)}`);
  return JSON.parse(done.stdout) as Taken;
}

/** As a user meets it: the whole process of the part that decides, which also sums up, and writes its plan. */
function trainPlan(folder: string): number {
  const output = join(folder, "..", "output");
  writeFileSync(output, "");
  const { wall } = cost({
    name: "train-plan",
    command: [process.execPath, join(root, "dist", "train-plan.cjs")],
    env: {
      HOME: folder,
      GITHUB_OUTPUT: output,
      GITHUB_WORKSPACE: folder,
      GITHUB_REPOSITORY: "acme/bench",
      RUNNER_TEMP: `${folder}.temp`,
      INPUT_NAME: "bench",
      INPUT_COMMAND: "python train.py",
      INPUT_CODE: "train.py",
      INPUT_DATA: "data/**",
      INPUT_MODEL: "out",
      INPUT_REUSE: "never",
    },
    succeeds: true,
  });
  return wall * 1000;
}

function sha256sum(folder: string): number {
  const start = performance.now();
  const command = `find data -type f -print0 | xargs -0 -P ${availableParallelism()} -n 512 sha256sum > /dev/null`;
  execFileSync("sh", ["-c", command], { cwd: folder });
  return performance.now() - start;
}

/** A folder `data` of so many files, in folders of a thousand. */
function filled(folder: string, files: number, bytes: number): string {
  const content = Buffer.alloc(Math.min(bytes, MIB), "x");
  for (let index = 0; index < files; index++) {
    const below = join(folder, "data", String(Math.floor(index / 1000)));
    if (index % 1000 === 0) mkdirSync(below, { recursive: true });
    content.writeUInt32LE(index);
    const file = openSync(join(below, `${index}.bin`), "w");
    for (let left = bytes; left > 0; left -= content.length)
      writeSync(file, content, 0, Math.min(left, content.length));
    closeSync(file);
  }
  writeFileSync(join(folder, "train.py"), "");
  return folder;
}

function committed(folder: string): string {
  const git = (...args: string[]): void => {
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
      cwd: folder,
      stdio: "ignore",
    });
  };
  git("init", "-q");
  // Loose objects of so many files take longer to write than all else here.
  git("-c", "core.looseCompression=0", "add", "-A");
  git("commit", "-qm", "data");
  // As after a checkout: the index is younger than the files, so git need not read them again.
  git("update-index", "--really-refresh");
  return folder;
}
