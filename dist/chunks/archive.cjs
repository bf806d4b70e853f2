require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_node_fs;
const node_fs = () => kept_node_fs ??= require("node:fs");
let kept_node_fs_promises;
const node_fs_promises = () => kept_node_fs_promises ??= require("node:fs/promises");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
/** Two blocks of zeros end an archive. */
const TAR_END = 1024;
/** Zeros that follow a content up to the next block. */
function paddingOf(bytes) {
	return (512 - bytes % 512) % 512;
}
/** The modes that an archive keeps: what may be run, and what may not. */
function keptMode(mode) {
	return (mode & 73) === 0 ? 420 : 493;
}
/** The blocks before an entry's content. */
function encodeHeader(entry) {
	const name = entry.kind === "folder" ? `${entry.path}/` : entry.path;
	const extended = [];
	if (!/^[\u0020-\u007e]{1,100}$/.test(name)) extended.push(["path", name]);
	if (entry.bytes > MAX_OCTAL_SIZE) extended.push(["size", String(entry.bytes)]);
	const own = block({
		name: extended.some(([key]) => key === "path") ? shortName(name) : name,
		bytes: entry.bytes > MAX_OCTAL_SIZE ? 0 : entry.bytes,
		mode: entry.mode,
		type: entry.kind === "folder" ? "5" : "0"
	});
	if (extended.length === 0) return own;
	const content = Buffer.from(extended.map(([key, value]) => paxLine(key, value)).join(""));
	return Buffer.concat([
		block({
			name: "PaxHeaders/entry",
			bytes: content.length,
			mode: 420,
			type: "x"
		}),
		content,
		Buffer.alloc(paddingOf(content.length)),
		own
	]);
}
/**
* Reads one header block of 512 bytes. `pax` is what the extended header before it said.
* @throws ActionError for everything that is no regular file or folder, and for a block that is no header
*/
function decodeHeader(block, pax = /* @__PURE__ */ new Map()) {
	if (block.every((byte) => byte === 0)) return { kind: "end" };
	let sum = 0;
	for (let at = 0; at < 512; at++) sum += at >= 148 && at < 156 ? 32 : block[at];
	if (octal(block, 148, 8) !== sum) require_house().refuse({
		where: "archive",
		expected: "a tar header",
		seen: "a broken one"
	});
	const type = block[156] === 0 ? "0" : String.fromCharCode(block[156]);
	const size = pax.has("size") ? decimal(pax.get("size")) : octal(block, 124, 12);
	if (size === void 0) require_house().refuse({
		where: "archive",
		expected: "a size in octal digits",
		seen: "another"
	});
	if (type === "x") return {
		kind: "extended",
		bytes: size
	};
	const prefix = text(block, 257, 5) === "ustar" ? text(block, 345, 155) : "";
	const name = pax.get("path") ?? (prefix === "" ? text(block, 0, 100) : `${prefix}/${text(block, 0, 100)}`);
	const mode = keptMode(octal(block, 100, 8) ?? 420);
	if (type === "5") return {
		kind: "folder",
		path: name.replace(/\/$/, ""),
		bytes: 0,
		mode: 493
	};
	if (type === "0") return {
		kind: "file",
		path: name,
		bytes: size,
		mode
	};
	return require_house().refuse({
		where: "archive",
		expected: "regular files and folders only",
		seen: `${ENTRY_KINDS[type] ?? "an unknown kind of entry"} ${JSON.stringify(name.slice(0, 80))}`
	});
}
/** Reads the content of a pax extended header. Keys that would change what an entry is are refused. */
function decodePax(content) {
	const found = /* @__PURE__ */ new Map();
	let at = 0;
	while (at < content.length) {
		const space = content.indexOf(32, at);
		const length = space < 0 ? void 0 : decimal(content.toString("latin1", at, space));
		const line = length === void 0 ? void 0 : content.subarray(at, at + length);
		if (length === void 0 || line.length !== length || line.at(-1) !== 10 || at + length <= space) return require_house().refuse({
			where: "archive",
			expected: "an extended header of whole lines",
			seen: "a broken one"
		});
		const [, key, value] = /^([^=]+)=(.*)$/s.exec(utf8(content.subarray(space + 1, at + length - 1))) ?? [];
		if (key === void 0 || value === void 0 || !PAX_KEYS.has(key)) return require_house().refuse({
			where: "archive",
			expected: "an extended header with path and size",
			seen: `the key ${JSON.stringify((key ?? "").slice(0, 40))}`
		});
		found.set(key, value);
		at += length;
	}
	return found;
}
/**
* Why a path may not come out of an archive, or may not go in; `undefined` when it may. Names that Windows or a shell would
* read otherwise are refused as well: archives travel.
*/
function unsafePath(path) {
	if (path === "") return "an empty name";
	if (path.startsWith("/")) return "an absolute name";
	if (/[\u0000-\u001f\u007f]/.test(path)) return "a control character";
	if (path.includes("\\")) return "a backslash";
	if (path.includes("�")) return "a name that is not UTF-8";
	const segments = path.split("/");
	if (segments.some((each) => each === "" || each === "." || each === "..")) return "an empty, . or .. part";
	if (segments.length > 64) return "more than 64 folders in each other";
	if (Buffer.byteLength(path) > 4e3 || segments.some((each) => Buffer.byteLength(each) > 255)) return "too long a name";
}
/** One text for all spellings of a path that some file system takes as the same. */
function foldedPath(path) {
	return path.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}
