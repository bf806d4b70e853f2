const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_state;
const require_state = () => kept_require_state ??= require("./state.cjs");
let kept_require_environment;
const require_environment = () => kept_require_environment ??= require("./environment.cjs");
let kept_require_launcher;
const require_launcher = () => kept_require_launcher ??= require("./launcher.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_node_fs_promises;
const node_fs_promises = () => kept_node_fs_promises ??= require("node:fs/promises");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
let kept_node_timers_promises;
const node_timers_promises = () => kept_node_timers_promises ??= require("node:timers/promises");
let kept_node_os;
const node_os = () => kept_node_os ??= require("node:os");
// src/adapters/serving.ts
var serving_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ servingState: () => servingState });
const FRONT_START_MS = 2e4;
const ANSWER_MS = 9e4;
const LOOK_MS = 3e3;
const stateHomeOf = () => process.env.XDG_STATE_HOME || (0, node_path().join)((0, node_os().homedir)(), ".local/state");
/** What is served under a name: as its front says, or, where none answers, as it was kept. */
async function servingState(namespace, name) {
	const folder = require_state().stateFolder(stateHomeOf(), namespace, name);
	const live = await ask(folder, "status");
	if (live) return live;
	const file = await stateFile(folder);
	return file && require_state().stoppedState(file);
}
/** The fronts and model servers of this user on this machine; their state lies in the user's state folder. */
function localServing(options) {
	const stateHome = stateHomeOf();
	const folderOf = (namespace, name) => require_state().stateFolder(stateHome, namespace, name);
	const state = servingState;
	return {
		state,
		list: async () => {
			const base = (0, node_path().dirname)((0, node_path().dirname)(folderOf("-", "-")));
			const found = [];
			for (const namespace of await folders(base)) for (const name of await folders((0, node_path().join)(base, namespace))) {
				const each = await state(namespace, name);
				if (each) found.push(each);
			}
			return found;
		},
		begin: async (namespace, name, { port, outliveJob }) => {
			const folder = folderOf(namespace, name);
			await (0, node_fs_promises().mkdir)(folder, {
				recursive: true,
				mode: 448
			});
			const release = await options.locks.take(`${folder}.start.lock`, { waitMs: FRONT_START_MS });
			let control;
			try {
				control = await connect(folder) ?? await startFront({
					stateHome,
					namespace,
					name,
					port: port ?? 0,
					outliveJob
				}, folder, options);
			} finally {
				await release();
			}
			try {
				const { state: begun } = await control.ask({
					do: "begin",
					pid: process.pid
				});
				if (port !== void 0 && begun.port !== port) throw new (require_house()).ActionError({
					where: `the front of ${namespace}/${name}`,
					expected: `port ${port}`,
					seen: `it runs already, at port ${begun.port}`,
					fix: "Leave base-url out, or end it first: action models, command delete."
				});
				return deploy(control, begun, folder, options);
			} catch (thrown) {
				control.close();
				throw thrown;
			}
		},
		remove: async (namespace, name) => {
			const folder = folderOf(namespace, name);
			const known = await (0, node_fs_promises().lstat)(folder).catch(() => void 0) !== void 0;
			const control = await connect(folder);
			if (control) {
				const { state: last } = await control.ask({ do: "stop" });
				await control.closed;
				await gone(last.frontPid);
			}
			const release = await options.locks.take(`${folder}.front.lock`, { waitMs: 6e4 });
			await (0, node_fs_promises().rm)(folder, {
				recursive: true,
				force: true
			});
			await release();
			return known;
		}
	};
}
function deploy(control, state, folder, options) {
	const environment = require_environment().servingEnvironment(options.processes.environment(), { outliveJob: state.outliveJob });
	return {
		state,
		releaseFolder: async (deployId) => {
			const path = (0, node_path().join)(folder, "releases", `${deployId}-${crypto.randomUUID().slice(0, 8)}`);
			await (0, node_fs_promises().mkdir)(path, {
				recursive: true,
				mode: 448
			});
			return path;
		},
		startCandidate: async (request) => {
			const program = options.program ?? await launcher(folder);
			const { deployId, modelClass, replicas, record } = request;
			const ended = Promise.withResolvers();
			control.onEnded((event) => ended.resolve({
				code: event.code,
				signal: event.signal
			}));
			control.closed.then(() => ended.resolve({
				code: null,
				signal: "the front has ended"
			}));
			return {
				url: (await control.ask({
					do: "start",
					program: program(request, environment),
					version: {
						deployId,
						modelClass,
						replicas,
						record
					}
				})).url ?? "",
				ended: ended.promise,
				lastLines: async (count) => (await control.ask({
					do: "lines",
					count
				})).lines ?? [],
				promote: async () => (await control.ask({ do: "promote" })).state,
				settle: async () => (await control.ask({ do: "settle" })).state,
				discard: async () => void await control.ask({ do: "discard" })
			};
		},
		end: async () => {
			const { state: last } = await control.ask({ do: "end" });
			control.close();
			await control.closed;
			if (last.status === "empty") await gone(last.frontPid);
		}
	};
}
/** The launcher has a folder of its own: the folder of a Python program stands first where it looks for modules. */
async function launcher(folder) {
	const home = (0, node_path().join)(folder, "launcher");
	await (0, node_fs_promises().mkdir)(home, {
		recursive: true,
		mode: 448
	});
	const path = (0, node_path().join)(home, "model_road_launcher.py");
	await (0, node_fs_promises().writeFile)(path, require_launcher().LAUNCHER, { mode: 384 });
	return (request, env) => require_launcher().launcherProgram(request, path, env);
}
async function startFront(order, folder, { processes, front }) {
	await requireFree(order.port || (await stateFile(folder))?.port || 0);
	const logFile = (0, node_path().join)(folder, "front.log");
	const started = await processes.start({
		command: processes.node,
		args: [front ?? processes.door("local-front"), JSON.stringify(order)],
		cwd: folder,
		env: require_environment().servingEnvironment(processes.environment(), order)
	}, {
		logFile,
		detached: true
	});
	let ended;
	started.ended.then((how) => ended = how);
	const until = performance.now() + FRONT_START_MS;
	for (;;) {
		const control = await connect(folder);
		if (control) return control;
		if (ended || performance.now() > until) {
			await started.stop(0);
			const said = await (0, node_fs_promises().readFile)(logFile, "utf8").catch(() => "");
			throw new (require_house()).ActionError({
				where: `the front of ${order.namespace}/${order.name}`,
				expected: "to start",
				seen: ended ? `exit code ${ended.code}` : `nothing within ${FRONT_START_MS / 1e3} s`,
				fix: `Its last words: ${said.trim().split("\n").at(-1)?.slice(0, 500) ?? ""}`
			});
		}
		await (0, node_timers_promises().setTimeout)(20);
	}
}
/** What the last front kept. One that can not be read is as none: the next promotion writes it anew. */
async function stateFile(folder) {
	const path = (0, node_path().join)(folder, "state.json");
	const text = await (0, node_fs_promises().readFile)(path, "utf8").catch(() => void 0);
	try {
		return text === void 0 ? void 0 : require_state().parseState(text, path);
	} catch {
		return;
	}
}
async function requireFree(port) {
	if (port === 0) return;
	const probe = process.getBuiltinModule("node:net").createServer();
	try {
		await new Promise((resolve, reject) => {
			probe.once("error", reject);
			probe.listen({
				host: "127.0.0.1",
				port,
				exclusive: true
			}, resolve);
		});
	} catch (cause) {
		throw new (require_house()).ActionError({
			where: `port ${port} of 127.0.0.1`,
			expected: "to be free for the front",
			seen: `${cause.code ?? require_house().messageOf(cause)}${await holder(port)}`,
			fix: "End what holds it, or name another port: base-url: http://127.0.0.1:PORT. A front of this project is ended by the action models, command delete."
		}, { cause });
	} finally {
		await new Promise((resolve) => probe.close(() => resolve()));
	}
}
/** Which process listens, where /proc tells: `, process 123 (node)`. */
async function holder(port) {
	try {
		const hex = port.toString(16).toUpperCase().padStart(4, "0");
		const inode = `${await (0, node_fs_promises().readFile)("/proc/net/tcp", "utf8")}${await (0, node_fs_promises().readFile)("/proc/net/tcp6", "utf8").catch(() => "")}`.split("\n").find((line) => new RegExp(`^\\s*\\d+: [0-9A-F]+:${hex} \\S+ 0A `).test(line))?.trim().split(/\s+/)[9];
		if (inode === void 0) return "";
		const { readlink } = process.getBuiltinModule("node:fs/promises");
		for (const pid of await (0, node_fs_promises().readdir)("/proc")) {
			if (!/^\d+$/.test(pid)) continue;
			for (const fd of await (0, node_fs_promises().readdir)(`/proc/${pid}/fd`).catch(() => [])) {
				if (await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "") !== `socket:[${inode}]`) continue;
				return `: process ${pid} (${(await (0, node_fs_promises().readFile)(`/proc/${pid}/comm`, "utf8")).trim()}) listens there`;
			}
		}
	} catch {}
	return "";
}
/** `undefined` when no front is there. */
async function connect(folder) {
	const uid = process.getuid?.() ?? 0;
	const path = await require_state().controlSocket(folder, uid);
	const facts = await (0, node_fs_promises().lstat)(path).catch(() => void 0);
	if (facts === void 0 || facts.uid !== uid) return void 0;
	const socket = process.getBuiltinModule("node:net").connect(path);
	try {
		await new Promise((resolve, reject) => {
			socket.once("connect", resolve);
			socket.once("error", reject);
		});
	} catch {
		socket.destroy();
		return;
	}
	return controlOf(socket);
}
function controlOf(socket) {
	const waiting = /* @__PURE__ */ new Map();
	const closed = Promise.withResolvers();
	let listener = () => void 0;
	let pending = "";
	let next = 1;
	socket.setEncoding("utf8");
	socket.on("error", () => socket.destroy());
	socket.once("close", () => {
		for (const [id, answer] of waiting) answer({
			id,
			mistakes: [{
				where: "the front",
				expected: "an answer",
				seen: "it has ended"
			}]
		});
		closed.resolve();
	});
	socket.on("data", (text) => {
		pending += text;
		const lines = pending.split("\n");
		pending = lines.pop() ?? "";
		for (const line of lines) {
			const message = JSON.parse(line);
			if ("event" in message) {
				listener(message);
				continue;
			}
			waiting.get(message.id)?.(message);
		}
	});
	return {
		closed: closed.promise,
		close: () => socket.end(),
		onEnded: (take) => {
			listener = take;
		},
		ask: async (request) => {
			const id = next++;
			const answer = await new Promise((resolve) => {
				const timer = setTimeout(() => resolve({
					id,
					mistakes: [{
						where: "the front",
						expected: "an answer",
						seen: `none in ${ANSWER_MS / 1e3} s`
					}]
				}), ANSWER_MS);
				waiting.set(id, (told) => {
					clearTimeout(timer);
					resolve(told);
				});
				socket.write(`${JSON.stringify({
					id,
					...request
				})}\n`);
			});
			waiting.delete(id);
			if (answer.mistakes) throw new (require_house()).ActionError(answer.mistakes);
			return answer;
		}
	};
}
/** One quick question; a front that does not answer is as none. */
async function ask(folder, what) {
	const control = await connect(folder);
	if (!control) return void 0;
	try {
		const late = (0, node_timers_promises().setTimeout)(LOOK_MS, void 0, { ref: false });
		return (await Promise.race([control.ask({ do: what }), late]))?.state;
	} catch {
		return;
	} finally {
		control.close();
	}
}
/** The front ends after all that it started. */
async function gone(pid) {
	const until = performance.now() + 3e4;
	while (performance.now() < until) {
		try {
			process.kill(pid, 0);
			if (/\) [ZX] /.test(await (0, node_fs_promises().readFile)(`/proc/${pid}/stat`, "latin1").catch(() => ""))) return;
		} catch {
			return;
		}
		await (0, node_timers_promises().setTimeout)(10);
	}
}
async function folders(path) {
	return (await (0, node_fs_promises().readdir)(path, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}
Object.defineProperty(exports, "localServing", {
	enumerable: true,
	get: function() {
		return localServing;
	}
});
Object.defineProperty(exports, "serving_exports", {
	enumerable: true,
	get: function() {
		return serving_exports;
	}
});
