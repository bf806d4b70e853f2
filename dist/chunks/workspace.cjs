require("./rolldown-runtime.cjs");
const node_fs = () => require("node:fs");
const node_fs_promises = () => require("node:fs/promises");
const node_path = () => require("node:path");
const node_timers_promises = () => require("node:timers/promises");
// src/errors.ts
/**
* A failure that the reader of the log can mend. Anything else that is thrown is a fault of ours and keeps its stack.
* Several mistakes of one kind (all wrong inputs, all bad metrics) travel in one error, so that they are told in one go.
*/
var ActionError = class extends Error {
	mistakes;
	constructor(mistakes, options) {
		const all = Array.isArray(mistakes) ? mistakes : [mistakes];
		super(all.map(sentence).join("\n"), options);
		this.name = "ActionError";
		this.mistakes = all;
	}
};
/** `input "replicas": expected a whole number from 1 to 1000, saw "two". Write it with digits.` */
function sentence({ where, expected, seen, fix }) {
	return `${where}: expected ${expected}, saw ${seen}.${fix ? ` ${fix}` : ""}`;
}
/** One mistake, thrown. For the places where a ternary or `??` ends in a refusal. */
function refuse(mistake, cause) {
	throw new ActionError(mistake, cause === void 0 ? void 0 : { cause });
}
/** The text of whatever was thrown, without its stack. */
function messageOf(thrown) {
	return thrown instanceof Error ? thrown.message : String(thrown);
}
/** Quotes what was seen, cut to a length that fits a log line. Control characters are shown, never sent. */
function quote(text, most = 80) {
	return JSON.stringify(text.length > most ? `${text.slice(0, most)}…` : text).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "�");
}
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
function localWorkspace(run, { hashWorker = workerBeside() } = {}) {
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
				throw new ActionError({
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
		list: async (root) => list(root),
		walk: async (root, { maxFiles = MAX_FILES, depth = Infinity } = {}) => walk(root, maxFiles, depth),
		sha256: async (path) => (await sha256All((0, node_path().dirname)(path), [(0, node_path().basename)(path)]))[0],
		sha256All,
		contentDigests: async (root, paths) => await contentDigests(root, paths, hashWorker),
		md5All: async (root, paths) => (await digestAll("md5", root, paths)).map(({ hex }) => hex),
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
		if (found.length >= maxFiles) throw new ActionError({
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
/** As `walk`, by what the folders say alone: asking for each file takes longer than to read and digest a small one. */
function list(root) {
	const found = [];
	const folders = [""];
	for (let folder = folders.pop(); folder !== void 0; folder = folders.pop()) {
		for (const entry of (0, node_fs().readdirSync)((0, node_path().join)(root, folder), { withFileTypes: true })) {
			if (entry.name === ".git") continue;
			const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
			if (entry.isDirectory()) folders.push(path);
			else found.push({
				path,
				kind: entry.isFile() ? "file" : entry.isSymbolicLink() ? "link" : "other"
			});
		}
		if (found.length > MAX_FILES) throw new ActionError({
			where: root,
			expected: `at most ${MAX_FILES} files`,
			seen: "more",
			fix: "Name the folders that count, or pack the files."
		});
	}
	return found;
}
const sha256All = async (root, paths) => await digestAll("sha256", root, paths);
async function digestAll(algorithm, root, paths) {
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
					hex: hash(algorithm, buffer.subarray(0, count), "hex"),
					bytes: count
				});
				sinceTurn += count;
			} else {
				const running = createHash(algorithm);
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
const SHA256_BYTES = 32;
/** A file above this counts by its blocks, so that several threads can read it. */
const WHOLE_BYTES = 33554432;
const BLOCK_BYTES = 16777216;
/** sha256 of each piece, one behind the other. A piece that ends early is an error: the file is being written. */
function digestPieces(root, pieces, buffer) {
	const { createHash, hash } = process.getBuiltinModule("node:crypto");
	const digests = new Uint8Array(pieces.length * SHA256_BYTES);
	const modes = new Uint16Array(pieces.length);
	const big = new Float64Array(pieces.length);
	for (const [index, { path, offset, length }] of pieces.entries()) {
		let file;
		try {
			file = (0, node_fs().openSync)(`${root}/${path}`, node_fs().constants.O_RDONLY | node_fs().constants.O_NOFOLLOW | node_fs().constants.O_NONBLOCK);
			const facts = (0, node_fs().fstatSync)(file);
			if (!facts.isFile()) throw Object.assign(/* @__PURE__ */ new Error("no file"), { code: "EISDIR" });
			modes[index] = facts.mode & 4095;
			if (length < 0 && facts.size > WHOLE_BYTES) {
				big[index] = facts.size;
				continue;
			}
			const most = length < 0 ? Number.POSITIVE_INFINITY : length;
			let count = (0, node_fs().readSync)(file, buffer, 0, Math.min(buffer.length, most), offset);
			if (length < 0 && count < buffer.length) {
				digests.set(hash("sha256", buffer.subarray(0, count), "buffer"), index * SHA256_BYTES);
				continue;
			}
			const running = createHash("sha256");
			let total = 0;
			while (count > 0) {
				running.update(buffer.subarray(0, count));
				total += count;
				count = (0, node_fs().readSync)(file, buffer, 0, Math.min(buffer.length, most - total), offset + total);
			}
			if (length >= 0 && total < length) throw Object.assign(/* @__PURE__ */ new Error("a piece that ends early"), { code: "ESTALE" });
			digests.set(running.digest(), index * SHA256_BYTES);
		} catch (thrown) {
			throw Object.assign(thrown, { path });
		} finally {
			if (file !== void 0) (0, node_fs().closeSync)(file);
		}
	}
	return {
		digests,
		modes,
		big
	};
}
/** The worker's side: pieces in, digests out, over one buffer. Started by `contentDigests` alone. */
function digestOnRequest() {
	const { parentPort } = process.getBuiltinModule("node:worker_threads");
	if (parentPort === null) {
		process.stdout.write("hash-worker: expected to be started as a worker, saw a program of its own.\n");
		process.exitCode = 1;
		return;
	}
	const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
	parentPort.on("message", ({ id, root, pieces }) => {
		let answer;
		try {
			answer = {
				id,
				done: digestPieces(root, pieces, buffer)
			};
		} catch (thrown) {
			answer = {
				id,
				failed: {
					path: thrown.path ?? "",
					code: codeOf(thrown)
				}
			};
		}
		parentPort.postMessage(answer);
	});
}
/** Under this, one thread is done before others have started. */
const FEW_FILES = 64;
const MOST_WORKERS = 8;
const BATCH_FILES = 256;
/** `dist/hash-worker.cjs` beside the door that runs; `undefined` where there is none. */
function workerBeside() {
	const [, door = ""] = process.argv;
	const worker = (0, node_path().join)((0, node_path().dirname)(door), door.endsWith(".cjs") ? "hash-worker.cjs" : "hash-worker.ts");
	return (0, node_fs().existsSync)(worker) ? worker : void 0;
}
async function contentDigests(root, paths, hashWorker) {
	const whole = await digestAllPieces(root, paths.map((path) => ({
		path,
		offset: 0,
		length: -1
	})), hashWorker);
	const found = paths.map((path, index) => {
		const { digests, modes } = whole;
		return {
			path,
			digest: `sha256:${Buffer.from(digests.buffer, digests.byteOffset + index * SHA256_BYTES, SHA256_BYTES).toString("hex")}`,
			mode: modes[index],
			bytes: whole.big[index]
		};
	});
	for (const file of found) {
		if (file.bytes === 0) continue;
		const blocks = [];
		for (let offset = 0; offset < file.bytes; offset += BLOCK_BYTES) blocks.push({
			path: file.path,
			offset,
			length: Math.min(BLOCK_BYTES, file.bytes - offset)
		});
		const { digests } = await digestAllPieces(root, blocks, hashWorker);
		file.digest = `sha256-16m:${process.getBuiltinModule("node:crypto").hash("sha256", digests, "hex")}`;
	}
	return found.map(({ digest, mode }) => ({
		digest,
		mode
	}));
}
async function digestAllPieces(root, pieces, hashWorker) {
	const blocks = pieces.some(({ length }) => length >= 0);
	try {
		if (hashWorker !== void 0 && (blocks || pieces.length >= FEW_FILES)) return await digestByWorkers(root, pieces, blocks ? 1 : BATCH_FILES, hashWorker);
		const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
		const done = [];
		for (let at = 0; at < pieces.length; at += BATCH_FILES) {
			done.push(digestPieces(root, pieces.slice(at, at + BATCH_FILES), buffer));
			await (0, node_timers_promises().setImmediate)();
		}
		return joined(pieces.length, done);
	} catch (thrown) {
		throw told((0, node_path().join)(root, thrown.path ?? ""), thrown);
	}
}
function joined(pieces, parts) {
	const all = {
		digests: new Uint8Array(pieces * SHA256_BYTES),
		modes: new Uint16Array(pieces),
		big: new Float64Array(pieces)
	};
	let at = 0;
	for (const { digests, modes, big } of parts) {
		all.digests.set(digests, at * SHA256_BYTES);
		all.modes.set(modes, at);
		all.big.set(big, at);
		at += modes.length;
	}
	return all;
}
async function digestByWorkers(root, pieces, most, file) {
	const { Worker } = await import("node:worker_threads");
	const { availableParallelism } = await import("node:os");
	const threads = Math.min(MOST_WORKERS, Math.max(2, availableParallelism()));
	const size = Math.max(1, Math.min(most, Math.ceil(pieces.length / (threads * 8))));
	const batches = [];
	for (let at = 0; at < pieces.length; at += size) batches.push(pieces.slice(at, at + size));
	const digests = Array.from({ length: batches.length });
	const many = Math.min(threads, batches.length);
	let next = 0;
	const workers = Array.from({ length: many }, () => new Worker(file, {
		env: {},
		stdin: false
	}));
	try {
		await Promise.all(workers.map(async (worker) => new Promise((resolve, reject) => {
			let open = 0;
			const give = () => {
				if (next >= batches.length) {
					if (open === 0) resolve();
					return;
				}
				open++;
				const id = next++;
				worker.postMessage({
					id,
					root,
					pieces: batches[id]
				});
			};
			worker.on("message", ({ id, done, failed }) => {
				open--;
				if (failed) reject(Object.assign(new Error(failed.code), failed));
				else {
					digests[id] = done;
					give();
				}
			});
			worker.on("error", reject);
			worker.on("exit", () => reject(/* @__PURE__ */ new Error("a thread that digests files ended early")));
			give();
			give();
		})));
	} finally {
		await Promise.all(workers.map(async (worker) => worker.terminate()));
	}
	return joined(pieces.length, digests);
}
async function tracked(folder) {
	let top = folder;
	while (!(0, node_fs().existsSync)((0, node_path().join)(top, ".git"))) {
		if ((0, node_path().dirname)(top) === top) return void 0;
		top = (0, node_path().dirname)(top);
	}
	const prefix = folder === top ? "" : `${folder.slice(top.length).replace(/^\/+|\/+$/g, "")}/`;
	const listed = await git(top, [
		"ls-files",
		"-s",
		"-v",
		"-c",
		"-m",
		"-d",
		"-z",
		"--",
		prefix === "" ? "." : prefix
	]);
	if (listed === void 0) return void 0;
	const clean = /* @__PURE__ */ new Map();
	const changed = /* @__PURE__ */ new Set();
	const gone = /* @__PURE__ */ new Set();
	for (const entry of listed.split("\0")) {
		if (entry === "") continue;
		const [, flag, mode, blob, stage, path] = /^(.) (\d{6}) ([0-9a-f]{40,64}) (\d)\t(.+)$/s.exec(entry) ?? [];
		if (path === void 0) throw new Error(`git ls-files wrote an entry of a new form: ${quote(entry)}`);
		if (flag === "H" && stage === "0") clean.set(path, {
			blob,
			mode
		});
		else if (flag === "R") gone.add(path);
		else changed.add(path);
	}
	for (const path of await changedSubmodules(top, clean)) changed.add(path);
	for (const path of changed) clean.delete(path);
	for (const path of gone) {
		clean.delete(path);
		changed.delete(path);
	}
	const unreadable = [...clean.keys(), ...changed].find((path) => path.includes("�"));
	if (unreadable !== void 0) throw new ActionError({
		where: folder,
		expected: "file names in UTF-8",
		seen: quote(unreadable)
	});
	const inside = (path) => path.slice(prefix.length);
	return {
		clean: new Map([...clean].map(([path, file]) => [inside(path), file])),
		changed: [...changed].map(inside)
	};
}
/** Submodules that hold changes of their own, which only git status looks for. */
async function changedSubmodules(top, clean) {
	const submodules = [...clean].filter(([, { mode }]) => mode === "160000").map(([path]) => path);
	if (submodules.length === 0) return [];
	return (await git(top, [
		"status",
		"--porcelain=v1",
		"-z",
		"--no-renames",
		"--",
		...submodules
	]) ?? "").split("\0").filter((entry) => entry !== "" && entry[1] !== " ").map((entry) => entry.slice(3));
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
			else reject(new ActionError({
				where: `git ${args[0]} in ${cwd}`,
				expected: "a repository that git can read",
				seen: quote(stderr.trim().split("\n", 1)[0] || error.message.split("\n", 1)[0], 200)
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
const wrongKind = (path, kind) => new ActionError({
	where: path,
	expected: "a file",
	seen: kind === "folder" ? "a folder" : "something else"
});
const tooLarge = (path, most, bytes) => new ActionError({
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
	ENAMETOOLONG: "a name that is too long",
	ESTALE: "one that is being written"
};
/** What the system refused, in words. Anything unknown stays as it was thrown: it is a fault of ours. */
function told(path, thrown) {
	const meaning = MEANINGS[codeOf(thrown)];
	if (thrown instanceof ActionError || meaning === void 0) return thrown;
	return new ActionError({
		where: path,
		expected: "a file that can be used",
		seen: meaning
	}, { cause: thrown });
}
Object.defineProperty(exports, "ActionError", {
	enumerable: true,
	get: function() {
		return ActionError;
	}
});
Object.defineProperty(exports, "byBytes", {
	enumerable: true,
	get: function() {
		return byBytes;
	}
});
Object.defineProperty(exports, "digestOnRequest", {
	enumerable: true,
	get: function() {
		return digestOnRequest;
	}
});
Object.defineProperty(exports, "localWorkspace", {
	enumerable: true,
	get: function() {
		return localWorkspace;
	}
});
Object.defineProperty(exports, "messageOf", {
	enumerable: true,
	get: function() {
		return messageOf;
	}
});
Object.defineProperty(exports, "quote", {
	enumerable: true,
	get: function() {
		return quote;
	}
});
Object.defineProperty(exports, "refuse", {
	enumerable: true,
	get: function() {
		return refuse;
	}
});
Object.defineProperty(exports, "sentence", {
	enumerable: true,
	get: function() {
		return sentence;
	}
});
