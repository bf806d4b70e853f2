require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/image/requirements.ts
/** The wrapper of Seldon Core, last release under Apache-2.0, with what pip gets wrong for it when it is left alone. */
const SELDON_PINS = [
	["seldon-core", "seldon-core==1.17.1"],
	["setuptools", "setuptools<82"],
	["grpcio-reflection", "grpcio-reflection==1.48.2"],
	["protobuf", "protobuf==3.20.3"],
	["numpy", "numpy<2"]
];
/** `Scikit_Learn` → `scikit-learn` (PEP 503). */
const normalName = (name) => name.toLowerCase().replace(/[-_.]+/g, "-");
/** Reads the text of requirements, and adds the wrapper where the wrapper is to serve and is not asked for. */
function completeRequirements(text, wrapper) {
	const pins = {};
	const loose = [];
	const named = /* @__PURE__ */ new Set();
	const lines = text.replace(/\\\r?\n/g, " ").split(/\r\n|\n|\r/).map((line) => line.replace(/(?:^|\s)#.*$/, "").trim()).filter((line) => line !== "");
	for (const line of lines) {
		const [, name, rest = ""] = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([^;]*)/.exec(line) ?? [];
		if (line.startsWith("-") || name === void 0) continue;
		const normal = normalName(name);
		named.add(normal);
		const [, version] = /^===?\s*([A-Za-z0-9.!+_-]+)(?:\s|$)/.exec(rest) ?? [];
		if (version !== void 0) pins[normal] = version;
		else if (!rest.startsWith("@")) loose.push(normal);
	}
	const added = (wrapper === "seldon" ? SELDON_PINS : wrapper === "mlserver" ? [["mlserver", "mlserver==1.7.1"]] : []).filter(([name]) => !named.has(name)).map(([, line]) => line);
	return {
		text: [...lines, ...added].map((line) => `${line}\n`).join(""),
		added,
		loose,
		pins
	};
}
/**
* Turns any of the known files into lines that pip reads.
* @param path its name tells the form
*/
function requirementLines(path, text) {
	const name = path.slice(path.lastIndexOf("/") + 1);
	if (name === "Pipfile.lock") return pipfile(path, text);
	if (name === "poetry.lock" || name === "uv.lock") return { lines: lockedPackages(text) };
	if (name === "pyproject.toml") return { lines: projectDependencies(text) };
	if (name === "setup.py" || name === "setup.cfg") return { lines: "." };
	return { lines: text };
}
function pipfile(path, text) {
	try {
		const { default: packages = {} } = JSON.parse(text);
		return { lines: Object.entries(packages).map(([name, { version = "", markers }]) => markers === void 0 ? `${name}${version}` : `${name}${version} ; ${markers}`).join("\n") };
	} catch {
		return { fault: {
			where: path,
			expected: "JSON, as pipenv writes it",
			seen: require_house().quote(text, 40)
		} };
	}
}
/** `[[package]]` tables of uv and poetry: names and versions; what is the project itself or for development is left out. */
function lockedPackages(text) {
	return text.split(/^\[\[package\]\]\s*$/m).slice(1).map((table) => table.split(/^\[\[/m)[0]).filter((table) => !/^source\s*=\s*\{\s*(?:editable|virtual|directory)\b/m.test(table) && !/^groups\s*=\s*\[(?![^\]]*"main")[^\]]*\]/m.test(table) && !/^category\s*=\s*"dev"/m.test(table)).map((table) => [
		/^name\s*=\s*"([^"]+)"/m.exec(table)?.[1],
		/^version\s*=\s*"([^"]+)"/m.exec(table)?.[1],
		/^markers\s*=\s*"([^"]+)"/m.exec(table)?.[1]
	]).filter(([name, version]) => name !== void 0 && version !== void 0).map(([name, version, markers]) => `${name}==${version}${markers === void 0 ? "" : ` ; ${markers}`}`).join("\n");
}
/** `project.dependencies` of pyproject.toml. */
function projectDependencies(text) {
	const [, table = ""] = /^\[project\]\s*$([^]*?)(?=^\[[a-z]|(?![^]))/m.exec(text) ?? [];
	const [, list = ""] = /^dependencies\s*=\s*\[([^]*?)\]\s*$/m.exec(table) ?? [];
	return [...list.matchAll(/"([^"\n]+)"|'([^'\n]+)'/g)].map(([, a, b]) => a ?? b).join("\n");
}
/** Tells what pip could not do, from its own lines. @param python `3.11` */
function pipMistake(lines, python) {
	const where = "the dependency layer";
	const conflict = lines.findIndex((line) => /The conflict is caused by:/.test(line));
	if (conflict >= 0) {
		const parties = lines.slice(conflict + 1).map((line) => line.trim()).filter((line) => /^(?:The user requested|[\w.-]+(?:\[[^\]]*\])? \S+ depends on) /.test(line)).slice(0, 4);
		const all = parties.join(" ");
		const fix = /numpy/i.test(all) ? "seldon-core 1.17.1 lives with NumPy below 2: pin numpy<2 and libraries of that time, or serve by wrapper: mlserver." : /protobuf|grpcio/i.test(all) ? "seldon-core 1.17.1 lives with protobuf 3: leave that package out of the server, or serve by wrapper: mlserver." : "Loosen one of the two, take a Python that both have releases for, or serve by wrapper: mlserver.";
		return {
			where,
			expected: "requirements that go together",
			seen: parties.join("; ").slice(0, 400) || "a conflict",
			fix
		};
	}
	const missing = lines.map((line) => /No matching distribution found for (\S+)/.exec(line)?.[1]).find((each) => each !== void 0);
	if (missing !== void 0) {
		const versions = lines.map((line) => /\(from versions: ([^)]*)\)/.exec(line)?.[1]).find((each) => each !== void 0 && each !== "none");
		return {
			where,
			expected: `a wheel of ${require_house().quote(missing)} for Python ${python} on this platform`,
			seen: versions === void 0 ? "none" : `wheels of other versions only: ${versions.split(", ").slice(-8).join(", ")}`,
			fix: versions === void 0 ? "Is its name right? Otherwise put it into the base image, or take a Python that it has wheels for." : "Pin one of these, put it into the base image, or take a Python that it has wheels for."
		};
	}
	const last = lines.find((line) => line.startsWith("ERROR:")) ?? lines.at(-1) ?? "nothing";
	return {
		where,
		expected: "all requirements",
		seen: require_house().quote(last.replace(/^ERROR:\s*/, ""), 300),
		fix: "pip's last lines stand in the log above."
	};
}
/** `sub-1.0-cp311-cp311-linux_x86_64.whl` was compiled on this machine: nobody knows where else it runs. */
function impureWheels(names) {
	return names.filter((name) => /-(?:linux|macosx|win)[a-z0-9_]*\.whl$/.test(name) && !/-(?:many|musl)linux/.test(name));
}
/**
* Which Python a base image brings, by what its config says: the official images name it in PYTHON_VERSION.
* @param asked `3.11`, the user's word, for images that do not say
*/
function basePython(env, asked) {
	const [, said] = /^(3\.\d{1,2})\b/.exec(env.get("PYTHON_VERSION") ?? "") ?? [];
	if (said !== void 0) return asked === void 0 || asked === said ? {
		version: said,
		site: `usr/local/lib/python${said}/site-packages`
	} : void 0;
	return asked === void 0 ? void 0 : {
		version: asked,
		site: `usr/local/lib/python${asked}/dist-packages`
	};
}
/** What a prepackaged server of Seldon Core 1.17.1 loads models with. */
const SERVERS = {
	SKLEARN_SERVER: {
		library: "scikit-learn",
		version: "0.24.2",
		file: /^model\.joblib$/,
		called: "model.joblib"
	},
	XGBOOST_SERVER: {
		library: "xgboost",
		version: "1.4.2",
		file: /^model\.bst$/,
		called: "model.bst"
	},
	MLFLOW_SERVER: {
		library: "mlflow",
		version: "2.5.0",
		file: /^(?:.*\/)?MLmodel$/,
		called: "MLmodel"
	},
	TENSORFLOW_SERVER: {
		library: "tensorflow",
		version: "",
		file: /^\d+\/saved_model\.pb$/,
		called: "1/saved_model.pb"
	}
};
const PREPACKAGED = Object.keys(SERVERS);
/** What speaks against a prepackaged server for a model: its files' names, and who wrote it. */
function prepackagedMistakes(server, paths, libraries) {
	const { library, version, file, called } = SERVERS[server];
	const mistakes = [];
	if (!paths.some((path) => file.test(path))) mistakes.push({
		where: `the model's files, for ${server}`,
		expected: called,
		seen: paths.slice(0, 5).map((path) => require_house().quote(path, 60)).join(", ") || "none",
		fix: `${server} looks for this very name below model-uri.`
	});
	const wrote = libraries[library];
	if (wrote !== void 0 && version !== "" && minor(wrote) !== minor(version) && library !== "mlflow") mistakes.push({
		where: `${library} of the model`,
		expected: `${version}, which ${server} loads it with`,
		seen: wrote,
		fix: `Train with ${library}==${version}, or leave server out and let this action build an image with ${library}==${wrote}.`
	});
	return mistakes;
}
/** What wrote the model against what will load it. A model of one minor version is not promised to load in another. */
function skewMistakes(wrote, loads) {
	return [
		"scikit-learn",
		"xgboost",
		"lightgbm"
	].flatMap((library) => {
		const [a, b] = [wrote[library], loads[library]];
		if (a === void 0 || b === void 0 || minor(a) === minor(b)) return [];
		return [{
			where: `${library} in the requirements`,
			expected: `${a}, which wrote the model`,
			seen: b,
			fix: `Pin ${library}==${a} for serving, or train with ${b}.`
		}];
	});
}
const minor = (version) => version.split(".").slice(0, 2).join(".");
exports.PREPACKAGED = PREPACKAGED;
exports.basePython = basePython;
exports.completeRequirements = completeRequirements;
exports.impureWheels = impureWheels;
exports.pipMistake = pipMistake;
exports.prepackagedMistakes = prepackagedMistakes;
exports.requirementLines = requirementLines;
exports.skewMistakes = skewMistakes;
