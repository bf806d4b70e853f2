import { refuse } from "../../errors.ts";
import type { Json } from "../text/json.ts";

/** A field's value as it lies on the wire: a whole number, four or eight bytes, or bytes of a length. */
export type WireField = { readonly field: number; readonly value: bigint | Buffer };

const [VARINT, EIGHT, BYTES, FOUR] = [0, 1, 2, 5];
const WHERE = "the answer's message";

/** A whole number in base 128, the lowest seven bits first; a negative one as 64 bits, as protobuf writes it. */
export function varint(value: bigint): Buffer {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
}

const tag = (field: number, wire: number): Buffer => varint(BigInt((field << 3) | wire));

/** An integer, an enum or a boolean. */
export const wholeField = (field: number, value: number | bigint | boolean): Buffer =>
  Buffer.concat([tag(field, VARINT), varint(BigInt(value))]);

/** A text, bytes, or a message within this one. */
export function bytesField(field: number, value: string | Buffer): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  return Buffer.concat([tag(field, BYTES), varint(BigInt(bytes.length)), bytes]);
}

export const doubleField = (field: number, value: number): Buffer =>
  Buffer.concat([tag(field, EIGHT), doubles([value])]);
export const floatField = (field: number, value: number): Buffer => Buffer.concat([tag(field, FOUR), floats([value])]);

export function doubles(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 8);
  for (const [at, value] of values.entries()) bytes.writeDoubleLE(value, at * 8);
  return bytes;
}

export function floats(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes;
}

/** A value where the message has a text. */
export const asText = (value: Json | undefined): string =>
  value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

/** A message's fields in their order. @throws ActionError when the bytes are no message */
export function wireFields(message: Buffer): readonly WireField[] {
  const found: WireField[] = [];
  const reader = { bytes: message, at: 0 };
  while (reader.at < message.length) {
    const key = readVarint(reader);
    const [field, wire] = [Number(key >> 3n), Number(key & 7n)];
    if (wire === VARINT) found.push({ field, value: readVarint(reader) });
    else if (wire === EIGHT) found.push({ field, value: take(reader, 8) });
    else if (wire === FOUR) found.push({ field, value: take(reader, 4) });
    else if (wire === BYTES) found.push({ field, value: take(reader, Number(readVarint(reader))) });
    else refuse({ where: WHERE, expected: "protobuf", seen: `a field of wire type ${wire}` });
  }
  return found;
}

/** The numbers of a repeated field: packed into one, or each by itself. */
export function repeatedNumbers(
  all: readonly WireField[],
  field: number,
  read: (bytes: Buffer) => readonly number[],
): number[] {
  return all.flatMap((each) =>
    each.field !== field
      ? []
      : typeof each.value === "bigint"
        ? [Number(BigInt.asIntN(64, each.value))]
        : [...read(each.value)],
  );
}

export function readVarints(bytes: Buffer): bigint[] {
  const reader = { bytes, at: 0 };
  const values: bigint[] = [];
  while (reader.at < bytes.length) values.push(readVarint(reader));
  return values;
}

/** Whole numbers of 64 bits with a sign, as numbers. */
export const signed = (bytes: Buffer): number[] => readVarints(bytes).map((each) => Number(BigInt.asIntN(64, each)));
export const unsigned = (bytes: Buffer): number[] => readVarints(bytes).map(Number);

export function readDoubles(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, at) => bytes.readDoubleLE(at * 8));
}

export function readFloats(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readFloatLE(at * 4));
}

/** The last of a field's values that has bytes; an empty one where there is none. */
export function bytesOf(all: readonly WireField[], field: number): Buffer | undefined {
  const value = all.findLast((each) => each.field === field)?.value;
  return Buffer.isBuffer(value) ? value : undefined;
}

export function wholeOf(all: readonly WireField[], field: number): number {
  const value = all.findLast((each) => each.field === field)?.value;
  return typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : 0;
}

export const textOf = (all: readonly WireField[], field: number): string => bytesOf(all, field)?.toString("utf8") ?? "";

type Reader = { readonly bytes: Buffer; at: number };

function readVarint(reader: Reader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  return refuse({ where: WHERE, expected: "protobuf", seen: "a number that does not end" });
}

function take(reader: Reader, length: number): Buffer {
  const end = reader.at + length;
  if (end > reader.bytes.length) {
    refuse({ where: WHERE, expected: "protobuf", seen: "a field that is longer than its message" });
  }
  const bytes = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return bytes;
}
