Object.defineProperty(exports, Symbol.toStringTag, { value: "Module" });
require("./chunks/rolldown-runtime.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./chunks/manifest.cjs");
let kept_require_source;
const require_source = () => kept_require_source ??= require("./chunks/source.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_permitted;
const require_permitted = () => kept_require_permitted ??= require("./chunks/permitted.cjs");
let kept_require_step_seconds;
const require_step_seconds = () => kept_require_step_seconds ??= require("./chunks/step-seconds.cjs");
let kept_require_archive;
const require_archive = () => kept_require_archive ??= require("./chunks/archive.cjs");
let kept_require_artifact;
const require_artifact = () => kept_require_artifact ??= require("./chunks/artifact.cjs");
let kept_require_github;
const require_github = () => kept_require_github ??= require("./chunks/github.cjs");
let kept_require_http;
const require_http = () => kept_require_http ??= require("./chunks/http.cjs");
let kept_require_registry;
const require_registry = () => kept_require_registry ??= require("./chunks/registry.cjs");
let kept_require_lock;
const require_lock = () => kept_require_lock ??= require("./chunks/lock.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
let kept_require_python;
const require_python = () => kept_require_python ??= require("./chunks/python.cjs");
let kept_require_rclone;
const require_rclone = () => kept_require_rclone ??= require("./chunks/rclone.cjs");
let kept_node_fs;
const node_fs = () => kept_node_fs ??= require("node:fs");
let kept_node_fs_promises;
const node_fs_promises = () => kept_node_fs_promises ??= require("node:fs/promises");
// src/actions/build-model-image.ts
const RELATIVE = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/;
const below = {
	pattern: RELATIVE,
	accepts: "a path below the working directory"
};
/** Wraps model and code in an image that is a function of both: where that image is there already, nothing is done. */
const buildModelImage = {
	id: "build-model-image",
	inputs: {
		record: require_house().recordInput,
		"require-gate": require_house().flag({
			description: "Refuse to work unless the record's gate is passed. `false` builds without one.",
			default: "true"
		}),
		engine: require_house().oneOf$1([
			"layers",
			"docker",
			"buildah",
			"s2i"
		], {
			description: "What builds: `layers` needs no daemon and gives the same image everywhere; `docker`, `buildah` and `s2i` run the program of that name.",
			default: "layers"
		}),
		wrapper: require_house().oneOf$1([
			"seldon",
			"mlserver",
			"flask"
		], {
			description: "What serves the model: seldon-core's Python wrapper, MLServer with its `model-settings.json`, or a program of your own.",
			default: "seldon"
		}),
		model: require_house().text({
			description: "The model's file or folder, relative to the repository, or the path that train returned. Left out, the model of the record, fetched where it is needed; without a record the image holds code only.",
			pattern: /^[^\u0000-\u001f\u007f\\]+$/,
			accepts: "a path"
		}),
		bake: require_house().flag({
			description: "Put the model into the image. `false` leaves it out: it then comes by `model-uri`, at /mnt/models.",
			default: "true"
		}),
		server: require_house().parsed({
			description: "With `bake: false`: the prepackaged server that will load the model, so that its files and their writer are checked.",
			accepts: "`SKLEARN_SERVER`, `XGBOOST_SERVER`, `MLFLOW_SERVER`, `TENSORFLOW_SERVER`",
			parse: async (value) => {
				const { PREPACKAGED } = await Promise.resolve().then(() => require("./chunks/requirements.cjs"));
				if (PREPACKAGED.includes(value)) return value;
				throw new (require_house()).Refusal(`one of ${PREPACKAGED.join(", ")}`);
			}
		}),
		"model-class": require_house().text({
			description: "The class that serves the model: `DigitsModel` in `DigitsModel.py`, or dotted, `src.model.Predictor`. Left out, MODEL_NAME of `.s2i/environment`.",
			pattern: require_source().MODEL_CLASS,
			accepts: "a Python class: Name, or package.module.Name"
		}),
		"service-type": require_house().parsed({
			description: "What the class is to Seldon. Left out, SERVICE_TYPE of `.s2i/environment`, else MODEL.",
			accepts: require_source().SERVICE_TYPES.map((each) => `\`${each}\``).join(", "),
			parse: (value) => require_source().SERVICE_TYPES.find((each) => each === value) ?? refuseWord(require_source().SERVICE_TYPES)
		}),
		parameters: require_house().parsed({
			description: "What the class's constructor is given, name: value; numbers, texts and true or false keep their type.",
			accepts: "YAML: `name: value`",
			parse: async (value) => {
				const { parseYaml } = await Promise.resolve().then(() => require("./chunks/yaml.cjs")).then((n) => n.yaml_exports);
				const { typedParameters } = await Promise.resolve().then(() => require("./chunks/s2i.cjs"));
				return typedParameters(await parseYaml(value, {
					where: "parameters",
					maxBytes: 65536
				})) ?? "[]";
			}
		}),
		"start-command": require_house().text({
			description: "Starts the server in place of the wrapper's own start: `python3 serve.py`. For wrapper flask; `python3 app.py` where left out.",
			pattern: /^[\w./= -]{1,500}$/,
			accepts: "a command without quotes"
		}),
		requirements: require_house().text({
			description: "What the server needs, relative to the working directory: requirements*.txt, uv.lock, poetry.lock, Pipfile.lock, pyproject.toml or setup.py. With a base image it becomes a layer of its own, kept until it changes.",
			...below
		}),
		python: require_house().text({
			description: "The Python of a base image that does not say: `3.11`.",
			pattern: /^3\.\d{1,2}$/,
			accepts: "`3.11`"
		}),
		"base-image": require_house().parsed({
			description: "The image below, best named by digest: it brings Python. `auto` is the official image of the Python in PATH, the one that trained. Left out, the image holds model and code only, for target: local.",
			accepts: "an image's name, `oci:<folder>` or `auto`",
			parse: async (value) => value === "auto" ? "auto" : (await Promise.resolve().then(() => require("./chunks/reference.cjs")).then((n) => n.reference_exports)).parseReference(value, "base image")
		}),
		platform: require_house().oneOf$1(["linux/amd64", "linux/arm64"], {
			description: "What the image is for.",
			default: "linux/amd64"
		}),
		image: require_house().parsed({
			description: "Where the image goes: a registry's repository, with or without a tag, `oci:<folder>` for an OCI layout, or `docker-archive:<file>` as `docker load` and `kind load` read it. Left out on github.com, `ghcr.io/<repository>/<name>`.",
			accepts: "`ghcr.io/owner/name[:tag]`, `oci:<folder>[:tag]` or `docker-archive:<file>[:tag]`",
			parse: destination
		}),
		tags: require_house().lines({ description: "Further tags. `fp-<fingerprint>` and `sha-<commit>` are always set." }),
		"move-tags": require_house().flag({
			description: "Let tags that stand on another image move here, `sha-…` among them, as where one commit is trained anew every night. `false` refuses, but for `latest` and names of branches.",
			default: "false"
		}),
		"working-directory": require_house().text({
			description: "Where the code lies, relative to the repository. Left out, the repository itself.",
			pattern: RELATIVE,
			accepts: "a path below the repository"
		}),
		dockerfile: require_house().text({
			description: "With engine docker or buildah: your Dockerfile. Left out, one that does what the layers engine does.",
			...below
		}),
		"emit-dockerfile": require_house().text({
			description: "Also write a Dockerfile that says what is built, for reading: a path relative to the repository.",
			pattern: RELATIVE,
			accepts: "a path below the repository"
		}),
		"builder-image": require_house().text({
			description: "With engine s2i: the builder.",
			default: "seldonio/seldon-core-s2i-python38:1.17.1"
		}),
		"runtime-image": require_house().text({ description: "With engine s2i: the image that the result is put into, as for Java." }),
		source: require_house().text({
			description: "With engine s2i: a git URL to build from, in place of the working directory, if need be with `#` and a branch, tag or commit.",
			pattern: /^(?:https:\/\/|http:\/\/(?:localhost|127\.0\.0\.1)[:/])[^\s'"`$\\;|&<>@]+$/,
			accepts: "`https://…`, with `#` and a branch, tag or commit"
		}),
		"context-dir": require_house().text({
			description: "With `source`: the folder in it.",
			pattern: RELATIVE,
			accepts: "a path"
		}),
		"check-model": require_house().flag({
			description: "Walk the model's pickles, without loading them, and refuse whatever could run something.",
			default: "true"
		}),
		"allow-globals": require_house().lines({ description: "Names in a pickle that are yours and harmless: `src.features.Encoder`." }),
		try: require_house().flag({
			description: "Start the server on loopback and ask it before anything is pushed.",
			default: "true"
		}),
		"smoke-request": require_house().parsed({
			description: "A request that the image must answer: `body`, and if need be `path` and `expect` with `status`, `shape`, `values` and `tolerance`. It is sent as JSON and, to the Seldon wrapper, as the form `json=` too.",
			accepts: "YAML: `{path, body, expect}`",
			parse: async (value) => (await Promise.resolve().then(() => require("./chunks/smoke.cjs")).then((n) => n.smoke_exports)).parseSmokeRequest(value)
		}),
		contract: require_house().text({
			description: "A `contract.json` as Seldon's testers read it: batches are made up from it, and the answers checked against its targets.",
			...below
		}),
		golden: require_house().text({
			description: "A JSON list of `{input | request, expected, tolerance}` that the server must answer so.",
			...below
		}),
		"contract-report": require_house().text({
			description: "Where to write what was asked as JUnit XML, relative to the repository.",
			pattern: RELATIVE,
			accepts: "a path below the repository"
		}),
		"try-timeout": require_house().seconds({
			description: "How long the server may take to answer first.",
			default: "3m",
			most: 3600
		}),
		"max-start": require_house().seconds({
			description: "Refuse a server that takes longer to start.",
			default: "1h",
			most: 3600
		}),
		"max-p95": require_house().integer({
			description: "Refuse a server whose answers take longer, in milliseconds, for 95 of 100.",
			least: 1,
			most: 6e5
		}),
		"max-memory": require_house().integer({
			description: "Refuse a server that takes more memory, in MiB.",
			least: 16,
			most: 1e6
		}),
		"registry-username": require_house().text({ description: "With `registry-password`: opens the image's registry, in place of docker's own logins." }),
		"registry-password": require_house().text({
			description: "Belongs to `registry-username`.",
			secret: true
		}),
		"github-token": require_house().text({
			description: "Fetches the model's artifact, and opens ghcr.io where docker is not logged in.",
			expression: "${{ github.token }}",
			secret: true
		})
	},
	outputs: {
		image: "The image by digest: `ghcr.io/acme/digits@sha256:…`, `oci:image@sha256:…`",
		digest: "The digest of its manifest, `sha256:…`",
		tag: "The tag that stands for its content, `fp-…`",
		skipped: "`true` when this very image was there already, `false` when it was built",
		"start-seconds": "How long the server took until it answered; empty when it was not tried",
		"p95-milliseconds": "How long 95 of 100 answers took at most; empty when none was asked for",
		record: "The release record with the section `image`; empty without a record"
	},
	run: async (given, run, ports) => {
		const staysHere = given.image !== void 0 && given.image.kind !== "registry";
		await require_permitted().permit(staysHere ? "build" : "push", run, ports, `${run.workspace}/${given["working-directory"] ?? ""}`);
		const from = ports.clock.elapsed();
		const { observe } = await Promise.resolve().then(() => require("./chunks/image-facts.cjs"));
		const facts = await observe(given, run, ports);
		const { buildKey, keyTag } = await Promise.resolve().then(() => require("./chunks/plan.cjs")).then((n) => n.plan_exports);
		const key = buildKey(facts.build);
		const target = {
			key,
			keyTag: keyTag(key),
			wanted: wantedTags(keyTag(key), given, facts, run),
			branch: /^refs\/heads\/(.+)$/.exec(run.ref)?.[1]?.replace(/[^A-Za-z0-9._-]/g, "-"),
			store: facts.store,
			called: facts.called
		};
		try {
			const before = await takeUnchanged(facts, target, ports);
			const made = before === void 0 ? await make(facts, target, run, ports) : {
				done: before,
				tried: void 0
			};
			const record = await addToRecord(facts, target, made, run, ports);
			await require_step_seconds().keepSeconds(made.done.digest, (ports.clock.elapsed() - from) / 1e3, run, ports.workspace);
			return await tell(facts, target, made, record);
		} finally {
			if (facts.archiveFolder !== void 0) await ports.workspace.remove(facts.archiveFolder);
		}
	}
};
/** Checks, tries, then builds and pushes: nothing goes out before it was seen answering. */
async function make(facts, target, run, ports) {
	const { workspace } = ports;
	const scratch = await workspace.temporary("image");
	try {
		const { modelFiles } = await Promise.resolve().then(() => require("./chunks/image-facts.cjs"));
		const model = await modelFiles(facts, run, ports);
		if (facts.given["emit-dockerfile"] !== void 0) await emitDockerfile(facts, facts.given["emit-dockerfile"], run, ports);
		if (facts.engine !== void 0) {
			const { buildByEngine } = await Promise.resolve().then(() => require("./chunks/image-engine.cjs"));
			return await buildByEngine(facts, facts.engine, target, model, scratch, run, ports);
		}
		const { buildLayers } = await Promise.resolve().then(() => require("./chunks/image-layers.cjs"));
		return await buildLayers(facts, target, model, scratch, run, ports);
	} finally {
		await workspace.remove(scratch);
	}
}
/** Ours as a text, and beside it what it installs. */
async function emitDockerfile({ build, baseName, folder, given }, path, run, ports) {
	const { dockerfileOf, RESOLVED } = await Promise.resolve().then(() => require("./chunks/dockerfile.cjs")).then((n) => n.dockerfile_exports);
	const to = `${run.workspace}/${path}`;
	await ports.workspace.write(to, dockerfileOf(build, baseName));
	if (build.requirements === void 0) return;
	const { readRequirements } = await Promise.resolve().then(() => require("./chunks/image-dependencies.cjs"));
	const { text } = await readRequirements(folder, build.requirements, given.wrapper, ports);
	await ports.workspace.write(`${to.slice(0, to.lastIndexOf("/"))}/${RESOLVED}`, text);
}
/** The image of this key, when it is there whole. Its missing tags are set; nothing else travels. */
async function takeUnchanged(facts, target, { log }) {
	const { store } = facts;
	const found = await store.manifest(target.keyTag);
	if (found === void 0 || !await isWhole(store, found.manifest, facts.destination)) return void 0;
	const { heldLayers } = await Promise.resolve().then(() => require("./chunks/plan.cjs")).then((n) => n.plan_exports);
	const missing = await missingTags(target, found.digest, facts, log);
	if (missing.length > 0) await store.putManifest(found.bytes, found.manifest.mediaType ?? require_manifest().MEDIA.manifest, missing);
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
/** Names that are meant to move. */
const MOVING = /* @__PURE__ */ new Set([
	"latest",
	"main",
	"master",
	"edge",
	"nightly",
	"stable",
	"dev",
	"develop"
]);
/**
* The tags that are to be set. One that stands on another image is moved only where that is meant: whoever has pulled by it
* would get another image under the same name. That holds for `sha-…` too: a release looks for its commit's image by that name.
* @throws ActionError before they are set
*/
async function missingTags({ wanted, keyTag, store, branch }, digest, facts, log) {
	const missing = [];
	for (const tag of wanted.filter((each) => each !== keyTag)) {
		const before = await store.head(tag);
		if (before === digest) continue;
		missing.push(tag);
		if (before === void 0 || isMoving(tag, branch, facts)) continue;
		if (!facts.given["move-tags"] && !isOwn(tag, facts)) throw taken(tag, before);
		log.warning(`The tag ${tag} moves from ${before} to ${digest}: model, base or code differ.`);
	}
	return missing;
}
/** For an image whose digest is known only once it was pushed: it is another than all that are there. */
async function refuseTakenTags({ wanted, keyTag, store, branch }, facts) {
	if (facts.given["move-tags"]) return;
	for (const tag of wanted) {
		if (tag === keyTag || isMoving(tag, branch, facts) || isOwn(tag, facts)) continue;
		const before = await store.head(tag);
		if (before !== void 0) throw taken(tag, before);
	}
}
const isMoving = (tag, branch, { destination }) => MOVING.has(tag) || tag === branch || destination.kind === "archive";
/** A folder is this job's own: what it holds for a commit is what was built last, and nobody is promoted from there. */
const isOwn = (tag, { destination }) => destination.kind === "layout" && tag.startsWith("sha-");
const taken = (tag, before) => new (require_house()).ActionError({
	where: `tag ${tag}`,
	expected: "no other image under it",
	seen: before,
	fix: tag.startsWith("sha-") ? "This commit has made another image before, here or under another name. Give each model a repository of its own (image), or set move-tags: true if this one is to stand for the commit." : "Take a new tag, or set move-tags: true if it is meant to move."
});
/** The tags of an image: of its content, of the commit, and the ones that the user named. */
function wantedTags(tag, given, { destination: to }, run) {
	const named = [...to.tag === void 0 ? [] : [to.tag], ...given.tags];
	const wrong = named.find((each) => !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(each));
	if (wrong !== void 0) throw new (require_house()).ActionError({
		where: `input "tags"`,
		expected: "tags of at most 128 letters, digits, . _ and -",
		seen: require_house().quote(wrong)
	});
	return [.../* @__PURE__ */ new Set([
		tag,
		.../^[0-9a-f]{40,64}$/.test(run.sha) ? [`sha-${run.sha}`] : [],
		...named
	])];
}
async function addToRecord(facts, target, { done, tried }, run, ports) {
	const { record, build: what, store } = facts;
	if (record === void 0) return "";
	const section = {
		repository: target.called,
		digest: done.digest,
		layers: done.layers.map(({ digest, bytes, holds }) => ({
			digest,
			bytes,
			holds
		})),
		...what.modelClass === void 0 ? {} : { modelClass: what.modelClass },
		...what.modelPath === void 0 || !what.bake ? {} : { modelPath: what.modelPath },
		...tried === void 0 ? {} : { tried: tried.figures }
	};
	const json = await require_house().giveRecord({
		...record,
		image: section
	}, run, ports);
	if (record.gate !== void 0 && facts.destination.kind !== "archive") {
		const { keepImageRecord } = await Promise.resolve().then(() => require("./chunks/image-evidence.cjs"));
		await keepImageRecord(json, done.digest, ports);
	}
	if (facts.destination.kind !== "archive" && (!done.skipped || done.tagged)) {
		const { attachRecord } = await Promise.resolve().then(() => require("./chunks/image-record.cjs"));
		try {
			await attachRecord(store, {
				mediaType: require_manifest().MEDIA.manifest,
				digest: done.digest,
				size: done.bytes
			}, json);
		} catch (thrown) {
			ports.log.warning(`The release record could not be attached to the image. ${require_house().messageOf(thrown)}`);
		}
	}
	return json;
}
async function tell({ build: what, checked }, target, { done, tried }, record) {
	const { codeSpan, escapeCell, escapeText } = await Promise.resolve().then(() => require("./chunks/house.cjs")).then((n) => n.escape_exports);
	const { bytesAsText } = await Promise.resolve().then(() => require("./chunks/house.cjs")).then((n) => n.quantity_exports);
	const image = `${target.called}@${done.digest}`;
	const rows = done.layers.map(({ holds, bytes, how, digest }) => `| ${escapeCell(holds)} | ${bytesAsText(bytes)} | ${escapeCell(how)} | ${codeSpan(digest.slice(0, 19))} |`);
	const summary = [
		`## Image: ${done.skipped ? "unchanged" : "built"} (${escapeText(what.modelClass ?? target.called)})`,
		"",
		codeSpan(image),
		"",
		"| Layer | Size | | Digest |",
		"|:--|--:|:--|:--|",
		...rows,
		"",
		...checked.formats === "" ? [] : [`Model files: ${escapeCell(checked.formats)}, walked and not loaded.`, ""],
		...tried === void 0 ? [] : [tried.table, ""]
	].join("\n");
	return {
		outputs: {
			image,
			digest: done.digest,
			tag: target.keyTag,
			skipped: String(done.skipped),
			"start-seconds": tried === void 0 ? "" : tried.figures.startSeconds.toFixed(2),
			"p95-milliseconds": tried?.figures.p95 === void 0 ? "" : tried.figures.p95.toFixed(1),
			record
		},
		summary
	};
}
async function destination(value) {
	if (value.startsWith("docker-archive:")) {
		const [, file = "", tag] = /^(.+?)(?::([A-Za-z0-9_][\w.-]{0,127}))?$/.exec(value.slice(15)) ?? [];
		if (/^[^\u0000-\u001f\u007f]+$/.test(file)) return {
			kind: "archive",
			file,
			...tag === void 0 ? {} : { tag }
		};
	}
	const { parseReference } = await Promise.resolve().then(() => require("./chunks/reference.cjs")).then((n) => n.reference_exports);
	const reference = parseReference(value, "destination");
	if (reference.digest === void 0) return reference;
	throw new (require_house()).ActionError({
		where: "destination",
		expected: "a name without a digest",
		seen: require_house().quote(value),
		fix: "The digest follows from what is built."
	});
}
function refuseWord(words) {
	throw new (require_house()).Refusal(`one of ${words.join(", ")}`);
}
// src/adapters/pieces.ts
const CHUNK = 262144;
/** Files read for a walk that asks for their bytes. Stored ones are read only where the walk wants to see them. */
function filePieces() {
	return { walk: async (path, walk, packing) => await (packing === "stored" ? walkStored(path, walk) : walkPacked(path, walk, packing)) };
}
async function walkStored(path, walk) {
	const file = await (0, node_fs_promises().open)(path, "r");
	try {
		const { size } = await file.stat();
		let at = 0;
		let answer;
		for (;;) {
			const step = walk.next(answer);
			if (step.done) return step.value;
			if (step.value.kind === "skip") {
				at += step.value.bytes;
				answer = at > size ? void 0 : Buffer.alloc(0);
				continue;
			}
			const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, at);
			at += bytesRead;
			answer = buffer.subarray(0, bytesRead);
		}
	} finally {
		await file.close();
	}
}
async function walkPacked(path, walk, packing) {
	const { createGunzip, createInflate } = process.getBuiltinModule("node:zlib");
	const { size } = await (0, node_fs_promises().lstat)(path);
	const source = (0, node_fs().createReadStream)(path, { highWaterMark: CHUNK });
	const unpacked = source.pipe(packing === "zlib" ? createInflate() : createGunzip());
	source.once("error", (cause) => unpacked.destroy(cause));
	const pieces = unpacked[Symbol.asyncIterator]();
	const next = async () => {
		try {
			const { done, value } = await pieces.next();
			return done ? void 0 : value;
		} catch (cause) {
			throw new (require_house()).ActionError({
				where: path,
				expected: `a whole ${packing} stream`,
				seen: require_house().messageOf(cause)
			}, { cause });
		}
	};
	try {
		let held = Buffer.alloc(0);
		let step = walk.next(void 0);
		while (!step.done) {
			if (step.value.kind === "more") {
				const piece = held.length > 0 ? held : await next();
				held = Buffer.alloc(0);
				step = walk.next(piece);
				continue;
			}
			let left = step.value.bytes;
			let ended = false;
			while (left > 0 && !ended) {
				if (held.length === 0) {
					const piece = await next();
					if (piece === void 0) ended = true;
					else held = piece;
				}
				const taken = Math.min(left, held.length);
				held = held.subarray(taken);
				left -= taken;
			}
			step = walk.next(ended ? void 0 : Buffer.alloc(0));
		}
		if (held.length > 0 || await next() !== void 0 || unpacked.bytesWritten !== size) throw new (require_house()).ActionError({
			where: path,
			expected: `one ${packing} stream and nothing behind it`,
			seen: "more bytes"
		});
		return step.value;
	} finally {
		source.destroy();
		unpacked.destroy();
	}
}
// src/main/build-model-image.ts
require_house().runAction(buildModelImage, ({ inputs, run, log, signal }) => {
	const token = inputs["github-token"];
	const login = {
		username: inputs["registry-username"],
		password: inputs["registry-password"],
		image: inputs.image
	};
	const registry = require_registry().openRegistry({
		log,
		githubToken: token,
		actor: run.actor,
		login
	});
	const processes = require_process().localProcesses({ signal });
	return {
		log,
		signal,
		processes,
		workspace: require_house().localWorkspace(run),
		archives: require_archive().tarArchives(),
		store: require_rclone().rcloneStore({
			processes,
			temp: run.temp
		}),
		github: require_github().githubRest({
			run,
			token
		}),
		images: require_registry().imageStores({
			layout: require_registry().openLayout,
			registry
		}),
		pieces: filePieces(),
		pythons: require_python().pythons({
			processes,
			locks: require_lock().fileLocks()
		}),
		http: require_http().httpClient(),
		clock: require_house().systemClock(),
		artifacts: require_artifact().runArtifacts(log)
	};
});
exports.missingTags = missingTags;
exports.refuseTakenTags = refuseTakenTags;
