require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/release.ts
const MAX_CODE_FILES = 2e4;
const MAX_CODE_BYTES = 1024 ** 3;
const MAX_FILES = 2e5;
/** What an unpacked layer may hold beside the bytes of its tar: nothing. */
const MAX_LAYER_BYTES = 64 * 1024 ** 3;
/**
* A release from an image of ours: its layers of code and model, taken from the registry or layout where it lies.
* @param named where the image lies, when the user says so; else where the record says
* @throws ActionError when it is no image of ours
*/
async function releaseOfImage(record, named, modelClass, run, ports) {
	const { belowFolder, formatReference, parseReference, repositoryOf } = await Promise.resolve().then(() => require("./reference.cjs")).then((n) => n.reference_exports);
	const told = record?.image;
	if (named?.digest !== void 0 && told !== void 0 && named.digest !== told.digest) require_house().refuse({
		where: `input "image"`,
		expected: `the image of the record, ${told.digest}`,
		seen: named.digest,
		fix: "What passed the gate is what is served: leave the input out, or hand on the record of this image."
	});
	const reference = belowFolder(named ?? parseReference(told.repository, "the record's image"), run.workspace);
	const where = `image ${formatReference(reference)}`;
	const image = told ? {
		layers: told.layers,
		modelClass: told.modelClass,
		modelPath: told.modelPath,
		digest: told.digest
	} : await readImage(reference, where, ports);
	const layers = image.layers.filter(({ holds }) => holds === "code" || holds === "model");
	const code = layers.filter(({ holds }) => holds === "code").map(({ digest }) => digest);
	const chosen = modelClass ?? image.modelClass;
	if (code.length === 0 || chosen === void 0) require_house().refuse({
		where,
		expected: "an image of build-model-image, with layers of code and model",
		seen: code.length === 0 ? "no layer of code" : "no class that serves it",
		fix: "Build it with build-model-image, and hand its record on."
	});
	return {
		from: `${repositoryOf(reference)}@${image.digest}`,
		model: record?.model.digest ?? (layers.find(({ holds }) => holds === "model")?.digest || void 0),
		code: code.length === 1 ? code[0] : require_house().textDigest(code.join("\n")),
		modelClass: chosen,
		modelPath: image.modelPath,
		layOut: async (folder) => {
			const { IMAGE_ROOT } = await Promise.resolve().then(() => require("./plan.cjs")).then((n) => n.plan_exports);
			const store = await ports.images.open(reference);
			const scratch = `${folder}/.layers`;
			await ports.workspace.write(`${scratch}/layers.json`, JSON.stringify(layers));
			for (const [at, { digest, bytes }] of layers.entries()) {
				const file = `${scratch}/${at}.tar`;
				await store.blobToFile(digest, file);
				await moveFiles(await ports.archives.unpack(file, `${scratch}/${at}`, {
					maxFiles: MAX_FILES,
					maxBytes: Math.min(bytes, MAX_LAYER_BYTES)
				}), `${scratch}/${at}`, folder, ports.workspace);
			}
			await ports.workspace.remove(scratch);
			const root = `${folder}/${IMAGE_ROOT}`;
			if ((await ports.workspace.facts(root))?.kind !== "folder") require_house().refuse({
				where,
				expected: `files below /${IMAGE_ROOT}`,
				seen: "none"
			});
			return root;
		}
	};
}
/** Layers lie over one another: each file goes to its place, a later one over an earlier. */
async function moveFiles(files, from, to, workspace) {
	for (const { path, kind } of files) {
		if (kind !== "file") continue;
		await workspace.move(`${from}/${path}`, `${to}/${path}`);
	}
}
/** What an image of ours says of itself, without a record. */
async function readImage(reference, where, { images }) {
	const { heldLayers, MAX_CONFIG_BYTES } = await Promise.resolve().then(() => require("./plan.cjs")).then((n) => n.plan_exports);
	const { parseJson } = await Promise.resolve().then(() => require("./house.cjs")).then((n) => n.json_exports);
	const store = await images.open(reference);
	const found = await store.manifest(reference.digest ?? reference.tag ?? "latest");
	const config = found?.manifest.config;
	if (found === void 0 || config === void 0) require_house().refuse({
		where,
		expected: "an image",
		seen: found ? "an index or an artifact" : "none",
		fix: "Is its name right?"
	});
	const value = parseJson((await store.blob(config.digest, { maxBytes: MAX_CONFIG_BYTES })).toString("utf8"), {
		where: `${where}, config`,
		maxBytes: MAX_CONFIG_BYTES
	});
	const settings = value !== null && typeof value === "object" && !Array.isArray(value) ? value.config : void 0;
	const env = settings !== null && typeof settings === "object" && !Array.isArray(settings) ? settings?.Env : void 0;
	const variable = (name) => {
		const line = Array.isArray(env) ? env.find((each) => typeof each === "string" && each.startsWith(`${name}=`)) : "";
		return typeof line === "string" && line !== "" ? line.slice(name.length + 1) : void 0;
	};
	const path = /^\/app\/(.+)$/.exec(variable("MODEL_PATH") ?? "")?.[1];
	return {
		layers: heldLayers(found.manifest),
		digest: found.digest,
		modelClass: variable("MODEL_NAME"),
		modelPath: path !== void 0 && !/(^|\/)\.\.(\/|$)/.test(path) ? path : void 0
	};
}
/**
* A release from this checkout: the tracked files below a folder, or all where there is no git, and the model.
* @param folder absolute
* @param model the input: a path relative to the repository, or absolute
*/
async function releaseOfCheckout(record, { folder, model, modelClass }, run, ports) {
	const { workspace } = ports;
	const { readModel, fetchModel } = await Promise.resolve().then(() => require("./model.cjs")).then((n) => n.model_exports);
	const at = model === void 0 ? void 0 : model.startsWith("/") ? model : `${run.workspace}/${model}`;
	const found = at === void 0 ? void 0 : await readModel(at, workspace);
	if (at !== void 0 && found === void 0) require_house().refuse({
		where: `input "model"`,
		expected: "a file or folder",
		seen: `nothing at ${require_house().quote(model)}`,
		fix: "Does train come before this step, and does it write there?"
	});
	if (found !== void 0 && record !== void 0 && found.digest !== record.model.digest) require_house().refuse({
		where: `input "model"`,
		expected: `the model of the record, ${record.model.digest}`,
		seen: found.digest,
		fix: "What passed the gate is what is served: leave the input out, or hand on the record of this model."
	});
	const inside = at?.startsWith(`${run.workspace}/`) ? at.slice(run.workspace.length + 1) : void 0;
	const modelPath = record?.model.path ?? inside ?? (at === void 0 ? void 0 : `model/${at.slice(at.lastIndexOf("/") + 1)}`);
	const files = await codeFiles(folder, [
		`${folder}/.git`,
		run.temp,
		...modelPath === void 0 ? [] : [`${run.workspace}/${modelPath}`]
	], workspace);
	const { modelDigest } = await Promise.resolve().then(() => require("./manifest2.cjs")).then((n) => n.manifest_exports);
	const digests = await workspace.sha256All(folder, files.map(({ path }) => path));
	return {
		from: "this checkout",
		model: found?.digest ?? record?.model.digest,
		code: modelDigest(files.map((file, index) => ({
			...file,
			sha256: digests[index].hex,
			bytes: digests[index].bytes
		}))),
		modelClass,
		modelPath,
		layOut: async (to) => {
			const root = `${to}/app`;
			for (const { path } of files) await workspace.copy(`${folder}/${path}`, `${root}/${path}`);
			if (modelPath !== void 0) {
				const source = at ?? (await fetchModel(record, run, ports)).path;
				await workspace.copy(source, `${root}/${modelPath}`);
			}
			return root;
		}
	};
}
async function codeFiles(folder, out, workspace) {
	if ((await workspace.facts(folder))?.kind !== "folder") require_house().refuse({
		where: `input "working-directory"`,
		expected: "a folder of the repository",
		seen: "none"
	});
	const tracked = await workspace.tracked(folder);
	const named = tracked ? /* @__PURE__ */ new Set([...tracked.clean.keys(), ...tracked.changed]) : void 0;
	const files = (await workspace.walk(folder)).filter(({ path, kind }) => kind === "file" && (named?.has(path) ?? true) && !path.split("/").includes("__pycache__") && !out.some((each) => `${folder}/${path}/`.startsWith(`${each}/`)));
	const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
	if (files.length > MAX_CODE_FILES || bytes > MAX_CODE_BYTES) throw new (require_house()).ActionError({
		where: `input "working-directory"`,
		expected: `at most ${MAX_CODE_FILES} files and 1 GiB of code`,
		seen: `${files.length} files, ${bytes} bytes`,
		fix: "Name the folder that holds the code of the model server."
	});
	return files;
}
exports.releaseOfCheckout = releaseOfCheckout;
exports.releaseOfImage = releaseOfImage;
