require("./rolldown-runtime.cjs");
// src/domain/report/curl.ts
/** Text as one word of a POSIX shell, whatever stands in it. */
function shellQuote(text) {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
/** Stands in where no request of the model is known: the shape that Seldon's protocol asks for. */
const TEMPLATE = "{\"data\": {\"ndarray\": [[0.0, 1.0, 2.0]]}}";
/**
* A prediction request to paste into a shell. `undefined` where the URL is none of HTTP, since then nothing could be pasted.
* @param body the request that is known to work, as JSON; longer than a screen, it is left out
*/
function predictionCurl(url, body) {
	if (!/^https?:\/\/[^\s\u0000-\u001f\u007f]+$/i.test(url) || !URL.canParse(url)) return void 0;
	const template = body === void 0 || body.length > 2e3;
	return {
		command: [
			`curl -sS --fail-with-body ${shellQuote(url)}`,
			`  -H 'Content-Type: application/json'`,
			`  -d ${shellQuote(template ? TEMPLATE : body)}`
		].join(" \\\n"),
		template
	};
}
exports.predictionCurl = predictionCurl;
