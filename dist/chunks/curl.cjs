require("./rolldown-runtime.cjs");
// src/domain/report/curl.ts
/** Text as one word of a POSIX shell, whatever stands in it. */
function shellQuote(text) {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
/** Stands in where no request of the model is known: the shape that Seldon's protocol asks for. */
const TEMPLATE = "{\"data\": {\"ndarray\": [[0.0, 1.0, 2.0]]}}";
/** More is no screen to paste from. */
const LONGEST_BODY = 2e3;
/**
* What is to be asked of a model, as text to paste. `undefined` where the URL is none of HTTP, since then nothing could be pasted.
* @param body the request that is known to work, as JSON; longer than a screen, it is left out
*/
function pasteableRequest(url, body) {
	if (!/^https?:\/\/[^\s\u0000-\u001f\u007f]+$/i.test(url) || !URL.canParse(url)) return void 0;
	const template = body === void 0 || body.length > LONGEST_BODY;
	return {
		url,
		body: template ? TEMPLATE : body,
		template
	};
}
/** A prediction request to paste into a shell. */
function predictionCurl(url, body) {
	const request = pasteableRequest(url, body);
	if (request === void 0) return void 0;
	return {
		command: [
			`curl -sS --fail-with-body ${shellQuote(request.url)}`,
			`  -H 'Content-Type: application/json'`,
			`  -d ${shellQuote(request.body)}`
		].join(" \\\n"),
		template: request.template
	};
}
exports.pasteableRequest = pasteableRequest;
exports.predictionCurl = predictionCurl;