/**
* Every path of an archive, checked as it comes: refused when unsafe, said twice, or in another spelling, and when a file
* stands where another path needs a folder.
*/
function pathGuard(where) {
	const known = /* @__PURE__ */ new Map();
	const admit = (path, kind, given) => {
		const before = known.get(foldedPath(path));
		if (before === void 0) {
			known.set(foldedPath(path), {
				path,
				kind
			});
			return;
		}
		if (before.path === path && before.kind === kind && (kind === "folder" || !given)) return;
		require_house().refuse({
			where,
			expected: "names that differ in more than case or Unicode form, each once",
			seen: `${JSON.stringify(before.path.slice(0, 200))} and ${JSON.stringify(path.slice(0, 200))}`
		});
	};
	return (path, kind) => {
		const fault = unsafePath(path);
		if (fault !== void 0) require_house().refuse({
			where,
			expected: "relative names below the folder",
			seen: `${fault}: ${JSON.stringify(path.slice(0, 80))}`
		});
		for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) admit(path.slice(0, at), "folder", false);
		admit(path, kind, true);
	};
}
/** The files of an archive with the folders above them, in the order in which they stand there. */
function withFolders(files) {
	const folders = /* @__PURE__ */ new Set();
	for (const { path } of files) for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) folders.add(path.slice(0, at));
	const all = [...files];
	for (const path of folders) all.push({
		kind: "folder",
		path,
		bytes: 0,
		mode: 493
	});
	const key = (entry) => Buffer.from(entry.kind === "folder" ? `${entry.path}/` : entry.path);
	return all.map((entry) => ({
		entry,
		key: key(entry)
	})).toSorted((a, b) => Buffer.compare(a.key, b.key)).map(({ entry }) => entry);
}
const MAX_OCTAL_SIZE = 8589934591;
/** What stands in an extended header without changing what an entry is. Times and owners are not taken over. */
const PAX_KEYS = /* @__PURE__ */ new Set([
	"path",
	"size",
	"mtime",
	"atime",
	"ctime",
	"uid",
	"gid",
	"uname",
	"gname",
	"comment"
]);
const ENTRY_KINDS = {
	"1": "a hard link",
	"2": "a symbolic link",
	"3": "a device",
	"4": "a device",
	"6": "a pipe",
	"7": "a contiguous file",
	g: "a global header",
	K: "a GNU long link",
	L: "a GNU long name",
	S: "a sparse file"
};
function block({ name, bytes, mode, type }) {
	const header = Buffer.alloc(512);
	header.write(name, 0, 100, "latin1");
	header.write(digits(mode, 7), 100, "latin1");
	header.write(digits(0, 7), 108, "latin1");
	header.write(digits(0, 7), 116, "latin1");
	header.write(digits(bytes, 11), 124, "latin1");
	header.write(digits(0, 11), 136, "latin1");
	header.write("        ", 148, "latin1");
	header.write(type, 156, "latin1");
	header.write("ustar\x0000", 257, "latin1");
	header.write(digits(0, 7), 329, "latin1");
	header.write(digits(0, 7), 337, "latin1");
	let sum = 0;
	for (const byte of header) sum += byte;
	header.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
	return header;
}
const digits = (value, width) => `${value.toString(8).padStart(width, "0")}\u0000`;
/** For readers that know no pax; ours and every current one take the path of the extended header. */
function shortName(name) {
	const ascii = name.replace(/[^\u0020-\u007e]/g, "_");
	return ascii.length <= 100 ? ascii : `${ascii.slice(0, 99)}${name.endsWith("/") ? "/" : "_"}`;
}
/** A line counts itself: `30 path=…\n`. */
function paxLine(key, value) {
	const rest = Buffer.byteLength(` ${key}=${value}\n`);
	let length = rest + String(rest).length;
	if (rest + String(length).length !== length) length = rest + String(length).length;
	return `${length} ${key}=${value}\n`;
}
function octal(block, at, width) {
	const [, found] = /^ *([0-7]+)[ \u0000]*$/.exec(block.toString("latin1", at, at + width)) ?? [];
	return found === void 0 ? void 0 : Number.parseInt(found, 8);
}
function decimal(value) {
	return /^\d{1,15}$/.test(value) ? Number(value) : void 0;
}
function text(block, at, width) {
	const end = block.indexOf(0, at);
	return utf8(block.subarray(at, end < 0 ? at + width : Math.min(end, at + width)));
}
/** Bytes that are no UTF-8 become U+FFFD, which `unsafePath` refuses. */
const utf8 = (bytes) => bytes.toString("utf8");
// src/adapters/archive.ts
const CHUNK = 262144;
/** Buffers of a stream, so that one is read while another is sent. */
const RING = 8;
/** Files below this size travel together. */
const SMALL = 131072;
/** An extended header of ours holds one path and one size. */
const MAX_PAX_BYTES = 65536;
/** Stored tars, written and read by ourselves: what other tools would let through is refused here. */
function tarArchives() {
	return {
		pack,
		stream,
		unpack
	};
}
const pack = async (root, paths, archive, options) => {
	const { open: pieces } = await stream(root, paths, options);
	await (0, node_fs_promises().mkdir)((0, node_path().dirname)(archive), { recursive: true });
	const beside = `${archive}.${process.pid}.${Date.now().toString(36)}.part`;
	const target = await (0, node_fs_promises().open)(beside, "wx", 420);
	try {
		const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
		let bytes = 0;
		for await (const piece of pieces()) {
			hash.update(piece);
			await writeAll(target, piece);
			bytes += piece.length;
		}
		await target.close();
		await (0, node_fs_promises().rename)(beside, archive);
		return {
			sha256: hash.digest("hex"),
			bytes
		};
	} catch (thrown) {
		await target.close().catch(() => void 0);
		await (0, node_fs_promises().rm)(beside, { force: true });
		const { code } = thrown;
		if (code !== "ENOSPC" && code !== "EDQUOT") throw thrown;
		throw new (require_house()).ActionError({
			where: archive,
			expected: "room for an archive of the files",
			seen: "a full disk",
			fix: "Take a runner with a larger disk, or remove what is no longer needed."
		}, { cause: thrown });
	}
};
const stream = async (root, paths, { name = (path) => path, onFile } = {}) => {
	const sources = /* @__PURE__ */ new Map();
	const files = [];
	const admit = pathGuard("files to pack");
	for (const path of paths) {
		const facts = await (0, node_fs_promises().lstat)((0, node_path().join)(root, path)).catch((cause) => missing(path, cause));
		if (!facts.isFile()) require_house().refuse({
			where: path,
			expected: "a regular file",
			seen: kindOf(facts)
		});
		admit(name(path), "file");
		sources.set(name(path), path);
		files.push({
			kind: "file",
			path: name(path),
			bytes: facts.size,
			mode: keptMode(facts.mode)
		});
	}
	const entries = withFolders(files);
	let bytes = TAR_END;
	for (const entry of entries) bytes += encodeHeader(entry).length + entry.bytes + paddingOf(entry.bytes);
	async function* pieces() {
		const { createHash } = process.getBuiltinModule("node:crypto");
		const ring = Array.from({ length: RING }, () => Buffer.allocUnsafeSlow(CHUNK));
		const copied = Buffer.allocUnsafeSlow(CHUNK);
		let turn = 0;
		let small = [];
		let held = 0;
		const flush = () => {
			const piece = Buffer.concat(small, held);
			small = [];
			held = 0;
			return piece;
		};
		for (const entry of entries) {
			const header = encodeHeader(entry);
			small.push(header);
			held += header.length;
			if (entry.kind === "file") {
				const path = sources.get(entry.path);
				const hash = onFile && createHash("sha256");
				if (entry.bytes > SMALL && held > 0) yield flush();
				const large = entry.bytes > SMALL;
				const next = () => large ? ring[turn++ % RING] : copied;
				for await (const piece of readWhole((0, node_path().join)(root, path), path, entry.bytes, next)) {
					hash?.update(piece);
					if (large) yield piece;
					else {
						small.push(Buffer.from(piece));
						held += piece.length;
					}
				}
				onFile?.({
					path,
					sha256: hash.digest("hex"),
					bytes: entry.bytes,
					mode: entry.mode
				});
				small.push(Buffer.alloc(paddingOf(entry.bytes)));
				held += paddingOf(entry.bytes);
			}
			if (held > SMALL) yield flush();
		}
		small.push(Buffer.alloc(TAR_END));
		held += TAR_END;
		yield flush();
	}
	return {
		bytes,
		open: pieces
	};
};
const unpack = async (archive, folder, limits) => {
	const source = await (0, node_fs_promises().open)(archive, "r").catch((cause) => missing(archive, cause));
	try {
		await (0, node_fs_promises().mkdir)((0, node_path().dirname)(folder), { recursive: true });
		const beside = await (0, node_fs_promises().mkdtemp)((0, node_path().join)((0, node_path().dirname)(folder), `.${(0, node_path().basename)(folder)}.`));
		try {
			const files = await readEntries(source, beside, limits);
			await (0, node_fs_promises().chmod)(beside, 493);
			await settle(beside, folder);
			return files;
		} finally {
			await (0, node_fs_promises().rm)(beside, {
				recursive: true,
				force: true
			});
		}
	} finally {
		await source.close();
	}
};
async function readEntries(source, folder, limits) {
	const chunk = Buffer.allocUnsafe(CHUNK);
	const header = Buffer.alloc(512);
	const admit = pathGuard("archive");
	const found = [];
	let entries = 0;
	let bytes = 0;
	let pax = /* @__PURE__ */ new Map();
	const limit = (expected) => require_house().refuse({
		where: "archive",
		expected,
		seen: "more",
		fix: "Nothing of it was kept."
	});
	for (;;) {
		await readExactly(source, header, 512);
		const entry = decodeHeader(header, pax);
		if (entry.kind === "end") break;
		if (entry.kind === "extended") {
			if (pax.size > 0 || entry.bytes > MAX_PAX_BYTES) limit("one short extended header for an entry");
			const content = Buffer.alloc(entry.bytes + paddingOf(entry.bytes));
			await readExactly(source, content, content.length);
			pax = decodePax(content.subarray(0, entry.bytes));
			continue;
		}
		pax = /* @__PURE__ */ new Map();
		if (++entries > limits.maxFiles) limit(`at most ${limits.maxFiles} entries`);
		bytes += entry.bytes;
		if (bytes > limits.maxBytes) limit(`at most ${limits.maxBytes} bytes`);
		admit(entry.path, entry.kind);
		const path = (0, node_path().join)(folder, entry.path);
		if (entry.kind === "folder") {
			await (0, node_fs_promises().mkdir)(path, { recursive: true });
			continue;
		}
		await (0, node_fs_promises().mkdir)((0, node_path().dirname)(path), { recursive: true });
		await writeEntry(source, path, entry, chunk);
		const { mtimeMs, ctimeMs } = await (0, node_fs_promises().lstat)(path);
		found.push({
			path: entry.path,
			kind: "file",
			bytes: entry.bytes,
			mode: entry.mode,
			modifiedMs: mtimeMs,
			changedMs: ctimeMs
		});
	}
	return found.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}
