require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_requirements_text;
const require_requirements_text = () => kept_require_requirements_text ??= require("./requirements-text.cjs");
let kept_require_smoke_request;
const require_smoke_request = () => kept_require_smoke_request ??= require("./smoke-request.cjs");
// src/domain/seldon/local-plan.ts
/** Decides from what serves now. Only the very version that serves, in the number asked for, and that answers, is left alone. */
function planLocal({ state, answers, wanted }) {
	if (state === void 0) return {
		operation: "created",
		reason: "nothing is served under this name"
	};
	if (state.status === "stopped") return {
		operation: "created",
		reason: "what was served under this name has ended, with its job or its machine"
	};
	if (state.status === "empty") return {
		operation: "created",
		reason: "the front has no model server left"
	};
	if (state.deployId !== wanted.deployId) return {
		operation: "updated",
		reason: `another version serves: ${short(state.deployId)} → ${short(wanted.deployId)}`
	};
	if (state.replicas !== wanted.replicas) return {
		operation: "updated",
		reason: `replicas ${state.replicas} → ${wanted.replicas}`
	};
	if (answers === false) return {
		operation: "updated",
		reason: "this version serves already, but does not answer"
	};
	return {
		operation: "unchanged",
		reason: `this version (${short(wanted.deployId)}) serves already, and answers`
	};
}
const short = (deployId) => deployId?.slice(0, 12) ?? "none";
// src/actions/local-target.ts
/** Serves by a process on this machine's loopback. One that does not answer never gets traffic. */
async function deployLocally(given, run, ports, announce) {
	const from = ports.clock.elapsed();
	const facts = await observe(given, run, ports);
	const plan = planLocal({
		state: facts.state,
		answers: facts.answers,
		wanted: facts
	});
	ports.log.info(`${facts.called}: ${DO[plan.operation]}, because ${plan.reason}`);
	const { record, namespace, name, deployId } = facts;
	if (given["dry-run"] === "false") await announce({
		record,
		target: "local",
		namespace,
		name,
		deployId
	});
	const done = await carryOut(plan, facts, given, run, ports);
	const seconds = (ports.clock.elapsed() - from) / 1e3;
	return await tell(done, facts, given, await addToRecord({
		...done,
		seconds
	}, facts, run, ports));
}
/** Everything that decides, seen before anything is changed; every mistake in what was given, told at once. */
async function observe(given, run, ports) {
	const record = await require_house().takeRecord(given.record, run, ports);
	require_house().requireGate(record, given["require-gate"]);
	const namespace = given.namespace;
	const name = given.name ?? nameOf(record);
	const below = given["working-directory"]?.replace(/^(?:\.\/)+|\/+$/g, "") ?? "";
	const folder = below === "" || below === "." ? run.workspace : `${run.workspace}/${below}`;
	const requirements = await require_requirements_text().requirementsText(given.requirements, folder, ports.workspace);
	const release = await releaseOf(given, record, folder, run, ports);
	const { deployId: digestVersion } = await Promise.resolve().then(() => require("./house.cjs")).then((n) => n.names_exports);
	const deployId = await digestVersion({
		model: release.model,
		code: release.code,
		modelClass: release.modelClass,
		modelPath: release.modelPath,
		requirements
	});
	const state = await ports.serving.state(namespace, name);
	const same = state?.status === "running" && state.deployId === deployId;
	return {
		record,
		name,
		namespace,
		called: `${namespace}/${name}`,
		release,
		requirements,
		deployId,
		replicas: given.replicas ?? 1,
		state,
		answers: same ? await asksWhatServes(state, deployId, given, ports) : void 0
	};
}
async function asksWhatServes(state, deployId, given, ports) {
	const { doesAnswer } = await Promise.resolve().then(() => require("./local-deploy.cjs"));
	return await doesAnswer(state, deployId, orderOf(given), ports);
}
function nameOf(record) {
	const name = record?.model.name;
	if (name !== void 0 && require_house().deploymentName.pattern.test(name)) return name;
	return require_house().refuse({
		where: `input "name"`,
		expected: require_house().deploymentName.accepts,
		seen: name === void 0 ? "nothing, and no record that names the model" : `the record's ${require_house().quote(name)}`,
		fix: "Set the input name."
	});
}
async function releaseOf(given, record, folder, run, ports) {
	const { releaseOfCheckout, releaseOfImage } = await Promise.resolve().then(() => require("./release2.cjs"));
	if (given.image !== void 0 || record?.image !== void 0 && given.model === void 0) return await releaseOfImage(record, given.image, given["model-class"], run, ports);
	const modelClass = given["model-class"];
	if (modelClass === void 0) require_house().refuse({
		where: `input "model-class"`,
		expected: "the class that serves the model, since no image names one",
		seen: "nothing",
		fix: "Set model-class, or hand on the record of build-model-image."
	});
	return await releaseOfCheckout(record, {
		folder,
		model: given.model,
		modelClass
	}, run, ports);
}
const orderOf = (given) => ({
	smoke: given["smoke-request"],
	waitSeconds: given["wait-timeout"],
	port: given["base-url"] && Number(given["base-url"].port),
	outliveJob: given["outlive-job"]
});
async function carryOut(plan, facts, given, run, ports) {
	const nothing = {
		url: facts.state?.status === "running" ? facts.state.url : void 0,
		prediction: void 0,
		failure: void 0
	};
	if (plan.operation === "unchanged") {
		await keepSmoke(given["smoke-request"], run, ports);
		return {
			...plan,
			...nothing,
			how: "done"
		};
	}
	if (given["dry-run"] === "true") return {
		...plan,
		...nothing,
		how: "dry"
	};
	const from = ports.clock.elapsed();
	const { serveLocally, Refused } = await Promise.resolve().then(() => require("./local-deploy.cjs"));
	try {
		const served = await ports.log.group(`Serving ${facts.called} from ${facts.release.from}`, async () => serveLocally(facts, orderOf(given), ports));
		await keepSmoke(given["smoke-request"], run, ports);
		const took = ((ports.clock.elapsed() - from) / 1e3).toFixed(1);
		ports.log.info(`${facts.called} serves ${facts.deployId.slice(0, 12)} at ${served.url} (${took} s)`);
		if (served.prediction !== void 0) ports.log.info(`It predicted ${served.prediction}`);
		return {
			...plan,
			...served,
			how: "done",
			failure: void 0
		};
	} catch (thrown) {
		if (!(thrown instanceof Refused)) throw thrown;
		return {
			...plan,
			...nothing,
			how: "failed",
			failure: thrown.why
		};
	}
}
/** For the report of this job, which shows a request that is known to work. */
async function keepSmoke(smoke, run, ports) {
	const { body = null, path } = smoke ?? {};
	if (path !== "/api/v1.0/predictions" || body === null || typeof body !== "object") return;
	await require_smoke_request().keepRequest(body, run, ports.workspace).catch((thrown) => ports.log.warning(require_house().messageOf(thrown)));
}
async function serialised(record) {
	const { serialiseRecord } = await Promise.resolve().then(() => require("./house.cjs")).then((n) => n.record_exports);
	return serialiseRecord(record);
}
async function addToRecord(done, facts, run, ports) {
	const { record, name, namespace, deployId } = facts;
	if (record === void 0) return "";
	const before = await serialised(record);
	if (done.how !== "done" || done.url === void 0) return before;
	const deployment = {
		target: "local",
		namespace,
		name,
		deployId,
		url: done.url,
		operation: done.operation,
		recordBefore: require_house().textDigest(before),
		seconds: done.seconds
	};
	return await require_house().giveRecord({
		...record,
		deployment
	}, run, ports);
}
async function tell(done, facts, given, record) {
	const { codeSpan, escapeText } = await Promise.resolve().then(() => require("./house.cjs")).then((n) => n.escape_exports);
	const operation = done.how === "failed" ? "failed" : done.how === "done" || done.operation === "unchanged" ? done.operation : DRY[done.operation];
	const failure = done.failure && failureText(done, facts);
	const annotations = [];
	if (given["smoke-request"] === void 0 && done.how === "done" && done.operation !== "unchanged") annotations.push({
		level: "warning",
		title: `${facts.called}: no prediction was asked for`,
		message: "The model server is up, but nothing proved that it predicts. Give a smoke-request."
	});
	return {
		outputs: {
			operation,
			"prediction-url": done.url ?? "",
			"deploy-id": facts.deployId,
			reason: done.failure ? oneLine(done.failure.message) : done.reason,
			record
		},
		annotations,
		summary: [
			`## Deployment: ${operation} (${escapeText(facts.called)})`,
			"",
			escapeText(done.failure ? `The new version was refused: ${done.failure.message}` : upperFirst(done.reason)) + ".",
			"",
			"| | |",
			"|---|---|",
			`| Prediction URL | ${done.url === void 0 ? "–" : codeSpan(done.url)} |`,
			`| Deploy id | ${codeSpan(facts.deployId)} |`,
			`| From | ${codeSpan(facts.release.from)} |`,
			...done.prediction === void 0 ? [] : [`| It predicted | ${codeSpan(done.prediction)} |`],
			...await curlLines(done, given),
			""
		].join("\n"),
		...failure === void 0 ? {} : { failure }
	};
}
/** What will be done, before it is. */
const DO = {
	created: "create",
	updated: "update",
	unchanged: "unchanged"
};
const DRY = {
	created: "would-create",
	updated: "would-update",
	unchanged: "unchanged"
};
function failureText({ url, failure }, { called }) {
	return `The new version of ${called} was refused. ${url === void 0 ? "Nothing is served under this name." : "The version before goes on serving."}\n${failure.mistakes.map(require_house().sentence).join("\n")}`;
}
async function curlLines({ url }, given) {
	if (url === void 0) return [];
	const { predictionCurl } = await Promise.resolve().then(() => require("./curl.cjs"));
	const { codeBlock } = await Promise.resolve().then(() => require("./house.cjs")).then((n) => n.escape_exports);
	const body = given["smoke-request"]?.body;
	const curl = predictionCurl(url, body === void 0 ? void 0 : JSON.stringify(body));
	return curl === void 0 ? [] : ["", codeBlock(curl.command, "sh")];
}
const oneLine = (value) => value.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1e3);
const upperFirst = (value) => value.slice(0, 1).toUpperCase() + value.slice(1);
exports.deployLocally = deployLocally;
