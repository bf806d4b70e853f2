require("./rolldown-runtime.cjs");
let kept_require_plan;
const require_plan = () => kept_require_plan ??= require("./plan.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest.cjs");
let kept_require_requirements;
const require_requirements = () => kept_require_requirements ??= require("./requirements.cjs");
let kept_require_environment;
const require_environment = () => kept_require_environment ??= require("./environment.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/image-dependencies.ts
const MAX_TEXT_BYTES = 4194304;
const INSTALL_MS = 18e5;
const MOST_SOURCES = 30;
/** Of the files in a layer of packages. */
const LIMITS = {
	maxFiles: 4e5,
	maxBytes: 64 * 1024 ** 3
};
/** The requirements of the server as pip reads them, references to other files resolved. */
async function readRequirements(folder, path, wrapper, ports) {
	return require_requirements().completeRequirements(await includeFiles(folder, path, ports, 0), wrapper);
}
async function includeFiles(folder, path, ports, depth) {
	const text = await ports.workspace.readText(`${folder}/${path}`, { maxBytes: MAX_TEXT_BYTES });
	if (text === void 0 || depth > 8) return require_house().refuse({
		where: require_house().quote(path),
		expected: "a file of requirements",
		seen: text === void 0 ? "none" : "files that name each other"
	});
	const read = require_requirements().requirementLines(path, text);
	if ("fault" in read) throw new (require_house()).ActionError(read.fault);
	const lines = [];
	for (const line of read.lines.split(/\r\n|\n|\r/)) {
		const [, named] = /^\s*(?:-r|--requirement)[\s=]+(\S+)\s*$/.exec(line) ?? [];
		if (named === void 0) {
			lines.push(line);
			continue;
		}
		const beside = path.includes("/") ? `${path.slice(0, path.lastIndexOf("/"))}/${named}` : named;
		if (beside.startsWith("/") || beside.split("/").includes("..")) require_house().refuse({
			where: require_house().quote(path),
			expected: "files below the working directory",
			seen: require_house().quote(named)
		});
		lines.push(await includeFiles(folder, beside.replace(/^\.\//, ""), ports, depth + 1));
	}
	return lines.join("\n");
}
/**
* The layer of packages for a base's Python: found by its fingerprint, else made of wheels. What comes as source only is built
* here, and taken when it is pure Python.
* @param scratch a folder of ours
*/
async function dependencyLayer(facts, base, scratch, ports) {
	const { store, build, given } = facts;
	const { archives, log, workspace } = ports;
	const requirements = await readRequirements(facts.folder, build.requirements, given.wrapper, ports);
	const own = /^(?:-e\s+)?\.(?:\[|\s|$)/m.test(requirements.text) ? build.code.map(({ path, sha256 }) => `${path} ${sha256}`) : [];
	const tag = require_plan().layerTag("dependencies", [
		requirements.text,
		base.version,
		base.site,
		given.platform,
		...own
	]);
	const [found] = (await store.manifest(tag))?.manifest.layers ?? [];
	if (found !== void 0 && found.mediaType === require_manifest().MEDIA.layer && await store.hasBlob(found.digest)) {
		log.info(`The dependency layer is there already (${tag}): pip does not run.`);
		const folder = `${scratch}/dependencies`;
		return {
			layer: {
				holds: "dependencies",
				sha256: found.digest.slice(7),
				bytes: found.size
			},
			how: "there already",
			site: async () => {
				if (await workspace.facts(`${folder}/${base.site}`) === void 0) {
					log.info("The dependency layer is fetched, to try the server with it.");
					await store.blobToFile(found.digest, `${scratch}/dependencies.tar`);
					await archives.unpack(`${scratch}/dependencies.tar`, folder, LIMITS);
					await workspace.remove(`${scratch}/dependencies.tar`);
				}
				return `${folder}/${base.site}`;
			}
		};
	}
	if (requirements.added.length > 0) log.info(`Added to the requirements: ${requirements.added.join(", ")}.`);
	if (requirements.loose.length > 0) log.warning(`Not pinned: ${requirements.loose.slice(0, 10).join(", ")}. The layer stays as it is resolved now until the file changes.`);
	const folder = `${scratch}/dependencies`;
	await log.group("Packages of the server", async () => {
		await makeFolder(facts, base, requirements.text, folder, scratch, ports);
	});
	const paths = (await workspace.walk(folder, { maxFiles: LIMITS.maxFiles })).map(({ path }) => path);
	const content = await archives.stream(folder, paths);
	const { digest, bytes } = await store.putStream(content, () => void 0);
	const layer = {
		holds: "dependencies",
		sha256: digest.slice(7),
		bytes
	};
	await keepLayer(facts, layer, tag);
	return {
		layer,
		how: "written",
		site: async () => `${folder}/${base.site}`
	};
}
/** Puts a layer under a tag of its own, so that it is found again by what it is made of. */
async function keepLayer({ store, destination }, layer, tag) {
	if (destination.kind === "archive") return;
	await store.putBlob(Buffer.from("{}"));
	await store.putManifest(require_plan().layerManifest(layer), require_manifest().MEDIA.manifest, [tag]);
}
async function makeFolder(facts, base, requirements, folder, scratch, ports) {
	const { workspace, processes, log } = ports;
	const python = await matchingPython(base.version, ports);
	const file = `${scratch}/requirements.txt`;
	await workspace.write(file, requirements);
	const wheels = `${scratch}/wheels`;
	const native = facts.given.platform === facts.native;
	await workspace.write(`${wheels}/.keep`, "");
	await workspace.remove(`${wheels}/.keep`);
	const env = require_environment().installerEnvironment(processes.environment());
	const pip = async (args, cwd) => {
		const lines = [];
		let collected = 0;
		const started = await processes.start({
			command: python,
			args: [
				"-m",
				"pip",
				"--no-input",
				"--disable-pip-version-check",
				"--no-color",
				...args
			],
			env: {
				...env,
				PYTHONUNBUFFERED: "1"
			},
			cwd
		}, { onLine: (line) => {
			lines.push(line);
			if (line.startsWith("Collecting ") && ++collected % 20 === 0) log.info(`pip: ${collected} packages found`);
		} });
		const timer = setTimeout(() => void started.stop(0), INSTALL_MS);
		const { code } = await started.ended;
		clearTimeout(timer);
		return code === 0 ? void 0 : lines;
	};
	const fail = (lines) => {
		log.info(`The last lines of pip:\n${lines.slice(-20).join("\n")}`);
		throw new (require_house()).ActionError(require_requirements().pipMistake(lines, base.version));
	};
	if (native) {
		const lines = await pip([
			"wheel",
			"--progress-bar",
			"off",
			"--wheel-dir",
			wheels,
			"--requirement",
			file
		], facts.folder);
		if (lines !== void 0) fail(lines);
	} else await crossWheels(facts, base.version, file, wheels, scratch, pip, fail);
	const names = (await workspace.walk(wheels)).map(({ path }) => path);
	const compiled = require_requirements().impureWheels(names);
	if (compiled.length > 0) throw new (require_house()).ActionError(compiled.slice(0, 10).map((name) => ({
		where: `package ${name.split("-").slice(0, 2).join(" ")}`,
		expected: `a wheel for Python ${base.version} on ${facts.given.platform}, or pure Python`,
		seen: "only source, which was compiled for this machine",
		fix: "Pin a version that has wheels, take another Python, or put it into the base image."
	})));
	const { UNPACK_WHEELS } = await Promise.resolve().then(() => require("./wheels.cjs"));
	const laid = await processes.run({
		command: python,
		args: [
			"-I",
			"-c",
			UNPACK_WHEELS,
			wheels,
			folder,
			base.site
		],
		env
	}, { timeoutMs: INSTALL_MS });
	if (laid.code !== 0) require_house().refuse({
		where: "the dependency layer",
		expected: "wheels that can be unpacked",
		seen: require_house().quote(laid.stderr.trim().split("\n").at(-1) ?? "", 300)
	});
	await workspace.remove(wheels);
	log.info(`${names.length} packages for Python ${base.version}.`);
}
/** Wheels for a machine that is not this one: what has none is built here from its source. */
async function crossWheels({ given, folder }, version, file, wheels, scratch, pip, fail) {
	const machine = given.platform === "linux/arm64" ? "aarch64" : "x86_64";
	const platforms = [...Array.from({ length: 24 }, (_, at) => `manylinux_2_${28 - at}_${machine}`), `manylinux2014_${machine}`];
	const built = `${scratch}/built`;
	for (let turn = 0; turn < MOST_SOURCES; turn++) {
		const lines = await pip([
			"download",
			"--progress-bar",
			"off",
			"--only-binary=:all:",
			"--find-links",
			built,
			"--implementation",
			"cp",
			"--python-version",
			version,
			...platforms.flatMap((each) => ["--platform", each]),
			"--dest",
			wheels,
			"--requirement",
			file
		], folder);
		if (lines === void 0) return;
		const wanted = lines.map((line) => /Could not find a version that satisfies the requirement (\S+).*\(from versions: none\)/.exec(line)?.[1]).find((each) => each !== void 0);
		if (wanted === void 0 || !/^[\w.-]+(?:\[[\w,.-]+\])?[\w.,<>=!~*+-]*$/.test(wanted)) return fail(lines);
		if (await pip([
			"wheel",
			"--progress-bar",
			"off",
			"--no-deps",
			"--wheel-dir",
			built,
			wanted
		], folder) !== void 0) fail(lines);
	}
}
/** A Python of the base's version on this machine: it reads the markers of the requirements as the base's own would. */
async function matchingPython(version, { processes, pythons, log }) {
	for (const name of [
		`python${version}`,
		"python3",
		"python"
	]) {
		if (await processes.find(name) === void 0) continue;
		try {
			const found = await pythons.environment({
				requirements: void 0,
				python: name,
				log
			});
			if (found.version.startsWith(`${version}.`)) return found.python;
		} catch (thrown) {
			if (!(thrown instanceof require_house().ActionError)) throw thrown;
		}
	}
	return require_house().refuse({
		where: "Python",
		expected: `Python ${version}, as the base image has it, in PATH`,
		seen: "another, or none",
		fix: `Put actions/setup-python with python-version: "${version}" before this step, or take the base of the Python that trained.`
	});
}
exports.dependencyLayer = dependencyLayer;
exports.keepLayer = keepLayer;
exports.matchingPython = matchingPython;
exports.readRequirements = readRequirements;
