import fc from "fast-check";
import { expect, test } from "vitest";

import {
  BLOCK,
  decodeHeader,
  decodePax,
  encodeHeader,
  paddingOf,
  unsafePath,
  type TarEntry,
} from "../../../src/domain/image/tar.ts";

/** Reads what stands before an entry's content, as an unpacker does. */
function decode(bytes: Buffer): unknown {
  const first = decodeHeader(bytes.subarray(0, BLOCK));
  if (first.kind !== "extended") return first;
  const pax = decodePax(bytes.subarray(BLOCK, BLOCK + first.bytes));
  return decodeHeader(bytes.subarray(-BLOCK), pax);
}

test("what is written is what is read, with long names, other letters and sizes beyond 8 GiB", () => {
  const entry = fc.record({
    kind: fc.constant("file" as const),
    path: fc
      .string({ unit: fc.constantFrom("a", "é", "模", " ", "/", "-", "😀"), minLength: 1, maxLength: 300 })
      .filter((path) => unsafePath(path) === undefined),
    bytes: fc
      .oneof(
        fc.nat(),
        fc.integer({ min: 8 * 2 ** 30 - 2, max: 8 * 2 ** 30 + 2 }),
        fc.constant(Number.MAX_SAFE_INTEGER / 16),
      )
      .map(Math.floor),
    mode: fc.constantFrom(0o644, 0o755),
  });
  fc.assert(
    fc.property(entry, (entry: TarEntry) => {
      const bytes = encodeHeader(entry);
      expect(bytes.length % BLOCK).toBe(0);
      expect(decode(bytes)).toEqual(entry);
    }),
  );
});

test("every length of a name around the limit of ustar is read back", () => {
  for (let length = 90; length < 120; length++) {
    for (const entry of [
      { kind: "file", path: "n".repeat(length), bytes: 1, mode: 0o644 },
      { kind: "folder", path: "n".repeat(length), bytes: 0, mode: 0o755 },
    ] as const) {
      expect(decode(encodeHeader(entry))).toEqual(entry);
    }
  }
});

test("content is padded to whole blocks", () => {
  expect([0, 1, 511, 512, 513].map(paddingOf)).toEqual([0, 511, 1, 0, 511]);
});

test("random blocks are refused or read, and never more than that", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: BLOCK, maxLength: BLOCK }),
      fc.uint8Array({ maxLength: 200 }),
      (block, pax) => {
        for (const read of [() => decodeHeader(Buffer.from(block)), () => decodePax(Buffer.from(pax))]) {
          try {
            read();
          } catch (thrown) {
            expect((thrown as Error).name).toBe("ActionError");
          }
        }
      },
    ),
  );
});
