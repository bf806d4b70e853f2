require("./rolldown-runtime.cjs");
const require_manifest = require("./manifest2.cjs");
const require_manifest$1 = require("./manifest.cjs");
let kept_require_plan;
const require_plan = () => kept_require_plan ??= require("./plan.cjs");
let kept_require_reference;
const require_reference = () => kept_require_reference ??= require("./reference.cjs");
let kept_require_requirements;
const require_requirements = () => kept_require_requirements ??= require("./requirements.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_build_model_image;
const require_build_model_image = () => kept_require_build_model_image ??= require("../build-model-image.cjs");
let kept_require_image_facts;
const require_image_facts = () => kept_require_image_facts ??= require("./image-facts.cjs");
// src/actions/image-layers.ts
/** Mounts that are asked for at once. */
const AT_ONCE = 4;
const HOW = {
	already: "there already",
	mounted: "mounted from the base",
	streamed: "copied from the base"
};
/** An image of layers: what the base has is referred to, packages, code and model are laid on it. */
async function buildLayers(facts, target, model, scratch, run, ports) {
	const { store, build, given } = facts;
	const { log } = ports;
	const base = facts.base && await readBase(facts, target);
	const dependencies = await packages(facts, base, scratch, ports);
	const tried = given.try ? await tryFiles(facts, model, dependencies, scratch, run, ports) : void 0;
	const how = [];
	const baseLayers = base?.manifest.layers ?? [];
	for (let at = 0; at < baseLayers.length; at += AT_ONCE) {
		const some = baseLayers.slice(at, at + AT_ONCE);
		const ways = await Promise.all(some.map(async (layer) => await store.takeBlob(facts.base.store, facts.base.reference, layer)));
		how.push(...ways.map((way) => HOW[way]));
	}
	const layers = [];
	const add = (layer, way) => {
		layers.push(layer);
		how.push(way);
		log.info(`${layer.holds} layer: ${require_house().bytesAsText(layer.bytes)}, ${way}`);
	};
	if (dependencies !== void 0) add(dependencies.layer, dependencies.how);
	const code = await ports.archives.pack(facts.folder, build.code.map(({ path }) => path), `${scratch}/code.tar`, { name: (path) => `app/${path}` });
	const sent = await store.putBlob({
		file: `${scratch}/code.tar`,
		digest: `sha256:${code.sha256}`,
		bytes: code.bytes
	});
	add({
		holds: "code",
		...code
	}, sent.already ? HOW.already : "written");
	if (model !== void 0 && build.bake) {
		const { layer, way } = await modelLayer(facts, model, ports);
		add(layer, way);
	}
	const plan = require_plan().planImage(build, target.key, layers, base);
	const tags = await require_build_model_image().missingTags(target, plan.digest, facts, log);
	await store.putBlob(plan.config);
	await store.putManifest(plan.manifest, require_manifest$1.MEDIA.manifest, [target.keyTag, ...tags]);
	if (facts.destination.kind === "archive") await writeArchive(facts, target, plan.config, plan.layers, ports);
	log.info(`Image ${target.called}@${plan.digest}, tags ${target.wanted.join(", ")}`);
	return {
		done: {
			digest: plan.digest,
			bytes: plan.manifest.length,
			skipped: false,
			tagged: true,
			layers: plan.layers.map((layer, at) => ({
				...layer,
				how: how[at]
			}))
		},
		tried
	};
}
async function tryFiles(facts, model, dependencies, scratch, run, ports) {
	const { tryImage } = await Promise.resolve().then(() => require("./image-trial.cjs"));
	const { serverFromFiles } = await Promise.resolve().then(() => require("./image-trial-server.cjs"));
	return await tryImage(facts, await serverFromFiles(facts, model, dependencies, scratch, ports), run, ports);
}
/** The model as a layer: not read at all where it is there already, else read once and proven on its way. */
async function modelLayer(facts, model, ports) {
	const { store, build, destination } = facts;
	const place = build.modelPath;
	const tag = require_plan().layerTag("model", [build.modelDigest, place]);
	const [found] = (destination.kind === "archive" ? void 0 : await store.manifest(tag))?.manifest.layers ?? [];
	if (found !== void 0 && await store.hasBlob(found.digest)) return {
		layer: {
			holds: "model",
			sha256: found.digest.slice(7),
			bytes: found.size
		},
		way: "there already, not read"
	};
	let files = [];
	const proven = facts.modelStamp === void 0;
	const content = await ports.archives.stream(model.root, model.paths, {
		name: (path) => `app/${model.single ? place : `${place}/${path}`}`,
		...proven ? { onFile: (file) => files.push(file) } : {}
	});
	const open = () => {
		files = [];
		return content.open();
	};
	const { digest, bytes } = await store.putStream({
		bytes: content.bytes,
		open
	}, () => {
		const seen = proven ? require_manifest.modelDigest(files) : build.modelDigest;
		if (seen !== build.modelDigest) throw new (require_house()).ActionError(require_image_facts().notTheRecords(build.modelDigest, seen));
	});
	if (!proven && await require_image_facts().stampOf(facts.modelAt, ports.workspace) !== facts.modelStamp) require_house().refuse({
		where: `input "model"`,
		expected: "files that stay as they are",
		seen: "a change while they were sent"
	});
	const layer = {
		holds: "model",
		sha256: digest.slice(7),
		bytes
	};
	const { keepLayer } = await Promise.resolve().then(() => require("./image-dependencies.cjs"));
	await keepLayer(facts, layer, tag);
	return {
		layer,
		way: "written"
	};
}
/** The layer of packages, where there is a base that they can be laid on. */
async function packages(facts, base, scratch, ports) {
	const { build, given, baseName } = facts;
	if (base === void 0 || build.requirements === void 0) return void 0;
	const env = require_plan().environmentOf(base.config.settings.Env);
	const python = require_requirements().basePython(env, given.python);
	if (python === void 0) return require_house().refuse({
		where: `base image ${baseName ?? ""}`,
		expected: given.python === void 0 ? "PYTHON_VERSION in its environment" : `Python ${given.python}`,
		seen: env.get("PYTHON_VERSION") ?? "nothing that tells its Python",
		fix: "Say which Python it has by python: 3.11, take an official image of Python, or leave requirements out when it has the packages already."
	});
	const { dependencyLayer } = await Promise.resolve().then(() => require("./image-dependencies.cjs"));
	return await dependencyLayer(facts, python, scratch, ports);
}
async function readBase({ base, build, given, baseName }, _target) {
	const { store, reference } = base;
	const where = `base image ${baseName ?? require_reference().formatReference(reference)}`;
	const named = await store.manifest(build.baseDigest);
	const found = named?.manifest.manifests ? await store.manifest(require_plan().chooseImage(named.manifest, where, given.platform).digest) : named;
	const config = found?.manifest.config;
	if (found === void 0 || config === void 0) throw new (require_house()).ActionError({
		where,
		expected: "an image",
		seen: found ? "an artifact without a config" : "none"
	});
	const bytes = await store.blob(config.digest, { maxBytes: require_plan().MAX_CONFIG_BYTES });
	const read = {
		manifest: found.manifest,
		config: require_plan().parseBaseConfig(bytes, found.manifest, where)
	};
	require_plan().checkBase(read, 3, given.platform, where);
	return read;
}
/** The image as one file that `docker load`, `ctr images import` and `kind load image-archive` read. */
async function writeArchive({ destination, archiveFolder, given, record }, { wanted }, config, layers, { workspace, archives, log }) {
	if (destination.kind !== "archive" || archiveFolder === void 0) return;
	const path = (digest) => `blobs/sha256/${digest.slice(7)}`;
	const own = `sha256:${require_plan().hexDigest(config)}`;
	const name = (record?.model.name ?? given["model-class"]?.split(".").at(-1) ?? "model").toLowerCase();
	const tags = wanted.map((tag) => `${name.replace(/[^a-z0-9-]/g, "-")}:${tag}`);
	const list = [{
		Config: path(own),
		RepoTags: tags,
		Layers: layers.map(({ digest }) => path(digest))
	}];
	await workspace.write(`${archiveFolder}/manifest.json`, JSON.stringify(list));
	const paths = ["manifest.json", .../* @__PURE__ */ new Set([path(own), ...layers.map(({ digest }) => path(digest))])];
	const { bytes } = await archives.pack(archiveFolder, paths, destination.file);
	log.info(`${destination.file}: ${require_house().bytesAsText(bytes)}, as ${tags.join(", ")}`);
}
exports.buildLayers = buildLayers;
