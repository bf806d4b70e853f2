require("./chunks/rolldown-runtime.cjs");
const require_manifest = require("./chunks/manifest.cjs");
const require_reference = require("./chunks/reference.cjs");
const require_record = require("./chunks/record.cjs");
const require_quantity = require("./chunks/quantity.cjs");
const require_run_action = require("./chunks/run-action.cjs");
const require_archive = require("./chunks/archive.cjs");
const require_github = require("./chunks/github.cjs");
const require_registry = require("./chunks/registry.cjs");
const require_workspace = require("./chunks/workspace.cjs");
// src/domain/image/source.ts
const NAME = String.raw`[A-Za-z_][A-Za-z0-9_]*`;
/** `DigitsModel`, or dotted: `src.model.PredictionService`. */
const MODEL_CLASS = new RegExp(`^${NAME}(?:\\.${NAME})*$`);
/** Where Python would look for a model class, relative to the working directory; the first that exists counts. */
function classFiles(modelClass) {
	const names = modelClass.split(".");
	const module = names.length === 1 ? names : names.slice(0, -1);
	return [`${module.join("/")}.py`, `${module.join("/")}/__init__.py`];
}
/** The class itself, without its module. */
function className(modelClass) {
	return modelClass.slice(modelClass.lastIndexOf(".") + 1);
}
/** True when the source defines the class, or brings it in from elsewhere under that name. */
function definesClass(source, modelClass) {
	const name = className(modelClass);
	const logical = source.replace(/\\\r?\n/g, " ").replace(/\(([^()"']*)\)/g, (group) => group.replace(/\s+/g, " "));
	return new RegExp(`^(?:class\\s+${name}\\s*[(:[]|from\\s+\\S+\\s+import\\s+[^#\\n]*\\b${name}\\b|${name}\\s*(?::[^=\\n]+)?=[^=])`, "m").test(logical);
}
// src/actions/build-model-image.ts
const RELATIVE = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/;
/** Wraps model and code in an image that is a function of both: where that image is there already, nothing is done. */
const buildModelImage = {
	id: "build-model-image",
	inputs: {
		record: require_record.recordInput,
		"require-gate": require_run_action.flag({
			description: "Refuse to work unless the record's gate is passed. `false` builds without one.",
			default: "true"
		}),
		model: require_run_action.text({
			description: "The model's file or folder, relative to the repository, or the path that train returned. Left out, the model of the record, fetched where it is needed.",
			pattern: /^[^\u0000-\u001f\u007f\\]+$/,
			accepts: "a path"
		}),
		"model-class": require_run_action.requiredText({
			description: "The class that serves the model: `DigitsModel` in `DigitsModel.py`, or dotted, `src.model.Predictor`.",
			pattern: MODEL_CLASS,
			accepts: "a Python class: Name, or package.module.Name"
		}),
		requirements: require_run_action.text({
			description: "The requirements file that goes into the image, relative to the working directory. With a base image its packages must be in the base already.",
			pattern: RELATIVE,
			accepts: "a path below the working directory"
		}),
		"base-image": require_run_action.parsed({
			description: "The image below: it brings Python, seldon-core and what the model needs, best named by digest. Left out, the image holds model and code only, for target: local.",
			accepts: "an image's name, or `oci:<folder>`",
			parse: (value) => require_reference.parseReference(value, "base image")
		}),
		image: {
			...require_run_action.parsed({
				description: "Where the image goes: a registry's repository, with or without a tag, or `oci:<folder>` for an OCI layout.",
				accepts: "`ghcr.io/owner/name[:tag]` or `oci:<folder>[:tag]`",
				parse: destination
			}),
			required: true
		},
		"working-directory": require_run_action.text({
			description: "Where the code lies, relative to the repository. Left out, the repository itself.",
			pattern: RELATIVE,
			accepts: "a path below the repository"
		}),
		"github-token": require_run_action.text({
			description: "Fetches the model's artifact, and opens ghcr.io where docker is not logged in.",
			expression: "${{ github.token }}",
			secret: true
		})
	},
	outputs: {
		image: "The image by digest: `ghcr.io/acme/digits@sha256:…`, `oci:image@sha256:…`",
		digest: "The digest of its manifest, `sha256:…`",
		skipped: "`true` when this very image was there already, `false` when it was built",
		record: "The release record with the section `image`; empty without a record"
	},
	run: async (given, run, ports) => {
		const facts = await observe(given, run, ports);
		const { buildKey, keyTag } = await Promise.resolve().then(() => require("./chunks/plan.cjs"));
		const key = buildKey(facts.build);
		const target = {
			key,
			keyTag: keyTag(key),
			wanted: wantedTags(keyTag(key), given.image, run)
		};
		const done = await takeUnchanged(facts, target, ports) ?? await build(facts, target, run, ports);
		return tell(facts, done, await addToRecord(facts, done, run, ports));
	}
};
async function observe(given, run, ports) {
	const { workspace, images } = ports;
	const taken = await require_record.takeRecord(given.record, run, ports);
	require_record.requireGate(taken, given["require-gate"]);
	const record = isMeant(taken, given) ? taken : void 0;
	const below = given["working-directory"]?.replace(/^(?:\.\/)+|\/+$/g, "") ?? "";
	const folder = below === "" || below === "." ? run.workspace : `${run.workspace}/${below}`;
	const mistakes = [];
	if ((await workspace.facts(folder))?.kind !== "folder") {
		mistakes.push({
			where: `input "working-directory"`,
			expected: "a folder of the repository",
			seen: require_run_action.quote(below)
		});
		throw new require_run_action.ActionError(mistakes);
	}
	const model = await modelFacts(given, record, run, workspace, mistakes);
	const code = await codeFiles(given, run, folder, model, ports);
	await checkCode(given, folder, code, workspace, mistakes);
	if (mistakes.length > 0 || model === void 0) throw new require_run_action.ActionError(mistakes);
	const digests = await workspace.sha256All(folder, code.map(({ path }) => path));
	const baseReference = given["base-image"] && require_reference.belowFolder(given["base-image"], run.workspace);
	const base = baseReference && {
		store: await images.open(baseReference),
		reference: baseReference
	};
	const build = {
		modelClass: given["model-class"],
		modelPath: model.path,
		modelDigest: model.digest,
		code: code.map(({ path, executable }, at) => ({
			path,
			executable,
			sha256: digests[at].hex
		})),
		requirements: given.requirements && clean(given.requirements),
		baseDigest: base && await digestOf(base.store, base.reference, `input "base-image"`)
	};
	const store = await images.open(require_reference.belowFolder(given.image, run.workspace));
	return {
		given,
		record,
		folder,
		build,
		modelAt: model.at,
		store,
		base
	};
}
/** A record that nobody handed on is that of another model, when another path was named and no gate is asked for. */
function isMeant(record, given) {
	if (given.record !== void 0 || given["require-gate"] || given.model === void 0) return true;
	return given.model.startsWith("/") || clean(given.model) === record?.model.path;
}
/** Which model it is, and where it will lie in the image. */
async function modelFacts(given, record, run, workspace, mistakes) {
	const where = `input "model"`;
	if (given.model === void 0) {
		if (record === void 0) {
			mistakes.push({
				where,
				expected: "a model, by its path or by a record",
				seen: "neither",
				fix: "Hand on the record of train, or name the model's file."
			});
			return;
		}
		if (record.model.bytes === 0) mistakes.push({
			where: `the record of ${record.model.name}`,
			expected: "a model with content",
			seen: "0 bytes"
		});
		return {
			path: record.model.path,
			digest: record.model.digest,
			at: void 0
		};
	}
	const at = given.model.startsWith("/") ? given.model.replace(/\/+$/, "") : `${run.workspace}/${clean(given.model)}`;
	const [real, root] = [await workspace.realPath(at), await workspace.realPath(run.workspace)];
	if (real === void 0) {
		mistakes.push({
			where,
			expected: "a file or folder",
			seen: `nothing at ${require_run_action.quote(given.model)}`,
			fix: "Does train come before this step, and does it write there?"
		});
		return;
	}
	const inside = real.startsWith(`${root}/`) ? real.slice(root.length + 1) : void 0;
	const path = record?.model.path ?? inside;
	if (path === void 0) {
		mistakes.push({
			where,
			expected: "a path inside the repository",
			seen: require_run_action.quote(given.model)
		});
		return;
	}
	if ((await workspace.walk(at)).reduce((sum, { bytes }) => sum + bytes, 0) === 0) {
		mistakes.push({
			where,
			expected: "a model with content",
			seen: `0 bytes at ${require_run_action.quote(given.model)}`
		});
		return;
	}
	if (record !== void 0 && (inside === void 0 || inside === path)) return {
		path,
		digest: record.model.digest,
		at
	};
	const { readModel } = await Promise.resolve().then(() => require("./chunks/model.cjs")).then((n) => n.model_exports);
	const found = await readModel(at, workspace);
	if (record !== void 0 && found.digest !== record.model.digest) mistakes.push(notTheRecords(record.model.digest, found.digest));
	return {
		path,
		digest: found.digest,
		at
	};
}
const notTheRecords = (expected, seen) => ({
	where: `input "model"`,
	expected: `the model of the record, ${expected}`,
	seen,
	fix: "What passed the gate is what is wrapped: leave the input out, or hand on the record of this model."
});
/** The files of the code layer: tracked ones, or all where there is no git; less what `.dockerignore` keeps out. */
async function codeFiles(given, run, folder, model, { workspace, log }) {
	const tracked = await workspace.tracked(folder);
	const named = [...tracked ? [...tracked.clean.keys(), ...tracked.changed] : [], ...list(given.requirements).map(clean)];
	const all = tracked ? await Promise.all([...new Set(named)].map(async (path) => ({
		path,
		facts: await workspace.facts(`${folder}/${path}`)
	}))) : (await workspace.walk(folder)).map((file) => ({
		path: file.path,
		facts: file
	}));
	const { parseDockerignore } = await Promise.resolve().then(() => require("./chunks/dockerignore.cjs"));
	const ignored = parseDockerignore(await workspace.readText(`${folder}/.dockerignore`, { maxBytes: 65536 }) ?? "");
	const target = require_reference.belowFolder(given.image, run.workspace);
	const kept = [
		...list(model?.path).map((path) => `${run.workspace}/${path}`),
		...list(model?.at),
		...target.kind === "layout" ? [target.folder] : [],
		run.temp,
		`${folder}/.git`
	];
	for (const { path } of all) if (path.endsWith("/oci-layout")) kept.push(`${folder}/${path.slice(0, -11)}`);
	const out = (path) => kept.some((each) => `${folder}/${path}/`.startsWith(`${each}/`));
	const found = all.filter(({ path, facts }) => facts !== void 0 && !out(path) && !ignored(path)).toSorted((a, b) => a.path < b.path ? -1 : 1);
	const odd = found.filter(({ facts }) => facts.kind !== "file").map(({ path }) => path);
	if (odd.length > 0) log.warning(`Left out of the image, because they are links or submodules: ${odd.slice(0, 10).join(", ")}`);
	return found.filter(({ facts }) => facts.kind === "file").map(({ path, facts }) => ({
		path,
		executable: (facts.mode & 73) !== 0
	}));
}
/** Reads what will serve the model, and runs none of it: a class that is not there is told now, not by a pod that crashes. */
async function checkCode(given, folder, code, workspace, mistakes) {
	const has = new Set(code.map(({ path }) => path));
	const modelClass = given["model-class"];
	const candidates = classFiles(modelClass);
	const file = candidates.find((path) => has.has(path));
	const absent = async (path) => await workspace.facts(`${folder}/${path}`) === void 0 ? `no ${path}` : `${path} on disk, but git does not track it or .dockerignore keeps it out`;
	if (file === void 0) mistakes.push({
		where: `input "model-class"`,
		expected: candidates.join(" or "),
		seen: await absent(candidates[0]),
		fix: "Name the class as package.module.Class, or set working-directory to where its file lies."
	});
	else if (!definesClass(await workspace.readText(`${folder}/${file}`, { maxBytes: 4194304 }) ?? "", modelClass)) {
		const name = modelClass.slice(modelClass.lastIndexOf(".") + 1);
		mistakes.push({
			where: file,
			expected: `class ${name}`,
			seen: "no such class",
			fix: "seldon-core looks for a class of this very name: capitals count."
		});
	}
	if (given.requirements !== void 0 && !has.has(clean(given.requirements))) mistakes.push({
		where: `input "requirements"`,
		expected: "a file of the code",
		seen: await absent(clean(given.requirements))
	});
}
/** The image of this key, when it is there whole. Its missing tags are set; nothing else travels. */
async function takeUnchanged(facts, target, { log }) {
	const { store } = facts;
	const found = await store.manifest(target.keyTag);
	if (found === void 0 || !await isWhole(store, found.manifest, facts.given.image)) return void 0;
	const { heldLayers } = await Promise.resolve().then(() => require("./chunks/plan.cjs"));
	const missing = [];
	for (const tag of target.wanted.filter((each) => each !== target.keyTag)) if (await store.head(tag) !== found.digest) missing.push(tag);
	if (missing.length > 0) await store.putManifest(found.bytes, found.manifest.mediaType ?? require_manifest.MEDIA.manifest, missing);
	log.info(`Nothing to build: model, code, class and base are those of ${found.digest} (tag ${target.keyTag}). No byte of the model was read or sent.`);
	if (missing.length > 0) log.info(`The image got the tags ${missing.join(", ")}.`);
	return {
		digest: found.digest,
		bytes: found.bytes.length,
		skipped: true,
		tagged: missing.length > 0,
		layers: heldLayers(found.manifest).map((layer) => ({
			...layer,
			how: "there already"
		}))
	};
}
/** A registry takes no manifest without its blobs; a folder may have lost some. */
async function isWhole(store, manifest, image) {
	if (manifest.config === void 0 || manifest.layers === void 0) return false;
	if (image.kind === "registry") return true;
	for (const { digest } of [manifest.config, ...manifest.layers]) if (!await store.hasBlob(digest)) return false;
	return true;
}
async function build(facts, target, run, ports) {
	const { workspace, archives, log } = ports;
	const { IMAGE_ROOT, planImage } = await Promise.resolve().then(() => require("./chunks/plan.cjs"));
	const { store, build: what } = facts;
	const base = facts.base && await readBase(facts.base, what.baseDigest);
	if (base !== void 0) log.info(`The base brings the packages: ${what.requirements ?? "a requirements file"} is copied, nothing is installed.`);
	const model = await modelFiles(facts, run, ports);
	const scratch = await workspace.temporary("image");
	try {
		const code = await archives.pack(facts.folder, what.code.map(({ path }) => path), `${scratch}/code.tar`, { name: (path) => `${IMAGE_ROOT}/${path}` });
		const packed = await archives.pack(model.root, model.paths, `${scratch}/model.tar`, { name: (path) => `${IMAGE_ROOT}/${model.single ? what.modelPath : `${what.modelPath}/${path}`}` });
		const layers = [{
			holds: "code",
			...code
		}, {
			holds: "model",
			...packed
		}];
		const plan = planImage(what, target.key, layers, base && {
			manifest: base.manifest,
			config: base.config
		});
		const how = [];
		for (const layer of base?.manifest.layers ?? []) how.push(HOW[await store.takeBlob(facts.base.store, facts.base.reference, layer)]);
		for (const { holds, sha256, bytes } of layers) {
			const { already } = await store.putBlob({
				file: `${scratch}/${holds}.tar`,
				digest: `sha256:${sha256}`,
				bytes
			});
			how.push(already ? HOW.already : "written");
			log.info(`${holds} layer: ${require_quantity.bytesAsText(bytes)}, ${how.at(-1)}`);
		}
		await store.putBlob(plan.config);
		await warnOfMoved(store, target, plan.digest, run, log);
		await store.putManifest(plan.manifest, require_manifest.MEDIA.manifest, target.wanted);
		log.info(`Image ${require_reference.repositoryOf(facts.given.image)}@${plan.digest}, tags ${target.wanted.join(", ")}`);
		return {
			digest: plan.digest,
			bytes: plan.manifest.length,
			skipped: false,
			tagged: true,
			layers: plan.layers.map((layer, at) => ({
				...layer,
				how: how[at]
			}))
		};
	} finally {
		await workspace.remove(scratch);
	}
}
const HOW = {
	already: "there already",
	mounted: "mounted from the base",
	streamed: "copied from the base"
};
/** The model's files, and the proof that they are the record's. */
async function modelFiles(facts, run, ports) {
	const { fetchModel, readModel } = await Promise.resolve().then(() => require("./chunks/model.cjs")).then((n) => n.model_exports);
	const { workspace } = ports;
	const at = facts.modelAt ?? (await fetchModel(facts.record, run, ports)).path;
	if (facts.modelAt !== void 0 && facts.record !== void 0) {
		const digest = (await readModel(at, workspace))?.digest;
		if (digest !== facts.build.modelDigest) throw new require_run_action.ActionError(notTheRecords(facts.build.modelDigest, digest ?? "nothing"));
	}
	const single = (await workspace.facts(at))?.kind !== "folder";
	const paths = (await workspace.walk(at)).map(({ path }) => path);
	return {
		root: single ? at.slice(0, at.lastIndexOf("/")) : at,
		paths,
		single
	};
}
async function digestOf(store, reference, where) {
	const digest = reference.digest ?? await store.head(reference.tag ?? "latest");
	if (digest !== void 0) return digest;
	throw new require_run_action.ActionError({
		where,
		expected: `an image ${require_reference.formatReference(reference)}`,
		seen: "none",
		fix: "Is its name right, and is the job logged in there?"
	});
}
async function readBase({ store, reference }, digest) {
	const { chooseImage, MAX_CONFIG_BYTES, parseBaseConfig } = await Promise.resolve().then(() => require("./chunks/plan.cjs"));
	const where = `base image ${require_reference.formatReference(reference)}`;
	const named = await store.manifest(digest);
	const found = named?.manifest.manifests ? await store.manifest(chooseImage(named.manifest, where).digest) : named;
	const config = found?.manifest.config;
	if (found === void 0 || config === void 0) throw new require_run_action.ActionError({
		where,
		expected: "an image",
		seen: found ? "an artifact without a config" : "none"
	});
	const bytes = await store.blob(config.digest, { maxBytes: MAX_CONFIG_BYTES });
	return {
		manifest: found.manifest,
		config: parseBaseConfig(bytes, found.manifest, where)
	};
}
/** The tags of an image: of its content, of the commit, and the one that the user named. */
function wantedTags(tag, image, run) {
	return [.../* @__PURE__ */ new Set([
		tag,
		.../^[0-9a-f]{40,64}$/.test(run.sha) ? [`sha-${run.sha}`] : [],
		...list(image.tag)
	])];
}
/** A commit's tag should stay: it moves only where the same commit was built from something else, and then not silently. */
async function warnOfMoved(store, { wanted }, digest, run, log) {
	const tag = `sha-${run.sha}`;
	const before = wanted.includes(tag) ? await store.head(tag) : void 0;
	if (before !== void 0 && before !== digest) log.warning(`The tag ${tag} moves from ${before} to ${digest}: model, base or code differ for this commit.`);
}
async function addToRecord({ record, given, build: what, store }, done, run, ports) {
	if (record === void 0) return "";
	const section = {
		repository: require_reference.repositoryOf(given.image),
		digest: done.digest,
		layers: done.layers.map(({ digest, bytes, holds }) => ({
			digest,
			bytes,
			holds
		})),
		modelClass: what.modelClass,
		modelPath: what.modelPath
	};
	const json = await require_record.giveRecord({
		...record,
		image: section
	}, run, ports);
	if (!done.skipped || done.tagged) {
		const { attachRecord } = await Promise.resolve().then(() => require("./chunks/image-record.cjs"));
		try {
			await attachRecord(store, {
				mediaType: require_manifest.MEDIA.manifest,
				digest: done.digest,
				size: done.bytes
			}, json);
		} catch (thrown) {
			ports.log.warning(`The release record could not be attached to the image. ${require_run_action.messageOf(thrown)}`);
		}
	}
	return json;
}
async function tell({ given, build: what }, done, record) {
	const { codeSpan, escapeCell, escapeText } = await Promise.resolve().then(() => require("./chunks/escape.cjs"));
	const image = `${require_reference.repositoryOf(given.image)}@${done.digest}`;
	const rows = done.layers.map(({ holds, bytes, how, digest }) => `| ${escapeCell(holds)} | ${require_quantity.bytesAsText(bytes)} | ${escapeCell(how)} | ${codeSpan(digest.slice(0, 19))} |`);
	const summary = [
		`## Image: ${done.skipped ? "unchanged" : "built"} (${escapeText(what.modelClass)})`,
		"",
		codeSpan(image),
		"",
		"| Layer | Size | | Digest |",
		"|:--|--:|:--|:--|",
		...rows,
		""
	].join("\n");
	return {
		outputs: {
			image,
			digest: done.digest,
			skipped: String(done.skipped),
			record
		},
		summary
	};
}
function destination(value) {
	const reference = require_reference.parseReference(value, "destination");
	if (reference.digest === void 0) return reference;
	throw new require_run_action.ActionError({
		where: "destination",
		expected: "a name without a digest",
		seen: require_run_action.quote(value),
		fix: "The digest follows from what is built."
	});
}
const list = (value) => value === void 0 ? [] : [value];
const clean = (path) => path.split("/").filter((part) => part !== "" && part !== ".").join("/");
// src/main/build-model-image.ts
require_run_action.runAction(buildModelImage, ({ inputs, run, log }) => {
	const token = inputs["github-token"];
	const registry = require_registry.openRegistry({
		log,
		githubToken: token,
		actor: run.actor
	});
	return {
		log,
		workspace: require_workspace.localWorkspace(run),
		archives: require_archive.tarArchives(),
		github: require_github.githubRest({
			run,
			token
		}),
		images: require_registry.imageStores({
			layout: require_registry.openLayout,
			registry
		})
	};
});
