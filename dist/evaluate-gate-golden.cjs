require("./chunks/rolldown-runtime.cjs");
const require_golden = () => require("./chunks/golden.cjs");
const require_names = () => require("./chunks/names.cjs");
const require_house = () => require("./chunks/house.cjs");
const require_gate_inputs = () => require("./chunks/gate-inputs.cjs");
const require_permitted = () => require("./chunks/permitted.cjs");
const require_requirements_text = () => require("./chunks/requirements-text.cjs");
const require_archive = () => require("./chunks/archive.cjs");
const require_github = () => require("./chunks/github.cjs");
const require_python = () => require("./chunks/python.cjs");
const require_lock = () => require("./chunks/lock.cjs");
const require_process = () => require("./chunks/process.cjs");
const require_serving = () => require("./chunks/serving.cjs");
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
		golden: require_house().text({ description: "Held-out rows as JSON lines with `x` (the features) and `y_true`: the candidate, started on this machine, and with `baseline: live` the live model are asked the same questions. `id`, `weight` and columns to group by may stand beside them." }),
		baseline: require_gate_inputs().baselineInput,
		...require_gate_inputs().liveInputs,
		"live-url": require_house().text({
			description: "Where the live model answers predictions. Left out, for target local its front on this machine; for other targets only the candidate is asked.",
			pattern: /^https?:\/\/[^\s]+$/,
			accepts: "a URL of http or https"
		}),
		"model-class": require_house().text({
			description: "The class that serves the candidate.",
			...require_names().modelClassName
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
		const { workspace, log } = ports;
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
		const live = await liveUrl(given, run, ports);
		const asked = {
			schema: 1,
			asked: rows.length,
			candidate: await log.group("Asking the candidate", async () => askCandidate(given, rows, folder, run, ports)),
			...live === void 0 ? {} : { live: await log.group("Asking the live model", async () => ask(live, "live", rows, folder, ports)) }
		};
		const file = `${folder}/golden.json`;
		await workspace.write(file, JSON.stringify(asked));
		return { outputs: { "golden-file": file } };
	}
};
async function readRows(given, run, workspace) {
	const content = await workspace.readText(require_gate_inputs().inWorkspace(given, run.workspace), { maxBytes: require_golden().MAX_GOLDEN_BYTES });
	if (content === void 0) require_house().refuse({
		where: `input "golden"`,
		expected: `a file ${require_house().quote(given)}`,
		seen: "none"
	});
	return require_golden().parseGolden(content, given.slice(given.lastIndexOf("/") + 1));
}
/** Never an address that a record or a payload names: data does not choose a host. */
async function liveUrl(given, run, ports) {
	if (given.baseline.kind !== "live") return void 0;
	if (given["live-url"] !== void 0) return given["live-url"];
	if (given.target !== "local") {
		ports.log.info("The live model's address is not given (live-url), so only the candidate is asked.");
		return;
	}
	const name = given.name ?? (await require_house().takeRecord(given.record, run, ports))?.model.name;
	if (name === void 0) require_house().refuse({
		where: `input "name"`,
		expected: "the name under which the live model serves",
		seen: "neither a record nor a name"
	});
	const state = await ports.serving.state(given.namespace ?? "default", name);
	if (state?.status === "running") return state.url;
	ports.log.info(`Nothing serves as ${given.namespace}/${name} on this machine, so only the candidate is asked.`);
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
	const { releaseOfCheckout } = await Promise.resolve().then(() => require("./chunks/release.cjs"));
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
			const side = await ask(`${candidate.url}/api/v1.0/predictions`, "candidate", rows, folder, ports);
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
async function ask(url, called, rows, folder, { http, clock, log, workspace, signal }) {
	const answers = [];
	const times = [];
	let bytes = 0;
	let failure;
	for (let from = 0; from < rows.length; from += ROWS_A_REQUEST) {
		const some = rows.slice(from, from + ROWS_A_REQUEST);
		const started = clock.elapsed();
		try {
			const { status, body } = await http.request({
				url,
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify({ data: { ndarray: some.map(({ x }) => x) } }),
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
	return {
		log,
		signal,
		clock: require_house().systemClock(),
		workspace: require_house().localWorkspace(run),
		processes,
		archives: require_archive().tarArchives(),
		github: require_github().githubRest({
			run,
			token: inputs["github-token"]
		}),
		http: require_python().httpClient(),
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
