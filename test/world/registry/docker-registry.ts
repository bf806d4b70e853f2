// Debian's docker-registry as a process of ours on loopback: what images are pushed to in the wild.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export type DockerRegistry = {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Where it keeps what it has. */
  readonly storage: string;
  /** Ends it at once, as a machine that dies, and starts it again at the same port on the same storage. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** Says loudly that tests are left out; under CI only where the program can not be had. */
export function lacks(program: string, what: string): boolean {
  const here = spawnSync(program, ["--version"]).error === undefined;
  if (!here)
    console.warn(`SKIPPED: ${what}, since ${program} is not in PATH (Debian and Ubuntu: apt-get install ${program})`);
  return !here && !(process.env["CI"] === "true" && process.getuid?.() === 0);
}

/**
 * @param folder of ours; all it writes lies below
 * @param settings lines of YAML beside the usual, for what a test is about
 */
export async function startDockerRegistry(
  folder: string,
  {
    storage = join(folder, "registry"),
    more = "",
    secret = "test",
    readOnly = false,
  }: { storage?: string; more?: string; secret?: string; readOnly?: boolean } = {},
): Promise<DockerRegistry> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const config = join(folder, "registry.yml");
  const log = join(folder, "registry.log");
  writeFileSync(
    config,
    `version: 0.1\nstorage:\n  filesystem: {rootdirectory: ${JSON.stringify(storage)}}\n  maintenance: {readonly: {enabled: ${readOnly}}}\nhttp: {addr: "${host}", secret: ${secret}}\n${more}`,
  );
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    const out = openSync(log, "a");
    child = spawn("docker-registry", ["serve", config], { stdio: ["ignore", out, out] });
    closeSync(out);
    const until = Date.now() + 20_000;
    while (
      !(await fetch(`http://${host}/v2/`).then(
        () => true,
        () => false,
      ))
    ) {
      if (Date.now() > until || child.exitCode !== null)
        throw new Error(`docker-registry did not start: ${readFileSync(log, "utf8").slice(-1000)}`);
      await delay(25);
    }
  };
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  };
  await start();
  return {
    host,
    storage,
    restart: async () => {
      await end();
      await start();
    },
    stop: end,
  };
}

async function freePort(): Promise<number> {
  return await new Promise<number>((take) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => take(port));
    });
  });
}
