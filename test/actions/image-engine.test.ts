// Images by buildah and s2i themselves, pushed to Debian's docker-registry: built, asked while they run, and only then pushed.
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { messageOf } from "../../src/errors.ts";
import { pushPythonBase, unmountBelow } from "../world/images/python-base.ts";
import { lacks, startDockerRegistry, type DockerRegistry } from "../world/registry/docker-registry.ts";
import { buildS2i } from "../world/s2i/s2i.ts";
import { imageBench, type ImageBench } from "./image-bench.ts";

const what = "images by engines";
const root = process.getuid?.() === 0;
if (!root) console.warn(`SKIPPED: ${what}, which are built as root here`);
const without = [!root, lacks("docker-registry", what), lacks("buildah", what)].includes(true);
const s2i = without ? undefined : buildS2i();

const before = { ...process.env };
let world: string;
let registry: DockerRegistry;
let base: string;
let bench: ImageBench;

beforeAll(async () => {
  if (without) return;
  world = mkdtempSync(join(tmpdir(), "image-engine-"));
  registry = await startDockerRegistry(join(world, "registry"));
  ({ image: base } = await pushPythonBase(registry.host, "base/python"));
  const storage = join(world, "storage.conf");
  writeFileSync(storage, `[storage]\ndriver = "overlay"\nrunroot = "${world}/run"\ngraphroot = "${world}/storage"\n`);
  Object.assign(process.env, {
    CONTAINERS_STORAGE_CONF: storage,
    BUILDAH_ISOLATION: "chroot",
    ...(s2i === undefined ? {} : { PATH: `${s2i}:${process.env["PATH"]}` }),
  });
}, 240_000);
afterAll(async () => {
  for (const name of ["CONTAINERS_STORAGE_CONF", "BUILDAH_ISOLATION"]) delete process.env[name];
  Object.assign(process.env, { PATH: before.PATH });
  if (without) return;
  await registry.stop();
  unmountBelow(world);
  rmSync(world, { recursive: true, force: true });
});
beforeEach(() => {
  bench = imageBench();
});
afterEach(() => bench.close());

/** A service in plain Python; it says what it is sent. */
const SERVICE = (answer = "sent['X']"): string => `import json
from http.server import BaseHTTPRequestHandler, HTTPServer


class Service(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({"up": True})

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.answer({"score": ${answer}})

    def answer(self, body):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


if __name__ == "__main__":
    HTTPServer(("0.0.0.0", 5000), Service).serve_forever()
`;
const SMOKE = JSON.stringify({ path: "/score", body: { X: [1, 2] }, expect: { values: { score: [1, 2] } } });
const given = (name: string, more: Record<string, string> = {}): Record<string, string> => ({
  engine: "buildah",
  wrapper: "flask",
  image: `${registry.host}/team/${name}`,
  "smoke-request": SMOKE,
  ...more,
});

const tagsOf = async (name: string): Promise<string[]> => {
  const answer = await fetch(`http://${registry.host}/v2/team/${name}/tags/list`);
  return answer.ok ? (((await answer.json()) as { tags: string[] | null }).tags ?? []).toSorted() : [];
};
const left = (): string[] => readdirSync(join(bench.temp, "model-road"));
const containers = (): string => execFileSync("buildah", ["containers", "--quiet"], { encoding: "utf8" }).trim();

