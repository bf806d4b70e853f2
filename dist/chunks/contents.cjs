require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_node_fs;
const node_fs = () => kept_node_fs ??= require("node:fs");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
let kept_node_timers_promises;
const node_timers_promises = () => kept_node_timers_promises ??= require("node:timers/promises");
// src/adapters/contents.ts
/** Fits into a core's own cache: what was read is still there when it is digested. */
const BUFFER_BYTES = 262144;
/** A file above this counts by its blocks, so that several threads can read it. */
const WHOLE_BYTES = 33554432;
const BLOCK_BYTES = 16777216;
/** After so much of its own work this thread looks up: for a cancelled run, and for whether it needs others. */
const TURN_FILES = 256;
const TURN_BYTES = 8388608;
/** What is done by then needs no other thread: to start one takes longer. So many files surely do. */
const ALONE_MS = 4;
const MANY_FILES = 1e3;
const MOST_THREADS = 8;
/** A file's digest in hex, its mode in 16 bits, and its size where it is too big to be digested as one. */
const HEX = 64;
/** The parts of a job's memory. */
function fieldsOf({ memory, pieces }) {
	const [sizes, modes, hex] = [
		8,
		8 + pieces * 8,
		8 + pieces * 10
	];
	return {
		next: new Int32Array(memory, 0, 1),
		sizes: new Float64Array(memory, sizes, pieces),
		modes: new Uint16Array(memory, modes, pieces),
		hex: Buffer.from(memory, hex, pieces * HEX)
	};
}
function jobOf(root, paths, cuts) {
	const memory = new SharedArrayBuffer(8 + paths.length * 74);
	return {
		root,
		pieces: paths.length,
		paths: paths.join("\0"),
		...cuts === void 0 ? {} : { cuts },
		memory
	};
}
/** Digests the job's pieces one by one, as long as there are any. Gives way after each turn. */
function* digesting(job, paths, buffer) {
	const { createHash, hash } = process.getBuiltinModule("node:crypto");
	const { next, sizes, modes, hex } = fieldsOf(job);
	const { root, pieces, cuts } = job;
	const flags = node_fs().constants.O_RDONLY | node_fs().constants.O_NOFOLLOW | node_fs().constants.O_NONBLOCK;
	let [files, bytes] = [0, 0];
	for (let index = Atomics.add(next, 0, 1); index < pieces; index = Atomics.add(next, 0, 1)) {
		const path = paths[index];
		let file;
		try {
			file = (0, node_fs().openSync)(`${root}/${path}`, flags);
			const facts = (0, node_fs().fstatSync)(file);
			if (!facts.isFile()) throw Object.assign(/* @__PURE__ */ new Error("no file"), { code: "EISDIR" });
			modes[index] = facts.mode & 4095;
			if (cuts === void 0 && facts.size > WHOLE_BYTES) {
				sizes[index] = facts.size;
				continue;
			}
			const [from, most] = cuts === void 0 ? [0, Infinity] : [cuts[2 * index], cuts[2 * index + 1]];
			let count = (0, node_fs().readSync)(file, buffer, 0, Math.min(BUFFER_BYTES, most), from);
			let total = count;
			if (count < BUFFER_BYTES && count >= Math.min(facts.size, most)) hex.write(hash("sha256", buffer.subarray(0, count), "hex"), index * HEX, HEX, "latin1");
			else {
				const running = createHash("sha256");
				for (; count > 0; total += count) {
					running.update(buffer.subarray(0, count));
					count = (0, node_fs().readSync)(file, buffer, 0, Math.min(BUFFER_BYTES, most - total), from + total);
				}
				hex.write(running.digest("hex"), index * HEX, HEX, "latin1");
			}
			if (cuts !== void 0 && total < most) throw Object.assign(/* @__PURE__ */ new Error("shorter"), { code: "ESTALE" });
			bytes += total;
		} catch (thrown) {
			Atomics.store(next, 0, pieces);
			throw Object.assign(thrown, { path });
		} finally {
			if (file !== void 0) (0, node_fs().closeSync)(file);
		}
		if (++files >= TURN_FILES || bytes >= TURN_BYTES) {
			[files, bytes] = [0, 0];
			yield;
		}
	}
}
/** The other threads' side: a job in, its end out, over one buffer. Started by `fileContents` alone. */
function digestOnRequest() {
	const { parentPort } = process.getBuiltinModule("node:worker_threads");
	if (parentPort === null) {
		process.stdout.write("hash-worker: expected to be started as a thread, saw a program of its own.\n");
		process.exitCode = 1;
		return;
	}
	const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
	parentPort.on("message", (job) => {
		let told = {};
		try {
			const turns = digesting(job, job.paths.split("\0"), buffer);
			while (!turns.next().done);
		} catch (thrown) {
			told = { failed: {
				path: thrown.path ?? "",
				code: require_house().codeOf(thrown)
			} };
		}
		parentPort.postMessage(told);
	});
}
/**
* Digests files by this thread, and by one for each further core once it is seen to take a while.
* @param hashWorker the program of the other threads; this one does all where there is none
*/
function fileContents({ hashWorker = workerBeside(), threads = cores() } = {}) {
	let ready;
	return {
		expect: (files) => {
			if (files >= MANY_FILES) ready ??= new Crew(hashWorker, threads - 1).callIn();
		},
		digests: async (root, paths) => {
			const early = paths.length >= MANY_FILES ? ready : void 0;
			if (early !== void 0) ready = void 0;
			const crew = early ?? new Crew(hashWorker, threads - 1);
			try {
				return await digestsOf(root, paths, crew);
			} catch (thrown) {
				throw require_house().unusable((0, node_path().join)(root, thrown.path ?? ""), thrown);
			} finally {
				crew.dismiss();
			}
		}
	};
}
async function digestsOf(root, paths, crew) {
	const job = jobOf(root, paths);
	await crew.work(job, paths);
	const { hex, modes, sizes } = fieldsOf(job);
	const all = hex.toString("latin1");
	const found = paths.map((_, index) => ({
		digest: `sha256:${all.slice(index * HEX, (index + 1) * HEX)}`,
		mode: modes[index]
	}));
	const blocks = [];
	const cuts = [];
	const big = [];
	for (const [index, bytes] of sizes.entries()) {
		if (bytes === 0) continue;
		const from = blocks.length;
		for (let offset = 0; offset < bytes; offset += BLOCK_BYTES) {
			blocks.push(paths[index]);
			cuts.push(offset, Math.min(BLOCK_BYTES, bytes - offset));
		}
		big.push({
			index,
			from,
			to: blocks.length
		});
	}
	if (big.length === 0) return found;
	const cut = jobOf(root, blocks, Float64Array.from(cuts));
	await crew.work(cut, blocks);
	const ofBlocks = fieldsOf(cut).hex.toString("latin1");
	for (const { index, from, to } of big) {
		const digests = Buffer.from(ofBlocks.slice(from * HEX, to * HEX), "hex");
		found[index] = {
			digest: `sha256-16m:${process.getBuiltinModule("node:crypto").hash("sha256", digests, "hex")}`,
			mode: found[index].mode
		};
	}
	return found;
}
/** This thread, and the others that it calls in when there is more than a little to do. */
var Crew = class {
	#program;
	#others;
	#buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
	#workers = [];
	constructor(program, others) {
		this.#program = program;
		this.#others = others;
	}
	/** @throws what a piece was refused with, with its `path` */
	async work(job, paths) {
		const begun = performance.now();
		let asked;
		const callIn = () => {
			asked = this.#threads().map(async (worker) => endOf(worker, job));
			for (const each of asked) each.catch(() => {});
		};
		if (this.#workers.length > 0 || job.cuts !== void 0 || paths.length >= MANY_FILES) callIn();
		try {
			for (const _ of digesting(job, paths, this.#buffer)) {
				await (0, node_timers_promises().setImmediate)();
				if (asked === void 0 && performance.now() - begun > ALONE_MS) callIn();
			}
		} finally {
			await Promise.all(asked ?? []);
		}
	}
	/** Starts the others ahead of their work. By themselves they keep no process alive. */
	callIn() {
		for (const worker of this.#threads()) worker.unref();
		return this;
	}
	dismiss() {
		for (const worker of this.#workers) {
			worker.removeAllListeners();
			worker.terminate();
		}
	}
	#threads() {
		if (this.#program === void 0 || this.#workers.length > 0) return this.#workers;
		const { Worker } = process.getBuiltinModule("node:worker_threads");
		for (let at = 0; at < this.#others; at++) this.#workers.push(new Worker(this.#program, {
			env: {},
			stdin: false,
			trackUnmanagedFds: false,
			resourceLimits: { maxYoungGenerationSizeMb: 4 }
		}));
		return this.#workers;
	}
};
async function endOf(worker, job) {
	await new Promise((resolve, reject) => {
		const heard = ({ failed }) => {
			worker.off("error", reject).off("exit", ended);
			if (failed) reject(Object.assign(new Error(failed.code), failed));
			else resolve();
		};
		const ended = () => reject(/* @__PURE__ */ new Error("a thread that digests files ended early"));
		worker.ref();
		worker.once("message", heard).once("error", reject).once("exit", ended);
		worker.postMessage(job);
	});
}
const cores = () => Math.min(MOST_THREADS, process.getBuiltinModule("node:os").availableParallelism());
/** `dist/hash-worker.cjs` beside the door that runs; `undefined` where there is none. */
function workerBeside() {
	const [, door = ""] = process.argv;
	const worker = (0, node_path().join)((0, node_path().dirname)(door), door.endsWith(".cjs") ? "hash-worker.cjs" : "hash-worker.ts");
	return (0, node_fs().existsSync)(worker) ? worker : void 0;
}
Object.defineProperty(exports, "digestOnRequest", {
	enumerable: true,
	get: function() {
		return digestOnRequest;
	}
});
Object.defineProperty(exports, "fileContents", {
	enumerable: true,
	get: function() {
		return fileContents;
	}
});
