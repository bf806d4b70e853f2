require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_secrets;
const require_secrets = () => kept_require_secrets ??= require("./secrets.cjs");
let kept_require_cluster_facts;
const require_cluster_facts = () => kept_require_cluster_facts ??= require("./cluster-facts.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_gateway;
const require_gateway = () => kept_require_gateway ??= require("./gateway.cjs");
let kept_require_outcome_table;
const require_outcome_table = () => kept_require_outcome_table ??= require("./outcome-table.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest3.cjs");
let kept_require_resource;
const require_resource = () => kept_require_resource ??= require("./resource.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_cluster_write;
const require_cluster_write = () => kept_require_cluster_write ??= require("./cluster-write.cjs");
let kept_require_cluster_verdict;
const require_cluster_verdict = () => kept_require_cluster_verdict ??= require("./cluster-verdict.cjs");
let kept_require_smoke_request;
const require_smoke_request = () => kept_require_smoke_request ??= require("./smoke-request.cjs");
// src/actions/cluster-beside.ts
/**
* Applies what a user's manifest holds beside the SeldonDeployment, before it: the pods need it. It stays when the deployment
* fails or goes, as it may hold data or serve others.
* @throws ActionError when the cluster refuses one, or another tool owns its fields
*/
async function applyBeside({ cluster, namespace }, beside, { dryRun }, { log }) {
	for (const { kind, name, document } of beside) {
		const object = {
			...document,
			metadata: {
				...document.metadata,
				namespace
			}
		};
		const applying = await cluster.apply(require_paths().pathOf(kind, namespace, name), object, { dryRun });
		if (applying.kind === "applied") {
			log.info(`${kind} ${namespace}/${name}: ${dryRun ? "would be applied" : "applied"}`);
			continue;
		}
		const where = `${kind} ${namespace}/${name}`;
		throw new (require_house()).ActionError(applying.kind === "stale" ? {
			where,
			expected: "an object without a resourceVersion",
			seen: "one that has changed since"
		} : applying.with.map(({ manager, field }) => ({
			where: `${where}, ${field}`,
			expected: "a field of these actions",
			seen: `one that ${manager} owns`
		})));
	}
}
// src/actions/cluster-gateway.ts
/**
* Where users reach what is served, when the gateway is named and no base-url is given.
* @returns `undefined` where no gateway is named
* @throws ActionError when its Service is not there, or has no address yet
*/
async function gatewayUrl(cluster, { kind, service }) {
	if (service === void 0) return void 0;
	const called = `the Service ${service.namespace}/${service.name} of ${kind}`;
	let found;
	try {
		found = await cluster.get(require_paths().pathOf("Service", service.namespace, service.name));
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError) || !thrown.mistakes[0].seen.startsWith("403")) throw thrown;
		throw new (require_house()).ActionError({
			...thrown.mistakes[0],
			expected: `the right to read ${called}`,
			fix: "Give the gateway's address as base-url, which needs no right there."
		}, { cause: thrown });
	}
	const address = found === void 0 ? { missing: "none" } : require_gateway().addressOf(found);
	if ("url" in address) return new URL(address.url);
	return require_house().refuse({
		where: `input "gateway"`,
		expected: `${called} with a host name or an address`,
		seen: address.missing,
		fix: "Name another as gateway: <kind>:<namespace>/<service>, or give base-url."
	});
}
// src/domain/seldon/user-manifest.ts
const MAX_BYTES = 1048576;
/** What may stand beside a SeldonDeployment: what its pods read, mount or run as. */
const BESIDE = [
	"ServiceAccount",
	"Secret",
	"ConfigMap",
	"PersistentVolumeClaim"
];
const OBJECT_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
/**
* Reads YAML or JSON, of one document or many, with one SeldonDeployment of any of the three API versions.
* @throws ActionError when there is none, or something beside it that is not of its pods
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
	const [document, ...more] = documents.filter(({ kind }) => kind === require_resource().KIND);
	const others = documents.filter(({ kind }) => kind !== require_resource().KIND);
	const foreign = others.filter((each) => !BESIDE.some((kind) => kind === each.kind && each.apiVersion === "v1"));
	if (document === void 0 || more.length > 0 || foreign.length > 0) require_house().refuse({
		where,
		expected: `one SeldonDeployment, and beside it ${BESIDE.join(", ")} of v1`,
		seen: documents.length === 0 ? "nothing" : documents.map(kindOf).join(", "),
		fix: "Deploy each SeldonDeployment in a step of its own; other kinds are for target: kubernetes, or a step before."
	});
	const metadata = metadataOf(document);
	const namespace = typeof metadata.namespace === "string" ? metadata.namespace : void 0;
	return {
		document,
		name: typeof metadata.name === "string" ? metadata.name : void 0,
		namespace,
		labels: texts(metadata.labels),
		annotations: texts(metadata.annotations),
		beside: others.map((each) => besideOf(each, namespace, where))
	};
}
function besideOf(document, namespace, where) {
	const metadata = metadataOf(document);
	const { name } = metadata;
	if (typeof name !== "string" || !OBJECT_NAME.test(name)) require_house().refuse({
		where: `${where}, ${kindOf(document)}`,
		expected: "a name",
		seen: require_house().quote(textOf(name))
	});
	if (metadata.namespace !== void 0 && metadata.namespace !== namespace) {
		const expected = namespace === void 0 ? "no namespace, as the SeldonDeployment" : `namespace ${require_house().quote(namespace)}`;
		require_house().refuse({
			where: `${where}, ${kindOf(document)} ${require_house().quote(name)}`,
			expected,
			seen: require_house().quote(textOf(metadata.namespace))
		});
	}
	return {
		kind: document.kind,
		name,
		document
	};
}
const kindOf = ({ kind }) => typeof kind === "string" ? require_house().quote(kind, 40) : "an object without kind";
const metadataOf = ({ metadata }) => isFields(metadata) ? metadata : {};
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
	apiVersion: require_resource().API_VERSION,
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
async function wantedObject(asked, record, run, workspace, graph) {
	const image = graph === void 0 ? imageOf(asked, record) : void 0;
	const wanted = graph !== void 0 ? fromGraph(asked, graph, record) : asked.manifest === void 0 ? fromInputs(asked, image, record) : await fromManifest(asked, asked.manifest, image, record, run, workspace);
	const findings = require_manifest().lintSeldonDeployment(wanted.document);
	const errors = findings.filter(({ level }) => level === "error");
	if (errors.length > 0) throw new (require_house()).ActionError(errors.map(({ level: _level, ...mistake }) => mistake));
	return {
		...wanted,
		findings
	};
}
/** What a step that only ends something asks for: a name. @throws ActionError */
function nothingWanted({ name }) {
	if (name === void 0) require_house().refuse({
		where: `input "name"`,
		expected: "the name of what is to be ended",
		seen: "nothing",
		fix: "Set the input name."
	});
	return {
		name,
		spec: void 0,
		labels: {},
		annotations: {},
		from: "the version that stands there",
		findings: [],
		beside: []
	};
}
function imageOf({ image, manifest, implementation, "model-uri": modelUri }, record) {
	return require_outcome_table().imageInRegistry(image, implementation !== void 0 || modelUri !== void 0 && manifest === void 0 ? void 0 : record);
}
function fromInputs(asked, image, record) {
	const name = asked.name ?? nameOfRecord(record);
	const modelUri = asked["model-uri"] ?? (image === void 0 ? record?.artifact?.modelUri : void 0);
	const flavor = record?.model.flavor;
	const implementation = asked.implementation ?? (image === void 0 && modelUri !== void 0 && flavor !== void 0 ? require_manifest().serverOfFlavor(flavor) : void 0);
	refuseCredentials(asked, image, modelUri === void 0 ? [] : [modelUri]);
	const spec = require_manifest().buildSpec({
		...orderOf(asked, name),
		image,
		modelUri,
		implementation,
		parameters: asked.parameters ?? [],
		engine: asked.engine,
		answersPing: asked.image === void 0 && record?.image !== void 0
	});
	return {
		name,
		spec,
		document: require_resource().asJson(require_manifest().resourceOf({
			name,
			namespace: asked.namespace
		}, spec, {
			labels: {},
			annotations: {}
		})),
		labels: {},
		annotations: {},
		from: image ?? modelUri ?? "",
		beside: []
	};
}
function fromGraph(asked, graph, record) {
	const name = asked.name ?? nameOfRecord(record);
	const parts = require_manifest().flatten(graph);
	const uris = parts.flatMap(({ modelUri }) => modelUri ?? []);
	refuseCredentials(asked, parts.find(({ image }) => image !== void 0)?.image, uris);
	const spec = require_manifest().buildGraphSpec(graph, orderOf(asked, name));
	return {
		name,
		spec,
		document: require_resource().asJson(require_manifest().resourceOf({
			name,
			namespace: asked.namespace
		}, spec, {
			labels: {},
			annotations: {}
		})),
		labels: {},
		annotations: {},
		from: `a graph of ${parts.map((part) => part.name).join(", ")}`,
		beside: []
	};
}
/** What of the inputs is about the whole deployment. */
function orderOf(asked, name) {
	if (asked.autoscale !== void 0) require_manifest().requireRequests(asked.autoscale, asked.resources);
	return {
		replicas: asked.replicas ?? 1,
		autoscale: asked.autoscale,
		resources: asked.resources,
		env: asked.env ?? {},
		serviceAccount: asked["service-account"],
		storageSecret: asked["storage-credentials"] === void 0 ? asked["storage-secret"] : require_secrets().storageSecretName(name),
		imagePullSecret: asked["registry-credentials"] === void 0 ? asked["image-pull-secret"] : require_secrets().registrySecretName(name),
		protocol: asked.protocol,
		annotations: asked.annotations ?? {},
		progressDeadlineSeconds: progressDeadline(asked["wait-timeout"])
	};
}
/** Credentials that nothing would use, or of another store. */
function refuseCredentials(asked, image, modelUris) {
	const { "storage-credentials": storage, "registry-credentials": registry } = asked;
	if (registry !== void 0 && image === void 0) require_house().refuse({
		where: `input "registry-credentials"`,
		expected: "an image that they pull",
		seen: "none"
	});
	if (storage === void 0) return;
	if (modelUris.some((uri) => uri.startsWith(`${storage.scheme}:`))) return;
	require_house().refuse({
		where: `input "storage-credentials"`,
		expected: `a model-uri that starts with ${storage.scheme}://`,
		seen: modelUris.length === 0 ? "none" : modelUris.map((uri) => require_house().quote(uri)).join(", "),
		fix: "rclone takes a URI's scheme for the name of its remote."
	});
}
async function fromManifest(asked, path, image, record, run, workspace) {
	const beside = [
		"model-uri",
		"implementation",
		"parameters",
		"autoscale",
		"resources",
		"env",
		"annotations",
		"service-account",
		"storage-secret",
		"image-pull-secret",
		"storage-credentials",
		"registry-credentials"
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
			spec: require_resource().asJson(spec)
		}, name),
		labels: given.labels,
		annotations: given.annotations,
		from: path,
		beside: given.beside
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
// src/actions/cluster-outcome.ts
function tellFindings({ findings }, log) {
	for (const finding of findings) log.warning(require_house().sentence(finding));
}
async function tellManifest({ wanted, record }, order, log) {
	const { spec, deployId } = await require_release().stampSpec(wanted.spec);
	const place = {
		name: wanted.name,
		namespace: order.namespace
	};
	const object = require_manifest().resourceOf(place, spec, {
		labels: {
			...wanted.labels,
			[require_release().MANAGED_BY]: require_release().MANAGER
		},
		annotations: {
			...wanted.annotations,
			[require_release().SPEC_ID_ANNOTATION]: deployId
		}
	});
	const text = JSON.stringify(object, void 0, 2);
	await log.group(`The manifest of ${place.namespace}/${place.name}`, async () => Promise.resolve(log.info(text)));
	return {
		outputs: {
			...noOutputs({
				deployId,
				record
			}),
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
async function tellDryRun(place, facts, order, ports) {
	const { plan, standing, version } = facts;
	const asksServer = order["dry-run"] === "server" || order["dry-run"] === "true";
	const changes = require_outcome_table().describeChanges(standing?.spec, version.spec);
	if (asksServer) {
		const object = await require_cluster_write().objectOf(place, facts, ports);
		const applying = await place.cluster.apply(require_cluster_facts().pathAt(place), object, { dryRun: true });
		if (applying.kind === "conflict") throw require_cluster_write().conflictError(place, applying.with);
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
			`### ${require_house().escapeText(require_cluster_facts().calledAt(place))}: ${operation}`,
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
	if (order["smoke-request"] === void 0 && order.contract === void 0) annotations.push({
		level: "warning",
		title: `${require_cluster_facts().calledAt(place)}: no prediction was asked for`,
		message: "The new version is up, but nothing proved that it predicts. Give a smoke-request."
	});
	const given = record && await require_house().giveRecord(await withDeployment(record, place, done, version, order), run, ports);
	return {
		outputs: {
			operation: done.operation,
			"prediction-url": done.addresses.prediction,
			"grpc-endpoint": done.addresses.grpc,
			"docs-url": done.addresses.docs,
			"deploy-id": deployId,
			"rolled-back": "false",
			reason: plan.reason,
			record: given ?? ""
		},
		annotations,
		summary: [
			`### ${require_house().escapeText(require_cluster_facts().calledAt(place))}: ${done.operation}`,
			"",
			`${require_house().escapeText(plan.reason)}. Proven after ${done.seconds.toFixed(1)} s.`,
			"",
			...require_outcome_table().tableOf([
				["Prediction URL", require_house().codeSpan(done.addresses.prediction)],
				...done.addresses.grpc === "" ? [] : [["gRPC", require_house().codeSpan(done.addresses.grpc)]],
				["Documentation", done.addresses.docs === "" ? require_house().escapeText(`none: ${done.addresses.why ?? "not known yet"}`) : require_house().codeSpan(done.addresses.docs)],
				["Deploy id", require_house().codeSpan(deployId)],
				["From", require_house().codeSpan(wanted.from)],
				...require_cluster_facts().sharesOf(spec).size < 2 ? [] : [["Traffic", require_house().codeSpan([...require_cluster_facts().sharesOf(spec)].map(([name, share]) => `${name} ${share} %`).join(", "))]],
				["Engine", spec.predictors.some((each) => !require_resource().withoutExecutor(each)) ? "with Seldon's executor" : "the model server itself, without Seldon's executor"],
				...done.prediction === void 0 ? [] : [["It predicted", require_house().codeSpan(done.prediction)]]
			])
		].join("\n")
	};
}
async function withDeployment(record, { namespace, name }, { operation, applied, addresses, seconds }, { spec, asked }, { strategy }) {
	return {
		...record,
		deployment: {
			target: "seldon",
			namespace,
			name,
			predictor: asked[0] ?? spec.predictors[0].name,
			strategy,
			deployId: applied.deployId,
			url: addresses.prediction,
			operation,
			recordBefore: require_house().textDigest(require_house().serialiseRecord(record)),
			seconds
		}
	};
}
// src/actions/cluster-secrets.ts
/** The deployment that a Secret was made for: it goes with it. */
const FOR_LABEL = "model-road/deployment";
/**
* Makes the Secrets that were given as credentials, and looks at those that were named: a pod without its Secret does not start,
* and one whose keys are of another store tells it only in its own log.
* @param owner the SeldonDeployment's uid, where it stands already
* @throws ActionError when one is missing, or opens something else
*/
async function ensureSecrets(place, order, spec, { owner, dryRun, beside }, ports) {
	const made = secretsOf(place, order, spec);
	if (!dryRun) for (const [name, object] of made) await applySecret(place, name, object, owner, ports);
	const mistakes = [];
	for (const used of usedBy(spec)) {
		if (made.has(used.name) || beside.includes(used.name)) continue;
		mistakes.push(...await look(place, used, ports));
	}
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
	return [...made.keys()];
}
/** Makes the SeldonDeployment their owner, once it stands, so that the cluster removes them with it. */
async function ownSecrets(place, order, spec, owner, ports) {
	for (const [name, object] of secretsOf(place, order, spec)) await applySecret(place, name, object, owner, ports);
}
/** Removes Secrets of ours that the spec before used, and nothing uses any more. Never fails a good deploy. */
async function removeUnused({ cluster, namespace, name }, before, now, { log }) {
	const namesIn = (specs) => new Set(specs.flatMap((spec) => usedBy(spec).map((each) => each.name)));
	const still = namesIn(now);
	const ours = [require_secrets().storageSecretName(name), require_secrets().registrySecretName(name)];
	for (const each of namesIn(before)) {
		if (still.has(each) || !ours.includes(each)) continue;
		const path = require_paths().pathOf("Secret", namespace, each);
		try {
			const found = await cluster.get(path);
			if (found?.metadata.uid === void 0 || !isOurs(found, name)) continue;
			if (await cluster.remove(path, found.metadata.uid)) log.info(`The Secret ${each} is used no longer, and was removed.`);
		} catch (thrown) {
			if (!(thrown instanceof require_house().ActionError)) throw thrown;
			log.warning(`The Secret ${each} is used no longer, and could not be removed: ${thrown.message}`);
		}
	}
}
function secretsOf({ namespace, name }, order, spec) {
	const made = /* @__PURE__ */ new Map();
	const add = (secret, type, stringData) => {
		const metadata = {
			name: secret,
			namespace,
			labels: {
				[require_release().MANAGED_BY]: require_release().MANAGER,
				[FOR_LABEL]: name
			}
		};
		made.set(secret, {
			apiVersion: "v1",
			kind: "Secret",
			type,
			metadata,
			data: encoded(stringData)
		});
	};
	const { "storage-credentials": storage, "registry-credentials": registry } = order;
	if (storage !== void 0) add(require_secrets().storageSecretName(name), "Opaque", storage.data);
	if (registry !== void 0) {
		const host = registryOf(usedBy(spec).findLast(({ image }) => image !== void 0)?.image ?? "");
		add(require_secrets().registrySecretName(name), "kubernetes.io/dockerconfigjson", require_secrets().dockerConfig(host, registry));
	}
	return made;
}
const encoded = (data) => Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
async function applySecret({ cluster, namespace, name }, secret, object, owner, { log }) {
	const path = require_paths().pathOf("Secret", namespace, secret);
	const found = await cluster.get(path);
	if (found !== void 0 && !isOurs(found, name)) require_house().refuse({
		where: `the Secret ${namespace}/${secret}`,
		expected: "one of this deployment, or none",
		seen: "one that someone else has made",
		fix: "Name your own by storage-secret or image-pull-secret, or remove it."
	});
	const uid = owner ?? found?.metadata.ownerReferences?.[0]?.uid;
	const { metadata, ...rest } = object;
	const owners = uid === void 0 ? {} : { ownerReferences: [{
		apiVersion: require_resource().API_VERSION,
		kind: require_resource().KIND,
		name,
		uid
	}] };
	const applying = await cluster.apply(path, {
		...rest,
		metadata: {
			...metadata,
			...owners
		}
	});
	if (applying.kind === "applied") {
		if (found === void 0) log.info(`The Secret ${secret} was made.`);
		return;
	}
	const seen = applying.kind === "conflict" ? applying.with.map(({ manager }) => manager).join(", ") : "another write";
	require_house().refuse({
		where: `the Secret ${namespace}/${secret}`,
		expected: "one that these actions alone write",
		seen
	});
}
const isOurs = ({ metadata }, name) => metadata.labels?.["app.kubernetes.io/managed-by"] === "model-road" && metadata.labels[FOR_LABEL] === name;
async function look({ cluster, namespace }, used, { log }) {
	let found;
	try {
		found = await readSecret(cluster, namespace, used.name);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError) || !thrown.mistakes[0].seen.startsWith("403")) throw thrown;
		log.info(`The Secret ${used.name} can not be checked: that would need the right to read it.`);
		return [];
	}
	if (found === void 0) return [{
		where: `the Secret ${require_house().quote(used.name)} in ${namespace}`,
		expected: "to be there",
		seen: "none",
		fix: "Make it there, or give storage-credentials or registry-credentials, which make one."
	}];
	return [used.modelUri === void 0 ? void 0 : require_secrets().lacksForStorage(found, used.modelUri), used.image === void 0 ? void 0 : require_secrets().lacksForPull(found, registryOf(used.image))].filter((each) => each !== void 0);
}
async function readSecret(cluster, namespace, name) {
	return await cluster.get(require_paths().pathOf("Secret", namespace, name));
}
/** Every Secret that a spec names. */
function usedBy({ predictors }) {
	const used = [];
	for (const { graph, componentSpecs = [] } of predictors) {
		const nodes = [graph];
		for (let node = nodes.pop(); node !== void 0; node = nodes.pop()) {
			nodes.push(...node.children ?? []);
			if (node.envSecretRefName !== void 0 && node.modelUri !== void 0) used.push({
				name: node.envSecretRefName,
				modelUri: node.modelUri
			});
		}
		for (const { spec } of componentSpecs) {
			const pulls = Array.isArray(spec?.imagePullSecrets) ? spec.imagePullSecrets : [];
			const image = pulls.length === 1 ? spec?.containers?.[0]?.image : void 0;
			for (const { name } of pulls) if (typeof name === "string") used.push({
				name,
				...image === void 0 ? {} : { image }
			});
		}
	}
	return used;
}
/** The host of an image's name. */
function registryOf(image) {
	const [first = "", ...rest] = image.split("/");
	return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}
// src/actions/cluster-recovery.ts
const REMOVAL_MS = 6e4;
async function recover(place, written, failure, order, ports) {
	const { log } = ports;
	const { version } = written;
	log.info(`The new version of ${require_cluster_facts().calledAt(place)} failed: ${require_house().messageOf(failure)}`);
	const recovery = await log.group("Recovering", async () => recoveryOf(place, written, failure, order, ports));
	const told = tellRecovery(recovery);
	log.info(told);
	const text = `The new version of ${require_cluster_facts().calledAt(place)} was refused. ${told}\n${failure.error.mistakes.map(require_house().sentence).join("\n")}`;
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
			`### ${require_house().escapeText(require_cluster_facts().calledAt(place))}: failed`,
			"",
			require_house().escapeText(failure.message),
			"",
			require_house().escapeText(told),
			"",
			...require_outcome_table().tableOf([
				["Deploy id of the new version", require_house().codeSpan(version.deployId)],
				["From", require_house().codeSpan(version.wanted.from)],
				...recovery.kind === "rolled-back" ? [["Serving now", require_house().codeSpan(recovery.deployId)]] : []
			])
		].join("\n")
	};
}
async function recoveryOf(place, written, failure, order, ports) {
	const { version } = written;
	if ([
		"replaced",
		"deleted",
		"superseded"
	].includes(failure.why)) return { kind: "foreign" };
	if (order.rollback === "none" || written.operation === "unchanged") return { kind: "kept" };
	try {
		if (written.created) return await removeFirst(place, version, written.applied.uid, ports);
		const target = written.lastProven;
		if (target === void 0 || target.deployId === version.deployId) return { kind: "kept" };
		return await rollBack(place, version, target, order, ports);
	} catch (thrown) {
		if (ports.signal.aborted || !(thrown instanceof require_house().ActionError || thrown instanceof require_cluster_verdict().Failure)) throw thrown;
		return {
			kind: "degraded",
			why: require_house().messageOf(thrown)
		};
	}
}
/** Only while it still is what this run has written: who deploys over it keeps the uid. */
async function removeFirst({ cluster, namespace, name }, { deployId }, uid, { clock, log, signal }) {
	const path = require_paths().pathOf("SeldonDeployment", namespace, name);
	const deadline = clock.elapsed() + REMOVAL_MS;
	for (let removed = false;;) {
		const standing = await cluster.get(path);
		if (standing?.metadata.uid !== uid) return { kind: "removed" };
		if (!removed) {
			if (standing.metadata.annotations?.["model-road/deploy-id"] !== deployId) return { kind: "foreign" };
			removed = await cluster.remove(path, uid, standing.metadata.resourceVersion);
			if (removed) continue;
		}
		if (clock.elapsed() > deadline) return {
			kind: "degraded",
			why: "it is still being deleted"
		};
		log.debug("still there");
		await clock.sleep(removed ? 1e3 : 100, signal);
	}
}
async function rollBack(place, version, target, order, ports) {
	const { clock, log } = ports;
	log.info(`Putting ${target.deployId.slice(0, 12)} back (commit ${target.sha.slice(0, 12)})`);
	for (let tried = 1;; tried++) {
		const standing = await place.cluster.get(require_cluster_facts().pathAt(place));
		if (standing?.metadata.annotations?.["model-road/deploy-id"] !== version.deployId) return { kind: "foreign" };
		const annotations = {
			...version.wanted.annotations,
			...await require_cluster_write().annotationsOf(target, target, ports)
		};
		const object = require_manifest().resourceOf(place, target.spec, {
			labels: {
				...version.wanted.labels,
				[require_release().MANAGED_BY]: require_release().MANAGER
			},
			annotations
		});
		const applying = await place.cluster.apply(require_cluster_facts().pathAt(place), {
			...object,
			metadata: {
				...object.metadata,
				resourceVersion: standing.metadata.resourceVersion
			}
		});
		if (applying.kind === "conflict") throw require_cluster_write().conflictError(place, applying.with);
		if (applying.kind === "stale") {
			if (tried < 5) continue;
			return {
				kind: "degraded",
				why: "others write the object without a pause"
			};
		}
		const applied = require_release().appliedOf(target.spec, target.deployId, applying.object.metadata);
		const deadline = clock.elapsed() + order["wait-timeout"] * 1e3;
		const { addresses } = await require_cluster_verdict().prove(place, {
			spec: target.spec,
			asked: [],
			routing: version.routing,
			contract: void 0
		}, applied, deadline, order, ports);
		await require_cluster_write().markProven(place, target.deployId, ports);
		return {
			kind: "rolled-back",
			deployId: target.deployId,
			url: addresses.prediction
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
const MAX_CONTRACT_BYTES = 1048576;
/**
* Deploys a SeldonDeployment, and is green only when the new version has answered. What was proven before is put back when the
* new one fails; a first deploy that fails is removed, where this run has made it.
*/
async function deployToCluster(order, run, ports) {
	hideSecrets(order, ports);
	const given = require_cluster_facts().endsSomething(order) ? {
		wanted: nothingWanted(order),
		record: void 0,
		contract: void 0
	} : await givenVersion(order, run, ports);
	tellFindings(given.wanted, ports.log);
	if (order["dry-run"] === "client") return await tellManifest(given, order, ports.log);
	const cluster = await ports.kubernetes.connect({
		kubeconfig: order.kubeconfig,
		context: order["kube-context"],
		allowExec: order["allow-exec"]
	});
	try {
		const place = {
			cluster,
			namespace: order.namespace,
			name: given.wanted.name
		};
		const dryRun = order["dry-run"] !== "false";
		const there = !order["create-namespace"] || await require_outcome_table().ensureNamespace(cluster, place.namespace, { dryRun }, ports);
		if (!there && order["dry-run"] !== "diff") ports.log.info("The cluster can not check what lies in a namespace that is not there: only the difference is told.");
		const base = order["base-url"] ?? await gatewayUrl(cluster, order.gateway);
		return await deployAt(place, given, {
			...order,
			"base-url": base,
			...there ? {} : { "dry-run": "diff" }
		}, run, ports);
	} finally {
		ports.log.debug(`${cluster.calls} calls to ${cluster.server}`);
		cluster.close();
	}
}
/** What stands within a secret input is one by itself: the runner knows the whole text only. */
function hideSecrets(order, { log }) {
	const { "storage-credentials": storage, "registry-credentials": registry, "request-headers": headers = {} } = order;
	for (const value of Object.values(headers)) {
		log.mask(value);
		const last = /\s(\S{8,})$/.exec(value)?.[1];
		if (last !== void 0) log.mask(last);
	}
	for (const value of storage === void 0 ? [] : require_secrets().secretValues(storage)) log.mask(value);
	if (registry !== void 0) log.mask(registry.password);
}
/** A version of the inputs' own, whose gate has passed. */
async function givenVersion(order, run, ports) {
	const graph = order.graph === void 0 ? void 0 : await graphOf({
		...order,
		graph: order.graph
	}, run, ports);
	const record = graph === void 0 ? await require_house().takeRecord(order.record, run, ports) : graph.record;
	if (graph === void 0) require_house().requireGate(record, order["require-gate"]);
	const wanted = marked(await wantedObject(order, record, run, ports.workspace, graph?.root), order.marks);
	return {
		wanted,
		record,
		contract: await contractOf(order, wanted, run, ports)
	};
}
/** The gates of its models are its own matter. */
async function graphOf(order, run, ports) {
	return await (await Promise.resolve().then(() => require("./cluster-graph.cjs"))).takeGraph(order, run, ports);
}
async function contractOf({ contract: path }, { spec }, run, { workspace }) {
	if (path === void 0) return void 0;
	const { protocol = "seldon" } = spec;
	if (protocol !== "seldon") require_house().refuse({
		where: `input "contract"`,
		expected: "protocol seldon, whose testers know contracts",
		seen: protocol
	});
	const text = await workspace.readText(`${run.workspace}/${path}`, { maxBytes: MAX_CONTRACT_BYTES });
	if (text === void 0) require_house().refuse({
		where: `input "contract"`,
		expected: `a file ${require_house().quote(path)}`,
		seen: "none"
	});
	const { parseContract } = await Promise.resolve().then(() => require("./contract.cjs")).then((n) => n.contract_exports);
	return parseContract(text, path);
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
async function deployAt(place, given, order, run, ports) {
	const { log, clock } = ports;
	const facts = await require_cluster_facts().observe(place, given, order, run, ports);
	log.info(`${require_cluster_facts().calledAt(place)}: ${facts.plan.operation}, because ${facts.plan.reason}`);
	if (order["dry-run"] !== "false") {
		if (order["dry-run"] !== "diff") await applyBeside(place, given.wanted.beside, { dryRun: true }, ports);
		const beside = given.wanted.beside.map(({ name }) => name);
		await ensureSecrets(place, order, facts.version.spec, {
			owner: void 0,
			dryRun: true,
			beside
		}, ports);
		return await tellDryRun(place, facts, order, ports);
	}
	const { name, namespace } = place;
	await order.announce({
		record: given.record,
		target: "seldon",
		namespace,
		name,
		deployId: facts.version.deployId
	});
	const owner = facts.standing?.metadata.uid;
	const { spec } = facts.version;
	await applyBeside(place, given.wanted.beside, { dryRun: false }, ports);
	const secrets = await ensureSecrets(place, order, spec, {
		owner,
		dryRun: false,
		beside: []
	}, ports);
	const from = clock.elapsed();
	const deadline = from + order["wait-timeout"] * 1e3;
	const written = await require_cluster_write().write(place, given, facts, order, run, ports);
	const { applied, version } = written;
	if (secrets.length > 0 && applied.uid !== owner) await ownSecrets(place, order, version.spec, applied.uid, ports);
	let failure;
	let proven;
	try {
		proven = await log.group(`Rolling out ${require_cluster_facts().calledAt(place)} (${applied.deployId.slice(0, 12)})`, async () => require_cluster_verdict().prove(place, version, applied, deadline, order, ports));
		await require_cluster_write().markProven(place, applied.deployId, ports);
		const { release } = facts;
		if (release !== void 0) {
			const stable = version.sharing.stable === void 0 ? [] : [version.sharing.stable.spec];
			await removeUnused(place, [release.spec], [version.spec, ...stable], ports);
		}
	} catch (thrown) {
		if (!(thrown instanceof require_cluster_verdict().Failure)) throw thrown;
		failure = thrown;
	}
	if (failure !== void 0 || proven === void 0) return await recover(place, written, failure, order, ports);
	const seconds = (clock.elapsed() - from) / 1e3;
	const done = {
		operation: written.operation,
		applied,
		...proven,
		seconds
	};
	await keepSmoke(order["smoke-request"], run, ports);
	log.info(`${require_cluster_facts().calledAt(place)} serves ${applied.deployId.slice(0, 12)} at ${proven.addresses.prediction} (${seconds.toFixed(1)} s)`);
	if (proven.prediction !== void 0) log.info(`It predicted ${proven.prediction}`);
	return await tellDone(place, version, facts, done, order, run, ports);
}
async function keepSmoke(smoke, run, { workspace, log }) {
	const { body = null, path } = smoke ?? {};
	if (path !== "/api/v1.0/predictions" || body === null || typeof body !== "object") return;
	await require_smoke_request().keepRequest(body, run, workspace).catch((thrown) => log.warning(require_house().messageOf(thrown)));
}
exports.deployToCluster = deployToCluster;
