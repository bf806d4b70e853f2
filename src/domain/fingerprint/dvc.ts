import { createHash } from "node:crypto";

import { ActionError, quote } from "../../errors.ts";
import type { Json } from "../text/json.ts";
import { parseYaml } from "../text/yaml.ts";
import { byBytes } from "./order.ts";

/** A file or folder whose content DVC keeps elsewhere, and the hash by which it is known. */
export type DvcPin = {
  /** Relative to the working directory. */
  readonly path: string;
  /** `d3b07384…`, of a folder with `.dir` behind it. */
  readonly hash: string;
  readonly folder: boolean;
  /** The `.dvc` file or `dvc.lock` that says so. */
  readonly file: string;
};

export const MAX_DVC_BYTES = 4 * 1024 * 1024;

/** Whether a path names a file of DVC's that pins data. `.dvc` alone is the folder of its settings. */
export const pinsData = (path: string): boolean => /(?:^|\/)(?:[^/]+\.dvc|dvc\.lock)$/.test(path);

/**
 * The outputs that a `.dvc` file or a `dvc.lock` pins. Those without a hash (not yet made), and those outside the working
 * directory, are left out.
 * @throws ActionError when it is no YAML map
 */
export async function parseDvc(text: string, file: string): Promise<readonly DvcPin[]> {
  const tree = await parseYaml(text, { where: file, maxBytes: MAX_DVC_BYTES, number: (source) => source });
  if (tree === null) return [];
  if (!isMap(tree)) throw new ActionError({ where: file, expected: "a file of DVC's", seen: quote(text, 40) });
  const below = file.split("/").slice(0, -1);
  if (!file.endsWith("dvc.lock")) return outsOf(tree, [...below, ...namesOf(tree.wdir)], file);
  return Object.values(isMap(tree.stages) ? tree.stages : {}).flatMap((stage) =>
    isMap(stage) ? outsOf(stage, below, file) : [],
  );
}

function outsOf(of: { [name: string]: Json }, below: readonly string[], file: string): DvcPin[] {
  return (Array.isArray(of.outs) ? of.outs : []).flatMap((out) => {
    if (!isMap(out) || typeof out.path !== "string") return [];
    const hash = [out.md5, out.etag, out.checksum].find((each) => typeof each === "string" && each !== "");
    const path = settled([...below, ...namesOf(out.path)]);
    if (typeof hash !== "string" || path === undefined || out.path.startsWith("/")) return [];
    return [{ path, hash: hash.slice(0, 200), folder: hash.endsWith(".dir"), file }];
  });
}

const namesOf = (path: Json | undefined): string[] => (typeof path === "string" ? path.split("/") : []);

/** Without `.` and `..`; `undefined` when it leaves the folder or names it. */
function settled(names: readonly string[]): string | undefined {
  const path: string[] = [];
  for (const name of names) {
    if (name === "..") {
      if (path.pop() === undefined) return undefined;
    } else if (name !== "." && name !== "") path.push(name);
  }
  return path.length === 0 ? undefined : path.join("/");
}

/** The hash that DVC gives a folder: the md5 of the list of its files, as Python writes JSON. */
export function dvcFolderHash(files: readonly { readonly path: string; readonly md5: string }[]): string {
  const rows = files
    .toSorted((a, b) => byBytes(a.path, b.path))
    .map(({ path, md5 }) => `{"md5": "${md5}", "relpath": ${asciiJson(path)}}`);
  return `${createHash("md5")
    .update(`[${rows.join(", ")}]`)
    .digest("hex")}.dir`;
}

const asciiJson = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (unit) =>
    unit === "\u007f" ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const isMap = (value: Json | undefined): value is { [name: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value);
