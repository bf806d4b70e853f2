import { FEEDBACK_PATHS } from "../domain/inference/feedback.ts";
import type { Protocol } from "../domain/seldon/manifest.ts";
import type { Json } from "../domain/text/json.ts";
import { refuse } from "../errors.ts";
import type { Grpc, HttpAnswer } from "../ports.ts";

type Channel = ReturnType<Grpc["connect"]>;

/** HTTP's numbers for gRPC's codes (google.rpc.Code), so that one set of rules judges both. */
const HTTP_OF: Readonly<Record<number, number>> = {
  3: 400,
  4: 504,
  5: 404,
  7: 403,
  8: 429,
  9: 400,
  11: 400,
  12: 501,
  14: 503,
  16: 401,
};

/**
 * Asks by gRPC what a path of REST would ask, and answers as REST would: the message as JSON, a status of gRPC as one of HTTP.
 * @throws ActionError for what has no call
 */
export function askByGrpc(
  channel: Channel,
  { protocol, model }: { readonly protocol: Protocol; readonly model: string },
  headers: Readonly<Record<string, string>>,
  { signal }: { readonly signal: AbortSignal },
): (path: string, body: string | undefined, timeoutMs: number) => Promise<HttpAnswer> {
  return async (path, body, timeoutMs) => {
    const { call, message, decode } = await callFor(protocol, model, path, body);
    const answer = await channel.call({ path: call, message, headers, timeoutMs, signal });
    if (answer.code === 0) return { status: 200, headers: {}, body: JSON.stringify(decode(answer.body)) };
    const status = { code: answer.code, info: answer.message, reason: `gRPC ${answer.code}`, status: "FAILURE" };
    return { status: HTTP_OF[answer.code] ?? 500, headers: {}, body: JSON.stringify({ status }) };
  };
}

async function callFor(
  protocol: Protocol,
  model: string,
  path: string,
  body: string | undefined,
): Promise<{ call: string; message: Buffer; decode: (bytes: Buffer) => Json }> {
  if (body === undefined) {
    refuse({
      where: path,
      expected: "a body",
      seen: "none",
      fix: "gRPC knows calls and no paths: give body, or api: rest.",
    });
  }
  const json = JSON.parse(body) as Json;
  if (protocol === "v2") {
    const { decodeInferResponse, encodeInferRequest } = await import("../domain/inference/v2-message.ts");
    const named = /^\/v2\/models\/([^/]+)\//.exec(path)?.[1] ?? model;
    return {
      call: "/inference.GRPCInferenceService/ModelInfer",
      message: encodeInferRequest(decodeURIComponent(named), json),
      decode: decodeInferResponse,
    };
  }
  const { decodeSeldonMessage, encodeFeedback, encodeSeldonMessage } =
    await import("../domain/inference/seldon-message.ts");
  if ((FEEDBACK_PATHS as readonly string[]).includes(path)) {
    return { call: "/seldon.protos.Seldon/SendFeedback", message: encodeFeedback(json), decode: decodeSeldonMessage };
  }
  return { call: "/seldon.protos.Seldon/Predict", message: encodeSeldonMessage(json), decode: decodeSeldonMessage };
}
