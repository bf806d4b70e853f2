import fc from "fast-check";
import { expect, test } from "vitest";

import { byBytes, inByteOrder } from "../../../src/domain/fingerprint/order.ts";

const name = fc.string({ unit: "binary", maxLength: 8 });

test("names are ordered as their UTF-8 bytes are, beyond U+FFFF too", () => {
  const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(Math.sign(byBytes(a, b))).toBe(bytes(a, b));
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(name, fc.constantFrom("\uffff", "\u{1f600}", "a")), { maxLength: 50 }), (names) => {
      const items = names.map((each, index) => ({ each, index }));
      const sorted = inByteOrder(items, ({ each }) => each);
      expect(sorted.map(({ each }) => each)).toEqual(names.toSorted(bytes));
      expect(items.map(({ index }) => index)).toEqual(names.map((_, index) => index));
    }),
  );
});
