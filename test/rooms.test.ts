// The table of rooms in CONTRIBUTING.md, held. A room is a folder or file of src/; what it may import is a list of rooms.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const src = join(root, "src");

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean; readonly lazy: boolean };

/** Room of a file of src: `domain/record`, `adapters`, `ports.ts`. */
function roomOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "domain" ? `domain/${second}` : first;
}

const mayImport: Record<string, (i: Import) => boolean> = {
  main: ({ to }) => ["actions", "adapters", "run-action.ts"].includes(roomOf(to)),
  actions: ({ to }) =>
    to.startsWith("domain/") || ["actions", "action.ts", "inputs.ts", "ports.ts", "errors.ts"].includes(roomOf(to)),
  adapters: ({ to, typeOnly, from }) =>
    ["ports.ts", "errors.ts"].includes(to) ||
    (to === "inputs.ts" && typeOnly) ||
    // Pure text functions are as good as a language feature; everything else of the domain is seen as types only.
    to.startsWith("domain/") ||
    to.startsWith("node:") ||
    (to in LIBRARY_OF && LIBRARY_OF[to]!.includes(basename(from))),
  domain: ({ to, lazy }) =>
    to.startsWith("domain/") || to === "errors.ts" || to === "node:crypto" || (to === "js-yaml" && lazy),
  "ports.ts": ({ to, typeOnly }) => to.startsWith("domain/") && typeOnly,
  "action.ts": ({ to, typeOnly }) => to === "inputs.ts" && typeOnly,
  "inputs.ts": ({ to }) => to === "errors.ts",
  "errors.ts": () => false,
  "run-action.ts": ({ to }) =>
    ["action.ts", "inputs.ts", "errors.ts", "ports.ts", "adapters/log.ts", "@actions/core", "node:fs"].includes(to),
};

/** Each package is met in one place. `@actions/core` in two: what ends an action, and what it says meanwhile. */
const LIBRARY_OF: Record<string, readonly string[]> = {
  "@actions/core": ["log.ts"],
  "@actions/artifact": ["artifact.ts"],
  "@actions/cache": ["cache.ts"],
  "@actions/github": ["github.ts"],
  "@kubernetes/client-node": ["kubernetes.ts"],
};

const files = (readdirSync(src, { recursive: true }) as string[]).filter((file) => file.endsWith(".ts"));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), "utf8");
  const found: Import[] = [];
  for (const [, type, named] of text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)";/gms)) {
    found.push({ from: file, to: target(file, named!), typeOnly: type !== undefined, lazy: false });
  }
  for (const [, named] of text.matchAll(/^import\s+"([^"]+)";/gm))
    found.push({ from: file, to: target(file, named!), typeOnly: false, lazy: false });
  for (const [, named] of text.matchAll(/\bimport\("([^"]+)"\)/g))
    found.push({ from: file, to: target(file, named!), typeOnly: false, lazy: true });
  return found;
}

const target = (file: string, named: string): string =>
  named.startsWith(".") ? relative(src, resolve(src, dirname(file), named)) : named;

describe("rooms", () => {
  test("there is something to hold", () => {
    expect(files.length).toBeGreaterThan(20);
  });

  test.each(files)("%s imports only what its room may", (file) => {
    const room = roomOf(file);
    const rule = mayImport[room.startsWith("domain/") ? "domain" : room];
    expect(rule, `src/${file} lies in no room`).toBeDefined();
    const wrong = importsOf(file).filter((each) => !rule!(each));
    expect(wrong.map(({ to }) => to)).toEqual([]);
  });

  test("an adapter never imports another", () => {
    const wrong = files
      .filter((file) => file.startsWith("adapters/"))
      .flatMap(importsOf)
      .filter(({ to }) => to.startsWith("adapters/"));
    expect(wrong).toEqual([]);
  });

  test("the environment is read in adapters and inputs.ts only, and by the one place that ends an action", () => {
    const readers = files.filter((file) => /\bprocess\.env\b/.test(readFileSync(join(src, file), "utf8")));
    const allowed = readers.filter(
      (file) => file.startsWith("adapters/") || ["inputs.ts", "run-action.ts"].includes(file),
    );
    expect(readers).toEqual(allowed);
  });

  test("the domain has no clock, no chance and no way out", () => {
    const impure = files
      .filter((file) => file.startsWith("domain/"))
      .filter((file) =>
        /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.|\bfetch\(|\bprocess\./.test(
          readFileSync(join(src, file), "utf8"),
        ),
      );
    expect(impure).toEqual([]);
  });

  test("doors are sentences: a few lines, no logic", () => {
    for (const file of files.filter((each) => each.startsWith("main/"))) {
      const code = readFileSync(join(src, file), "utf8").replace(/^import .*?;$/gms, "");
      expect(code, file).not.toMatch(/\b(?:if|for|while|function|switch)\b/);
    }
  });

  test("no drawer for odds and ends", () => {
    const banned = new Set(["utils", "helpers", "common", "misc", "types", "constants", "index"]);
    const all = [...files, ...(readdirSync(join(root, "test"), { recursive: true }) as string[])];
    expect(all.filter((file) => banned.has(basename(file).replace(/\..*$/, "")))).toEqual([]);
  });
});
