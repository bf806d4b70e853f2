import { describe, expect, test } from "vitest";

import { servingEnvironment, installerEnvironment } from "../../../src/domain/seldon/environment.ts";
import { connectionHeaders, seldonError, serverPath, upstreamPath } from "../../../src/domain/seldon/front.ts";
import { announcedPort, launcherProgram } from "../../../src/domain/seldon/launcher.ts";
import { planLocal, type LocalFacts } from "../../../src/domain/seldon/local-plan.ts";
import {
  deployId,
  deploymentName,
  modelClassName,
  namespaceName,
  predictionUrl,
  type Version,
} from "../../../src/domain/seldon/names.ts";
import type { ServingState } from "../../../src/domain/seldon/serving.ts";

describe("names", () => {
  test.each(["a", "digits", "a-1", "a".repeat(63)])("%s names a deployment", (name) =>
    expect(deploymentName.pattern.test(name)).toBe(true),
  );
  test.each(["", "1a", "A", "a_b", "a.b", "-a", "a-", "../x", "a/b", "a\n", "a".repeat(64)])("%j does not", (name) =>
    expect(deploymentName.pattern.test(name)).toBe(false),
  );
  test("a namespace may start with a digit", () => {
    expect(namespaceName.pattern.test("1st")).toBe(true);
    expect(namespaceName.pattern.test("..")).toBe(false);
  });
  test.each([
    ["DigitsModel", true],
    ["src.model.Digits_2", true],
    ["--help", false],
    ["a b", false],
    [".a", false],
    ["a..b", false],
    ["1a", false],
  ])("%s as a class: %s", (name, fits) => expect(modelClassName.pattern.test(name)).toBe(fits));

  test("the URL is a gateway's", () => {
    expect(predictionUrl("http://127.0.0.1:80/", "demo", "digits")).toBe(
      "http://127.0.0.1:80/seldon/demo/digits/api/v1.0/predictions",
    );
  });
});

describe("deploy id", () => {
  const version: Version = { model: "sha256:1", code: "sha256:2", modelClass: "M", modelPath: "m", requirements: "r" };

  test("is a function of the version", async () => {
    expect(await deployId(version)).toMatch(/^[0-9a-f]{40}$/);
    expect(await deployId({ ...version })).toBe(await deployId(version));
  });

  test.each<keyof Version>(["model", "code", "modelClass", "modelPath", "requirements"])(
    "another %s is another version",
    async (part) => expect(await deployId({ ...version, [part]: "other" })).not.toBe(await deployId(version)),
  );
});

describe("the front's paths", () => {
  test.each<[string, string | undefined]>([
    ["/seldon/demo/digits/api/v1.0/predictions", "/api/v1.0/predictions"],
    ["/seldon/demo/digits/api/v0.1/predictions?a=/b", "/api/v0.1/predictions?a=/b"],
    ["/seldon/demo/digits/api/v1.0/feedback", "/send-feedback"],
    ["/seldon/demo/digits/api/v1.0/health/status", "/health/status"],
    ["/seldon/demo/digits/", "/"],
    ["/seldon/demo/digits", undefined],
    ["/seldon/demo/digits2/x", undefined],
    ["/seldon/demo/other/x", undefined],
    ["http://evil/seldon/demo/digits/x", undefined],
    ["*", undefined],
    ["", undefined],
  ])("%s → %s", (target, path) => expect(upstreamPath(target, "demo", "digits")).toBe(path));

  test("names of an object's own are no paths", () => expect(serverPath("constructor")).toBe("constructor"));

  test("an error has Seldon's form", () => {
    expect(JSON.parse(seldonError(503, "NO", "none"))).toEqual({
      status: { code: 503, info: "none", reason: "NO", status: "FAILURE" },
    });
  });

  test("what the connection header names does not pass either", () => {
    expect([...connectionHeaders("close, X-Own")]).toEqual(expect.arrayContaining(["connection", "close", "x-own"]));
  });
});

