require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_node_fs;
const node_fs = () => kept_node_fs ??= require("node:fs");
let kept_node_fs_promises;
const node_fs_promises = () => kept_node_fs_promises ??= require("node:fs/promises");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
let kept_node_timers_promises;
const node_timers_promises = () => kept_node_timers_promises ??= require("node:timers/promises");
// src/adapters/process.ts
/** A process that has ended may leave a pipe in the hands of its children; so long is waited for what still lies in it. */
const DRAIN_MS = 1e3;
/**
* Programs of this machine, started without a shell, each in a process group of its own, so that its children can be ended too.
* @param signal ends what was started (but not what was started as `detached`) when the step is cancelled
* @param door the file that runs us, where that is not what Node was started with
*/
function localProcesses({ signal, door } = {}) {
	return {
		node: process.execPath,
		door: (id) => {
			const ours = door ?? process.argv[1] ?? "";
			return (0, node_path().join)((0, node_path().dirname)(ours), `${id}${(0, node_path().extname)((0, node_path().basename)(ours))}`);
		},
		environment: () => {
			const env = {};
			for (const [name, value] of Object.entries(process.env)) if (value !== void 0) env[name] = value;
			return env;
		},
		find,
		memory: async (pid) => groupMemory(pid),
		run: async (command, options) => await run(command, options, signal),
		start: async (command, options) => await start(command, options, signal)
	};
}
async function run(command, { timeoutMs, maxBytes = 16777216, input }, signal) {
	const child = await spawned(command, [
		input === void 0 ? "ignore" : "pipe",
		"pipe",
		"pipe"
	]);
	const out = {
		stdout: [],
		stderr: []
	};
	let bytes = 0;
	let fault;
	const giveUp = (expected, seen) => {
		fault ??= new (require_house()).ActionError({
			where: named(command),
			expected,
			seen
		});
		killGroup(child.pid, "SIGKILL");
	};
	for (const stream of ["stdout", "stderr"]) child[stream].on("data", (chunk) => {
		bytes += chunk.length;
		if (bytes > maxBytes) giveUp(`at most ${maxBytes} bytes of output`, "more");
		else out[stream].push(chunk);
	});
	if (input !== void 0) {
		child.stdin.on("error", () => void 0);
		child.stdin.end(input);
	}
	const timer = setTimeout(() => giveUp(`to end within ${timeoutMs / 1e3} s`, "it still runs"), timeoutMs);
	const cancel = () => giveUp("to end by itself", "the run was cancelled");
	signal?.addEventListener("abort", cancel, { once: true });
	if (signal?.aborted) cancel();
	try {
		const { code, signal: by } = await endOf(child);
		if (fault) throw fault;
		return {
			code,
			signal: by,
			stdout: Buffer.concat(out.stdout).toString("utf8"),
			stderr: Buffer.concat(out.stderr).toString("utf8")
		};
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener("abort", cancel);
	}
}
async function start(command, options, signal) {
	const { onLine, maxLine = 65536, logFile, detached = false, lifeline = false } = options;
	const input = lifeline ? "pipe" : "ignore";
	let child;
	if (logFile === void 0) {
		child = await spawned(command, [
			input,
			"pipe",
			"pipe"
		]);
		for (const stream of ["stdout", "stderr"]) {
			const lines = lineSplitter(maxLine, (line) => onLine?.(line, stream));
			child[stream].on("data", lines.take).on("end", lines.end);
		}
	} else {
		const file = (0, node_fs().openSync)(logFile, "a", 384);
		try {
			child = await spawned(command, [
				input,
				file,
				file
			]);
		} finally {
			(0, node_fs().closeSync)(file);
		}
	}
	child.stdin?.on("error", () => void 0);
	const pid = child.pid;
	const ended = endOf(child);
	if (detached) child.unref();
	else if (signal) {
		const cancel = () => void stop(5e3);
		signal.addEventListener("abort", cancel, { once: true });
		ended.then(() => signal.removeEventListener("abort", cancel));
		if (signal.aborted) cancel();
	}
	async function stop(graceMs = 5e3) {
		killGroup(pid, "SIGTERM");
		if (!await groupGone(pid, graceMs)) {
			killGroup(pid, "SIGKILL");
			await groupGone(pid, 2e3);
		}
		await ended;
	}
	return {
		pid,
		ended,
		stop
	};
}
async function spawned(command, stdio) {
	const { spawn } = process.getBuiltinModule("node:child_process");
	const child = spawn(command.command, [...command.args], {
		...command.cwd === void 0 ? {} : { cwd: command.cwd },
		env: { ...command.env },
		detached: true,
		shell: false,
		stdio,
		windowsHide: true
	});
	await new Promise((resolve, reject) => {
		child.once("spawn", resolve);
		child.once("error", (cause) => {
			reject(new (require_house()).ActionError({
				where: named(command),
				expected: "a program that can be started",
				seen: `${cause.code ?? require_house().messageOf(cause)}${command.cwd === void 0 ? "" : ` (in ${command.cwd})`}`
			}, { cause }));
		});
	});
	child.on("error", () => void 0);
	return child;
}
function endOf(child) {
	return new Promise((resolve) => {
		child.once("exit", (code, signal) => {
			const done = () => resolve({
				code,
				signal
			});
			const timer = setTimeout(() => {
				child.stdout?.destroy();
				child.stderr?.destroy();
				done();
			}, DRAIN_MS);
			child.once("close", () => {
				clearTimeout(timer);
				done();
			});
		});
	});
}
/** Signals every process of the group; one that has gone is well. */
function killGroup(pid, signal) {
	try {
		process.kill(-pid, signal);
	} catch {}
}
async function groupGone(pid, withinMs) {
	const until = performance.now() + withinMs;
	for (;;) {
		if (!groupAlive(pid)) return true;
		if (performance.now() >= until) return false;
		await (0, node_timers_promises().setTimeout)(20);
	}
}
/** A zombie still takes signals, and in a container perhaps nobody buries it: only what runs counts. */
function groupAlive(pid) {
	try {
		process.kill(-pid, 0);
	} catch {
		return false;
	}
	if (process.platform !== "linux") return true;
	return (0, node_fs().readdirSync)("/proc").some((entry) => {
		if (!/^\d+$/.test(entry)) return false;
		try {
			const stat = (0, node_fs().readFileSync)(`/proc/${entry}/stat`, "latin1");
			const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
			return group === String(pid) && state !== "Z" && state !== "X";
		} catch {
			return false;
		}
	});
}
/** Bytes that a group of processes holds; memory that several share counts once in the sum (PSS). */
function groupMemory(pid) {
	if (process.platform !== "linux") return void 0;
	let kib = 0;
	for (const entry of (0, node_fs().readdirSync)("/proc")) {
		if (!/^\d+$/.test(entry)) continue;
		try {
			const stat = (0, node_fs().readFileSync)(`/proc/${entry}/stat`, "latin1");
			const [, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
			if (group !== String(pid)) continue;
			kib += Number(/^Pss:\s+(\d+) kB$/m.exec((0, node_fs().readFileSync)(`/proc/${entry}/smaps_rollup`, "latin1"))?.[1] ?? 0);
		} catch {}
	}
	return kib === 0 ? void 0 : kib * 1024;
}
async function find(program) {
	const folders = (process.env.PATH ?? "").split(node_path().delimiter).filter((folder) => (0, node_path().isAbsolute)(folder));
	const candidates = (0, node_path().isAbsolute)(program) ? [program] : program.includes("/") ? [] : folders.map((folder) => (0, node_path().join)(folder, program));
	for (const candidate of candidates) try {
		await (0, node_fs_promises().access)(candidate, node_fs().constants.X_OK);
		return candidate;
	} catch {}
}
/** Cuts bytes into lines at \n, \r\n and a bare \r, as the runner does. What is over `most` bytes in a line is dropped. */
function lineSplitter(most, onLine) {
	let pending = [];
	let kept = 0;
	let dropped = 0;
	let afterReturn = false;
	const keep = (piece) => {
		const room = Math.min(piece.length, most - kept);
		if (room > 0) pending.push(piece.subarray(0, room));
		kept += room;
		dropped += piece.length - room;
	};
	const flush = () => {
		const line = Buffer.concat(pending).toString("utf8");
		onLine(dropped > 0 ? `${line}… (${dropped} bytes more)` : line);
		pending = [];
		kept = 0;
		dropped = 0;
	};
	return {
		take: (chunk) => {
			let from = 0;
			for (let at = 0; at < chunk.length; at++) {
				const byte = chunk[at];
				if (byte !== 10 && byte !== 13) {
					afterReturn = false;
					continue;
				}
				if (byte === 10 && afterReturn) {
					afterReturn = false;
					from = at + 1;
					continue;
				}
				keep(chunk.subarray(from, at));
				flush();
				from = at + 1;
				afterReturn = byte === 13;
			}
			if (from < chunk.length) keep(Buffer.from(chunk.subarray(from)));
		},
		end: () => {
			if (kept > 0 || dropped > 0) flush();
		}
	};
}
const named = ({ command }) => `program ${require_house().quote(command, 200)}`;
Object.defineProperty(exports, "localProcesses", {
	enumerable: true,
	get: function() {
		return localProcesses;
	}
});