describe.skipIf(without)("buildah", () => {
  test("our Dockerfile: built, asked in the image, pushed, and found unchanged", async () => {
    bench.put("app.py", SERVICE());
    bench.put(".dockerignore", "model\n");
    bench.put("model/weights.txt", "weights");
    const inputs = given("ours", { "base-image": base, model: "model/weights.txt", "check-model": "false" });
    const { outputs, summary } = await bench.build(inputs);
    expect(bench.said.join("\n")).toContain("The server answers after");
    expect(summary).toContain("| smoke request, JSON | passed |");
    expect(await tagsOf("ours")).toEqual([outputs.tag, `sha-${"1".repeat(40)}`]);
    expect([containers(), left(), running()]).toEqual(["", [], []]);
    const again = await bench.build(inputs);
    expect(again.outputs).toMatchObject({ skipped: "true", digest: outputs.digest });
  }, 240_000);

  test("the user's own Dockerfile, kept out of the context by .dockerignore, with packages that it installs", async () => {
    bench.put("api.py", readFileSync(join(import.meta.dirname, "../../workflows-examples/flask/app.py"), "utf8"));
    bench.put(
      "requirements.txt",
      readFileSync(join(import.meta.dirname, "../../workflows-examples/flask/requirements.txt"), "utf8"),
    );
    execFileSync("python3.11", ["-m", "pip", "download", "-q", "-r", "requirements.txt", "-d", "wheels"], {
      cwd: bench.workspace,
      stdio: "pipe",
    });
    const dockerfile = (more = ""): string =>
      [
        `FROM ${base}`,
        "WORKDIR /usr/src/app",
        "COPY . .",
        "RUN pip3 install --no-index --find-links wheels -r requirements.txt || python3 -m pip install --no-index --find-links wheels -r requirements.txt",
        `EXPOSE 5000${more}`,
        'CMD ["python", "api.py"]',
        "",
      ].join("\n");
    bench.put("Dockerfile", dockerfile());
    bench.put(".dockerignore", "Dockerfile\n");
    const inputs = given("own", { dockerfile: "Dockerfile", "start-command": "python3 api.py" });
    const { outputs, summary } = await bench.build(inputs);
    expect(summary).toContain("| smoke request, JSON | passed |");
    bench.put("Dockerfile", dockerfile("\nENV CHANGED=1"));
    const told = await bench.build(inputs).then(() => "built", messageOf);
    expect(told).toMatch(/^tag sha-1{40}: expected no other image under it, saw sha256:/);
    const changed = await bench.build({ ...inputs, "move-tags": "true" });
    expect(changed.outputs.tag).not.toBe(outputs.tag);
  }, 240_000);

  test("the Dockerfile that is written for reading names its base, and what it installs lies beside it", async () => {
    bench.put("api.py", SERVICE());
    bench.put("requirements.txt", "itsdangerous==2.2.0\n");
    const inputs = given("read", {
      engine: "layers",
      image: "oci:out",
      "start-command": "python3 api.py",
      requirements: "requirements.txt",
      "base-image": base,
      "emit-dockerfile": "written/Dockerfile",
    });
    await bench.build(inputs);
    const text = readFileSync(join(bench.workspace, "written/Dockerfile"), "utf8");
    expect(text).toContain(`FROM ${base}`);
    expect(readFileSync(join(bench.workspace, "written/.model-road-requirements.txt"), "utf8")).toBe(
      "itsdangerous==2.2.0\n",
    );
    expect((await bench.build(inputs)).outputs.skipped).toBe("true");
  }, 240_000);

  test("an answer that is wrong: nothing is pushed, nothing is left", async () => {
    bench.put("app.py", SERVICE("[0]"));
    const told = await bench.build(given("wrong", { "base-image": base })).then(() => "pushed", messageOf);
    expect(told).toMatch(/smoke request, JSON: .*score/);
    expect(await tagsOf("wrong")).toEqual([]);
    expect([containers(), left()]).toEqual(["", []]);
    expect(running()).toEqual([]);
  }, 240_000);

  test("what is no Python server is pushed untried, and that is said with the reason", async () => {
    bench.put("run.sh", "exec sleep 100\n");
    bench.put("app.py", SERVICE());
    bench.put("Dockerfile", `FROM ${base}\nCOPY run.sh /run.sh\nCMD ["/bin/sh", "/run.sh"]\n`);
    const { outputs } = await bench.build(given("other", { dockerfile: "Dockerfile" }));
    expect(outputs["start-seconds"]).toBe("");
    expect(bench.said.join("\n")).toMatch(
      /warning: Nothing was asked of the image before its push: what it starts \("\/bin\/sh \/run\.sh"\)/,
    );
  }, 240_000);

  test("an OCI layout is written too, and a build that fails names its line", async () => {
    bench.put("app.py", SERVICE());
    const { outputs } = await bench.build(given("layout", { "base-image": base, image: "oci:out", try: "false" }));
    const index = JSON.parse(readFileSync(join(bench.workspace, "out/index.json"), "utf8")) as {
      manifests: { digest: string; annotations: Record<string, string> }[];
    };
    expect(index.manifests.every(({ digest }) => digest === outputs.digest)).toBe(true);
    expect(index.manifests.map(({ annotations }) => annotations["org.opencontainers.image.ref.name"])).toContain(
      outputs.tag,
    );
    bench.put("Dockerfile", `FROM ${base}\nRUN python3 -c "raise SystemExit('no such thing')"\n`);
    const told = await bench.build(given("fails", { dockerfile: "Dockerfile" })).then(() => "built", messageOf);
    expect(told).toMatch(/^buildah: expected to build and push, saw exit code \d+: /);
  }, 240_000);
});

/** What still runs in an image of ours after its trial. */
function running(): string[] {
  return readdirSync("/proc")
    .filter((each) => /^\d+$/.test(each))
    .filter((each) => {
      try {
        return readlinkSync(`/proc/${each}/root`).startsWith(world);
      } catch {
        return false;
      }
    });
}

