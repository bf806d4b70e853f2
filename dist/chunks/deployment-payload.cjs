require("./rolldown-runtime.cjs");
const require_house = () => require("./house.cjs");
// src/domain/record/deployment-payload.ts
/** The record of a deployment's payload; `undefined` for a deployment that is none of ours. GitHub hands a payload back as it was given. */
function recordOfPayload(payload, where) {
	try {
		const value = typeof payload === "string" ? JSON.parse(payload) : payload;
		if (value === null || typeof value !== "object" || !("record" in value)) return void 0;
		const { record } = value;
		return require_house().parseRecord(typeof record === "string" ? record : require_house().canonicalJson(record), where);
	} catch (thrown) {
		if (thrown instanceof require_house().ActionError || thrown instanceof SyntaxError) return void 0;
		throw thrown;
	}
}
exports.recordOfPayload = recordOfPayload;
