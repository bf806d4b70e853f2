import { quote, refuse } from "../../errors.ts";
import type { Json } from "../text/json.ts";
import {
  asText,
  bytesField,
  bytesOf,
  doubles,
  floats,
  readDoubles,
  readFloats,
  repeatedNumbers,
  signed,
  textOf,
  unsigned,
  varint,
  wholeField,
  wholeOf,
  wireFields,
  type WireField,
} from "./protobuf.ts";

// Field numbers of the V2 inference protocol's ModelInferRequest and ModelInferResponse.
const REQUEST = { modelName: 1, modelVersion: 2, id: 3, parameters: 4, inputs: 5, outputs: 6 } as const;
const RESPONSE = { modelName: 1, modelVersion: 2, id: 3, parameters: 4, outputs: 5, raw: 6 } as const;
const TENSOR = { name: 1, datatype: 2, shape: 3, parameters: 4, contents: 5 } as const;

type Fields = { readonly [name: string]: Json };

/** Where the values of a datatype lie in a tensor's contents, and how wide each is in raw bytes. */
const CONTENTS: Readonly<Record<string, { readonly field: number; readonly width: number }>> = {
  BOOL: { field: 1, width: 1 },
  INT8: { field: 2, width: 1 },
  INT16: { field: 2, width: 2 },
  INT32: { field: 2, width: 4 },
  INT64: { field: 3, width: 8 },
  UINT8: { field: 4, width: 1 },
  UINT16: { field: 4, width: 2 },
  UINT32: { field: 4, width: 4 },
  UINT64: { field: 5, width: 8 },
  FP32: { field: 6, width: 4 },
  FP64: { field: 7, width: 8 },
  BYTES: { field: 8, width: 0 },
};

/** A ModelInferRequest of the V2 protocol's JSON form. @throws ActionError for what protobuf has no place for */
export function encodeInferRequest(model: string, request: Json): Buffer {
  const fields = fieldsOf(request);
  const parts = [bytesField(REQUEST.modelName, model)];
  if (typeof fields.id === "string") parts.push(bytesField(REQUEST.id, fields.id));
  parts.push(...encodeParameters(REQUEST.parameters, fields.parameters));
  for (const [at, each] of listOf(fields.inputs).entries()) {
    parts.push(bytesField(REQUEST.inputs, encodeTensor(fieldsOf(each), `inputs[${at}]`)));
  }
  for (const each of listOf(fields.outputs)) {
    const output = fieldsOf(each);
    parts.push(
      bytesField(
        REQUEST.outputs,
        Buffer.concat([bytesField(1, asText(output.name)), ...encodeParameters(2, output.parameters)]),
      ),
    );
  }
  return Buffer.concat(parts);
}

/** The JSON form of a ModelInferResponse, as REST would answer it. @throws ActionError when the bytes are none */
export function decodeInferResponse(bytes: Buffer): Json {
  const all = wireFields(bytes);
  const raw = all.flatMap(({ field, value }) => (field === RESPONSE.raw && Buffer.isBuffer(value) ? [value] : []));
  const outputs = all.flatMap(({ field, value }) =>
    field === RESPONSE.outputs && Buffer.isBuffer(value) ? [wireFields(value)] : [],
  );
  const [version, id] = [textOf(all, RESPONSE.modelVersion), textOf(all, RESPONSE.id)];
  return {
    model_name: textOf(all, RESPONSE.modelName),
    ...(version === "" ? {} : { model_version: version }),
    ...(id === "" ? {} : { id }),
    outputs: outputs.map((tensor, at) => decodeTensor(tensor, raw[at])),
  };
}

function encodeTensor(tensor: Fields, where: string): Buffer {
  const datatype = typeof tensor.datatype === "string" ? tensor.datatype : "";
  const kind = Object.hasOwn(CONTENTS, datatype) ? CONTENTS[datatype] : undefined;
  if (kind === undefined) {
    refuse({
      where: `the request over gRPC, ${where}.datatype`,
      expected: `one of ${Object.keys(CONTENTS).join(", ")}`,
      seen: quote(datatype),
    });
  }
  // REST takes nested lists too; protobuf has them flat.
  const values = listOf(tensor.data).flat(Number.POSITIVE_INFINITY as 1);
  const shape = Buffer.concat(listOf(tensor.shape).map((each) => varint(BigInt(Math.trunc(Number(each))))));
  return Buffer.concat([
    bytesField(TENSOR.name, asText(tensor.name)),
    bytesField(TENSOR.datatype, datatype),
    bytesField(TENSOR.shape, shape),
    ...encodeParameters(TENSOR.parameters, tensor.parameters),
    bytesField(TENSOR.contents, encodeContents(kind.field, values)),
  ]);
}

