require("./rolldown-runtime.cjs");
let kept_require_seldon_deploy;
const require_seldon_deploy = () => kept_require_seldon_deploy ??= require("./seldon-deploy.cjs");
// src/actions/cluster-refusals.ts
/** Inputs of a version; a step that ends something takes what stands. */
const OF_A_VERSION = [
	"record",
	"image",
	"model-uri",
	"implementation",
	"parameters",
	"replicas",
	"autoscale",
	"contract",
	"resources",
	"env",
	"annotations",
	"service-account",
	"storage-secret",
	"image-pull-secret",
	"storage-credentials",
	"registry-credentials",
	"manifest",
	"graph",
	"traffic"
];
/** What of the inputs does not fit together for a cluster, every mistake at once. */
function refuseForCluster(given) {
	const mistakes = [];
	const wrong = (name, expected, seen, fix) => {
		mistakes.push({
			where: `input "${name}"`,
			expected,
			seen,
			...fix === void 0 ? {} : { fix }
		});
	};
	const { strategy, step } = given;
	for (const [named, credentials] of [["storage-secret", "storage-credentials"], ["image-pull-secret", "registry-credentials"]]) if (given[named] !== void 0 && given[credentials] !== void 0) wrong(credentials, `these, or a ${named} that is there`, "both");
	if (given.autoscale !== void 0 && given.replicas !== void 0) wrong("replicas", "a number of pods, or autoscale", "both");
	if (given.graph === void 0) {
		if (given.images.length > 0) wrong("images", "a graph, whose nodes they are for", "none");
	} else {
		for (const name of require_seldon_deploy().BESIDE_A_GRAPH) if (given[name] !== void 0) wrong(name, "nothing beside a graph", "a value", "Write it into the node.");
		if (given.engine === "none") wrong("engine", "auto or executor with a graph", "none", "Only it can route.");
	}
	if (strategy === "rolling") {
		if (step !== "start") wrong("step", "strategy canary or abtest beside it", "rolling");
		if (given.traffic !== void 0) wrong("traffic", "strategy canary or abtest beside it", "rolling", "A rolling update gives the new version all of it.");
	} else {
		if (given["dry-run"] === "client") wrong("dry-run", "false, diff or server with a strategy that needs what stands", "client");
		for (const name of step === "start" ? [] : OF_A_VERSION) if (given[name] !== void 0) wrong(name, `nothing with step: ${step}`, "a value", "It ends what stands, and takes no version of its own.");
	}
	return mistakes;
}
exports.refuseForCluster = refuseForCluster;
