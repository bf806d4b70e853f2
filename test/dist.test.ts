// What users run is dist/. Each door is started as the runner starts it, with nothing set, and must end at its first failed
// validation having evaluated little: the clients of GitHub, the cache and artifacts are for later.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const dist = join(root, "dist");
const folder = mkdtempSync(join(tmpdir(), "dist-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ids = readdirSync(join(root, "src", "main")).map((file) => basename(file, ".ts"));

/** Starts a door with an environment of our making and no inputs. */
function start(id: string, env: Record<string, string> = {}) {
  const output = join(folder, `${id}.output`);
  writeFileSync(output, "");
  const done = spawnSync(process.execPath, ["--require", join(root, "test", "loaded.cjs"), join(dist, `${id}.cjs`)], {
    encoding: "utf8",
    cwd: folder,
    timeout: 20_000,
    env: { PATH: process.env["PATH"]!, GITHUB_OUTPUT: output, RUNNER_TEMP: folder, GITHUB_WORKSPACE: folder, ...env },
  });
  const { loaded } = JSON.parse(done.stderr.trim().split("\n").at(-1)!) as {
    loaded: { file: string; bytes: number }[];
  };
  return { ...done, loaded: loaded.filter(({ file }) => file.startsWith(dist)), outputs: readFileSync(output, "utf8") };
}

test("every door is built, and nothing else", () => {
  const built = readdirSync(dist).filter((file) => file.endsWith(".cjs"));
  expect(built.toSorted()).toEqual(ids.map((id) => `${id}.cjs`).toSorted());
});

describe.each(ids)("%s", (id) => {
  const needed: Record<string, string> = {
    "INPUT_WAIT-TIMEOUT": "soon",
    "INPUT_ON-REJECT": "shrug",
    "INPUT_REQUIRE-GATE": "perhaps",
    INPUT_RECORD: "no record",
    INPUT_COMMAND: "fly",
    "INPUT_PREVIEW-TTL": "soon",
  };
  const started = start(id, needed);

  test("says what was expected, what was seen and what to do, and ends with 1", () => {
    expect(started.status, started.stdout).toBe(1);
    // A door that is no action has no runner to annotate: it says the same as plain text.
    const said = started.stdout + started.stderr.split("\n").slice(0, -2).join("\n");
    expect(said).toMatch(
      ["local-front", "hash-worker", "helm-post-render"].includes(id)
        ? /^[^:]+: expected .+, saw /m
        : /^::error (?:title=[^:]+)?::.*expected .+, saw /m,
    );
    expect(said).not.toMatch(/\bat .+\.cjs:\d+/);
  });

  test("has evaluated at most 200 kB by then, and no client of a service", () => {
    const bytes = started.loaded.reduce((sum, each) => sum + each.bytes, 0);
    expect(bytes, started.loaded.map(({ file, bytes }) => `${basename(file)} ${bytes}`).join(", ")).toBeLessThanOrEqual(
      200_000,
    );
    const text = started.loaded.map(({ file }) => readFileSync(file, "utf8")).join("\n");
    expect(text).not.toMatch(
      /^\/\/ node_modules\/(?:undici|@octokit|@azure|@actions\/(?:artifact|cache|github)|@kubernetes)\//m,
    );
  });
});