describe("the launcher", () => {
  test.each<[string, number | undefined]>([
    ['model-road-ports {"http": 41125, "grpc": 1, "metrics": 2}', 41_125],
    ['model-road-ports {"http": 0}', undefined],
    ['model-road-ports {"http": "80"}', undefined],
    ["model-road-ports {}", undefined],
    ["model-road-ports {http}", undefined],
    ['x model-road-ports {"http": 80}', undefined],
    ["", undefined],
  ])("%s announces %s", (line, port) => expect(announcedPort(line)).toBe(port));

  test("a model without files has no MODEL_PATH", () => {
    const request = {
      deployId: "d",
      python: "/py",
      folder: "/f",
      modelClass: "M",
      modelPath: undefined,
      replicas: 2,
      record: undefined,
    };
    const program = launcherProgram(request, "/l.py", { PATH: "/bin" });
    expect(program).toMatchObject({ command: "/py", args: ["/l.py", "M", "2"], cwd: "/f" });
    expect(program.env).toMatchObject({ PATH: "/bin", MODEL_NAME: "M" });
    expect(program.env).not.toHaveProperty("MODEL_PATH");
    expect(launcherProgram({ ...request, modelPath: "/m" }, "/l.py", {}).env.MODEL_PATH).toBe("/m");
  });
});

describe("environments", () => {
  const env = {
    PATH: "/bin",
    HOME: "/root",
    LC_ALL: "C",
    OMP_NUM_THREADS: "1",
    PIP_INDEX_URL: "https://user:secret@host/",
    https_proxy: "http://proxy",
    GITHUB_TOKEN: "secret",
    INPUT_MODEL: "x",
    ACTIONS_RUNTIME_TOKEN: "secret",
    AWS_SECRET_ACCESS_KEY: "secret",
    RUNNER_TRACKING_ID: "job",
    PYTHONPATH: "/evil",
  };
  test("pip sees where packages come from, and no token", () => {
    expect(Object.keys(installerEnvironment(env))).toEqual(["PATH", "HOME", "LC_ALL", "PIP_INDEX_URL", "https_proxy"]);
  });
  test("a server sees neither", () => {
    expect(Object.keys(servingEnvironment(env, { outliveJob: false }))).toEqual([
      "PATH",
      "HOME",
      "LC_ALL",
      "OMP_NUM_THREADS",
      "RUNNER_TRACKING_ID",
    ]);
    expect(servingEnvironment(env, { outliveJob: true })).not.toHaveProperty("RUNNER_TRACKING_ID");
  });
});

describe("the plan", () => {
  const state: ServingState = {
    namespace: "demo",
    name: "digits",
    url: "",
    port: 1,
    status: "running",
    frontPid: 1,
    outliveJob: false,
    deployId: "a",
    modelClass: "M",
    replicas: 1,
    servers: [],
    record: undefined,
    since: 0,
    restarts: 0,
  };
  const wanted = { deployId: "a", replicas: 1 };
  test.each<[string, LocalFacts, string, string]>([
    ["nothing", { state: undefined, answers: undefined, wanted }, "created", "nothing is served under this name"],
    ["stopped", { state: { ...state, status: "stopped" }, answers: undefined, wanted }, "created", "has ended"],
    ["empty", { state: { ...state, status: "empty" }, answers: undefined, wanted }, "created", "no model server left"],
    ["another", { state: { ...state, deployId: "b" }, answers: undefined, wanted }, "updated", "b → a"],
    ["fewer", { state, answers: true, wanted: { ...wanted, replicas: 2 } }, "updated", "replicas 1 → 2"],
    ["mute", { state, answers: false, wanted }, "updated", "does not answer"],
    ["same", { state, answers: true, wanted }, "unchanged", "serves already, and answers"],
  ])("%s", (_, facts, operation, reason) => {
    const plan = planLocal(facts);
    expect(plan.operation).toBe(operation);
    expect(plan.reason).toContain(reason);
  });
});
