require("./rolldown-runtime.cjs");
let kept_require_smoke;
const require_smoke = () => kept_require_smoke ??= require("./smoke.cjs");
let kept_require_front;
const require_front = () => kept_require_front ??= require("./front.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/prediction.ts
const PAUSE_MS = 50;
/**
* Waits until a model server answers at all. Its port is open before its model is loaded, and requests hang until then, so the
* first answer is what counts, and only a 503 means: not yet.
* @throws ActionError when nothing answers in time; the signal's reason when that aborts
*/
async function waitUntilUp({ url, called, deadline, signal }, { http, clock }) {
	let last = "nothing";
	for (;;) {
		const left = deadline - clock.elapsed();
		if (left > 0) try {
			const { status } = await http.request({
				url: `${url}/health/ping`,
				timeoutMs: left,
				signal
			});
			if (status !== 503) return;
			last = "HTTP 503";
		} catch (thrown) {
			if (signal.aborted) throw signal.reason;
			last = thrown instanceof require_house().ActionError ? thrown.mistakes[0].seen : require_house().messageOf(thrown);
		}
		if (clock.elapsed() >= deadline) throw new (require_house()).ActionError({
			where: called,
			expected: "an answer in time",
			seen: last,
			fix: "Its last lines stand in the log above. A model that takes long to load needs a longer wait-timeout."
		});
		await clock.sleep(PAUSE_MS, signal).catch(() => void 0);
		if (signal.aborted) throw signal.reason;
	}
}
/**
* Sends a smoke request and judges the answer.
* @param url of the server itself, or of the deployment at a gateway (`…/seldon/<namespace>/<name>`)
* @param behind who must have answered: the deploy id of the response's header
* @returns the prediction in a few words, where there is one
* @throws ActionError with every reason; the signal's reason when that aborts
*/
async function provePrediction(smoke, { url, called, deadline, signal }, { http, clock }, behind) {
	const path = behind === void 0 ? require_front().serverPath(smoke.path) : smoke.path;
	let answer;
	try {
		answer = await http.request({
			url: url + path,
			...smoke.body === void 0 ? {} : {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify(smoke.body)
			},
			timeoutMs: Math.max(deadline - clock.elapsed(), 1e3),
			signal
		});
	} catch (thrown) {
		if (signal.aborted) throw signal.reason;
		throw thrown;
	}
	const { reasons, prediction } = require_smoke().judgeAnswer(smoke, answer);
	const asking = `${called}, ${smoke.body === void 0 ? "GET" : "POST"} ${smoke.path}`;
	const mistakes = reasons.map((reason) => ({
		...reason,
		where: `${asking}, ${reason.where}`
	}));
	const who = answer.headers["x-model-road-deploy-id"];
	if (behind !== void 0 && who !== behind) mistakes.push({
		where: called,
		expected: `an answer of ${behind.slice(0, 12)}`,
		seen: who === void 0 ? "no deploy id" : `one of ${who.slice(0, 12)}`
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
	return prediction;
}
exports.provePrediction = provePrediction;
exports.waitUntilUp = waitUntilUp;
