// Our small CRD against the real one, where SELDON_BENCH names a folder that holds it (crd.yaml) with published SeldonDeployments and
// what a real API server said of each (manifests.jsonl). The cluster then has the real CRD; ours stands beside it in another group.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { adminOf, type Admin } from "../world/cluster/admin.ts";

const GROUP = "small.model-road.example";
const manifests = join(process.env["SELDON_BENCH"] ?? "/nonexistent", "manifests.jsonl");
if (!existsSync(manifests))
  console.log("SKIPPED: the real CRD is not compared, since SELDON_BENCH names no folder with it.");

type Row = {
  readonly source: string;
  readonly by: string;
  readonly strict_verdict: string;
  readonly document: { apiVersion?: string; metadata: { name?: string; namespace?: string } };
};

const small = (): { metadata: { name: string }; spec: { group: string } } => {
  const file = join(import.meta.dirname, "../world/cluster/seldondeployment-crd.json");
  const crd = JSON.parse(readFileSync(file, "utf8")) as { metadata: { name: string }; spec: { group: string } };
  return { ...crd, metadata: { name: `seldondeployments.${GROUP}` }, spec: { ...crd.spec, group: GROUP } };
};
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

let admin: Admin;

beforeAll(async () => {
  admin = adminOf(inject("kubeconfig"));
  const path = `${CRDS}/seldondeployments.${GROUP}`;
  await admin.must("PATCH", `${path}?fieldManager=tests`, small(), "application/apply-patch+yaml");
  const until = Date.now() + 20_000;
  while ((await admin.call("GET", `/apis/${GROUP}/v1/seldondeployments`)).status !== 200 && Date.now() < until)
    await delay(100);
});

afterAll(async () => {
  await admin.call("DELETE", `${CRDS}/seldondeployments.${GROUP}`);
});

/** Whether the API server's own rules take a document. Nothing is written. */
async function taken({ document }: Row, group: string, at: number): Promise<boolean> {
  const name = `m-${at}`;
  const [, version = "v1"] = (document.apiVersion ?? "machinelearning.seldon.io/v1").split("/");
  const apiVersion = `${group}/${group === GROUP ? "v1" : version}`;
  const object = { ...document, apiVersion, metadata: { name } };
  const path = `/apis/${apiVersion}/namespaces/default/seldondeployments?dryRun=All&fieldValidation=Strict`;
  return (await admin.call("POST", path, object)).status < 300;
}

test.runIf(existsSync(manifests))(
  "the real CRD says of every published manifest what was recorded, and ours refuses none that it takes",
  async () => {
    const rows = readFileSync(manifests, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Row);
    expect(rows.length).toBeGreaterThan(100);
    const [wrong, stricter]: string[][] = [[], []];
    for (const [at, row] of rows.entries()) {
      // What the operator's webhook refuses is no matter of the CRD.
      const expected = row.strict_verdict === "accepted" || row.by === "webhook";
      if ((await taken(row, "machinelearning.seldon.io", at)) !== expected) wrong!.push(row.source);
      if (expected && !(await taken(row, GROUP, at))) stricter!.push(row.source);
    }
    expect(wrong).toEqual([]);
    expect(stricter).toEqual([]);
  },
);

test("ours refuses a spec without predictors, and a number where a text belongs", async () => {
  const document = { apiVersion: `${GROUP}/v1`, kind: "SeldonDeployment", metadata: {} };
  const row = (spec: object): Row => ({
    source: "",
    by: "",
    strict_verdict: "",
    document: { ...document, spec } as never,
  });
  expect(await taken(row({}), GROUP, 0)).toBe(false);
  expect(await taken(row({ predictors: [{ name: 1, graph: { name: "c" } }] }), GROUP, 0)).toBe(false);
  expect(await taken(row({ predictors: [{ name: "p", graph: { name: "c" } }] }), GROUP, 0)).toBe(true);
});
