const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest.cjs");
let kept_node_fs;
const node_fs = () => kept_node_fs ??= require("node:fs");
let kept_node_fs_promises;
const node_fs_promises = () => kept_node_fs_promises ??= require("node:fs/promises");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
let kept_node_timers_promises;
const node_timers_promises = () => kept_node_timers_promises ??= require("node:timers/promises");
let kept_node_os;
const node_os = () => kept_node_os ??= require("node:os");
// src/adapters/images.ts
/** Both kinds of places where images lie, behind one port. */
function imageStores({ layout, registry }) {
	return { open: async (reference) => reference.kind === "layout" ? layout(reference) : registry(reference) };
}
// src/adapters/layout.ts
const CHUNK$1 = 1048576;
const LOCK = ".index.json.lock";
/** A writer holds the lock for two small files: one that is this old was left by a writer that died. */
const STALE_MS = 3e4;
const LOCK_WAIT_MS = 6e4;
/**
* An OCI image layout on disk: `oci-layout`, `index.json` with a descriptor for each tag, and blobs named by their digest.
* A blob is written beside and renamed, index.json is replaced under a lock: several jobs may write to one folder.
* @param reference with the full path of the folder
*/
function openLayout({ folder }) {
	const where = `OCI layout ${folder}`;
	const pathOf = (digest) => (0, node_path().join)(folder, "blobs", "sha256", hexOf(digest, where));
	async function readIndex() {
		const bytes = await read((0, node_path().join)(folder, "index.json"));
		if (bytes === void 0) return {
			schemaVersion: 2,
			mediaType: require_manifest().MEDIA.index,
			manifests: []
		};
		const index = require_manifest().parseManifest(bytes, `${where}, index.json`);
		if (index.manifests === void 0) require_house().refuse({
			where,
			expected: "manifests in index.json",
			seen: "none"
		});
		return index;
	}
	async function digestOf(reference) {
		if (reference.startsWith("sha256:")) return await exists(pathOf(reference)) ? reference : void 0;
		return (await readIndex()).manifests.find((each) => each.annotations?.[require_manifest().ANNOTATION.name] === reference)?.digest;
	}
	async function prepare() {
		await (0, node_fs_promises().mkdir)((0, node_path().join)(folder, "blobs", "sha256"), { recursive: true });
		if (!await exists((0, node_path().join)(folder, "oci-layout"))) await replace((0, node_path().join)(folder, "oci-layout"), Buffer.from("{\"imageLayoutVersion\":\"1.0.0\"}"));
	}
	async function keep(pieces, expected) {
		await prepare();
		const beside = (0, node_path().join)(folder, "blobs", `.${unique()}.part`);
		try {
			const written = await writePieces(pieces, beside);
			if (expected !== void 0 && written.digest !== expected) wrongDigest$1(where, expected, written.digest);
			await (0, node_fs_promises().rename)(beside, pathOf(written.digest));
			return written;
		} finally {
			await (0, node_fs_promises().rm)(beside, { force: true });
		}
	}
	const store = {
		async manifest(reference) {
			const digest = await digestOf(reference);
			const bytes = digest === void 0 ? void 0 : await read(pathOf(digest));
			if (digest === void 0 || bytes === void 0) return void 0;
			if (sha256$1(bytes) !== digest) wrongDigest$1(where, digest, sha256$1(bytes));
			return {
				manifest: require_manifest().parseManifest(bytes, `${where}, ${digest}`),
				digest,
				bytes
			};
		},
		head: digestOf,
		async blob(digest, { maxBytes }) {
			const facts = await (0, node_fs_promises().stat)(pathOf(digest)).catch(() => void 0);
			if (facts === void 0) return noBlob(where, digest);
			if (facts.size > maxBytes) return require_house().refuse({
				where,
				expected: `at most ${maxBytes} bytes in ${digest}`,
				seen: `${facts.size}`
			});
			const bytes = await (0, node_fs_promises().readFile)(pathOf(digest));
			if (sha256$1(bytes) !== digest) wrongDigest$1(where, digest, sha256$1(bytes));
			return bytes;
		},
		async blobToFile(digest, file) {
			const beside = `${file}.${unique()}.part`;
			try {
				await writePieces(store.readBlob(digest), beside);
				await (0, node_fs_promises().rename)(beside, file);
			} finally {
				await (0, node_fs_promises().rm)(beside, { force: true });
			}
		},
		async *readBlob(digest) {
			const source = await (0, node_fs_promises().open)(pathOf(digest), "r").catch(() => noBlob(where, digest));
			try {
				const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
				for (;;) {
					const { bytesRead, buffer } = await source.read(Buffer.allocUnsafe(CHUNK$1), 0, CHUNK$1, null);
					if (bytesRead === 0) break;
					hash.update(buffer.subarray(0, bytesRead));
					yield buffer.subarray(0, bytesRead);
				}
				const seen = `sha256:${hash.digest("hex")}`;
				if (seen !== digest) wrongDigest$1(where, digest, seen);
			} finally {
				await source.close();
			}
		},
		hasBlob: async (digest) => await exists(pathOf(digest)),
		async putBlob(content) {
			const digest = Buffer.isBuffer(content) ? sha256$1(content) : content.digest;
			if (await exists(pathOf(digest))) return {
				digest,
				bytes: Buffer.isBuffer(content) ? content.length : content.bytes,
				already: true
			};
			return {
				...await keep(Buffer.isBuffer(content) ? once(content) : piecesOf(content.file), digest),
				already: false
			};
		},
		async putStream({ open: pieces }, commit) {
			await prepare();
			const beside = (0, node_path().join)(folder, "blobs", `.${unique()}.part`);
			try {
				const written = await writePieces(pieces(), beside);
				commit(written.digest);
				await (0, node_fs_promises().rename)(beside, pathOf(written.digest));
				return written;
			} finally {
				await (0, node_fs_promises().rm)(beside, { force: true });
			}
		},
		async takeBlob(from, _fromReference, { digest }) {
			if (await exists(pathOf(digest))) return "already";
			await keep(from.readBlob(digest), digest);
			return "streamed";
		},
		async tryPush() {
			let nearest = folder;
			while (!await exists(nearest) && (0, node_path().dirname)(nearest) !== nearest) nearest = (0, node_path().dirname)(nearest);
			await (0, node_fs_promises().access)(nearest, node_fs_promises().constants.W_OK).catch((cause) => require_house().refuse({
				where,
				expected: "a folder that may be written to",
				seen: "one that may not"
			}, cause));
		},
		async putManifest(bytes, mediaType, tags) {
			const { digest } = await store.putBlob(bytes);
			const manifest = require_manifest().parseManifest(bytes, where);
			await locked(folder, where, async () => {
				const index = await readIndex();
				const descriptor = {
					mediaType: mediaType || require_manifest().mediaTypeOf(manifest),
					digest,
					size: bytes.length
				};
				await replace((0, node_path().join)(folder, "index.json"), Buffer.from(JSON.stringify(indexed(index, descriptor, tags))));
			});
			return digest;
		},
		tags: async () => (await readIndex()).manifests.flatMap(({ annotations }) => annotations?.[require_manifest().ANNOTATION.name] ?? []),
		async untag(tag) {
			if (await digestOf(tag) === void 0 || tag.startsWith("sha256:")) return "absent";
			await locked(folder, where, async () => {
				const index = await readIndex();
				const manifests = index.manifests.filter(({ annotations }) => annotations?.[require_manifest().ANNOTATION.name] !== tag);
				await replace((0, node_path().join)(folder, "index.json"), Buffer.from(JSON.stringify({
					...index,
					manifests
				})));
			});
			return "gone";
		}
	};
	return store;
}
/** The index with these tags on this manifest, and on no other. Without tags the manifest is listed all the same. */
function indexed(index, descriptor, tags) {
	const others = index.manifests.filter((each) => {
		const name = each.annotations?.[require_manifest().ANNOTATION.name];
		return name === void 0 ? each.digest !== descriptor.digest : !tags.includes(name);
	});
	const named = tags.map((tag) => ({
		...descriptor,
		annotations: { [require_manifest().ANNOTATION.name]: tag }
	}));
	const reachable = named.length > 0 || others.some((each) => each.digest === descriptor.digest);
	return {
		...index,
		manifests: [...others, ...reachable ? named : [descriptor]]
	};
}
async function writePieces(pieces, path) {
	const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
	const target = await (0, node_fs_promises().open)(path, "wx", 420);
	let bytes = 0;
	try {
		for await (const piece of pieces) {
			hash.update(piece);
			for (let at = 0; at < piece.length;) at += (await target.write(piece, at, piece.length - at)).bytesWritten;
			bytes += piece.length;
		}
		await target.sync();
	} finally {
		await target.close();
	}
	return {
		digest: `sha256:${hash.digest("hex")}`,
		bytes
	};
}
async function* piecesOf(file) {
	const source = await (0, node_fs_promises().open)(file, "r");
	try {
		const chunk = Buffer.allocUnsafe(CHUNK$1);
		for (;;) {
			const { bytesRead } = await source.read(chunk, 0, CHUNK$1, null);
			if (bytesRead === 0) return;
			yield chunk.subarray(0, bytesRead);
		}
	} finally {
		await source.close();
	}
}
async function* once(content) {
	yield content;
}
/** Runs work while no other process of this machine, or of one that shares the folder, replaces the index. */
async function locked(folder, where, work) {
	const lock = (0, node_path().join)(folder, LOCK);
	const token = `${(0, node_os().hostname)()} ${process.pid} ${unique()}`;
	const deadline = performance.now() + LOCK_WAIT_MS;
	while (!await take(lock, token)) {
		if (performance.now() > deadline) require_house().refuse({
			where,
			expected: "the other writer to end within a minute",
			seen: `its lock ${LOCK} still there`,
			fix: "Delete that file if nothing writes there."
		});
		await (0, node_timers_promises().setTimeout)(5 + Math.random() * 20);
	}
	try {
		await work();
	} finally {
		if (await (0, node_fs_promises().readFile)(lock, "utf8").catch(() => "") === token) await (0, node_fs_promises().rm)(lock, { force: true });
	}
}
async function take(lock, token) {
	const mine = `${lock}.${unique()}`;
	await (0, node_fs_promises().writeFile)(mine, token, { flag: "wx" });
	try {
		await (0, node_fs_promises().link)(mine, lock);
		return true;
	} catch (thrown) {
		if (thrown.code !== "EEXIST") throw thrown;
		await takeOverStale(lock);
		return false;
	} finally {
		await (0, node_fs_promises().rm)(mine, { force: true });
	}
}
/** Removes the lock of a writer that is gone. What was removed is looked at again: it may have been a newer one. */
async function takeOverStale(lock) {
	const holder = await (0, node_fs_promises().readFile)(lock, "utf8").catch(() => void 0);
	const facts = await (0, node_fs_promises().lstat)(lock).catch(() => void 0);
	if (holder === void 0 || facts === void 0) return;
	const [host, pid = ""] = holder.split(" ");
	if (!(host === (0, node_os().hostname)() && /^\d+$/.test(pid) && !alive(Number(pid))) && Date.now() - facts.mtimeMs < STALE_MS) return;
	const aside = `${lock}.${unique()}`;
	try {
		await (0, node_fs_promises().rename)(lock, aside);
	} catch {
		return;
	}
	if (await (0, node_fs_promises().readFile)(aside, "utf8").catch(() => holder) !== holder) await (0, node_fs_promises().link)(aside, lock).catch(() => void 0);
	await (0, node_fs_promises().rm)(aside, { force: true });
}
function alive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (thrown) {
		return thrown.code === "EPERM";
	}
}
async function replace(path, content) {
	const beside = `${path}.${unique()}.part`;
	try {
		await writePieces(once(content), beside);
		await (0, node_fs_promises().rename)(beside, path);
	} finally {
		await (0, node_fs_promises().rm)(beside, { force: true });
	}
}
async function read(path) {
	const facts = await (0, node_fs_promises().stat)(path).catch(() => void 0);
	if (facts === void 0) return void 0;
	if (facts.size > 4194304) require_house().refuse({
		where: path,
		expected: `at most ${require_manifest().MAX_MANIFEST_BYTES} bytes`,
		seen: `${facts.size}`
	});
	return await (0, node_fs_promises().readFile)(path);
}
const exists = async (path) => await (0, node_fs_promises().stat)(path).catch(() => void 0) !== void 0;
const unique = () => process.getBuiltinModule("node:crypto").randomBytes(8).toString("hex");
const sha256$1 = /* @__PURE__ */ require_rolldown_runtime.__name((bytes) => `sha256:${process.getBuiltinModule("node:crypto").createHash("sha256").update(bytes).digest("hex")}`, "sha256");
function hexOf(digest, where) {
	const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
	return hex ?? require_house().refuse({
		where,
		expected: "sha256: and 64 hex digits",
		seen: JSON.stringify(digest.slice(0, 80))
	});
}
function wrongDigest$1(where, expected, seen) {
	throw new (require_house()).ActionError({
		where,
		expected: `content of digest ${expected}`,
		seen,
		fix: "The content was changed or cut: build the image again into an empty folder."
	});
}
require_rolldown_runtime.__name(wrongDigest$1, "wrongDigest");
const noBlob = (where, digest) => require_house().refuse({
	where,
	expected: `the blob ${digest}`,
	seen: "none"
});
// src/adapters/registry.ts
const CHUNK = 1048576;
const STALL_MS = 3e4;
/** After its last byte a registry may have to put a large blob together in a store of its own. */
const COMMIT_MS = 3e5;
const TRIES = 4;
const MAX_REDIRECTS = 5;
const MAX_TAG_PAGES = 100;
const MAX_WAIT_MS = 3e4;
const HELPER_MS = 3e4;
const DOCKER_HUB = "docker.io";
/** Makes stores for registries: a client of the OCI distribution specification 1.1. */
function openRegistry(options) {
	return (reference) => registryStore(reference, options);
}
function registryStore({ host, repository }, options) {
	const { log } = options;
	const where = `registry ${host}, ${repository}`;
	const wire = connection({
		kind: "registry",
		host,
		repository
	}, where, options);
	const at = (path) => new URL(`/v2/${repository}/${path}`, wire.origin);
	async function startUpload(query) {
		return await wire.ask({
			method: "POST",
			url: new URL(`blobs/uploads/${query}`, at("")),
			headers: { "content-length": "0" }
		}, { write: true });
	}
	async function upload(digest, body, session) {
		await wire.insist(async (attempt) => {
			const begun = attempt === 1 && session?.status === 202 ? session : await startUpload("");
			if (begun.status !== 202) return wire.refused("a new upload", begun);
			const target = wire.uploadTarget(begun.headers.location, at("blobs/uploads/"));
			target.searchParams.set("digest", digest);
			const answer = await wire.ask({
				method: "PUT",
				url: target,
				headers: {
					"content-type": "application/octet-stream",
					"content-length": String(body.bytes)
				},
				body
			}, {
				write: true,
				once: true
			});
			if (answer.status !== 201 && answer.status !== 204) return wire.refused(`the upload of ${digest}`, answer, true);
		});
	}
	/** How much of an upload the registry has; `undefined` when it has to begin anew. */
	async function received(session, bytes) {
		try {
			const { status, headers } = await wire.ask({
				method: "GET",
				url: session
			}, {
				write: true,
				once: true
			});
			const [, last] = /^(?:bytes=)?0-(\d{1,15})$/.exec(headers.range ?? "") ?? [];
			if (status !== 204 || last === void 0) return void 0;
			const offset = Number(last) + 1;
			return offset > 1 && offset < bytes ? offset : void 0;
		} catch {
			return;
		}
	}
	const store = {
		async manifest(reference) {
			const answer = await wire.ask({
				method: "GET",
				url: at(`manifests/${reference}`),
				headers: ACCEPT
			});
			if (answer.status === 404) return void 0;
			if (answer.status !== 200) return wire.refused(`the manifest ${reference}`, answer);
			const digest = sha256(answer.body);
			const said = answer.headers["docker-content-digest"];
			const expected = reference.startsWith("sha256:") ? reference : said;
			if (expected !== void 0 && expected !== digest) return wrongDigest(where, String(expected), digest);
			return {
				manifest: require_manifest().parseManifest(answer.body, `${where}, ${reference}`),
				digest,
				bytes: answer.body
			};
		},
		async head(reference) {
			const answer = await wire.ask({
				method: "HEAD",
				url: at(`manifests/${reference}`),
				headers: ACCEPT
			});
			if (answer.status === 404) return void 0;
			if (answer.status !== 200) return wire.refused(`the manifest ${reference}`, answer);
			const said = answer.headers["docker-content-digest"];
			return isDigest(said) ? said : (await store.manifest(reference))?.digest;
		},
		async blob(digest, { maxBytes }) {
			const answer = await wire.ask({
				method: "GET",
				url: at(`blobs/${digest}`)
			}, { maxBytes });
			if (answer.status !== 200) return wire.refused(`the blob ${digest}`, answer);
			const seen = sha256(answer.body);
			return seen === digest ? answer.body : wrongDigest(where, digest, seen);
		},
		async blobToFile(digest, file) {
			await wire.insist(async () => {
				const beside = `${file}.${process.pid}.part`;
				try {
					const target = await (0, node_fs_promises().open)(beside, "w", 420);
					try {
						for await (const piece of store.readBlob(digest)) for (let done = 0; done < piece.length;) done += (await target.write(piece, done, piece.length - done)).bytesWritten;
					} finally {
						await target.close();
					}
					await (0, node_fs_promises().rename)(beside, file);
				} finally {
					await (0, node_fs_promises().rm)(beside, { force: true });
				}
			});
		},
		async *readBlob(digest) {
			const answer = await wire.stream({
				method: "GET",
				url: at(`blobs/${digest}`)
			});
			if (answer.status !== 200) return wire.refused(`the blob ${digest}`, await whole(answer, where));
			const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
			try {
				for await (const piece of answer.message) {
					hash.update(piece);
					yield piece;
				}
			} catch (thrown) {
				throw new Passing({
					where,
					expected: `the whole of ${digest}`,
					seen: require_house().messageOf(thrown).slice(0, 200)
				}, thrown);
			}
			const seen = `sha256:${hash.digest("hex")}`;
			if (seen !== digest) wrongDigest(where, digest, seen);
			return void 0;
		},
		async hasBlob(digest) {
			const answer = await wire.ask({
				method: "HEAD",
				url: at(`blobs/${digest}`)
			});
			if (answer.status === 200) return true;
			return answer.status === 404 ? false : wire.refused(`the blob ${digest}`, answer);
		},
		async putBlob(content) {
			const digest = Buffer.isBuffer(content) ? sha256(content) : content.digest;
			const bytes = Buffer.isBuffer(content) ? content.length : content.bytes;
			const already = await store.hasBlob(digest);
			if (!already) await upload(digest, {
				bytes,
				open: () => Buffer.isBuffer(content) ? content : (0, node_fs().createReadStream)(content.file, { highWaterMark: CHUNK })
			});
			return {
				digest,
				bytes,
				already
			};
		},
		async putStream({ bytes, open: pieces }, commit) {
			let digest = "";
			const { createHash } = process.getBuiltinModule("node:crypto");
			/** All is digested, also what the registry has already; only what it has not is sent. */
			async function* from(offset) {
				const hash = createHash("sha256");
				let at = 0;
				for await (const piece of pieces()) {
					hash.update(piece);
					const skip = Math.min(piece.length, Math.max(0, offset - at));
					at += piece.length;
					if (skip < piece.length) yield piece.subarray(skip);
				}
				digest = `sha256:${hash.digest("hex")}`;
			}
			let session;
			await wire.insist(async (attempt) => {
				let offset = attempt === 1 || session === void 0 ? void 0 : await received(session, bytes);
				if (offset === void 0) {
					const begun = await startUpload("");
					if (begun.status !== 202) return wire.refused("a new upload", begun);
					session = wire.uploadTarget(begun.headers.location, at("blobs/uploads/"));
					offset = 0;
				} else log.info(`${host}: the upload goes on at byte ${offset} of ${bytes}`);
				const start = offset;
				const answer = await wire.ask({
					method: "PATCH",
					url: session,
					headers: {
						"content-type": "application/octet-stream",
						"content-length": String(bytes - start),
						...start === 0 ? {} : { "content-range": `${start}-${bytes - 1}` }
					},
					body: {
						bytes: bytes - start,
						open: () => from(start)
					}
				}, {
					write: true,
					once: true
				});
				if (answer.status !== 202 && answer.status !== 204) return wire.refused("a part of an upload", answer, true);
				const target = wire.uploadTarget(answer.headers.location ?? session.href, session);
				session = target;
				try {
					commit(digest);
				} catch (thrown) {
					await wire.ask({
						method: "DELETE",
						url: target
					}, {
						write: true,
						once: true
					}).catch(() => void 0);
					throw thrown;
				}
				const last = new URL(target);
				last.searchParams.set("digest", digest);
				const done = await wire.ask({
					method: "PUT",
					url: last,
					headers: { "content-length": "0" }
				}, {
					write: true,
					once: true
				});
				if (done.status !== 201 && done.status !== 204) {
					session = void 0;
					return wire.refused(`the upload of ${digest}`, done, true);
				}
			});
			return {
				digest,
				bytes
			};
		},
		async takeBlob(from, fromReference, { digest, size }) {
			if (await store.hasBlob(digest)) return "already";
			let session;
			if (fromReference.kind === "registry" && fromReference.host === host) {
				const scope = `repository:${fromReference.repository}:pull`;
				wire.alsoAllow(scope);
				try {
					session = await startUpload(`?mount=${digest}&from=${encodeURIComponent(fromReference.repository)}`);
				} catch (thrown) {
					if (!(thrown instanceof require_house().ActionError)) throw thrown;
					wire.noLonger(scope);
				}
				if (session?.status === 201) return "mounted";
				log.debug(`${host} did not mount ${digest} from ${fromReference.repository}: it is streamed`);
			}
			await upload(digest, {
				bytes: size,
				open: () => from.readBlob(digest)
			}, session);
			return "streamed";
		},
		async tryPush() {
			const begun = await startUpload("");
			if (begun.status !== 202) wire.refused("a new upload", begun);
			const target = wire.uploadTarget(begun.headers.location, at("blobs/uploads/"));
			await wire.ask({
				method: "DELETE",
				url: target
			}, {
				write: true,
				once: true
			}).catch(() => void 0);
		},
		async putManifest(bytes, mediaType, tags) {
			const digest = sha256(bytes);
			for (const name of tags.length > 0 ? tags : [digest]) {
				const answer = await wire.ask({
					method: "PUT",
					url: at(`manifests/${name}`),
					headers: {
						"content-type": mediaType,
						"content-length": String(bytes.length)
					},
					body: {
						bytes: bytes.length,
						open: () => bytes
					}
				}, { write: true });
				if (answer.status !== 201 && answer.status !== 200) return wire.refused(`the manifest ${name}`, answer);
				const said = answer.headers["docker-content-digest"];
				if (said !== void 0 && said !== digest) wrongDigest(where, digest, String(said));
			}
			return digest;
		},
		async tags() {
			const all = [];
			let url = at("tags/list?n=1000");
			for (let page = 0; url !== void 0 && page < MAX_TAG_PAGES; page++) {
				const answer = await wire.ask({
					method: "GET",
					url
				});
				if (answer.status === 404) return [];
				if (answer.status !== 200) return wire.refused("the list of tags", answer);
				const told = require_house().parseJson(answer.body.toString("utf8"), {
					where,
					maxBytes: require_manifest().MAX_MANIFEST_BYTES
				});
				const tags = isObject(told) && Array.isArray(told.tags) ? told.tags : [];
				all.push(...tags.filter((each) => typeof each === "string" && /^[A-Za-z0-9_][\w.-]{0,127}$/.test(each)));
				url = nextPage(String(answer.headers.link ?? ""), url);
			}
			return all;
		},
		async untag(tag) {
			if (!/^[A-Za-z0-9_][\w.-]{0,127}$/.test(tag)) require_house().refuse({
				where,
				expected: "a tag",
				seen: require_house().quote(tag)
			});
			const answer = await wire.ask({
				method: "DELETE",
				url: at(`manifests/${tag}`)
			}, { write: true });
			if (answer.status === 202 || answer.status === 200) return "gone";
			if (answer.status === 404) return "absent";
			return answer.status === 400 || answer.status === 405 ? "unable" : wire.refused(`to delete the tag ${tag}`, answer);
		}
	};
	return store;
}
/** The `next` of a Link header, on the registry itself. */
function nextPage(link, from) {
	const [, target] = /<([^<>]{1,2000})>\s*;\s*rel="?next"?/.exec(link) ?? [];
	const next = target === void 0 ? null : URL.parse(target, from.href);
	return next !== null && next.origin === from.origin ? next : void 0;
}
/** Thrown where another try may go better; what is left when all tries are used is the mistake in it. */
var Passing = class extends require_house().ActionError {
	waitMs;
	constructor(mistake, cause, waitMs) {
		super(mistake, { cause });
		this.name = "ActionError";
		this.waitMs = waitMs;
	}
};
/** Requests to one registry: who we are, redirects, second tries, and where a request may go. */
function connection({ host, repository }, where, options) {
	const origin = new URL(`${isLoopbackName(host) ? "http" : "https"}://${host === DOCKER_HUB ? "registry-1.docker.io" : host}`);
	const { stallMs = STALL_MS } = options;
	const scopes = /* @__PURE__ */ new Set();
	const agents = /* @__PURE__ */ new Map();
	let authorization;
	let credentials;
	let ownKinds;
	const kindsOfOurs = () => ownKinds ??= kindsOf(origin.hostname);
	function agentFor(url) {
		const known = agents.get(url.protocol);
		if (known) return known;
		const { Agent } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
		const agent = new Agent({
			keepAlive: true,
			maxSockets: 8,
			...isLoopbackName(url.host) ? {} : { proxyEnv: process.env }
		});
		agents.set(url.protocol, agent);
		return agent;
	}
	/** One request, answered by a head; its body is the caller's to read. */
	async function exchange(call, authorized) {
		const foreign = call.url.origin !== origin.origin;
		const lookup = foreign ? await guard(call.url) : void 0;
		const { request } = process.getBuiltinModule(call.url.protocol === "https:" ? "node:https" : "node:http");
		return await new Promise((resolve, reject) => {
			const outgoing = request(call.url, {
				method: call.method,
				agent: agentFor(call.url),
				headers: {
					"user-agent": "model-road",
					...call.headers,
					...authorized === void 0 || foreign ? {} : { authorization: authorized }
				},
				...lookup === void 0 ? {} : { lookup }
			});
			outgoing.setTimeout(stallMs, () => outgoing.destroy(/* @__PURE__ */ new Error("no answer in time")));
			if (call.body !== void 0) outgoing.on("finish", () => outgoing.setTimeout(COMMIT_MS));
			outgoing.on("response", (message) => resolve({
				status: message.statusCode ?? 0,
				message,
				outgoing
			}));
			outgoing.on("error", (cause) => reject(unreachable(call.url, cause)));
			const body = call.body?.open();
			if (body === void 0 || Buffer.isBuffer(body)) outgoing.end(body);
			else send(body, outgoing).catch((cause) => outgoing.destroy(cause));
		});
	}
	function unreachable(url, cause) {
		if (cause instanceof require_house().ActionError) return cause;
		const mistake = {
			where,
			expected: `an answer from ${url.host}`,
			seen: require_house().messageOf(cause).slice(0, 200)
		};
		return TERMINAL.has(cause.code ?? "") ? new (require_house()).ActionError(mistake, { cause }) : new Passing(mistake, cause);
	}
	/** Where an answer sends us: never to plain http, and never to addresses that the registry itself is not among (T16). */
	async function guard(url) {
		const allowed = await kindsOfOurs();
		const turnedAway = (kind) => new (require_house()).ActionError({
			where,
			expected: "to be sent to a public https address, or one like its own",
			seen: `${url.origin}${kind === "public" ? "" : `, a ${kind} address`}`,
			fix: "The registry, or something that answers in its place, is set up wrongly."
		});
		if (url.protocol !== "https:" && !(url.protocol === "http:" && allowed.has("loopback") && isLoopbackName(url.host))) throw turnedAway("public");
		const literal = literalKind(url.hostname);
		if (literal !== void 0 && literal !== "public" && !allowed.has(literal)) throw turnedAway(literal);
		return (name, lookupOptions, done) => {
			process.getBuiltinModule("node:dns").lookup(name, {
				...lookupOptions,
				all: true
			}, (fault, found) => {
				if (fault) return done(fault, "", 4);
				const bad = found.map(({ address }) => kindOf(address)).find((kind) => kind !== "public" && !allowed.has(kind));
				if (bad !== void 0) return done(turnedAway(bad), "", 4);
				if (lookupOptions.all) return done(null, found);
				return done(null, found[0].address, found[0].family);
			});
		};
	}
	/** Sends with what we are known by; asks for a token when the registry wants one. Follows redirects of reads. */
	async function admitted(call, write) {
		let answer = await exchange(call, authorization);
		if (answer.status === 401 && call.url.origin === origin.origin) {
			const challenge = answer.message.headers["www-authenticate"];
			await drain(answer);
			authorization = await authorize(challenge, write);
			answer = await exchange(call, authorization);
		}
		let { url } = call;
		for (let hops = 0; (call.method === "GET" || call.method === "HEAD") && isRedirect(answer.status); hops++) {
			const { location } = answer.message.headers;
			await drain(answer);
			if (location === void 0 || hops === MAX_REDIRECTS || !URL.canParse(location, url.href)) require_house().refuse({
				where,
				expected: `an answer after at most ${MAX_REDIRECTS} redirects`,
				seen: location === void 0 ? "one to nowhere" : "another"
			});
			url = new URL(location, url);
			answer = await exchange({
				...call,
				url
			}, authorization);
		}
		return answer;
	}
	async function authorize(challenge, write) {
		const { scheme, fields } = parseChallenge(challenge ?? "");
		const known = await (credentials ??= findCredentials(host, options));
		if (scheme === "basic") return known?.basic ?? notLoggedIn();
		const realm = fields.get("realm") ?? "";
		if (scheme !== "bearer" || !URL.canParse(realm)) return require_house().refuse({
			where,
			expected: "a challenge for a bearer token or a password",
			seen: require_house().quote(scheme)
		});
		for (const scope of (fields.get("scope") ?? "").split(" ")) if (scope !== "") scopes.add(scope);
		if (write) scopes.add(`repository:${repository}:pull,push`);
		const url = new URL(realm);
		if (!(url.hostname === origin.hostname || literalKind(origin.hostname) === void 0 && parentDomain(url.hostname) === parentDomain(origin.hostname)) && known !== void 0) return require_house().refuse({
			where,
			expected: `a token service of ${parentDomain(origin.hostname)}`,
			seen: url.origin,
			fix: "The password was not sent there."
		});
		const service = fields.get("service");
		if (service !== void 0) url.searchParams.set("service", service);
		for (const scope of scopes) url.searchParams.append("scope", scope);
		return await insist(async () => {
			const answer = await whole(await exchangeToken(url, known), where, 262144);
			if (answer.status === 401 || answer.status === 403) return notLoggedIn();
			if (answer.status !== 200) return refused("a token", answer, true);
			const reply = require_house().parseJson(answer.body.toString("utf8"), {
				where: `${where}, its token service`,
				maxBytes: 262144
			});
			const token = isObject(reply) ? reply.token ?? reply.access_token : void 0;
			if (typeof token !== "string" || !/^[\u0021-\u007e]+$/.test(token)) return require_house().refuse({
				where,
				expected: "a token from its token service",
				seen: "none"
			});
			options.log.mask(token);
			return `Bearer ${token}`;
		});
	}
	/** The token service may be on another host: the password goes there by name, not by the rule for redirects. */
	async function exchangeToken(url, known) {
		if (known !== void 0 && known.basic === void 0) {
			const form = new URLSearchParams({
				grant_type: "refresh_token",
				client_id: "model-road",
				refresh_token: known.identity,
				service: url.searchParams.get("service") ?? "",
				scope: url.searchParams.getAll("scope").join(" ")
			});
			const body = Buffer.from(form.toString());
			const headers = {
				"content-type": "application/x-www-form-urlencoded",
				"content-length": String(body.length)
			};
			return await exchange({
				method: "POST",
				url: new URL(url.pathname, url),
				headers,
				body: {
					bytes: body.length,
					open: () => body
				}
			}, void 0);
		}
		return await exchange({
			method: "GET",
			url,
			headers: known?.basic === void 0 ? {} : { authorization: known.basic }
		}, void 0);
	}
	function notLoggedIn() {
		return require_house().refuse({
			where,
			expected: "to be let in",
			seen: "401 Unauthorized",
			fix: host === "ghcr.io" ? "Give the job `permissions: packages: write` (or read), or log in by docker/login-action before." : `Log in before, by docker/login-action with registry: ${host}, or give registry-username and registry-password.`
		});
	}
	function refused(what, { status, body }, fresh = false) {
		const code = errorCode(body);
		const mistake = {
			where,
			expected: what,
			seen: `${status}${code === void 0 ? "" : ` ${code}`}`,
			...ADVICE[status] === void 0 ? {} : { fix: ADVICE[status] }
		};
		if (fresh && (PASSING.has(status) || RESTARTS.has(status))) throw new Passing(mistake);
		throw new (require_house()).ActionError(mistake);
	}
	/** Tries again while what went wrong may pass. */
	async function insist(work) {
		for (let attempt = 1;; attempt++) try {
			return await work(attempt);
		} catch (thrown) {
			if (!(thrown instanceof Passing)) throw thrown;
			if (attempt === TRIES) throw new (require_house()).ActionError(thrown.mistakes, { cause: thrown.cause });
			options.log.debug(`${thrown.message} Trying again.`);
			await (0, node_timers_promises().setTimeout)(thrown.waitMs ?? 200 * 2 ** attempt * (.5 + Math.random()));
		}
	}
	async function admittedOrPassing(call, write) {
		const answer = await admitted(call, write);
		if (!PASSING.has(answer.status)) return answer;
		const { headers, status } = await whole(answer, where);
		const wait = Number(headers["retry-after"] ?? NaN) * 1e3;
		throw new Passing({
			where,
			expected: `an answer to ${call.method}`,
			seen: String(status),
			...ADVICE[status] ? { fix: ADVICE[status] } : {}
		}, void 0, Number.isFinite(wait) ? Math.min(Math.max(wait, 0), MAX_WAIT_MS) : void 0);
	}
	return {
		origin,
		refused,
		insist,
		/** A scope that the next token shall have as well. */
		alsoAllow(scope) {
			if (scopes.has(scope)) return;
			scopes.add(scope);
			if (authorization?.startsWith("Bearer ")) authorization = void 0;
		},
		noLonger(scope) {
			scopes.delete(scope);
		},
		/** A request whose answer is small. `once`: the caller tries again by itself, from further back. */
		async ask(call, { write = false, maxBytes = require_manifest().MAX_MANIFEST_BYTES, once = false } = {}) {
			const go = async () => await whole(await admittedOrPassing(call, write), where, maxBytes);
			return once ? await go() : await insist(go);
		},
		/** A request whose answer is read piece by piece. */
		stream: async (call) => await insist(async () => await admittedOrPassing(call, false)),
		uploadTarget(location, base) {
			if (location === void 0 || !URL.canParse(location, base.href)) return require_house().refuse({
				where,
				expected: "a place to upload to",
				seen: "none"
			});
			return new URL(location, base);
		}
	};
}
/** Pieces under way at once; whoever makes them uses their memory again only after more than these. */
const UNDER_WAY = 4;
async function send(pieces, outgoing) {
	const written = [];
	for await (const piece of pieces) {
		const now = new Promise((resolve, reject) => {
			outgoing.write(piece, (fault) => fault ? reject(fault) : resolve());
		});
		now.catch(() => void 0);
		if (written.push(now) > UNDER_WAY) await written.shift();
	}
	await Promise.all(written);
	outgoing.end();
}
const ACCEPT = { accept: require_manifest().MANIFEST_MEDIA.join(", ") };
/** Answers after which the same request may go well. */
const PASSING = /* @__PURE__ */ new Set([
	408,
	429,
	500,
	502,
	503,
	504
]);
/** Answers to an upload that mean: its session is gone, or its bytes were cut on the way. */
const RESTARTS = /* @__PURE__ */ new Set([
	400,
	404,
	416
]);
/** Faults of a connection that a second try will meet again. */
const TERMINAL = /* @__PURE__ */ new Set([
	"ENOTFOUND",
	"DEPTH_ZERO_SELF_SIGNED_CERT",
	"SELF_SIGNED_CERT_IN_CHAIN",
	"CERT_HAS_EXPIRED",
	"ERR_TLS_CERT_ALTNAME_INVALID",
	"UNABLE_TO_VERIFY_LEAF_SIGNATURE",
	"EPROTO"
]);
const ADVICE = {
	401: "Log in to the registry before, by docker/login-action.",
	403: "The credentials do not allow this: for ghcr.io the job needs `permissions: packages: write`.",
	404: "Is the repository's name right, and does it exist? Some registries want it to be made before.",
	405: "The registry takes nothing: it is read-only, or a mirror.",
	413: "The registry, or a proxy before it, refuses a layer of this size.",
	429: "The registry asks for fewer requests: log in, or try later.",
	500: "The registry itself is in trouble, perhaps its disk is full: its own log tells."
};
/** Inputs first, then docker's own configuration, then the job's token for ghcr.io. All is masked before its first use. */
async function findCredentials(host, options) {
	const { log, githubToken, actor, login } = options;
	if (login?.username !== void 0 && login.password !== void 0 && (login.image?.host ?? "ghcr.io") === host) return masked(`${login.username}:${login.password}`, log);
	const file = (0, node_path().join)(process.env.DOCKER_CONFIG ?? (0, node_path().join)((0, node_os().homedir)(), ".docker"), "config.json");
	const text = await (0, node_fs_promises().readFile)(file, "utf8").catch(() => void 0);
	const config = text === void 0 ? null : require_house().parseJson(text, {
		where: "docker's config.json",
		maxBytes: 1048576
	});
	const section = (name) => {
		const found = isObject(config) ? config[name] : void 0;
		return isObject(found) ? found : {};
	};
	const helpers = section("credHelpers");
	const helper = Object.entries(helpers).find(([name]) => hostOf(name) === host)?.[1];
	if (typeof helper === "string") {
		const found = await askHelper(helper, host, log);
		if (found !== void 0) return found;
	}
	for (const [name, entry] of Object.entries(section("auths"))) {
		if (hostOf(name) !== host || !isObject(entry)) continue;
		if (typeof entry.identitytoken === "string" && entry.identitytoken !== "") return identity(entry.identitytoken, log);
		const pair = typeof entry.auth === "string" && entry.auth !== "" ? Buffer.from(entry.auth, "base64").toString("utf8") : typeof entry.username === "string" && typeof entry.password === "string" ? `${entry.username}:${entry.password}` : void 0;
		if (pair?.includes(":")) return masked(pair, log);
	}
	const store = isObject(config) ? config.credsStore : void 0;
	if (typeof store === "string") {
		const found = await askHelper(store, host, log);
		if (found !== void 0) return found;
	}
	if (host === "ghcr.io" && githubToken) return masked(`${actor || "x-access-token"}:${githubToken}`, log);
}
/** Asks one of docker's helpers, as docker does: the server on standard input, JSON back. One that has nothing says so. */
async function askHelper(helper, host, log) {
	if (!/^[A-Za-z0-9_.-]{1,64}$/.test(helper)) return void 0;
	const { spawn } = process.getBuiltinModule("node:child_process");
	const server = host === DOCKER_HUB ? "https://index.docker.io/v1/" : host;
	const said = await new Promise((resolve) => {
		const child = spawn(`docker-credential-${helper}`, ["get"], {
			stdio: [
				"pipe",
				"pipe",
				"ignore"
			],
			timeout: HELPER_MS
		});
		let out = "";
		child.stdout.on("data", (piece) => {
			if (out.length < 65536) out += piece.toString("utf8");
		});
		child.once("error", () => resolve(void 0));
		child.once("close", (code) => resolve(code === 0 ? out : void 0));
		child.stdin.on("error", () => void 0);
		child.stdin.end(`${server}\n`);
	});
	if (said === void 0) {
		log.debug(`docker-credential-${helper} has nothing for ${host}, or is not here`);
		return;
	}
	const found = require_house().parseJson(said, {
		where: `docker-credential-${helper}`,
		maxBytes: 65536
	});
	if (!isObject(found) || typeof found.Secret !== "string" || typeof found.Username !== "string") return void 0;
	return found.Username === "<token>" ? identity(found.Secret, log) : masked(`${found.Username}:${found.Secret}`, log);
}
function identity(token, log) {
	log.mask(token);
	log.mask(encodeURIComponent(token));
	return {
		basic: void 0,
		identity: token
	};
}
function masked(pair, log) {
	const encoded = Buffer.from(pair).toString("base64");
	const password = pair.slice(pair.indexOf(":") + 1);
	for (const form of /* @__PURE__ */ new Set([
		password,
		encodeURIComponent(password),
		encoded
	])) log.mask(form);
	return { basic: `Basic ${encoded}` };
}
/** `https://index.docker.io/v1/` → `docker.io`: docker's file names a registry in several ways. */
function hostOf(name) {
	const host = name.replace(/^https?:\/\//, "").split("/", 1)[0].toLowerCase();
	return host === "index.docker.io" || host === "registry-1.docker.io" ? DOCKER_HUB : host;
}
function parseChallenge(header) {
	const [, scheme = "", rest = ""] = /^\s*([A-Za-z]+)\s*(.*)$/s.exec(header) ?? [];
	const fields = /* @__PURE__ */ new Map();
	for (const [, name, value] of rest.matchAll(/([A-Za-z_]+)="([^"]{0,2000})"/g)) fields.set(name.toLowerCase(), value);
	return {
		scheme: scheme.toLowerCase(),
		fields
	};
}
/** Reads an answer to its end, up to a size. */
async function whole({ status, message, outgoing }, where, maxBytes = require_manifest().MAX_MANIFEST_BYTES) {
	const pieces = [];
	let bytes = 0;
	try {
		for await (const piece of message) {
			bytes += piece.length;
			if (bytes > maxBytes) require_house().refuse({
				where,
				expected: `an answer of at most ${maxBytes} bytes`,
				seen: "a larger one"
			});
			pieces.push(piece);
		}
	} catch (thrown) {
		if (thrown instanceof require_house().ActionError) throw thrown;
		throw new Passing({
			where,
			expected: "a whole answer",
			seen: require_house().messageOf(thrown).slice(0, 200)
		}, thrown);
	} finally {
		if (!outgoing.writableFinished) outgoing.destroy();
	}
	return {
		status,
		headers: message.headers,
		body: Buffer.concat(pieces)
	};
}
async function drain(answer) {
	await whole(answer, "registry").catch(() => void 0);
}
function errorCode(body) {
	return /"code"\s*:\s*"([A-Z_]{3,40})"/.exec(body.toString("utf8", 0, 4096))?.[1];
}
function isLoopbackName(host) {
	const name = host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
	return name === "localhost" || literalKind(name) === "loopback";
}
function literalKind(hostname) {
	const name = hostname.replace(/^\[|\]$/g, "");
	if (name === "localhost") return "loopback";
	return process.getBuiltinModule("node:net").isIP(name) === 0 ? void 0 : kindOf(name);
}
async function kindsOf(hostname) {
	const literal = literalKind(hostname);
	if (literal !== void 0) return /* @__PURE__ */ new Set([literal]);
	const { promises } = process.getBuiltinModule("node:dns");
	const found = await promises.lookup(hostname, { all: true }).catch(() => []);
	return new Set(found.map(({ address }) => kindOf(address)));
}
function kindOf(address) {
	const { BlockList, isIPv6 } = process.getBuiltinModule("node:net");
	for (const [kind, ranges] of Object.entries(RANGES)) {
		const list = new BlockList();
		for (const [network, prefix, family] of ranges) list.addSubnet(network, prefix, family);
		if (list.check(address, isIPv6(address) ? "ipv6" : "ipv4")) return kind;
	}
	return "public";
}
const RANGES = {
	loopback: [[
		"127.0.0.0",
		8,
		"ipv4"
	], [
		"::1",
		128,
		"ipv6"
	]],
	"link-local": [[
		"169.254.0.0",
		16,
		"ipv4"
	], [
		"fe80::",
		10,
		"ipv6"
	]],
	private: [
		[
			"0.0.0.0",
			8,
			"ipv4"
		],
		[
			"10.0.0.0",
			8,
			"ipv4"
		],
		[
			"100.64.0.0",
			10,
			"ipv4"
		],
		[
			"172.16.0.0",
			12,
			"ipv4"
		],
		[
			"192.168.0.0",
			16,
			"ipv4"
		],
		[
			"fc00::",
			7,
			"ipv6"
		],
		[
			"::",
			128,
			"ipv6"
		]
	]
};
const parentDomain = (hostname) => hostname.split(".").slice(-2).join(".");
const isRedirect = (status) => [
	301,
	302,
	303,
	307,
	308
].includes(status);
const isDigest = (value) => typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value);
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const sha256 = (bytes) => `sha256:${process.getBuiltinModule("node:crypto").createHash("sha256").update(bytes).digest("hex")}`;
function wrongDigest(where, expected, seen) {
	return require_house().refuse({
		where,
		expected: `content of digest ${expected}`,
		seen,
		fix: "What the registry sent is not what it said: nothing of it was used."
	});
}
Object.defineProperty(exports, "imageStores", {
	enumerable: true,
	get: function() {
		return imageStores;
	}
});
Object.defineProperty(exports, "openLayout", {
	enumerable: true,
	get: function() {
		return openLayout;
	}
});
Object.defineProperty(exports, "openRegistry", {
	enumerable: true,
	get: function() {
		return openRegistry;
	}
});
