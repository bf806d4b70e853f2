require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_prediction;
const require_prediction = () => kept_require_prediction ??= require("./prediction.cjs");
// src/actions/local-deploy.ts
/** Asks what serves now the same question that a new version would be asked. */
async function doesAnswer(state, deployId, order, ports) {
	const deadline = ports.clock.elapsed() + Math.min(order.waitSeconds, 30) * 1e3;
	const asked = {
		url: baseOf(state.url),
		called: "what serves now",
		deadline,
		signal: ports.signal
	};
	const smoke = order.smoke ?? PING;
	try {
		await require_prediction().provePrediction(smoke, asked, ports, deployId);
		return true;
	} catch (thrown) {
		if (ports.signal.aborted) throw thrown;
		ports.log.info(require_house().messageOf(thrown));
		return false;
	}
}
/** Stands in where no smoke request is given: the server is there and has loaded its model. */
const PING = {
	path: "/health/ping",
	body: void 0,
	expect: {
		status: 200,
		tolerance: 0
	}
};
/** `http://127.0.0.1:PORT/seldon/<namespace>/<name>` of a prediction URL. */
const baseOf = (url) => url.slice(0, -21);
/** The new version was started and did not prove itself: an answer that the user asked for, not a mistake in the inputs. */
var Refused = class extends Error {
	why;
	constructor(why) {
		super(why.message, { cause: why });
		this.why = why;
	}
};
/**
* Serves a release on this machine: its Python, its folder, a candidate behind the front, the proof, the promotion.
* @throws Refused when the new version did not prove itself; what served before still does
*/
async function serveLocally(facts, order, ports) {
	const { log, serving, clock } = ports;
	const { name, namespace, release, deployId, replicas } = facts;
	const { python } = await ports.pythons.environment({
		requirements: facts.requirements,
		log
	});
	await requireSeldonCore(python, facts.requirements !== void 0, ports.processes);
	const deploy = await serving.begin(namespace, name, {
		port: order.port,
		outliveJob: order.outliveJob
	});
	try {
		if (order.outliveJob && !deploy.state.outliveJob) log.warning(`The front of ${facts.called} was started without outlive-job, so it ends with this job.`);
		if (!deploy.state.outliveJob) log.info("It ends with this job. On a runner of your own, outlive-job: true keeps it.");
		const folder = await release.layOut(await deploy.releaseFolder(deployId));
		const deadline = clock.elapsed() + order.waitSeconds * 1e3;
		const candidate = await deploy.startCandidate({
			deployId,
			python,
			folder,
			modelClass: release.modelClass,
			modelPath: release.modelPath === void 0 ? void 0 : `${folder}/${release.modelPath}`,
			replicas,
			record: facts.record && require_house().serialiseRecord(facts.record)
		});
		try {
			return await proveAndPromote(candidate, deadline, facts, order, ports);
		} catch (thrown) {
			if (ports.signal.aborted || !(thrown instanceof require_house().ActionError)) throw thrown;
			await showLastLines(candidate, ports);
			await candidate.discard().catch(() => void 0);
			throw new Refused(thrown);
		}
	} finally {
		await deploy.end().catch((thrown) => log.warning(`The front: ${require_house().messageOf(thrown)}`));
	}
}
async function proveAndPromote(candidate, deadline, facts, order, ports) {
	const { log, clock } = ports;
	const called = `the new version of ${facts.called}`;
	const gone = new AbortController();
	const watched = candidate.ended.then(({ code, signal }) => {
		const seen = code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`;
		return gone.abort(new (require_house()).ActionError({
			where: called,
			expected: "to start and answer",
			seen,
			fix: LINES_ABOVE
		}));
	});
	const signal = AbortSignal.any([ports.signal, gone.signal]);
	const asked = {
		url: candidate.url,
		called,
		deadline,
		signal
	};
	const from = clock.elapsed();
	if (candidate.url === "") {
		await Promise.race([watched, clock.sleep(1e3)]);
		throw signal.aborted ? signal.reason : new (require_house()).ActionError({
			where: called,
			expected: "to listen within a minute",
			seen: "no port",
			fix: LINES_ABOVE
		});
	}
	await require_prediction().waitUntilUp(asked, ports);
	log.info(`The new version is up after ${((clock.elapsed() - from) / 1e3).toFixed(1)} s`);
	const { smoke } = order;
	let prediction = smoke && await require_prediction().provePrediction(smoke, asked, ports);
	const { url } = await candidate.promote();
	const front = {
		...asked,
		url: baseOf(url),
		called: `${facts.called} at its URL`
	};
	prediction = await require_prediction().provePrediction(smoke ?? PING, {
		...front,
		deadline: Math.max(deadline, clock.elapsed() + 1e4)
	}, ports, facts.deployId) ?? prediction;
	await candidate.settle();
	return {
		url,
		prediction
	};
}
/** A traceback of Python through gunicorn and seldon-core, and what came before. */
const LAST_LINES = 40;
/** seldon-core tells its whole configuration in one line. */
const LONGEST_LINE = 300;
const LINES_ABOVE = "Its last lines stand in the log above.";
/** A Python without seldon-core would end with a traceback; this says what to do. */
async function requireSeldonCore(python, made, processes) {
	const { installerEnvironment } = await Promise.resolve().then(() => require("./environment.cjs")).then((n) => n.environment_exports);
	const asking = "import importlib.util, sys; sys.exit(importlib.util.find_spec('seldon_core') is None)";
	const env = installerEnvironment(processes.environment());
	const { code } = await processes.run({
		command: python,
		args: ["-c", asking],
		env
	}, { timeoutMs: 6e4 });
	if (code === 0) return;
	require_house().refuse({
		where: made ? `input "requirements"` : python,
		expected: "seldon-core",
		seen: "none",
		fix: made ? "Add seldon-core==1.17.1 to it." : "Set the input requirements to a file that holds seldon-core==1.17.1, or install it before this step."
	});
}
async function showLastLines(candidate, { log }) {
	const lines = (await candidate.lastLines(LAST_LINES).catch(() => [])).map((line) => line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line);
	if (lines.length > 0) log.info(`The last lines of the model server:\n${lines.join("\n")}`);
}
exports.Refused = Refused;
exports.doesAnswer = doesAnswer;
exports.serveLocally = serveLocally;
