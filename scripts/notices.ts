// Writes dist/THIRD_PARTY_NOTICES.txt: every package whose code stands in a bundle, with its licence text.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const dist = join(root, "dist");

const packages = new Set<string>();
for (const file of readdirSync(dist, { recursive: true }) as string[]) {
  if (!file.endsWith(".cjs")) continue;
  // The bundler writes `// node_modules/<package>/…` before each module.
  for (const [, path] of readFileSync(join(dist, file), "utf8").matchAll(/^\/\/ (node_modules\/\S+)/gm)) {
    const [, folder] = /^(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)/.exec(path!) ?? [];
    if (folder) packages.add(folder);
  }
}

const pages = [...packages].toSorted().map((folder) => {
  const about = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = readdirSync(join(root, folder)).find((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  const text =
    file && existsSync(join(root, folder, file))
      ? readFileSync(join(root, folder, file), "utf8").trim()
      : `Licence: ${about.license ?? "not named"}`;
  return `${about.name} ${about.version} (${about.license ?? "see below"})\n${"-".repeat(60)}\n${text.replaceAll("\r\n", "\n")}\n`;
});

writeFileSync(
  join(dist, "THIRD_PARTY_NOTICES.txt"),
  `The bundles in this folder hold code of these packages.\n\n${pages.join("\n\n")}`,
);
