require("./chunks/rolldown-runtime.cjs");
const require_record = require("./chunks/record.cjs");
const require_digest = require("./chunks/digest.cjs");
const require_lock = require("./chunks/lock.cjs");
const require_serving = require("./chunks/serving.cjs");
const require_run_action = require("./chunks/run-action.cjs");
const require_smoke_request = require("./chunks/smoke-request.cjs");
const require_archive = require("./chunks/archive.cjs");
const require_clock = require("./chunks/clock.cjs");
const require_github = require("./chunks/github.cjs");
const require_registry = require("./chunks/registry.cjs");
const require_process = require("./chunks/process.cjs");
const require_workspace = require("./chunks/workspace.cjs");
const node_fs_promises = () => require("node:fs/promises");
const node_path = () => require("node:path");
const node_os = () => require("node:os");
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
// src/actions/seldon-deploy.ts
const RELATIVE = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/;
const MAX_REQUIREMENTS_BYTES = 1048576;
/** Serves a model, and is green only when the new version has answered. One that does not never gets traffic. */
const seldonDeploy = {
	id: "seldon-deploy",
	inputs: {
		record: require_record.recordInput,
		"require-gate": require_run_action.flag({
			description: "Refuse to work unless the record's gate is passed. `false` deploys without one.",
			default: "true"
		}),
		target: require_run_action.oneOf(require_serving.TARGETS, {
			description: "Where to serve. `local` is a process on this machine's loopback; the others need a later version of these actions.",
			default: "seldon"
		}),
		name: require_run_action.text({
			description: "The deployment's name, which its URL holds. Left out, the model's name in the record.",
			...require_lock.deploymentName
		}),
		namespace: require_run_action.text({
			description: "The namespace, which the URL holds.",
			default: "default",
			...require_lock.namespaceName
		}),
		image: require_run_action.parsed({
			description: "The image to serve, as build-model-image made it. Left out, the image of the record; without one, the checkout and `model`.",
			accepts: "an image's name, or `oci:<folder>`",
			parse: async (value) => (await Promise.resolve().then(() => require("./chunks/reference.cjs")).then((n) => n.reference_exports)).parseReference(value, "image")
		}),
		model: require_run_action.text({
			description: "The model's file or folder, relative to the repository, to serve it with the checkout's code and without an image.",
			pattern: /^[^\u0000-\u001f\u007f\\]+$/,
			accepts: "a path"
		}),
		"model-class": require_run_action.text({
			description: "The class that serves the model. Left out, the one that the image names.",
			...require_lock.modelClassName
		}),
		requirements: require_run_action.text({
			description: "A requirements file, relative to the working directory, for a Python environment that is made once and kept. Left out, the Python in PATH serves. Either must have seldon-core 1.17.1.",
			pattern: RELATIVE,
			accepts: "a path below the working directory"
		}),
		replicas: require_run_action.integer({
			description: "How many workers answer requests, each with the model loaded.",
			default: "1",
			least: 1,
			most: 8
		}),
		"wait-timeout": require_run_action.seconds({
			description: "How long a new version may take to answer. After that it is ended, and the one before goes on serving.",
			default: "5m",
			most: 3600
		}),
		"smoke-request": require_run_action.parsed({
			description: "A request that the new version must answer before it gets traffic: `body`, and if need be `path` and `expect` with `status`, `shape`, `values` and `tolerance`. Without `expect` the answer must hold a prediction for each row that was sent.",
			accepts: "YAML: `{path, body, expect}`",
			parse: async (value) => (await Promise.resolve().then(() => require("./chunks/smoke.cjs")).then((n) => n.smoke_exports)).parseSmokeRequest(value)
		}),
		"dry-run": require_run_action.flag({
			description: "Say what would happen, and change nothing.",
			default: "false"
		}),
		"outlive-job": require_run_action.flag({
			description: "Keep serving after the job, on a runner of your own. Otherwise the runner ends what is served with the job.",
			default: "false"
		}),
		"base-url": require_run_action.parsed({
			description: "Scheme, host and port of the URL: for target local `http://127.0.0.1:<port>`. Left out, the port that was used before, or a free one.",
			accepts: "`http://127.0.0.1:<port>`",
			parse: localPort
		}),
		"working-directory": require_run_action.text({
			description: "Where the code lies, relative to the repository. Left out, the repository itself.",
			pattern: RELATIVE,
			accepts: "a path below the repository"
		}),
		"github-token": require_run_action.text({
			description: "Fetches the record or the model's artifact, and opens ghcr.io where docker is not logged in.",
			expression: "${{ github.token }}",
			secret: true
		})
	},
	outputs: {
		operation: "`created`, `updated` or `unchanged`; `failed` when the new version was refused; `would-create` or `would-update` of a dry run",
		"prediction-url": "Where predictions are answered; empty where nothing is served",
		"deploy-id": "40 hex digits over all that makes this version: model, code, class, requirements",
		reason: "Why it was done or not, in one sentence",
		record: "The release record with the section `deployment`; empty without a record"
	},
	run: async (given, run, ports) => {
		const facts = await observe(given, run, ports);
		const plan = planLocal({
			state: facts.state,
			answers: facts.answers,
			wanted: facts
		});
		ports.log.info(`${facts.called}: ${DO[plan.operation]}, because ${plan.reason}`);
		const done = await carryOut(plan, facts, given, run, ports);
		return await tell(done, facts, given, await addToRecord(done, facts, run, ports));
	}
};
/** Everything that decides, seen before anything is changed; every mistake in what was given, told at once. */
async function observe(given, run, ports) {
	refuseInputs(given, run);
	const record = await require_record.takeRecord(given.record, run, ports);
	require_record.requireGate(record, given["require-gate"]);
	const namespace = given.namespace;
	const name = given.name ?? nameOf(record);
	const below = given["working-directory"]?.replace(/^(?:\.\/)+|\/+$/g, "") ?? "";
	const folder = below === "" || below === "." ? run.workspace : `${run.workspace}/${below}`;
	const requirements = await requirementsText(given.requirements, folder, ports.workspace);
	const release = await releaseOf(given, record, folder, run, ports);
	const { deployId: digestVersion } = await Promise.resolve().then(() => require("./chunks/lock.cjs")).then((n) => n.names_exports);
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
		replicas: given.replicas,
		state,
		answers: same ? await asksWhatServes(state, deployId, given, ports) : void 0
	};
}
async function asksWhatServes(state, deployId, given, ports) {
	const { doesAnswer } = await Promise.resolve().then(() => require("./chunks/local-deploy.cjs"));
	return await doesAnswer(state, deployId, orderOf(given), ports);
}
function refuseInputs(given, run) {
	const mistakes = [];
	if (given.target !== "local") mistakes.push({
		where: `input "target"`,
		expected: "local, the one target of this version",
		seen: given.target,
		fix: "Set target: local to serve on this machine."
	});
	if (given["outlive-job"] && run.environment === "github-hosted") mistakes.push({
		where: `input "outlive-job"`,
		expected: "false on a runner of GitHub's own",
		seen: "true",
		fix: "That machine is thrown away with the job. Use a runner of your own, or leave the input out."
	});
	if (given.image !== void 0 && given.model !== void 0) mistakes.push({
		where: `input "model"`,
		expected: "either an image or a model with the checkout's code",
		seen: "both",
		fix: "The image holds its model already."
	});
	if (mistakes.length > 0) throw new require_run_action.ActionError(mistakes);
}
function nameOf(record) {
	const name = record?.model.name;
	if (name !== void 0 && require_lock.deploymentName.pattern.test(name)) return name;
	return require_run_action.refuse({
		where: `input "name"`,
		expected: require_lock.deploymentName.accepts,
		seen: name === void 0 ? "nothing, and no record that names the model" : `the record's ${require_run_action.quote(name)}`,
		fix: "Set the input name."
	});
}
async function requirementsText(path, folder, workspace) {
	if (path === void 0) return void 0;
	const content = await workspace.readText(`${folder}/${path}`, { maxBytes: MAX_REQUIREMENTS_BYTES });
	if (content !== void 0) return content.replaceAll("\r\n", "\n");
	return require_run_action.refuse({
		where: `input "requirements"`,
		expected: `a file ${require_run_action.quote(path)}`,
		seen: "none"
	});
}
async function releaseOf(given, record, folder, run, ports) {
	const { releaseOfCheckout, releaseOfImage } = await Promise.resolve().then(() => require("./chunks/release.cjs"));
	if (given.image !== void 0 || record?.image !== void 0 && given.model === void 0) return await releaseOfImage(record, given.image, given["model-class"], run, ports);
	const modelClass = given["model-class"];
	if (modelClass === void 0) require_run_action.refuse({
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
	port: given["base-url"],
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
	if (given["dry-run"]) return {
		...plan,
		...nothing,
		how: "dry"
	};
	const from = ports.clock.elapsed();
	const { serveLocally, Refused } = await Promise.resolve().then(() => require("./chunks/local-deploy.cjs"));
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
	await require_smoke_request.keepRequest(body, run, ports.workspace).catch((thrown) => ports.log.warning(require_run_action.messageOf(thrown)));
}
async function serialised(record) {
	const { serialiseRecord } = await Promise.resolve().then(() => require("./chunks/record.cjs")).then((n) => n.record_exports);
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
		recordBefore: await require_digest.textDigest(before)
	};
	return await require_record.giveRecord({
		...record,
		deployment
	}, run, ports);
}
async function tell(done, facts, given, record) {
	const { codeSpan, escapeText } = await Promise.resolve().then(() => require("./chunks/escape.cjs"));
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
	return `The new version of ${called} was refused. ${url === void 0 ? "Nothing is served under this name." : "The version before goes on serving."}\n${failure.mistakes.map(require_run_action.sentence).join("\n")}`;
}
async function curlLines({ url }, given) {
	if (url === void 0) return [];
	const { predictionCurl } = await Promise.resolve().then(() => require("./chunks/curl.cjs"));
	const { codeBlock } = await Promise.resolve().then(() => require("./chunks/escape.cjs"));
	const body = given["smoke-request"]?.body;
	const curl = predictionCurl(url, body === void 0 ? void 0 : JSON.stringify(body));
	return curl === void 0 ? [] : ["", codeBlock(curl.command, "sh")];
}
const oneLine = (value) => value.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1e3);
const upperFirst = (value) => value.slice(0, 1).toUpperCase() + value.slice(1);
/** The port of a base URL on loopback. */
function localPort(value) {
	const url = URL.canParse(value) ? new URL(value) : void 0;
	const port = Number(url?.port);
	if (!(url?.protocol === "http:" && ["127.0.0.1", "localhost"].includes(url.hostname)) || !(port >= 1) || url.pathname !== "/" || url.search !== "" || url.username !== "") throw new require_run_action.Refusal("http://127.0.0.1:<port>", { fix: "target local listens on loopback only." });
	return port;
}
// src/adapters/http.ts
const MAX_BYTES = 8388608;
/** Requests by Node's own client, each on a connection of its own; bodies are read up to a size. Redirects are not followed. */
function httpClient() {
	return { request };
}
async function request({ url, method = "GET", headers = {}, body, timeoutMs, maxBytes = MAX_BYTES, signal }) {
	const at = new URL(url);
	const { request: send } = process.getBuiltinModule(at.protocol === "https:" ? "node:https" : "node:http");
	return await new Promise((resolve, reject) => {
		const fail = (expected, seen, cause) => {
			sent.destroy();
			reject(new require_run_action.ActionError({
				where: `${method} ${shown(at)}`,
				expected,
				seen
			}, { cause }));
		};
		const timer = setTimeout(() => fail(`an answer within ${timeoutMs / 1e3} s`, "none"), timeoutMs);
		const sent = send(at, {
			method,
			agent: false,
			headers: {
				accept: "application/json",
				...body === void 0 ? {} : { "content-length": String(Buffer.byteLength(body)) },
				...headers
			},
			...signal ? { signal } : {}
		});
		sent.once("error", (cause) => {
			clearTimeout(timer);
			fail("an answer", cause.code ?? require_run_action.messageOf(cause), cause);
		});
		sent.once("response", (answer) => {
			const chunks = [];
			let bytes = 0;
			answer.on("data", (chunk) => {
				bytes += chunk.length;
				if (bytes > maxBytes) {
					clearTimeout(timer);
					fail(`an answer of at most ${maxBytes} bytes`, "a longer one");
				} else chunks.push(chunk);
			});
			answer.once("error", (cause) => {
				clearTimeout(timer);
				fail("a whole answer", cause.code ?? require_run_action.messageOf(cause), cause);
			});
			answer.once("end", () => {
				clearTimeout(timer);
				const told = {};
				for (const [name, value] of Object.entries(answer.headers)) if (value !== void 0) told[name] = Array.isArray(value) ? value.join(", ") : value;
				resolve({
					status: answer.statusCode ?? 0,
					headers: told,
					body: Buffer.concat(chunks).toString("utf8")
				});
			});
		});
		sent.end(body);
	});
}
/** Without what may be a secret: user, password and query. */
const shown = (url) => `${url.protocol}//${url.host}${url.pathname}`;
// src/adapters/python.ts
const INSTALL_MS = 12e5;
/**
* Python environments in the user's cache folder, one for each text of requirements and each Python. A virtual environment can
* not be moved (its scripts name it), so it is made at its place under a lock and counts only once it is marked complete.
*/
function pythons({ processes, locks }) {
	return { environment: async ({ requirements, python, log }) => {
		const base = await basePython(processes, python);
		if (requirements === void 0) return base;
		const digest = process.getBuiltinModule("node:crypto").createHash("sha256").update(JSON.stringify([
			base.version,
			base.python,
			requirements
		])).digest("hex");
		const cache = process.env.XDG_CACHE_HOME || (0, node_path().join)((0, node_os().homedir)(), ".cache");
		const folder = (0, node_path().join)(cache, "model-road", "python", digest.slice(0, 40));
		const made = {
			python: (0, node_path().join)(folder, "bin/python"),
			bin: (0, node_path().join)(folder, "bin"),
			version: base.version
		};
		if (await isComplete(folder)) return made;
		const release = await locks.take(`${folder}.lock`, {
			waitMs: INSTALL_MS,
			onWait: (pid) => log.info(`Process ${pid} is making the same Python environment: waiting for it.`)
		});
		try {
			if (await isComplete(folder)) return made;
			await make(folder, base.python, requirements, processes, log);
			return made;
		} finally {
			await release();
		}
	} };
}
async function basePython(processes, asked) {
	const program = asked === void 0 ? await processes.find("python3") ?? await processes.find("python") : await processes.find(asked);
	if (program === void 0) throw new require_run_action.ActionError({
		where: "Python",
		expected: asked === void 0 ? "python3 or python in PATH" : `a program ${require_run_action.quote(asked)}`,
		seen: "none",
		fix: "Put actions/setup-python before this step."
	});
	const answer = await processes.run({
		command: program,
		args: ["-c", "import sys; print('.'.join(map(str, sys.version_info[:3]))); print(sys.executable)"],
		env: require_serving.installerEnvironment(processes.environment())
	}, { timeoutMs: 6e4 });
	const [version = "", executable = ""] = answer.stdout.split("\n");
	if (answer.code !== 0 || !/^3\.\d+\.\d+$/.test(version) || !executable.startsWith("/")) throw new require_run_action.ActionError({
		where: program,
		expected: "Python 3",
		seen: answer.code === 0 ? `version ${require_run_action.quote(version)}` : `exit code ${answer.code}: ${lastLine(answer.stderr)}`,
		fix: "Put actions/setup-python before this step."
	});
	return {
		python: executable,
		bin: (0, node_path().dirname)(executable),
		version
	};
}
/** Complete, and the Python that it stands on is still there. */
async function isComplete(folder) {
	try {
		await (0, node_fs_promises().access)((0, node_path().join)(folder, ".complete"));
		await (0, node_fs_promises().access)((0, node_path().join)(folder, "bin/python"));
		return true;
	} catch {
		return false;
	}
}
async function make(folder, python, requirements, processes, log) {
	await (0, node_fs_promises().rm)(folder, {
		recursive: true,
		force: true
	});
	await (0, node_fs_promises().mkdir)((0, node_path().dirname)(folder), { recursive: true });
	const env = require_serving.installerEnvironment(processes.environment());
	const from = performance.now();
	const wanted = requirements.split("\n").filter((line) => /^\s*[^#\s]/.test(line)).length;
	log.info(`Making a Python environment of ${wanted} requirements, once: later runs use it again.`);
	try {
		const venv = await processes.run({
			command: python,
			args: [
				"-m",
				"venv",
				folder
			],
			env
		}, {
			timeoutMs: INSTALL_MS,
			maxBytes: 1048576
		});
		if (venv.code !== 0) throw new require_run_action.ActionError({
			where: `${python} -m venv`,
			expected: "a virtual environment",
			seen: `exit code ${venv.code}: ${lastLine(venv.stdout + venv.stderr)}`,
			fix: "On Debian and Ubuntu it is a package of its own: python3-venv; actions/setup-python has it."
		});
		const file = (0, node_path().join)(folder, "requirements.txt");
		await (0, node_fs_promises().writeFile)(file, requirements);
		const pip = await processes.start({
			command: (0, node_path().join)(folder, "bin/python"),
			args: [
				"-m",
				"pip",
				"install",
				...[
					"--no-input",
					"--disable-pip-version-check",
					"--no-color",
					"--progress-bar",
					"off"
				],
				"--requirement",
				file
			],
			env: {
				...env,
				PYTHONUNBUFFERED: "1"
			},
			cwd: folder
		}, { onLine: (line) => take(line) });
		const lines = [];
		let collected = 0;
		function take(line) {
			lines.push(line);
			if (line.startsWith("Collecting ") && ++collected % 20 === 0) log.info(`pip: ${collected} packages found`);
			if (line.startsWith("Installing collected packages")) log.info("pip: installing what was found");
		}
		const timer = setTimeout(() => void pip.stop(0), INSTALL_MS);
		const { code, signal } = await pip.ended;
		clearTimeout(timer);
		if (code !== 0) {
			log.info(`The last lines of pip:\n${lines.slice(-20).join("\n")}`);
			const seen = lines.find((line) => line.startsWith("ERROR: ")) ?? lines.at(-1) ?? "no output";
			throw new require_run_action.ActionError({
				where: "pip install of the requirements",
				expected: "all of them installed",
				seen: `${code === null ? `signal ${signal}` : `exit code ${code}`}: ${require_run_action.quote(seen.trim(), 300)}`,
				fix: `Python is ${python}. pip's last lines stand in the log above; the line that it names is one of the requirements.`
			});
		}
		await (0, node_fs_promises().writeFile)((0, node_path().join)(folder, ".complete"), "");
		log.info(`The Python environment is ready after ${Math.round((performance.now() - from) / 1e3)} s.`);
	} catch (thrown) {
		await (0, node_fs_promises().rm)(folder, {
			recursive: true,
			force: true
		});
		throw thrown;
	}
}
const lastLine = (text) => require_run_action.quote(text.trim().split("\n").at(-1) ?? "", 300);
// src/main/seldon-deploy.ts
require_run_action.runAction(seldonDeploy, ({ inputs, run, log, signal }) => {
	const token = inputs["github-token"];
	const registry = require_registry.openRegistry({
		log,
		githubToken: token,
		actor: run.actor
	});
	const [processes, locks] = [require_process.localProcesses({ signal }), require_lock.fileLocks()];
	return {
		log,
		signal,
		clock: require_clock.systemClock(),
		workspace: require_workspace.localWorkspace(run),
		processes,
		archives: require_archive.tarArchives(),
		github: require_github.githubRest({
			run,
			token
		}),
		images: require_registry.imageStores({
			layout: require_registry.openLayout,
			registry
		}),
		http: httpClient(),
		pythons: pythons({
			processes,
			locks
		}),
		serving: require_serving.localServing({
			processes,
			locks
		})
	};
});
