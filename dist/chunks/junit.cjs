const require_rolldown_runtime = require("./rolldown-runtime.cjs");
const require_house = () => require("./house.cjs");
// src/domain/report/junit.ts
var junit_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	escapeMarkup: () => escapeMarkup,
	renderJunit: () => renderJunit
});
/** Text in an attribute or element of XML or HTML; characters that XML 1.0 can not hold become U+FFFD. */
function escapeMarkup(text) {
	return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff\u202a-\u202e\u2066-\u2069]/g, "�").replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
/** The rules as JUnit XML, a test case each: a rejected one is a failure, an inconclusive one an error. */
function renderJunit({ model, gate }) {
	const count = (verdict) => gate.rules.filter((rule) => rule.verdict === verdict).length;
	const name = escapeMarkup(`gate${model === void 0 ? "" : ` of ${model}`}`);
	const counts = `tests="${gate.rules.length}" failures="${count("rejected")}" errors="${count("inconclusive")}"`;
	const cases = gate.rules.map(({ rule, verdict, reason, observed, bound }) => {
		const told = escapeMarkup(reason ?? verdict);
		const element = verdict === "rejected" ? "failure" : "error";
		const seen = observed === void 0 ? "" : `<system-out>observed ${require_house().figure(observed, bound)}</system-out>`;
		const body = `${verdict === "passed" ? "" : `<${element} message="${told}" type="${verdict}">${told}</${element}>`}${seen}`;
		return `    <testcase classname="${name}" name="${escapeMarkup(rule)}">${body}</testcase>`;
	});
	return [
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
		`<testsuites name="${name}" ${counts}>`,
		`  <testsuite name="${name}" ${counts}>`,
		...cases,
		"  </testsuite>",
		"</testsuites>",
		""
	].join("\n");
}
Object.defineProperty(exports, "escapeMarkup", {
	enumerable: true,
	get: function() {
		return escapeMarkup;
	}
});
Object.defineProperty(exports, "junit_exports", {
	enumerable: true,
	get: function() {
		return junit_exports;
	}
});
