// A stand-in for Istio's gateway: it shares requests as the VirtualService says, and reads that anew all the time.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Admin } from "./admin.ts";

type VirtualService = {
  spec: { http: { route: { destination: { host: string; port: { number: number } }; weight?: number }[] }[] };
};

export type Gateway = {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Requests by the Service that they went to. */
  readonly sent: Map<string, number>;
  /** Requests that came without it get 401. */
  key: string | undefined;
  close(): Promise<void>;
};

export async function startGateway(admin: Admin): Promise<Gateway> {
  const sent = new Map<string, number>();
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (gateway.key !== undefined && request.headers["x-key"] !== gateway.key)
        return void response.writeHead(401).end();
      const [, namespace, name, path] = /^\/seldon\/([^/]+)\/([^/]+)(\/.*)$/.exec(request.url ?? "") ?? [];
      const at = `/apis/networking.istio.io/v1beta1/namespaces/${namespace}/virtualservices/${name}`;
      const { status, body } = await admin.call("GET", at);
      if (status !== 200) return void response.writeHead(404).end();
      const { route } = (body as unknown as VirtualService).spec.http[0]!;
      let at100 = Math.random() * route.reduce((sum, { weight = 100 }) => sum + weight, 0);
      const { destination } = route.find(({ weight = 100 }) => (at100 -= weight) < 0) ?? route[0]!;
      sent.set(destination.host, (sent.get(destination.host) ?? 0) + 1);
      const target = `http:${destination.host}:${destination.port.number}`;
      const text = Buffer.concat(chunks).toString("utf8");
      const answer = await admin.call(
        request.method ?? "GET",
        `/api/v1/namespaces/${namespace}/services/${target}/proxy${path}`,
        text === "" ? undefined : (JSON.parse(text) as object),
      );
      response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
    })().catch((thrown: unknown) => response.writeHead(502).end(String(thrown)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const gateway: Gateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    key: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return gateway;
}
