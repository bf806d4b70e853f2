require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_reference;
const require_reference = () => kept_require_reference ??= require("./reference.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
// src/actions/cluster-namespace.ts
/**
* Makes the namespace where there is none. It is never removed again: others may have put something into it.
* @param dryRun says what would be done
* @returns whether it is there
* @throws ActionError when it is ending, or may not be made
*/
async function ensureNamespace(cluster, namespace, { dryRun }, { log }) {
	const path = require_paths().namespacePath(namespace);
	const found = await cluster.get(path).catch((thrown) => rightTo(thrown, "read"));
	if (found?.metadata.deletionTimestamp !== void 0) require_house().refuse({
		where: `namespace ${namespace}`,
		expected: "one that stays",
		seen: "one that is being deleted",
		fix: "Wait until it is gone, or take another."
	});
	if (found !== void 0) return true;
	if (dryRun) {
		log.info(`The namespace ${namespace} would be made.`);
		return false;
	}
	const object = {
		apiVersion: "v1",
		kind: "Namespace",
		metadata: {
			name: namespace,
			labels: { [require_release().MANAGED_BY]: require_release().MANAGER }
		}
	};
	if ((await cluster.apply(path, object).catch((thrown) => rightTo(thrown, "make"))).kind === "applied") log.info(`The namespace ${namespace} was made.`);
	return true;
}
function rightTo(thrown, what) {
	if (!(thrown instanceof require_house().ActionError) || !thrown.mistakes[0].seen.startsWith("403")) throw thrown;
	throw new (require_house()).ActionError({
		...thrown.mistakes[0],
		expected: `the right to ${what} namespaces, which create-namespace needs`,
		fix: "A ClusterRole gives it; or make the namespace once, and leave create-namespace out."
	}, { cause: thrown });
}
// src/actions/pulled-image.ts
/** What the cluster shall pull, of the input or the record. @throws ActionError for an image that it can not reach */
function imageInRegistry(image, record) {
	if (image !== void 0) {
		if (image.kind === "registry") return require_reference().formatReference(image);
		return require_house().refuse({
			where: `input "image"`,
			expected: "an image in a registry, which the cluster can pull",
			seen: "a layout on this machine"
		});
	}
	if (record?.image === void 0) return void 0;
	const { repository, digest } = record.image;
	if (!repository.startsWith("oci:")) return `${repository}@${digest}`;
	return require_house().refuse({
		where: `the record's image`,
		expected: "an image in a registry, which the cluster can pull",
		seen: repository,
		fix: "Give build-model-image the name of a registry's repository."
	});
}
// src/domain/rollout/changes.ts
const MOST_LINES = 200;
const LONGEST = 200;
/** What differs between two specs, a line each, in the order of their paths: `- spec.protocol: "v2"`, `+ spec.protocol: "seldon"`. */
function describeChanges(before, after) {
	const [from, to] = [leavesOf(before ?? {}, "spec"), leavesOf(after, "spec")];
	const lines = [];
	for (const path of [.../* @__PURE__ */ new Set([...from.keys(), ...to.keys()])].toSorted()) {
		const [old, now] = [from.get(path), to.get(path)];
		if (old === now) continue;
		if (old !== void 0) lines.push(`- ${path}: ${old}`);
		if (now !== void 0) lines.push(`+ ${path}: ${now}`);
	}
	return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `… and ${lines.length - MOST_LINES} more`];
}
/** Lists of named things are told by their names, so that one that is put in does not shift the others. */
function leavesOf(value, path, found = /* @__PURE__ */ new Map()) {
	if (Array.isArray(value) && value.length > 0) for (const [at, each] of value.entries()) leavesOf(each, `${path}[${nameOf(each) ?? at}]`, found);
	else if (value !== null && typeof value === "object" && Object.keys(value).length > 0) for (const [name, each] of Object.entries(value)) leavesOf(each, `${path}.${name}`, found);
	else {
		const text = JSON.stringify(value);
		found.set(path, text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
	}
	return found;
}
const nameOf = (value) => value !== null && typeof value === "object" && !Array.isArray(value) && typeof value.name === "string" ? value.name : void 0;
// src/actions/outcome-table.ts
/** Names and values of a job summary, a row each; what comes from outside is escaped already. */
const tableOf = (rows) => [
	"| | |",
	"|---|---|",
	...rows.map(([name, value]) => `| ${name} | ${value} |`),
	""
];
Object.defineProperty(exports, "describeChanges", {
	enumerable: true,
	get: function() {
		return describeChanges;
	}
});
Object.defineProperty(exports, "ensureNamespace", {
	enumerable: true,
	get: function() {
		return ensureNamespace;
	}
});
Object.defineProperty(exports, "imageInRegistry", {
	enumerable: true,
	get: function() {
		return imageInRegistry;
	}
});
Object.defineProperty(exports, "tableOf", {
	enumerable: true,
	get: function() {
		return tableOf;
	}
});
