require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_protobuf;
const require_protobuf = () => kept_require_protobuf ??= require("./protobuf.cjs");
// src/domain/inference/seldon-message.ts
const MESSAGE = {
	status: 1,
	meta: 2,
	data: 3,
	binData: 4,
	strData: 5,
	jsonData: 6
};
const DATA = {
	names: 1,
	tensor: 2,
	ndarray: 3
};
const VALUE = {
	null: 1,
	number: 2,
	text: 3,
	flag: 4,
	struct: 5,
	list: 6
};
const META = {
	puid: 1,
	tags: 2,
	routing: 3,
	requestPath: 4,
	metrics: 5
};
const FEEDBACK = {
	request: 1,
	response: 2,
	reward: 3,
	truth: 4
};
const MOST_DEPTH = 64;
const NOTHING = Buffer.alloc(0);
/** A SeldonMessage of its JSON form. @throws ActionError for what protobuf has no place for */
function encodeSeldonMessage(message) {
	const fields = fieldsOf(message);
	const parts = [];
	if (fields.meta !== void 0) parts.push(require_protobuf().bytesField(MESSAGE.meta, encodeMeta(fieldsOf(fields.meta))));
	if (fields.data !== void 0) parts.push(require_protobuf().bytesField(MESSAGE.data, encodeData(fieldsOf(fields.data))));
	else if (typeof fields.binData === "string") parts.push(require_protobuf().bytesField(MESSAGE.binData, Buffer.from(fields.binData, "base64")));
	else if (typeof fields.strData === "string") parts.push(require_protobuf().bytesField(MESSAGE.strData, fields.strData));
	else if (fields.jsonData !== void 0) parts.push(require_protobuf().bytesField(MESSAGE.jsonData, encodeValue(fields.jsonData)));
	else if (Object.keys(fields).some((name) => name !== "meta" && name !== "status")) require_house().refuse({
		where: "the request over gRPC",
		expected: "data, jsonData, strData or binData",
		seen: require_house().quote(Object.keys(fields).join(", "))
	});
	return Buffer.concat(parts);
}
/** A Feedback of its JSON form. */
function encodeFeedback(feedback) {
	const fields = fieldsOf(feedback);
	const parts = [
		"request",
		"response",
		"truth"
	].flatMap((name) => fields[name] === void 0 ? [] : [require_protobuf().bytesField(FEEDBACK[name], encodeSeldonMessage(fields[name]))]);
	return Buffer.concat([...parts, require_protobuf().floatField(FEEDBACK.reward, Number(fields.reward ?? 0))]);
}
/** The JSON form of a SeldonMessage, as REST would answer it. @throws ActionError when the bytes are none */
function decodeSeldonMessage(bytes) {
	const all = require_protobuf().wireFields(bytes);
	const told = {};
	const status = require_protobuf().bytesOf(all, MESSAGE.status);
	if (status !== void 0) told.status = decodeStatus(require_protobuf().wireFields(status));
	const meta = require_protobuf().bytesOf(all, MESSAGE.meta);
	if (meta !== void 0) told.meta = decodeMeta(require_protobuf().wireFields(meta));
	const data = require_protobuf().bytesOf(all, MESSAGE.data);
	if (data !== void 0) told.data = decodeData(require_protobuf().wireFields(data));
	const binary = require_protobuf().bytesOf(all, MESSAGE.binData);
	if (binary !== void 0) told.binData = binary.toString("base64");
	if (require_protobuf().bytesOf(all, MESSAGE.strData) !== void 0) told.strData = require_protobuf().textOf(all, MESSAGE.strData);
	const json = require_protobuf().bytesOf(all, MESSAGE.jsonData);
	if (json !== void 0) told.jsonData = decodeValue(json, 0);
	return told;
}
function encodeData(data) {
	const parts = (Array.isArray(data.names) ? data.names : []).map((name) => require_protobuf().bytesField(DATA.names, require_protobuf().asText(name)));
	const tensor = data.tensor === void 0 ? void 0 : fieldsOf(data.tensor);
	if (Array.isArray(data.ndarray)) parts.push(require_protobuf().bytesField(DATA.ndarray, encodeList(data.ndarray)));
	else if (tensor !== void 0) {
		const [shape, values] = [numbersOf(tensor.shape), numbersOf(tensor.values)];
		parts.push(require_protobuf().bytesField(DATA.tensor, Buffer.concat([require_protobuf().bytesField(1, Buffer.concat(shape.map((each) => require_protobuf().varint(BigInt(Math.trunc(each)))))), require_protobuf().bytesField(2, require_protobuf().doubles(values))])));
	} else require_house().refuse({
		where: "the request over gRPC, data",
		expected: "ndarray or tensor",
		seen: "neither"
	});
	return Buffer.concat(parts);
}
function encodeMeta(meta) {
	const parts = [];
	if (typeof meta.puid === "string") parts.push(require_protobuf().bytesField(META.puid, meta.puid));
	const entry = (field, name, value) => {
		parts.push(require_protobuf().bytesField(field, Buffer.concat([require_protobuf().bytesField(1, name), value])));
	};
	for (const [name, value] of Object.entries(fieldsOf(meta.tags ?? {}))) entry(META.tags, name, require_protobuf().bytesField(2, encodeValue(value)));
	for (const [name, value] of Object.entries(fieldsOf(meta.routing ?? {}))) entry(META.routing, name, require_protobuf().wholeField(2, Math.trunc(Number(value))));
	for (const [name, value] of Object.entries(fieldsOf(meta.requestPath ?? {}))) entry(META.requestPath, name, require_protobuf().bytesField(2, require_protobuf().asText(value)));
	return Buffer.concat(parts);
}
const encodeList = (values) => Buffer.concat(values.map((each) => require_protobuf().bytesField(1, encodeValue(each))));
function encodeValue(value) {
	if (value === null) return require_protobuf().wholeField(VALUE.null, 0);
	if (typeof value === "number") return require_protobuf().doubleField(VALUE.number, value);
	if (typeof value === "string") return require_protobuf().bytesField(VALUE.text, value);
	if (typeof value === "boolean") return require_protobuf().wholeField(VALUE.flag, value);
	if (Array.isArray(value)) return require_protobuf().bytesField(VALUE.list, encodeList(value));
	const entries = Object.entries(value).map(([name, each]) => require_protobuf().bytesField(1, Buffer.concat([require_protobuf().bytesField(1, name), require_protobuf().bytesField(2, encodeValue(each))])));
	return require_protobuf().bytesField(VALUE.struct, Buffer.concat(entries));
}
function decodeValue(bytes, depth) {
	if (depth > MOST_DEPTH) require_house().refuse({
		where: "the answer",
		expected: `at most ${MOST_DEPTH} levels`,
		seen: "more"
	});
	const all = require_protobuf().wireFields(bytes);
	const last = all.at(-1);
	if (last === void 0) return null;
	switch (last.field) {
		case VALUE.number: return Buffer.isBuffer(last.value) && last.value.length === 8 ? finite(last.value.readDoubleLE(0)) : null;
		case VALUE.text: return require_protobuf().textOf(all, VALUE.text);
		case VALUE.flag: return require_protobuf().wholeOf(all, VALUE.flag) !== 0;
		case VALUE.list: return decodeList(require_protobuf().bytesOf(all, VALUE.list) ?? NOTHING, depth + 1);
		case VALUE.struct: return decodeMap(require_protobuf().wireFields(require_protobuf().bytesOf(all, VALUE.struct) ?? NOTHING), 1, (value) => decodeValue(value, depth + 1));
		default: return null;
	}
}
function decodeList(bytes, depth) {
	return require_protobuf().wireFields(bytes).flatMap(({ field, value }) => field === 1 && Buffer.isBuffer(value) ? [decodeValue(value, depth)] : []);
}
/** JSON has no NaN: as `null` it is refused by every rule that asks for values. */
const finite = (value) => Number.isFinite(value) ? value : null;
function decodeMap(all, field, read) {
	const told = Object.create(null);
	for (const each of all) {
		if (each.field !== field || !Buffer.isBuffer(each.value)) continue;
		const entry = require_protobuf().wireFields(each.value);
		const value = entry.findLast(({ field: at }) => at === 2)?.value;
		told[require_protobuf().textOf(entry, 1)] = typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : read(value ?? NOTHING);
	}
	return told;
}
function decodeData(all) {
	const names = all.flatMap(({ field, value }) => field === DATA.names && Buffer.isBuffer(value) ? [value.toString("utf8")] : []);
	const told = names.length === 0 ? {} : { names };
	const ndarray = require_protobuf().bytesOf(all, DATA.ndarray);
	if (ndarray !== void 0) told.ndarray = decodeList(ndarray, 0);
	const tensor = require_protobuf().bytesOf(all, DATA.tensor);
	if (tensor !== void 0) {
		const inner = require_protobuf().wireFields(tensor);
		told.tensor = {
			shape: require_protobuf().repeatedNumbers(inner, 1, require_protobuf().signed),
			values: require_protobuf().repeatedNumbers(inner, 2, require_protobuf().readDoubles).map(finite)
		};
	}
	return told;
}
function decodeStatus(all) {
	const told = { status: require_protobuf().wholeOf(all, 4) === 1 ? "FAILURE" : "SUCCESS" };
	const [code, info, reason] = [
		require_protobuf().wholeOf(all, 1),
		require_protobuf().textOf(all, 2),
		require_protobuf().textOf(all, 3)
	];
	if (code !== 0) told.code = code;
	if (info !== "") told.info = info;
	if (reason !== "") told.reason = reason;
	return told;
}
function decodeMeta(all) {
	const told = {};
	const puid = require_protobuf().textOf(all, META.puid);
	if (puid !== "") told.puid = puid;
	const text = (value) => value.toString("utf8");
	const maps = {
		tags: decodeMap(all, META.tags, (value) => decodeValue(value, 0)),
		routing: decodeMap(all, META.routing, () => 0),
		requestPath: decodeMap(all, META.requestPath, text)
	};
	for (const [name, map] of Object.entries(maps)) if (Object.keys(map).length > 0) told[name] = map;
	const metrics = all.flatMap(({ field, value }) => field === META.metrics && Buffer.isBuffer(value) ? [decodeMetric(require_protobuf().wireFields(value))] : []);
	if (metrics.length > 0) told.metrics = metrics;
	return told;
}
const decodeMetric = (all) => ({
	key: require_protobuf().textOf(all, 1),
	type: [
		"COUNTER",
		"GAUGE",
		"TIMER"
	][require_protobuf().wholeOf(all, 2)] ?? "COUNTER",
	value: finite(require_protobuf().repeatedNumbers(all, 3, require_protobuf().readFloats).at(-1) ?? 0)
});
const numbersOf = (value) => Array.isArray(value) ? value.map(Number) : [];
function fieldsOf(value) {
	if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
	return require_house().refuse({
		where: "the request over gRPC",
		expected: "an object",
		seen: require_house().quote(JSON.stringify(value))
	});
}
exports.decodeSeldonMessage = decodeSeldonMessage;
exports.encodeFeedback = encodeFeedback;
exports.encodeSeldonMessage = encodeSeldonMessage;
