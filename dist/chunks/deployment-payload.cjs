const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/record/deployment-payload.ts
var deployment_payload_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	placeOfPayload: () => placeOfPayload,
	recordOfPayload: () => recordOfPayload
});
const name = require_house().string({ most: 63 });
const placeShape = require_house().object({
	target: require_house().string({ most: 32 }),
	namespace: name,
	name,
	deployId: require_house().string({ most: 64 })
});
/** What a GitHub Deployment of ours carries, so that a pull request can read what serves without rights in the cluster. */
function deploymentPayload(record, deployed) {
	return {
		...record === void 0 ? {} : { record },
		...deployed === void 0 ? {} : { deployed }
	};
}
/** The record of a deployment's payload; `undefined` for a deployment that is none of ours. GitHub hands a payload back as it was given. */
function recordOfPayload(payload, where) {
	return part(payload, "record", (record) => require_house().parseRecord(typeof record === "string" ? record : require_house().canonicalJson(record), where));
}
/** What a deployment of ours deployed where; `undefined` for one that is none of ours. */
function placeOfPayload(payload, where) {
	return part(payload, "deployed", (deployed) => require_house().check(placeShape, deployed, where));
}
function part(payload, name, read) {
	try {
		const value = typeof payload === "string" ? JSON.parse(payload) : payload;
		if (value === null || typeof value !== "object" || !Object.hasOwn(value, name)) return void 0;
		return read(value[name]);
	} catch (thrown) {
		if (thrown instanceof require_house().ActionError || thrown instanceof SyntaxError) return void 0;
		throw thrown;
	}
}
Object.defineProperty(exports, "deploymentPayload", {
	enumerable: true,
	get: function() {
		return deploymentPayload;
	}
});
Object.defineProperty(exports, "deployment_payload_exports", {
	enumerable: true,
	get: function() {
		return deployment_payload_exports;
	}
});
Object.defineProperty(exports, "placeOfPayload", {
	enumerable: true,
	get: function() {
		return placeOfPayload;
	}
});
Object.defineProperty(exports, "recordOfPayload", {
	enumerable: true,
	get: function() {
		return recordOfPayload;
	}
});
