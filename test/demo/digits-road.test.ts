// The promise of the README, asserted: the four passes of the demo, with the real Python, scikit-learn and seldon-core.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { digitsRoad, stepOf, type Pass } from "./digits-road.ts";

let folder: string;
let passes: readonly Pass[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "digits-road-"));
  ({ passes } = await digitsRoad({ folder }));
}, 600_000);
afterAll(async () => rm(folder, { recursive: true, force: true }));

const output = (pass: number, step: string, name: string): string =>
  stepOf(passes[pass - 1]!.result, step)?.outputs[name] ?? "";
const logOf = (pass: number): string => passes[pass - 1]!.result.log;

describe("pass 1: the first push", () => {
  test("trains a real model, held-out accuracy above 0.9", () => {
    expect(passes[0]!.result.conclusion, logOf(1)).toBe("success");
    expect(output(1, "train", "skipped")).toBe("false");
    const record = JSON.parse(output(1, "train", "record")) as { metrics: { values: Record<string, number> } };
    expect(record.metrics.values["accuracy"]).toBeGreaterThan(0.9);
  });

  test("the gate passes, the image is an OCI layout, the model is served behind Seldon's path", async () => {
    expect(output(1, "gate", "decision")).toBe("passed");
    const [algorithm, hex] = output(1, "image", "digest").split(":");
    const manifest = await readFile(join(folder, "images", "digits", "blobs", algorithm!, hex!), "utf8");
    expect(JSON.parse(manifest)).toMatchObject({ schemaVersion: 2 });
    expect(output(1, "deploy", "operation")).toBe("created");
    expect(output(1, "deploy", "prediction-url")).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/seldon\/demo\/digits\/api\/v1\.0\/predictions$/,
    );
  });

  test("a real three is read as a three, by the version just deployed", () => {
    expect(passes[0]!.prediction).toMatchObject({ digit: 3, deployId: output(1, "deploy", "deploy-id") });
  });
});

describe("pass 2: nothing that counts changed", () => {
  test("train, build and deploy skip, and each says why", () => {
    expect(passes[1]!.result.conclusion, logOf(2)).toBe("success");
    expect(output(2, "train", "skipped")).toBe("true");
    expect(output(2, "train", "reason")).toMatch(/nothing changed since/);
    expect(output(2, "image", "skipped")).toBe("true");
    expect(output(2, "image", "digest")).toBe(output(1, "image", "digest"));
    expect(output(2, "deploy", "operation")).toBe("unchanged");
    expect(output(2, "deploy", "reason")).not.toBe("");
  });

  test("the gate decides again, and the server was not restarted", () => {
    expect(output(2, "gate", "decision")).toBe("passed");
    expect(passes[1]!.polled).toMatchObject({ failed: 0, versions: [output(1, "deploy", "deploy-id")] });
  });

  test("no training ran: no Python was started, and GitHub was asked little", () => {
    expect(logOf(2)).not.toMatch(/unseen digits/);
    expect(passes[1]!.result.requests.length).toBeLessThanOrEqual(6);
  });
});

describe("pass 3: a parameter changed", () => {
  test("the log says which, and it trains", () => {
    expect(passes[2]!.result.conclusion, logOf(3)).toBe("success");
    expect(output(3, "train", "skipped")).toBe("false");
    expect(logOf(3)).toContain("params.C 1.0 → 0.1");
  });

  test("the same URL serves the new version, and no request failed meanwhile", () => {
    expect(output(3, "deploy", "operation")).toBe("updated");
    expect(output(3, "deploy", "prediction-url")).toBe(output(1, "deploy", "prediction-url"));
    const { requests, failed, failures, versions } = passes[2]!.polled!;
    expect(failures).toEqual([]);
    expect(failed).toBe(0);
    expect(requests).toBeGreaterThan(10);
    expect(versions).toEqual([output(1, "deploy", "deploy-id"), output(3, "deploy", "deploy-id")]);
  });

  test("the pull request has one comment, with the verdict, the URL and a curl", () => {
    expect(passes[2]!.comments).toHaveLength(1);
    expect(passes[2]!.comments[0]).toContain(output(3, "deploy", "prediction-url"));
    expect(passes[2]!.comments[0]).toMatch(/curl/);
    expect(passes[2]!.comments[0]).toContain("params.C 1.0 → 0.1");
  });
});

describe("pass 4: a bad model", () => {
  test("the gate rejects with its reasons; the run is red because the workflow asked for that", () => {
    expect(passes[3]!.result.conclusion).toBe("failure");
    expect(output(4, "gate", "decision")).toBe("rejected");
    expect(passes[3]!.result.annotations.map(({ message }) => message).join("\n")).toMatch(/accuracy > 0\.90/);
    expect(stepOf(passes[3]!.result, "gate")?.conclusion).toBe("failure");
  });

  test("nothing was built or deployed, the old model still answers", () => {
    expect(stepOf(passes[3]!.result, "image")?.conclusion).toBe("skipped");
    expect(stepOf(passes[3]!.result, "deploy")?.conclusion).toBe("skipped");
    expect(passes[3]!.prediction).toMatchObject({ digit: 3, deployId: output(3, "deploy", "deploy-id") });
    expect(passes[3]!.polled).toMatchObject({ failed: 0, versions: [output(3, "deploy", "deploy-id")] });
  });

  test("the comment is the same one, and says no", () => {
    expect(passes[3]!.comments).toHaveLength(1);
    expect(passes[3]!.comments[0]).toMatch(/rejected/i);
  });
});

test("no process is left that knows of the demo's folder", () => {
  const left = readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder) ||
          readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder)
        );
      } catch {
        return false;
      }
    })
    .map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "));
  expect(left).toEqual([]);
});
