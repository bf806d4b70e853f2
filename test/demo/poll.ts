/** What a client saw that asked again and again. */
export type Polled = {
  readonly requests: number;
  readonly failed: number;
  /** Why the failed ones failed, each reason once. */
  readonly failures: readonly string[];
  /** The versions that answered, in the order they were first seen. */
  readonly versions: readonly string[];
};

/** Asks for predictions, one after the other over kept-alive connections, until it is stopped. */
export function poll(url: string, body: string): { stop: () => Promise<Polled> } {
  const stopping = new AbortController();
  let requests = 0;
  let failed = 0;
  const failures = new Set<string>();
  const versions = new Set<string>();
  const one = async (): Promise<void> => {
    requests++;
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: AbortSignal.timeout(30_000),
      });
      const text = await answer.text();
      versions.add(answer.headers.get("x-model-road-deploy-id") ?? "none");
      if (answer.ok && text.includes('"ndarray"')) return;
      failures.add(`${answer.status} ${text.slice(0, 200)}`);
    } catch (thrown) {
      const { message, cause } = thrown as Error;
      failures.add(cause instanceof Error ? `${message}: ${cause.message}` : message);
    }
    failed++;
  };
  const asking = (async () => {
    while (!stopping.signal.aborted) {
      await one();
      // The machine is shared with the training that goes on meanwhile: a client that asks, not one that floods.
      await new Promise((next) => setTimeout(next, 10));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await asking;
      return { requests, failed, failures: [...failures], versions: [...versions] };
    },
  };
}
