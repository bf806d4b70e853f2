import { createReadStream } from "node:fs";
import { lstat, open } from "node:fs/promises";

import type { Want } from "../domain/image/pickle.ts";
import { ActionError, messageOf } from "../errors.ts";
import type { Pieces } from "../ports.ts";

const CHUNK = 256 * 1024;

/** Files read for a walk that asks for their bytes. Stored ones are read only where the walk wants to see them. */
export function filePieces(): Pieces {
  return {
    walk: async (path, walk, packing) =>
      await (packing === "stored" ? walkStored(path, walk) : walkPacked(path, walk, packing)),
  };
}

type Walk<T> = Generator<Want, T, Buffer | undefined>;

async function walkStored<T>(path: string, walk: Walk<T>): Promise<T> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    let at = 0;
    let answer: Buffer | undefined;
    for (;;) {
      const step = walk.next(answer);
      if (step.done) return step.value;
      if (step.value.kind === "skip") {
        at += step.value.bytes;
        answer = at > size ? undefined : Buffer.alloc(0);
        continue;
      }
      // A fresh one each time: the walk keeps what it has not used yet.
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, at);
      at += bytesRead;
      answer = buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function walkPacked<T>(path: string, walk: Walk<T>, packing: "zlib" | "gzip"): Promise<T> {
  const { createGunzip, createInflate } = process.getBuiltinModule("node:zlib");
  const { size } = await lstat(path);
  const source = createReadStream(path, { highWaterMark: CHUNK });
  const unpacked = source.pipe(packing === "zlib" ? createInflate() : createGunzip());
  source.once("error", (cause) => unpacked.destroy(cause));
  const pieces = unpacked[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const next = async (): Promise<Buffer | undefined> => {
    try {
      const { done, value } = await pieces.next();
      return done ? undefined : value;
    } catch (cause) {
      throw new ActionError({ where: path, expected: `a whole ${packing} stream`, seen: messageOf(cause) }, { cause });
    }
  };
  try {
    let held: Buffer = Buffer.alloc(0);
    let step = walk.next(undefined);
    while (!step.done) {
      if (step.value.kind === "more") {
        const piece = held.length > 0 ? held : await next();
        held = Buffer.alloc(0);
        step = walk.next(piece);
        continue;
      }
      let left = step.value.bytes;
      let ended = false;
      while (left > 0 && !ended) {
        if (held.length === 0) {
          const piece = await next();
          if (piece === undefined) ended = true;
          else held = piece;
        }
        const taken = Math.min(left, held.length);
        held = held.subarray(taken);
        left -= taken;
      }
      step = walk.next(ended ? undefined : Buffer.alloc(0));
    }
    // joblib goes on behind the end of a stream where another begins; here that was not looked at.
    if (held.length > 0 || (await next()) !== undefined || unpacked.bytesWritten !== size) {
      throw new ActionError({
        where: path,
        expected: `one ${packing} stream and nothing behind it`,
        seen: "more bytes",
      });
    }
    return step.value;
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}
