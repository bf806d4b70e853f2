require("./rolldown-runtime.cjs");
const require_errors = () => require("./errors.cjs");
const node_fs = () => require("node:fs");
const node_fs_promises = () => require("node:fs/promises");
const node_path = () => require("node:path");
const node_timers_promises = () => require("node:timers/promises");
// src/domain/fingerprint/order.ts
/**
* Orders two texts by their UTF-8 bytes, as `LC_ALL=C sort` and git do. JavaScript's own order differs from it beyond U+FFFF
* only: there a surrogate stands for a code point above all others.
*/
function byBytes(a, b) {
	const most = Math.min(a.length, b.length);
	for (let at = 0; at < most; at++) {
		const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
		if (x !== y) return rank(x) - rank(y);
	}
	return a.length - b.length;
}
const rank = (unit) => unit >= 55296 && unit <= 57343 ? unit + 65536 : unit;
// src/adapters/workspace.ts
/** One read of this size a file, or a loop of them: larger gains nothing, and the buffer is made once. */
const BUFFER_BYTES = 1048576;
/** After so many bytes the event loop gets a turn, so that a cancelled run ends in time. */
const TURN_BYTES = 268435456;
const MAX_FILES = 1e6;
/** The files of this machine, as the run sees them. */
function localWorkspace(run) {
	const readBytes = async (path, { maxBytes }) => orAbsent(path, () => {
		const file = (0, node_fs().openSync)(path, node_fs().constants.O_RDONLY | node_fs().constants.O_NONBLOCK);
		try {
			const facts = (0, node_fs().fstatSync)(file);
			if (!facts.isFile()) throw wrongKind(path, kindOf(facts));
			if (facts.size > maxBytes) throw tooLarge(path, maxBytes, facts.size);
			const parts = [];
			let total = 0;
			for (;;) {
				const part = Buffer.allocUnsafe(Math.max(facts.size - total, 0) + 1024);
				const count = (0, node_fs().readSync)(file, part, 0, part.length, null);
				if (count === 0) return Buffer.concat(parts, total);
				parts.push(part.subarray(0, count));
				total += count;
				if (total > maxBytes) throw tooLarge(path, maxBytes, total);
			}
		} finally {
			(0, node_fs().closeSync)(file);
		}
	});
	return {
		readBytes,
		readText: async (path, options) => {
			const bytes = await readBytes(path, options);
			if (bytes === void 0) return void 0;
			try {
				return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
			} catch (thrown) {
				throw new (require_errors()).ActionError({
					where: path,
					expected: "UTF-8 text",
					seen: "other bytes"
				}, { cause: thrown });
			}
		},
		readHead: async (path, bytes) => orAbsent(path, () => {
			const file = (0, node_fs().openSync)(path, node_fs().constants.O_RDONLY | node_fs().constants.O_NONBLOCK);
			try {
				const head = Buffer.alloc(bytes);
				return head.subarray(0, (0, node_fs().readSync)(file, head, 0, bytes, 0));
			} finally {
				(0, node_fs().closeSync)(file);
			}
		}),
		write: async (path, content, { mode = 420 } = {}) => {
			await (0, node_fs_promises().mkdir)((0, node_path().dirname)(path), { recursive: true });
			const own = `${process.pid.toString(36)}-${process.hrtime.bigint().toString(36)}`;
			const beside = (0, node_path().join)((0, node_path().dirname)(path), `.${(0, node_path().basename)(path).slice(0, 100)}.${own}`);
			try {
				const file = await (0, node_fs_promises().open)(beside, "wx", mode);
				try {
					await file.writeFile(content);
					if (!path.startsWith(`${run.temp}/`)) await file.sync();
				} finally {
					await file.close();
				}
				await (0, node_fs_promises().rename)(beside, path);
			} catch (thrown) {
				await (0, node_fs_promises().rm)(beside, { force: true });
				throw told(path, thrown);
			}
		},
		append: async (path, content) => {
			await (0, node_fs_promises().mkdir)((0, node_path().dirname)(path), { recursive: true });
			await (0, node_fs_promises().appendFile)(path, content);
		},
		facts: async (path) => orAbsent(path, async () => factsOf(await (0, node_fs_promises().lstat)(path))),
		realPath: async (path) => orAbsent(path, async () => await (0, node_fs_promises().realpath)(path)),
		linkTarget: async (path) => {
			try {
				return await (0, node_fs_promises().readlink)(path);
			} catch (thrown) {
				if ([
					"ENOENT",
					"ENOTDIR",
					"EINVAL"
				].includes(codeOf(thrown))) return void 0;
				throw told(path, thrown);
			}
		},
		walk: async (root, { maxFiles = MAX_FILES, depth = Infinity } = {}) => walk(root, maxFiles, depth),
		sha256: async (path) => (await sha256All((0, node_path().dirname)(path), [(0, node_path().basename)(path)]))[0],
		sha256All,
		tracked,
		temporary: async (prefix) => {
			const folder = (0, node_path().join)(run.temp, "model-road");
			await (0, node_fs_promises().mkdir)(folder, { recursive: true });
			return await (0, node_fs_promises().mkdtemp)((0, node_path().join)(folder, `${prefix}-`));
		},
		move: async (from, to) => {
			await (0, node_fs_promises().mkdir)((0, node_path().dirname)(to), { recursive: true });
			try {
				await (0, node_fs_promises().rename)(from, to);
			} catch (thrown) {
				if (codeOf(thrown) !== "EXDEV") throw told(from, thrown);
				await copy(from, to);
				await (0, node_fs_promises().rm)(from, {
					recursive: true,
					force: true
				});
			}
		},
		copy,
		remove: async (path) => {
			await (0, node_fs_promises().rm)(path, {
				recursive: true,
				force: true
			});
		},
		freeBytes: async (path) => {
			let folder = path;
			while (!(0, node_fs().existsSync)(folder) && (0, node_path().dirname)(folder) !== folder) folder = (0, node_path().dirname)(folder);
			const { bavail, bsize } = await (0, node_fs_promises().statfs)(folder);
			return bavail * bsize;
		}
	};
}
async function copy(from, to) {
	await (0, node_fs_promises().mkdir)((0, node_path().dirname)(to), { recursive: true });
	try {
		await (0, node_fs_promises().cp)(from, to, {
			recursive: true,
			verbatimSymlinks: true,
			mode: node_fs().constants.COPYFILE_FICLONE
		});
	} catch (thrown) {
		throw told(from, thrown);
	}
}
function walk(root, maxFiles, depth) {
	let top;
	try {
		top = (0, node_fs().lstatSync)(root);
	} catch (thrown) {
		if (isAbsent(thrown)) return [];
		throw told(root, thrown);
	}
	if (!top.isDirectory()) return [{
		path: (0, node_path().basename)(root),
		...factsOf(top)
	}];
	const found = [];
	const folders = [""];
	for (let folder = folders.pop(); folder !== void 0; folder = folders.pop()) for (const entry of (0, node_fs().readdirSync)((0, node_path().join)(root, folder), { withFileTypes: true })) {
		if (entry.name === ".git") continue;
		const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
		if (entry.isDirectory()) {
			if (path.split("/").length < depth) folders.push(path);
			continue;
		}
		if (found.length >= maxFiles) throw new (require_errors()).ActionError({
			where: root,
			expected: `at most ${maxFiles} files`,
			seen: "more",
			fix: "Name the folders that count, or pack the files."
		});
		found.push({
			path,
			...factsOf((0, node_fs().lstatSync)((0, node_path().join)(root, path)))
		});
	}
	return found.sort((a, b) => byBytes(a.path, b.path));
}
async function sha256All(root, paths) {
	const { createHash, hash } = process.getBuiltinModule("node:crypto");
	const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
	const digests = [];
	let sinceTurn = 0;
	for (const path of paths) {
		const whole = (0, node_path().join)(root, path);
		let file;
		try {
			file = (0, node_fs().openSync)(whole, node_fs().constants.O_RDONLY | node_fs().constants.O_NOFOLLOW | node_fs().constants.O_NONBLOCK);
		} catch (thrown) {
			throw told(whole, thrown);
		}
		try {
			let count = (0, node_fs().readSync)(file, buffer, 0, BUFFER_BYTES, null);
			if (count < BUFFER_BYTES) {
				digests.push({
					hex: hash("sha256", buffer.subarray(0, count), "hex"),
					bytes: count
				});
				sinceTurn += count;
			} else {
				const running = createHash("sha256");
				let bytes = 0;
				for (; count > 0; count = (0, node_fs().readSync)(file, buffer, 0, BUFFER_BYTES, null)) {
					running.update(buffer.subarray(0, count));
					bytes += count;
					sinceTurn += count;
					if (sinceTurn > TURN_BYTES) {
						sinceTurn = 0;
						await (0, node_timers_promises().setImmediate)();
					}
				}
				digests.push({
					hex: running.digest("hex"),
					bytes
				});
			}
		} catch (thrown) {
			throw told(whole, thrown);
		} finally {
			(0, node_fs().closeSync)(file);
		}
		if (sinceTurn > TURN_BYTES) {
			sinceTurn = 0;
			await (0, node_timers_promises().setImmediate)();
		}
	}
	return digests;
}
async function tracked(folder) {
	let top = folder;
	while (!(0, node_fs().existsSync)((0, node_path().join)(top, ".git"))) {
		if ((0, node_path().dirname)(top) === top) return void 0;
		top = (0, node_path().dirname)(top);
	}
	const prefix = folder === top ? "" : `${folder.slice(top.length).replace(/^\/+|\/+$/g, "")}/`;
	const pathspec = prefix === "" ? "." : prefix;
	const [listed, changes] = await Promise.all([git(top, [
		"ls-files",
		"-s",
		"-v",
		"-z",
		"--",
		pathspec
	]), git(top, [
		"status",
		"--porcelain=v1",
		"-z",
		"--untracked-files=all",
		"--no-renames",
		"--",
		pathspec
	])]);
	if (listed === void 0 || changes === void 0) return void 0;
	const untracked = [];
	const touched = /* @__PURE__ */ new Map();
	for (const entry of changes.split("\0")) {
		if (entry === "") continue;
		const path = entry.slice(3);
		if (entry.startsWith("??")) untracked.push(path);
		else if (entry[1] !== " ") touched.set(path, entry[1]);
	}
	const clean = /* @__PURE__ */ new Map();
	const changed = /* @__PURE__ */ new Set();
	for (const entry of listed.split("\0")) {
		if (entry === "") continue;
		const [, flag, mode, blob, stage, path] = /^(.) (\d{6}) ([0-9a-f]{40,64}) (\d)\t(.+)$/s.exec(entry) ?? [];
		if (path === void 0) throw new Error(`git ls-files wrote an entry of a new form: ${require_errors().quote(entry)}`);
		if (flag === "H" && stage === "0" && !touched.has(path)) clean.set(path, {
			blob,
			mode
		});
		else if (touched.get(path) !== "D") changed.add(path);
	}
	const unreadable = [
		...clean.keys(),
		...changed,
		...untracked
	].find((path) => path.includes("�"));
	if (unreadable !== void 0) throw new (require_errors()).ActionError({
		where: folder,
		expected: "file names in UTF-8",
		seen: require_errors().quote(unreadable)
	});
	const inside = (path) => path.slice(prefix.length);
	return {
		clean: new Map([...clean].map(([path, file]) => [inside(path), file])),
		changed: [...changed].map(inside),
		untracked: untracked.map(inside)
	};
}
/** The output of git; `undefined` where there is no git. Nothing of the repository's may run a program for it. */
async function git(cwd, args) {
	const { execFile } = await import("node:child_process");
	const { PATH = "", HOME = "" } = process.env;
	const env = {
		PATH,
		HOME,
		LC_ALL: "C",
		GIT_TERMINAL_PROMPT: "0",
		GIT_OPTIONAL_LOCKS: "0",
		GIT_LITERAL_PATHSPECS: "1",
		GIT_CONFIG_COUNT: "1",
		GIT_CONFIG_KEY_0: "safe.directory",
		GIT_CONFIG_VALUE_0: "*"
	};
	const settled = [
		"-c",
		"core.fsmonitor=false",
		"-c",
		"core.hooksPath=/dev/null",
		"-c",
		"core.quotePath=false"
	];
	return await new Promise((resolve, reject) => {
		execFile("git", [...settled, ...args], {
			cwd,
			env,
			maxBuffer: 1073741824,
			timeout: 6e5,
			encoding: "utf8"
		}, (error, stdout, stderr) => {
			if (!error) resolve(stdout);
			else if (codeOf(error) === "ENOENT" && (0, node_fs().existsSync)(cwd)) resolve(void 0);
			else reject(new (require_errors()).ActionError({
				where: `git ${args[0]} in ${cwd}`,
				expected: "a repository that git can read",
				seen: require_errors().quote(stderr.trim().split("\n", 1)[0] || error.message.split("\n", 1)[0], 200)
			}, { cause: error }));
		});
	});
}
const kindOf = (facts) => facts.isFile() ? "file" : facts.isDirectory() ? "folder" : facts.isSymbolicLink() ? "link" : "other";
const factsOf = (facts) => ({
	kind: kindOf(facts),
	bytes: facts.size,
	modifiedMs: facts.mtimeMs,
	changedMs: facts.ctimeMs,
	mode: facts.mode & 4095
});
async function orAbsent(path, work) {
	try {
		return await work();
	} catch (thrown) {
		if (isAbsent(thrown)) return void 0;
		throw told(path, thrown);
	}
}
const codeOf = (thrown) => thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";
const isAbsent = (thrown) => ["ENOENT", "ENOTDIR"].includes(codeOf(thrown));
const wrongKind = (path, kind) => new (require_errors()).ActionError({
	where: path,
	expected: "a file",
	seen: kind === "folder" ? "a folder" : "something else"
});
const tooLarge = (path, most, bytes) => new (require_errors()).ActionError({
	where: path,
	expected: `at most ${most} bytes`,
	seen: `${bytes} bytes`
});
const MEANINGS = {
	EACCES: "no right to it",
	EPERM: "no right to it",
	EROFS: "a file system that is read-only",
	ENOSPC: "a full disk",
	EDQUOT: "a full quota",
	EMFILE: "too many open files",
	ELOOP: "a symbolic link",
	EISDIR: "a folder",
	ENOTDIR: "a file where a folder should be",
	ENOENT: "nothing",
	ENAMETOOLONG: "a name that is too long"
};
/** What the system refused, in words. Anything unknown stays as it was thrown: it is a fault of ours. */
function told(path, thrown) {
	const meaning = MEANINGS[codeOf(thrown)];
	if (thrown instanceof require_errors().ActionError || meaning === void 0) return thrown;
	return new (require_errors()).ActionError({
		where: path,
		expected: "a file that can be used",
		seen: meaning
	}, { cause: thrown });
}
Object.defineProperty(exports, "byBytes", {
	enumerable: true,
	get: function() {
		return byBytes;
	}
});
Object.defineProperty(exports, "localWorkspace", {
	enumerable: true,
	get: function() {
		return localWorkspace;
	}
});
