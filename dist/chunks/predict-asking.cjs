require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_csv;
const require_csv = () => kept_require_csv ??= require("./csv.cjs");
let kept_require_smoke;
const require_smoke = () => kept_require_smoke ??= require("./smoke.cjs");
let kept_require_contract;
const require_contract = () => kept_require_contract ??= require("./contract.cjs");
let kept_require_feedback;
const require_feedback = () => kept_require_feedback ??= require("./feedback.cjs");
let kept_require_golden;
const require_golden = () => kept_require_golden ??= require("./golden2.cjs");
let kept_require_protocol;
const require_protocol = () => kept_require_protocol ??= require("./protocol.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest3.cjs");
// src/domain/inference/batch.ts
const MAX_BATCH_BYTES = 67108864;
/**
* Reads a file of rows: CSV with a line of names first, JSON (a list of rows, or Seldon's `data` object), or a row on each line.
* @throws ActionError with the line of the first mistake
*/
function parseBatch(text, file) {
	const batch = /\.csv$/i.test(file) ? fromCsv(text, file) : /\.(?:jsonl|ndjson)$/i.test(file) ? fromLines(text, file) : fromJson(text, file);
	if (batch.rows.length === 0) require_house().refuse({
		where: file,
		expected: "rows",
		seen: "none"
	});
	return batch;
}
function fromCsv(text, file) {
	let names;
	const rows = [];
	require_csv().readCsv(text, file, (fields) => {
		if (names === void 0) names = [...fields];
		else rows.push(fields.map(cell));
	});
	return {
		names: names ?? [],
		rows
	};
}
/** A number where the text is one, and nothing but one. */
const cell = (field) => /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(field) ? Number(field) : field;
function fromLines(text, file) {
	const rows = text.split(/\r?\n/).flatMap((line, at) => line.trim() === "" ? [] : [require_house().parseJson(line, {
		where: `${file}, line ${at + 1}`,
		maxBytes: MAX_BATCH_BYTES
	})]);
	const [first] = rows;
	if (first === null || typeof first !== "object" || Array.isArray(first)) return {
		names: [],
		rows
	};
	const names = Object.keys(first);
	return {
		names,
		rows: rows.map((row, at) => {
			const fields = row !== null && typeof row === "object" && !Array.isArray(row) ? row : {};
			return names.map((name) => fields[name] ?? missing(`${file}, row ${at + 1}`, name));
		})
	};
}
function fromJson(text, file) {
	const value = require_house().parseJson(text, {
		where: file,
		maxBytes: MAX_BATCH_BYTES
	});
	const payload = Array.isArray(value) ? {
		value,
		shape: [0, 0]
	} : require_smoke().payloadOf(value);
	if (!Array.isArray(payload?.value)) return require_house().refuse({
		where: file,
		expected: "a list of rows, or an object with data",
		seen: require_house().quote(text.trim().slice(0, 60))
	});
	const data = Array.isArray(value) || value === null || typeof value !== "object" ? void 0 : value.data;
	const told = data !== null && typeof data === "object" && !Array.isArray(data) ? data.names : void 0;
	return {
		names: Array.isArray(told) ? told.map(String) : [],
		rows: payload.value
	};
}
const missing = (where, name) => require_house().refuse({
	where,
	expected: `a value for ${require_house().quote(name)}`,
	seen: "none"
});
/**
* The predictions as a file of the kind that its name says: CSV, JSON (a list), or a line for each row.
* @param names of the predicted columns; made up where the model tells none
*/
function predictionsText(rows, names, file) {
	if (/\.csv$/i.test(file)) {
		const width = Math.max(...rows.map((row) => Array.isArray(row) ? row.length : 1), 1);
		return [Array.from({ length: width }, (_, at) => names[at] ?? (width === 1 ? "prediction" : `prediction:${at}`)), ...rows.map((row) => Array.isArray(row) ? row : [row])].map((fields) => `${fields.map(csvCell).join(",")}\n`).join("");
	}
	if (/\.(?:jsonl|ndjson)$/i.test(file)) return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
	return `${JSON.stringify(rows)}\n`;
}
function csvCell(value) {
	const text = typeof value === "string" ? value : JSON.stringify(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;
}
// src/actions/predict-asking.ts
const PAUSE_MS = 300;
const MAX_FILE_BYTES = 8388608;
/** Rows of the batches that are made up from a contract: one row and several find different faults. */
const BATCHES = [
	1,
	2,
	5,
	16
];
/** What a proxy says while pods change places; anything else is the model's own answer. */
const PASSING = [
	502,
	503,
	504
];
/** Asks a model all that is asked for, one after the other. @throws ActionError where a file is missing or of no use */
async function askAll(given, address, run, ports) {
	const session = new Session(given, address, ports);
	const { "smoke-request": smoke, contract, golden, feedback, data } = given;
	const file = async (path, maxBytes = MAX_FILE_BYTES) => await ports.workspace.readText(`${run.workspace}/${path}`, { maxBytes }) ?? require_house().refuse({
		where: path,
		expected: "a file in the workspace",
		seen: "none"
	});
	let smoked;
	if (smoke !== void 0) smoked = await askSmoke(smoke, session);
	if (contract !== void 0) await askContract(await file(contract), contract, session);
	if (golden !== void 0) await askGolden(await file(golden), golden, session);
	if (feedback !== void 0) await sendFeedback(feedback, smoked, session);
	const written = data === void 0 ? void 0 : await predictFile(await file(data, MAX_BATCH_BYTES), data, run, session);
	return {
		asked: session.asked,
		times: session.times,
		prediction: smoked?.prediction,
		file: written?.file,
		rows: written?.rows
	};
}
/** One address, what was asked of it so far, and how long each answer took. */
var Session = class {
	asked = [];
	times = [];
	given;
	address;
	ports;
	#deadline;
	constructor(given, address, ports) {
		[this.given, this.address, this.ports] = [
			given,
			address,
			ports
		];
		this.#deadline = ports.clock.elapsed() + given["wait-timeout"] * 1e3;
	}
	get path() {
		return require_manifest().predictionPath(this.address.protocol, this.address.model);
	}
	/** Whether `work` says that something is wrong, kept under a name. */
	async one(name, work) {
		const { clock, signal, log } = this.ports;
		const begun = clock.elapsed();
		let reasons;
		try {
			reasons = await work();
		} catch (thrown) {
			if (signal.aborted) throw signal.reason;
			if (!(thrown instanceof require_house().ActionError)) throw thrown;
			reasons = thrown.mistakes.map(require_house().sentence);
		}
		this.asked.push({
			name,
			seconds: (clock.elapsed() - begun) / 1e3,
			reasons
		});
		if (reasons.length > 0) log.info(`${name}: ${reasons.slice(0, 5).join("; ")}`);
		return reasons.length === 0;
	}
	/** Asked again while nothing answers, or a proxy says so, until the time to wait is over; but never what counts twice. */
	async send(path, body, { once = false } = {}) {
		const { clock, log, signal } = this.ports;
		const text = body === void 0 ? void 0 : JSON.stringify(body);
		for (;;) {
			const begun = clock.elapsed();
			const over = once || begun + PAUSE_MS >= this.#deadline;
			try {
				const answer = await this.address.ask(path, text, this.given.timeout * 1e3);
				if (over || !PASSING.includes(answer.status)) {
					this.times.push(clock.elapsed() - begun);
					return answer;
				}
				log.debug(`${path}: ${answer.status}; asked again`);
			} catch (thrown) {
				if (signal.aborted) throw signal.reason;
				const forbidden = thrown instanceof require_house().ActionError && thrown.mistakes.some(({ seen }) => /^40[13]/.test(seen));
				if (over || forbidden || !(thrown instanceof require_house().ActionError)) throw thrown;
				log.debug(`${path}: ${require_house().messageOf(thrown)}; asked again`);
			}
			await clock.sleep(PAUSE_MS, signal);
		}
	}
};
async function askSmoke(smoke, session) {
	const path = smoke.path === require_manifest().predictionPath("seldon", "") ? session.path : smoke.path;
	const found = {
		answer: null,
		prediction: void 0
	};
	await session.one("smoke request", async () => {
		const answered = await session.send(path, smoke.body);
		const verdict = require_smoke().judgeAnswer(smoke, answered);
		found.prediction = verdict.prediction;
		if (verdict.reasons.length === 0 && smoke.body !== void 0) found.answer = readable(answered.body);
		return verdict.reasons.map(reasonText);
	});
	if (found.prediction !== void 0) session.ports.log.info(`It answers ${found.prediction}`);
	return {
		request: smoke.body ?? null,
		...found
	};
}
async function askContract(text, where, session) {
	const contract = require_contract().parseContract(text, where);
	const names = require_contract().columnNames(contract.features);
	for (const [at, rows] of BATCHES.entries()) {
		const body = require_protocol().requestFor(session.address.protocol, require_contract().generateBatch(contract, rows, at + 1), names);
		const request = {
			path: session.path,
			body,
			expect: {
				status: 200,
				tolerance: 0
			}
		};
		await session.one(`contract, ${rows} ${rows === 1 ? "row" : "rows"}`, async () => {
			const answer = await session.send(session.path, body);
			const general = require_smoke().judgeAnswer(request, answer).reasons.map(reasonText);
			if (answer.status !== 200) return general;
			return [.../* @__PURE__ */ new Set([...general, ...require_contract().judgeContract(contract, rows, answer.body)])];
		});
	}
}
async function askGolden(text, where, session) {
	const cases = require_golden().parseGolden(text, where, session.path, (rows) => require_protocol().requestFor(session.address.protocol, rows));
	for (const [at, golden] of cases.entries()) await session.one(`golden ${at + 1}`, async () => require_smoke().judgeAnswer(golden, await session.send(golden.path, golden.body)).reasons.map(reasonText));
}
/** Tells the model what a prediction was worth: by default the smoke request's. Sent once, since each one counts. */
async function sendFeedback(feedback, smoked, session) {
	const body = Object.fromEntries(Object.entries({
		request: feedback.request ?? smoked?.request ?? void 0,
		response: feedback.response ?? smoked?.answer ?? void 0,
		reward: feedback.reward,
		truth: feedback.truth
	}).filter((each) => each[1] !== void 0 && each[1] !== null));
	await session.one(`feedback, reward ${feedback.reward}`, async () => {
		const [first, bare] = require_feedback().FEEDBACK_PATHS;
		let answer = await session.send(first, body, { once: true });
		if (answer.status === 404) answer = await session.send(bare, body, { once: true });
		const request = {
			path: first,
			body: void 0,
			expect: {
				status: 200,
				tolerance: 0
			}
		};
		const failed = /"status"\s*:\s*(?:"FAILURE"|1\b)/.test(answer.body);
		return [...require_smoke().judgeAnswer(request, answer).reasons.map(reasonText), ...answer.status === 200 && failed ? ["the answer's status: expected no failure, saw one"] : []];
	});
}
/** Predicts the rows of a file, some at a time, and writes what came. What was predicted before a failure is kept. */
async function predictFile(text, where, run, session) {
	const batch = parseBatch(text, where);
	const size = session.given["batch-size"] ?? 100;
	const name = session.given.predictions ?? "predictions.jsonl";
	const file = `${run.workspace}/${name}`;
	const predicted = [];
	let names = [];
	for (let from = 0; from < batch.rows.length; from += size) {
		const rows = batch.rows.slice(from, from + size);
		const called = `${where}, rows ${from + 1} to ${from + rows.length}`;
		if (!await session.one(called, async () => {
			const body = require_protocol().requestFor(session.address.protocol, rows, batch.names);
			const request = {
				path: session.path,
				body,
				expect: {
					status: 200,
					tolerance: 0
				}
			};
			const answer = await session.send(session.path, body);
			const reasons = require_smoke().judgeAnswer(request, answer).reasons.map(reasonText);
			if (reasons.length > 0) return reasons;
			const json = readable(answer.body);
			const payload = require_smoke().payloadOf(json);
			if (!payload?.table || !Array.isArray(payload.value) || payload.value.length !== rows.length) return [`the answer: expected ${rows.length} rows, saw ${payload?.table ? "another number" : "no table"}`];
			predicted.push(...payload.value);
			names = namesOf(json) ?? names;
			return [];
		})) break;
	}
	await session.ports.workspace.write(file, predictionsText(predicted, names, name));
	session.ports.log.info(`${predicted.length} of ${batch.rows.length} rows predicted, in ${name}`);
	return {
		file,
		rows: predicted.length
	};
}
function namesOf(answer) {
	const data = answer !== null && typeof answer === "object" && !Array.isArray(answer) ? answer.data : void 0;
	const names = data !== null && typeof data === "object" && !Array.isArray(data) ? data.names : void 0;
	return Array.isArray(names) ? names.map(String) : void 0;
}
/** A body that was judged good already. */
const readable = (body) => JSON.parse(body);
/** `data.ndarray: expected 2 rows, saw 1` */
const reasonText = ({ where, expected, seen }) => `${where}: expected ${expected}, saw ${seen}`;
exports.askAll = askAll;
