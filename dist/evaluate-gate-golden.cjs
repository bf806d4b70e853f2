require("./chunks/rolldown-runtime.cjs");
let kept_require_golden;
const require_golden = () => kept_require_golden ??= require("./chunks/golden.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_csv;
const require_csv = () => kept_require_csv ??= require("./chunks/csv.cjs");
let kept_require_base_url;
const require_base_url = () => kept_require_base_url ??= require("./chunks/base-url.cjs");
let kept_require_gate_inputs;
const require_gate_inputs = () => kept_require_gate_inputs ??= require("./chunks/gate-inputs.cjs");
let kept_require_permitted;
const require_permitted = () => kept_require_permitted ??= require("./chunks/permitted.cjs");
let kept_require_requirements_text;
const require_requirements_text = () => kept_require_requirements_text ??= require("./chunks/requirements-text.cjs");
let kept_require_archive;
const require_archive = () => kept_require_archive ??= require("./chunks/archive.cjs");
let kept_require_github;
const require_github = () => kept_require_github ??= require("./chunks/github.cjs");
let kept_require_http;
const require_http = () => kept_require_http ??= require("./chunks/http.cjs");
let kept_require_kubernetes;
const require_kubernetes = () => kept_require_kubernetes ??= require("./chunks/kubernetes.cjs");
let kept_require_lock;
const require_lock = () => kept_require_lock ??= require("./chunks/lock.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
let kept_require_python;
const require_python = () => kept_require_python ??= require("./chunks/python.cjs");
let kept_require_serving;
const require_serving = () => kept_require_serving ??= require("./chunks/serving.cjs");
// src/domain/gate/golden-set.ts
const MAX_GOLDEN_BYTES = 67108864;
const MAX_ROWS = 2e4;
const MAX_ROW_BYTES = 4194304;
/**
* Reads a golden set: JSON lines or one JSON list of objects with `x` (the features of one row, as the model takes them), or CSV
* with a head line, where `x` holds a JSON list or the columns `x_<name>` hold a feature each, in their order. `y_true` stands in
* all rows or in none; `id`, `weight` and columns to group by may stand beside them.
* @throws ActionError with the first row that does not fit: one that was dropped would change the verdict
*/
function parseGolden(text, name) {
	const content = text.replace(/^\ufeff/, "");
	const rows = [];
	const add = (row, where) => {
		const [first] = rows;
		if (first && first.known.y_true === void 0 !== (row.known.y_true === void 0)) require_house().refuse({
			where,
			expected: first.known.y_true === void 0 ? "no y_true, as in the rows before" : "y_true, as in the rows before",
			seen: row.known.y_true === void 0 ? "none" : "one"
		});
		rows.push(row);
		if (rows.length > MAX_ROWS) require_house().refuse({
			where: name,
			expected: `at most ${MAX_ROWS} rows`,
			seen: "more"
		});
	};
	if (/^\s*\[/.test(content)) readList(content, name, add);
	else if (/^\s*\{/.test(content)) readLines(content, name, add);
	else readTable(content, name, add);
	if (rows.length === 0) require_house().refuse({
		where: name,
		expected: "at least one row",
		seen: "none"
	});
	return rows;
}
function readLines(content, name, add) {
	for (const [at, line] of content.split(/\r\n|\n/).entries()) {
		if (line.trim() === "") continue;
		const where = `${name}, row ${at + 1}`;
		add(rowOf(require_house().parseJson(line, {
			where,
			maxBytes: MAX_ROW_BYTES
		}), where), where);
	}
}
function readList(content, name, add) {
	const list = require_house().parseJson(content, {
		where: name,
		maxBytes: MAX_GOLDEN_BYTES
	});
	if (!Array.isArray(list)) require_house().refuse({
		where: name,
		expected: "a list of objects",
		seen: require_house().quote(content, 40)
	});
	for (const [at, value] of list.entries()) add(rowOf(value, `${name}, row ${at + 1}`), `${name}, row ${at + 1}`);
}
function rowOf(value, where) {
	if (value === null || typeof value !== "object" || Array.isArray(value)) require_house().refuse({
		where,
		expected: "an object, as {\"x\": [5.1, 3.5], \"y_true\": 0}",
		seen: require_house().quote(JSON.stringify(value), 40)
	});
	const { x, ...known } = value;
	if (x !== void 0) return {
		x,
		known
	};
	const names = Object.keys(value).slice(0, 8);
	return require_house().refuse({
		where,
		expected: "x",
		seen: names.map((each) => require_house().quote(each, 40)).join(", ") || "{}"
	});
}
/** As JSON writes one: what else looks like a number to some reader is a text here. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** A table is read whole first: whether a column holds numbers is seen from all of its rows. */
function readTable(content, name, add) {
	let head;
	const table = [];
	const lines = [];
	require_csv().readCsv(content, name, (fields, line) => {
		if (head === void 0) {
			head = headOf(fields, `${name}, line ${line}`);
			return;
		}
		table.push([...fields]);
		lines.push(line);
		if (table.length > MAX_ROWS) require_house().refuse({
			where: name,
			expected: `at most ${MAX_ROWS} rows`,
			seen: "more"
		});
	});
	const columns = (head ?? []).map((column, at) => {
		const cells = table.map((fields) => fields[at]);
		const where = (row) => `${name}, line ${lines[row]}, ${require_house().quote(column, 60)}`;
		if (column === "x") return cells.map((cell, row) => require_house().parseJson(cell, {
			where: where(row),
			maxBytes: MAX_ROW_BYTES
		}));
		return column.startsWith("x_") || column === "y_true" || column === "weight" ? valuesOf(cells, where) : cells;
	});
	for (const [row, line] of lines.entries()) {
		const known = Object.create(null);
		const features = [];
		let x;
		for (const [at, column] of head.entries()) {
			const value = columns[at][row];
			if (column === "x") x = value;
			else if (column.startsWith("x_")) features.push(value);
			else known[column] = value;
		}
		add({
			x: x ?? features,
			known
		}, `${name}, line ${line}`);
	}
}
function headOf(fields, where) {
	if (fields.length === 1 && /[;\t]/.test(fields[0])) require_house().refuse({
		where,
		expected: "columns separated by commas",
		seen: require_house().quote(fields[0], 60),
		fix: "Write the file again with commas; numbers with a point."
	});
	const twice = fields.find((field, at) => fields.indexOf(field) !== at);
	if (twice !== void 0) require_house().refuse({
		where,
		expected: "each column once",
		seen: `${require_house().quote(twice, 60)} twice`
	});
	const odd = fields.find((field) => field.trim() === "" || field === "__proto__");
	if (odd !== void 0) require_house().refuse({
		where,
		expected: "a name for every column",
		seen: require_house().quote(odd, 60)
	});
	const [whole, parts] = [fields.includes("x"), fields.some((field) => field.startsWith("x_"))];
	if (whole === parts) require_house().refuse({
		where,
		expected: "the features: a column x with a JSON list, or a column x_<name> for each",
		seen: whole ? "both" : fields.slice(0, 8).map((each) => require_house().quote(each, 40)).join(", ")
	});
	return [...fields];
}
/** Numbers where all cells are numbers, else texts where none is. @throws ActionError for a mix: a model would see two types */
function valuesOf(cells, where) {
	const numeric = cells.map((cell) => NUMBER.test(cell));
	const first = numeric[0] ?? true;
	const odd = cells.findIndex((cell, row) => cell === "" || numeric[row] !== first || /^-?\d+,\d+$/.test(cell));
	if (odd >= 0) {
		const cell = cells[odd];
		require_house().refuse({
			where: where(odd),
			expected: cell === "" ? "a value" : numeric.some(Boolean) ? "a number, as in other rows" : "a number or a text",
			seen: cell === "" ? "nothing" : require_house().quote(cell, 40),
			.../^-?\d+,\d+$/.test(cell) ? { fix: `Write a point: ${cell.replace(",", ".")}.` } : {}
		});
	}
	return first ? cells.map(Number) : cells;
}
// src/actions/gate-live-model.ts
/** Asks an address by HTTP. */
const askAt = (url, http) => async (body, options) => await http.request({
	url,
	method: "POST",
	headers: { "content-type": "application/json" },
	body,
	...options
});
/**
* How the live model is asked: at `live-url`, below `base-url`, through the cluster's API server, or at the front of target
* local. Never at an address that a record or a payload names: data does not choose a host.
* @returns nothing where no address is known, or nothing serves yet; why is told
*/
async function findLiveModel(given, run, ports) {
	const { log, http } = ports;
	if (given.baseline.kind !== "live") return void 0;
	const at = (url) => ({
		ask: askAt(url, http),
		close: () => void 0
	});
	if (given["live-url"] !== void 0) return at(given["live-url"]);
	const byCluster = require_gate_inputs().asksCluster(given);
	const base = given["base-url"];
	if (given.target !== "local" && base === void 0 && !byCluster) {
		log.info("The live model's address is not given (live-url or base-url), so only the candidate is asked.");
		return;
	}
	const name = given.name ?? (await require_house().takeRecord(given.record, run, ports))?.model.name;
	if (name === void 0) require_house().refuse({
		where: `input "name"`,
		expected: "the name under which the live model serves",
		seen: "neither a record nor a name"
	});
	const namespace = given.namespace ?? "default";
	const only = (where) => log.info(`Nothing serves as ${namespace}/${name} ${where}, so only the candidate is asked.`);
	if (given.target === "local") {
		const state = await ports.serving.state(namespace, name);
		return state?.status === "running" ? at(state.url) : only("on this machine");
	}
	if (!byCluster) return at(require_house().predictionUrl(base.href, namespace, name));
	const { askThrough } = await Promise.resolve().then(() => require("./chunks/gate-cluster.cjs"));
	const cluster = await ports.kubernetes.connect({
		kubeconfig: given.kubeconfig,
		context: given["kube-context"],
		allowExec: given["allow-exec"]
	});
	try {
		const through = await askThrough({
			cluster,
			namespace,
			name
		});
		if (through === void 0) {
			cluster.close();
			return only("in the cluster");
		}
		if (base === void 0) return {
			ask: through,
			close: () => cluster.close()
		};
		cluster.close();
		return at(require_house().predictionUrl(base.href, namespace, name));
	} catch (thrown) {
		cluster.close();
		throw thrown;
	}
}
// src/actions/evaluate-gate-golden.ts
const RELATIVE = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/;
/** Rows in one request: few enough that its time is that of a request as users send it. */
const ROWS_A_REQUEST = 16;
const REQUEST_MS = 6e4;
/** Where the candidate is started: under a name that nothing else has, and taken down after. */
const NAMESPACE = "gate";
/** Asks the candidate and the live model the same questions. What it saw it hands on; the part after decides. */
const evaluateGateGolden = {
	id: "evaluate-gate-golden",
	inputs: {
		record: require_house().recordInput,
		golden: require_house().text({ description: "Held-out rows as JSON lines, a JSON list or CSV, with the features (`x`, in CSV also `x_<name>` for each) and `y_true`: the candidate, started on this machine, and with `baseline: live` the live model are asked the same questions. `id`, `weight` and columns to group by may stand beside them. Without `y_true` rules can ask how answers changed, and how fast they came." }),
		baseline: require_gate_inputs().baselineInput,
		...require_gate_inputs().liveInputs,
		"live-url": require_house().text({
			description: "Where the live model answers predictions. Left out, for target local its front on this machine; else below `base-url`, or with a kubeconfig through the API server; without any of them only the candidate is asked.",
			pattern: /^https?:\/\/[^\s]+$/,
			accepts: "a URL of http or https"
		}),
		"base-url": require_house().parsed({
			description: "Scheme, host and port of the gateway before the live deployment's path `/seldon/<namespace>/<name>`.",
			accepts: "a URL without a path",
			parse: require_base_url().baseUrl
		}),
		"model-class": require_house().text({
			description: "The class that serves the candidate.",
			...require_house().modelClassName
		}),
		model: require_house().text({ description: "The candidate's file or folder, relative to the workspace, where there is no record." }),
		requirements: require_house().text({
			description: "A requirements file with seldon-core for the candidate, relative to the working directory. Left out, the Python in PATH serves.",
			pattern: RELATIVE,
			accepts: "a path below the working directory"
		}),
		"working-directory": require_house().text({
			description: "Where the candidate's code lies, relative to the repository. Left out, the repository itself.",
			pattern: RELATIVE,
			accepts: "a path below the repository"
		}),
		"wait-timeout": require_house().seconds({
			description: "How long the candidate may take to answer at all.",
			default: "5m",
			most: 3600
		}),
		"github-token": require_gate_inputs().tokenInput
	},
	outputs: { "golden-file": "What both models answered, as a JSON file for the part that decides." },
	run: async (given, run, ports) => {
		const { workspace, log, clock } = ports;
		const from = clock.elapsed();
		if (given.golden === void 0) require_house().refuse({
			where: `input "golden"`,
			expected: "a file",
			seen: "nothing",
			fix: "Without one, leave this part out."
		});
		await require_permitted().permit("gate", run, ports);
		const rows = await readRows(given.golden, run, workspace);
		const folder = `${run.temp}/model-road/golden`;
		await workspace.remove(folder);
		const labelled = rows[0].known.y_true !== void 0;
		if (!labelled) log.info("The golden set has no y_true: rules can ask how answers changed, not whether they are right.");
		const live = await findLiveModel(given, run, ports);
		let asked;
		try {
			asked = {
				schema: 1,
				asked: rows.length,
				labelled,
				candidate: await log.group("Asking the candidate", async () => askCandidate(given, rows, folder, run, ports)),
				...live === void 0 ? {} : { live: await log.group("Asking the live model", async () => ask(live.ask, "live", rows, folder, ports)) }
			};
		} finally {
			live?.close();
		}
		const file = `${folder}/golden.json`;
		await workspace.write(file, JSON.stringify({
			...asked,
			seconds: (clock.elapsed() - from) / 1e3
		}));
		return { outputs: { "golden-file": file } };
	}
};
async function readRows(given, run, workspace) {
	const content = await workspace.readText(require_gate_inputs().inWorkspace(given, run.workspace), { maxBytes: MAX_GOLDEN_BYTES });
	if (content === void 0) require_house().refuse({
		where: `input "golden"`,
		expected: `a file ${require_house().quote(given)}`,
		seen: "none"
	});
	return parseGolden(content, given.slice(given.lastIndexOf("/") + 1));
}
async function askCandidate(given, rows, folder, run, ports) {
	const { serving, log, clock, signal } = ports;
	const modelClass = given["model-class"];
	if (modelClass === void 0) require_house().refuse({
		where: `input "model-class"`,
		expected: "the class that serves the candidate",
		seen: "nothing"
	});
	const record = await require_house().takeRecord(given.record, run, ports);
	const below = given["working-directory"]?.replace(/^(?:\.\/)+|\/+$/g, "") ?? "";
	const root = below === "" || below === "." ? run.workspace : `${run.workspace}/${below}`;
	const { releaseOfCheckout } = await Promise.resolve().then(() => require("./chunks/release2.cjs"));
	const release = await releaseOfCheckout(record, {
		folder: root,
		model: given.model,
		modelClass
	}, run, ports);
	const requirements = await require_requirements_text().requirementsText(given.requirements, root, ports.workspace);
	const { python } = await ports.pythons.environment({
		requirements,
		log
	});
	const name = `c-${crypto.randomUUID().slice(0, 12)}`;
	const deploy = await serving.begin(NAMESPACE, name, {
		port: void 0,
		outliveJob: false
	});
	try {
		const served = await release.layOut(await deploy.releaseFolder("0".repeat(40)));
		const candidate = await deploy.startCandidate({
			deployId: "0".repeat(40),
			python,
			folder: served,
			modelClass,
			modelPath: release.modelPath === void 0 ? void 0 : `${served}/${release.modelPath}`,
			replicas: 1,
			record: void 0
		});
		try {
			const { waitUntilUp } = await Promise.resolve().then(() => require("./chunks/prediction.cjs"));
			const gone = new AbortController();
			candidate.ended.then(({ code, signal: by }) => gone.abort(new (require_house()).ActionError({
				where: "the candidate",
				expected: "to go on answering",
				seen: code === null ? `it was ended by ${by}` : `it ended with exit code ${code}`
			})));
			const asked = {
				url: candidate.url,
				called: "the candidate",
				deadline: clock.elapsed() + given["wait-timeout"] * 1e3,
				signal: AbortSignal.any([signal, gone.signal])
			};
			if (candidate.url === "") throw new (require_house()).ActionError({
				where: "the candidate",
				expected: "to start and listen",
				seen: "no port"
			});
			await waitUntilUp(asked, ports);
			const side = await ask(askAt(`${candidate.url}/api/v1.0/predictions`, ports.http), "candidate", rows, folder, ports);
			if (side.failure !== void 0) await showLastLines(candidate, log);
			return side;
		} catch (thrown) {
			if (signal.aborted || !(thrown instanceof require_house().ActionError)) throw thrown;
			await showLastLines(candidate, log);
			return {
				answered: 0,
				failure: oneLine(thrown)
			};
		} finally {
			await candidate.discard().catch(() => void 0);
		}
	} finally {
		await deploy.end().catch((thrown) => log.warning(require_house().messageOf(thrown)));
		await serving.remove(NAMESPACE, name);
	}
}
async function showLastLines(candidate, log) {
	const lines = await candidate.lastLines(30).catch(() => []);
	if (lines.length > 0) log.info(`The last lines of the candidate's server:\n${lines.join("\n")}`);
}
/** Asks every row of one model, a few at a time. The first question that is not answered ends it: then there is nothing to compare. */
async function ask(question, called, rows, folder, { clock, log, workspace, signal }) {
	const answers = [];
	const times = [];
	let bytes = 0;
	let failure;
	for (let from = 0; from < rows.length; from += ROWS_A_REQUEST) {
		const some = rows.slice(from, from + ROWS_A_REQUEST);
		const started = clock.elapsed();
		try {
			const { status, body } = await question(JSON.stringify({ data: { ndarray: some.map(({ x }) => x) } }), {
				timeoutMs: REQUEST_MS,
				signal
			});
			times.push(clock.elapsed() - started);
			bytes += Buffer.byteLength(body);
			const where = `the answer to rows ${from + 1} to ${from + some.length}`;
			if (status !== 200) require_house().refuse({
				where,
				expected: "HTTP 200",
				seen: `${status}`
			});
			answers.push(...require_golden().goldenAnswers(body, some.length, where));
		} catch (thrown) {
			if (signal.aborted || !(thrown instanceof require_house().ActionError)) throw thrown;
			failure = oneLine(thrown);
			break;
		}
	}
	log.info(`${answers.length} of ${rows.length} questions answered${failure === void 0 ? "" : `; then: ${failure}`}`);
	const { quantile } = await Promise.resolve().then(() => require("./chunks/resampling.cjs")).then((n) => n.resampling_exports);
	const sorted = times.toSorted((a, b) => a - b);
	const measured = sorted.length === 0 ? {} : {
		latency: {
			p50: quantile(sorted, .5),
			p95: quantile(sorted, .95),
			most: sorted.at(-1)
		},
		bytes: bytes / sorted.length
	};
	if (failure !== void 0) return {
		answered: answers.length,
		failure,
		...measured
	};
	const predictions = `${folder}/${called}.jsonl`;
	await workspace.write(predictions, rows.map((row, at) => `${require_golden().predictionLine(row, answers[at])}\n`).join(""));
	return {
		answered: answers.length,
		...measured,
		predictions
	};
}
const oneLine = (thrown) => thrown.message.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1e3);
// src/main/evaluate-gate-golden.ts
require_house().runAction(evaluateGateGolden, ({ inputs, run, log, signal }) => {
	const [processes, locks] = [require_process().localProcesses({ signal }), require_lock().fileLocks()];
	const [clock, workspace] = [require_house().systemClock(), require_house().localWorkspace(run)];
	return {
		log,
		signal,
		clock,
		workspace,
		kubernetes: require_kubernetes().kubernetes({
			log,
			clock,
			processes,
			workspace,
			run
		}),
		processes,
		archives: require_archive().tarArchives(),
		github: require_github().githubRest({
			run,
			token: inputs["github-token"]
		}),
		http: require_http().httpClient(),
		pythons: require_python().pythons({
			processes,
			locks
		}),
		serving: require_serving().localServing({
			processes,
			locks
		})
	};
});
