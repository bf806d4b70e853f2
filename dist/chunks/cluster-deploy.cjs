require("./rolldown-runtime.cjs");
const require_house = () => require("./house.cjs");
const require_cluster_proof = () => require("./cluster-proof.cjs");
const require_paths = () => require("./paths.cjs");
const require_lint = () => require("./lint.cjs");
const require_manifest = () => require("./manifest2.cjs");
const require_yaml = () => require("./yaml.cjs");
const require_reference = () => require("./reference.cjs");
const require_names = () => require("./names.cjs");
const require_smoke_request = () => require("./smoke-request.cjs");
// src/actions/cluster-facts.ts
const pathAt = ({ namespace, name }) => require_paths().pathOf("SeldonDeployment", namespace, name);
const calledAt = ({ namespace, name }) => `${namespace}/${name}`;
/** All that decides, read before anything is changed; what the verdict will need is read too, so that a missing right is told now. */
async function observe(place, version, order, run, ports) {
	const { cluster, namespace, name } = place;
	const labels = require_cluster_proof().childrenOf(name);
	const [standing] = await Promise.all([
		cluster.get(pathAt(place)),
		readable(cluster, require_paths().pathOf("Deployment", namespace), labels),
		readable(cluster, require_paths().pathOf("Pod", namespace), labels)
	]);
	const release = await keptRelease(standing, require_cluster_proof().RELEASE_ANNOTATION, ports);
	const lastProven = await keptRelease(standing, require_cluster_proof().LAST_PROVEN_ANNOTATION, ports);
	const ancestry = await ancestryOf(release, shaOf(version, run), run, ports);
	const plan = require_cluster_proof().planDeploy({
		deployId: version.deployId,
		adopt: order.adopt,
		allowOlder: order["allow-older"]
	}, standing, ancestry);
	if (plan.operation === "refuse") {
		const { expected, seen, fix } = plan;
		require_house().refuse({
			where: `SeldonDeployment ${calledAt(place)}`,
			expected,
			seen,
			fix
		});
	}
	const provenId = standing?.metadata.annotations?.[require_cluster_proof().PROVEN_ANNOTATION];
	return {
		standing,
		plan,
		release,
		lastProven: release !== void 0 && release.deployId === provenId ? release : lastProven
	};
}
async function readable(cluster, path, labels) {
	try {
		await cluster.list(path, { labels });
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError) || !thrown.mistakes[0].seen.startsWith("403")) throw thrown;
		const [mistake] = thrown.mistakes;
		throw new (require_house()).ActionError({
			...mistake,
			expected: "the right to read Deployments and pods: without it success can not be proven"
		}, { cause: thrown });
	}
}
async function keptRelease(standing, annotation, { compression, log }) {
	const packed = standing?.metadata.annotations?.[annotation];
	if (packed === void 0) return void 0;
	try {
		return require_cluster_proof().readRelease(await compression.unpack(packed, {
			where: annotation,
			maxBytes: 1048576
		}), annotation);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(`The annotation ${annotation} can not be read, so nothing is rolled back to it: ${require_house().messageOf(thrown)}`);
		return;
	}
}
const shaOf = ({ record }, run) => record?.source.sha ?? run.sha;
/** How our commit stands to the one that serves, by GitHub's compare: a shallow checkout knows too little. */
async function ancestryOf(release, sha, run, { github, log }) {
	if (release === void 0 || release.sha === "" || sha === "") return "unknown";
	if (release.sha === sha && release.repository === run.repository) return "identical";
	if (release.repository !== run.repository) return "unknown";
	try {
		return await github.compare(release.sha, sha) ?? "unknown";
	} catch (thrown) {
		log.warning(`Whether this commit is newer than the one that serves can not be told: ${require_house().messageOf(thrown)}`);
		return "unknown";
	}
}
// src/domain/seldon/user-manifest.ts
const MAX_BYTES = 1048576;
/**
* Reads YAML or JSON with one SeldonDeployment, of any of the three API versions.
* @throws ActionError when there is none, or anything else beside it
*/
async function readUserManifest(text, where) {
	const documents = [];
	for (const part of text.split(/^---(?:[ \t].*)?$/m)) {
		const value = await require_yaml().parseYaml(part, {
			where,
			maxBytes: MAX_BYTES
		});
		if (isFields(value)) documents.push(value);
		else if (value !== null) require_house().refuse({
			where,
			expected: "Kubernetes objects",
			seen: "another document"
		});
	}
	const [document, ...more] = documents;
	if (document === void 0 || document.kind !== "SeldonDeployment" || more.length > 0) require_house().refuse({
		where,
		expected: "one SeldonDeployment",
		seen: documents.length === 0 ? "nothing" : documents.map(({ kind }) => typeof kind === "string" ? require_house().quote(kind, 40) : "an object without kind").join(", "),
		fix: "Apply what belongs beside it (Secrets, ServiceAccounts) in a step of its own."
	});
	const metadata = isFields(document.metadata) ? document.metadata : {};
	return {
		document,
		name: typeof metadata.name === "string" ? metadata.name : void 0,
		namespace: typeof metadata.namespace === "string" ? metadata.namespace : void 0,
		labels: texts(metadata.labels),
		annotations: texts(metadata.annotations)
	};
}
/**
* The manifest's spec with what is asked for put in: the image into the container of each predictor's first node, the
* replicas into each predictor. Fields that Seldon ignores are left out.
* @throws ActionError when there is no such container
*/
function substitute(document, { image, replicas }) {
	const { name: _name, oauth_key: _key, oauth_secret: _secret, ...spec } = isFields(document) && isFields(document.spec) ? document.spec : {};
	const predictors = (Array.isArray(spec.predictors) ? spec.predictors : []).map((predictor) => {
		if (!isFields(predictor)) return predictor;
		const replaced = image === void 0 ? predictor : withImage(predictor, image);
		return replicas === void 0 ? replaced : {
			...replaced,
			replicas
		};
	});
	return {
		...spec,
		predictors
	};
}
function withImage(predictor, image) {
	const node = isFields(predictor.graph) ? predictor.graph.name : void 0;
	let found = false;
	const componentSpecs = (Array.isArray(predictor.componentSpecs) ? predictor.componentSpecs : []).map((component) => {
		if (!isFields(component) || !isFields(component.spec) || !Array.isArray(component.spec.containers)) return component;
		const containers = component.spec.containers.map((container) => {
			if (!isFields(container) || container.name !== node) return container;
			found = true;
			return {
				...container,
				image
			};
		});
		return {
			...component,
			spec: {
				...component.spec,
				containers
			}
		};
	});
	if (found) return {
		...predictor,
		componentSpecs
	};
	throw new (require_house()).ActionError({
		where: `predictor ${require_house().quote(textOf(predictor.name))} of the manifest`,
		expected: `a container named ${require_house().quote(textOf(node))} for the image`,
		seen: "none",
		fix: "Name the container after the graph's node, or leave the image out."
	});
}
/** Checked for what could not be sent: the object as it will be, of the version that is stored. */
const asStored = (document, name) => isFields(document) ? {
	...document,
	apiVersion: require_manifest().API_VERSION,
	metadata: {
		...isFields(document.metadata) ? document.metadata : {},
		name
	}
} : document;
const isFields = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value);
const textOf = (value) => typeof value === "string" ? value : "";
function texts(value) {
	const found = {};
	for (const [name, each] of Object.entries(isFields(value) ? value : {})) if (typeof each === "string") found[name] = each;
	return found;
}
// src/actions/cluster-order.ts
/** Below what Kubernetes waits by itself (600 s), and below what we wait, so that it is Kubernetes that tells the stall. */
function progressDeadline(waitSeconds) {
	return Math.max(10, Math.min(600, waitSeconds - 10));
}
/**
* The SeldonDeployment that the inputs, the record or the user's manifest ask for, checked by every rule of Seldon's.
* @throws ActionError with every rule that the cluster would refuse it by
*/
async function wantedObject(asked, record, run, workspace) {
	const image = imageOf(asked, record);
	const wanted = asked.manifest === void 0 ? fromInputs(asked, image, record) : await fromManifest(asked, asked.manifest, image, record, run, workspace);
	const findings = require_lint().lintSeldonDeployment(wanted.document);
	const errors = findings.filter(({ level }) => level === "error");
	if (errors.length > 0) throw new (require_house()).ActionError(errors.map(({ level: _level, ...mistake }) => mistake));
	return {
		...wanted,
		findings
	};
}
function imageOf({ image, manifest, implementation, "model-uri": modelUri }, record) {
	if (image !== void 0) {
		if (image.kind === "registry") return require_reference().formatReference(image);
		return require_house().refuse({
			where: `input "image"`,
			expected: "an image in a registry, which the cluster can pull",
			seen: "a layout on this machine"
		});
	}
	if (record?.image === void 0 || implementation !== void 0 || modelUri !== void 0 && manifest === void 0) return void 0;
	const { repository, digest } = record.image;
	if (!repository.startsWith("oci:")) return `${repository}@${digest}`;
	return require_house().refuse({
		where: `the record's image`,
		expected: "an image in a registry, which the cluster can pull",
		seen: repository,
		fix: "Give build-model-image the name of a registry's repository."
	});
}
function fromInputs(asked, image, record) {
	const name = asked.name ?? nameOfRecord(record);
	const modelUri = asked["model-uri"] ?? (image === void 0 ? record?.artifact?.modelUri : void 0);
	const flavor = record?.model.flavor;
	const implementation = asked.implementation ?? (image === void 0 && modelUri !== void 0 && flavor !== void 0 ? require_manifest().serverOfFlavor(flavor) : void 0);
	const spec = require_manifest().buildSpec({
		image,
		modelUri,
		implementation,
		parameters: asked.parameters ?? [],
		replicas: asked.replicas ?? 1,
		resources: asked.resources,
		env: asked.env ?? {},
		serviceAccount: asked["service-account"],
		storageSecret: asked["storage-secret"],
		imagePullSecret: asked["image-pull-secret"],
		protocol: asked.protocol,
		engine: asked.engine,
		annotations: asked.annotations ?? {},
		progressDeadlineSeconds: progressDeadline(asked["wait-timeout"]),
		answersPing: asked.image === void 0 && record?.image !== void 0
	});
	return {
		name,
		spec,
		document: require_manifest().asJson(require_manifest().resourceOf({
			name,
			namespace: asked.namespace
		}, spec, {
			labels: {},
			annotations: {}
		})),
		labels: {},
		annotations: {},
		from: image ?? modelUri ?? ""
	};
}
async function fromManifest(asked, path, image, record, run, workspace) {
	const beside = [
		"model-uri",
		"implementation",
		"parameters",
		"resources",
		"env",
		"annotations",
		"service-account",
		"storage-secret",
		"image-pull-secret"
	].filter((each) => asked[each] !== void 0);
	if (beside.length > 0) require_house().refuse({
		where: `input "${beside[0]}"`,
		expected: "nothing beside a manifest but image, replicas, name and namespace",
		seen: beside.join(", "),
		fix: "Write it into the manifest."
	});
	const text = await workspace.readText(`${run.workspace}/${path}`, { maxBytes: 1048576 });
	if (text === void 0) require_house().refuse({
		where: `input "manifest"`,
		expected: `a file ${require_house().quote(path)}`,
		seen: "none"
	});
	const given = await readUserManifest(text, path);
	if (given.namespace !== void 0 && given.namespace !== asked.namespace) require_house().refuse({
		where: `input "namespace"`,
		expected: `the manifest's, ${require_house().quote(given.namespace)}`,
		seen: require_house().quote(asked.namespace)
	});
	const name = asked.name ?? given.name ?? nameOfRecord(record);
	const spec = substitute(given.document, {
		image,
		replicas: asked.replicas
	});
	return {
		name,
		spec,
		document: asStored({
			...given.document,
			spec: require_manifest().asJson(spec)
		}, name),
		labels: given.labels,
		annotations: given.annotations,
		from: path
	};
}
function nameOfRecord(record) {
	return record?.model.name ?? require_house().refuse({
		where: `input "name"`,
		expected: "a name",
		seen: "nothing, and no record that names the model",
		fix: "Set the input name."
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
const MOST_ANNOTATION_BYTES = 102400;
/** The one write: spec, release and record, fenced by the version that was read. */
async function write(place, version, first, order, run, ports) {
	let facts = first;
	for (let tried = 1;; tried++) {
		const { standing, plan, lastProven } = facts;
		const object = await objectOf(place, version, facts, run, ports);
		const fence = standing?.metadata.resourceVersion;
		const sent = fence === void 0 ? object : {
			...object,
			metadata: {
				...object.metadata,
				resourceVersion: fence
			}
		};
		const applying = await place.cluster.apply(pathAt(place), sent);
		switch (applying.kind) {
			case "conflict": throw conflictError(place, applying.with);
			case "stale":
				if (tried === 5) require_house().refuse({
					where: `SeldonDeployment ${calledAt(place)}`,
					expected: "to be left alone while it is written",
					seen: `5 other writes in a row`,
					fix: "Does another workflow deploy the same name? Give them one concurrency group."
				});
				ports.log.info(`${calledAt(place)} was changed meanwhile: read again`);
				facts = await observe(place, version, order, run, ports);
				continue;
			case "applied": {
				const { metadata } = applying.object;
				const applied = require_cluster_proof().appliedOf(version.spec, version.deployId, metadata);
				const untouched = standing !== void 0 && metadata.generation === standing.metadata.generation;
				const created = standing === void 0 && metadata.generation === 1;
				return {
					operation: created ? "created" : plan.operation === "unchanged" && untouched ? "unchanged" : "updated",
					applied,
					created,
					lastProven
				};
			}
		}
	}
}
async function objectOf(place, version, { plan, standing, lastProven }, run, ports) {
	const { wanted, spec, deployId, record } = version;
	const labels = {
		...wanted.labels,
		[require_cluster_proof().MANAGED_BY]: require_cluster_proof().MANAGER
	};
	const kept = standing?.metadata.annotations ?? {};
	if (plan.operation === "unchanged") {
		const ours = [
			require_cluster_proof().SPEC_ID_ANNOTATION,
			require_cluster_proof().RELEASE_ANNOTATION,
			require_cluster_proof().LAST_PROVEN_ANNOTATION
		].filter((each) => kept[each] !== void 0);
		const annotations = {
			...wanted.annotations,
			...Object.fromEntries(ours.map((each) => [each, kept[each]]))
		};
		return require_manifest().resourceOf(place, spec, {
			labels,
			annotations
		});
	}
	const release = {
		schema: 1,
		deployId,
		spec,
		repository: run.repository,
		sha: shaOf(version, run),
		runId: run.runId,
		...record === void 0 ? {} : { record: require_house().serialiseRecord(record) }
	};
	return require_manifest().resourceOf(place, spec, {
		labels,
		annotations: {
			...wanted.annotations,
			...await annotationsOf(release, lastProven, ports)
		}
	});
}
/** Both releases packed, with their records as far as there is room. */
async function annotationsOf(release, lastProven, { compression, log }) {
	const pack = async (each) => await compression.pack(JSON.stringify(each));
	const bare = ({ record: _record, ...rest }) => rest;
	const choices = [
		[release, lastProven],
		[release, lastProven && bare(lastProven)],
		[bare(release), lastProven && bare(lastProven)]
	];
	for (const [at, [ours, before]] of choices.entries()) {
		const annotations = {
			[require_cluster_proof().SPEC_ID_ANNOTATION]: release.deployId,
			[require_cluster_proof().RELEASE_ANNOTATION]: await pack(ours),
			...before === void 0 ? {} : { [require_cluster_proof().LAST_PROVEN_ANNOTATION]: await pack(before) }
		};
		if (Object.entries(annotations).reduce((sum, [name, value]) => sum + name.length + value.length, 0) <= MOST_ANNOTATION_BYTES) {
			if (at > 0) log.warning("The release record is too long to be kept in the cluster beside what it rolls back to: it is left out there.");
			return annotations;
		}
	}
	return require_house().refuse({
		where: "the SeldonDeployment",
		expected: `a spec that fits an annotation of ${MOST_ANNOTATION_BYTES} bytes`,
		seen: "a longer one"
	});
}
function conflictError(place, all) {
	return new (require_house()).ActionError(all.map(({ manager, field }) => ({
		where: `SeldonDeployment ${calledAt(place)}, ${field}`,
		expected: "a field of these actions",
		seen: `one that ${manager} owns`,
		fix: "spec.predictors is one list: two tools can not share it. Let one of them own it."
	})));
}
/** Marks the release as a rollback target, where it still is what stands there. */
async function markProven(place, deployId, { log }) {
	const at = (annotation) => `/metadata/annotations/${annotation.replaceAll("/", "~1")}`;
	if (!await place.cluster.patch(pathAt(place), [{
		op: "test",
		path: at("model-road/deploy-id"),
		value: deployId
	}, {
		op: "add",
		path: at("model-road/proven"),
		value: deployId
	}]).catch((thrown) => {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(require_house().messageOf(thrown));
		return false;
	})) log.warning(`${calledAt(place)} could not be marked as proven: a later failure will not roll back to this version.`);
}
// src/actions/cluster-outcome.ts
function tellFindings({ findings }, log) {
	for (const finding of findings) log.warning(require_house().sentence(finding));
}
const tableOf = (rows) => [
	"| | |",
	"|---|---|",
	...rows.map(([name, value]) => `| ${name} | ${value} |`),
	""
];
async function tellManifest(version, order, log) {
	const { wanted, spec, deployId } = version;
	const place = {
		name: wanted.name,
		namespace: order.namespace
	};
	const object = require_manifest().resourceOf(place, spec, {
		labels: {
			...wanted.labels,
			[require_cluster_proof().MANAGED_BY]: require_cluster_proof().MANAGER
		},
		annotations: {
			...wanted.annotations,
			[require_cluster_proof().SPEC_ID_ANNOTATION]: deployId
		}
	});
	const text = JSON.stringify(object, void 0, 2);
	await log.group(`The manifest of ${place.namespace}/${place.name}`, async () => Promise.resolve(log.info(text)));
	return {
		outputs: {
			...noOutputs(version),
			operation: "rendered",
			reason: "dry-run: client asks no cluster",
			manifest: JSON.stringify(object)
		},
		summary: [
			`### ${require_house().escapeText(`${place.namespace}/${place.name}`)}: rendered`,
			"",
			require_house().codeBlock(text, "json"),
			""
		].join("\n")
	};
}
async function tellDryRun(place, version, facts, order, ports) {
	const { plan, standing } = facts;
	const asksServer = order["dry-run"] === "server" || order["dry-run"] === "true";
	const changes = describeChanges(standing?.spec, version.spec);
	if (asksServer) {
		const object = await objectOf(place, version, facts, {
			repository: "",
			runId: "",
			sha: ""
		}, ports);
		const applying = await place.cluster.apply(pathAt(place), object, { dryRun: true });
		if (applying.kind === "conflict") throw conflictError(place, applying.with);
		ports.log.info("The cluster would take it.");
	}
	for (const change of changes) ports.log.info(change);
	const operation = plan.operation === "unchanged" ? "unchanged" : plan.operation === "create" ? "would-create" : "would-update";
	return {
		outputs: {
			...noOutputs(version),
			operation,
			reason: plan.reason
		},
		summary: [
			`### ${require_house().escapeText(calledAt(place))}: ${operation}`,
			"",
			`${require_house().escapeText(plan.reason)}.`,
			"",
			changes.length === 0 ? "Nothing in the spec changes." : require_house().codeBlock(changes.join("\n"), "text"),
			""
		].join("\n")
	};
}
const noOutputs = ({ deployId, record }) => ({
	"prediction-url": "",
	"deploy-id": deployId,
	"rolled-back": "false",
	record: record === void 0 ? "" : require_house().serialiseRecord(record)
});
async function tellDone(place, version, { plan }, done, order, run, ports) {
	const { record, deployId, wanted, spec } = version;
	const annotations = [];
	if (order["smoke-request"] === void 0) annotations.push({
		level: "warning",
		title: `${calledAt(place)}: no prediction was asked for`,
		message: "The new version is up, but nothing proved that it predicts. Give a smoke-request."
	});
	const given = record && await require_house().giveRecord(await withDeployment(record, place, done, spec), run, ports);
	return {
		outputs: {
			operation: done.operation,
			"prediction-url": done.url,
			"deploy-id": deployId,
			"rolled-back": "false",
			reason: plan.reason,
			record: given ?? ""
		},
		annotations,
		summary: [
			`### ${require_house().escapeText(calledAt(place))}: ${done.operation}`,
			"",
			`${require_house().escapeText(plan.reason)}. Proven after ${done.seconds.toFixed(1)} s.`,
			"",
			...tableOf([
				["Prediction URL", require_house().codeSpan(done.url)],
				["Deploy id", require_house().codeSpan(deployId)],
				["From", require_house().codeSpan(wanted.from)],
				["Engine", spec.predictors.some((each) => !require_manifest().withoutExecutor(each)) ? "with Seldon's executor" : "the model server itself, without Seldon's executor"],
				...done.prediction === void 0 ? [] : [["It predicted", require_house().codeSpan(done.prediction)]]
			])
		].join("\n")
	};
}
async function withDeployment(record, { namespace, name }, { operation, applied, url }, spec) {
	return {
		...record,
		deployment: {
			target: "seldon",
			namespace,
			name,
			predictor: spec.predictors[0].name,
			strategy: "rolling",
			deployId: applied.deployId,
			url,
			operation,
			recordBefore: require_names().textDigest(require_house().serialiseRecord(record))
		}
	};
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
async function prove(place, spec, applied, deadline, order, ports) {
	const end = await require_cluster_proof().waitForRollout(place, applied, deadline, ports);
	if (end.verdict.kind !== "rolled-out") throw await failureOf(place, applied, end, ports);
	try {
		const proof = {
			applied,
			spec,
			facts: end.facts,
			smoke: order["smoke-request"],
			base: order["base-url"],
			deadline: Math.max(deadline, ports.clock.elapsed() + 1e4)
		};
		const prediction = await require_cluster_proof().proveInCluster(place, proof, ports);
		return {
			url: require_cluster_proof().clusterUrl(place, spec, order["base-url"], end.facts.sdep),
			prediction
		};
	} catch (thrown) {
		if (ports.signal.aborted || !(thrown instanceof require_house().ActionError)) throw thrown;
		await require_cluster_proof().explainFailure(place, applied, end.facts, void 0, ports);
		throw new Failure("answer", thrown);
	}
}
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
	].includes(why)) await require_cluster_proof().explainFailure(place, applied, facts, culprit, ports);
	const state = facts.sdep?.status?.state;
	const fix = state === void 0 ? "Seldon has told no state: does its operator run, and watch this namespace?" : `Seldon's own state is ${state}, which does not tell.`;
	const error = {
		where: `the new version of ${calledAt(place)}`,
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
// src/actions/cluster-recovery.ts
const REMOVAL_MS = 6e4;
async function recover(place, version, written, failure, order, ports) {
	const { log } = ports;
	log.info(`The new version of ${calledAt(place)} failed: ${require_house().messageOf(failure)}`);
	const recovery = await log.group("Recovering", async () => recoveryOf(place, version, written, failure, order, ports));
	const told = tellRecovery(recovery);
	log.info(told);
	const text = `The new version of ${calledAt(place)} was refused. ${told}\n${failure.error.mistakes.map(require_house().sentence).join("\n")}`;
	const record = version.record === void 0 ? "" : require_house().serialiseRecord(version.record);
	return {
		outputs: {
			operation: "failed",
			"prediction-url": recovery.kind === "rolled-back" ? recovery.url : "",
			"deploy-id": version.deployId,
			"rolled-back": String(recovery.kind === "rolled-back"),
			reason: failure.message.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1e3),
			record
		},
		failure: text,
		summary: [
			`### ${require_house().escapeText(calledAt(place))}: failed`,
			"",
			require_house().escapeText(failure.message),
			"",
			require_house().escapeText(told),
			"",
			...tableOf([
				["Deploy id of the new version", require_house().codeSpan(version.deployId)],
				["From", require_house().codeSpan(version.wanted.from)],
				...recovery.kind === "rolled-back" ? [["Serving now", require_house().codeSpan(recovery.deployId)]] : []
			])
		].join("\n")
	};
}
async function recoveryOf(place, version, written, failure, order, ports) {
	if ([
		"replaced",
		"deleted",
		"superseded"
	].includes(failure.why)) return { kind: "foreign" };
	if (order.rollback === "none" || written.operation === "unchanged") return { kind: "kept" };
	try {
		if (written.created) return await removeFirst(place, written.applied.uid, ports) ? { kind: "removed" } : {
			kind: "degraded",
			why: "it is still being deleted"
		};
		const target = written.lastProven;
		if (target === void 0 || target.deployId === version.deployId) return { kind: "kept" };
		return await rollBack(place, version, target, order, ports);
	} catch (thrown) {
		if (ports.signal.aborted || !(thrown instanceof require_house().ActionError || thrown instanceof Failure)) throw thrown;
		return {
			kind: "degraded",
			why: require_house().messageOf(thrown)
		};
	}
}
async function removeFirst({ cluster, namespace, name }, uid, { clock, log, signal }) {
	const path = require_paths().pathOf("SeldonDeployment", namespace, name);
	await cluster.remove(path, uid);
	const deadline = clock.elapsed() + REMOVAL_MS;
	while ((await cluster.get(path))?.metadata.uid === uid) {
		if (clock.elapsed() > deadline) return false;
		log.debug("still there");
		await clock.sleep(1e3, signal);
	}
	return true;
}
async function rollBack(place, version, target, order, ports) {
	const { clock, log } = ports;
	log.info(`Putting ${target.deployId.slice(0, 12)} back (commit ${target.sha.slice(0, 12)})`);
	for (let tried = 1;; tried++) {
		const standing = await place.cluster.get(pathAt(place));
		if (standing?.metadata.annotations?.["model-road/deploy-id"] !== version.deployId) return { kind: "foreign" };
		const annotations = {
			...version.wanted.annotations,
			...await annotationsOf(target, target, ports)
		};
		const object = require_manifest().resourceOf(place, target.spec, {
			labels: {
				...version.wanted.labels,
				[require_cluster_proof().MANAGED_BY]: require_cluster_proof().MANAGER
			},
			annotations
		});
		const applying = await place.cluster.apply(pathAt(place), {
			...object,
			metadata: {
				...object.metadata,
				resourceVersion: standing.metadata.resourceVersion
			}
		});
		if (applying.kind === "conflict") throw conflictError(place, applying.with);
		if (applying.kind === "stale") {
			if (tried < 5) continue;
			return {
				kind: "degraded",
				why: "others write the object without a pause"
			};
		}
		const applied = require_cluster_proof().appliedOf(target.spec, target.deployId, applying.object.metadata);
		const deadline = clock.elapsed() + order["wait-timeout"] * 1e3;
		const { url } = await prove(place, target.spec, applied, deadline, {
			"smoke-request": void 0,
			"base-url": order["base-url"]
		}, ports);
		await markProven(place, target.deployId, ports);
		return {
			kind: "rolled-back",
			deployId: target.deployId,
			url
		};
	}
}
function tellRecovery(recovery) {
	switch (recovery.kind) {
		case "rolled-back": return `The version before (${recovery.deployId.slice(0, 12)}) was put back, and answers.`;
		case "removed": return "It was the first of its name and is removed again.";
		case "kept": return "It stays as it is: there is nothing proven to go back to, or rollback is off. Pods of an earlier version that still run go on serving.";
		case "foreign": return "Someone else has changed the SeldonDeployment meanwhile, so it is left alone.";
		case "degraded": return `Recovering failed too, so it needs a person: ${recovery.why}`;
	}
}
// src/actions/cluster-deploy.ts
/**
* Deploys a SeldonDeployment, and is green only when the new version has answered. What was proven before is put back when the
* new one fails; a first deploy that fails is removed, where this run has made it.
*/
async function deployToCluster(order, run, ports) {
	const record = await require_house().takeRecord(order.record, run, ports);
	require_house().requireGate(record, order["require-gate"]);
	const wanted = marked(await wantedObject(order, record, run, ports.workspace), order.marks);
	const { spec, deployId } = await require_cluster_proof().stampSpec(wanted.spec);
	const version = {
		wanted,
		spec,
		deployId,
		record
	};
	tellFindings(wanted, ports.log);
	if (order["dry-run"] === "client") return await tellManifest(version, order, ports.log);
	const cluster = await ports.kubernetes.connect({
		kubeconfig: order.kubeconfig,
		context: order["kube-context"],
		allowExec: order["allow-exec"]
	});
	try {
		return await deployAt({
			cluster,
			namespace: order.namespace,
			name: wanted.name
		}, version, order, run, ports);
	} finally {
		ports.log.debug(`${cluster.calls} calls to ${cluster.server}`);
		cluster.close();
	}
}
const marked = (wanted, marks) => marks === void 0 ? wanted : {
	...wanted,
	labels: {
		...wanted.labels,
		...marks.labels
	},
	annotations: {
		...wanted.annotations,
		...marks.annotations
	}
};
async function deployAt(place, version, order, run, ports) {
	const { log, clock } = ports;
	const facts = await observe(place, version, order, run, ports);
	log.info(`${calledAt(place)}: ${facts.plan.operation}, because ${facts.plan.reason}`);
	if (order["dry-run"] !== "false") return await tellDryRun(place, version, facts, order, ports);
	const { record, deployId } = version;
	await order.announce({
		record,
		target: "seldon",
		namespace: place.namespace,
		name: place.name,
		deployId
	});
	const from = clock.elapsed();
	const deadline = from + order["wait-timeout"] * 1e3;
	const written = await write(place, version, facts, order, run, ports);
	const { applied } = written;
	let failure;
	let proven;
	try {
		proven = await log.group(`Rolling out ${calledAt(place)} (${applied.deployId.slice(0, 12)})`, async () => prove(place, version.spec, applied, deadline, order, ports));
		await markProven(place, applied.deployId, ports);
	} catch (thrown) {
		if (!(thrown instanceof Failure)) throw thrown;
		failure = thrown;
	}
	if (failure !== void 0 || proven === void 0) return await recover(place, version, written, failure, order, ports);
	const seconds = (clock.elapsed() - from) / 1e3;
	const done = {
		operation: written.operation,
		applied,
		...proven,
		seconds
	};
	await keepSmoke(order["smoke-request"], run, ports);
	log.info(`${calledAt(place)} serves ${applied.deployId.slice(0, 12)} at ${proven.url} (${seconds.toFixed(1)} s)`);
	if (proven.prediction !== void 0) log.info(`It predicted ${proven.prediction}`);
	return await tellDone(place, version, facts, done, order, run, ports);
}
async function keepSmoke(smoke, run, { workspace, log }) {
	const { body = null, path } = smoke ?? {};
	if (path !== "/api/v1.0/predictions" || body === null || typeof body !== "object") return;
	await require_smoke_request().keepRequest(body, run, workspace).catch((thrown) => log.warning(require_house().messageOf(thrown)));
}
exports.deployToCluster = deployToCluster;
