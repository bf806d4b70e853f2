const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
// src/domain/inference/smoke.ts
var smoke_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ parseSmokeRequest: () => parseSmokeRequest });
const MAX_REQUEST_BYTES = 1048576;
const MAX_ANSWER_BYTES = 8388608;
/** Of Seldon's gateway and of its Python wrapper alike. */
const PREDICTIONS = "/api/v1.0/predictions";
const TOLERANCE = 1e-6;
const within = (least, most, called) => (value, where, mistakes) => {
	const checked = require_house().number(value, where, mistakes);
	if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return checked;
	if (typeof value === "number" && Number.isFinite(value)) mistakes.push({
		where,
		expected: called,
		seen: `${value}`
	});
	return checked;
};
const tolerance = (value, where, mistakes) => {
	const checked = require_house().number(value, where, mistakes);
	if (checked < 0) mistakes.push({
		where,
		expected: "a number not below 0",
		seen: `${checked}`
	});
	return checked;
};
const shape = require_house().object({
	path: require_house().optional(require_house().string({
		most: 1024,
		form: /^\/(?!\/)[!-~]*$/,
		called: "a path that starts with one /"
	})),
	body: require_house().optional(require_house().anything),
	expect: require_house().optional(require_house().object({
		status: require_house().optional(within(100, 599, "an HTTP status")),
		shape: require_house().optional(require_house().list(within(0, 1e9, "a whole number, not negative"), 16)),
		values: require_house().optional(require_house().anything),
		tolerance: require_house().optional(tolerance)
	}))
});
/**
* Reads the input `smoke-request`: YAML or JSON with `path`, `body` and `expect`.
* @throws ActionError with every mistake
*/
async function parseSmokeRequest(text) {
	const value = await require_yaml().parseYaml(text, {
		where: "YAML",
		maxBytes: MAX_REQUEST_BYTES
	});
	const { path, body, expect } = require_house().check(shape, value, "request");
	const mistakes = [];
	if (body === void 0 && path === void 0) mistakes.push({
		where: "request.body",
		expected: "what is sent to the model",
		seen: "nothing",
		fix: "For example body: {data: {ndarray: [[1, 2, 3]]}}."
	});
	if (expect?.shape && expect.values !== void 0 && Array.isArray(expect.values)) {
		const values = shapeOf(expect.values);
		if (values === void 0 || values.join() !== expect.shape.join()) mistakes.push({
			where: "request.expect",
			expected: "values of the shape that it asks for",
			seen: `shape [${expect.shape.join(", ")}] and values of ${tellShape(values)}`
		});
	}
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
	return {
		path: path ?? PREDICTIONS,
		body,
		expect: {
			status: expect?.status ?? 200,
			shape: expect?.shape,
			values: expect?.values,
			tolerance: expect?.tolerance ?? TOLERANCE
		}
	};
}
/**
* Judges an answer to a smoke request. HTTP 200 proves little: the wrapper answers 200 for one-dimensional results, for NaN and
* for too few rows. So without any expectation an answer must be JSON, no failure, and hold a payload; a table must have at
* least two dimensions and as many rows as were sent.
*/
function judgeAnswer(request, answer, { plain = false } = {}) {
	const { expect } = request;
	const reasons = [];
	const body = parsed(answer.body);
	if (answer.status !== expect.status) {
		const info = body instanceof require_house().ActionError ? void 0 : statusInfo(body);
		const seen = `${answer.status}${info === void 0 ? "" : `: ${info}`}`;
		reasons.push({
			where: "HTTP status",
			expected: `${expect.status}`,
			seen
		});
		return {
			reasons,
			prediction: void 0
		};
	}
	if (expect.status >= 300) return {
		reasons,
		prediction: void 0
	};
	if (request.body === void 0 && expect.shape === void 0 && expect.values === void 0) return {
		reasons,
		prediction: void 0
	};
	if (body instanceof require_house().ActionError) return {
		reasons: body.mistakes,
		prediction: void 0
	};
	const status = field(body, "status");
	const failed = field(status, "status");
	if (failed === "FAILURE" || failed === 1) reasons.push({
		where: "the answer's status",
		expected: "no failure",
		seen: statusInfo(body) ?? "FAILURE"
	});
	const found = plain ? {
		where: "the answer",
		value: body,
		shape: shapeOf(body),
		table: false
	} : payloadOf(body);
	if (found === void 0) {
		reasons.push({
			where: "the answer",
			expected: "data, jsonData, strData or binData with content",
			seen: "none"
		});
		return {
			reasons,
			prediction: void 0
		};
	}
	const seen = found.shape;
	if (found.table && expect.shape === void 0 && expect.values === void 0) reasons.push(...tableReasons(found.where, seen, rowsOf(payloadOf(request.body)?.shape)));
	if (found.table) reasons.push(...valueReasons(found), ...nameReasons(body, seen));
	if (expect.shape !== void 0 && (seen === void 0 || seen.join() !== expect.shape.join())) reasons.push({
		where: found.where,
		expected: tellShape(expect.shape),
		seen: tellShape(seen)
	});
	if (expect.values !== void 0) {
		const difference = differs(found.value, expect.values, expect.tolerance, found.where);
		if (difference !== void 0) reasons.push(difference);
	}
	return {
		reasons,
		prediction: tellPrediction(found, body)
	};
}
function tableReasons(where, shape, sent) {
	if (shape === void 0) return [{
		where,
		expected: "rows of one length",
		seen: tellShape(shape)
	}];
	const seen = tellShape(shape);
	if (shape.length < (where.startsWith("data.") ? 2 : 1)) return [{
		where,
		expected: "2 dimensions or more, a row for each that was sent",
		seen
	}];
	if (sent !== void 0 && shape[0] !== sent) return [{
		where,
		expected: `${sent} rows, as many as were sent`,
		seen: `${shape[0]}`
	}];
	return shape.includes(0) ? [{
		where,
		expected: "values",
		seen
	}] : [];
}
/** The wrapper hands on what the model gives, also null. */
function valueReasons({ where, value }) {
	const stack = [value];
	while (stack.length > 0) {
		const each = stack.pop();
		if (Array.isArray(each)) for (const inner of each) stack.push(inner);
		else if (each === null) return [{
			where,
			expected: "values",
			seen: "null"
		}];
	}
	return [];
}
/** Names that do not fit the columns name the wrong ones. */
function nameReasons(body, shape) {
	const names = field(field(body, "data"), "names");
	if (!Array.isArray(names) || names.length === 0 || shape === void 0 || shape.length < 2) return [];
	if (names.length === shape[1]) return [];
	return [{
		where: "data.names",
		expected: `${shape[1]} names, one for each column`,
		seen: `${names.length}`
	}];
}
/** What a SeldonMessage carries, asked or answered. */
function payloadOf(message) {
	const [tensorV2] = [field(message, "outputs"), field(message, "inputs")].flatMap((each) => Array.isArray(each) ? each.slice(0, 1) : []);
	const [sizesV2, flat] = [field(tensorV2, "shape"), field(tensorV2, "data")];
	if (Array.isArray(sizesV2) && sizesV2.every((size) => typeof size === "number") && Array.isArray(flat)) {
		const fits = sizesV2.reduce((product, size) => product * size, 1) === flat.length;
		return {
			where: field(message, "outputs") === void 0 ? "inputs[0].data" : "outputs[0].data",
			value: fits ? folded(flat, sizesV2) : flat,
			shape: fits ? sizesV2 : void 0,
			table: true
		};
	}
	for (const name of ["predictions", "instances"]) {
		const rows = field(message, name);
		if (Array.isArray(rows)) return {
			where: name,
			value: rows,
			shape: shapeOf(rows),
			table: true
		};
	}
	const data = field(message, "data");
	const ndarray = field(data, "ndarray");
	if (Array.isArray(ndarray)) return {
		where: "data.ndarray",
		value: ndarray,
		shape: shapeOf(ndarray),
		table: true
	};
	const tensor = field(data, "tensor");
	const [sizes, values] = [field(tensor, "shape"), field(tensor, "values")];
	if (Array.isArray(sizes) && Array.isArray(values)) {
		const told = sizes.every((size) => typeof size === "number") ? sizes : void 0;
		const fits = told !== void 0 && told.reduce((product, size) => product * size, 1) === values.length;
		return {
			where: "data.tensor",
			value: fits ? folded(values, told) : values,
			shape: fits ? told : void 0,
			table: true
		};
	}
	for (const name of [
		"jsonData",
		"strData",
		"binData",
		"customData"
	]) {
		const value = field(message, name);
		if (value === void 0 || value === null || value === "") continue;
		return {
			where: name,
			value,
			shape: shapeOf(value),
			table: false
		};
	}
	const tftensor = field(data, "tftensor");
	return tftensor === void 0 ? void 0 : {
		where: "data.tftensor",
		value: tftensor,
		shape: [],
		table: false
	};
}
function parsed(body) {
	try {
		return require_house().parseJson(body, {
			where: "the answer's body",
			maxBytes: MAX_ANSWER_BYTES
		});
	} catch (thrown) {
		if (/[[,:]\s*(?:NaN|-?Infinity)\b/.test(body)) return new (require_house()).ActionError({
			where: "the answer's body",
			expected: "finite numbers",
			seen: "NaN or Infinity, which is not JSON"
		});
		if (thrown instanceof require_house().ActionError) return thrown;
		return new (require_house()).ActionError({
			where: "the answer's body",
			expected: "JSON",
			seen: require_house().messageOf(thrown)
		});
	}
}
const field = (value, name) => value !== null && typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, name) ? value[name] : void 0;
const rowsOf = (shape) => shape === void 0 || shape.length < 2 ? void 0 : shape[0];
/** The sizes of nested lists, outermost first; `[]` for a single value, `undefined` where lists of one level differ. */
function shapeOf(value) {
	if (!Array.isArray(value)) return [];
	const inner = value.map(shapeOf);
	const [first = []] = inner;
	return inner.every((each) => each !== void 0 && each.join() === first.join()) ? [value.length, ...first] : void 0;
}
/** Values in a row as nested lists of a shape. */
function folded(values, [size = 1, ...rest]) {
	if (rest.length === 0) return [...values];
	const step = size === 0 ? 0 : values.length / size;
	return Array.from({ length: size }, (_, at) => folded(values.slice(at * step, (at + 1) * step), rest));
}
/** The first place where two values differ. */
function differs(seen, expected, tolerance, where) {
	if (Array.isArray(expected)) {
		if (!Array.isArray(seen) || seen.length !== expected.length) return {
			where,
			expected: `${expected.length} values`,
			seen: Array.isArray(seen) ? `${seen.length}` : require_house().quote(JSON.stringify(seen))
		};
		for (const [at, each] of expected.entries()) {
			const difference = differs(seen[at], each, tolerance, `${where}[${at}]`);
			if (difference !== void 0) return difference;
		}
		return;
	}
	if (typeof expected === "number" && typeof seen === "number") {
		if (Math.abs(seen - expected) <= tolerance) return void 0;
		return {
			where,
			expected: `${expected} ± ${tolerance}`,
			seen: `${seen}`
		};
	}
	if (expected !== null && typeof expected === "object") {
		for (const [name, each] of Object.entries(expected)) {
			const inner = field(seen, name);
			if (inner === void 0) return {
				where: `${where}.${name}`,
				expected: "a value",
				seen: "nothing"
			};
			const difference = differs(inner, each, tolerance, `${where}.${name}`);
			if (difference !== void 0) return difference;
		}
		return;
	}
	if (seen === expected) return void 0;
	return {
		where,
		expected: require_house().quote(JSON.stringify(expected)),
		seen: require_house().quote(JSON.stringify(seen))
	};
}
/** A shape in words. */
const tellShape = (shape) => shape === void 0 ? "rows of several lengths" : shape.length === 0 ? "a single value" : `shape [${shape.join(", ")}]`;
function statusInfo(body) {
	const status = field(body, "status");
	const told = [];
	for (const each of [field(status, "reason"), field(status, "info")]) if (typeof each === "string" && each !== "") told.push(each);
	return told.length === 0 ? void 0 : require_house().quote(told.join(": "), 300);
}
/** `[[0.0001, 0.9986, …]]`, and for one row with names the largest: `largest: digit 3 (0.9986)`. */
function tellPrediction({ value, shape }, body) {
	const text = JSON.stringify(value, (_name, inner) => typeof inner === "number" ? Number(inner.toPrecision(4)) : inner).replaceAll(",", ", ");
	const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
	const names = field(field(body, "data"), "names");
	const row = shape?.length === 2 && shape[0] === 1 && Array.isArray(value) ? value[0] : void 0;
	if (!Array.isArray(row) || row.length < 2 || !row.every((each) => typeof each === "number")) return shown;
	const best = row.indexOf(Math.max(...row));
	const name = Array.isArray(names) && names.length === row.length ? names[best] : `column ${best}`;
	return `${shown}, largest: ${typeof name === "string" ? name.slice(0, 80) : best} (${Number(row[best].toPrecision(4))})`;
}
Object.defineProperty(exports, "judgeAnswer", {
	enumerable: true,
	get: function() {
		return judgeAnswer;
	}
});
Object.defineProperty(exports, "payloadOf", {
	enumerable: true,
	get: function() {
		return payloadOf;
	}
});
Object.defineProperty(exports, "smoke_exports", {
	enumerable: true,
	get: function() {
		return smoke_exports;
	}
});
Object.defineProperty(exports, "tellShape", {
	enumerable: true,
	get: function() {
		return tellShape;
	}
});
