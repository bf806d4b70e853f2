import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";

import { portForwards } from "../../src/adapters/port-forward.ts";

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** Both ends of a connection on loopback. */
async function connected(): Promise<{ ours: Socket; theirs: Socket }> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push({ close: () => server.close() });
  const ours = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [theirs] = (await once(server, "connection")) as [Socket];
  theirs.on("error", () => undefined);
  open.push({ close: () => theirs.destroy() }, { close: () => ours.destroy() });
  return { ours, theirs };
}

test("a tunnel that stands only after the forward was closed is closed too", async () => {
  const { ours, theirs } = await connected();
  const dialled = Promise.withResolvers<void>();
  const stands = Promise.withResolvers<Socket>();
  const forward = await portForwards().open(async () => {
    dialled.resolve();
    return await stands.promise;
  });
  open.push(forward);
  const local = connect(forward.port, "127.0.0.1");
  local.on("error", () => undefined);
  await dialled.promise;
  forward.close();
  await once(local, "close");
  stands.resolve(ours);
  theirs.resume();
  await once(theirs, "close", { signal: AbortSignal.timeout(2000) });
  expect(ours.destroyed).toBe(true);
});
