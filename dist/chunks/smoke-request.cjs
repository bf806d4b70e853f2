require("./rolldown-runtime.cjs");
// src/actions/smoke-request.ts
/** Longer ones are no example to paste. */
const MOST_BYTES = 2e3;
/** The request that a deployed model has answered lies here, so that the report can show one that is known to work. */
const place = (run) => `${run.temp}/model-road/smoke-request.json`;
/** Keeps the body of a request that was answered. */
async function keepRequest(body, run, workspace) {
	await workspace.write(place(run), JSON.stringify(body));
}
/** The body as JSON; `undefined` when this job has none, or one too long to be shown. */
async function keptRequest(run, workspace) {
	const facts = await workspace.facts(place(run));
	if (facts === void 0 || facts.kind !== "file" || facts.bytes > MOST_BYTES) return void 0;
	return await workspace.readText(place(run), { maxBytes: MOST_BYTES });
}
Object.defineProperty(exports, "keepRequest", {
	enumerable: true,
	get: function() {
		return keepRequest;
	}
});
Object.defineProperty(exports, "keptRequest", {
	enumerable: true,
	get: function() {
		return keptRequest;
	}
});
