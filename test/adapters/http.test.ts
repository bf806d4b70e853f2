import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, test } from "vitest";

import { httpClient } from "../../src/adapters/http.ts";

async function serving<T>(answer: RequestListener, ask: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    return await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("method, headers and body arrive; status, headers and body come back", async () => {
  const answer = await serving(
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        response.writeHead(418, { "x-seen": `${request.method} ${request.url} ${String(request.headers["x-own"])}` });
        response.end(Buffer.concat(chunks));
      });
    },
    async (url) =>
      await httpClient().request({
        url: `${url}/a?b=c`,
        method: "POST",
        headers: { "x-own": "1" },
        body: "é",
        timeoutMs: 5000,
      }),
  );
  expect(answer.status).toBe(418);
  expect(answer.headers["x-seen"]).toBe("POST /a?b=c 1");
  expect(answer.body).toBe("é");
});

test.each<[string, RequestListener, string]>([
  ["nothing in time", () => undefined, "expected an answer within 0.2 s, saw none"],
  ["a body that never ends", (_, response) => void response.write("x"), "expected an answer within 0.2 s, saw none"],
  ["too long a body", (_, response) => void response.end("x".repeat(2000)), "at most 1000 bytes, saw a longer one"],
  [
    "a body that breaks off",
    (_, response) => {
      response.writeHead(200, { "content-length": 10 });
      response.write("x", () => response.destroy());
    },
    "expected a whole answer",
  ],
])("%s is an error that names the request", async (_, listener, told) => {
  const asked = serving(
    listener,
    async (url) => await httpClient().request({ url: `${url}/p?secret=1`, timeoutMs: 200, maxBytes: 1000 }),
  );
  await expect(asked).rejects.toThrow(told);
  await expect(asked).rejects.toThrow(/GET http:\/\/127\.0\.0\.1:\d+\/p: /);
});

test("nobody there", async () => {
  const url = await serving(
    () => undefined,
    async (url) => url,
  );
  await expect(httpClient().request({ url, timeoutMs: 1000 })).rejects.toThrow("expected an answer, saw ECONNREFUSED");
});
