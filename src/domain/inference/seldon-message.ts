import { quote, refuse } from "../../errors.ts";
import type { Json } from "../text/json.ts";
import {
  asText,
  bytesField,
  bytesOf,
  doubleField,
  doubles,
  floatField,
  readDoubles,
  readFloats,
  repeatedNumbers,
  signed,
  textOf,
  varint,
  wholeField,
  wholeOf,
  wireFields,
  type WireField,
} from "./protobuf.ts";

// Field numbers of Seldon Core's prediction.proto and of protobuf's own struct.proto.
const MESSAGE = { status: 1, meta: 2, data: 3, binData: 4, strData: 5, jsonData: 6 } as const;
const DATA = { names: 1, tensor: 2, ndarray: 3 } as const;
const VALUE = { null: 1, number: 2, text: 3, flag: 4, struct: 5, list: 6 } as const;
const META = { puid: 1, tags: 2, routing: 3, requestPath: 4, metrics: 5 } as const;
const FEEDBACK = { request: 1, response: 2, reward: 3, truth: 4 } as const;
const MOST_DEPTH = 64;
const NOTHING = Buffer.alloc(0);

type Fields = { readonly [name: string]: Json };

/** A SeldonMessage of its JSON form. @throws ActionError for what protobuf has no place for */
export function encodeSeldonMessage(message: Json): Buffer {
  const fields = fieldsOf(message);
  const parts: Buffer[] = [];
  if (fields.meta !== undefined) parts.push(bytesField(MESSAGE.meta, encodeMeta(fieldsOf(fields.meta))));
  if (fields.data !== undefined) parts.push(bytesField(MESSAGE.data, encodeData(fieldsOf(fields.data))));
  else if (typeof fields.binData === "string")
    parts.push(bytesField(MESSAGE.binData, Buffer.from(fields.binData, "base64")));
  else if (typeof fields.strData === "string") parts.push(bytesField(MESSAGE.strData, fields.strData));
  else if (fields.jsonData !== undefined) parts.push(bytesField(MESSAGE.jsonData, encodeValue(fields.jsonData)));
  else if (Object.keys(fields).some((name) => name !== "meta" && name !== "status")) {
    refuse({
      where: "the request over gRPC",
      expected: "data, jsonData, strData or binData",
      seen: quote(Object.keys(fields).join(", ")),
    });
  }
  return Buffer.concat(parts);
}

/** A Feedback of its JSON form. */
export function encodeFeedback(feedback: Json): Buffer {
  const fields = fieldsOf(feedback);
  const parts = (["request", "response", "truth"] as const).flatMap((name) =>
    fields[name] === undefined ? [] : [bytesField(FEEDBACK[name], encodeSeldonMessage(fields[name]))],
  );
  return Buffer.concat([...parts, floatField(FEEDBACK.reward, Number(fields.reward ?? 0))]);
}

/** The JSON form of a SeldonMessage, as REST would answer it. @throws ActionError when the bytes are none */
export function decodeSeldonMessage(bytes: Buffer): Json {
  const all = wireFields(bytes);
  const told: { [name: string]: Json } = {};
  const status = bytesOf(all, MESSAGE.status);
  if (status !== undefined) told.status = decodeStatus(wireFields(status));
  const meta = bytesOf(all, MESSAGE.meta);
  if (meta !== undefined) told.meta = decodeMeta(wireFields(meta));
  const data = bytesOf(all, MESSAGE.data);
  if (data !== undefined) told.data = decodeData(wireFields(data));
  const binary = bytesOf(all, MESSAGE.binData);
  if (binary !== undefined) told.binData = binary.toString("base64");
  if (bytesOf(all, MESSAGE.strData) !== undefined) told.strData = textOf(all, MESSAGE.strData);
  const json = bytesOf(all, MESSAGE.jsonData);
  if (json !== undefined) told.jsonData = decodeValue(json, 0);
  return told;
}

function encodeData(data: Fields): Buffer {
  const names = Array.isArray(data.names) ? data.names : [];
  const parts = names.map((name) => bytesField(DATA.names, asText(name)));
  const tensor = data.tensor === undefined ? undefined : fieldsOf(data.tensor);
  if (Array.isArray(data.ndarray)) parts.push(bytesField(DATA.ndarray, encodeList(data.ndarray)));
  else if (tensor !== undefined) {
    const [shape, values] = [numbersOf(tensor.shape), numbersOf(tensor.values)];
    parts.push(
      bytesField(
        DATA.tensor,
        Buffer.concat([
          bytesField(1, Buffer.concat(shape.map((each) => varint(BigInt(Math.trunc(each)))))),
          bytesField(2, doubles(values)),
        ]),
      ),
    );
  } else {
    refuse({ where: "the request over gRPC, data", expected: "ndarray or tensor", seen: "neither" });
  }
  return Buffer.concat(parts);
}

function encodeMeta(meta: Fields): Buffer {
  const parts: Buffer[] = [];
  if (typeof meta.puid === "string") parts.push(bytesField(META.puid, meta.puid));
  const entry = (field: number, name: string, value: Buffer): void => {
    parts.push(bytesField(field, Buffer.concat([bytesField(1, name), value])));
  };
  for (const [name, value] of Object.entries(fieldsOf(meta.tags ?? {})))
    entry(META.tags, name, bytesField(2, encodeValue(value)));
  for (const [name, value] of Object.entries(fieldsOf(meta.routing ?? {})))
    entry(META.routing, name, wholeField(2, Math.trunc(Number(value))));
  for (const [name, value] of Object.entries(fieldsOf(meta.requestPath ?? {})))
    entry(META.requestPath, name, bytesField(2, asText(value)));
  return Buffer.concat(parts);
}

