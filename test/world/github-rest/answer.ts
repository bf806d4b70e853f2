import type { Token, World } from "./world.ts";

/** What a handler gets. `example` is a fresh copy of the description's own example of an answer. */
export type HandlerRequest = {
  parameters: Record<string, string>;
  query: Record<string, string>;
  body: any;
  token: Token;
  example: (status?: number) => any;
};

/** `failure` marks an answer that GitHub gives though its description does not list it (a plain 404, say). */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string>; failure?: true };

export type Handler = (request: HandlerRequest, world: World) => Answer | Promise<Answer>;

const DOCUMENTATION = "https://docs.github.com/rest";

/** The answer to a request that GitHub refuses. */
export const failure = (status: number, message: string): Answer => ({
  status,
  failure: true,
  body: { message, documentation_url: DOCUMENTATION, status: String(status) },
});

/** One page of a list, with the Link header that clients follow. `wrap` names the array in an object with `total_count`. */
export function page(request: HandlerRequest, world: World, path: string, items: unknown[], wrap?: string): Answer {
  const size = Math.min(Number(request.query["per_page"] ?? 30), 100);
  const number = Number(request.query["page"] ?? 1);
  const part = items.slice((number - 1) * size, number * size);
  const next = new URLSearchParams({ ...request.query, page: String(number + 1) });
  const more = number * size < items.length;
  return {
    status: 200,
    body: wrap ? { total_count: items.length, [wrap]: part } : part,
    headers: more ? { link: `<${world.origin}${path}?${next.toString()}>; rel="next"` } : {},
  };
}
