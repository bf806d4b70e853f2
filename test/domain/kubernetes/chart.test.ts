import { describe, expect, it } from "vitest";
import {
  chartSource,
  fillImage,
  helmFailure,
  revisionsOf,
  stampChart,
  CHART_LABELS,
  standingOf,
  whoseIsNewest,
  type Revision,
} from "../../../src/domain/kubernetes/chart.ts";
import { readDocuments } from "../../../src/domain/kubernetes/documents.ts";
import { SPEC_ID_ANNOTATION } from "../../../src/domain/rollout/verdict.ts";
import { DEPLOY_ID_LABEL } from "../../../src/domain/seldon/deploy-ids.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const revision = (version: number, status: string): Revision => ({
  version,
  status,
  labels: {},
  annotations: {},
  secret: `sh.helm.release.v1.x.v${version}`,
  createdAt: "2026-01-01T00:00:00Z",
});

describe("where a chart comes from", () => {
  it("is the repository, a registry, or Seldon's own charts", () => {
    expect(chartSource("./charts/score", undefined, "/w")).toEqual({
      chart: "/w/charts/score",
      options: [],
      local: true,
    });
    expect(chartSource("oci://ghcr.io/acme/score", "1.2.3", "/w").options).toEqual(["--version", "1.2.3"]);
    expect(chartSource("seldon-abtest", undefined, "/w").options[0]).toBe("--repo");
  });

  it.each(["/etc/chart", "../chart", "a/../../chart", "--post-renderer", "http://x/chart.tgz", "repo:chart", "a\nb"])(
    "is never %s",
    (chart) => {
      expect(() => chartSource(chart, undefined, "/w")).toThrow(`input "chart"`);
    },
  );

  it("has no version of its own in the repository", () => {
    expect(() => chartSource("charts/score", "1.0.0", "/w")).toThrow(`input "chart-version"`);
  });
});

describe("the image in a chart's values", () => {
  it("is put in whole, or in two halves that a colon joins", () => {
    const image = `ghcr.io/acme/score@${DIGEST}`;
    const filled = fillImage(`a: "{image}"\nname: "{image-name}"\nversion: "{image-version}"`, image);
    expect(filled).toBe(`a: "${image}"\nname: "ghcr.io/acme/score@sha256"\nversion: "${"a".repeat(64)}"`);
    expect(fillImage("x: 1", undefined)).toBe("x: 1");
    expect(() => fillImage("x: {image}", undefined)).toThrow("expected an image for {image}");
  });
});

describe("what a release is at", () => {
  it.each<[string, Revision[], string, number | undefined]>([
    ["nothing", [], "none", undefined],
    ["deployed", [revision(2, "deployed"), revision(1, "superseded")], "ready", 2],
    ["failed above one that is deployed", [revision(3, "failed"), revision(2, "deployed")], "ready", 2],
    ["an upgrade that goes on", [revision(3, "pending-upgrade"), revision(2, "deployed")], "pending", 2],
    ["a first install that goes on", [revision(1, "pending-install")], "pending", undefined],
    ["a first install that failed", [revision(1, "failed")], "broken", undefined],
    ["kept history of what is gone", [revision(1, "uninstalled")], "none", undefined],
  ])("%s", (_title, revisions, kind, live) => {
    const standing = standingOf(revisions);
    expect(standing.kind).toBe(kind);
    expect("live" in standing ? standing.live?.version : undefined).toBe(live);
  });

  it("is read from helm's Secrets, by number and not by name", () => {
    const secret = (version: string, status: string) => ({
      metadata: { name: `sh.helm.release.v1.x.v${version}`, labels: { version, status } },
    });
    const all = revisionsOf([secret("9", "superseded"), secret("10", "deployed"), secret("x", "deployed")]);
    expect(all.map(({ version }) => version)).toEqual([10, 9]);
  });
});

describe("the ids in a rendered chart", () => {
  const chart = (image: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec: {template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: "${image}"}]}}}
---
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata: {name: b, annotations: {own: kept}}
spec: {predictors: [{name: default, graph: {name: c}, componentSpecs: [{spec: {containers: [{name: c, image: "${image}"}]}}]}]}
`;

  it("are the same for the same chart, and stamped again stay what they are", async () => {
    const once = await stampChart(await readDocuments(chart("x:1"), "x"), "r");
    const [deployment, sdep] = once.documents;
    expect(JSON.stringify(deployment)).toContain(DEPLOY_ID_LABEL);
    expect(sdep!.metadata.annotations).toMatchObject({
      own: "kept",
      [SPEC_ID_ANNOTATION]: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(await stampChart(await readDocuments(chart("x:1"), "x"), "r")).toEqual(once);
    const other = await stampChart(await readDocuments(chart("x:2"), "x"), "r");
    expect(other.deployId).not.toBe(once.deployId);
    expect(other.documents[1]!.metadata.annotations).not.toEqual(sdep!.metadata.annotations);
  });
});

it("tells helm's own last word", () => {
  const said = "WARNING: kubeconfig is group-readable\nError: UPGRADE FAILED: timed out waiting for the condition\n";
  expect(helmFailure("upgrade", said).seen).toBe('"UPGRADE FAILED: timed out waiting for the condition"');
});

describe("whose the newest revision is after an upgrade that failed", () => {
  const run = { runId: "7", runAttempt: 1 };
  const made = (version: number, runId = "7", writtenFor = version): Revision => ({
    ...revision(version, "failed"),
    labels: {
      [CHART_LABELS.deployId]: "a",
      [CHART_LABELS.run]: runId,
      [CHART_LABELS.attempt]: "1",
      [CHART_LABELS.revision]: String(writtenFor),
    },
  });

  it.each([
    ["ours, which helm told of", made(4), { revision: 4, before: 3 }, "ours"],
    ["ours, which failed within helm", made(4), { revision: 0, before: 3 }, "ours"],
    ["the one from before, since helm refused to write one", made(3, "6"), { revision: 0, before: 3 }, "unchanged"],
    ["another run's, in the making or done", made(4, "8"), { revision: 0, before: 3 }, "foreign"],
    ["a newer commit's that we have put back ourselves", made(5, "8", 3), { revision: 0, before: 2 }, "foreign"],
    ["one by hand that has inherited our labels", made(5, "7", 4), { revision: 0, before: 3 }, "foreign"],
    ["later than ours", made(5, "8"), { revision: 4, before: 3 }, "foreign"],
    ["gone", undefined, { revision: 4, before: 3 }, "foreign"],
  ] as const)("%s", (_what, newest, upgrade, whose) => {
    expect(whoseIsNewest(newest, upgrade, run)).toBe(whose);
  });
});
