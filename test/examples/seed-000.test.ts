// The first seed: a network with pre-processing of its own, deployed by a threshold, with parameters given by hand.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { RunResult } from "../runner/run-workflow.ts";
import { ask, jobOf, MINUTES, outputsOf, startSeed, stepOf, type SeedRoad } from "./seed-road.ts";

const PIPELINE = "continuous_deployment_pipeline";
const DIGITS = [3, 8, 0, 1, 3, 1, 0, 0, 7, 7, 6, 3, 4, 2, 3, 3, 5, 4, 1, 4];

let road: SeedRoad;
let first: RunResult;

beforeAll(async () => {
  road = await startSeed("mnist-pipeline", "seed-000-mnist-pipeline.yml");
  await road.begin();
  first = await road.push();
}, MINUTES);
afterAll(async () => {
  await road.byHand({ stop_service: true });
  await road.end();
}, MINUTES);

const output = (result: RunResult, step: string, name: string): string => outputsOf(result, PIPELINE, step)[name] ?? "";
const digitOf = (row: readonly number[]): number => row.indexOf(Math.max(...row));

describe("the first run", () => {
  test("imports, normalises, trains with its parameters, evaluates, deploys", () => {
    expect(first.conclusion, first.log).toBe("success");
    expect(first.log).toContain("epoch 12 of 12: loss");
    expect(output(first, "gate", "decision")).toBe("passed");
    expect(output(first, "deploy", "operation")).toBe("created");
  });

  test("pre-processing is in the way of a request: raw pixels are read", async () => {
    const rows = readFileSync(join(road.files, "images.csv"), "utf8").trim().split("\n").slice(1);
    const ndarray = rows.map((row) => row.split(",").map(Number));
    const { data } = await ask<{ data: { ndarray: number[][]; names: string[] } }>(
      output(first, "deploy", "prediction-url"),
      { data: { ndarray } },
    );
    const right = data.ndarray.filter((row, at) => digitOf(row) === DIGITS[at]).length;
    expect(right).toBeGreaterThanOrEqual(18);
    expect(data.names[3]).toBe("digit 3");
  });

  test("the inference pipeline predicts a file with the server that runs", () => {
    expect(first.log).toContain("20 of 20 rows predicted");
    expect(jobOf(first, "inference_pipeline").conclusion).toBe("success");
  });
});

test(
  "the same parameters: neither trained nor deployed again",
  async () => {
    const again = await road.byHand();
    expect(again.conclusion, again.log).toBe("success");
    expect(output(again, "train", "skipped")).toBe("true");
    expect(output(again, "image", "skipped")).toBe("true");
    expect(output(again, "deploy", "operation")).toBe("unchanged");
  },
  MINUTES,
);

test(
  "other parameters: trained, and the server updated at the same address",
  async () => {
    const other = await road.byHand({ epochs: 5, learning_rate: 0.1 });
    expect(other.conclusion, other.log).toBe("success");
    expect(other.log).toContain("params.learning_rate 0.02 → 0.1");
    expect(other.log).toContain("epoch 5 of 5: loss");
    expect(output(other, "deploy", "operation")).toBe("updated");
    expect(output(other, "deploy", "prediction-url")).toBe(output(first, "deploy", "prediction-url"));
  },
  MINUTES,
);

test(
  "not above the threshold: green, and nothing is deployed",
  async () => {
    const poor = await road.byHand({ epochs: 1, learning_rate: 0.001, batch_size: 256 });
    expect(poor.conclusion, poor.log).toBe("success");
    expect(output(poor, "gate", "decision")).toBe("rejected");
    expect(stepOf(poor, PIPELINE, "deploy").conclusion).toBe("skipped");
  },
  MINUTES,
);

test(
  "the threshold is an input, and strict",
  async () => {
    const strict = await road.byHand({ min_accuracy: 0.99 });
    expect(output(strict, "gate", "decision"), strict.log).toBe("rejected");
  },
  MINUTES,
);

test(
  "predict alone, then stop the service: it answers no more",
  async () => {
    const asked = await road.byHand({ deploy: false });
    expect(jobOf(asked, PIPELINE).conclusion).toBe("skipped");
    expect(asked.log).toContain("20 of 20 rows predicted");
    const stopped = await road.byHand({ stop_service: true });
    expect(stopped.conclusion, stopped.log).toBe("success");
    await expect(ask(output(first, "deploy", "prediction-url"), {})).rejects.toThrow("fetch failed");
  },
  MINUTES,
);