const encodeList = (values: readonly Json[]): Buffer =>
  Buffer.concat(values.map((each) => bytesField(1, encodeValue(each))));

function encodeValue(value: Json): Buffer {
  if (value === null) return wholeField(VALUE.null, 0);
  if (typeof value === "number") return doubleField(VALUE.number, value);
  if (typeof value === "string") return bytesField(VALUE.text, value);
  if (typeof value === "boolean") return wholeField(VALUE.flag, value);
  if (Array.isArray(value)) return bytesField(VALUE.list, encodeList(value));
  const entries = Object.entries(value).map(([name, each]) =>
    bytesField(1, Buffer.concat([bytesField(1, name), bytesField(2, encodeValue(each))])),
  );
  return bytesField(VALUE.struct, Buffer.concat(entries));
}

function decodeValue(bytes: Buffer, depth: number): Json {
  if (depth > MOST_DEPTH) refuse({ where: "the answer", expected: `at most ${MOST_DEPTH} levels`, seen: "more" });
  const all = wireFields(bytes);
  const last = all.at(-1);
  if (last === undefined) return null;
  switch (last.field) {
    case VALUE.number:
      return Buffer.isBuffer(last.value) && last.value.length === 8 ? finite(last.value.readDoubleLE(0)) : null;
    case VALUE.text:
      return textOf(all, VALUE.text);
    case VALUE.flag:
      return wholeOf(all, VALUE.flag) !== 0;
    case VALUE.list:
      return decodeList(bytesOf(all, VALUE.list) ?? NOTHING, depth + 1);
    case VALUE.struct:
      return decodeMap(wireFields(bytesOf(all, VALUE.struct) ?? NOTHING), 1, (value) => decodeValue(value, depth + 1));
    default:
      return null;
  }
}

function decodeList(bytes: Buffer, depth: number): Json[] {
  return wireFields(bytes).flatMap(({ field, value }) =>
    field === 1 && Buffer.isBuffer(value) ? [decodeValue(value, depth)] : [],
  );
}

/** JSON has no NaN: as `null` it is refused by every rule that asks for values. */
const finite = (value: number): Json => (Number.isFinite(value) ? value : null);

function decodeMap(all: readonly WireField[], field: number, read: (value: Buffer) => Json): Fields {
  const told: { [name: string]: Json } = Object.create(null) as { [name: string]: Json };
  for (const each of all) {
    if (each.field !== field || !Buffer.isBuffer(each.value)) continue;
    const entry = wireFields(each.value);
    const value = entry.findLast(({ field: at }) => at === 2)?.value;
    told[textOf(entry, 1)] = typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : read(value ?? NOTHING);
  }
  return told;
}

function decodeData(all: readonly WireField[]): Json {
  const names = all.flatMap(({ field, value }) =>
    field === DATA.names && Buffer.isBuffer(value) ? [value.toString("utf8")] : [],
  );
  const told: { [name: string]: Json } = names.length === 0 ? {} : { names };
  const ndarray = bytesOf(all, DATA.ndarray);
  if (ndarray !== undefined) told.ndarray = decodeList(ndarray, 0);
  const tensor = bytesOf(all, DATA.tensor);
  if (tensor !== undefined) {
    const inner = wireFields(tensor);
    told.tensor = {
      shape: repeatedNumbers(inner, 1, signed),
      values: repeatedNumbers(inner, 2, readDoubles).map(finite),
    };
  }
  return told;
}

function decodeStatus(all: readonly WireField[]): Json {
  const told: { [name: string]: Json } = { status: wholeOf(all, 4) === 1 ? "FAILURE" : "SUCCESS" };
  const [code, info, reason] = [wholeOf(all, 1), textOf(all, 2), textOf(all, 3)];
  if (code !== 0) told.code = code;
  if (info !== "") told.info = info;
  if (reason !== "") told.reason = reason;
  return told;
}

function decodeMeta(all: readonly WireField[]): Json {
  const told: { [name: string]: Json } = {};
  const puid = textOf(all, META.puid);
  if (puid !== "") told.puid = puid;
  const text = (value: Buffer): Json => value.toString("utf8");
  const maps = {
    tags: decodeMap(all, META.tags, (value) => decodeValue(value, 0)),
    routing: decodeMap(all, META.routing, () => 0),
    requestPath: decodeMap(all, META.requestPath, text),
  };
  for (const [name, map] of Object.entries(maps)) if (Object.keys(map).length > 0) told[name] = map;
  const metrics = all.flatMap(({ field, value }) =>
    field === META.metrics && Buffer.isBuffer(value) ? [decodeMetric(wireFields(value))] : [],
  );
  if (metrics.length > 0) told.metrics = metrics;
  return told;
}

const decodeMetric = (all: readonly WireField[]): Json => ({
  key: textOf(all, 1),
  type: ["COUNTER", "GAUGE", "TIMER"][wholeOf(all, 2)] ?? "COUNTER",
  value: finite(repeatedNumbers(all, 3, readFloats).at(-1) ?? 0),
});

const numbersOf = (value: Json | undefined): number[] => (Array.isArray(value) ? value.map(Number) : []);

function fieldsOf(value: Json): Fields {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  return refuse({ where: "the request over gRPC", expected: "an object", seen: quote(JSON.stringify(value)) });
}
