require("./rolldown-runtime.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest3.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_cluster_proof;
const require_cluster_proof = () => kept_require_cluster_proof ??= require("./cluster-proof.cjs");
// src/actions/gate-cluster.ts
const MAX_RELEASE_BYTES = 1048576;
/** What an API server answers where nothing stands there: a word of its own, so short. */
const STATE = /^[A-Za-z]{1,32}$/;
/**
* What a SeldonDeployment serves: the release that was proven to answer last. One that was applied after it, and is not proven,
* does not count; the one before goes on serving, or is put back.
* @throws ActionError when something serves there of which no record is kept: a gate must not take that for nothing
*/
async function readServed({ cluster, namespace, name }, compression) {
	const where = `SeldonDeployment ${namespace}/${name} in the cluster`;
	const standing = await cluster.get(require_paths().pathOf("SeldonDeployment", namespace, name));
	if (standing === void 0) return { absent: `there is no SeldonDeployment ${namespace}/${name} in the cluster yet` };
	const { annotations = {}, managedFields = [] } = standing.metadata;
	const proven = annotations[require_release().PROVEN_ANNOTATION];
	const fix = "Deploy with the record of train and evaluate-gate, or name another baseline.";
	if (annotations["model-road/release"] === void 0) require_house().refuse({
		where,
		expected: "a release that seldon-deploy has written into it",
		seen: "none",
		fix
	});
	if (proven === void 0) return { absent: `no version of ${where} was proven to answer yet` };
	for (const annotation of [require_release().RELEASE_ANNOTATION, require_release().LAST_PROVEN_ANNOTATION]) {
		const packed = annotations[annotation];
		if (packed === void 0) continue;
		const kept = `the annotation ${annotation} of ${where}`;
		const text = await compression.unpack(packed, {
			where: kept,
			maxBytes: MAX_RELEASE_BYTES
		});
		const { deployId, record } = require_release().readRelease(text, kept);
		if (deployId !== proven) continue;
		if (record === void 0) require_house().refuse({
			where,
			expected: "a record beside the version that serves",
			seen: "none: it was deployed without one",
			fix
		});
		const ours = managedFields.find(({ manager, operation }) => manager === "model-road" && operation === "Apply");
		const state = standing.status?.state;
		return {
			record,
			at: ours?.time,
			state: STATE.test(state ?? "") ? state : void 0,
			where
		};
	}
	return require_house().refuse({
		where,
		expected: `the release that was proven (${proven.slice(0, 12)})`,
		seen: "other releases only",
		fix: "Deploy once more, so that object and proof fit, or name another baseline."
	});
}
/** Asks what serves through the API server, which needs no address of its own; `undefined` where nothing can be asked. */
async function askThrough({ cluster, namespace, name }) {
	const standing = await cluster.get(require_paths().pathOf("SeldonDeployment", namespace, name));
	const [predictor] = standing?.spec.predictors ?? [];
	if (standing === void 0 || predictor === void 0) return void 0;
	const { protocol = "seldon" } = standing.spec;
	if (protocol !== "seldon") require_house().refuse({
		where: `SeldonDeployment ${namespace}/${name}`,
		expected: "Seldon's own protocol, in which a golden set is asked",
		seen: protocol,
		fix: "Write what both models answer into predictions and baseline-predictions."
	});
	const service = require_cluster_proof().serviceOf(standing, name, predictor);
	if (service === void 0) return void 0;
	const path = require_paths().proxyPath("Service", namespace, service.name, service.port, require_manifest().predictionPath("seldon", predictor.graph.name));
	return async (body, options) => await cluster.through(path, {
		method: "POST",
		body,
		...options
	});
}
exports.askThrough = askThrough;
exports.readServed = readServed;
