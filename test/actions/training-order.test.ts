import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

import { orderIngredients, orderInputs, trainingOrder } from "../../src/actions/training-order.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { readInputs, readRun } from "../../src/inputs.ts";

const folder = mkdtempSync(join(tmpdir(), "order-"));
const run = { ...readRun({}), workspace: folder, temp: folder };
const workspace = localWorkspace(run);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plain = { command: "", "pre-run": undefined, "params-as": "environment" as const, "pass-env": [] };

async function order(given: Record<string, string>, more: Partial<Record<keyof typeof plain, unknown>> = {}) {
  const env = Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  return await trainingOrder({ ...plain, ...(await readInputs(orderInputs, env)), ...more } as never, run, workspace);
}

test("on the runner there is none, and nothing of it may be set", async () => {
  expect(await order({}, { command: "x" })).toBeUndefined();
  await expect(order({ "training-image": "ghcr.io/a/b:1" })).rejects.toThrow(/backend: cluster with it/);
});

test("a manifest counts by its content, not by how it is written", async () => {
  await workspace.write(
    `${folder}/a.yml`,
    "apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {a: 1, b: 2}\n",
  );
  await workspace.write(
    `${folder}/b.yml`,
    "# the same\nkind: Job\napiVersion: batch/v1\nmetadata: {name: x}\nspec: {b: 2, a: 1}\n",
  );
  await workspace.write(
    `${folder}/c.yml`,
    "apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {a: 1, b: 3}\n",
  );
  const [a, b, c] = await Promise.all(
    ["a", "b", "c"].map(async (name) =>
      orderIngredients((await order({ backend: "cluster", "training-manifest": `${name}.yml` }))!),
    ),
  );
  expect(a).toEqual(b);
  expect(a!["trainingManifest"]).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(c!["trainingManifest"]).not.toBe(a!["trainingManifest"]);
});

test("image and folder of a claim count by their names", async () => {
  const made = await order(
    { backend: "cluster", "training-image": "ghcr.io/a/b:1", "training-output": "pvc://models/x/" },
    { command: "python train.py" },
  );
  expect(orderIngredients(made!)).toEqual({
    backend: "cluster",
    trainingImage: "ghcr.io/a/b:1",
    trainingOutput: "pvc://models/x",
  });
});

test("what does not go together is told at once", async () => {
  await expect(order({ backend: "cluster" }, { "pass-env": ["HF_TOKEN"] })).rejects.toThrow(
    /"pass-env"[^]*"command"[^]*"training-image"/,
  );
  await expect(
    order(
      { backend: "cluster", "training-manifest": "a.yml", "training-output": "pvc://models" },
      { command: "x", "pre-run": "y", "params-as": "flags" },
    ),
  ).rejects.toThrow(/"command"[^]*"pre-run"[^]*"params-as"[^]*"training-output"/);
  await expect(order({ backend: "cluster", "training-manifest": "none.yml" })).rejects.toThrow(
    /a file of the repository/,
  );
  await expect(order({ backend: "cluster", "training-manifest": "../x.yml" })).rejects.toThrow(/a path below/);
  await expect(order({ backend: "cluster", "training-image": "oci:image" }, { command: "x" })).rejects.toThrow(
    /which the cluster can pull/,
  );
});