describe.skipIf(without || s2i === undefined)("s2i", () => {
  let builder: string;
  beforeAll(async () => {
    ({ image: builder } = await pushPythonBase(registry.host, "base/builder", {
      labels: { "io.openshift.s2i.scripts-url": "image:///s2i/bin" },
      files: {
        "s2i/bin/assemble": "#!/bin/sh\nset -e\nmkdir -p /app\ncp -R /tmp/src/. /app/\n",
        "s2i/bin/run": "#!/bin/sh\ncd /app\nexec python3 app.py\n",
      },
    }));
  }, 240_000);

  test("this repository's code, by a builder whose scripts are where its label says", async () => {
    bench.put("app.py", SERVICE());
    const { outputs } = await bench.build(given("s2i", { engine: "s2i", "builder-image": builder }));
    const all = bench.said.join("\n");
    expect(all).toContain("RUN /s2i/bin/assemble");
    expect(all).toContain('what it starts ("/bin/sh -c /s2i/bin/run")');
    const config = configOf(outputs.image!);
    expect(config.Cmd?.join(" ")).toContain("/s2i/bin/run");
    expect((await bench.build(given("s2i", { engine: "s2i", "builder-image": builder }))).outputs.skipped).toBe("true");
  }, 240_000);

  test("a git source with a folder in it: the commit is part of what the image is", async () => {
    const git = await gitServer({ "models/one/app.py": SERVICE(), "README.md": "two models" });
    try {
      const inputs = given("git", {
        engine: "s2i",
        "builder-image": builder,
        source: `${git.url}#main`,
        "context-dir": "models/one",
      });
      const first = await bench.build(inputs);
      expect(bench.said.join("\n")).toContain(`The source stands on commit ${git.commit()}.`);
      expect((await bench.build(inputs)).outputs).toMatchObject({ skipped: "true", digest: first.outputs.digest });
      git.change({ "models/one/app.py": SERVICE("[sent['X'][0], 7]") });
      const second = await bench.build({ ...inputs, "move-tags": "true" });
      expect(second.outputs).toMatchObject({ skipped: "false" });
      expect(second.outputs.tag).not.toBe(first.outputs.tag);
    } finally {
      await git.close();
    }
  }, 240_000);

  test("a runtime image needs a daemon, and that is said before anything starts", async () => {
    bench.put("app.py", SERVICE());
    const inputs = given("java", { engine: "s2i", "builder-image": builder, "runtime-image": base });
    // Whatever this machine has: here only s2i, buildah and git are to be seen.
    const programs = join(bench.temp, "programs");
    mkdirSync(programs);
    for (const name of ["s2i", "buildah", "git"]) {
      symlinkSync(execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim(), join(programs, name));
    }
    const path = process.env["PATH"];
    process.env["PATH"] = programs;
    try {
      const told = await bench.build(inputs).then(() => "built", messageOf);
      expect(told).toMatch(/^engine s2i: expected .*saw s2i and buildah: s2i writes no Dockerfile for a runtime image/);
      expect(told).toContain("no docker in PATH");
      expect(bench.said).toEqual([]);
    } finally {
      Object.assign(process.env, { PATH: path });
    }
  });

  test("a builder that is not there, a source that is not there", async () => {
    bench.put("app.py", SERVICE());
    const missing = given("none", { engine: "s2i", "builder-image": `${registry.host}/base/none:v1` });
    expect(await bench.build(missing).then(() => "built", messageOf)).toMatch(/^input "builder-image": .*saw none/);
    const source = given("none", { engine: "s2i", "builder-image": builder, source: `http://${registry.host}/x.git` });
    expect(await bench.build(source).then(() => "built", messageOf)).toMatch(
      /^input "source": expected a git repository/,
    );
  }, 60_000);
});

function configOf(image: string): { Cmd?: string[]; Env?: string[] } {
  execFileSync("buildah", ["pull", "-q", "--tls-verify=false", image], { stdio: "pipe" });
  const { OCIv1 } = JSON.parse(
    execFileSync("buildah", ["inspect", "--type", "image", image], { encoding: "utf8" }),
  ) as { OCIv1: { config: { Cmd?: string[] } } };
  return OCIv1.config;
}

/** A bare repository behind a web server that hands out files: git's plain way over HTTP. */
async function gitServer(files: Record<string, string>) {
  const folder = mkdtempSync(join(world, "git-"));
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
      cwd: join(folder, "work"),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  const change = (changed: Record<string, string>): void => {
    for (const [path, content] of Object.entries(changed)) {
      mkdirSync(dirname(join(folder, "work", path)), { recursive: true });
      writeFileSync(join(folder, "work", path), content);
    }
    git("add", "--all");
    git("commit", "--quiet", "--message", "change");
    git("push", "--quiet", "--force", join(folder, "bare.git"), "main");
    execFileSync("git", ["update-server-info"], { cwd: join(folder, "bare.git") });
  };
  mkdirSync(join(folder, "work"));
  git("init", "--quiet", "--initial-branch", "main");
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch", "main", join(folder, "bare.git")]);
  change(files);
  const server: Server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url!, "http://x").pathname));
    try {
      response.end(readFileSync(join(folder, path)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bare.git`,
    commit: () => git("rev-parse", "HEAD"),
    change,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
