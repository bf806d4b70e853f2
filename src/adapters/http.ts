import { ActionError, messageOf } from "../errors.ts";
import type { Http, HttpAnswer } from "../ports.ts";

const MAX_BYTES = 8 * 1024 * 1024;

/** Requests by Node's own client, each on a connection of its own; bodies are read up to a size. Redirects are not followed. */
export function httpClient(): Http {
  return { request };
}

async function request({
  url,
  method = "GET",
  headers = {},
  body,
  timeoutMs,
  maxBytes = MAX_BYTES,
  signal,
  ca,
}: Parameters<Http["request"]>[0]): Promise<HttpAnswer> {
  const at = new URL(url);
  // Not by `import`: the module's facade would load the WebSocket client along, as much as a whole start of Node.
  const { request: send } = process.getBuiltinModule(at.protocol === "https:" ? "node:https" : "node:http");
  return await new Promise<HttpAnswer>((resolve, reject) => {
    const fail = (expected: string, seen: string, cause?: unknown): void => {
      sent.destroy();
      reject(new ActionError({ where: `${method} ${shown(at)}`, expected, seen }, { cause }));
    };
    const timer = setTimeout(() => fail(`an answer within ${timeoutMs / 1000} s`, "none"), timeoutMs);
    const sent = send(at, {
      method,
      agent: false,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
        ...headers,
      },
      ...(signal ? { signal } : {}),
      ...(ca === undefined ? {} : { ca }),
    });
    sent.once("error", (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail("an answer", cause.code ?? messageOf(cause), cause);
    });
    sent.once("response", (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) {
          clearTimeout(timer);
          fail(`an answer of at most ${maxBytes} bytes`, "a longer one");
        } else chunks.push(chunk);
      });
      answer.once("error", (cause: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        fail("a whole answer", cause.code ?? messageOf(cause), cause);
      });
      answer.once("end", () => {
        clearTimeout(timer);
        const told: Record<string, string> = {};
        for (const [name, value] of Object.entries(answer.headers)) {
          if (value !== undefined) told[name] = Array.isArray(value) ? value.join(", ") : value;
        }
        resolve({ status: answer.statusCode ?? 0, headers: told, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    sent.end(body);
  });
}

/** Without what may be a secret: user, password and query. */
const shown = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;
