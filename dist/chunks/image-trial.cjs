require("./rolldown-runtime.cjs");
let kept_require_contract;
const require_contract = () => kept_require_contract ??= require("./contract.cjs");
let kept_require_smoke;
const require_smoke = () => kept_require_smoke ??= require("./smoke.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_source;
const require_source = () => kept_require_source ??= require("./source.cjs");
let kept_require_trial;
const require_trial = () => kept_require_trial ??= require("./trial.cjs");
let kept_require_golden;
const require_golden = () => kept_require_golden ??= require("./golden2.cjs");
let kept_require_gate_forms;
const require_gate_forms = () => kept_require_gate_forms ??= require("./gate-forms.cjs");
let kept_require_front;
const require_front = () => kept_require_front ??= require("./front.cjs");
let kept_require_launcher;
const require_launcher = () => kept_require_launcher ??= require("./launcher.cjs");
let kept_require_prediction;
const require_prediction = () => kept_require_prediction ??= require("./prediction.cjs");
// src/domain/image/component.ts
const PATHS = {
	MODEL: "/api/v1.0/predictions",
	ROUTER: "/route",
	COMBINER: "/aggregate",
	TRANSFORMER: "/transform-input",
	OUTPUT_TRANSFORMER: "/transform-output",
	OUTLIER_DETECTOR: "/transform-input"
};
/** Where Seldon's executor asks a component. */
const componentPath = (type) => PATHS[type];
/** How many answers a combiner is given: what holds for two is what its children are. */
const COMBINED = 2;
const MAX_BYTES = 8388608;
/** A request made up from a contract: for a combiner, what two children may have answered. */
function componentRequest(type, contract, rows, seed) {
	const names = [...require_contract().columnNames(contract.features)];
	const message = (nth) => ({ data: {
		names,
		ndarray: require_contract().generateBatch(contract, rows, nth)
	} });
	if (type !== "COMBINER") return message(seed);
	return { seldonMessages: Array.from({ length: COMBINED }, (_, at) => message(seed + 100 * at)) };
}
/** What an answer breaks. A router's is the number of a child, whatever the targets say. @param body with status 200 */
function judgeComponent(type, contract, rows, body) {
	if (type !== "ROUTER") return require_contract().judgeContract(contract, rows, body);
	const found = require_smoke().payloadOf(require_house().parseJson(body, {
		where: "the answer's body",
		maxBytes: MAX_BYTES
	}));
	const value = [found?.value ?? []].flat(Infinity);
	const [branch] = value;
	if (value.length === 1 && typeof branch === "number" && Number.isInteger(branch) && branch >= -2) return [];
	return [`${found?.where ?? "the answer"}: expected one child's number (-1 for all, -2 for none), saw ${JSON.stringify(value).slice(0, 80)}`];
}
/** Whether the same request must get the same answer twice: a router may choose anew. */
const answersAlike = (type) => type !== "ROUTER";
/** A router answers one row, of one number, to any number of rows. */
function expectedOf(type, request) {
	const { expect } = request;
	if (type !== "ROUTER" || expect.shape !== void 0 || expect.values !== void 0) return request;
	return {
		...request,
		expect: {
			...expect,
			shape: [1, 1]
		}
	};
}
// src/domain/report/trial-junit.ts
/** Cases as JUnit's XML, which test reporters read. */
function junitXml(suite, cases) {
	const failures = cases.filter(({ reasons }) => reasons.length > 0).length;
	const total = cases.reduce((sum, { seconds }) => sum + seconds, 0);
	const lines = cases.map(({ name, seconds, reasons }) => {
		const start = `    <testcase classname="${require_gate_forms().escapeMarkup(suite)}" name="${require_gate_forms().escapeMarkup(name)}" time="${seconds.toFixed(3)}"`;
		if (reasons.length === 0) return `${start}/>`;
		return `${start}>\n      <failure message="${require_gate_forms().escapeMarkup(reasons[0])}">${require_gate_forms().escapeMarkup(reasons.join("\n"))}</failure>\n    </testcase>`;
	});
	return [
		`<?xml version="1.0" encoding="UTF-8"?>`,
		`<testsuites>`,
		`  <testsuite name="${require_gate_forms().escapeMarkup(suite)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${total.toFixed(3)}">`,
		...lines,
		`  </testsuite>`,
		`</testsuites>`,
		""
	].join("\n");
}
// src/actions/image-trial.ts
const REQUEST_MS = 6e4;
const KEPT_LINES = 200;
/** Rows of the batches that are made up from a contract: one row and several find different faults. */
const BATCHES = [
	1,
	2,
	5,
	16
];
/** So many answers make a 95th percentile that is not the largest alone. */
const TIMED = 20;
const MAX_FILE_BYTES = 8388608;
const PAUSE_MS = 50;
/**
* Starts what the image would start, on loopback, and asks it.
* @returns what was seen
* @throws ActionError when it does not start, or answers what it should not; the server's last lines are told first
*/
async function tryImage(facts, { start, children }, run, ports) {
	const { given, build } = facts;
	const { log, workspace, clock } = ports;
	const asks = await readAsks(facts, ports);
	const lines = [];
	const announced = {};
	const from = clock.elapsed();
	const server = await start((line) => {
		const said = require_launcher().announcedPort(line);
		if (said !== void 0) announced.port ??= said;
		lines.push(line);
		if (lines.length > KEPT_LINES) lines.shift();
	});
	const ended = new AbortController();
	const called = `the server of ${build.modelClass ?? build.wrapper}`;
	server.ended.then(({ code, signal }) => ended.abort(new (require_house()).ActionError({
		where: called,
		expected: "to go on",
		seen: code === null ? `signal ${signal}` : `exit code ${code}`,
		fix: lastReason(lines) ?? "Its last lines stand in the log above."
	})));
	const signal = AbortSignal.any([ended.signal, ports.signal]);
	try {
		const deadline = from + given["try-timeout"] * 1e3;
		while (announced.port === void 0 && clock.elapsed() < deadline) {
			if (signal.aborted) throw signal.reason;
			await clock.sleep(PAUSE_MS, signal).catch(() => void 0);
		}
		const { port } = announced;
		if (port === void 0) throw new (require_house()).ActionError({
			where: called,
			expected: "a port in time",
			seen: "none"
		});
		const url = `http://127.0.0.1:${port}`;
		await waitForWrapper(facts, {
			url,
			called,
			deadline,
			signal
		}, ports);
		const startSeconds = (clock.elapsed() - from) / 1e3;
		log.info(`The server answers after ${startSeconds.toFixed(1)} s, on loopback.`);
		const cases = [];
		const times = [];
		let memory;
		const peak = async () => {
			const now = children ? await ports.processes.memory(server.pid) : void 0;
			if (now !== void 0) memory = Math.max(memory ?? 0, now);
		};
		const one = async (name, work) => {
			const begun = clock.elapsed();
			let reasons;
			try {
				reasons = await work();
			} catch (thrown) {
				if (signal.aborted) throw signal.reason;
				reasons = thrown instanceof require_house().ActionError ? thrown.mistakes.map(require_house().sentence) : [require_house().messageOf(thrown)];
			}
			cases.push({
				name,
				seconds: (clock.elapsed() - begun) / 1e3,
				reasons
			});
			await peak();
		};
		const context = {
			url,
			called,
			signal,
			times,
			facts
		};
		if (asks.smoke !== void 0) await askSmoke(asks.smoke, context, one, ports);
		if (asks.contract !== void 0) await askContract(asks.contract, context, one, ports);
		for (const [at, golden] of asks.golden.entries()) await one(`golden ${at + 1}`, async () => await ask(golden, "json", context, ports));
		await timeMore(asks, cases, context, ports);
		await peak();
		if (cases.length === 0) log.warning("The server was seen starting, but nothing was asked of it: give smoke-request, contract or golden.");
		const figures = figuresOf(startSeconds, times, memory);
		if (given["contract-report"] !== void 0) await workspace.write(`${run.workspace}/${given["contract-report"]}`, junitXml(called, cases));
		judge(facts, cases, figures, called);
		return {
			figures,
			table: tableOf(cases, figures)
		};
	} catch (thrown) {
		log.info(`The server's last lines:\n${lines.slice(-25).join("\n")}`);
		throw thrown;
	} finally {
		await server.stop(2e3);
	}
}
/** What the class is to Seldon's executor; only its own wrapper knows of it. */
const typeOf = ({ build }) => require_source().SERVICE_TYPES.find((each) => each === build.serviceType) ?? "MODEL";
/** The path that is asked where none is said. */
const defaultPath = (facts) => componentPath(typeOf(facts));
async function readAsks(facts, { workspace }) {
	const { given, folder } = facts;
	const read = async (path) => await workspace.readText(`${folder}/${path}`, { maxBytes: MAX_FILE_BYTES }) ?? "";
	const smoke = given["smoke-request"];
	return {
		smoke: smoke !== void 0 && smoke.path === componentPath("MODEL") ? expectedOf(typeOf(facts), {
			...smoke,
			path: defaultPath(facts)
		}) : smoke,
		contract: given.contract === void 0 ? void 0 : require_contract().parseContract(await read(given.contract), given.contract),
		golden: given.golden === void 0 ? [] : require_golden().parseGolden(await read(given.golden), given.golden, defaultPath(facts))
	};
}
async function waitForWrapper({ build }, waiting, ports) {
	if (build.wrapper !== "mlserver") return await require_prediction().waitUntilUp(waiting, ports);
	const { url, called, deadline, signal } = waiting;
	const { http, clock } = ports;
	let last = "nothing";
	for (;;) {
		const answer = await http.request({
			url: `${url}/v2/health/ready`,
			timeoutMs: 2e3,
			signal
		}).catch(() => void 0);
		if (answer?.status === 200) return;
		if (answer !== void 0) last = `HTTP ${answer.status}`;
		if (signal.aborted) throw signal.reason;
		if (clock.elapsed() > deadline) throw new (require_house()).ActionError({
			where: called,
			expected: "to be ready in time",
			seen: last,
			fix: "Its last lines stand in the log above."
		});
		await clock.sleep(PAUSE_MS, signal).catch(() => void 0);
	}
}
/** One request and its verdict; how long it took is kept. */
async function ask(request, form, { url, times, signal, facts }, { http, clock }) {
	const begun = clock.elapsed();
	const answer = await http.request({
		url: url + require_front().serverPath(request.path),
		...bodyOf(request, form),
		timeoutMs: REQUEST_MS,
		signal
	});
	times.push(clock.elapsed() - begun);
	return require_smoke().judgeAnswer(request, answer, { plain: facts.build.wrapper === "flask" }).reasons.map(reasonText);
}
function bodyOf(request, form) {
	if (request.body === void 0) return {};
	const json = JSON.stringify(request.body);
	return form === "json" ? {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: json
	} : {
		method: "POST",
		headers: { "content-type": "application/x-www-form-urlencoded" },
		body: new URLSearchParams({ json }).toString()
	};
}
async function askSmoke(request, asking, one, ports) {
	const { url, called, signal, facts, times } = asking;
	await one("smoke request, JSON", async () => {
		if (facts.build.wrapper !== "seldon") return await ask(request, "json", asking, ports);
		const begun = ports.clock.elapsed();
		const prediction = await require_prediction().provePrediction(request, {
			url,
			called,
			deadline: begun + REQUEST_MS,
			signal
		}, ports);
		times.push(ports.clock.elapsed() - begun);
		if (prediction !== void 0) ports.log.info(`It answers ${prediction}`);
		return [];
	});
	if (facts.build.wrapper === "seldon" && request.body !== void 0) await one("smoke request, form json=", async () => await ask(request, "form", asking, ports));
}
async function askContract(contract, asking, one, ports) {
	const { url, signal, times, facts } = asking;
	const { http, clock } = ports;
	const type = typeOf(facts);
	for (const [at, rows] of BATCHES.entries()) {
		const body = componentRequest(type, contract, rows, at + 1);
		const request = expectedOf(type, {
			path: defaultPath(facts),
			body,
			expect: {
				status: 200,
				tolerance: 0
			}
		});
		const form = at % 2 === 0 ? "json" : "form";
		let first;
		const send = async () => {
			const begun = clock.elapsed();
			const answer = await http.request({
				url: url + require_front().serverPath(request.path),
				...bodyOf(request, form),
				timeoutMs: REQUEST_MS,
				signal
			});
			times.push(clock.elapsed() - begun);
			const general = require_smoke().judgeAnswer(request, answer).reasons.map(reasonText);
			if (answer.status !== 200) return general;
			const reasons = [.../* @__PURE__ */ new Set([...general, ...judgeComponent(type, contract, rows, answer.body)])];
			if (reasons.length === 0 && answersAlike(type)) {
				const data = dataOf(answer.body);
				if (first !== void 0 && data !== first) reasons.push("data: expected the same answer when asked twice, saw another");
				first ??= data;
			}
			return reasons;
		};
		await one(`contract, ${rows} ${rows === 1 ? "row" : "rows"}`, send);
		await one(`contract, ${rows} ${rows === 1 ? "row" : "rows"} again`, send);
	}
}
/** What was predicted, without what is told beside it (ids, metrics). */
const dataOf = (body) => JSON.stringify(JSON.parse(body).data ?? null);
/** A few more of what was answered well, for the figures. */
async function timeMore(asks, cases, asking, ports) {
	const request = (asks.contract === void 0 ? asks.smoke : {
		path: defaultPath(asking.facts),
		body: componentRequest(typeOf(asking.facts), asks.contract, 1, 1),
		expect: {
			status: 200,
			tolerance: 0
		}
	}) ?? asks.golden[0];
	if (request === void 0 || cases.some(({ reasons }) => reasons.length > 0)) return;
	asking.times.length = 0;
	for (let at = 0; at < TIMED; at++) await ask(request, "json", asking, ports);
}
function figuresOf(startSeconds, times, memory) {
	const sorted = times.toSorted((a, b) => a - b);
	const round = (value) => Math.round(value * 100) / 100;
	return {
		startSeconds: round(startSeconds),
		requests: times.length,
		...times.length === 0 ? {} : {
			p50: round(require_trial().percentile(sorted, .5)),
			p95: round(require_trial().percentile(sorted, .95))
		},
		...memory === void 0 ? {} : { memoryBytes: memory }
	};
}
function judge({ given }, cases, { startSeconds, p95, memoryBytes }, called) {
	const mistakes = cases.filter(({ reasons }) => reasons.length > 0).slice(0, 10).map(({ name, reasons }) => ({
		where: `${called}, ${name}`,
		expected: "the answer that is asked for",
		seen: reasons.slice(0, 3).join("; ")
	}));
	const bound = (input, seen, unit) => {
		const most = given[input];
		if (most === void 0 || seen === void 0 || seen <= most) return;
		mistakes.push({
			where: called,
			expected: `at most ${most} ${unit} (${input})`,
			seen: `${Math.round(seen * 10) / 10} ${unit}`
		});
	};
	bound("max-start", startSeconds, "s");
	bound("max-p95", p95, "ms");
	bound("max-memory", memoryBytes === void 0 ? void 0 : memoryBytes / 1024 ** 2, "MiB");
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
}
function tableOf(cases, { startSeconds, p50, p95, memoryBytes, requests }) {
	const rows = cases.map(({ name, seconds, reasons }) => `| ${require_house().escapeCell(name)} | ${reasons.length === 0 ? "passed" : "failed"} | ${Math.round(seconds * 1e3)} ms |`);
	return [`Tried before the push: ${[
		`answers after ${startSeconds.toFixed(1)} s`,
		...p50 === void 0 ? [] : [`p50 ${p50} ms, p95 ${p95} ms over ${requests} requests`],
		...memoryBytes === void 0 ? [] : [`${require_house().bytesAsText(memoryBytes)} of memory`]
	].join("; ")}.`, ...rows.length === 0 ? [] : [
		"",
		"| asked | | |",
		"|---|---|---|",
		...rows
	]].join("\n");
}
/** `data.ndarray: expected 2 rows, saw 1` */
const reasonText = ({ where, expected, seen }) => `${where}: expected ${expected}, saw ${seen}`;
/** The last line of a Python traceback says why. */
function lastReason(lines) {
	const line = lines.findLast((each) => /^(?:[\w.]+(?:Error|Exception|Exit)\b|seldon-core can not be imported)/.test(each));
	return line === void 0 ? void 0 : `It said: ${require_house().quote(line, 300)}`;
}
exports.tryImage = tryImage;
