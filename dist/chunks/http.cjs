require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/adapters/http.ts
const MAX_BYTES = 8388608;
/** Requests by Node's own client, each on a connection of its own; bodies are read up to a size. Redirects are not followed. */
function httpClient() {
	return { request };
}
async function request({ url, method = "GET", headers = {}, body, timeoutMs, maxBytes = MAX_BYTES, signal, ca }) {
	const at = new URL(url);
	const { request: send } = process.getBuiltinModule(at.protocol === "https:" ? "node:https" : "node:http");
	return await new Promise((resolve, reject) => {
		const fail = (expected, seen, cause) => {
			sent.destroy();
			reject(new (require_house()).ActionError({
				where: `${method} ${shown(at)}`,
				expected,
				seen
			}, { cause }));
		};
		const timer = setTimeout(() => fail(`an answer within ${timeoutMs / 1e3} s`, "none"), timeoutMs);
		const sent = send(at, {
			method,
			agent: false,
			headers: {
				accept: "application/json",
				...body === void 0 ? {} : { "content-length": String(Buffer.byteLength(body)) },
				...headers
			},
			...signal ? { signal } : {},
			...ca === void 0 ? {} : { ca }
		});
		sent.once("error", (cause) => {
			clearTimeout(timer);
			fail("an answer", cause.code ?? require_house().messageOf(cause), cause);
		});
		sent.once("response", (answer) => {
			const chunks = [];
			let bytes = 0;
			answer.on("data", (chunk) => {
				bytes += chunk.length;
				if (bytes > maxBytes) {
					clearTimeout(timer);
					fail(`an answer of at most ${maxBytes} bytes`, "a longer one");
				} else chunks.push(chunk);
			});
			answer.once("error", (cause) => {
				clearTimeout(timer);
				fail("a whole answer", cause.code ?? require_house().messageOf(cause), cause);
			});
			answer.once("end", () => {
				clearTimeout(timer);
				const told = {};
				for (const [name, value] of Object.entries(answer.headers)) if (value !== void 0) told[name] = Array.isArray(value) ? value.join(", ") : value;
				resolve({
					status: answer.statusCode ?? 0,
					headers: told,
					body: Buffer.concat(chunks).toString("utf8")
				});
			});
		});
		sent.end(body);
	});
}
/** Without what may be a secret: user, password and query. */
const shown = (url) => `${url.protocol}//${url.host}${url.pathname}`;
Object.defineProperty(exports, "httpClient", {
	enumerable: true,
	get: function() {
		return httpClient;
	}
});