function encodeContents(field: number, values: readonly Json[]): Buffer {
  if (field === 8) return Buffer.concat(values.map((each) => bytesField(8, asText(each))));
  const numbers = values.map(Number);
  if (field === 6) return bytesField(6, floats(numbers));
  if (field === 7) return bytesField(7, doubles(numbers));
  return bytesField(field, Buffer.concat(numbers.map((each) => varint(BigInt(Math.trunc(each))))));
}

function encodeParameters(field: number, parameters: Json | undefined): Buffer[] {
  if (parameters === undefined || parameters === null) return [];
  return Object.entries(fieldsOf(parameters)).map(([name, value]) => {
    const inner =
      typeof value === "boolean"
        ? wholeField(1, value)
        : typeof value === "number"
          ? wholeField(2, Math.trunc(value))
          : bytesField(3, typeof value === "string" ? value : JSON.stringify(value));
    return bytesField(field, Buffer.concat([bytesField(1, name), bytesField(2, inner)]));
  });
}

function decodeTensor(tensor: readonly WireField[], raw: Buffer | undefined): Json {
  const datatype = textOf(tensor, TENSOR.datatype);
  const kind = Object.hasOwn(CONTENTS, datatype) ? CONTENTS[datatype]! : undefined;
  const parameters = tensor.flatMap(({ field, value }): [string, Json][] => {
    if (field !== TENSOR.parameters || !Buffer.isBuffer(value)) return [];
    const entry = wireFields(value);
    const inner = wireFields(bytesOf(entry, 2) ?? Buffer.alloc(0));
    const [which] = inner;
    return [
      [
        textOf(entry, 1),
        which?.field === 3 ? textOf(inner, 3) : which?.field === 1 ? wholeOf(inner, 1) !== 0 : wholeOf(inner, 2),
      ],
    ];
  });
  const contents = bytesOf(tensor, TENSOR.contents);
  return {
    name: textOf(tensor, TENSOR.name),
    datatype,
    shape: repeatedNumbers(tensor, TENSOR.shape, signed),
    ...(parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters) }),
    data:
      contents !== undefined
        ? decodeContents(wireFields(contents), kind?.field ?? 0)
        : raw === undefined || kind === undefined
          ? []
          : decodeRaw(raw, datatype, kind.width),
  };
}

function decodeContents(all: readonly WireField[], field: number): Json[] {
  if (field === 8) {
    return all.flatMap((each) =>
      each.field === 8 && Buffer.isBuffer(each.value) ? [each.value.toString("utf8")] : [],
    );
  }
  if (field === 1) return repeatedNumbers(all, 1, unsigned).map((each) => each !== 0);
  const read = field === 6 ? readFloats : field === 7 ? readDoubles : field === 4 || field === 5 ? unsigned : signed;
  return repeatedNumbers(all, field, read).map(finite);
}

/** Values one after the other, the lowest byte first; texts each after four bytes that tell its length. */
function decodeRaw(bytes: Buffer, datatype: string, width: number): Json[] {
  const values: Json[] = [];
  if (width === 0) {
    for (let at = 0; at + 4 <= bytes.length;) {
      const end = at + 4 + bytes.readUInt32LE(at);
      values.push(bytes.toString("utf8", at + 4, end));
      at = end;
    }
    return values;
  }
  for (let at = 0; at + width <= bytes.length; at += width) values.push(rawValue(bytes, at, datatype, width));
  return values;
}

function rawValue(bytes: Buffer, at: number, datatype: string, width: number): Json {
  if (datatype === "BOOL") return bytes[at] !== 0;
  if (datatype === "FP32") return finite(bytes.readFloatLE(at));
  if (datatype === "FP64") return finite(bytes.readDoubleLE(at));
  const whole = datatype.startsWith("U");
  if (width === 8) return Number(whole ? bytes.readBigUInt64LE(at) : bytes.readBigInt64LE(at));
  return whole ? bytes.readUIntLE(at, width) : bytes.readIntLE(at, width);
}

/** JSON has no NaN: as `null` it is refused by every rule that asks for values. */
const finite = (value: number): Json => (Number.isFinite(value) ? value : null);
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

function fieldsOf(value: Json): Fields {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  return refuse({ where: "the request over gRPC", expected: "an object", seen: quote(JSON.stringify(value)) });
}
