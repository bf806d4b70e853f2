const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/request-headers.ts
var request_headers_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ requestHeaders: () => requestHeaders });
/** Headers of a connection are the client's own, and these say who we are to whom. */
const RESERVED = /^(?:host|connection|content-length|transfer-encoding|upgrade|te|expect)$/i;
/** `Name: value`, one a line. */
function requestHeaders(text) {
	const found = {};
	for (const line of text.split(/\r\n|\n|\r/).filter((each) => each.trim() !== "")) {
		const [, name, value] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(\S(?:.*\S)?)\s*$/.exec(line) ?? [];
		if (name === void 0 || value === void 0 || RESERVED.test(name) || /[^\t\u0020-\u007e]/.test(value)) throw new (require_house()).Refusal("lines of Name: value", { seen: "a line that is none, or a header of the connection (hidden)" });
		found[name.toLowerCase()] = value;
	}
	return found;
}
Object.defineProperty(exports, "requestHeaders", {
	enumerable: true,
	get: function() {
		return requestHeaders;
	}
});
Object.defineProperty(exports, "request_headers_exports", {
	enumerable: true,
	get: function() {
		return request_headers_exports;
	}
});
