require("./rolldown-runtime.cjs");
let kept_require_model_store;
const require_model_store = () => kept_require_model_store ??= require("./model-store.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_node_fs_promises;
const node_fs_promises = () => kept_node_fs_promises ??= require("node:fs/promises");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
// src/adapters/rclone.ts
const LIST_MS = 12e4;
/** A model of 20 GB takes its time; a job has six hours at most. */
const MOVE_MS = 216e5;
const MAX_LISTING_BYTES = 67108864;
/** What rclone may see: its own settings, the clouds' credentials, and what every program needs. No input, no runner's token. */
const PASSED = /^(?:RCLONE_.*|AWS_.*|GOOGLE_.*|CLOUDSDK_.*|AZURE_.*|PATH|HOME|USER|TMPDIR|XDG_(?:CONFIG|CACHE)_HOME|SSL_CERT_(?:FILE|DIR)|(?:https?|no|all)_proxy)$/i;
/** A bucket that is missing is a mistake in its name: none is made by the way. The user's own setting stands. */
const NO_NEW_BUCKETS = {
	RCLONE_S3_NO_CHECK_BUCKET: "true",
	RCLONE_GCS_NO_CHECK_BUCKET: "true",
	RCLONE_AZUREBLOB_NO_CHECK_CONTAINER: "true"
};
/** Few tries, and an end to each: a store that is down must not hold a job up. */
const FLAGS = [
	"--use-json-log",
	"--low-level-retries=2",
	"--contimeout=10s",
	"--timeout=60s",
	"--ask-password=false"
];
/** Settings without which a remote is none, by the schemes that Seldon knows. */
const KINDS = {
	s3: "s3",
	gs: "google cloud storage",
	azblob: "azureblob"
};
/** Stores that rclone reaches. The program is looked for at first use. */
function rcloneStore({ processes, temp }) {
	let found;
	const run = async (args, timeoutMs) => {
		found ??= processes.find("rclone").then((path) => path ?? Promise.reject(new (require_house()).ActionError({
			where: `input "model-store"`,
			expected: "the program rclone on this runner",
			seen: "none in PATH",
			fix: "Install it in a step before: sudo apt-get install -y rclone, or see rclone.org/install."
		})));
		const env = {
			...NO_NEW_BUCKETS,
			...Object.fromEntries(Object.entries(processes.environment()).filter(([name]) => PASSED.test(name))),
			LC_ALL: "C"
		};
		const { code, stdout, stderr } = await processes.run({
			command: await found,
			args: [
				...args,
				...FLAGS,
				`--retries=${timeoutMs > LIST_MS ? 3 : 1}`
			],
			env
		}, {
			timeoutMs,
			maxBytes: MAX_LISTING_BYTES
		});
		if (code === 0) return stdout;
		const words = lastWords(stderr);
		return {
			code,
			words,
			message: require_house().quote(words, 300)
		};
	};
	/** Runs rclone over a list of paths, which lies in a file since a model may have many. */
	const withList = async (paths, args) => {
		await (0, node_fs_promises().mkdir)(temp, { recursive: true });
		const folder = await (0, node_fs_promises().mkdtemp)((0, node_path().join)(temp, "rclone-"));
		try {
			const list = (0, node_path().join)(folder, "paths");
			await (0, node_fs_promises().writeFile)(list, `${paths.join("\n")}\n`);
			return await run(args(list), MOVE_MS);
		} finally {
			await (0, node_fs_promises().rm)(folder, {
				recursive: true,
				force: true
			});
		}
	};
	const listing = [
		"lsjson",
		"--files-only",
		"--no-modtime",
		"--no-mimetype"
	];
	return {
		list: async (store, folder) => {
			const listed = await run([
				...listing,
				"-R",
				"--hash",
				"--hash-type=md5",
				folder
			], LIST_MS);
			if (typeof listed === "string") return {
				kind: "listed",
				objects: parseListing(listed, folder)
			};
			if (isAway(listed)) return {
				kind: "unreachable",
				because: `${folder}: ${listed.message}`
			};
			if (listed.code !== 3) throw told(store.uri, store.remote, listed);
			const root = await run([
				...listing,
				"--max-depth=1",
				store.root
			], LIST_MS);
			if (typeof root === "string") return {
				kind: "listed",
				objects: []
			};
			if (isAway(root)) return {
				kind: "unreachable",
				because: `${store.root}: ${root.message}`
			};
			throw told(store.root, store.remote, root);
		},
		read: async (uri, { maxBytes }) => {
			const text = await run([
				"cat",
				`--head=${maxBytes + 1}`,
				uri
			], LIST_MS);
			if (typeof text !== "string") {
				if (text.code === 3 || text.code === 4) return void 0;
				throw told(uri, remoteOf(uri), text);
			}
			if (Buffer.byteLength(text) > maxBytes) throw new (require_house()).ActionError({
				where: uri,
				expected: `at most ${maxBytes} bytes`,
				seen: "more"
			});
			return text === "" ? void 0 : text;
		},
		putFile: async (file, uri) => {
			const put = await run([
				"copyto",
				"--checksum",
				file,
				uri
			], MOVE_MS);
			if (typeof put !== "string") throw told(uri, remoteOf(uri), put);
		},
		putFolder: async (folder, paths, uri) => {
			const put = await withList(paths, (list) => [
				"copy",
				"--checksum",
				"--immutable",
				`--files-from-raw=${list}`,
				folder,
				uri
			]);
			if (typeof put !== "string") throw told(uri, remoteOf(uri), put);
		},
		take: async (uri, files, folder, { maxBytes }) => {
			const paths = files.map(({ path }) => path);
			const taken = await withList(paths, (list) => [
				"copy",
				`--files-from-raw=${list}`,
				`--max-transfer=${maxBytes}B`,
				"--cutoff-mode=hard",
				uri,
				folder
			]);
			if (typeof taken !== "string") throw told(uri, remoteOf(uri), taken);
			for (const { path, executable } of files) if (executable) await (0, node_fs_promises().chmod)((0, node_path().join)(folder, path), 493).catch(() => void 0);
		}
	};
}
const remoteOf = (uri) => uri.slice(0, uri.indexOf(":"));
function parseListing(text, folder) {
	const isFields = (value) => value !== null && typeof value === "object";
	let entries;
	try {
		entries = JSON.parse(text);
	} catch (cause) {
		throw new (require_house()).ActionError({
			where: folder,
			expected: "a listing of rclone's",
			seen: "something else"
		}, { cause });
	}
	return (Array.isArray(entries) ? entries : []).flatMap((entry) => {
		if (!isFields(entry) || typeof entry.Path !== "string" || typeof entry.Size !== "number") return [];
		const md5 = isFields(entry.Hashes) ? entry.Hashes.md5 ?? entry.Hashes.MD5 : void 0;
		return [{
			path: entry.Path,
			bytes: entry.Size,
			md5: typeof md5 === "string" && md5 !== "" ? md5 : void 0
		}];
	});
}
/** The last error that rclone told, without what a URL has behind its `?`: a signature may stand there. */
function lastWords(stderr) {
	return (stderr.split("\n").flatMap((line) => {
		if (line.trim() === "") return [];
		try {
			const { level, msg } = JSON.parse(line);
			return typeof msg === "string" && (level !== "notice" || msg.startsWith("Failed")) && level !== "info" ? [msg] : [];
		} catch {
			return [line];
		}
	}).at(-1) ?? "no word").replace(/\?[^\s"]*/g, "?…").replace(/\s+/g, " ").trim();
}
/** Whether a store does not answer at all, or is in trouble: that may pass, and is no mistake of the user. */
const isAway = ({ code, words }) => code === 5 || /StatusCode: 5\d\d|Error 5\d\d|RESPONSE 5\d\d|SlowDown|connection refused|connection reset|no such host|timeout|timed out|unreachable|deadline exceeded|unexpected EOF|TLS handshake/i.test(words);
function told(what, remote, failed) {
	return new (require_house()).ActionError({
		where: `model store ${require_house().quote(what, 300)}`,
		...explained(remote, failed)
	});
}
function explained(remote, { code, words, message }) {
	const variable = (setting) => require_model_store().remoteVariable(remote, setting);
	const same = "They are the names that the Secret of Seldon's storage initialiser has.";
	if (/didn't find section in config file|didn't find backend called|unknown type/i.test(words)) return {
		expected: `a remote ${require_house().quote(remote)} that rclone knows`,
		seen: message,
		fix: `Set ${variable("TYPE")}: ${KINDS[remote.toLowerCase()] ?? "<a backend of rclone>"}, and what it needs, in the job's env. ${same}`
	};
	if (/StatusCode: 40[013]|Error 40[13]|RESPONSE 40[13]|AccessDenied|Forbidden|Unauthorized|InvalidAccessKey|SignatureDoesNotMatch|credential|AuthenticationFailed/i.test(words)) return {
		expected: "credentials that may list, read and write there",
		seen: message,
		fix: `Give them to this job by ${variable(remote.toLowerCase() === "s3" ? "ACCESS_KEY_ID" : "…")} and the like. ${same}`
	};
	if (code === 3 || /NoSuchBucket|directory not found/i.test(words)) return {
		expected: "a bucket or folder that is there",
		seen: message,
		fix: "Make it, or mend its name: this action makes no buckets."
	};
	if (/immutable file modified/i.test(words)) return {
		expected: "objects that are written once and never again",
		seen: "another object in the place of one",
		fix: "Someone else has written there. Find out who, and remove it."
	};
	return {
		expected: "rclone to do its work",
		seen: message,
		fix: "Try the same by hand: rclone lsf, with these variables."
	};
}
Object.defineProperty(exports, "rcloneStore", {
	enumerable: true,
	get: function() {
		return rcloneStore;
	}
});
