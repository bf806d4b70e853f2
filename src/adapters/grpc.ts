import { ActionError, messageOf } from "../errors.ts";
import type { Grpc, GrpcAnswer } from "../ports.ts";

const MAX_BYTES = 8 * 1024 * 1024;
/** A byte that says whether the message is compressed, and four for its length. */
const PREFIX_BYTES = 5;
const UNKNOWN = 2;
/** Codes of gRPC for the answers of a proxy that does not speak it. */
const BY_HTTP: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

type Options = Parameters<ReturnType<Grpc["connect"]>["call"]>[0];

/** Unary calls over Node's own HTTP/2 client. */
export function grpcClient(): Grpc {
  return {
    connect: ({ origin, ca }) => {
      let session: import("node:http2").ClientHttp2Session | undefined;
      const live = (): import("node:http2").ClientHttp2Session => {
        if (session !== undefined && !session.destroyed && !session.closed) return session;
        session = process.getBuiltinModule("node:http2").connect(origin, ca === undefined ? {} : { ca });
        // Each stream tells of it too.
        session.on("error", () => undefined);
        return session;
      };
      return {
        call: async (options) => await unary(live(), origin, options),
        close: () => session?.destroy(),
      };
    },
  };
}

async function unary(
  session: import("node:http2").ClientHttp2Session,
  origin: string,
  { path, message, headers, timeoutMs, signal }: Options,
): Promise<GrpcAnswer> {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return await new Promise<GrpcAnswer>((resolve, reject) => {
    const fail = (expected: string, seen: string, cause?: unknown): void => {
      clearTimeout(timer);
      stream.destroy();
      reject(new ActionError({ where: `gRPC ${origin}${path}`, expected, seen }, { cause }));
    };
    const stream = session.request(
      {
        ":method": "POST",
        ":path": path,
        "content-type": "application/grpc",
        te: "trailers",
        "user-agent": "model-road",
        "grpc-timeout": `${Math.max(1, Math.round(timeoutMs))}m`,
        ...headers,
      },
      { signal },
    );
    const timer = setTimeout(() => fail(`an answer within ${timeoutMs / 1000} s`, "none"), timeoutMs);
    const chunks: Buffer[] = [];
    let bytes = 0;
    let told: Readonly<Record<string, unknown>> = {};
    let http = 0;
    stream.on("response", (answer) => {
      http = answer[":status"] ?? 0;
      told = answer;
    });
    stream.on("trailers", (trailers) => (told = { ...told, ...trailers }));
    stream.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) fail(`an answer of at most ${MAX_BYTES} bytes`, "a longer one");
      else chunks.push(chunk);
    });
    stream.once("error", (cause: NodeJS.ErrnoException) => {
      if (signal.aborted) {
        clearTimeout(timer);
        reject(signal.reason as Error);
      } else fail("an answer", deepest(cause), cause);
    });
    stream.once("close", () => {
      clearTimeout(timer);
      const code = told["grpc-status"];
      if (code === undefined && http === 200) return fail("a status of gRPC", "none: the connection was cut");
      if (code === undefined && http === 0) return fail("an answer", "none: the connection was cut");
      const all = Buffer.concat(chunks);
      resolve({
        code: code === undefined ? (BY_HTTP[http] ?? UNKNOWN) : Number(code),
        message: words(told["grpc-message"]) || (code === undefined ? `HTTP ${http}` : ""),
        body: all.length < PREFIX_BYTES ? Buffer.alloc(0) : all.subarray(PREFIX_BYTES),
      });
    });
    stream.end(Buffer.concat([prefix, message]));
  });
}

/** Sent percent-encoded. */
function words(value: unknown): string {
  if (typeof value !== "string") return "";
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** HTTP/2 wraps what the socket said. */
function deepest(thrown: NodeJS.ErrnoException): string {
  const { cause } = thrown as { cause?: unknown };
  return cause instanceof Error ? deepest(cause) : (thrown.code ?? messageOf(thrown));
}
