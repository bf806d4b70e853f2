// Packages for a machine that is not this one: PyPI's wheels for it, and pure Python built here.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { openLayout } from "../../src/adapters/layout.ts";
import { messageOf } from "../../src/errors.ts";
import { imageBench, type ImageBench } from "./image-bench.ts";

const other = process.arch === "arm64" ? "amd64" : "arm64";
const machine = other === "arm64" ? "aarch64" : "x86_64";
const offline = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), "pypi-"));
  const { status } = spawnSync(
    "python3.11",
    ["-m", "pip", "download", "-q", "--no-deps", "--dest", folder, "itsdangerous==2.2.0"],
    { timeout: 60_000 },
  );
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0) console.warn(`SKIPPED: wheels for ${other}, since no index of packages can be reached`);
  return status !== 0 && process.env["CI"] !== "true";
})();

let bench: ImageBench;
beforeEach(() => {
  bench = imageBench();
  bench.put("app.py", "print('never started here')\n");
});
afterEach(() => bench.close());

/** A base of the other machine's kind. */
async function base(): Promise<string> {
  const store = openLayout({ kind: "layout", folder: join(bench.temp, "base") });
  const layer = await store.putBlob(Buffer.alloc(1024));
  const config = await store.putBlob(
    Buffer.from(
      JSON.stringify({
        architecture: other,
        os: "linux",
        config: { Env: ["PYTHON_VERSION=3.11.9"] },
        rootfs: { type: "layers", diff_ids: [layer.digest] },
        history: [],
      }),
    ),
  );
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: config.digest, size: config.bytes },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: layer.digest, size: layer.bytes }],
  };
  return `oci:${join(bench.temp, "base")}@${await store.putManifest(Buffer.from(JSON.stringify(manifest)), mediaType, ["v1"])}`;
}

describe.skipIf(offline)(`an image for linux/${other}`, () => {
  test("holds that machine's wheels, and what is pure Python and comes as source", async () => {
    // opentracing has no wheel; MarkupSafe has one for each machine.
    bench.put("requirements.txt", "MarkupSafe==3.0.4\nopentracing==2.4.0\n");
    const inputs = {
      wrapper: "flask",
      requirements: "requirements.txt",
      "base-image": await base(),
      platform: `linux/${other}`,
      image: "oci:image",
    };
    const { outputs } = await bench.build({ ...inputs, try: "false" });
    const blob = (of: string): string => join(bench.workspace, "image/blobs/sha256", of.slice(7));
    const { layers, config } = JSON.parse(readFileSync(blob(outputs.digest!), "utf8")) as {
      layers: { digest: string; annotations?: Record<string, string> }[];
      config: { digest: string };
    };
    expect(JSON.parse(readFileSync(blob(config.digest), "utf8"))).toMatchObject({ architecture: other });
    const packages = layers.find(({ annotations }) => annotations?.["io.model-road.holds"] === "dependencies")!;
    const names = execFileSync("tar", ["-tf", blob(packages.digest)], { encoding: "utf8" });
    expect(names).toContain(`/site-packages/markupsafe/_speedups.cpython-311-${machine}-linux-gnu.so`);
    expect(names).toContain("/site-packages/opentracing/__init__.py");

    const told = await bench.build({ ...inputs, image: "oci:tried" }).then(() => "built", messageOf);
    expect(told).toMatch(new RegExp(`^input "try": expected a machine of linux/${other}, saw linux/`));
  }, 180_000);

  test("a package that has no wheel for it is named", async () => {
    bench.put("requirements.txt", "MarkupSafe==1.1.0\n");
    const inputs = {
      wrapper: "flask",
      requirements: "requirements.txt",
      "base-image": await base(),
      platform: `linux/${other}`,
      image: "oci:image",
      try: "false",
    };
    const told = await bench.build(inputs).then(() => "built", messageOf);
    expect(told).toMatch(/MarkupSafe/i);
  }, 180_000);
});
