require("./rolldown-runtime.cjs");
let kept_require_dockerfile;
const require_dockerfile = () => kept_require_dockerfile ??= require("./dockerfile.cjs");
let kept_require_reference;
const require_reference = () => kept_require_reference ??= require("./reference.cjs");
let kept_require_source;
const require_source = () => kept_require_source ??= require("./source.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/image-facts.ts
const MAX_SOURCE_BYTES = 4194304;
/** Reads all that the image depends on. @throws ActionError with every mistake that can be seen by now */
async function observe(given, run, ports) {
	const { workspace, images, log } = ports;
	const taken = await require_house().takeRecord(given.record, run, ports);
	require_house().requireGate(taken, given["require-gate"]);
	const record = isMeant(taken, given) ? taken : void 0;
	const way = given.engine === "layers" ? void 0 : await (await Promise.resolve().then(() => require("./image-engine.cjs"))).requireEngine(given, ports);
	const below = given["working-directory"]?.replace(/^(?:\.\/)+|\/+$/g, "") ?? "";
	const folder = below === "" || below === "." ? run.workspace : `${run.workspace}/${below}`;
	const mistakes = [];
	if ((await workspace.facts(folder))?.kind !== "folder") {
		mistakes.push({
			where: `input "working-directory"`,
			expected: "a folder of the repository",
			seen: require_house().quote(below)
		});
		throw new (require_house()).ActionError(mistakes);
	}
	const s2i = await readS2i(given, folder, ports, mistakes);
	const modelClass = given["model-class"] ?? s2i?.modelClass;
	const serviceType = given["service-type"] ?? s2i?.serviceType ?? "MODEL";
	if (given.wrapper === "seldon" && modelClass === void 0 && given.source === void 0) mistakes.push({
		where: `input "model-class"`,
		expected: "the class that serves the model",
		seen: "nothing, and no MODEL_NAME in .s2i/environment"
	});
	const to = destinationOf(given, record, run);
	const model = await modelFacts(given, record, run, workspace, mistakes);
	const code = await codeFiles(given, run, folder, model, to, ports);
	await checkCode(given, folder, code, modelClass, serviceType, workspace, mistakes);
	await checkRequirements(given, folder, workspace, mistakes);
	for (const name of ["contract", "golden"]) {
		const path = given[name];
		if (path !== void 0 && (await workspace.facts(`${folder}/${path}`))?.kind !== "file") mistakes.push({
			where: `input "${name}"`,
			expected: "a file below the working directory",
			seen: `no ${require_house().quote(path)}`
		});
	}
	if (given.source !== void 0 && model !== void 0 && given.bake) mistakes.push({
		where: `input "source"`,
		expected: "a source that brings its model",
		seen: `the model ${require_house().quote(model.path)} beside it`,
		fix: "Set bake: false: source is built as it stands, and the model comes by model-uri."
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
	const engine = way && await (await Promise.resolve().then(() => require("./image-engine.cjs"))).observeEngine(way, given, folder, run, ports);
	const digests = await workspace.sha256All(folder, code.map(({ path }) => path));
	const baseReference = await baseOf(given, run, ports);
	const base = baseReference && {
		store: await images.open(baseReference),
		reference: baseReference
	};
	const build = {
		wrapper: given.wrapper,
		modelClass,
		serviceType,
		parameters: given.parameters === "[]" ? void 0 : given.parameters,
		environment: s2i?.others ?? {},
		startCommand: given["start-command"],
		modelPath: model?.path,
		modelDigest: given.bake ? model?.digest : void 0,
		bake: given.bake,
		code: code.map(({ path, executable }, at) => ({
			path,
			executable,
			sha256: digests[at].hex
		})),
		requirements: given.requirements && clean(given.requirements),
		packages: baseReference === void 0 ? void 0 : await packagesDigest(given, folder, ports),
		python: given.python,
		baseDigest: base && await digestOf(base.store, base.reference, `input "base-image"`),
		platform: given.platform,
		source: /^[\w.-]+\/[\w.-]+$/.test(run.repository) ? `${run.serverUrl}/${run.repository}` : void 0,
		engine: engine?.key
	};
	const archiveFolder = to.kind === "archive" ? await workspace.temporary("archive") : void 0;
	const store = await images.open(archiveFolder === void 0 ? to : {
		kind: "layout",
		folder: archiveFolder
	});
	if (model === void 0) log.info("No model: the image holds code only.");
	const baseName = baseReference && (build.baseDigest === void 0 ? require_reference().formatReference(baseReference) : `${require_reference().repositoryOf(baseReference)}@${build.baseDigest}`);
	return {
		given,
		record,
		folder,
		build,
		engine,
		modelAt: model?.at,
		modelStamp: model?.stamp,
		destination: to,
		called: to.kind === "archive" ? `docker-archive:${to.file}` : given.image === void 0 || given.image.kind === "archive" ? require_reference().repositoryOf(to) : require_reference().repositoryOf(given.image),
		store,
		archiveFolder,
		base,
		baseName,
		native: run.arch === "ARM64" ? "linux/arm64" : "linux/amd64",
		checked: { formats: "" }
	};
}
/** Of all that is asked for, files that name each other included. */
async function packagesDigest(given, folder, ports) {
	if (given.requirements === void 0) return void 0;
	const { readRequirements } = await Promise.resolve().then(() => require("./image-dependencies.cjs"));
	const { hexDigest } = await Promise.resolve().then(() => require("./plan.cjs")).then((n) => n.plan_exports);
	const { text } = await readRequirements(folder, clean(given.requirements), given.wrapper, ports);
	return hexDigest(text);
}
/** Where the image goes, absolute. On github.com its own registry is the default. */
function destinationOf(given, record, run) {
	const { image } = given;
	if (image?.kind === "archive") return image.file.startsWith("/") ? image : {
		...image,
		file: `${run.workspace}/${clean(image.file)}`
	};
	if (image !== void 0) return require_reference().belowFolder(image, run.workspace);
	if (run.serverUrl !== "https://github.com" || run.repository === "") require_house().refuse({
		where: `input "image"`,
		expected: "where the image goes",
		seen: "nothing",
		fix: "Only on github.com it is ghcr.io by itself."
	});
	const name = record?.model.name ?? given["working-directory"]?.split("/").at(-1);
	const repository = `${run.repository}${name === void 0 ? "" : `/${name}`}`.toLowerCase();
	return require_reference().parseReference(`ghcr.io/${repository}`, `input "image"`);
}
async function readS2i(given, folder, { workspace, log }, mistakes) {
	if (given.wrapper !== "seldon") return void 0;
	const { parseS2iEnvironment, S2I_ENVIRONMENT } = await Promise.resolve().then(() => require("./s2i.cjs"));
	const text = await workspace.readText(`${folder}/${S2I_ENVIRONMENT}`, { maxBytes: 65536 });
	if (text === void 0) return void 0;
	const found = parseS2iEnvironment(text, S2I_ENVIRONMENT);
	for (const [input, name, seen] of [[
		"model-class",
		"MODEL_NAME",
		found.modelClass
	], [
		"service-type",
		"SERVICE_TYPE",
		found.serviceType
	]]) {
		if (given[input] === void 0 || seen === void 0 || given[input] === seen) continue;
		mistakes.push({
			where: `input "${input}"`,
			expected: `${seen}, as ${name} in ${S2I_ENVIRONMENT} has it`,
			seen: given[input],
			fix: "Leave the input out, or change the file."
		});
	}
	if (found.ignored.length > 0) log.info(`${S2I_ENVIRONMENT}: ${found.ignored.join(", ")} is read no more, the wrapper serves REST and gRPC at once.`);
	return found;
}
/** A record that nobody handed on is that of another model, when another path was named and no gate is asked for. */
function isMeant(record, given) {
	if (given.record !== void 0 || given["require-gate"] || given.model === void 0) return true;
	return given.model.startsWith("/") || clean(given.model) === record?.model.path;
}
/** When which files were last changed. Says nothing of what they hold, but that nobody wrote to them since. */
async function stampOf(path, workspace) {
	return JSON.stringify((await workspace.walk(path)).map((file) => [
		file.path,
		file.bytes,
		file.changedMs
	]));
}
/** Which model it is, and where it will lie in the image. */
async function modelFacts(given, record, run, workspace, mistakes) {
	const where = `input "model"`;
	if (given.model === void 0) {
		if (record === void 0) return void 0;
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
			seen: `nothing at ${require_house().quote(given.model)}`,
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
			seen: require_house().quote(given.model)
		});
		return;
	}
	if ((await workspace.walk(at)).reduce((sum, { bytes }) => sum + bytes, 0) === 0) {
		mistakes.push({
			where,
			expected: "a model with content",
			seen: `0 bytes at ${require_house().quote(given.model)}`
		});
		return;
	}
	if (record !== void 0 && (inside === void 0 || inside === path)) return {
		path,
		digest: record.model.digest,
		at
	};
	const { readModel } = await Promise.resolve().then(() => require("./model.cjs")).then((n) => n.model_exports);
	const stamp = await stampOf(at, workspace);
	const found = await readModel(at, workspace);
	if (record !== void 0 && found.digest !== record.model.digest) mistakes.push(notTheRecords(record.model.digest, found.digest));
	return {
		path,
		digest: found.digest,
		at,
		stamp
	};
}
/** What is told of a model that is not the one that passed the gate. */
const notTheRecords = (expected, seen) => ({
	where: `input "model"`,
	expected: `the model of the record, ${expected}`,
	seen,
	fix: "What passed the gate is what is wrapped: leave the input out, or hand on the record of this model."
});
/** The files of the code layer: tracked ones, or all where there is no git; less what `.dockerignore` keeps out. */
async function codeFiles(given, run, folder, model, to, { workspace, log }) {
	const tracked = await workspace.tracked(folder);
	const named = [...tracked ? [...tracked.clean.keys(), ...tracked.changed] : [], ...list(given.requirements).map(clean)];
	const all = tracked ? await Promise.all([...new Set(named)].map(async (path) => ({
		path,
		facts: await workspace.facts(`${folder}/${path}`)
	}))) : (await workspace.walk(folder)).map((file) => ({
		path: file.path,
		facts: file
	}));
	const { parseDockerignore } = await Promise.resolve().then(() => require("./dockerignore.cjs"));
	const ignored = parseDockerignore(await workspace.readText(`${folder}/.dockerignore`, { maxBytes: 65536 }) ?? "");
	const kept = [
		...list(model?.path).map((path) => `${run.workspace}/${path}`),
		...list(model?.at),
		...to.kind === "layout" ? [to.folder] : to.kind === "archive" ? [to.file] : [],
		...[given["emit-dockerfile"], given["contract-report"]].flatMap(list).map((path) => `${run.workspace}/${clean(path)}`),
		run.temp,
		`${folder}/.git`
	];
	const emitted = given["emit-dockerfile"];
	if (emitted !== void 0) kept.push(`${run.workspace}/${[...clean(emitted).split("/").slice(0, -1), require_dockerfile().RESOLVED].join("/")}`);
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
async function absence(folder, path, workspace) {
	return await workspace.facts(`${folder}/${path}`) === void 0 ? `no ${path}` : `${path} on disk, but git does not track it or .dockerignore keeps it out`;
}
/** It need not be in the image: what it asks for is. */
async function checkRequirements(given, folder, workspace, mistakes) {
	const path = given.requirements && clean(given.requirements);
	if (path === void 0 || (await workspace.facts(`${folder}/${path}`))?.kind === "file") return;
	mistakes.push({
		where: `input "requirements"`,
		expected: "a file below the working directory",
		seen: `no ${path}`
	});
}
/** Reads what will serve the model, and runs none of it: a class that is not there is told now, not by a pod that crashes. */
async function checkCode(given, folder, code, modelClass, serviceType, workspace, mistakes) {
	const has = new Set(code.map(({ path }) => path));
	const absent = async (path) => await absence(folder, path, workspace);
	if (given.source !== void 0 || given["runtime-image"] !== void 0) return;
	if (given.wrapper === "mlserver") {
		if (!has.has("model-settings.json")) {
			mistakes.push({
				where: "wrapper mlserver",
				expected: "model-settings.json beside the code",
				seen: await absent("model-settings.json"),
				fix: `For example {"name": "digits", "implementation": "mlserver_sklearn.SKLearnModel", "parameters": {"uri": "./model/model.joblib"}}.`
			});
			return;
		}
		const { settingsMistakes } = await Promise.resolve().then(() => require("./model-settings.cjs"));
		const text = await workspace.readText(`${folder}/model-settings.json`, { maxBytes: 65536 }) ?? "";
		mistakes.push(...settingsMistakes(text, has));
		return;
	}
	if (given.wrapper === "flask") {
		const { programOf } = await Promise.resolve().then(() => require("./trial.cjs"));
		const program = programOf(given["start-command"] ?? "python3 app.py");
		if (program !== void 0 && !has.has(clean(program))) mistakes.push({
			where: "wrapper flask",
			expected: `${program}, which starts the server`,
			seen: await absent(clean(program)),
			fix: "Name the program by start-command: python3 <file>."
		});
		return;
	}
	if (modelClass === void 0) return;
	const candidates = require_source().classFiles(modelClass);
	const file = candidates.find((path) => has.has(path));
	if (file === void 0) {
		mistakes.push({
			where: `input "model-class"`,
			expected: candidates.join(" or "),
			seen: await absent(candidates[0]),
			fix: "Name the class as package.module.Class, or set working-directory to where its file lies."
		});
		return;
	}
	const source = await workspace.readText(`${folder}/${file}`, { maxBytes: MAX_SOURCE_BYTES }) ?? "";
	mistakes.push(...require_source().checkClass(source, file, modelClass, serviceType));
}
/** Finds the model's files, and refuses what should not be loaded or would not load. */
async function modelFiles(facts, run, ports) {
	const { build, given, record } = facts;
	if (build.modelPath === void 0) return void 0;
	const { workspace } = ports;
	const at = facts.modelAt ?? (await (await Promise.resolve().then(() => require("./model.cjs")).then((n) => n.model_exports)).fetchModel(record, run, ports)).path;
	const single = (await workspace.facts(at))?.kind !== "folder";
	const walked = await workspace.walk(at);
	const odd = walked.find(({ kind }) => kind !== "file");
	if (odd !== void 0) require_house().refuse({
		where: `model file ${require_house().quote(odd.path, 200)}`,
		expected: "regular files and folders",
		seen: odd.kind === "link" ? "a symbolic link" : "a device, pipe or socket",
		fix: "Put a copy of what it stands for into its place."
	});
	const root = single ? at.slice(0, at.lastIndexOf("/")) : at;
	const paths = walked.map(({ path }) => path);
	const wrote = { ...record?.model.libraries };
	if (given["check-model"]) {
		const { checkModel } = await Promise.resolve().then(() => require("./model-check.cjs"));
		const { formats, sklearn } = await checkModel(root, paths, given["allow-globals"], ports);
		facts.checked.formats = formats;
		ports.log.info(`The model's files: ${formats}. Pickles were walked, nothing was loaded.`);
		if (sklearn !== void 0) wrote["scikit-learn"] = sklearn;
	}
	await checkVersions(facts, paths, wrote, ports);
	return {
		root,
		paths,
		single
	};
}
async function checkVersions({ given, folder, build }, paths, wrote, { workspace }) {
	const { completeRequirements, prepackagedMistakes, requirementLines, skewMistakes } = await Promise.resolve().then(() => require("./requirements.cjs"));
	const mistakes = [];
	if (given.server !== void 0) mistakes.push(...prepackagedMistakes(given.server, paths, wrote));
	else if (build.requirements !== void 0) {
		const text = await workspace.readText(`${folder}/${build.requirements}`, { maxBytes: MAX_SOURCE_BYTES }) ?? "";
		const read = requirementLines(build.requirements, text);
		if ("fault" in read) mistakes.push(read.fault);
		else mistakes.push(...skewMistakes(wrote, completeRequirements(read.lines, given.wrapper).pins));
	}
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
}
async function baseOf(given, run, { pythons, log }) {
	const asked = given["base-image"];
	if (asked === void 0) return void 0;
	if (asked !== "auto") return require_reference().belowFolder(asked, run.workspace);
	const version = given.python ?? (await pythons.environment({
		requirements: void 0,
		log
	})).version.replace(/\.\d+$/, "");
	log.info(`The base is the official image of Python ${version}, as it is today: name it by digest to keep it.`);
	return require_reference().parseReference(`docker.io/library/python:${version}-slim`, `input "base-image"`);
}
async function digestOf(store, reference, where) {
	const digest = reference.digest ?? await store.head(reference.tag ?? "latest");
	if (digest !== void 0) return digest;
	throw new (require_house()).ActionError({
		where,
		expected: `an image ${require_reference().formatReference(reference)}`,
		seen: "none",
		fix: "Is its name right, and is the job logged in there?"
	});
}
const list = (value) => value === void 0 ? [] : [value];
const clean = (path) => path.split("/").filter((part) => part !== "" && part !== ".").join("/");
exports.modelFiles = modelFiles;
exports.notTheRecords = notTheRecords;
exports.observe = observe;
exports.stampOf = stampOf;
