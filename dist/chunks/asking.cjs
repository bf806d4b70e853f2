require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_smoke;
const require_smoke = () => kept_require_smoke ??= require("./smoke.cjs");
// src/actions/rollout.ts
/** Rules that count seconds are asked this often even where nothing changes. */
const TICK_MS = 500;
const LOG_LINES = 50;
const LONGEST_LINE = 300;
/** Label that the operator gives to all that belongs to a SeldonDeployment. */
const childrenOf = (name) => `seldon-deployment-id=${name}`;
/**
* Waits until an applied SeldonDeployment is rolled out, has failed, or the time is over. It listens to the object, its
* Deployments and pods, and says what it waits for.
* @param deadline milliseconds on the clock that never jumps
* @throws ActionError when the cluster refuses to be watched; the signal's reason when the run is cancelled
*/
async function waitForRollout(place, applied, deadline, { log, clock, signal }) {
	const { cluster, namespace, name } = place;
	const from = clock.elapsed();
	const done = new AbortController();
	const following = AbortSignal.any([done.signal, signal]);
	const seen = {};
	let memory = require_release().NO_MEMORY;
	let said = "";
	let end;
	const factsNow = () => ({
		now: clock.elapsed(),
		sdep: seen.sdeps?.[0],
		deployments: seen.deployments ?? [],
		pods: seen.pods ?? []
	});
	const judge = () => {
		if (end !== void 0 || seen.sdeps === void 0 || seen.deployments === void 0 || seen.pods === void 0) return;
		const facts = factsNow();
		const judged = require_release().judgeRollout(applied, facts, memory);
		({memory} = judged);
		const { verdict } = judged;
		if (verdict.kind !== "wait") {
			end = {
				verdict,
				facts
			};
			done.abort();
		} else if (verdict.waitsFor !== said) {
			said = verdict.waitsFor;
			log.info(`${((facts.now - from) / 1e3).toFixed(1).padStart(6)} s  waiting for ${said}`);
		}
	};
	const follow = async (key, path, options) => {
		await cluster.follow(path, {
			...options,
			signal: following
		}, (items) => {
			seen[key] = items;
			judge();
		});
	};
	const ticks = (async () => {
		while (!following.aborted && clock.elapsed() < deadline) {
			await clock.sleep(Math.min(TICK_MS, Math.max(1, deadline - clock.elapsed())), following).catch(() => void 0);
			judge();
		}
		done.abort();
	})();
	try {
		await Promise.all([
			ticks,
			follow("sdeps", require_paths().pathOf("SeldonDeployment", namespace), { fields: `metadata.name=${name}` }),
			follow("deployments", require_paths().pathOf("Deployment", namespace), { labels: childrenOf(name) }),
			follow("pods", require_paths().pathOf("Pod", namespace), { labels: childrenOf(name) })
		]);
	} finally {
		done.abort();
	}
	if (signal.aborted) throw signal.reason;
	const waited = Math.round((clock.elapsed() - from) / 1e3);
	return end ?? {
		verdict: {
			kind: "timeout",
			message: `after ${waited} s still waiting for ${said || "the cluster"}`
		},
		facts: factsNow()
	};
}
/** Says in the log what the new pods are at: their states, the events about them, and the culprit's last lines. */
async function explainFailure(place, applied, facts, culprit, ports) {
	const ids = new Set(applied.predictors.map(({ deployId }) => deployId));
	await explainPods(place, facts.pods.filter((pod) => require_release().isNew(pod, ids)), culprit, ports);
}
async function explainPods({ cluster, namespace }, pods, culprit, { log }) {
	for (const pod of pods.slice(0, 5)) log.info(tellPod(pod));
	const pod = pods.find(({ metadata }) => metadata.name === culprit?.pod) ?? pods[0];
	if (pod === void 0) return;
	const events = await cluster.list(require_paths().pathOf("Event", namespace), { fields: `involvedObject.name=${pod.metadata.name}` }).catch((thrown) => {
		log.info(`Its events can not be read: ${require_house().messageOf(thrown)}`);
		return [];
	});
	for (const event of events.slice(-10)) log.info(`event ${event.reason ?? ""}: ${cut(event.message ?? "")}${(event.count ?? 1) > 1 ? ` (${event.count} times)` : ""}`);
	if (culprit?.logs === "none") return;
	const container = culprit?.container ?? pod.status?.containerStatuses?.find(({ ready }) => ready !== true)?.name;
	if (container === void 0) return;
	const options = {
		container,
		lines: LOG_LINES,
		previous: culprit?.logs === "previous"
	};
	const lines = await cluster.logs(namespace, pod.metadata.name, options).catch((thrown) => [`(${require_house().messageOf(thrown)})`]);
	log.info(`The last lines of container ${container}:\n${lines.map(cut).join("\n")}`);
}
function tellPod({ metadata, status }) {
	const containers = [...status?.initContainerStatuses ?? [], ...status?.containerStatuses ?? []].map(({ name, ready, restartCount = 0, state }) => {
		return `${name}: ${state?.waiting?.reason ?? state?.terminated?.reason ?? (state?.running === void 0 ? "unknown" : ready === true ? "ready" : "running, not ready")}${restartCount > 0 ? `, ${restartCount} restarts` : ""}`;
	});
	return `pod ${metadata.name}: ${status?.phase ?? "unknown"}${containers.length === 0 ? "" : ` (${containers.join("; ")})`}`;
}
const cut = (line) => line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
// src/actions/asking.ts
/** A connection that is refused while pods change places says nothing about the new version. */
const PAUSE_MS = 200;
/**
* Asks until it is answered or the time is over: again where a connection is refused or a proxy is in trouble, since pods change
* places meanwhile. Any other answer is the model's own.
* @param called who is asked, for the errors
* @returns the prediction in a few words
* @throws ActionError when the answer is wrong, or none comes in time
*/
async function asked({ smoke, plain = false, judge, check, called, deadline }, request, { clock, log, signal }) {
	const told = (reason) => ({
		...reason,
		where: `${called}, ${smoke.path}, ${reason.where}`
	});
	for (;;) {
		let passing;
		try {
			const answer = await request();
			const { reasons, prediction } = require_smoke().judgeAnswer(smoke, answer, { plain });
			const broken = reasons.length === 0 ? check?.(answer.body) ?? [] : [];
			const other = reasons.length === 0 ? judge?.(answer.body) ?? [] : [];
			if (reasons.length + broken.length + other.length === 0) return prediction;
			const contract = broken.map((each) => ({
				where: "the contract",
				expected: "an answer that keeps it",
				seen: each
			}));
			passing = new (require_house()).ActionError([
				...reasons,
				...contract,
				...other
			].map(told));
			if (other.length === 0 && ![
				502,
				503,
				504
			].includes(answer.status)) throw passing;
		} catch (thrown) {
			if (signal.aborted) throw signal.reason;
			const refusedByRight = thrown instanceof require_house().ActionError && thrown.mistakes.some(({ seen }) => seen.startsWith("403"));
			if (!(thrown instanceof require_house().ActionError) || refusedByRight || thrown.mistakes[0]?.where.startsWith(called)) throw thrown;
			passing = thrown;
		}
		if (clock.elapsed() + PAUSE_MS >= deadline) throw passing;
		log.debug(`${called}: ${require_house().messageOf(passing)}; asked again`);
		await clock.sleep(PAUSE_MS, signal).catch(() => void 0);
		if (signal.aborted) throw signal.reason;
	}
}
Object.defineProperty(exports, "asked", {
	enumerable: true,
	get: function() {
		return asked;
	}
});
Object.defineProperty(exports, "childrenOf", {
	enumerable: true,
	get: function() {
		return childrenOf;
	}
});
Object.defineProperty(exports, "explainFailure", {
	enumerable: true,
	get: function() {
		return explainFailure;
	}
});
Object.defineProperty(exports, "explainPods", {
	enumerable: true,
	get: function() {
		return explainPods;
	}
});
Object.defineProperty(exports, "waitForRollout", {
	enumerable: true,
	get: function() {
		return waitForRollout;
	}
});
