require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_cluster_facts;
const require_cluster_facts = () => kept_require_cluster_facts ??= require("./cluster-facts.cjs");
let kept_require_cluster_proof;
const require_cluster_proof = () => kept_require_cluster_proof ??= require("./cluster-proof.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest3.cjs");
let kept_require_asking;
const require_asking = () => kept_require_asking ??= require("./asking.cjs");
// src/actions/cluster-scaling.ts
const PAUSE_MS = 500;
/**
* Waits until every component that is to be scaled by its load has its autoscaler, as it was asked for. A change of it restarts no
* pod and writes no status, so the object itself is the only sign.
* @throws ActionError when it is another at the deadline
*/
async function proveAutoscaling({ cluster, namespace }, { spec, applied, deployments, deadline }, { clock, log, signal }) {
	for (const [at, { componentSpecs = [] }] of spec.predictors.entries()) {
		const own = deployments.filter((each) => require_release().idOf(each) === applied.predictors[at].deployId);
		for (const [nth, { hpaSpec }] of componentSpecs.entries()) {
			if (hpaSpec === void 0 || hpaSpec === null) continue;
			const deployment = own.length === 1 ? own[0] : own.find(({ metadata }) => metadata.name.includes(`-${nth}-`));
			if (deployment === void 0) continue;
			const { name } = deployment.metadata;
			for (;;) {
				const found = await cluster.get(require_paths().pathOf("HorizontalPodAutoscaler", namespace, name));
				const difference = require_manifest().autoscalerDiffers(hpaSpec, name, found);
				if (difference === void 0) break;
				if (clock.elapsed() + PAUSE_MS >= deadline) require_house().refuse({
					where: `the autoscaler of ${namespace}/${name}`,
					...difference
				});
				await clock.sleep(PAUSE_MS, signal).catch(() => void 0);
				if (signal.aborted) throw signal.reason;
			}
			log.info(`The autoscaler of ${name} stands as asked`);
		}
	}
}
// src/actions/cluster-verdict.ts
/** The new version did not prove itself. */
var Failure = class extends Error {
	why;
	error;
	constructor(why, error) {
		super(error.message, { cause: error });
		this.why = why;
		this.error = error;
	}
};
async function prove(place, { spec, asked, routing, contract }, applied, deadline, order, ports) {
	const end = await require_asking().waitForRollout(place, applied, deadline, ports);
	if (end.verdict.kind !== "rolled-out") throw await failureOf(place, applied, end, ports);
	try {
		const proof = {
			applied,
			spec,
			facts: end.facts,
			smoke: order["smoke-request"],
			contract,
			base: usersAddress(order),
			deadline: Math.max(deadline, ports.clock.elapsed() + 1e4)
		};
		const { deployments } = end.facts;
		await proveAutoscaling(place, {
			spec,
			applied,
			deployments,
			deadline: proof.deadline
		}, ports);
		const prediction = await require_cluster_proof().proveInCluster(place, {
			...proof,
			asked
		}, ports);
		if (routing !== void 0) {
			const { smoke, base } = proof;
			const request = smoke === void 0 || base === void 0 ? async () => Promise.reject(/* @__PURE__ */ new Error("no address at which answers could be counted")) : require_cluster_proof().atUsersAddress(place, {
				smoke,
				base
			}, ports);
			await require_cluster_facts().proveShares(place, {
				routing,
				spec,
				request,
				deadline: proof.deadline
			}, ports);
		}
		return {
			addresses: require_cluster_proof().addressesOf(place, spec, order["base-url"], end.facts.sdep),
			prediction
		};
	} catch (thrown) {
		if (ports.signal.aborted || !(thrown instanceof require_house().ActionError)) throw thrown;
		await require_asking().explainFailure(place, applied, end.facts, void 0, ports);
		throw new Failure("answer", thrown);
	}
}
const usersAddress = (order) => order["base-url"] && {
	url: order["base-url"],
	headers: order["request-headers"] ?? {},
	ca: order.ca
};
async function failureOf(place, applied, { verdict, facts }, ports) {
	const [why, message, culprit] = verdict.kind === "failed" ? [
		verdict.why,
		verdict.message,
		verdict.culprit
	] : [
		"timeout",
		verdict.kind === "timeout" ? verdict.message : "",
		void 0
	];
	if (![
		"deleted",
		"replaced",
		"superseded"
	].includes(why)) await require_asking().explainFailure(place, applied, facts, culprit, ports);
	const state = facts.sdep?.status?.state;
	const fix = state === void 0 ? "Seldon has told no state: does its operator run, and watch this namespace?" : `Seldon's own state is ${state}, which does not tell.`;
	const error = {
		where: `the new version of ${require_cluster_facts().calledAt(place)}`,
		expected: WANTED[why],
		seen: message,
		fix
	};
	return new Failure(why, new (require_house()).ActionError(error));
}
const WANTED = {
	replaced: "the object that was applied",
	deleted: "the object that was applied",
	superseded: "to stay the last one that was applied",
	quota: "pods that the namespace allows",
	deadline: "to be rolled out in time",
	"doomed-pod": "pods that start",
	operator: "an operator that can roll it out",
	timeout: "to be rolled out in time",
	answer: "the right answer"
};
Object.defineProperty(exports, "Failure", {
	enumerable: true,
	get: function() {
		return Failure;
	}
});
Object.defineProperty(exports, "prove", {
	enumerable: true,
	get: function() {
		return prove;
	}
});
