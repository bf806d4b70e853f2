// Stands before a registry and hands everything on, but for the faults that a test puts in.
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Passing = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly path: string;
  /** Hands the request on, if need be changed; `body` takes the place of what was sent. */
  readonly pass: (change?: {
    readonly body?: AsyncIterable<Buffer>;
    /** Changes the answer's head. */
    readonly head?: (headers: Record<string, string | string[] | undefined>) => void;
  }) => Promise<void>;
};
/** Says true when it has answered, or has handed the request on itself. */
export type ProxyFault = (passing: Passing) => boolean | Promise<boolean>;

export type FaultProxy = {
  readonly host: string;
  readonly seen: string[];
  fault: ProxyFault | undefined;
  close(): Promise<void>;
};

/** @param target `127.0.0.1:PORT` */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const [hostname, port] = target.split(":");
  const proxy: FaultProxy = { host: "", seen: [], fault: undefined, close: async () => await Promise.resolve() };
  const server = createServer((request, response) => {
    const [method, path] = [request.method!, request.url!];
    proxy.seen.push(`${method} ${path}`);
    const pass: Passing["pass"] = async ({ body, head } = {}) =>
      await new Promise((resolve) => {
        // Its own name goes along, so that places to upload to lead through here again.
        const further = ask({ hostname, port, method, path, headers: request.headers }, (answer) => {
          const headers = { ...answer.headers };
          head?.(headers);
          response.writeHead(answer.statusCode!, headers);
          answer.pipe(response);
          answer.once("end", resolve);
          answer.once("error", () => response.destroy());
        });
        further.once("error", () => {
          response.destroy();
          resolve();
        });
        request.once("aborted", () => further.destroy());
        if (body === undefined) request.pipe(further);
        else {
          void (async () => {
            for await (const piece of body)
              if (!further.write(piece)) await new Promise((on) => further.once("drain", on));
            further.end();
          })().catch(() => further.destroy());
        }
      });
    void (async () => {
      if (!(await proxy.fault?.({ request, response, method, path, pass }))) await pass();
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(proxy, {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
