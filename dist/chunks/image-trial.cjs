require("./rolldown-runtime.cjs");
const require_plan = () => require("./plan.cjs");
const require_trial = () => require("./trial.cjs");
const require_house = () => require("./house.cjs");
const require_smoke = () => require("./smoke.cjs");
const require_junit = () => require("./junit.cjs");
const require_environment = () => require("./environment.cjs");
const require_front = () => require("./front.cjs");
const require_launcher = () => require("./launcher.cjs");
const require_prediction = () => require("./prediction.cjs");
// src/domain/inference/contract.ts
const MAX_CONTRACT_BYTES = 1048576;
const MAX_ANSWER_BYTES = 8388608;
const MOST_COLUMNS = 1e5;
/** Reads a `contract.json` as Seldon's own testers do. @throws ActionError with every mistake */
function parseContract(text, where = "contract.json") {
	const value = require_house().parseJson(text, {
		where,
		maxBytes: MAX_CONTRACT_BYTES
	});
	const mistakes = [];
	const read = (name) => {
		const list = field(value, name);
		if (!Array.isArray(list) || list.length === 0) {
			mistakes.push({
				where,
				expected: `a list ${name}`,
				seen: list === void 0 ? "none" : "something else"
			});
			return [];
		}
		return list.flatMap((each, at) => feature(each, `${where}, ${name}[${at}]`, mistakes));
	};
	const contract = {
		features: read("features"),
		targets: read("targets")
	};
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 20));
	return contract;
}
function feature(value, where, mistakes) {
	const before = mistakes.length;
	const wrong = (name, expected) => {
		const seen = field(value, name);
		mistakes.push({
			where: `${where}.${name}`,
			expected,
			seen: seen === void 0 ? "nothing" : require_house().quote(JSON.stringify(seen))
		});
	};
	const name = field(value, "name");
	if (typeof name !== "string") wrong("name", "a text");
	const repeat = field(value, "repeat") ?? 1;
	if (!isCount(repeat)) wrong("repeat", "a whole number from 1");
	const shape = field(value, "shape");
	if (shape !== void 0 && !(Array.isArray(shape) && shape.length > 0 && shape.every(isCount))) wrong("shape", "sizes, each from 1");
	const sizes = Array.isArray(shape) ? shape : void 0;
	const base = {
		name: typeof name === "string" ? name : "",
		columns: (sizes ?? [1]).reduce((product, size) => product * size, 1),
		shape: sizes,
		repeat: Number(repeat)
	};
	if (base.columns * base.repeat > MOST_COLUMNS) wrong("shape", `at most ${MOST_COLUMNS} columns`);
	const ftype = field(value, "ftype");
	if (ftype === "categorical") {
		const values = field(value, "values");
		if (!Array.isArray(values) || values.length === 0) wrong("values", "a list of categories");
		return mistakes.length > before ? [] : [{
			...base,
			kind: "categorical",
			values
		}];
	}
	if (ftype !== "continuous") {
		wrong("ftype", "continuous or categorical");
		return [];
	}
	const dtype = field(value, "dtype");
	if (dtype !== "FLOAT" && dtype !== "INT") wrong("dtype", "FLOAT or INT");
	const range = field(value, "range") ?? ["inf", "inf"];
	const bound = (at) => {
		const each = Array.isArray(range) ? range[at] : void 0;
		if (each === "inf") return void 0;
		if (typeof each === "number") return each;
		wrong("range", `two numbers, either of which may be "inf"`);
	};
	const [least, most] = [bound(0), bound(1)];
	if (least !== void 0 && most !== void 0 && least > most) wrong("range", "the lower bound first");
	return mistakes.length > before ? [] : [{
		...base,
		kind: "continuous",
		whole: dtype === "INT",
		least,
		most
	}];
}
/** Column names: `x`, or `x1` … for a repeated one, as the testers name them. */
function columnNames(features) {
	return features.flatMap(({ name, columns, repeat }) => Array.from({ length: repeat }, (_, turn) => repeat === 1 ? name : `${name}${turn + 1}`).flatMap((each) => columns === 1 ? [each] : Array.from({ length: columns }, (_, at) => `${each}:${at}`)));
}
/** A batch of made-up rows. The same number gives the same rows. */
function generateBatch(contract, rows, seed) {
	const chance = random(seed);
	const [only] = contract.features;
	const picture = contract.features.length === 1 && only.repeat === 1 && (only.shape?.length ?? 0) > 1 ? only.shape : void 0;
	return Array.from({ length: rows }, () => {
		const row = contract.features.flatMap((each) => Array.from({ length: each.columns * each.repeat }, () => sample(each, chance)));
		return picture === void 0 ? row : nested(row, picture);
	});
}
/**
* What an answer breaks of a contract's targets: type, range, categories, shape, rows as many as were sent, no null and no NaN.
* @param body of an answer with status 200
*/
function judgeContract(contract, rows, body) {
	let answer;
	try {
		answer = require_house().parseJson(body, {
			where: "the answer's body",
			maxBytes: MAX_ANSWER_BYTES
		});
	} catch (thrown) {
		if (/\b(?:NaN|-?Infinity)\b/.test(body)) return ["data: expected finite numbers, saw NaN or Infinity, which is not JSON"];
		return [thrown instanceof require_house().ActionError ? thrown.mistakes.map(({ expected, seen }) => `the answer's body: expected ${expected}, saw ${seen}`).join("; ") : require_house().messageOf(thrown)];
	}
	const found = require_smoke().payloadOf(answer);
	if (found === void 0 || !found.table) return ["the answer: expected data.ndarray or data.tensor, saw none"];
	const { where, value, shape } = found;
	if (shape === void 0 || shape.length < 2) return [`${where}: expected 2 dimensions or more, saw ${require_smoke().tellShape(shape)}`];
	const reasons = [];
	if (shape[0] !== rows) reasons.push(`${where}: expected ${rows} rows, as many as were sent, saw ${shape[0]}`);
	const columns = contract.targets.flatMap((target) => Array.from({ length: target.columns * target.repeat }, () => target));
	const width = shape.slice(1).reduce((product, size) => product * size, 1);
	if (width !== columns.length) {
		reasons.push(`${where}: expected ${columns.length} columns (${columnNames(contract.targets).slice(0, 5).join(", ")}), saw ${width}`);
		return reasons;
	}
	const names = columnNames(contract.targets);
	for (const [at, row] of value.entries()) for (const [column, cell] of row.flat(Infinity).entries()) {
		const fault = cellFault(columns[column], cell);
		if (fault !== void 0) reasons.push(`${where}[${at}][${column}] (${names[column]}): expected ${fault}, saw ${require_house().quote(JSON.stringify(cell))}`);
		if (reasons.length >= 5) return reasons;
	}
	return reasons;
}
function cellFault(target, cell) {
	if (target.kind === "categorical") return target.values.some((each) => each === cell || typeof cell === "number" && Number(each) === cell) ? void 0 : `one of ${target.values.slice(0, 10).map((each) => JSON.stringify(each)).join(", ")}`;
	if (typeof cell !== "number") return target.whole ? "a whole number" : "a number";
	if (target.whole && !Number.isInteger(cell)) return "a whole number";
	const slack = 1e-9;
	if (target.least !== void 0 && cell < target.least - slack) return `${target.least} or more`;
	if (target.most !== void 0 && cell > target.most + slack) return `${target.most} or less`;
}
/** One of the testers' values: uniform between two bounds, log-normal from one, normal without. */
function sample(of, chance) {
	if (of.kind === "categorical") return of.values[Math.floor(chance() * of.values.length)];
	const { least, most, whole } = of;
	const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
	const value = least === void 0 ? most === void 0 ? normal : most - Math.exp(normal) : most === void 0 ? least + Math.exp(normal) : least + chance() * (most - least);
	const rounded = whole ? Math.round(value) : Math.round(value * 1e3) / 1e3;
	return Math.min(Math.max(rounded, least ?? -Infinity), most ?? Infinity);
}
/** Numbers from 0 to 1 that look like chance (mulberry32). */
function random(seed) {
	let state = seed >>> 0;
	return () => {
		state = state + 1831565813 >>> 0;
		let mixed = Math.imul(state ^ state >>> 15, 1 | state);
		mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
		return ((mixed ^ mixed >>> 14) >>> 0) / 4294967296;
	};
}
function nested(values, [size = 1, ...rest]) {
	if (rest.length === 0) return [...values];
	const step = values.length / size;
	return Array.from({ length: size }, (_, at) => nested(values.slice(at * step, (at + 1) * step), rest));
}
const isCount = (value) => typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MOST_COLUMNS;
const field = (value, name) => value !== null && typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, name) ? value[name] : void 0;
// src/domain/inference/golden.ts
const MAX_GOLDEN_BYTES = 8388608;
const MOST_CASES = 1e3;
/**
* Reads a golden set: a list of `{input | request, expected, tolerance?}`. `input` is rows of features, `request` a whole body.
* @returns a smoke request for each
* @throws ActionError with every mistake
*/
function parseGolden(text, where, path) {
	const value = require_house().parseJson(text, {
		where,
		maxBytes: MAX_GOLDEN_BYTES
	});
	if (!Array.isArray(value) || value.length === 0 || value.length > MOST_CASES) throw new (require_house()).ActionError({
		where,
		expected: `a list of 1 to ${MOST_CASES} cases`,
		seen: Array.isArray(value) ? `${value.length}` : "something else"
	});
	const mistakes = [];
	const cases = value.map((each, at) => {
		const { input, request, expected, tolerance } = typeof each === "object" && each !== null && !Array.isArray(each) ? each : {};
		if (input === void 0 === (request === void 0)) mistakes.push({
			where: `${where}[${at}]`,
			expected: "input or request, one of the two",
			seen: input === void 0 ? "neither" : "both"
		});
		if (expected === void 0) mistakes.push({
			where: `${where}[${at}].expected`,
			expected: "the values of the answer",
			seen: "nothing"
		});
		if (tolerance !== void 0 && !(typeof tolerance === "number" && tolerance >= 0)) mistakes.push({
			where: `${where}[${at}].tolerance`,
			expected: "a number not below 0",
			seen: JSON.stringify(tolerance).slice(0, 40)
		});
		return {
			path,
			body: request ?? { data: { ndarray: input ?? [] } },
			expect: {
				status: 200,
				values: expected ?? null,
				tolerance: typeof tolerance === "number" ? tolerance : 1e-6
			}
		};
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 20));
	return cases;
}
// src/domain/report/trial-junit.ts
/** Cases as JUnit's XML, which test reporters read. */
function junitXml(suite, cases) {
	const failures = cases.filter(({ reasons }) => reasons.length > 0).length;
	const total = cases.reduce((sum, { seconds }) => sum + seconds, 0);
	const lines = cases.map(({ name, seconds, reasons }) => {
		const start = `    <testcase classname="${require_junit().escapeMarkup(suite)}" name="${require_junit().escapeMarkup(name)}" time="${seconds.toFixed(3)}"`;
		if (reasons.length === 0) return `${start}/>`;
		return `${start}>\n      <failure message="${require_junit().escapeMarkup(reasons[0])}">${require_junit().escapeMarkup(reasons.join("\n"))}</failure>\n    </testcase>`;
	});
	return [
		`<?xml version="1.0" encoding="UTF-8"?>`,
		`<testsuites>`,
		`  <testsuite name="${require_junit().escapeMarkup(suite)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${total.toFixed(3)}">`,
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
* Starts what the image would start, on loopback, from the same files, and asks it. Its Python has the image's own packages
* where they are a layer of ours; else an environment is made of the requirements.
* @returns what was seen
* @throws ActionError when it does not start, or answers what it should not; the server's last lines are told first
*/
async function tryImage(facts, model, dependencies, scratch, run, ports) {
	const { given, build } = facts;
	const { log, workspace, clock } = ports;
	const asks = await readAsks(facts, ports);
	const root = `${scratch}/trial/app`;
	for (const { path } of build.code) await workspace.copy(`${facts.folder}/${path}`, `${root}/${path}`);
	for (const path of model?.paths ?? []) {
		const to = model.single ? build.modelPath : `${build.modelPath}/${path}`;
		await workspace.copy(`${model.root}/${path}`, `${root}/${to}`);
	}
	const python = await trialPython(facts, dependencies, scratch, ports);
	const lines = [];
	const announced = {};
	const from = clock.elapsed();
	const server = await startServer(facts, python, root, scratch, ports, (line) => {
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
		let memory = await ports.processes.memory(server.pid);
		const peak = async () => {
			const now = await ports.processes.memory(server.pid);
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
/** The path that is asked where none is said. */
function defaultPath({ build }) {
	return {
		ROUTER: "/route",
		COMBINER: "/aggregate",
		TRANSFORMER: "/transform-input"
	}[build.serviceType] ?? "/api/v1.0/predictions";
}
async function readAsks(facts, { workspace }) {
	const { given, folder } = facts;
	const read = async (path) => await workspace.readText(`${folder}/${path}`, { maxBytes: MAX_FILE_BYTES }) ?? "";
	const smoke = given["smoke-request"];
	return {
		smoke: smoke !== void 0 && smoke.path === "/api/v1.0/predictions" ? {
			...smoke,
			path: defaultPath(facts)
		} : smoke,
		contract: given.contract === void 0 ? void 0 : parseContract(await read(given.contract), given.contract),
		golden: given.golden === void 0 ? [] : parseGolden(await read(given.golden), given.golden, defaultPath(facts))
	};
}
/** A Python that finds the image's packages. */
async function trialPython(facts, dependencies, scratch, ports) {
	const { build, given } = facts;
	const { pythons, processes, workspace, log } = ports;
	if (dependencies === void 0) {
		if (build.requirements === void 0) return (await pythons.environment({
			requirements: void 0,
			log
		})).python;
		const { readRequirements } = await Promise.resolve().then(() => require("./image-dependencies.cjs"));
		const { text } = await readRequirements(facts.folder, build.requirements, given.wrapper, ports);
		const own = await workspace.readText(`${facts.folder}/${build.requirements}`, { maxBytes: MAX_FILE_BYTES });
		const plain = /(?:^|\/)requirements[^/]*\.txt$/.test(build.requirements) && /^seldon[-_.]core\b/im.test(own ?? "");
		return (await pythons.environment({
			requirements: plain ? own : text,
			log
		})).python;
	}
	if (given.platform !== facts.native) throw new (require_house()).ActionError({
		where: `input "try"`,
		expected: `a machine of ${given.platform}`,
		seen: facts.native,
		fix: "Build on such a runner, or set try: false and try the image where it can run."
	});
	const { matchingPython } = await Promise.resolve().then(() => require("./image-dependencies.cjs"));
	const site = await dependencies.site();
	const [, version = ""] = /python(3\.\d+)/.exec(site) ?? [];
	const python = await matchingPython(version, ports);
	const folder = `${scratch}/trial/python`;
	const venv = await processes.run({
		command: python,
		args: [
			"-m",
			"venv",
			"--without-pip",
			folder
		],
		env: require_environment().installerEnvironment(processes.environment())
	}, { timeoutMs: 12e4 });
	if (venv.code !== 0) throw new (require_house()).ActionError({
		where: `${python} -m venv`,
		expected: "a virtual environment",
		seen: require_house().quote(venv.stderr.trim().split("\n").at(-1) ?? "", 200)
	});
	await workspace.write(`${folder}/lib/python${version}/site-packages/model_road_layer.pth`, `import site; site.addsitedir(${JSON.stringify(site)})\n`);
	return `${folder}/bin/python`;
}
async function startServer({ build, given }, python, root, scratch, { processes, workspace }, onLine) {
	const launcher = `${scratch}/trial/launcher/model_road_launcher.py`;
	await workspace.write(launcher, build.wrapper === "seldon" ? require_launcher().LAUNCHER : require_trial().TRIAL_LAUNCHER);
	const program = build.wrapper === "flask" ? require_trial().programOf(given["start-command"] ?? "python3 app.py") : void 0;
	if (build.wrapper === "flask" && program === void 0) throw new (require_house()).ActionError({
		where: `input "start-command"`,
		expected: "python3 <file>, which can be tried without a container",
		seen: require_house().quote(given["start-command"] ?? ""),
		fix: "Set try: false to build without a trial."
	});
	const args = build.wrapper === "seldon" ? [
		launcher,
		build.modelClass,
		"1"
	] : build.wrapper === "mlserver" ? [launcher, "mlserver"] : [
		launcher,
		"program",
		program
	];
	return await processes.start({
		command: python,
		args,
		cwd: root,
		env: {
			...require_environment().servingEnvironment(processes.environment(), { outliveJob: false }),
			...require_plan().imageEnvironment(build),
			...build.modelPath === void 0 ? {} : { MODEL_PATH: `${root}/${build.modelPath}` },
			PYTHONUNBUFFERED: "1",
			PYTHONDONTWRITEBYTECODE: "1"
		}
	}, {
		onLine,
		lifeline: true
	});
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
	const names = columnNames(contract.features);
	for (const [at, rows] of BATCHES.entries()) {
		const body = { data: {
			names: [...names],
			ndarray: generateBatch(contract, rows, at + 1)
		} };
		const request = {
			path: defaultPath(facts),
			body,
			expect: {
				status: 200,
				tolerance: 0
			}
		};
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
			const reasons = [.../* @__PURE__ */ new Set([...general, ...judgeContract(contract, rows, answer.body)])];
			if (reasons.length === 0) {
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
		body: { data: { ndarray: generateBatch(asks.contract, 1, 1) } },
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
