import { BINARY, CLOSE, frameOf, PING, PONG, readFrames } from "../domain/kubernetes/websocket.ts";
import type { Pipe, PortForwards } from "../ports.ts";

/** Channels of a port's data and of what is wrong with it, as Kubernetes numbers them for the first port. */
const DATA = 0;
const TROUBLE = 1;
/** Each channel starts with the port's number. */
const PORT_BYTES = 2;

/**
 * Listens on a free port of loopback, for as long as it is asked to, and takes each connection through a WebSocket of its own to
 * the pod (subprotocol `v4.channel.k8s.io`, which the kubelet itself speaks, so every version of Kubernetes knows it).
 */
export function portForwards(): PortForwards {
  return {
    open: async (dial) => {
      const { createServer } = process.getBuiltinModule("node:net");
      const connections = new Set<Pipe>();
      const server = createServer((local) => {
        connections.add(local);
        local.once("close", () => connections.delete(local));
        local.on("error", () => local.destroy());
        // What is sent before the tunnel stands waits in the socket.
        void tunnel(local, dial, connections);
      });
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
      });
      const { port } = server.address() as { port: number };
      return {
        port,
        close: () => {
          server.close();
          for (const each of connections) each.destroy();
          connections.clear();
        },
      };
    },
  };
}

async function tunnel(local: Pipe, dial: () => Promise<Pipe>, connections: Set<Pipe>): Promise<void> {
  try {
    const remote = await dial();
    remote.on("error", () => remote.destroy());
    // Who has gone meanwhile tells of it no more: the tunnel would stand, and our process with it.
    if (!connections.has(local)) return remote.destroy();
    connections.add(remote);
    remote.once("close", () => connections.delete(remote));
    join(local, remote);
  } catch {
    // Whoever asked sees a connection that is cut, and asks again.
    local.destroy();
  }
}

/** Bytes of one side are frames of the other. */
function join(local: Pipe, remote: Pipe): void {
  const { randomBytes } = process.getBuiltinModule("node:crypto");
  let rest: Buffer = Buffer.alloc(0);
  let open: number | undefined;
  /** Of the port's number, for each channel: bytes that are still to come. */
  const left = [PORT_BYTES, PORT_BYTES];
  const both = (): void => {
    local.destroy();
    remote.destroy();
  };
  const send = (kind: number, content: Buffer): void => {
    if (!remote.write(frameOf(kind, content, randomBytes(4)))) {
      local.pause();
      remote.once("drain", () => local.resume());
    }
  };
  local.on("data", (chunk: Buffer) => send(BINARY, Buffer.concat([Buffer.from([DATA]), chunk])));
  remote.on("data", (chunk: Buffer) => {
    const read = readFrames(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]), open);
    [rest, open] = [read.rest, read.open];
    for (const { kind, content } of read.frames) {
      if (kind === PING) send(PONG, content);
      else if (kind === CLOSE) local.end();
      else if (kind === BINARY) {
        const channel = content[0] ?? TROUBLE;
        const skipped = Math.min(left[channel] ?? 0, Math.max(content.length - 1, 0));
        left[channel] = (left[channel] ?? 0) - skipped;
        const data = content.subarray(1 + skipped);
        if (data.length === 0) continue;
        // Whatever stands there, the port does not answer.
        if (channel === TROUBLE) both();
        else if (channel === DATA && !local.write(data)) {
          remote.pause();
          local.once("drain", () => remote.resume());
        }
      }
    }
  });
  remote.once("end", () => local.end());
  remote.once("close", () => local.end());
  remote.on("error", both);
  local.once("close", () => {
    if (remote.writable) send(CLOSE, Buffer.from([0x03, 0xe8]));
    remote.end();
  });
}