async function writeEntry(source, path, { bytes, mode }, chunk) {
	const file = await (0, node_fs_promises().open)(path, "wx", mode);
	try {
		for (let left = bytes; left > 0;) {
			const count = Math.min(left, CHUNK);
			await readExactly(source, chunk, count);
			await writeAll(file, chunk.subarray(0, count));
			left -= count;
		}
		await file.chmod(mode);
	} finally {
		await file.close();
	}
	const padding = paddingOf(bytes);
	if (padding > 0) await readExactly(source, chunk, padding);
}
/** Gives the unpacked folder its name. Into a folder that is there already, file by file; none is overwritten. */
async function settle(beside, folder) {
	if (await (0, node_fs_promises().lstat)(folder).catch(() => void 0) === void 0) {
		await (0, node_fs_promises().rename)(beside, folder);
		return;
	}
	const moved = [];
	const merge = async (from, to) => {
		for (const each of await (0, node_fs_promises().readdir)(from, { withFileTypes: true })) {
			const target = (0, node_path().join)(to, each.name);
			const there = await (0, node_fs_promises().lstat)(target).catch(() => void 0);
			if (there === void 0) {
				await (0, node_fs_promises().rename)((0, node_path().join)(from, each.name), target);
				moved.push(target);
			} else if (each.isDirectory() && there.isDirectory()) await merge((0, node_path().join)(from, each.name), target);
			else require_house().refuse({
				where: target,
				expected: "no file there yet",
				seen: kindOf(there)
			});
		}
	};
	try {
		await merge(beside, folder);
	} catch (thrown) {
		for (const each of moved) await (0, node_fs_promises().rm)(each, {
			recursive: true,
			force: true
		});
		throw thrown;
	}
}
async function* readWhole(file, path, bytes, buffer) {
	const source = await (0, node_fs_promises().open)(file, node_fs().constants.O_RDONLY | node_fs().constants.O_NOFOLLOW);
	try {
		let left = bytes;
		for (;;) {
			const chunk = left > 0 ? buffer() : Buffer.alloc(1);
			const { bytesRead } = await source.read(chunk, 0, chunk.length, null);
			if (bytesRead === 0) break;
			left -= bytesRead;
			if (left < 0) break;
			yield chunk.subarray(0, bytesRead);
		}
		if (left !== 0) require_house().refuse({
			where: path,
			expected: `${bytes} bytes, as when it was first looked at`,
			seen: left < 0 ? "more" : `${bytes - left}`,
			fix: "Something still writes to it: pack it when that has ended."
		});
	} finally {
		await source.close();
	}
}
async function readExactly(source, into, count) {
	for (let at = 0; at < count;) {
		const { bytesRead } = await source.read(into, at, count - at, null);
		if (bytesRead === 0) require_house().refuse({
			where: "archive",
			expected: "a whole tar",
			seen: "one that was cut short"
		});
		at += bytesRead;
	}
}
async function writeAll(target, content) {
	for (let at = 0; at < content.length;) at += (await target.write(content, at, content.length - at)).bytesWritten;
}
const kindOf = (facts) => facts.isSymbolicLink() ? "a link" : facts.isDirectory() ? "a folder" : facts.isFile() ? "a file" : "a device";
function missing(path, cause) {
	const code = cause.code;
	throw new (require_house()).ActionError({
		where: path,
		expected: "a file",
		seen: code === "ENOENT" ? "none" : code ?? "a fault"
	}, { cause });
}
Object.defineProperty(exports, "tarArchives", {
	enumerable: true,
	get: function() {
		return tarArchives;
	}
});
