import { expect, test } from "vitest";

import { combinationsOf } from "./matrix.ts";

test("products, less exclude, plus include", () => {
  const matrix = {
    os: ["linux", "mac"],
    python: ["3.11", "3.12"],
    exclude: [{ os: "mac", python: "3.11" }],
    include: [{ os: "linux", fast: true }, { os: "windows" }],
  };
  expect(combinationsOf(matrix)).toEqual([
    { os: "linux", python: "3.11", fast: true },
    { os: "linux", python: "3.12", fast: true },
    { os: "mac", python: "3.12" },
    { os: "windows" },
  ]);
});

test("no matrix is one job", () => {
  expect(combinationsOf(undefined)).toEqual([{}]);
});
