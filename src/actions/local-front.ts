import type { ControlAnswer, ControlEvent, ControlRequest, ServedVersion } from "../domain/seldon/control.ts";
import { seldonError, upstreamPath } from "../domain/seldon/front.ts";
import { announcedPort } from "../domain/seldon/launcher.ts";
import { basePath, deploymentName, namespaceName } from "../domain/seldon/names.ts";
import type { ServerProgram, ServingState } from "../domain/seldon/serving.ts";
import { localUrl, parseState, stateFolder, MAX_STATE_BYTES, type StateFile } from "../domain/seldon/state.ts";
import { parseJson } from "../domain/text/json.ts";
import { boolean, check, count, object, string } from "../domain/text/shape.ts";
import { ActionError, messageOf, refuse, type Mistake } from "../errors.ts";
import type { Clock, ControlPeer, FrontHost, FrontRoute, Locks, Processes, Started, Workspace } from "../ports.ts";

/** What a front is told when it is started. */
type FrontOrder = {
  readonly stateHome: string;
  readonly namespace: string;
  readonly name: string;
  /** 0: the one that was used before, or a free one. */
  readonly port: number;
  readonly outliveJob: boolean;
};

type Ports = {
  readonly host: FrontHost;
  readonly processes: Processes;
  readonly workspace: Workspace;
  readonly clock: Clock;
  readonly locks: Locks;
};

/** One model server, and what is known of it. */
type Server = {
  readonly program: ServerProgram;
  readonly version: ServedVersion;
  started: Started | undefined;
  /** Unknown until it has announced its ports. */
  url: string | undefined;
  inFlight: number;
  /** Its last lines. */
  readonly tail: string[];
  ended: { code: number | null; signal: string | null } | undefined;
  /** Ended by us, so that its end is no fault. */
  stopping: boolean;
};

/** The one deploy at work, as long as its connection lasts. */
type Deploy = {
  readonly peer: ControlPeer;
  readonly pid: number;
  candidate?: Server;
  /** Set when its connection has closed: resolves when all that it left has ended. */
  over?: Promise<void>;
  /** The server that a promotion has replaced and that may still be gone back to. */
  before?: { readonly server: Server | undefined; readonly since: number | undefined };
};

const KEPT_LINES = 400;
const LONGEST_LINE = 4096;
const MOST_RESTARTS = 3;
/** A server that has lasted so long has earned its restarts anew. */
const STEADY_MS = 60_000;
const ANNOUNCE_MS = 60_000;
const DRAIN_MS = 30_000;
const STOP_MS = 5000;
/** A front that nobody talks to and behind which nothing serves has been forgotten by a killed deploy. */
const FORGOTTEN_MS = 15_000;

/**
 * The front of one deployment: keeps its URL, starts and watches its model servers, and lets go of the old version only for one
 * that has proven itself. What is not promoted lives as long as the connection that asked for it, so that a killed deploy leaves
 * nothing. Resolves when the front has ended and nothing of it is left running.
 * @param args of the command line: one `FrontOrder`, as JSON
 * @returns the exit code
 */
export async function localFront(args: readonly string[], ports: Ports): Promise<number> {
  try {
    await keepServing(parseOrder(args), ports);
    return 0;
  } catch (thrown) {
    ports.host.failed(messageOf(thrown));
    return 1;
  }
}

