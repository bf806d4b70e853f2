require("./chunks/rolldown-runtime.cjs");
const require_house = () => require("./chunks/house.cjs");
const require_names = () => require("./chunks/names.cjs");
const require_manifest = () => require("./chunks/manifest2.cjs");
const require_kubernetes = () => require("./chunks/kubernetes.cjs");
const require_permitted = () => require("./chunks/permitted.cjs");
const require_requirements_text = () => require("./chunks/requirements-text.cjs");
const require_smoke_request = () => require("./chunks/smoke-request.cjs");
const require_archive = () => require("./chunks/archive.cjs");
const require_github = () => require("./chunks/github.cjs");
const require_python = () => require("./chunks/python.cjs");
const require_registry = () => require("./chunks/registry.cjs");
const require_lock = () => require("./chunks/lock.cjs");
const require_process = () => require("./chunks/process.cjs");
const require_serving = () => require("./chunks/serving.cjs");
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
/** Of a Secret or ServiceAccount: RFC 1123, dots allowed. */
const OBJECT_NAME = {
	pattern: /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/,
	accepts: "lower-case letters, digits, - and ."
};
const inputs = {
	record: require_house().recordInput,
	name: require_house().text({
		description: "The deployment's name, which its URL holds. Left out, the manifest's, or the model's name in the record.",
		...require_names().deploymentName
	}),
	namespace: require_house().text({
		description: "The namespace, which the URL holds.",
		default: "default",
		...require_names().namespaceName
	}),
	target: require_house().oneOf$1(require_kubernetes().TARGETS, {
		description: "Where to serve. `seldon` is a SeldonDeployment in a cluster, `local` a process on this machine's loopback; the others need a later version of these actions.",
		default: "seldon"
	}),
	"smoke-request": require_house().parsed({
		description: "A request that the new version must answer: `body`, and if need be `path` and `expect` with `status`, `shape`, `values` and `tolerance`. Without `expect` the answer must hold a prediction for each row that was sent.",
		accepts: "YAML: `{path, body, expect}`",
		parse: async (value) => (await Promise.resolve().then(() => require("./chunks/smoke.cjs")).then((n) => n.smoke_exports)).parseSmokeRequest(value)
	}),
	kubeconfig: require_house().text({
		description: "Target seldon: how the cluster is reached, as YAML or its base64. Left out, the file that `KUBECONFIG` names, or `~/.kube/config`.",
		secret: true
	}),
	"wait-timeout": require_house().seconds({
		description: "How long a new version may take to answer. After that it is ended, and the one before goes on serving.",
		default: "5m",
		most: 3600
	}),
	"require-gate": require_house().flag({
		description: "Refuse to work unless the record's gate is passed. `false` deploys without one.",
		default: "true"
	}),
	image: require_house().parsed({
		description: "The image to serve, as build-model-image made it. Left out, the image of the record; without one, for target local the checkout and `model`.",
		accepts: "an image's name, or for target local `oci:<folder>`",
		parse: async (value) => (await Promise.resolve().then(() => require("./chunks/reference.cjs")).then((n) => n.reference_exports)).parseReference(value, "image")
	}),
	"model-uri": require_house().text({
		description: "Target seldon: where the model lies, for a prepackaged server or mounted at /mnt/models beside an image: `s3://…`, `gs://…`, `pvc://…`.",
		pattern: /^[a-z][a-z0-9+.-]*:[!-~]+$/,
		accepts: "a URI"
	}),
	implementation: require_house().text({
		description: "Target seldon: Seldon's prepackaged server, such as `SKLEARN_SERVER`. Left out with a model-uri and no image, the one of the record's flavor.",
		pattern: /^[A-Z][A-Z0-9_]*$/,
		accepts: "a server's name in capitals"
	}),
	parameters: require_house().parsed({
		description: "Target seldon: what the server or class is started with, as `name: value`.",
		accepts: "YAML: names and values",
		parse: async (value) => (await Promise.resolve().then(() => require("./chunks/given.cjs"))).parseParameters(value)
	}),
	replicas: require_house().integer({
		description: "How many servers answer requests: pods, or for target local workers (at most 8). Left out, 1, or what the manifest says.",
		least: 1,
		most: 1e3
	}),
	resources: require_house().parsed({
		description: "Target seldon: what the model's container asks for and may take.",
		accepts: "YAML: `{requests, limits}`",
		parse: async (value) => (await Promise.resolve().then(() => require("./chunks/given.cjs"))).parseResources(value)
	}),
	env: require_house().parsed({
		description: "Target seldon: variables of the model's container. No secrets: everyone who may read the object reads them.",
		accepts: "YAML: names and values",
		parse: async (value) => (await Promise.resolve().then(() => require("./chunks/given.cjs"))).parseTexts(value)
	}),
	annotations: require_house().parsed({
		description: "Target seldon: annotations of the spec, such as `seldon.io/rest-timeout`. They reach the pods, so a change restarts them.",
		accepts: "YAML: names and values",
		parse: async (value) => (await Promise.resolve().then(() => require("./chunks/given.cjs"))).parseTexts(value)
	}),
	"service-account": require_house().text({
		description: "Target seldon: the pods' ServiceAccount.",
		...OBJECT_NAME
	}),
	"storage-secret": require_house().text({
		description: "Target seldon: the Secret with rclone's keys (`RCLONE_CONFIG_…`), for a model-uri that needs them.",
		...OBJECT_NAME
	}),
	"image-pull-secret": require_house().text({
		description: "Target seldon: the Secret by which the image is pulled.",
		...OBJECT_NAME
	}),
	protocol: require_house().oneOf$1(require_manifest().PROTOCOLS, {
		description: "Target seldon: how the server is asked.",
		default: "seldon"
	}),
	engine: require_house().oneOf$1(require_manifest().ENGINES, {
		description: "Target seldon: whether Seldon's executor stands before the model. Without it a new version is ready in seconds and no connection is refused; `auto` leaves it out for an image of your own.",
		default: "auto"
	}),
	manifest: require_house().text({
		description: "Target seldon: a file with one SeldonDeployment, relative to the repository, in place of the one that would be built. `image` and `replicas` are put in where they are given.",
		pattern: RELATIVE,
		accepts: "a path below the repository"
	}),
	"kube-context": require_house().text({ description: "Target seldon: the kubeconfig's context. Left out, its current one." }),
	"allow-exec": require_house().lines({ description: "Target seldon: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin." }),
	"base-url": require_house().parsed({
		description: "Scheme, host and port before the deployment's path. Target seldon: the gateway's; left out, the API server's proxy is asked. Target local: `http://127.0.0.1:<port>`; left out, the port that was used before, or a free one.",
		accepts: "a URL without a path",
		parse: require_kubernetes().baseUrl
	}),
	"dry-run": require_house().oneOf$1([
		"false",
		"true",
		"client",
		"server",
		"diff"
	], {
		description: "Change nothing. `client` renders the manifest and asks no cluster, `diff` tells what would change, `server` has the cluster check it too; `true` is `server`. Target local knows `true` only.",
		default: "false"
	}),
	rollback: require_house().oneOf$1(["auto", "none"], {
		description: "Target seldon: what becomes of a new version that fails. `auto` puts back the last one that was proven, and removes a first one again.",
		default: "auto"
	}),
	"allow-older": require_house().flag({
		description: "Target seldon: deploy although a newer commit serves already.",
		default: "false"
	}),
	adopt: require_house().flag({
		description: "Target seldon: take over a SeldonDeployment that these actions have not made.",
		default: "false"
	}),
	model: require_house().text({
		description: "Target local: the model's file or folder, relative to the repository, to serve it with the checkout's code and without an image.",
		pattern: /^[^\u0000-\u001f\u007f\\]+$/,
		accepts: "a path"
	}),
	"model-class": require_house().text({
		description: "Target local: the class that serves the model. Left out, the one that the image names.",
		...require_names().modelClassName
	}),
	requirements: require_house().text({
		description: "Target local: a requirements file, relative to the working directory, for a Python environment that is made once and kept. Left out, the Python in PATH serves. Either must have seldon-core 1.17.1.",
		pattern: RELATIVE,
		accepts: "a path below the working directory"
	}),
	"outlive-job": require_house().flag({
		description: "Target local: keep serving after the job, on a runner of your own. Otherwise the runner ends what is served with the job.",
		default: "false"
	}),
	"working-directory": require_house().text({
		description: "Target local: where the code lies, relative to the repository. Left out, the repository itself.",
		pattern: RELATIVE,
		accepts: "a path below the repository"
	}),
	"github-token": require_house().text({
		description: "Fetches the record or the model's artifact, tells whether a commit is newer than the one that serves, and opens ghcr.io where docker is not logged in.",
		expression: "${{ github.token }}",
		secret: true
	})
};
/** Each is read for one target only: an input that would do nothing is refused. */
const OF_SELDON = [
	"kubeconfig",
	"kube-context",
	"model-uri",
	"implementation",
	"parameters",
	"resources",
	"env",
	"annotations",
	"service-account",
	"storage-secret",
	"image-pull-secret",
	"manifest"
];
const OF_LOCAL = [
	"model",
	"model-class",
	"requirements",
	"working-directory"
];
/** Serves a model, and is green only when the new version has answered. One that does not never gets traffic. */
const seldonDeploy = {
	id: "seldon-deploy",
	inputs,
	outputs: {
		operation: "`created`, `updated` or `unchanged`; `failed` when the new version was refused; `would-create`, `would-update` or `rendered` of a dry run",
		"prediction-url": "Where predictions are answered; empty where nothing is served",
		"deploy-id": "40 hex digits over all that makes this version: the rendered spec, or for target local model, code, class and requirements",
		"rolled-back": "`true` when the new version failed and the one before was put back and answers",
		manifest: "The SeldonDeployment as JSON, of `dry-run: client`; else empty",
		reason: "Why it was done or not, in one sentence",
		record: "The release record with the section `deployment`; empty without a record"
	},
	run: async (given, run, ports) => {
		refuseInputs(given, run);
		if (given.target === "local") await require_permitted().permit("try", run, ports, `${run.workspace}/${given["working-directory"] ?? ""}`);
		else if (given["dry-run"] === "false") await require_permitted().permit("deploy", run, ports);
		if (given.target === "seldon") {
			const { deployToCluster } = await Promise.resolve().then(() => require("./chunks/cluster-deploy.cjs"));
			return await deployToCluster({
				...given,
				namespace: given.namespace
			}, run, ports);
		}
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
	const record = await require_house().takeRecord(given.record, run, ports);
	require_house().requireGate(record, given["require-gate"]);
	const namespace = given.namespace;
	const name = given.name ?? nameOf(record);
	const below = given["working-directory"]?.replace(/^(?:\.\/)+|\/+$/g, "") ?? "";
	const folder = below === "" || below === "." ? run.workspace : `${run.workspace}/${below}`;
	const requirements = await require_requirements_text().requirementsText(given.requirements, folder, ports.workspace);
	const release = await releaseOf(given, record, folder, run, ports);
	const { deployId: digestVersion } = await Promise.resolve().then(() => require("./chunks/names.cjs")).then((n) => n.names_exports);
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
	const { doesAnswer } = await Promise.resolve().then(() => require("./chunks/local-deploy.cjs"));
	return await doesAnswer(state, deployId, orderOf(given), ports);
}
function refuseInputs(given, run) {
	const mistakes = [];
	if (given.target !== "local" && given.target !== "seldon") mistakes.push({
		where: `input "target"`,
		expected: "seldon or local, the targets of this version",
		seen: given.target
	});
	mistakes.push(...otherTargets(given));
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
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
}
/** Inputs that the chosen target does not read. */
function otherTargets(given) {
	const names = (given.target === "local" ? OF_SELDON : OF_LOCAL).filter((name) => given[name] !== void 0);
	const set = (name, is) => void (is && names.push(name));
	if (given.target === "local") {
		set("allow-exec", given["allow-exec"].length > 0);
		set("protocol", given.protocol !== "seldon");
		set("engine", given.engine !== "auto");
		set("rollback", given.rollback !== "auto");
		set("allow-older", given["allow-older"]);
		set("adopt", given.adopt);
	} else set("outlive-job", given["outlive-job"]);
	const mistakes = names.map((name) => ({
		where: `input "${name}"`,
		expected: `nothing with target: ${given.target}`,
		seen: "a value",
		fix: `It is read with target: ${given.target === "local" ? "seldon" : "local"} only.`
	}));
	if (given.target !== "local") return mistakes;
	if (!["false", "true"].includes(given["dry-run"])) mistakes.push({
		where: `input "dry-run"`,
		expected: "true or false with target: local",
		seen: given["dry-run"],
		fix: "There is no manifest to render or compare."
	});
	if ((given.replicas ?? 1) > 8) mistakes.push({
		where: `input "replicas"`,
		expected: "at most 8 with target: local",
		seen: `${given.replicas}`,
		fix: "Each worker holds the model."
	});
	const { "base-url": base } = given;
	if (base !== void 0 && (base.protocol !== "http:" || !["127.0.0.1", "localhost"].includes(base.hostname) || base.port === "")) mistakes.push({
		where: `input "base-url"`,
		expected: "http://127.0.0.1:<port>",
		seen: require_house().quote(base.origin),
		fix: "target local listens on loopback only."
	});
	return mistakes;
}
function nameOf(record) {
	const name = record?.model.name;
	if (name !== void 0 && require_names().deploymentName.pattern.test(name)) return name;
	return require_house().refuse({
		where: `input "name"`,
		expected: require_names().deploymentName.accepts,
		seen: name === void 0 ? "nothing, and no record that names the model" : `the record's ${require_house().quote(name)}`,
		fix: "Set the input name."
	});
}
async function releaseOf(given, record, folder, run, ports) {
	const { releaseOfCheckout, releaseOfImage } = await Promise.resolve().then(() => require("./chunks/release.cjs"));
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
	await require_smoke_request().keepRequest(body, run, ports.workspace).catch((thrown) => ports.log.warning(require_house().messageOf(thrown)));
}
async function serialised(record) {
	const { serialiseRecord } = await Promise.resolve().then(() => require("./chunks/house.cjs")).then((n) => n.record_exports);
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
		recordBefore: require_names().textDigest(before)
	};
	return await require_house().giveRecord({
		...record,
		deployment
	}, run, ports);
}
async function tell(done, facts, given, record) {
	const { codeSpan, escapeText } = await Promise.resolve().then(() => require("./chunks/house.cjs")).then((n) => n.escape_exports);
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
	const { predictionCurl } = await Promise.resolve().then(() => require("./chunks/curl.cjs"));
	const { codeBlock } = await Promise.resolve().then(() => require("./chunks/house.cjs")).then((n) => n.escape_exports);
	const body = given["smoke-request"]?.body;
	const curl = predictionCurl(url, body === void 0 ? void 0 : JSON.stringify(body));
	return curl === void 0 ? [] : ["", codeBlock(curl.command, "sh")];
}
const oneLine = (value) => value.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1e3);
const upperFirst = (value) => value.slice(0, 1).toUpperCase() + value.slice(1);
// src/adapters/compression.ts
/** gzip, as base64: letters, digits and a few signs, so that it fits wherever a text does. */
function gzipTexts() {
	return {
		pack: async (text) => {
			const { gzip } = await import("node:zlib");
			return await new Promise((resolve, reject) => {
				gzip(text, { level: 9 }, (error, packed) => error ? reject(error) : resolve(packed.toString("base64")));
			});
		},
		unpack: async (packed, { where, maxBytes }) => {
			const { gunzip } = await import("node:zlib");
			return await new Promise((resolve, reject) => {
				gunzip(Buffer.from(packed, "base64"), { maxOutputLength: maxBytes }, (error, text) => {
					if (error === null) resolve(text.toString("utf8"));
					else reject(new (require_house()).ActionError({
						where,
						expected: `a packed text of at most ${maxBytes} bytes`,
						seen: error.message
					}));
				});
			});
		}
	};
}
// src/main/seldon-deploy.ts
require_house().runAction(seldonDeploy, ({ inputs, run, log, signal }) => {
	const token = inputs["github-token"];
	const registry = require_registry().openRegistry({
		log,
		githubToken: token,
		actor: run.actor
	});
	const [processes, locks] = [require_process().localProcesses({ signal }), require_lock().fileLocks()];
	const [clock, workspace] = [require_house().systemClock(), require_house().localWorkspace(run)];
	return {
		log,
		signal,
		clock,
		workspace,
		processes,
		compression: gzipTexts(),
		kubernetes: require_kubernetes().kubernetes({
			log,
			clock,
			processes,
			workspace,
			run
		}),
		archives: require_archive().tarArchives(),
		github: require_github().githubRest({
			run,
			token
		}),
		images: require_registry().imageStores({
			layout: require_registry().openLayout,
			registry
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
