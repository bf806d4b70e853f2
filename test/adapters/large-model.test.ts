// A model of 20 GB (in `npm run test:long`; else a small part of it) is read and packed piece by piece.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 600_000 });

const BYTES = process.env["LONG_TESTS"] ? 20_000_000_000 : 400_000_000;
const SOURCES = resolve(import.meta.dirname, "../../src");

const PROGRAM = `
import { tarArchives } from ${JSON.stringify(`${SOURCES}/adapters/archive.ts`)};
import { fileContents } from ${JSON.stringify(`${SOURCES}/adapters/contents.ts`)};
import { localWorkspace } from ${JSON.stringify(`${SOURCES}/adapters/workspace.ts`)};
import { readModel } from ${JSON.stringify(`${SOURCES}/actions/model.ts`)};
import { readRun } from ${JSON.stringify(`${SOURCES}/inputs.ts`)};

const folder = process.argv[1];
const workspace = localWorkspace(readRun({ RUNNER_TEMP: folder }));
const { manifest } = await readModel(folder + "/model.bin", workspace);
const [digest] = await fileContents({ threads: 1 }).digests(folder, ["model.bin"]);
const { bytes, open } = await tarArchives().stream(folder, ["model.bin"]);
let packed = 0;
for await (const piece of open()) packed += piece.length;
console.log(JSON.stringify({ manifest, digest, bytes, packed, peak: process.resourceUsage().maxRSS * 1024 }));
`;

test(`a model of ${BYTES / 1e9} GB is read and packed in bounded memory`, async () => {
  const folder = mkdtempSync(join(tmpdir(), "large-"));
  try {
    closeSync(openSync(join(folder, "model.bin"), "w"));
    // Sparse: it takes no room, and reads as zeros.
    truncateSync(join(folder, "model.bin"), BYTES);
    const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(0);
    const { manifest, digest, bytes, packed, peak } = JSON.parse(text);
    expect(manifest.files[0]).toMatchObject({ path: "model.bin", bytes: BYTES });
    expect(digest.digest).toMatch(/^sha256-16m:[0-9a-f]{64}$/);
    expect(packed).toBe(bytes);
    expect(packed).toBeGreaterThan(BYTES);
    expect(peak).toBeLessThan(250 * 1024 * 1024);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
