// What a well-known auditor of workflows says of ours and of those that users copy. It comes from PyPI, into an environment that is
// made once. Without it the test says so and passes; in CI it fails.
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const VERSION = "1.32.0";
const root = resolve(import.meta.dirname, "../..");
const cache = join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "model-road",
  "python",
  `zizmor-${VERSION}`,
);
const zizmor = join(cache, "bin", "zizmor");

let folder: string;
let missing: string | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "zizmor-"));
  if (existsSync(zizmor)) return;
  const beside = `${cache}.${process.pid}`;
  try {
    mkdirSync(cache.slice(0, cache.lastIndexOf("/")), { recursive: true });
    // The program is one file that knows no place, so the environment can be moved.
    execFileSync("python3", ["-m", "venv", beside], { stdio: "pipe" });
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `zizmor==${VERSION}`];
    execFileSync(join(beside, "bin/python"), pip, { stdio: "pipe", timeout: 240_000 });
    renameSync(beside, cache);
  } catch (error) {
    missing = (error as Error).message;
    rmSync(beside, { recursive: true, force: true });
  }
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Finding = {
  ident: string;
  desc: string;
  ignored: boolean;
  locations: { symbolic: { key: { Local?: { given_path: string } } } }[];
};

/** Ours as users have them: with a commit's full id in place of the version. */
function audit(files: Readonly<Record<string, string>>): { findings: Finding[]; said: string } {
  const at = mkdtempSync(join(folder, "audit-"));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(at, name), text.replaceAll("@v0.1.0", `@${"0123456789".repeat(4)}`));
  const args = ["--offline", "--no-progress", "--no-config", "--format=json", "--no-exit-codes", ...Object.keys(files)];
  const { stdout, stderr, status } = spawnSync(zizmor, args, { cwd: at, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return { findings: JSON.parse(stdout) as Finding[], said: stderr };
}

const read = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(root, path))
      .filter((name) => name.endsWith(".yml"))
      .map((name) => [name, readFileSync(join(root, path, name), "utf8")]),
  );

const usable = (): boolean => {
  if (missing === undefined) return true;
  console.warn(`SKIPPED: zizmor ${VERSION} can not be had, so no workflow was audited: ${missing}`);
  expect(process.env["CI"], "in CI the auditor must be there").toBeUndefined();
  return false;
};

test("zizmor finds nothing in our workflows, nor in those that users copy", () => {
  if (!usable()) return;
  const files = { ...read(".github/workflows"), ...read("workflows-examples") };
  const { findings, said } = audit(files);
  expect(Object.keys(files).length).toBeGreaterThan(20);
  expect(findings.map(({ ident, desc }) => `${ident}: ${desc}`)).toEqual([]);
  for (const name of Object.keys(files)) expect(said).toContain(`completed ${name}`);
});

test("what it would find is dangerous-triggers in fork-safe-2.yml alone, ignored beside its reason", () => {
  if (!usable()) return;
  const files = { ...read(".github/workflows"), ...read("workflows-examples") };
  const lines = Object.entries(files).flatMap(([name, text]) =>
    text.split("\n").flatMap((line) => (line.includes("zizmor:") ? [`${name}: ${line}`] : [])),
  );
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^fork-safe-2\.yml: on: # zizmor: ignore\[dangerous-triggers\] \w.{40,}/);
  const bare = files["fork-safe-2.yml"]!.replace(/# zizmor: ignore\S+/, "#");
  const found = audit({ "fork-safe-2.yml": bare }).findings;
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(found.map(({ ident }) => ident))).toEqual(new Set(["dangerous-triggers"]));
});

test("it does find what it should: a title in a shell, a branch as a pin, credentials that stay", () => {
  if (!usable()) return;
  const bad = `on: pull_request
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@main
      - run: echo \${{ github.event.pull_request.title }}
`;
  const found = new Set(audit({ "bad.yml": bad }).findings.map(({ ident }) => ident));
  for (const ident of ["template-injection", "unpinned-uses", "artipacked"]) expect(found).toContain(ident);
});
