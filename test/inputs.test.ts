import { expect, test } from "vitest";

import {
  flag,
  integer,
  lines,
  oneOf,
  parsed,
  readInputs,
  readRun,
  Refusal,
  requiredText,
  seconds,
  text,
} from "../src/inputs.ts";

const table = {
  name: requiredText({ description: "The model's name.", pattern: /^[a-z-]+$/, accepts: "lower-case letters" }),
  note: text({ description: "A note." }),
  force: flag({ description: "Train anyway.", default: "false" }),
  replicas: integer({ description: "How many.", least: 1, most: 8 }),
  target: oneOf(["local", "seldon"], { description: "Where.", default: "seldon" }),
  code: lines({ description: "Globs." }),
  "wait-timeout": seconds({ description: "How long.", default: "5m", most: 3600 }),
  token: text({ description: "A token.", pattern: /^ghs_/, accepts: "a token" }),
  rule: parsed({
    description: "A rule.",
    accepts: "a rule",
    parse: (value) => {
      if (value !== "good") throw new Refusal("a good rule", { fix: "Write good." });
      return 1;
    },
  }),
};

test("texts become values; an empty input is an unset one", async () => {
  const values = await readInputs(table, {
    INPUT_NAME: "digits",
    INPUT_NOTE: "",
    INPUT_FORCE: "true",
    INPUT_REPLICAS: "2",
    INPUT_CODE: "*.py\n# a remark\n\n  !test/**  ",
    "INPUT_WAIT-TIMEOUT": "90s",
    INPUT_RULE: "good",
  });
  expect(values).toEqual({
    name: "digits",
    note: undefined,
    force: true,
    replicas: 2,
    target: "seldon",
    code: ["*.py", "!test/**"],
    "wait-timeout": 90,
    token: undefined,
    rule: 1,
  });
});

test("all mistakes in one go, each with what to do", async () => {
  const secret = { ...table, token: { ...table.token, secret: true } };
  const wrong = {
    INPUT_FORCE: "yes",
    INPUT_REPLICAS: "0",
    INPUT_TARGET: "mars",
    "INPUT_WAIT-TIMEOUT": "2h",
    INPUT_RULE: "bad",
    INPUT_TOKEN: "hunter2",
  };
  await expect(readInputs(secret, wrong)).rejects.toThrow(
    [
      'input "name": expected a value, saw nothing. The model\'s name.',
      'input "force": expected true or false, saw "yes".',
      'input "replicas": expected a whole number from 1 to 8, saw "0".',
      'input "target": expected one of local, seldon, saw "mars".',
      'input "wait-timeout": expected a time from 1s to 3600s, as 90s, 5m or 1h, saw "2h".',
      'input "token": expected a token, saw a value that does not fit (hidden).',
      'input "rule": expected a good rule, saw "bad". Write good.',
    ].join("\n"),
  );
});

test.each(["1.5", "1e1", "-1", "٣", "0x1", "9".repeat(30)])("%s is no whole number", async (value) => {
  await expect(readInputs({ replicas: table.replicas }, { INPUT_REPLICAS: value })).rejects.toThrow(/whole number/);
});

test("the run is what the runner's variables say", () => {
  const run = readRun({
    GITHUB_REPOSITORY: "acme/digits",
    GITHUB_RUN_ATTEMPT: "3",
    RUNNER_TEMP: "/t",
    GITHUB_WORKSPACE: "/w",
  });
  expect(run).toMatchObject({
    repository: "acme/digits",
    runAttempt: 3,
    temp: "/t",
    workspace: "/w",
    serverUrl: "https://github.com",
  });
});