async function keepServing(order: FrontOrder, ports: Ports): Promise<void> {
  const { namespace, name } = order;
  const { host, processes, workspace, clock } = ports;
  const folder = stateFolder(order.stateHome, namespace, name);
  const unlock = await ports.locks.take(`${folder}.front.lock`, { waitMs: 10_000 });
  const log = host.logFile(`${folder}/servers.log`);
  const statePath = `${folder}/state.json`;
  const known = await readKnown(workspace, statePath);

  let serving: Server | undefined;
  let since: number | undefined;
  let restarts = 0;
  let deploy: Deploy | undefined;
  const life = new AbortController();
  const draining = new Set<Server>();
  const ended = Promise.withResolvers<string>();

  // ---- HTTP: every request goes to what serves at this moment, and stays with it.

  const route = (target: string): FrontRoute => {
    const path = upstreamPath(target, namespace, name);
    if (path === undefined) {
      const body = seldonError(404, "NOT_FOUND", `this front answers below ${basePath(namespace, name)}/`);
      return { kind: "answer", status: 404, body };
    }
    const server = serving;
    if (server === undefined || server.url === undefined || server.ended) {
      const info = server ? "the model server is being started again" : "nothing is served under this name";
      return { kind: "answer", status: 503, body: seldonError(503, "NO_MODEL_SERVER", info) };
    }
    server.inFlight++;
    return {
      kind: "pass",
      url: server.url + path,
      headers: { "x-model-road-deploy-id": server.version.deployId },
      done: () => void server.inFlight--,
    };
  };
  const http = await host.listen(order.port || known?.port || 0, route);

  // ---- Model servers.

  const serverOf = (program: ServerProgram, version: ServedVersion): Server => ({
    program,
    version,
    started: undefined,
    url: undefined,
    inFlight: 0,
    tail: [],
    ended: undefined,
    stopping: false,
  });

  async function run(server: Server): Promise<void> {
    const announced = Promise.withResolvers<void>();
    server.url = undefined;
    server.ended = undefined;
    const started = await processes.start(server.program, {
      maxLine: LONGEST_LINE,
      lifeline: true,
      onLine: (line) => {
        const port = server.url === undefined ? announcedPort(line) : undefined;
        if (port !== undefined) {
          server.url = `http://127.0.0.1:${port}`;
          announced.resolve();
          return;
        }
        server.tail.push(line);
        if (server.tail.length > KEPT_LINES) server.tail.shift();
        log.line(`${server.version.deployId.slice(0, 12)} ${line}`);
      },
    });
    server.started = started;
    void started.ended.then((how) => {
      server.ended = how;
      announced.resolve();
      return onEnded(server, how);
    });
    const enough = new AbortController();
    await Promise.race([announced.promise, clock.sleep(ANNOUNCE_MS, enough.signal)]);
    enough.abort();
  }

  function onEnded(server: Server, how: { code: number | null; signal: string | null }): void {
    const event: ControlEvent = { event: "ended", ...how };
    if (deploy?.candidate === server) deploy.peer.send(event);
    // What it has started and left behind ends too.
    void server.started?.stop(0);
    if (server.stopping || server !== serving) return;
    say(`the model server ended by itself: ${how.code === null ? how.signal : `exit code ${how.code}`}`);
    void again(server);
  }

  async function again(server: Server): Promise<void> {
    if (since !== undefined && clock.now() - since > STEADY_MS) restarts = 0;
    if (restarts >= MOST_RESTARTS) {
      say(`it was started again ${MOST_RESTARTS} times already: given up`);
      serving = undefined;
      await writeState();
      return;
    }
    restarts++;
    await clock.sleep(50 * 4 ** restarts);
    if (server !== serving || server.stopping || life.signal.aborted) return;
    try {
      await run(server);
      since = clock.now();
    } catch (thrown) {
      say(`it can not be started again: ${messageOf(thrown)}`);
      if (server === serving) serving = undefined;
    }
    // Meanwhile it may have been replaced, and nobody else knows of the new process.
    if (server !== serving) await stop(server);
    await writeState();
  }

  async function stop(server: Server | undefined, drainMs = 0): Promise<void> {
    if (!server) return;
    server.stopping = true;
    const until = clock.elapsed() + drainMs;
    while (server.inFlight > 0 && !server.ended && clock.elapsed() < until && !life.signal.aborted) {
      await clock.sleep(20);
    }
    await server.started?.stop(STOP_MS);
  }

  /** Lets a replaced server answer what it has begun, then ends it. Nobody waits for this. */
  function drain(server: Server | undefined): void {
    if (!server) return;
    draining.add(server);
    void stop(server, DRAIN_MS)
      .then(() => draining.delete(server))
      .then(sweep);
  }

  /** Removes the release folders that no server stands in and no deploy prepares. */
  async function sweep(): Promise<void> {
    if (deploy) return;
    const used = [serving, ...draining].flatMap((server) => (server ? [server.program.cwd] : []));
    const releases = `${folder}/releases`;
    for (const release of await host.folders(releases)) {
      const path = `${releases}/${release}`;
      if (!used.some((cwd) => cwd === path || cwd.startsWith(`${path}/`))) await workspace.remove(path);
    }
  }

  // ---- State, for whoever asks and for the next job.

  const state = (): ServingState => {
    const version = serving?.version;
    const roles = [
      ...(serving ? [[serving, "serving"] as const] : []),
      ...(deploy?.candidate && deploy.candidate !== serving ? [[deploy.candidate, "candidate"] as const] : []),
      ...(deploy?.before?.server ? [[deploy.before.server, "draining"] as const] : []),
      ...[...draining].map((server) => [server, "draining"] as const),
    ];
    return {
      namespace,
      name,
      url: localUrl(http.port, namespace, name),
      port: http.port,
      status: serving ? "running" : "empty",
      frontPid: host.pid,
      outliveJob: order.outliveJob,
      deployId: version?.deployId,
      modelClass: version?.modelClass,
      replicas: version?.replicas,
      servers: roles
        .filter(([server]) => server.started && !server.ended)
        .map(([server, role]) => ({
          pid: server.started?.pid ?? 0,
          url: server.url ?? "",
          deployId: server.version.deployId,
          role,
        })),
      record: version?.record,
      since,
      restarts,
    };
  };

  /** Written only where something has served: the first deploy that fails leaves nothing behind. */
  async function writeState(): Promise<void> {
    const version = serving?.version;
    const file: StateFile = {
      ...(version === undefined
        ? known
        : {
            deployId: version.deployId,
            modelClass: version.modelClass,
            replicas: version.replicas,
            ...(version.record === undefined ? {} : { record: version.record }),
            ...(since === undefined ? {} : { since }),
          }),
      schema: 1,
      namespace,
      name,
      port: http.port,
      outliveJob: order.outliveJob,
    };
    try {
      await workspace.write(statePath, JSON.stringify(file), { mode: 0o600 });
    } catch (thrown) {
      say(`the state could not be written: ${messageOf(thrown)}`);
    }
  }

  const say = (text: string): void => log.line(`front: ${text}`);

  // ---- Control.

  const mistake = (where: string, expected: string, seen: string, fix?: string): ActionError =>
    new ActionError({ where, expected, seen, ...(fix === undefined ? {} : { fix }) });

  async function obey(peer: ControlPeer, request: ControlRequest): Promise<Omit<ControlAnswer, "id">> {
    if (request.do === "status") return { state: state() };
    if (request.do === "stop") {
      ended.resolve("asked to stop");
      return { state: state() };
    }
    if (request.do === "begin") {
      await deploy?.over;
      if (deploy || life.signal.aborted) {
        const seen = deploy ? `process ${deploy.pid} is at it` : "it is being stopped";
        const fix = "Wait for it, or give the workflow a concurrency group so that its runs wait for each other.";
        throw mistake(`a deploy of ${namespace}/${name}`, "to be the only one at work", seen, fix);
      }
      deploy = { peer, pid: request.pid };
      return { state: state() };
    }
    const mine = deploy?.peer === peer ? deploy : undefined;
    if (!mine) throw mistake(`the front of ${namespace}/${name}`, "begin before anything else", request.do);
    if (request.do === "end") {
      mine.over ??= over(mine);
      await mine.over;
      return { state: state() };
    }
    if (request.do === "start") {
      if (mine.candidate) throw mistake("the candidate", "one at a time", "a second");
      const candidate = serverOf(request.program, request.version);
      mine.candidate = candidate;
      await run(candidate);
      // The one who asked may have gone while it started; then nobody else would end it.
      if (deploy !== mine || mine.over) await stop(candidate);
      return { url: candidate.url ?? "", state: state() };
    }
    const { candidate } = mine;
    if (!candidate) throw mistake("the candidate", "one that was started", "none");
    switch (request.do) {
      case "lines":
        return { lines: candidate.tail.slice(-request.count) };
      case "promote":
        if (candidate.ended || candidate.url === undefined)
          throw mistake("the candidate", "to be running", "it has ended");
        mine.before = { server: serving, since };
        serving = candidate;
        since = clock.now();
        restarts = 0;
        say(`promoted ${candidate.version.deployId}`);
        await writeState();
        return { state: state() };
      case "settle":
        drain(mine.before?.server);
        delete mine.before;
        return { state: state() };
      case "discard":
        await discard(mine);
        return { state: state() };
    }
  }

  async function discard(mine: Deploy): Promise<void> {
    const { candidate, before } = mine;
    delete mine.candidate;
    delete mine.before;
    if (before && serving === candidate) {
      serving = before.server;
      since = before.since;
      say("went back to the version before");
      await writeState();
      // It may have ended while it stood by.
      if (serving?.ended) void again(serving);
      // Requests that it has begun to answer are still its own.
      await stop(candidate, STOP_MS);
    } else if (candidate !== serving) {
      await stop(candidate);
    }
  }

  function accept(peer: ControlPeer): void {
    talked = clock.elapsed();
    peer.onMessage((message) => {
      const request = message as ControlRequest;
      void obey(peer, request)
        .then((answer) => peer.send({ id: request.id, ...answer }))
        .catch((thrown: unknown) => {
          const mistakes: readonly Mistake[] =
            thrown instanceof ActionError
              ? thrown.mistakes
              : [{ where: "the front", expected: "to do as asked", seen: messageOf(thrown) }];
          peer.send({ id: request.id, mistakes });
        });
    });
    peer.onClose(() => {
      if (deploy?.peer === peer) deploy.over ??= over(deploy);
    });
  }

  /** A deploy is over when its connection is, whether it said so or was killed. A promoted version stays: it had answered. */
  async function over(mine: Deploy): Promise<void> {
    if (mine.before) {
      drain(mine.before.server);
      delete mine.before;
    }
    await discard(mine);
    deploy = undefined;
    await sweep();
    talked = clock.elapsed();
    if (serving === undefined) ended.resolve("nothing is served");
  }

  let talked = clock.elapsed();
  async function watch(): Promise<void> {
    while (!life.signal.aborted) {
      await clock.sleep(500, life.signal).catch(() => undefined);
      if (serving === undefined && !deploy && clock.elapsed() - talked > FORGOTTEN_MS)
        ended.resolve("nobody asked for anything");
    }
  }

  const control = await host.control(folder, accept);
  void watch();
  void host.asked.then((signal) => ended.resolve(signal));
  say(`answers at ${localUrl(http.port, namespace, name)}`);

  const why = await ended.promise;
  say(`ends: ${why}`);
  const everServed = serving !== undefined || known !== undefined || since !== undefined;
  life.abort();
  const last = [serving, deploy?.candidate, deploy?.before?.server, ...draining];
  await http.close();
  await Promise.all(last.map((server) => stop(server)));
  await control.close();
  if (!everServed) await workspace.remove(folder);
  await unlock();
}

async function readKnown(workspace: Workspace, path: string): Promise<StateFile | undefined> {
  const text = await workspace.readText(path, { maxBytes: MAX_STATE_BYTES });
  try {
    return text === undefined ? undefined : parseState(text, path);
  } catch {
    // A state that can not be read is as none: the next promotion writes it anew.
    return undefined;
  }
}

/**
 * The order as the command line of a front writes it: one JSON text.
 * @throws ActionError when a front is started by hand
 */
function parseOrder(args: readonly string[]): FrontOrder {
  const where = "the order of a front";
  if (args.length !== 1) {
    const fix = "It is started by the action seldon-deploy with target: local, never by hand.";
    refuse({ where, expected: "one argument", seen: `${args.length}`, fix });
  }
  return check(order, parseJson(args[0]!, { where, maxBytes: 16 * 1024 }), where);
}

const order = object({
  stateHome: string({ form: /^\/[^\u0000]*$/, called: "an absolute path" }),
  namespace: string({ form: namespaceName.pattern, called: namespaceName.accepts }),
  name: string({ form: deploymentName.pattern, called: deploymentName.accepts }),
  port: count,
  outliveJob: boolean,
});
