require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_protobuf;
const require_protobuf = () => kept_require_protobuf ??= require("./protobuf.cjs");
// src/domain/inference/v2-message.ts
const REQUEST = {
	modelName: 1,
	modelVersion: 2,
	id: 3,
	parameters: 4,
	inputs: 5,
	outputs: 6
};
const RESPONSE = {
	modelName: 1,
	modelVersion: 2,
	id: 3,
	parameters: 4,
	outputs: 5,
	raw: 6
};
const TENSOR = {
	name: 1,
	datatype: 2,
	shape: 3,
	parameters: 4,
	contents: 5
};
/** Where the values of a datatype lie in a tensor's contents, and how wide each is in raw bytes. */
const CONTENTS = {
	BOOL: {
		field: 1,
		width: 1
	},
	INT8: {
		field: 2,
		width: 1
	},
	INT16: {
		field: 2,
		width: 2
	},
	INT32: {
		field: 2,
		width: 4
	},
	INT64: {
		field: 3,
		width: 8
	},
	UINT8: {
		field: 4,
		width: 1
	},
	UINT16: {
		field: 4,
		width: 2
	},
	UINT32: {
		field: 4,
		width: 4
	},
	UINT64: {
		field: 5,
		width: 8
	},
	FP32: {
		field: 6,
		width: 4
	},
	FP64: {
		field: 7,
		width: 8
	},
	BYTES: {
		field: 8,
		width: 0
	}
};
/** A ModelInferRequest of the V2 protocol's JSON form. @throws ActionError for what protobuf has no place for */
function encodeInferRequest(model, request) {
	const fields = fieldsOf(request);
	const parts = [require_protobuf().bytesField(REQUEST.modelName, model)];
	if (typeof fields.id === "string") parts.push(require_protobuf().bytesField(REQUEST.id, fields.id));
	parts.push(...encodeParameters(REQUEST.parameters, fields.parameters));
	for (const [at, each] of listOf(fields.inputs).entries()) parts.push(require_protobuf().bytesField(REQUEST.inputs, encodeTensor(fieldsOf(each), `inputs[${at}]`)));
	for (const each of listOf(fields.outputs)) {
		const output = fieldsOf(each);
		parts.push(require_protobuf().bytesField(REQUEST.outputs, Buffer.concat([require_protobuf().bytesField(1, require_protobuf().asText(output.name)), ...encodeParameters(2, output.parameters)])));
	}
	return Buffer.concat(parts);
}
/** The JSON form of a ModelInferResponse, as REST would answer it. @throws ActionError when the bytes are none */
function decodeInferResponse(bytes) {
	const all = require_protobuf().wireFields(bytes);
	const raw = all.flatMap(({ field, value }) => field === RESPONSE.raw && Buffer.isBuffer(value) ? [value] : []);
	const outputs = all.flatMap(({ field, value }) => field === RESPONSE.outputs && Buffer.isBuffer(value) ? [require_protobuf().wireFields(value)] : []);
	const [version, id] = [require_protobuf().textOf(all, RESPONSE.modelVersion), require_protobuf().textOf(all, RESPONSE.id)];
	return {
		model_name: require_protobuf().textOf(all, RESPONSE.modelName),
		...version === "" ? {} : { model_version: version },
		...id === "" ? {} : { id },
		outputs: outputs.map((tensor, at) => decodeTensor(tensor, raw[at]))
	};
}
function encodeTensor(tensor, where) {
	const datatype = typeof tensor.datatype === "string" ? tensor.datatype : "";
	const kind = Object.hasOwn(CONTENTS, datatype) ? CONTENTS[datatype] : void 0;
	if (kind === void 0) require_house().refuse({
		where: `the request over gRPC, ${where}.datatype`,
		expected: `one of ${Object.keys(CONTENTS).join(", ")}`,
		seen: require_house().quote(datatype)
	});
	const values = listOf(tensor.data).flat(Number.POSITIVE_INFINITY);
	const shape = Buffer.concat(listOf(tensor.shape).map((each) => require_protobuf().varint(BigInt(Math.trunc(Number(each))))));
	return Buffer.concat([
		require_protobuf().bytesField(TENSOR.name, require_protobuf().asText(tensor.name)),
		require_protobuf().bytesField(TENSOR.datatype, datatype),
		require_protobuf().bytesField(TENSOR.shape, shape),
		...encodeParameters(TENSOR.parameters, tensor.parameters),
		require_protobuf().bytesField(TENSOR.contents, encodeContents(kind.field, values))
	]);
}
function encodeContents(field, values) {
	if (field === 8) return Buffer.concat(values.map((each) => require_protobuf().bytesField(8, require_protobuf().asText(each))));
	const numbers = values.map(Number);
	if (field === 6) return require_protobuf().bytesField(6, require_protobuf().floats(numbers));
	if (field === 7) return require_protobuf().bytesField(7, require_protobuf().doubles(numbers));
	return require_protobuf().bytesField(field, Buffer.concat(numbers.map((each) => require_protobuf().varint(BigInt(Math.trunc(each))))));
}
function encodeParameters(field, parameters) {
	if (parameters === void 0 || parameters === null) return [];
	return Object.entries(fieldsOf(parameters)).map(([name, value]) => {
		const inner = typeof value === "boolean" ? require_protobuf().wholeField(1, value) : typeof value === "number" ? require_protobuf().wholeField(2, Math.trunc(value)) : require_protobuf().bytesField(3, typeof value === "string" ? value : JSON.stringify(value));
		return require_protobuf().bytesField(field, Buffer.concat([require_protobuf().bytesField(1, name), require_protobuf().bytesField(2, inner)]));
	});
}
function decodeTensor(tensor, raw) {
	const datatype = require_protobuf().textOf(tensor, TENSOR.datatype);
	const kind = Object.hasOwn(CONTENTS, datatype) ? CONTENTS[datatype] : void 0;
	const parameters = tensor.flatMap(({ field, value }) => {
		if (field !== TENSOR.parameters || !Buffer.isBuffer(value)) return [];
		const entry = require_protobuf().wireFields(value);
		const inner = require_protobuf().wireFields(require_protobuf().bytesOf(entry, 2) ?? Buffer.alloc(0));
		const [which] = inner;
		return [[require_protobuf().textOf(entry, 1), which?.field === 3 ? require_protobuf().textOf(inner, 3) : which?.field === 1 ? require_protobuf().wholeOf(inner, 1) !== 0 : require_protobuf().wholeOf(inner, 2)]];
	});
	const contents = require_protobuf().bytesOf(tensor, TENSOR.contents);
	return {
		name: require_protobuf().textOf(tensor, TENSOR.name),
		datatype,
		shape: require_protobuf().repeatedNumbers(tensor, TENSOR.shape, require_protobuf().signed),
		...parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters) },
		data: contents !== void 0 ? decodeContents(require_protobuf().wireFields(contents), kind?.field ?? 0) : raw === void 0 || kind === void 0 ? [] : decodeRaw(raw, datatype, kind.width)
	};
}
function decodeContents(all, field) {
	if (field === 8) return all.flatMap((each) => each.field === 8 && Buffer.isBuffer(each.value) ? [each.value.toString("utf8")] : []);
	if (field === 1) return require_protobuf().repeatedNumbers(all, 1, require_protobuf().unsigned).map((each) => each !== 0);
	return require_protobuf().repeatedNumbers(all, field, field === 6 ? require_protobuf().readFloats : field === 7 ? require_protobuf().readDoubles : field === 4 || field === 5 ? require_protobuf().unsigned : require_protobuf().signed).map(finite);
}
/** Values one after the other, the lowest byte first; texts each after four bytes that tell its length. */
function decodeRaw(bytes, datatype, width) {
	const values = [];
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
function rawValue(bytes, at, datatype, width) {
	if (datatype === "BOOL") return bytes[at] !== 0;
	if (datatype === "FP32") return finite(bytes.readFloatLE(at));
	if (datatype === "FP64") return finite(bytes.readDoubleLE(at));
	const whole = datatype.startsWith("U");
	if (width === 8) return Number(whole ? bytes.readBigUInt64LE(at) : bytes.readBigInt64LE(at));
	return whole ? bytes.readUIntLE(at, width) : bytes.readIntLE(at, width);
}
/** JSON has no NaN: as `null` it is refused by every rule that asks for values. */
const finite = (value) => Number.isFinite(value) ? value : null;
const listOf = (value) => Array.isArray(value) ? value : [];
function fieldsOf(value) {
	if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
	return require_house().refuse({
		where: "the request over gRPC",
		expected: "an object",
		seen: require_house().quote(JSON.stringify(value))
	});
}
exports.decodeInferResponse = decodeInferResponse;
exports.encodeInferRequest = encodeInferRequest;
