// A strict stand-in for GitHub's REST API: every request is checked against GitHub's own OpenAPI description, and so is every
// answer, so neither an action nor the stand-in can drift. It listens on 127.0.0.1 only.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { type Answer, failure, type Handler } from "./answer.ts";
import { close, listen } from "../results-service/service.ts";
import { type Operation, readDescription } from "./description.ts";
import { handlers } from "./handlers.ts";
import { isAllowed } from "./permissions.ts";
import type { World } from "./world.ts";

/** One request that GitHub saw, refused ones too (`refused` says why). */
export type RestRequest = {
  operation: string;
  method: string;
  path: string;
  parameters: Record<string, string>;
  query: Record<string, string>;
  body: any;
  status: number;
  refused?: string;
  runId?: number;
};

/** Answers this status to the next n calls of an operation; "cut" ends the connection instead of answering. */
type RestFault = { status: number | "cut"; times: number; message?: string; headers?: Record<string, string> };

let described: Operation[] | undefined;

/** Starts the stand-in over a world whose `origin` it sets. */
export async function startRest(world: World) {
  const operations = (described ??= readDescription());
  const requests: RestRequest[] = [];
  const faults: Record<string, RestFault> = {};
  const overrides: Record<string, Handler> = {};

  async function answer(request: IncomingMessage, seen: RestRequest, url: URL, text: string): Promise<Answer | "cut"> {
    const refuse = (status: number, why: string) => {
      seen.refused = why;
      return failure(status, why);
    };
    const found = operations.flatMap((operation) => {
      const parameters = operation.verb === request.method ? operation.match(url.pathname) : undefined;
      return parameters ? [{ operation, parameters }] : [];
    })[0];
    if (!found) return refuse(404, `no such operation in the description: ${seen.method} ${seen.path}`);
    const { operation, parameters } = found;
    Object.assign(seen, { operation: operation.id, parameters });

    const token = world.tokens.get(/^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "");
    if (!request.headers.authorization) return refuse(401, "Requires authentication");
    if (!token) return refuse(401, "Bad credentials");
    if (token.runId !== undefined) seen.runId = token.runId;
    if (!request.headers["user-agent"]) return refuse(403, "Request forbidden by administrative rules: no User-Agent");

    const fault = faults[operation.id];
    if (fault && fault.times > 0) {
      fault.times--;
      if (fault.status === "cut") return "cut";
      return { ...failure(fault.status, fault.message ?? "injected fault"), headers: fault.headers ?? {} };
    }

    const wrong = operation.checkParameters("path", parameters) ?? operation.checkParameters("query", seen.query);
    if (wrong) return refuse(422, wrong);
    try {
      seen.body = text ? JSON.parse(text) : undefined;
    } catch {
      return refuse(400, "Problems parsing JSON");
    }
    const wrongBody = operation.checkBody(seen.body);
    if (wrongBody) return refuse(422, wrongBody);
    if (parameters["owner"] !== world.owner || parameters["repo"] !== world.name) return failure(404, "Not Found");
    if (!isAllowed(token.permissions, operation.id, operation.verb)) {
      return refuse(403, "Resource not accessible by integration");
    }

    const handler = overrides[operation.id] ?? handlers[operation.id];
    if (!handler) return refuse(501, `${operation.id} is in the description, but the stand-in has no handler for it`);
    const { query, body } = seen;
    const given = await handler({ parameters, query, body, token, example: operation.example }, world);
    const drift = given.failure ? undefined : operation.checkAnswer(given.status, given.body);
    if (drift) return refuse(500, `the stand-in's own answer is not GitHub's: ${operation.id} ${drift}`);
    return given;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const seen: RestRequest = {
      operation: "",
      method: request.method ?? "",
      path: url.pathname,
      parameters: {},
      query: Object.fromEntries(url.searchParams),
      body: undefined,
      status: 0,
    };
    requests.push(seen);
    const reached = rest.reached();
    const given = reached === "refused" ? "cut" : await answer(request, seen, url, Buffer.concat(chunks).toString());
    if (given === "cut" || reached === "unanswered") {
      response.destroy();
      return;
    }
    seen.status = given.status;
    response.writeHead(given.status, {
      "content-type": "application/json; charset=utf-8",
      "x-github-request-id": "STAND:IN",
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": "4999",
      ...given.headers,
    });
    response.end(given.body === undefined ? undefined : JSON.stringify(given.body));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify(failure(500, String(error)).body));
    });
  });
  world.origin = await listen(server);
  const rest = {
    url: world.origin,
    /** Whether the next request gets through, is done without an answer, or is not taken: for what a killed client leaves. */
    reached: (): "answered" | "unanswered" | "refused" => "answered",
    /** Every request since the start, in order. */
    requests,
    /** Fault injection by operation id. */
    faults,
    /** Handlers that a test puts before the stand-in's own, by operation id. */
    overrides,
    operations: operations.map((o) => o.id),
    close: () => close(server),
  };
  return rest;
}
