require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/base-url.ts
/** Scheme, host and port, and nothing behind them. */
function baseUrl(value) {
	const url = URL.canParse(value) ? new URL(value) : void 0;
	if (url === void 0 || !["http:", "https:"].includes(url.protocol) || url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "") throw new (require_house()).Refusal("http(s)://host[:port], without a path");
	return url;
}
Object.defineProperty(exports, "baseUrl", {
	enumerable: true,
	get: function() {
		return baseUrl;
	}
});
