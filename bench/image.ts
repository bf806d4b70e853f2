// An image when only the model changed, against what else builds and pushes one: a real registry on loopback, buildah (both from
// Debian), crane (its Go module, built once and kept in the cache folder) and curl, which only sends the bytes.
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
  closeSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { openRegistry } from "../src/adapters/registry.ts";
import { modelDigest } from "../src/domain/fingerprint/manifest.ts";
import { serialiseRecord } from "../src/domain/record/record.ts";
import { cost, median, type Contestant, type Figure } from "./rounds.ts";

const root = resolve(import.meta.dirname, "..");
const MODEL_BYTES = 200_000_000;
const LARGE_BYTES = 1_000_000_000;
const BASE_BYTES = 150_000_000;
const ROUNDS = 5;
const CRANE = "github.com/google/go-containerregistry/cmd/crane@v0.20.2";
const LAYER = "application/vnd.oci.image.layer.v1.tar";

/** Figures P9 to P12. Says what is missing where a program is not here. */
export async function image(): Promise<Figure[]> {
  const missing = ["docker-registry", "buildah", "curl", "go"].filter(
    (program) => spawnSync("which", [program]).status !== 0,
  );
  if (missing.length > 0) {
    throw new Error(`expected ${missing.join(", ")} in PATH (Debian: docker-registry, buildah, curl, golang-go)`);
  }
  const crane = buildCrane();
  const folder = mkdtempSync(join(tmpdir(), "bench-image-"));
  const registry = await startRegistry(folder);
  try {
    await pushBase(registry.host);
    const work = join(folder, "work");
    mkdirSync(work);
    writeFileSync(join(work, "M.py"), "class M:\n    def predict(self, X, names=None):\n        return X\n");
    const context = join(folder, "context");
    mkdirSync(context);
    writeFileSync(join(context, "Dockerfile"), `FROM ${registry.host}/base:v1\nCOPY model.bin /app/model.bin\n`);
    const at = join(folder, "model.bin");
    let turn = 0;

    let record = "";
    /** As in the road, with the record that train made. */
    const ours = (): Contestant => ({
      name: "build-model-image",
      command: [process.execPath, join(root, "dist/build-model-image.cjs")],
      env: {
        GITHUB_WORKSPACE: work,
        GITHUB_REPOSITORY: "acme/bench",
        GITHUB_SHA: "1".repeat(40),
        GITHUB_OUTPUT: touch(join(folder, "output")),
        RUNNER_TEMP: join(folder, "temp"),
        "INPUT_REQUIRE-GATE": "false",
        INPUT_RECORD: record,
        INPUT_MODEL: "model.bin",
        "INPUT_MODEL-CLASS": "M",
        "INPUT_CHECK-MODEL": "false",
        INPUT_TRY: "false",
        "INPUT_BASE-IMAGE": `${registry.host}/base:v1`,
        INPUT_IMAGE: `${registry.host}/ours`,
      },
    });
    const storage = [
      "--root",
      join(folder, "buildah"),
      "--runroot",
      join(folder, "run"),
      "--storage-driver",
      "overlay",
    ];
    const fresh = (number: number): string[] => [
      "--root",
      join(folder, `buildah-${number}`),
      "--runroot",
      join(folder, "run-fresh"),
      "--storage-driver",
      "overlay",
    ];
    const buildah = (where: readonly string[]): Contestant => ({
      name: "buildah",
      command: [
        "sh",
        "-c",
        `buildah ${where.join(" ")} bud -q --layers --isolation chroot --tls-verify=false -t ${registry.host}/buildah:x ${context} && buildah ${where.join(" ")} push -q --tls-verify=false ${registry.host}/buildah:x`,
      ],
      env: { HOME: folder },
    });
    const append: Contestant = {
      name: "crane append",
      command: [
        "sh",
        "-c",
        `tar -C ${folder} -cf ${folder}/layer.tar model.bin && ${crane} append --insecure -b ${registry.host}/base:v1 -f ${folder}/layer.tar -t ${registry.host}/crane:x`,
      ],
      env: { HOME: folder },
    };
    const curl: Contestant = {
      name: "curl",
      command: [
        "sh",
        "-c",
        `to=$(curl -sS -D - -o /dev/null -X POST http://${registry.host}/v2/curl/blobs/uploads/ | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p') && curl -sS -X PATCH -H 'content-type: application/octet-stream' -T ${at} "$to"`,
      ],
    };
    const newModel = (bytes: number): void => {
      writeModel(at, bytes, ++turn);
      for (const path of [join(work, "model.bin"), join(context, "model.bin")]) {
        spawnSync("cp", ["--reflink=auto", at, path]);
      }
      record = recordOf(join(work, "model.bin"));
      // Nobody pays for the writing of what was just made.
      spawnSync("sync");
    };
    const round = (contestants: readonly (() => Contestant)[], bytes: number, rounds: number): number[][] => {
      const walls: number[][] = contestants.map(() => []);
      for (let count = 0; count <= rounds; count++) {
        newModel(bytes);
        for (let place = 0; place < contestants.length; place++) {
          // Whoever comes first meets a colder machine: each round begins with another.
          const index = (place + count) % contestants.length;
          const { wall } = cost({ ...contestants[index]!(), succeeds: true });
          if (count > 0) walls[index]!.push(wall);
        }
      }
      return walls;
    };

    const figures: Figure[] = [];
    // Round by round: a slow moment of a shared machine hits both.
    const ratio = (what: string, mine: readonly number[], other: readonly number[], goal: number): void => {
      const measured = median(mine.map((each, at) => each / other[at]!));
      figures.push({
        what,
        goal: `≤ ${goal}`,
        measured: `${measured.toFixed(2)} (${median(mine).toFixed(2)} s, ${median(other).toFixed(2)} s)`,
        holds: measured <= goal,
      });
    };
    const [own, warm, craned, curled] = round(
      [ours, () => buildah(storage), () => append, () => curl],
      MODEL_BYTES,
      ROUNDS,
    ) as [number[], number[], number[], number[]];
    ratio("200 MB model changed, against buildah build and push", own, warm, 0.25);
    ratio("200 MB model changed, against tar and crane append", own, craned, 0.4);
    ratio("200 MB model changed, against curl sending the bytes", own, curled, 1.5);
    figures.push({
      what: "for comparison: curl sending the bytes, against tar and crane append",
      goal: "none: what the registry itself takes",
      measured: median(curled.map((each, at) => each / craned[at]!)).toFixed(2),
      holds: true,
    });
    const [coldOwn, coldOther] = [0, 1, 2]
      .map((number) => {
        newModel(MODEL_BYTES);
        return [cost(ours()).wall, cost(buildah(fresh(number))).wall] as const;
      })
      .reduce<[number[], number[]]>(
        ([a, b], [x, y]) => [
          [...a, x],
          [...b, y],
        ],
        [[], []],
      );
    ratio("fresh runner, against buildah without its storage", coldOwn, coldOther, 0.2);

    figures.push(...unchanged(ours(), join(work, "model.bin"), registry.requests));

    newModel(LARGE_BYTES);
    const peak = peakOf(ours());
    figures.push({
      what: "1 GB model: peak memory",
      goal: "≤ 130 MiB",
      measured: `${peak.toFixed(0)} MiB`,
      holds: peak <= 130,
    });
    return figures;
  } finally {
    registry.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Nothing changed, and the record says which model it is: then the model need not even be readable. */
function unchanged(ours: Contestant, model: string, requests: () => string[]): Figure[] {
  cost({ ...ours, succeeds: true });
  const facts = statSync(model);
  const unread = join(model, "..", "..", "unread.bin");
  renameSync(model, unread);
  // As large, and of zeros: whoever reads it sees another model than the record's.
  truncateSync(openedNew(model), facts.size);
  try {
    const before = requests().length;
    const rounds = Array.from({ length: ROUNDS }, () => {
      const empty = cost({ name: "empty", command: [process.execPath, "-e", "0"] }).wall;
      return cost({ ...ours, succeeds: true }).wall / empty;
    });
    const asked = requests()
      .slice(before)
      .filter((line) => !line.includes("/base/"));
    const each = asked.length / ROUNDS;
    const wrote = asked.filter((line) => /"(?:POST|PUT|PATCH) /.test(line)).length;
    const [what, times] = ["nothing changed, the record names the model", median(rounds)];
    return [
      { what, goal: "≤ 3 requests to the image's repository", measured: String(each), holds: each <= 3 },
      { what, goal: "nothing sent, nothing read", measured: `${wrote} sent`, holds: wrote === 0 },
      { what, goal: "≤ 2.5 × an empty Node program", measured: `${times.toFixed(2)} ×`, holds: times <= 2.5 },
    ];
  } finally {
    renameSync(unread, model);
  }
}

function openedNew(path: string): string {
  writeFileSync(path, "");
  return path;
}

/** What train would have told of this model. */
function recordOf(model: string): string {
  const sha256 = spawnSync("sha256sum", [model], { encoding: "utf8" }).stdout.slice(0, 64);
  const { size, mode } = statSync(model);
  const digest = modelDigest([{ path: "model.bin", sha256, bytes: size, mode: mode & 0o7777 }]);
  return serialiseRecord({
    schema: 1,
    model: {
      name: "bench",
      flavor: "custom",
      fingerprint: sha256,
      parts: {},
      path: "model.bin",
      digest,
      files: 1,
      bytes: size,
    },
    source: {
      repository: "acme/bench",
      sha: "1".repeat(40),
      ref: "refs/heads/main",
      event: "push",
      runId: "1",
      runAttempt: 1,
    },
    training: { command: "train", params: {}, seconds: 1, skipped: false, reason: "bench", changed: [] },
  });
}

function buildCrane(): string {
  const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "model-road/tools/crane");
  const path = join(cache, "crane");
  if (!existsSync(path)) {
    mkdirSync(cache, { recursive: true });
    const built = spawnSync("go", ["install", CRANE], { env: { ...process.env, GOBIN: cache }, stdio: "inherit" });
    if (built.status !== 0) throw new Error(`go could not build ${CRANE}`);
  }
  return path;
}

async function startRegistry(folder: string) {
  const port = await new Promise<number>((take) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => take(free));
    });
  });
  const config = join(folder, "registry.yml");
  const log = join(folder, "registry.log");
  writeFileSync(
    config,
    `version: 0.1\nlog: {accesslog: {disabled: false}}\nstorage: {filesystem: {rootdirectory: ${folder}/registry}}\nhttp: {addr: "127.0.0.1:${port}", secret: bench}\n`,
  );
  const out = openSync(log, "a");
  const child = spawn("docker-registry", ["serve", config], { stdio: ["ignore", out, out] });
  const host = `127.0.0.1:${port}`;
  const until = performance.now() + 20_000;
  while (
    !(await fetch(`http://${host}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (performance.now() > until)
      throw new Error(`docker-registry did not start: ${readFileSync(log, "utf8").slice(-500)}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
  return {
    host,
    stop: () => child.kill("SIGKILL"),
    requests: () =>
      readFileSync(log, "utf8")
        .split("\n")
        .filter((line) => /"(?:GET|HEAD|POST|PUT|PATCH) \/v2\/./.test(line)),
  };
}

/** A base like one with packages: 150 MB that do not compress. */
async function pushBase(host: string): Promise<void> {
  const log = {
    info: () => undefined,
    warning: () => undefined,
    debug: () => undefined,
    mask: () => undefined,
    group: async <T>(_: string, work: () => Promise<T>) => await work(),
  };
  const store = openRegistry({ log })({ kind: "registry", host, repository: "base" });
  const folder = mkdtempSync(join(tmpdir(), "bench-base-"));
  try {
    writeModel(join(folder, "packages"), BASE_BYTES, 0);
    const tar = join(folder, "layer.tar");
    spawnSync("tar", ["-C", folder, "-cf", tar, "packages"]);
    const digest = `sha256:${spawnSync("sha256sum", [tar], { encoding: "utf8" }).stdout.slice(0, 64)}`;
    const layer = await store.putBlob({ file: tar, digest, bytes: statSync(tar).size });
    const settings = {
      architecture: "amd64",
      os: "linux",
      config: { Env: ["PATH=/usr/bin"] },
      rootfs: { type: "layers", diff_ids: [digest] },
      history: [],
    };
    const config = await store.putBlob(Buffer.from(JSON.stringify(settings)));
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const manifest = {
      schemaVersion: 2,
      mediaType,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: config.digest, size: config.bytes },
      layers: [{ mediaType: LAYER, digest, size: layer.bytes }],
    };
    await store.putManifest(Buffer.from(JSON.stringify(manifest)), mediaType, ["v1"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Floats drawn from a normal law, as weights are: codecs win seven of a hundred. */
function writeModel(path: string, bytes: number, seed: number): void {
  const block = new Float32Array(1024 * 1024);
  let state = (seed + 1) * 2654435761;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 4294967297;
  };
  for (let at = 0; at < block.length; at++)
    block[at] = Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
  const file = openSync(path, "w");
  for (let left = bytes, count = 0; left > 0; count++) {
    // Each block is another one: a registry or a file system could otherwise keep one of them.
    block[0] = count + seed;
    const piece = Buffer.from(block.buffer, 0, Math.min(left, block.byteLength));
    writeSync(file, piece);
    left -= piece.length;
  }
  closeSync(file);
}

function peakOf({ command, env }: Contestant): number {
  const done = spawnSync(
    "python3",
    [
      "-c",
      "import resource,subprocess,sys; subprocess.run(sys.argv[1:],check=True,stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)",
      ...command,
    ],
    {
      env: { PATH: process.env["PATH"]!, ...env },
      encoding: "utf8",
    },
  );
  return Number(done.stdout.trim()) / 1024;
}

function touch(path: string): string {
  writeFileSync(path, "");
  return path;
}
