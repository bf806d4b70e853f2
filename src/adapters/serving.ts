import { lstat, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { controlSocket, type ControlAnswer, type ControlEvent, type ControlRequest } from "../domain/seldon/control.ts";
import { servingEnvironment } from "../domain/seldon/environment.ts";
import { LAUNCHER, launcherProgram } from "../domain/seldon/launcher.ts";
import type { ServerProgram, ServingRequest, ServingState } from "../domain/seldon/serving.ts";
import { parseState, stateFolder, stoppedState, type StateFile } from "../domain/seldon/state.ts";
import { ActionError, messageOf } from "../errors.ts";
import type { Candidate, LocalDeploy, LocalServing, Locks, Processes } from "../ports.ts";

type Socket = import("node:net").Socket;

type Options = {
  readonly processes: Processes;
  readonly locks: Locks;
  /** The program of the front; beside the running door where it is not said. */
  readonly front?: string;
  /** How a model server is called; seldon-core by its launcher where it is not said. */
  readonly program?: (request: ServingRequest, env: Readonly<Record<string, string>>) => ServerProgram;
};

const FRONT_START_MS = 20_000;
const ANSWER_MS = 90_000;
const LOOK_MS = 3000;

const stateHomeOf = (): string => process.env.XDG_STATE_HOME || join(homedir(), ".local/state");

/** What is served under a name: as its front says, or, where none answers, as it was kept. */
export async function servingState(namespace: string, name: string): Promise<ServingState | undefined> {
  const folder = stateFolder(stateHomeOf(), namespace, name);
  const live = await ask(folder, "status");
  if (live) return live;
  const file = await stateFile(folder);
  return file && stoppedState(file);
}

/** The fronts and model servers of this user on this machine; their state lies in the user's state folder. */
export function localServing(options: Options): LocalServing {
  const stateHome = stateHomeOf();
  const folderOf = (namespace: string, name: string): string => stateFolder(stateHome, namespace, name);
  const state = servingState;

  return {
    state,
    list: async () => {
      const base = dirname(dirname(folderOf("-", "-")));
      const found: ServingState[] = [];
      for (const namespace of await folders(base)) {
        for (const name of await folders(join(base, namespace))) {
          const each = await state(namespace, name);
          if (each) found.push(each);
        }
      }
      return found;
    },
    begin: async (namespace, name, { port, outliveJob }) => {
      const folder = folderOf(namespace, name);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Two that find no front would both start one.
      const release = await options.locks.take(`${folder}.start.lock`, { waitMs: FRONT_START_MS });
      let control: Control;
      try {
        control =
          (await connect(folder)) ??
          (await startFront({ stateHome, namespace, name, port: port ?? 0, outliveJob }, folder, options));
      } finally {
        await release();
      }
      try {
        const { state: begun } = await control.ask({ do: "begin", pid: process.pid });
        if (port !== undefined && begun!.port !== port) {
          throw new ActionError({
            where: `the front of ${namespace}/${name}`,
            expected: `port ${port}`,
            seen: `it runs already, at port ${begun!.port}`,
            fix: "Leave base-url out, or end it first: action models, command delete.",
          });
        }
        return deploy(control, begun!, folder, options);
      } catch (thrown) {
        control.close();
        throw thrown;
      }
    },
    remove: async (namespace, name) => {
      const folder = folderOf(namespace, name);
      const known = (await lstat(folder).catch(() => undefined)) !== undefined;
      const control = await connect(folder);
      if (control) {
        const { state: last } = await control.ask({ do: "stop" });
        await control.closed;
        await gone(last!.frontPid!);
      }
      // A front that has just been started is not to be overtaken.
      const release = await options.locks.take(`${folder}.front.lock`, { waitMs: 60_000 });
      await rm(folder, { recursive: true, force: true });
      await release();
      return known;
    },
  };
}

function deploy(control: Control, state: ServingState, folder: string, options: Options): LocalDeploy {
  const environment = servingEnvironment(options.processes.environment(), { outliveJob: state.outliveJob });
  return {
    state,
    releaseFolder: async (deployId) => {
      const path = join(folder, "releases", `${deployId}-${crypto.randomUUID().slice(0, 8)}`);
      await mkdir(path, { recursive: true, mode: 0o700 });
      return path;
    },
    startCandidate: async (request) => {
      const program = options.program ?? (await launcher(folder));
      const { deployId, modelClass, replicas, record } = request;
      const ended = Promise.withResolvers<{ code: number | null; signal: string | null }>();
      control.onEnded((event) => ended.resolve({ code: event.code, signal: event.signal }));
      void control.closed.then(() => ended.resolve({ code: null, signal: "the front has ended" }));
      const started = await control.ask({
        do: "start",
        program: program(request, environment),
        version: { deployId, modelClass, replicas, record },
      });
      return {
        url: started.url ?? "",
        ended: ended.promise,
        lastLines: async (count) => (await control.ask({ do: "lines", count })).lines ?? [],
        promote: async () => (await control.ask({ do: "promote" })).state!,
        settle: async () => (await control.ask({ do: "settle" })).state!,
        discard: async () => void (await control.ask({ do: "discard" })),
      } satisfies Candidate;
    },
    end: async () => {
      const { state: last } = await control.ask({ do: "end" });
      control.close();
      await control.closed;
      if (last!.status === "empty") await gone(last!.frontPid!);
    },
  };
}

/** The launcher has a folder of its own: the folder of a Python program stands first where it looks for modules. */
async function launcher(folder: string): Promise<NonNullable<Options["program"]>> {
  const home = join(folder, "launcher");
  await mkdir(home, { recursive: true, mode: 0o700 });
  const path = join(home, "model_road_launcher.py");
  await writeFile(path, LAUNCHER, { mode: 0o600 });
  return (request, env) => launcherProgram(request, path, env);
}

type Order = { stateHome: string; namespace: string; name: string; port: number; outliveJob: boolean };

async function startFront(order: Order, folder: string, { processes, front }: Options): Promise<Control> {
  await requireFree(order.port || (await stateFile(folder))?.port || 0);
  const logFile = join(folder, "front.log");
  const started = await processes.start(
    {
      command: processes.node,
      args: [front ?? processes.door("local-front"), JSON.stringify(order)],
      // Not the checkout: that may be removed while the front still stands in it.
      cwd: folder,
      env: servingEnvironment(processes.environment(), order),
    },
    { logFile, detached: true },
  );
  let ended: { code: number | null; signal: string | null } | undefined;
  void started.ended.then((how) => (ended = how));
  const until = performance.now() + FRONT_START_MS;
  for (;;) {
    const control = await connect(folder);
    if (control) return control;
    if (ended || performance.now() > until) {
      await started.stop(0);
      const said = await readFile(logFile, "utf8").catch(() => "");
      throw new ActionError({
        where: `the front of ${order.namespace}/${order.name}`,
        expected: "to start",
        seen: ended ? `exit code ${ended.code}` : `nothing within ${FRONT_START_MS / 1000} s`,
        fix: `Its last words: ${said.trim().split("\n").at(-1)?.slice(0, 500) ?? ""}`,
      });
    }
    await delay(20);
  }
}

/** What the last front kept. One that can not be read is as none: the next promotion writes it anew. */
async function stateFile(folder: string): Promise<StateFile | undefined> {
  const path = join(folder, "state.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  try {
    return text === undefined ? undefined : parseState(text, path);
  } catch {
    return undefined;
  }
}

async function requireFree(port: number): Promise<void> {
  if (port === 0) return;
  const probe = process.getBuiltinModule("node:net").createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once("error", reject);
      probe.listen({ host: "127.0.0.1", port, exclusive: true }, resolve);
    });
  } catch (cause) {
    throw new ActionError(
      {
        where: `port ${port} of 127.0.0.1`,
        expected: "to be free for the front",
        seen: `${(cause as NodeJS.ErrnoException).code ?? messageOf(cause)}${await holder(port)}`,
        fix: "End what holds it, or name another port: base-url: http://127.0.0.1:PORT. A front of this project is ended by the action models, command delete.",
      },
      { cause },
    );
  } finally {
    await new Promise<void>((resolve) => probe.close(() => resolve()));
  }
}

