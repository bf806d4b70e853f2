import { expect, test } from "vitest";

import { inputVariable, machineEnvironment } from "./environment.ts";
import { composite, nodeAction, oneJob, startBed, WORKFLOW } from "./test-bed.ts";

/** Prints its environment as one line of JSON, under a name. */
const PRINT = (name: string) =>
  `console.log("${name} " + JSON.stringify(process.env, Object.keys(process.env).sort()));`;

function environmentOf(log: string, name: string): Record<string, string> {
  const line = log.split("\n").find((l) => l.startsWith(`${name} {`)) ?? "{}";
  return JSON.parse(line.slice(name.length + 1)) as Record<string, string>;
}

test("each kind of step gets what GitHub gives it, and nothing of the machine besides", async () => {
  process.env["ONLY_OF_THIS_PROCESS"] = "x";
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(
      `- uses: actions/checkout@v7
- { run: 'node print.cjs script', env: { OF_STEP: s } }
- { uses: ./node, with: { a b: 1, c-d: '' }, env: { OF_STEP: s } }
- { uses: ./composite, with: { x: 1 }, env: { OF_STEP: outer } }
- run: |
    echo "LATER=1" >> "$GITHUB_ENV"
    echo "/first" >> "$GITHUB_PATH"
    echo "/second" >> "$GITHUB_PATH"
- run: node print.cjs later`,
      { top: "env: { OF_WORKFLOW: w, BOTH: w }", job: "env: { OF_JOB: j, BOTH: j }" },
    ),
    "print.cjs": `const name = process.argv[2]; ${PRINT("").replace('" "', 'name + " "')}`,
    "node/action.yml": nodeAction(
      "main: main.cjs",
      "{ a b: { description: d }, c-d: { description: d, default: 5 }, e: { description: d, default: '${{ github.ref_name }}' } }",
    ),
    "node/main.cjs": PRINT("node"),
    "composite/action.yml": composite(`- { run: node print.cjs inner, shell: bash }\n- uses: $/node`, {
      inputs: "{ x: { description: d } }",
    }),
  });
  const { log, conclusion } = await bed.run();
  expect(conclusion, log).toBe("success");

  const script = environmentOf(log, "script");
  expect(script).toMatchObject({
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION: "__run",
    GITHUB_API_URL: bed.github.rest.url,
    GITHUB_JOB: "main",
    GITHUB_REPOSITORY: "acme/models",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_WORKSPACE: bed.machine.workspaceOf("acme/models"),
    RUNNER_ENVIRONMENT: "self-hosted",
    RUNNER_OS: "Linux",
    RUNNER_TEMP: bed.machine.temp,
    RUNNER_TOOL_CACHE: bed.machine.toolCache,
    OF_WORKFLOW: "w",
    OF_JOB: "j",
    BOTH: "j",
    OF_STEP: "s",
  });
  expect(script["RUNNER_TRACKING_ID"]).toMatch(/^github_/);
  const inner = environmentOf(log, "inner");
  expect(inner).toMatchObject({
    OF_STEP: "outer",
    GITHUB_ACTION_PATH: expect.stringMatching(/\/composite$/) as string,
  });
  for (const environment of [script, inner]) {
    const leaked = Object.keys(environment).filter((name) =>
      /^(ACTIONS_|INPUT_|STATE_|ONLY_|npm_|VITEST|NODE_OPTIONS)/.test(name),
    );
    expect(leaked).toEqual([]);
  }

  const node = environmentOf(log, "node");
  expect(node).toMatchObject({
    INPUT_A_B: "1",
    "INPUT_C-D": "",
    INPUT_E: "main",
    ACTIONS_CACHE_SERVICE_V2: "True",
    ACTIONS_RESULTS_URL: `${bed.github.results.origin}/`,
    OF_STEP: "s",
  });
  expect(node["ACTIONS_RUNTIME_TOKEN"]).toBe("***");
  expect(node["ONLY_OF_THIS_PROCESS"]).toBeUndefined();

  const later = environmentOf(log, "later");
  expect(later).toMatchObject({ LATER: "1", PATH: expect.stringMatching(/^\/second:\/first:/) as string });
  expect(later["OF_STEP"]).toBeUndefined();
  delete process.env["ONLY_OF_THIS_PROCESS"];
});

test("an input's variable keeps hyphens and loses spaces", () => {
  expect(inputVariable("on-reject now")).toBe("INPUT_ON-REJECT_NOW");
});

test("of the machine, only what installs need is passed on, and npm's own PATH entries are not", () => {
  const own = {
    PATH: "/x/node_modules/.bin:/usr/bin",
    HTTPS_PROXY: "p",
    PIP_INDEX_URL: "i",
    AWS_SECRET_ACCESS_KEY: "s",
  };
  expect(machineEnvironment(own, "/home/me")).toEqual({
    PATH: "/usr/bin",
    HOME: "/home/me",
    HTTPS_PROXY: "p",
    PIP_INDEX_URL: "i",
    LANG: "C.UTF-8",
  });
});
