require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/inference/protocol.ts
/** The name of the one tensor that rows become; servers of one input take any. */
const TENSOR = "predict";
/** The operator calls the V2 protocol by its older name too. */
const protocolOf = (told) => told === "tensorflow" ? "tensorflow" : told === "v2" || told === "kfserving" ? "v2" : "seldon";
/** Rows of features as a request asks for their predictions. @throws ActionError for rows that a protocol can not carry */
function requestFor(protocol, rows, names = []) {
	if (protocol === "tensorflow") return { instances: rows };
	if (protocol === "v2") return { inputs: [tensorOf(rows)] };
	return { data: {
		...names.length === 0 ? {} : { names: [...names] },
		ndarray: rows
	} };
}
function tensorOf(rows) {
	const shape = [];
	for (let level = rows; Array.isArray(level); level = level[0]) shape.push(level.length);
	const data = Array.isArray(rows) ? rows.flat(Number.POSITIVE_INFINITY) : [rows];
	const kinds = new Set(data.map((each) => typeof each));
	const [kind] = kinds;
	const datatype = kind === "number" ? "FP64" : kind === "boolean" ? "BOOL" : "BYTES";
	if (kinds.size > 1 || data.length !== shape.reduce((product, size) => product * size, 1)) require_house().refuse({
		where: "the request by the v2 protocol",
		expected: "columns of one kind, rows of one length",
		seen: kinds.size > 1 ? [...kinds].join(" and ") : "rows of several lengths",
		fix: "Write the whole request (inputs with a tensor for each column) in smoke-request or golden."
	});
	return {
		name: TENSOR,
		shape,
		datatype,
		data
	};
}
Object.defineProperty(exports, "protocolOf", {
	enumerable: true,
	get: function() {
		return protocolOf;
	}
});
Object.defineProperty(exports, "requestFor", {
	enumerable: true,
	get: function() {
		return requestFor;
	}
});
