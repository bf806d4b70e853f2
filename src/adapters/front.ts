import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { chmod, readdir, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";

import { controlSocket } from "../domain/seldon/control.ts";
import { connectionHeaders, seldonError } from "../domain/seldon/front.ts";
import { ActionError, messageOf } from "../errors.ts";
import type { ControlPeer, FrontHost, FrontRoute } from "../ports.ts";

/** An image or two in base64; a model server answers with 413 itself where it wants less. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const MAX_LOG_BYTES = 8 * 1024 * 1024;
/** The longest that one request may take: above any gateway's own. */
const REQUEST_MS = 10 * 60 * 1000;
/** How long an ending front waits for requests that it has begun. */
const CLOSE_MS = 5000;

/** The front's side of the machine: HTTP on loopback, a control socket of this user, a log. */
export function frontHost(): FrontHost {
  const asked = new Promise<string>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => resolve(signal));
  });
  return {
    listen,
    control,
    logFile,
    asked,
    pid: process.pid,
    failed: (why) => void process.stderr.write(`${why}\n`),
    folders: async (path) => {
      const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    },
  };
}

async function listen(port: number, route: (target: string) => FrontRoute): ReturnType<FrontHost["listen"]> {
  const http = process.getBuiltinModule("node:http");
  const server = http.createServer(
    { maxHeaderSize: 32 * 1024, headersTimeout: 30_000, requestTimeout: REQUEST_MS, keepAliveTimeout: 65_000 },
    (request, response) => answer(route(request.url ?? ""), request, response),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new ActionError(
          { where: `port ${port} of 127.0.0.1`, expected: "a free one", seen: cause.code ?? messageOf(cause) },
          { cause },
        ),
      ),
    );
    server.listen({ host: "127.0.0.1", port, exclusive: true });
  });
  const at = server.address();
  return {
    port: typeof at === "object" && at !== null ? at.port : port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

function answer(route: FrontRoute, request: IncomingMessage, response: ServerResponse): void {
  const say = (status: number, body: string): void => {
    request.unpipe();
    request.resume();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      ...(status === 503 ? { "retry-after": "1" } : {}),
      // What is left of a body that is too long is not worth reading for the sake of the connection.
      ...(status === 413 ? { connection: "close" } : {}),
    });
    response.end(body);
  };
  if (route.kind === "answer") {
    say(route.status, route.body);
    return;
  }
  response.once("close", () => {
    upstream.destroy();
    route.done();
  });

  const own = connectionHeaders(request.headers.connection);
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !own.has(name)));
  // A connection for each request: a model server closes idle ones when it likes, and a request on such a one would fail.
  const upstream = process
    .getBuiltinModule("node:http")
    .request(route.url, { method: request.method, headers, agent: false, timeout: REQUEST_MS });
  upstream.once("timeout", () => upstream.destroy(new Error("timeout")));
  upstream.once("error", (cause: NodeJS.ErrnoException) => {
    if (response.destroyed || response.writableEnded) return;
    const [status, reason] =
      cause.code === "ECONNREFUSED"
        ? ([503, "MODEL_SERVER_STARTING"] as const)
        : cause.message === "timeout"
          ? ([504, "MODEL_SERVER_SLOW"] as const)
          : ([502, "MODEL_SERVER_LOST"] as const);
    say(status, seldonError(status, reason, `the model server did not answer: ${cause.code ?? cause.message}`));
  });
  upstream.once("response", (told) => {
    const drop = connectionHeaders(told.headers.connection);
    for (const [name, value] of Object.entries(told.headers)) {
      if (value !== undefined && !drop.has(name)) response.setHeader(name, value);
    }
    for (const [name, value] of Object.entries(route.headers)) response.setHeader(name, value);
    response.writeHead(told.statusCode ?? 502);
    told.once("error", () => response.destroy());
    told.once("close", () => {
      if (!told.complete) response.destroy();
    });
    told.pipe(response);
  });

  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) return;
    say(413, seldonError(413, "BODY_TOO_LONG", `a request may have ${MAX_BODY_BYTES} bytes`));
    upstream.destroy();
  });
  request.pipe(upstream);
}

async function control(folder: string, accept: (peer: ControlPeer) => void): ReturnType<FrontHost["control"]> {
  const path = await controlSocket(folder, process.getuid?.() ?? 0);
  const home = path.slice(0, path.lastIndexOf("/"));
  mkdirSync(home, { recursive: true, mode: 0o700 });
  await rm(path, { force: true });
  const sockets = new Set<import("node:net").Socket>();
  const server = process.getBuiltinModule("node:net").createServer((socket) => {
    sockets.add(socket);
    accept(peerOf(socket, () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
    server.listen(path);
  });
  await chmod(path, 0o600);
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Answers that were sent just now still have to leave.
      for (const socket of sockets) socket.end();
      const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), 1000);
      await closed;
      clearTimeout(timer);
      await rm(path, { force: true });
    },
  };
}

function peerOf(socket: import("node:net").Socket, gone: () => void): ControlPeer {
  let take: (message: unknown) => void = () => undefined;
  let ended: () => void = () => undefined;
  let pending = "";
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.once("close", () => {
    gone();
    ended();
  });
  // A peer that has sent its end will ask for nothing more: what it began ends with it.
  socket.once("end", () => socket.end());
  socket.on("data", (text: string) => {
    pending += text;
    if (pending.length > MAX_MESSAGE_BYTES) {
      socket.destroy();
      return;
    }
    const lines = pending.split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) {
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch {
        socket.destroy();
        return;
      }
      take(message);
    }
  });
  return {
    send: (message) => {
      if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
    },
    onMessage: (listener) => {
      take = listener;
    },
    onClose: (listener) => {
      ended = listener;
    },
  };
}

function logFile(path: string): { line(text: string): void } {
  let bytes = ((): number => {
    try {
      return statSync(path).size;
    } catch {
      return 0;
    }
  })();
  return {
    line: (text) => {
      const line = `${text}\n`;
      try {
        if (bytes + line.length > MAX_LOG_BYTES) {
          renameSync(path, `${path}.1`);
          bytes = 0;
        }
        appendFileSync(path, line, { mode: 0o600 });
        bytes += Buffer.byteLength(line);
      } catch {
        // A full disk must not end what serves.
      }
    },
  };
}