/** Which process listens, where /proc tells: `, process 123 (node)`. */
async function holder(port: number): Promise<string> {
  try {
    const hex = port.toString(16).toUpperCase().padStart(4, "0");
    const rows = `${await readFile("/proc/net/tcp", "utf8")}${await readFile("/proc/net/tcp6", "utf8").catch(() => "")}`;
    const row = rows.split("\n").find((line) => new RegExp(`^\\s*\\d+: [0-9A-F]+:${hex} \\S+ 0A `).test(line));
    const inode = row?.trim().split(/\s+/)[9];
    if (inode === undefined) return "";
    const { readlink } = process.getBuiltinModule("node:fs/promises");
    for (const pid of await readdir("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
        if ((await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")) !== `socket:[${inode}]`) continue;
        return `: process ${pid} (${(await readFile(`/proc/${pid}/comm`, "utf8")).trim()}) listens there`;
      }
    }
  } catch {
    // Not told here.
  }
  return "";
}

// ---- The control connection.

type Control = {
  ask(request: WithoutId<ControlRequest>): Promise<ControlAnswer>;
  onEnded(listener: (event: ControlEvent) => void): void;
  /** Resolves when the connection is. */
  readonly closed: Promise<void>;
  close(): void;
};
type WithoutId<T> = T extends { id: number } ? Omit<T, "id"> : never;

/** `undefined` when no front is there. */
async function connect(folder: string): Promise<Control | undefined> {
  const uid = process.getuid?.() ?? 0;
  const path = await controlSocket(folder, uid);
  const facts = await lstat(path).catch(() => undefined);
  // In /tmp anybody could have put it there.
  if (facts === undefined || facts.uid !== uid) return undefined;
  const socket = process.getBuiltinModule("node:net").connect(path);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
  } catch {
    socket.destroy();
    return undefined;
  }
  return controlOf(socket);
}

function controlOf(socket: Socket): Control {
  const waiting = new Map<number, (answer: ControlAnswer) => void>();
  const closed = Promise.withResolvers<void>();
  let listener: (event: ControlEvent) => void = () => undefined;
  let pending = "";
  let next = 1;
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.once("close", () => {
    for (const [id, answer] of waiting) {
      answer({ id, mistakes: [{ where: "the front", expected: "an answer", seen: "it has ended" }] });
    }
    closed.resolve();
  });
  socket.on("data", (text: string) => {
    pending += text;
    const lines = pending.split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) {
      const message = JSON.parse(line) as ControlAnswer | ControlEvent;
      if ("event" in message) {
        listener(message);
        continue;
      }
      waiting.get(message.id)?.(message);
    }
  });
  return {
    closed: closed.promise,
    close: () => socket.end(),
    onEnded: (take) => {
      listener = take;
    },
    ask: async (request) => {
      const id = next++;
      const answer = await new Promise<ControlAnswer>((resolve) => {
        const timer = setTimeout(
          () =>
            resolve({
              id,
              mistakes: [{ where: "the front", expected: "an answer", seen: `none in ${ANSWER_MS / 1000} s` }],
            }),
          ANSWER_MS,
        );
        waiting.set(id, (told) => {
          clearTimeout(timer);
          resolve(told);
        });
        socket.write(`${JSON.stringify({ id, ...request })}\n`);
      });
      waiting.delete(id);
      if (answer.mistakes) throw new ActionError(answer.mistakes);
      return answer;
    },
  };
}

/** One quick question; a front that does not answer is as none. */
async function ask(folder: string, what: "status"): Promise<ServingState | undefined> {
  const control = await connect(folder);
  if (!control) return undefined;
  try {
    const late = delay(LOOK_MS, undefined, { ref: false });
    return (await Promise.race([control.ask({ do: what }), late]))?.state;
  } catch {
    return undefined;
  } finally {
    control.close();
  }
}

/** The front ends after all that it started. */
async function gone(pid: number): Promise<void> {
  const until = performance.now() + 30_000;
  while (performance.now() < until) {
    try {
      process.kill(pid, 0);
      if (/\) [ZX] /.test(await readFile(`/proc/${pid}/stat`, "latin1").catch(() => ""))) return;
    } catch {
      return;
    }
    await delay(10);
  }
}

async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
