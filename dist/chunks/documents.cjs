require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
// src/domain/kubernetes/documents.ts
const MOST_BYTES = 1048576;
const MOST_DOCUMENTS = 100;
const NAME = /^[a-z0-9]([a-z0-9.:-]{0,251}[a-z0-9])?$/;
/** Which of these actions' releases an object belongs to: by it what is no longer wanted is found again. */
const RELEASE_LABEL = "model-road/release";
/** The pod template of each kind that has one. */
const TEMPLATES = {
	Deployment: ["spec", "template"],
	StatefulSet: ["spec", "template"],
	DaemonSet: ["spec", "template"],
	ReplicaSet: ["spec", "template"],
	Job: ["spec", "template"],
	CronJob: [
		"spec",
		"jobTemplate",
		"spec",
		"template"
	],
	Rollout: ["spec", "template"]
};
/** What must be there before what: the others come last, in the order they were written. */
const ORDER = [
	"Namespace",
	"CustomResourceDefinition",
	"ResourceQuota",
	"LimitRange",
	"NetworkPolicy",
	"ServiceAccount",
	"Secret",
	"ConfigMap",
	"Role",
	"RoleBinding",
	"PersistentVolumeClaim",
	"Service"
];
/**
* Reads the objects of a YAML text of many documents; a `List` counts as its items.
* @throws ActionError with every document that is none
*/
async function readDocuments(text, where) {
	const found = [];
	const mistakes = [];
	const names = /* @__PURE__ */ new Set();
	const take = (value, at) => {
		if (isFields(value) && typeof value.kind === "string" && value.kind.endsWith("List") && Array.isArray(value.items)) {
			for (const [index, item] of value.items.entries()) take(item, `${at}, item ${index + 1}`);
			return;
		}
		const wrong = faultOf(value);
		if (wrong !== void 0) {
			mistakes.push({
				where: at,
				...wrong
			});
			return;
		}
		const document = value;
		const key = `${document.apiVersion}/${document.kind} ${namespaceOf(document) ?? ""}/${document.metadata.name}`;
		if (names.has(key)) mistakes.push({
			where: at,
			expected: "each object once",
			seen: `${title(document)} a second time`
		});
		names.add(key);
		found.push(document);
	};
	let line = 1;
	for (const part of text.replaceAll("\r\n", "\n").split(/^---(?:[ \t].*)?$/m)) {
		const at = `${where}, the document at line ${line}`;
		const value = await require_yaml().parseYaml(part, {
			where: at,
			maxBytes: MOST_BYTES
		});
		if (value !== null) take(value, at);
		line += part.split("\n").length - 1;
	}
	if (found.length === 0 && mistakes.length === 0) require_house().refuse({
		where,
		expected: "one Kubernetes object at least",
		seen: "none"
	});
	if (found.length > MOST_DOCUMENTS) require_house().refuse({
		where,
		expected: `at most ${MOST_DOCUMENTS} objects`,
		seen: `${found.length}`
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 20));
	return found;
}
function faultOf(value) {
	if (!isFields(value) || typeof value.apiVersion !== "string" || typeof value.kind !== "string") return {
		expected: "a Kubernetes object with apiVersion and kind",
		seen: "something else"
	};
	const metadata = isFields(value.metadata) ? value.metadata : {};
	if (typeof metadata.name === "string" && NAME.test(metadata.name)) return void 0;
	return {
		expected: `a metadata.name for the ${require_house().quote(value.kind)}: what gets a new name each time can not be updated`,
		seen: typeof metadata.generateName === "string" ? "a generateName" : "none"
	};
}
/**
* Puts every object that has one into the namespace of the deploy. An object that names another is refused: what a manifest
* says does not widen where a workflow may write.
* @throws ActionError when the cluster does not know a kind, or an object lies outside
*/
function placeDocuments(documents, namespace, scopeOf) {
	const mistakes = [];
	const placed = documents.map((document) => {
		const where = title(document);
		const scope = scopeOf(document);
		if (scope === void 0) {
			mistakes.push({
				where,
				expected: "a kind that the cluster knows",
				seen: require_house().quote(`${document.apiVersion}, ${document.kind}`),
				fix: "Install its definition first, or mend the apiVersion."
			});
			return document;
		}
		if (!scope.namespaced) {
			if (document.kind !== "Namespace" || document.metadata.name !== namespace) mistakes.push({
				where,
				expected: "objects of one namespace",
				seen: "one of the whole cluster",
				fix: "Let the cluster's own administration apply it, in a step of its own."
			});
			return document;
		}
		const own = namespaceOf(document);
		if (own !== void 0 && own !== namespace) mistakes.push({
			where,
			expected: `namespace ${namespace}, or none`,
			seen: `namespace ${require_house().quote(own)}`
		});
		return {
			...document,
			metadata: {
				...document.metadata,
				namespace
			}
		};
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 20));
	return placed.map((document, at) => ({
		document,
		at,
		rank: rankOf(document)
	})).toSorted((a, b) => a.rank - b.rank || a.at - b.at).map(({ document }) => document);
}
/**
* Puts the image where it belongs: into the container that is named, else into those that hold the same repository already,
* else into the only container that there is.
* @throws ActionError when that is not clear
*/
function withImage(documents, image, container) {
	const all = documents.flatMap((document) => containersOf(document));
	const repository = repositoryOf(image);
	const byName = all.filter(({ name }) => name === container);
	const byImage = all.filter((each) => repositoryOf(each.image) === repository);
	const chosen = container !== void 0 ? byName : byImage.length > 0 ? byImage : all.length === 1 ? all : [];
	if (chosen.length === 0) require_house().refuse({
		where: "the manifests",
		expected: container === void 0 ? `a container whose image is of ${repository}, or one container in all` : `a container named ${require_house().quote(container)}`,
		seen: all.length === 0 ? "no container" : all.map(({ name, image: has }) => `${name} (${has})`).join(", "),
		fix: "Write the image's repository into the manifest, or name the container with the input container."
	});
	const wanted = new Set(chosen.map(({ fields }) => fields));
	return documents.map((document) => mapContainers(document, (fields) => wanted.has(fields) ? {
		...fields,
		image
	} : fields));
}
/**
* Gives every object the release's label, and every pod template the digest of itself, which says later what its pods are of.
* @returns the objects, and one digest over all of them, 40 hex digits
*/
function stampDocuments(documents, release) {
	const stamped = documents.map((document) => {
		const path = TEMPLATES[document.kind];
		const labelled = change(document, ["metadata", "labels"], (labels) => ({
			...fieldsOf(labels),
			[RELEASE_LABEL]: release
		}));
		if (path === void 0) return labelled;
		const id = shortDigest(require_house().canonicalJson(at(labelled, path) ?? null));
		return change(labelled, [
			...path,
			"metadata",
			"labels"
		], (labels) => ({
			...fieldsOf(labels),
			[require_release().DEPLOY_ID_LABEL]: id
		}));
	});
	return {
		documents: stamped,
		deployId: shortDigest(require_house().canonicalJson({
			schema: 1,
			documents: stamped
		}))
	};
}
/** The deploy id in an object's pod template; `undefined` where it has none. */
function templateId(document) {
	const path = typeof document.kind === "string" ? TEMPLATES[document.kind] : void 0;
	const labels = path === void 0 ? void 0 : at(document, [
		...path,
		"metadata",
		"labels"
	]);
	const id = isFields(labels) ? labels[require_release().DEPLOY_ID_LABEL] : void 0;
	return typeof id === "string" ? id : void 0;
}
const title = ({ kind, metadata }) => `${kind} ${metadata.name}`;
const namespaceOf = ({ metadata }) => typeof metadata.namespace === "string" ? metadata.namespace : void 0;
function containersOf(document) {
	const found = [];
	mapContainers(document, (fields) => {
		const [name, image] = [fields.name, fields.image];
		found.push({
			name: typeof name === "string" ? name : "",
			image: typeof image === "string" ? image : "",
			fields
		});
		return fields;
	});
	return found;
}
function mapContainers(document, each) {
	const path = TEMPLATES[document.kind] ?? (document.kind === "Pod" ? [] : void 0);
	if (path === void 0) return document;
	return change(document, [
		...path,
		"spec",
		"containers"
	], (containers) => Array.isArray(containers) ? containers.map((one) => isFields(one) ? { ...each(one) } : one) : []);
}
/** The value at a path with another in its place; what is missing on the way is made. */
function change(value, [name, ...rest], to) {
	const fields = fieldsOf(value);
	return {
		...fields,
		[name]: rest.length === 0 ? to(fields[name]) : change(fields[name] ?? null, rest, to)
	};
}
function at(value, path) {
	let found = value;
	for (const name of path) found = isFields(found) ? found[name] : void 0;
	return found;
}
/** `ghcr.io/acme/score:1.2@sha256:…` → `ghcr.io/acme/score` */
const repositoryOf = (image) => image.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
function rankOf({ kind }) {
	const rank = ORDER.indexOf(kind);
	return rank < 0 ? ORDER.length : rank;
}
const shortDigest = (text) => require_house().textDigest(text).slice(7, 47);
const isFields = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const fieldsOf = (value) => isFields(value) ? value : {};
Object.defineProperty(exports, "RELEASE_LABEL", {
	enumerable: true,
	get: function() {
		return RELEASE_LABEL;
	}
});
Object.defineProperty(exports, "namespaceOf", {
	enumerable: true,
	get: function() {
		return namespaceOf;
	}
});
Object.defineProperty(exports, "placeDocuments", {
	enumerable: true,
	get: function() {
		return placeDocuments;
	}
});
Object.defineProperty(exports, "readDocuments", {
	enumerable: true,
	get: function() {
		return readDocuments;
	}
});
Object.defineProperty(exports, "stampDocuments", {
	enumerable: true,
	get: function() {
		return stampDocuments;
	}
});
Object.defineProperty(exports, "templateId", {
	enumerable: true,
	get: function() {
		return templateId;
	}
});
Object.defineProperty(exports, "title", {
	enumerable: true,
	get: function() {
		return title;
	}
});
Object.defineProperty(exports, "withImage", {
	enumerable: true,
	get: function() {
		return withImage;
	}
});
