const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_documents;
const require_documents = () => kept_require_documents ??= require("./documents.cjs");
let kept_require_training_answer;
const require_training_answer = () => kept_require_training_answer ??= require("./training-answer.cjs");
let kept_require_training;
const require_training = () => kept_require_training ??= require("./training.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_permitted;
const require_permitted = () => kept_require_permitted ??= require("./permitted.cjs");
let kept_require_settled;
const require_settled = () => kept_require_settled ??= require("./settled.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_training_output;
const require_training_output = () => kept_require_training_output ??= require("./training-output.cjs");
let kept_require_training_plan;
const require_training_plan = () => kept_require_training_plan ??= require("./training-plan.cjs");
let kept_require_workload_place;
const require_workload_place = () => kept_require_workload_place ??= require("./workload-place.cjs");
// src/actions/training-watch.ts
const TICK_MS = 500;
const SILENCE_MS = 3e4;
/** What the containers said last may come after the object's end. */
const DRAIN_MS = 1e4;
/** As many logs are followed at a time: each holds a connection. */
const MOST_FOLLOWED = 8;
/**
* Waits for the end of a training by its kind's own rule, and shows what its containers say meanwhile. A pod that can not start
* ends the wait: no rule of a kind tells that.
* @param deadline milliseconds on the clock that never jumps
* @throws what the signal says when the run is cancelled
*/
async function watchTraining(training, deadline, output, { log, clock, signal }) {
	const { cluster, document, namespace, path, uid, generation } = training;
	const { kind, metadata } = document;
	const from = clock.elapsed();
	const done = new AbortController();
	const following = AbortSignal.any([done.signal, signal]);
	const logs = new FollowedLogs(training, output, {
		log,
		clock,
		signal
	});
	const pods = new SeenPods();
	const applied = {
		kind,
		namespace,
		name: metadata.name,
		uid,
		generation
	};
	let object = false;
	let memory = require_settled().NOTHING_SEEN;
	let said = "";
	let end;
	const finish = (failure) => {
		end = { failure };
		done.abort();
	};
	const judge = () => {
		if (end !== void 0 || object === false) return;
		const judged = require_settled().judgeObjects([applied], [object], require_settled().NO_RULES, clock.elapsed(), memory);
		({memory} = judged);
		const { verdict } = judged;
		if (verdict.kind === "settled") return finish();
		if (verdict.kind === "failed") return finish(verdict.message);
		const doomed = pods.doomed(clock.elapsed());
		if (doomed !== void 0) return finish(doomed);
		const now = `${verdict.waitsFor}${pods.told()}`;
		if (now !== said) log.info(`${((clock.elapsed() - from) / 1e3).toFixed(1)} s  waiting for ${now}`);
		said = now;
	};
	const ticks = async () => {
		let lines = output.lines;
		let quietSince = clock.elapsed();
		while (!following.aborted && clock.elapsed() < deadline) {
			await clock.sleep(Math.min(TICK_MS, Math.max(1, deadline - clock.elapsed())), following).catch(() => void 0);
			judge();
			const now = clock.elapsed();
			if (output.lines !== lines) [lines, quietSince] = [output.lines, now];
			if (now - quietSince >= SILENCE_MS && end === void 0) {
				log.info(`The training is still running after ${Math.round((now - from) / 1e3)} s, and says nothing.`);
				quietSince = now;
			}
		}
		done.abort();
	};
	try {
		await Promise.all([
			ticks(),
			cluster.follow(path.slice(0, path.lastIndexOf("/")), {
				fields: `metadata.name=${metadata.name}`,
				signal: following
			}, ([found]) => {
				object = found && {
					...found,
					apiVersion: document.apiVersion,
					kind
				};
				judge();
			}),
			cluster.follow(podsPath(namespace), {
				labels: require_training().podsOf(document),
				signal: following
			}, (all) => {
				pods.take(all, clock.elapsed());
				logs.take(all);
				judge();
			})
		]);
		if (signal.aborted) throw signal.reason;
		const last = await cluster.list(podsPath(namespace), { labels: require_training().podsOf(document) });
		pods.take(last, clock.elapsed());
		logs.take(last);
		await logs.drain(end === void 0 ? 0 : DRAIN_MS);
	} finally {
		done.abort();
		logs.end();
	}
	const waited = Math.round((clock.elapsed() - from) / 1e3);
	const failure = end === void 0 ? `after ${waited} s it still runs: waiting for ${said || "the cluster"}` : end.failure;
	return {
		failure: failure === void 0 ? void 0 : `${failure}${pods.fallen()}`,
		object: object || void 0,
		words: pods.words()
	};
}
const podsPath = (namespace) => `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
/** What is known of a training's pods, also of those that are gone. */
var SeenPods = class {
	#pods = [];
	#words = /* @__PURE__ */ new Map();
	#fallen = /* @__PURE__ */ new Map();
	#doomedSince = /* @__PURE__ */ new Map();
	take(pods, now) {
		this.#pods = pods;
		const dooms = /* @__PURE__ */ new Map();
		for (const pod of pods) {
			const id = pod.metadata.uid ?? pod.metadata.name;
			for (const words of require_training_answer().lastWordsOf(pod)) this.#words.set(`${id}/${words.container}`, words);
			for (const { name, state } of pod.status?.containerStatuses ?? []) {
				const { exitCode = 0, reason = "", message = "" } = state?.terminated ?? {};
				if (exitCode === 0) continue;
				const why = message.trim().split("\n").at(-1).slice(0, 300);
				const code = `ended with code ${exitCode}${reason === "" || reason === "Error" ? "" : ` (${reason})`}`;
				this.#fallen.set(`${id}/${name}`, `container ${name} of pod ${pod.metadata.name} ${code}${why === "" ? "" : `: ${why}`}`);
			}
			const doom = require_release().doomOf(pod);
			if (doom !== void 0) dooms.set(`${id}/${doom.container}`, this.#doomedSince.get(`${id}/${doom.container}`) ?? now);
		}
		this.#doomedSince = dooms;
	}
	/** A container may fall over as often as its kind says: only what never starts is lost. */
	doomed(now) {
		for (const pod of this.#pods) {
			if (pod.metadata.deletionTimestamp !== void 0) continue;
			const doom = require_release().doomOf(pod);
			if (doom === void 0 || doom.logs !== "none") continue;
			if (now - (this.#doomedSince.get(`${pod.metadata.uid ?? pod.metadata.name}/${doom.container}`) ?? now) >= doom.graceMs) return doom.message;
		}
	}
	told() {
		const stuck = this.#pods.map(require_release().unschedulable).find((each) => each !== void 0);
		if (stuck !== void 0) return `; a pod has no place: ${stuck}`;
		const phases = /* @__PURE__ */ new Map();
		for (const { status } of this.#pods) {
			const phase = (status?.phase ?? "Pending").toLowerCase();
			phases.set(phase, (phases.get(phase) ?? 0) + 1);
		}
		const all = [...phases].map(([phase, many]) => `${many} ${phase}`).join(", ");
		return all === "" ? "" : `; pods: ${all}`;
	}
	fallen() {
		const [first] = this.#fallen.values();
		return first === void 0 ? "" : `; ${first}`;
	}
	words() {
		return [...this.#words.values()];
	}
};
/** The logs of a training's containers, each followed once from when it has started. */
var FollowedLogs = class {
	#training;
	#output;
	#ports;
	#ended = new AbortController();
	#followed = /* @__PURE__ */ new Map();
	/** One pod at a time: its lines need no name before them. */
	#alone;
	#open = 0;
	#toldMore = false;
	constructor(training, output, ports) {
		const { document } = training;
		const { parallelism = 1 } = document.spec ?? {};
		this.#alone = document.kind === "Job" && parallelism <= 1;
		this.#training = training;
		this.#output = output;
		this.#ports = ports;
	}
	take(pods) {
		for (const { metadata, status } of pods) {
			const own = status?.containerStatuses ?? [];
			for (const { name, state } of [...status?.initContainerStatuses ?? [], ...own]) {
				const key = `${metadata.uid ?? metadata.name}/${name}`;
				if (!(state?.running !== void 0 || state?.terminated !== void 0) || this.#followed.has(key)) continue;
				if (this.#open >= MOST_FOLLOWED) {
					if (!this.#toldMore) this.#ports.log.info(`Of ${MOST_FOLLOWED} containers the logs are shown at a time.`);
					this.#toldMore = true;
					continue;
				}
				const before = !this.#alone || own.length > 1 ? `[${metadata.name}${own.length > 1 ? `/${name}` : ""}] ` : "";
				this.#open++;
				this.#followed.set(key, this.#follow(metadata.name, name, before));
			}
		}
	}
	async #follow(pod, container, before) {
		const { cluster, namespace } = this.#training;
		const signal = AbortSignal.any([this.#ended.signal, this.#ports.signal]);
		try {
			await cluster.followLogs(namespace, pod, {
				container,
				signal
			}, (line) => this.#output.take(`${before}${line}`));
		} catch (thrown) {
			if (!(thrown instanceof require_house().ActionError)) throw thrown;
			this.#ports.log.warning(`The log of ${pod} can not be shown. ${require_house().messageOf(thrown)}`);
		} finally {
			this.#open--;
		}
	}
	async drain(milliseconds) {
		const { clock, signal } = this.#ports;
		const waiting = new AbortController();
		const over = clock.sleep(milliseconds, AbortSignal.any([waiting.signal, signal])).catch(() => void 0);
		await Promise.race([Promise.all(this.#followed.values()), over]);
		waiting.abort();
		this.#ended.abort();
		await Promise.all(this.#followed.values());
	}
	end() {
		this.#ended.abort();
	}
};
// src/actions/training-made.ts
var training_made_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ readMade: () => readMade });
const shape = require_house().object({
	path: require_house().string(),
	name: require_house().string({ most: 63 }),
	run: require_house().string({ most: 40 }),
	/** Absent until the cluster has answered. */
	uid: require_house().optional(require_house().string({ most: 100 }))
});
const fileOf = (planFile) => `${planFile.slice(0, planFile.lastIndexOf("/"))}/made.json`;
async function noteMade(planFile, made, workspace) {
	if (made === void 0) await workspace.remove(fileOf(planFile));
	else await workspace.write(fileOf(planFile), require_house().canonicalJson(made), { mode: 384 });
}
async function readMade(planFile, workspace) {
	const where = "the note of what the training made";
	const text = planFile === "" ? void 0 : await workspace.readText(fileOf(planFile), { maxBytes: 65536 });
	return text === void 0 ? void 0 : require_house().check(shape, require_house().parseJson(text, {
		where,
		maxBytes: 65536
	}), where);
}
/** Removes what the note names, if it is that: by its uid, or where none is known by the labels of this very run. */
async function removeMade(made, cluster) {
	const { path, name, run } = made;
	const uid = made.uid ?? await uidOfRun(path, name, run, cluster);
	return uid !== void 0 && await cluster.remove(path, uid);
}
async function uidOfRun(path, name, run, cluster) {
	const { uid, labels = {} } = (await cluster.get(path))?.metadata ?? {};
	return labels["model-road/training"] === name && labels["model-road/run"] === run ? uid : void 0;
}
const PAUSE_MS = 250;
/** Waits until an object that was removed is gone with its pods, so that a claim that they held is free. */
async function waitUntilGone({ cluster, namespace, path, uid, document }, limitMs, { clock, log }) {
	const until = clock.elapsed() + limitMs;
	for (;;) {
		const object = await cluster.get(path);
		const pods = await cluster.list(podsPath(namespace), { labels: require_training().podsOf(document) });
		if (object?.metadata.uid !== uid && pods.length === 0) return;
		if (clock.elapsed() + PAUSE_MS >= until) break;
		await clock.sleep(PAUSE_MS);
	}
	log.warning(`${require_documents().title(document)} is being deleted, and its pods are not gone after ${Math.round(limitMs / 1e3)} s.`);
}
/** @throws ActionError when something of that name is there, which is not of this attempt */
async function refuseTaken(path, document, cluster) {
	if (await cluster.get(path) === void 0) return;
	require_house().refuse({
		where: require_documents().title(document),
		expected: "a name that is free, since it is of this run and attempt",
		seen: "an object of that name",
		fix: "Does another step of this run train under the same name? Give each a name of its own."
	});
}
// src/actions/train-cluster.ts
/** What reaches the cluster; no command of the user's sees it. */
const clusterInputs = {
	"plan-file": require_house().requiredText({ description: "The output `plan-file` of the plan part." }),
	kubeconfig: require_house().text({
		description: "Backend cluster: how the cluster is reached, as YAML or its base64. Left out, the file that `KUBECONFIG` names, or `~/.kube/config`.",
		secret: true
	}),
	"kube-context": require_house().text({ description: "Backend cluster: the kubeconfig's context. Left out, its current one." }),
	"allow-exec": require_house().lines({ description: "Backend cluster: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin." })
};
const inputs = {
	...clusterInputs,
	namespace: require_house().text({
		description: "Backend cluster: where it trains. Left out, the namespace of the kubeconfig's context, or `default`.",
		...require_house().namespaceName
	}),
	"training-timeout": require_house().seconds({
		description: "Backend cluster: how long the training may take, with the time until its pods have a place.",
		default: "1h",
		most: 432e3
	}),
	"keep-training": require_house().oneOf$1([
		"never",
		"failed",
		"always"
	], {
		description: "Backend cluster: whether the object and its pods stay when the training has ended. While they stay, what they hold is not free. A cancelled run always deletes them.",
		default: "never"
	})
};
/** Pods are given seconds to end, and more where a node is slow. */
const GONE_MS = 6e4;
/** A cancelled step has 7.5 seconds before the runner asks again, and 2.5 more. */
const CANCELLED_GONE_MS = 4e3;
const trainCluster = {
	id: "train-cluster",
	inputs,
	outputs: {},
	run: async (asked, run, ports) => {
		const { workspace, kubernetes, clock, log } = ports;
		const planFile = asked["plan-file"];
		const plan = await require_training_plan().readPlan(planFile, workspace);
		await require_permitted().permit("push", run, ports);
		const cluster = await kubernetes.connect({
			kubeconfig: asked.kubeconfig,
			context: asked["kube-context"],
			allowExec: asked["allow-exec"]
		});
		try {
			const namespace = asked.namespace ?? cluster.namespace ?? "default";
			const timeoutMs = asked["training-timeout"] * 1e3;
			const document = await objectOf(plan, planFile, namespace, asked["training-timeout"], run, cluster, workspace);
			const output = new (require_training_output()).TrainingOutput(log);
			const [startedMs, began] = [Math.round(clock.now()), clock.elapsed()];
			const made = await make(document, planFile, namespace, run, cluster, workspace);
			log.info(`Training by ${require_documents().title(document)} in namespace ${namespace} of ${cluster.server}`);
			let kept = false;
			try {
				const end = await watchTraining(made, began + timeoutMs, output, ports);
				const { failure } = end;
				kept = asked["keep-training"] === "always" || asked["keep-training"] === "failed" && failure !== void 0;
				await workspace.write(require_training_plan().besidePlan(planFile).log, output.kept());
				if (failure !== void 0) throw failed(document, failure, kept);
				const where = require_documents().title(document);
				const answer = document.kind === "Workflow" && end.object !== void 0 ? require_training_answer().answerOfWorkflow(end.object, where) : require_training_answer().answerOfPods(end.words, where);
				refuseEmptyDigest(answer, where);
				const took = (clock.elapsed() - began) / 1e3;
				await require_training_plan().writeAnswer(planFile, {
					startedMs,
					seconds: took,
					code: 0
				}, answer, workspace);
				log.info(`Trained in ${took.toFixed(1)} s: ${answer.model.uri}, ${answer.model.digest.slice(0, 19)}…`);
			} finally {
				if (kept) await noteMade(planFile, void 0, workspace);
				else await takeAway(made, planFile, ports);
			}
			return { outputs: {} };
		} finally {
			cluster.close();
		}
	}
};
const failed = (document, seen, kept) => new (require_house()).ActionError({
	where: require_documents().title(document),
	expected: "a training that succeeds",
	seen,
	...kept ? {} : { fix: "Its log stands above; keep-training: failed leaves its pods to look at." }
});
/** A digest of nothing proves nothing. */
function refuseEmptyDigest({ model }, where) {
	if (model.digest === "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") require_house().refuse({
		where,
		expected: "the digest of a model",
		seen: "the sha256 of nothing"
	});
}
/** The object to be applied, under its own name; a template that it refers to must be what the fingerprint has seen. */
async function objectOf(plan, planFile, namespace, timeoutSeconds, run, cluster, workspace) {
	const { env, args = [] } = await require_training_plan().readCommandPlan(planFile, workspace);
	const { trainingManifest } = await Promise.resolve().then(() => require("./training-order.cjs")).then((n) => n.training_order_exports);
	const params = await workspace.readText(env.PARAMS_FILE ?? "", { maxBytes: 1048576 }) ?? "{}";
	const unique = require_training().trainingName(plan.name, run.runId, run.runAttempt);
	const given = await trainingManifest(plan, {
		unique,
		params: params.trim(),
		args,
		timeoutSeconds
	});
	const own = require_documents().namespaceOf(given);
	if (own !== void 0 && own !== namespace) require_house().refuse({
		where: require_documents().title(given),
		expected: `namespace ${namespace}, or none`,
		seen: `namespace ${own}`,
		fix: "Name it in the input namespace."
	});
	if (given.kind === "WorkflowTemplate") await requireTemplate(given, namespace, cluster);
	const environment = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("PARAM_")));
	return require_training().trainingObject(given, {
		name: unique,
		namespace,
		run: runLabel(run),
		annotations: {
			"model-road/repository": run.repository,
			"model-road/sha": run.sha,
			"model-road/fingerprint": plan.manifest.fingerprint
		}
	}, {
		source: plan.params,
		environment
	});
}
const runLabel = ({ runId, runAttempt }) => `${runId === "" ? "0" : runId}-${runAttempt}`;
/** The fingerprint is of the file; what runs is what the cluster holds. */
async function requireTemplate(given, namespace, cluster) {
	const placed = {
		...given,
		metadata: {
			...given.metadata,
			namespace
		}
	};
	const scope = (await require_workload_place().discover(cluster, [placed]))(placed) ?? refuseUnknown(placed);
	const there = await cluster.get(require_workload_place().documentPath(placed, scope));
	const fix = "Apply the file in a step before this one, or by what else looks after the cluster.";
	if (there === void 0) require_house().refuse({
		where: require_documents().title(given),
		expected: `the template in namespace ${namespace}`,
		seen: "none",
		fix
	});
	if (require_house().canonicalJson(there.spec ?? null) !== require_house().canonicalJson(given.spec ?? null)) require_house().refuse({
		where: require_documents().title(given),
		expected: "the cluster's to be that of training-manifest",
		seen: "another spec",
		fix
	});
}
const refuseUnknown = (document) => require_house().refuse({
	where: require_documents().title(document),
	expected: "a kind that the cluster knows",
	seen: `${document.apiVersion}, ${document.kind}`,
	fix: "Install its controller first, or mend the apiVersion."
});
async function make(document, planFile, namespace, run, cluster, workspace) {
	const scope = (await require_workload_place().discover(cluster, [document]))(document) ?? refuseUnknown(document);
	const path = require_workload_place().documentPath(document, scope);
	await refuseTaken(path, document, cluster);
	const note = {
		path,
		name: document.metadata.name,
		run: runLabel(run)
	};
	await noteMade(planFile, note, workspace);
	const applied = await cluster.apply(path, document);
	if (applied.kind !== "applied") require_house().refuse({
		where: require_documents().title(document),
		expected: "a name that is free",
		seen: "an object that another has made just now"
	});
	const { uid = "", generation = 0 } = applied.object.metadata;
	await noteMade(planFile, {
		...note,
		uid
	}, workspace);
	return {
		cluster,
		document,
		namespace,
		path,
		uid,
		generation
	};
}
/** Deletes the object that this step has made, with its pods, however the step ends. */
async function takeAway(made, planFile, { workspace, clock, log, signal }) {
	const { cluster, document, path, uid } = made;
	try {
		await cluster.remove(path, uid);
		log.info(`${signal.aborted ? "Cancelled: deleting" : "Deleting"} ${require_documents().title(document)} and its pods`);
		await waitUntilGone(made, signal.aborted ? CANCELLED_GONE_MS : GONE_MS, {
			clock,
			log
		});
		await noteMade(planFile, void 0, workspace);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(`${require_documents().title(document)} could not be deleted. ${thrown.message}`);
	}
}
/** For the end of the job: what a step that was killed has left. */
async function takeAwayLeft(planFile, cluster, { workspace, log }) {
	const { readMade } = await Promise.resolve().then(() => training_made_exports);
	const made = await readMade(planFile, workspace);
	if (made === void 0) return;
	const removed = await removeMade(made, cluster);
	log.info(removed ? `Deleted ${made.name}, which this run had left in the cluster.` : `${made.name} is gone already.`);
	await noteMade(planFile, void 0, workspace);
}
Object.defineProperty(exports, "clusterInputs", {
	enumerable: true,
	get: function() {
		return clusterInputs;
	}
});
Object.defineProperty(exports, "readMade", {
	enumerable: true,
	get: function() {
		return readMade;
	}
});
Object.defineProperty(exports, "takeAwayLeft", {
	enumerable: true,
	get: function() {
		return takeAwayLeft;
	}
});
Object.defineProperty(exports, "trainCluster", {
	enumerable: true,
	get: function() {
		return trainCluster;
	}
});
