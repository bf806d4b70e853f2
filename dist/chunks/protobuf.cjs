require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/inference/protobuf.ts
const [VARINT, EIGHT, BYTES, FOUR] = [
	0,
	1,
	2,
	5
];
const WHERE = "the answer's message";
/** A whole number in base 128, the lowest seven bits first; a negative one as 64 bits, as protobuf writes it. */
function varint(value) {
	let rest = BigInt.asUintN(64, value);
	const bytes = [];
	do {
		const low = Number(rest & 127n);
		rest >>= 7n;
		bytes.push(rest === 0n ? low : low | 128);
	} while (rest !== 0n);
	return Buffer.from(bytes);
}
const tag = (field, wire) => varint(BigInt(field << 3 | wire));
/** An integer, an enum or a boolean. */
const wholeField = (field, value) => Buffer.concat([tag(field, VARINT), varint(BigInt(value))]);
/** A text, bytes, or a message within this one. */
function bytesField(field, value) {
	const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
	return Buffer.concat([
		tag(field, BYTES),
		varint(BigInt(bytes.length)),
		bytes
	]);
}
const doubleField = (field, value) => Buffer.concat([tag(field, EIGHT), doubles([value])]);
const floatField = (field, value) => Buffer.concat([tag(field, FOUR), floats([value])]);
function doubles(values) {
	const bytes = Buffer.allocUnsafe(values.length * 8);
	for (const [at, value] of values.entries()) bytes.writeDoubleLE(value, at * 8);
	return bytes;
}
function floats(values) {
	const bytes = Buffer.allocUnsafe(values.length * 4);
	for (const [at, value] of values.entries()) bytes.writeFloatLE(value, at * 4);
	return bytes;
}
/** A value where the message has a text. */
const asText = (value) => value === void 0 ? "" : typeof value === "string" ? value : JSON.stringify(value);
/** A message's fields in their order. @throws ActionError when the bytes are no message */
function wireFields(message) {
	const found = [];
	const reader = {
		bytes: message,
		at: 0
	};
	while (reader.at < message.length) {
		const key = readVarint(reader);
		const [field, wire] = [Number(key >> 3n), Number(key & 7n)];
		if (wire === VARINT) found.push({
			field,
			value: readVarint(reader)
		});
		else if (wire === EIGHT) found.push({
			field,
			value: take(reader, 8)
		});
		else if (wire === FOUR) found.push({
			field,
			value: take(reader, 4)
		});
		else if (wire === BYTES) found.push({
			field,
			value: take(reader, Number(readVarint(reader)))
		});
		else require_house().refuse({
			where: WHERE,
			expected: "protobuf",
			seen: `a field of wire type ${wire}`
		});
	}
	return found;
}
/** The numbers of a repeated field: packed into one, or each by itself. */
function repeatedNumbers(all, field, read) {
	return all.flatMap((each) => each.field !== field ? [] : typeof each.value === "bigint" ? [Number(BigInt.asIntN(64, each.value))] : [...read(each.value)]);
}
function readVarints(bytes) {
	const reader = {
		bytes,
		at: 0
	};
	const values = [];
	while (reader.at < bytes.length) values.push(readVarint(reader));
	return values;
}
/** Whole numbers of 64 bits with a sign, as numbers. */
const signed = (bytes) => readVarints(bytes).map((each) => Number(BigInt.asIntN(64, each)));
const unsigned = (bytes) => readVarints(bytes).map(Number);
function readDoubles(bytes) {
	return Array.from({ length: Math.floor(bytes.length / 8) }, (_, at) => bytes.readDoubleLE(at * 8));
}
function readFloats(bytes) {
	return Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readFloatLE(at * 4));
}
/** The last of a field's values that has bytes; an empty one where there is none. */
function bytesOf(all, field) {
	const value = all.findLast((each) => each.field === field)?.value;
	return Buffer.isBuffer(value) ? value : void 0;
}
function wholeOf(all, field) {
	const value = all.findLast((each) => each.field === field)?.value;
	return typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : 0;
}
const textOf = (all, field) => bytesOf(all, field)?.toString("utf8") ?? "";
function readVarint(reader) {
	let value = 0n;
	for (let shift = 0n; shift < 70n; shift += 7n) {
		const byte = reader.bytes[reader.at++];
		if (byte === void 0) break;
		value |= BigInt(byte & 127) << shift;
		if (byte < 128) return BigInt.asUintN(64, value);
	}
	return require_house().refuse({
		where: WHERE,
		expected: "protobuf",
		seen: "a number that does not end"
	});
}
function take(reader, length) {
	const end = reader.at + length;
	if (end > reader.bytes.length) require_house().refuse({
		where: WHERE,
		expected: "protobuf",
		seen: "a field that is longer than its message"
	});
	const bytes = reader.bytes.subarray(reader.at, end);
	reader.at = end;
	return bytes;
}
Object.defineProperty(exports, "asText", {
	enumerable: true,
	get: function() {
		return asText;
	}
});
Object.defineProperty(exports, "bytesField", {
	enumerable: true,
	get: function() {
		return bytesField;
	}
});
Object.defineProperty(exports, "bytesOf", {
	enumerable: true,
	get: function() {
		return bytesOf;
	}
});
Object.defineProperty(exports, "doubleField", {
	enumerable: true,
	get: function() {
		return doubleField;
	}
});
Object.defineProperty(exports, "doubles", {
	enumerable: true,
	get: function() {
		return doubles;
	}
});
Object.defineProperty(exports, "floatField", {
	enumerable: true,
	get: function() {
		return floatField;
	}
});
Object.defineProperty(exports, "floats", {
	enumerable: true,
	get: function() {
		return floats;
	}
});
Object.defineProperty(exports, "readDoubles", {
	enumerable: true,
	get: function() {
		return readDoubles;
	}
});
Object.defineProperty(exports, "readFloats", {
	enumerable: true,
	get: function() {
		return readFloats;
	}
});
Object.defineProperty(exports, "repeatedNumbers", {
	enumerable: true,
	get: function() {
		return repeatedNumbers;
	}
});
Object.defineProperty(exports, "signed", {
	enumerable: true,
	get: function() {
		return signed;
	}
});
Object.defineProperty(exports, "textOf", {
	enumerable: true,
	get: function() {
		return textOf;
	}
});
Object.defineProperty(exports, "unsigned", {
	enumerable: true,
	get: function() {
		return unsigned;
	}
});
Object.defineProperty(exports, "varint", {
	enumerable: true,
	get: function() {
		return varint;
	}
});
Object.defineProperty(exports, "wholeField", {
	enumerable: true,
	get: function() {
		return wholeField;
	}
});
Object.defineProperty(exports, "wholeOf", {
	enumerable: true,
	get: function() {
		return wholeOf;
	}
});
Object.defineProperty(exports, "wireFields", {
	enumerable: true,
	get: function() {
		return wireFields;
	}
});
