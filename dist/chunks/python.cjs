require("./rolldown-runtime.cjs");
let kept_require_environment;
const require_environment = () => kept_require_environment ??= require("./environment.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_node_fs_promises;
const node_fs_promises = () => kept_node_fs_promises ??= require("node:fs/promises");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
let kept_node_os;
const node_os = () => kept_node_os ??= require("node:os");
// src/adapters/python.ts
const INSTALL_MS = 12e5;
/**
* Python environments in the user's cache folder, one for each text of requirements and each Python. A virtual environment can
* not be moved (its scripts name it), so it is made at its place under a lock and counts only once it is marked complete.
*/
function pythons({ processes, locks }) {
	return { environment: async ({ requirements, python, log }) => {
		const base = await basePython(processes, python);
		if (requirements === void 0) return base;
		const digest = process.getBuiltinModule("node:crypto").createHash("sha256").update(JSON.stringify([
			base.version,
			base.python,
			requirements
		])).digest("hex");
		const cache = process.env.XDG_CACHE_HOME || (0, node_path().join)((0, node_os().homedir)(), ".cache");
		const folder = (0, node_path().join)(cache, "model-road", "python", digest.slice(0, 40));
		const made = {
			python: (0, node_path().join)(folder, "bin/python"),
			bin: (0, node_path().join)(folder, "bin"),
			version: base.version
		};
		if (await isComplete(folder)) return made;
		const release = await locks.take(`${folder}.lock`, {
			waitMs: INSTALL_MS,
			onWait: (pid) => log.info(`Process ${pid} is making the same Python environment: waiting for it.`)
		});
		try {
			if (await isComplete(folder)) return made;
			await make(folder, base.python, requirements, processes, log);
			return made;
		} finally {
			await release();
		}
	} };
}
async function basePython(processes, asked) {
	const program = asked === void 0 ? await processes.find("python3") ?? await processes.find("python") : await processes.find(asked);
	if (program === void 0) throw new (require_house()).ActionError({
		where: "Python",
		expected: asked === void 0 ? "python3 or python in PATH" : `a program ${require_house().quote(asked)}`,
		seen: "none",
		fix: "Put actions/setup-python before this step."
	});
	const answer = await processes.run({
		command: program,
		args: ["-c", "import sys; print('.'.join(map(str, sys.version_info[:3]))); print(sys.executable)"],
		env: require_environment().installerEnvironment(processes.environment())
	}, { timeoutMs: 6e4 });
	const [version = "", executable = ""] = answer.stdout.split("\n");
	if (answer.code !== 0 || !/^3\.\d+\.\d+$/.test(version) || !executable.startsWith("/")) throw new (require_house()).ActionError({
		where: program,
		expected: "Python 3",
		seen: answer.code === 0 ? `version ${require_house().quote(version)}` : `exit code ${answer.code}: ${lastLine(answer.stderr)}`,
		fix: "Put actions/setup-python before this step."
	});
	return {
		python: executable,
		bin: (0, node_path().dirname)(executable),
		version
	};
}
/** Complete, and the Python that it stands on is still there. */
async function isComplete(folder) {
	try {
		await (0, node_fs_promises().access)((0, node_path().join)(folder, ".complete"));
		await (0, node_fs_promises().access)((0, node_path().join)(folder, "bin/python"));
		return true;
	} catch {
		return false;
	}
}
async function make(folder, python, requirements, processes, log) {
	await (0, node_fs_promises().rm)(folder, {
		recursive: true,
		force: true
	});
	await (0, node_fs_promises().mkdir)((0, node_path().dirname)(folder), { recursive: true });
	const env = require_environment().installerEnvironment(processes.environment());
	const from = performance.now();
	const wanted = requirements.split("\n").filter((line) => /^\s*[^#\s]/.test(line)).length;
	log.info(`Making a Python environment of ${wanted} requirements, once: later runs use it again.`);
	try {
		const venv = await processes.run({
			command: python,
			args: [
				"-m",
				"venv",
				folder
			],
			env
		}, {
			timeoutMs: INSTALL_MS,
			maxBytes: 1048576
		});
		if (venv.code !== 0) throw new (require_house()).ActionError({
			where: `${python} -m venv`,
			expected: "a virtual environment",
			seen: `exit code ${venv.code}: ${lastLine(venv.stdout + venv.stderr)}`,
			fix: "On Debian and Ubuntu it is a package of its own: python3-venv; actions/setup-python has it."
		});
		const file = (0, node_path().join)(folder, "requirements.txt");
		await (0, node_fs_promises().writeFile)(file, requirements);
		const pip = await processes.start({
			command: (0, node_path().join)(folder, "bin/python"),
			args: [
				"-m",
				"pip",
				"install",
				...[
					"--no-input",
					"--disable-pip-version-check",
					"--no-color",
					"--progress-bar",
					"off"
				],
				"--requirement",
				file
			],
			env: {
				...env,
				PYTHONUNBUFFERED: "1"
			},
			cwd: folder
		}, { onLine: (line) => take(line) });
		const lines = [];
		let collected = 0;
		function take(line) {
			lines.push(line);
			if (line.startsWith("Collecting ") && ++collected % 20 === 0) log.info(`pip: ${collected} packages found`);
			if (line.startsWith("Installing collected packages")) log.info("pip: installing what was found");
		}
		const timer = setTimeout(() => void pip.stop(0), INSTALL_MS);
		const { code, signal } = await pip.ended;
		clearTimeout(timer);
		if (code !== 0) {
			log.info(`The last lines of pip:\n${lines.slice(-20).join("\n")}`);
			const seen = lines.find((line) => line.startsWith("ERROR: ")) ?? lines.at(-1) ?? "no output";
			throw new (require_house()).ActionError({
				where: "pip install of the requirements",
				expected: "all of them installed",
				seen: `${code === null ? `signal ${signal}` : `exit code ${code}`}: ${require_house().quote(seen.trim(), 300)}`,
				fix: `Python is ${python}. pip's last lines stand in the log above; the line that it names is one of the requirements.`
			});
		}
		await (0, node_fs_promises().writeFile)((0, node_path().join)(folder, ".complete"), "");
		log.info(`The Python environment is ready after ${Math.round((performance.now() - from) / 1e3)} s.`);
	} catch (thrown) {
		await (0, node_fs_promises().rm)(folder, {
			recursive: true,
			force: true
		});
		throw thrown;
	}
}
const lastLine = (text) => require_house().quote(text.trim().split("\n").at(-1) ?? "", 300);
Object.defineProperty(exports, "pythons", {
	enumerable: true,
	get: function() {
		return pythons;
	}
});
