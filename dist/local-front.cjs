require("./chunks/rolldown-runtime.cjs");
let kept_require_front;
const require_front = () => kept_require_front ??= require("./chunks/front.cjs");
let kept_require_launcher;
const require_launcher = () => kept_require_launcher ??= require("./chunks/launcher.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_state;
const require_state = () => kept_require_state ??= require("./chunks/state.cjs");
let kept_require_lock;
const require_lock = () => kept_require_lock ??= require("./chunks/lock.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
let kept_node_fs;
const node_fs = () => kept_node_fs ??= require("node:fs");
let kept_node_fs_promises;
const node_fs_promises = () => kept_node_fs_promises ??= require("node:fs/promises");
// src/actions/local-front.ts
const KEPT_LINES = 400;
const LONGEST_LINE = 4096;
const MOST_RESTARTS = 3;
/** A server that has lasted so long has earned its restarts anew. */
const STEADY_MS = 6e4;
const ANNOUNCE_MS = 6e4;
const DRAIN_MS = 3e4;
const STOP_MS = 5e3;
/** A front that nobody talks to and behind which nothing serves has been forgotten by a killed deploy. */
const FORGOTTEN_MS = 15e3;
/**
* The front of one deployment: keeps its URL, starts and watches its model servers, and lets go of the old version only for one
* that has proven itself. What is not promoted lives as long as the connection that asked for it, so that a killed deploy leaves
* nothing. Resolves when the front has ended and nothing of it is left running.
* @param args of the command line: one `FrontOrder`, as JSON
* @returns the exit code
*/
async function localFront(args, ports) {
	try {
		await keepServing(parseOrder(args), ports);
		return 0;
	} catch (thrown) {
		ports.host.failed(require_house().messageOf(thrown));
		return 1;
	}
}
async function keepServing(order, ports) {
	const { namespace, name } = order;
	const { host, processes, workspace, clock } = ports;
	const folder = require_state().stateFolder(order.stateHome, namespace, name);
	const unlock = await ports.locks.take(`${folder}.front.lock`, { waitMs: 1e4 });
	const log = host.logFile(`${folder}/servers.log`);
	const statePath = `${folder}/state.json`;
	const known = await readKnown(workspace, statePath);
	let serving;
	let since;
	let restarts = 0;
	let deploy;
	const life = new AbortController();
	const draining = /* @__PURE__ */ new Set();
	const ended = Promise.withResolvers();
	const route = (target) => {
		const path = require_front().upstreamPath(target, namespace, name);
		if (path === void 0) return {
			kind: "answer",
			status: 404,
			body: require_front().seldonError(404, "NOT_FOUND", `this front answers below ${require_house().basePath(namespace, name)}/`)
		};
		const server = serving;
		if (server === void 0 || server.url === void 0 || server.ended) return {
			kind: "answer",
			status: 503,
			body: require_front().seldonError(503, "NO_MODEL_SERVER", server ? "the model server is being started again" : "nothing is served under this name")
		};
		server.inFlight++;
		return {
			kind: "pass",
			url: server.url + path,
			headers: { "x-model-road-deploy-id": server.version.deployId },
			done: () => void server.inFlight--
		};
	};
	const http = await host.listen(order.port || known?.port || 0, route);
	const serverOf = (program, version) => ({
		program,
		version,
		started: void 0,
		url: void 0,
		inFlight: 0,
		tail: [],
		ended: void 0,
		stopping: false
	});
	async function run(server) {
		const announced = Promise.withResolvers();
		server.url = void 0;
		server.ended = void 0;
		const started = await processes.start(server.program, {
			maxLine: LONGEST_LINE,
			lifeline: true,
			onLine: (line) => {
				const port = server.url === void 0 ? require_launcher().announcedPort(line) : void 0;
				if (port !== void 0) {
					server.url = `http://127.0.0.1:${port}`;
					announced.resolve();
					return;
				}
				server.tail.push(line);
				if (server.tail.length > KEPT_LINES) server.tail.shift();
				log.line(`${server.version.deployId.slice(0, 12)} ${line}`);
			}
		});
		server.started = started;
		started.ended.then((how) => {
			server.ended = how;
			announced.resolve();
			return onEnded(server, how);
		});
		const enough = new AbortController();
		await Promise.race([announced.promise, clock.sleep(ANNOUNCE_MS, enough.signal)]);
		enough.abort();
	}
	function onEnded(server, how) {
		const event = {
			event: "ended",
			...how
		};
		if (deploy?.candidate === server) deploy.peer.send(event);
		server.started?.stop(0);
		if (server.stopping || server !== serving) return;
		say(`the model server ended by itself: ${how.code === null ? how.signal : `exit code ${how.code}`}`);
		again(server);
	}
	async function again(server) {
		if (since !== void 0 && clock.now() - since > STEADY_MS) restarts = 0;
		if (restarts >= MOST_RESTARTS) {
			say(`it was started again ${MOST_RESTARTS} times already: given up`);
			serving = void 0;
			await writeState();
			return;
		}
		restarts++;
		await clock.sleep(50 * 4 ** restarts);
		if (server !== serving || server.stopping || life.signal.aborted) return;
		try {
			await run(server);
			since = clock.now();
		} catch (thrown) {
			say(`it can not be started again: ${require_house().messageOf(thrown)}`);
			if (server === serving) serving = void 0;
		}
		if (server !== serving) await stop(server);
		await writeState();
	}
	async function stop(server, drainMs = 0) {
		if (!server) return;
		server.stopping = true;
		const until = clock.elapsed() + drainMs;
		while (server.inFlight > 0 && !server.ended && clock.elapsed() < until && !life.signal.aborted) await clock.sleep(20);
		await server.started?.stop(STOP_MS);
	}
	/** Lets a replaced server answer what it has begun, then ends it. Nobody waits for this. */
	function drain(server) {
		if (!server) return;
		draining.add(server);
		stop(server, DRAIN_MS).then(() => draining.delete(server)).then(sweep);
	}
	/** Removes the release folders that no server stands in and no deploy prepares. */
	async function sweep() {
		if (deploy) return;
		const used = [serving, ...draining].flatMap((server) => server ? [server.program.cwd] : []);
		const releases = `${folder}/releases`;
		for (const release of await host.folders(releases)) {
			const path = `${releases}/${release}`;
			if (!used.some((cwd) => cwd === path || cwd.startsWith(`${path}/`))) await workspace.remove(path);
		}
	}
	const state = () => {
		const version = serving?.version;
		const roles = [
			...serving ? [[serving, "serving"]] : [],
			...deploy?.candidate && deploy.candidate !== serving ? [[deploy.candidate, "candidate"]] : [],
			...deploy?.before?.server ? [[deploy.before.server, "draining"]] : [],
			...[...draining].map((server) => [server, "draining"])
		];
		return {
			namespace,
			name,
			url: require_state().localUrl(http.port, namespace, name),
			port: http.port,
			status: serving ? "running" : "empty",
			frontPid: host.pid,
			outliveJob: order.outliveJob,
			deployId: version?.deployId,
			modelClass: version?.modelClass,
			replicas: version?.replicas,
			servers: roles.filter(([server]) => server.started && !server.ended).map(([server, role]) => ({
				pid: server.started?.pid ?? 0,
				url: server.url ?? "",
				deployId: server.version.deployId,
				role
			})),
			record: version?.record,
			since,
			restarts
		};
	};
	/** Written only where something has served: the first deploy that fails leaves nothing behind. */
	async function writeState() {
		const version = serving?.version;
		const file = {
			...version === void 0 ? known : {
				deployId: version.deployId,
				modelClass: version.modelClass,
				replicas: version.replicas,
				...version.record === void 0 ? {} : { record: version.record },
				...since === void 0 ? {} : { since }
			},
			schema: 1,
			namespace,
			name,
			port: http.port,
			outliveJob: order.outliveJob
		};
		try {
			await workspace.write(statePath, JSON.stringify(file), { mode: 384 });
		} catch (thrown) {
			say(`the state could not be written: ${require_house().messageOf(thrown)}`);
		}
	}
	const say = (text) => log.line(`front: ${text}`);
	const mistake = (where, expected, seen, fix) => new (require_house()).ActionError({
		where,
		expected,
		seen,
		...fix === void 0 ? {} : { fix }
	});
	async function obey(peer, request) {
		if (request.do === "status") return { state: state() };
		if (request.do === "stop") {
			ended.resolve("asked to stop");
			return { state: state() };
		}
		if (request.do === "begin") {
			await deploy?.over;
			if (deploy || life.signal.aborted) {
				const seen = deploy ? `process ${deploy.pid} is at it` : "it is being stopped";
				throw mistake(`a deploy of ${namespace}/${name}`, "to be the only one at work", seen, "Wait for it, or give the workflow a concurrency group so that its runs wait for each other.");
			}
			deploy = {
				peer,
				pid: request.pid
			};
			return { state: state() };
		}
		const mine = deploy?.peer === peer ? deploy : void 0;
		if (!mine) throw mistake(`the front of ${namespace}/${name}`, "begin before anything else", request.do);
		if (request.do === "end") {
			mine.over ??= over(mine);
			await mine.over;
			return { state: state() };
		}
		if (request.do === "start") {
			if (mine.candidate) throw mistake("the candidate", "one at a time", "a second");
			const candidate = serverOf(request.program, request.version);
			mine.candidate = candidate;
			await run(candidate);
			if (deploy !== mine || mine.over) await stop(candidate);
			return {
				url: candidate.url ?? "",
				state: state()
			};
		}
		const { candidate } = mine;
		if (!candidate) throw mistake("the candidate", "one that was started", "none");
		switch (request.do) {
			case "lines": return { lines: candidate.tail.slice(-request.count) };
			case "promote":
				if (candidate.ended || candidate.url === void 0) throw mistake("the candidate", "to be running", "it has ended");
				mine.before = {
					server: serving,
					since
				};
				serving = candidate;
				since = clock.now();
				restarts = 0;
				say(`promoted ${candidate.version.deployId}`);
				await writeState();
				return { state: state() };
			case "settle":
				drain(mine.before?.server);
				delete mine.before;
				return { state: state() };
			case "discard":
				await discard(mine);
				return { state: state() };
		}
	}
	async function discard(mine) {
		const { candidate, before } = mine;
		delete mine.candidate;
		delete mine.before;
		if (before && serving === candidate) {
			serving = before.server;
			since = before.since;
			say("went back to the version before");
			await writeState();
			if (serving?.ended) again(serving);
			await stop(candidate, STOP_MS);
		} else if (candidate !== serving) await stop(candidate);
	}
	function accept(peer) {
		talked = clock.elapsed();
		peer.onMessage((message) => {
			const request = message;
			obey(peer, request).then((answer) => peer.send({
				id: request.id,
				...answer
			})).catch((thrown) => {
				const mistakes = thrown instanceof require_house().ActionError ? thrown.mistakes : [{
					where: "the front",
					expected: "to do as asked",
					seen: require_house().messageOf(thrown)
				}];
				peer.send({
					id: request.id,
					mistakes
				});
			});
		});
		peer.onClose(() => {
			if (deploy?.peer === peer) deploy.over ??= over(deploy);
		});
	}
	/** A deploy is over when its connection is, whether it said so or was killed. A promoted version stays: it had answered. */
	async function over(mine) {
		if (mine.before) {
			drain(mine.before.server);
			delete mine.before;
		}
		await discard(mine);
		deploy = void 0;
		await sweep();
		talked = clock.elapsed();
		if (serving === void 0) ended.resolve("nothing is served");
	}
	let talked = clock.elapsed();
	async function watch() {
		while (!life.signal.aborted) {
			await clock.sleep(500, life.signal).catch(() => void 0);
			if (serving === void 0 && !deploy && clock.elapsed() - talked > FORGOTTEN_MS) ended.resolve("nobody asked for anything");
		}
	}
	const control = await host.control(folder, accept);
	watch();
	host.asked.then((signal) => ended.resolve(signal));
	say(`answers at ${require_state().localUrl(http.port, namespace, name)}`);
	say(`ends: ${await ended.promise}`);
	const everServed = serving !== void 0 || known !== void 0 || since !== void 0;
	life.abort();
	const last = [
		serving,
		deploy?.candidate,
		deploy?.before?.server,
		...draining
	];
	await http.close();
	await Promise.all(last.map((server) => stop(server)));
	await control.close();
	if (!everServed) await workspace.remove(folder);
	await unlock();
}
async function readKnown(workspace, path) {
	const text = await workspace.readText(path, { maxBytes: require_state().MAX_STATE_BYTES });
	try {
		return text === void 0 ? void 0 : require_state().parseState(text, path);
	} catch {
		return;
	}
}
/**
* The order as the command line of a front writes it: one JSON text.
* @throws ActionError when a front is started by hand
*/
function parseOrder(args) {
	const where = "the order of a front";
	if (args.length !== 1) require_house().refuse({
		where,
		expected: "one argument",
		seen: `${args.length}`,
		fix: "It is started by the action seldon-deploy with target: local, never by hand."
	});
	return require_house().check(order, require_house().parseJson(args[0], {
		where,
		maxBytes: 16384
	}), where);
}
const order = require_house().object({
	stateHome: require_house().string({
		form: /^\/[^\u0000]*$/,
		called: "an absolute path"
	}),
	namespace: require_house().string({
		form: require_house().namespaceName.pattern,
		called: require_house().namespaceName.accepts
	}),
	name: require_house().string({
		form: require_house().deploymentName.pattern,
		called: require_house().deploymentName.accepts
	}),
	port: require_house().count,
	outliveJob: require_house().boolean
});
// src/adapters/front.ts
/** An image or two in base64; a model server answers with 413 itself where it wants less. */
const MAX_BODY_BYTES = 67108864;
const MAX_MESSAGE_BYTES = 4194304;
const MAX_LOG_BYTES = 8388608;
/** The longest that one request may take: above any gateway's own. */
const REQUEST_MS = 6e5;
/** How long an ending front waits for requests that it has begun. */
const CLOSE_MS = 5e3;
/** The front's side of the machine: HTTP on loopback, a control socket of this user, a log. */
function frontHost() {
	return {
		listen,
		control,
		logFile,
		asked: new Promise((resolve) => {
			for (const signal of [
				"SIGTERM",
				"SIGINT",
				"SIGHUP"
			]) process.once(signal, () => resolve(signal));
		}),
		pid: process.pid,
		failed: (why) => void process.stderr.write(`${why}\n`),
		folders: async (path) => {
			return (await (0, node_fs_promises().readdir)(path, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
		}
	};
}
async function listen(port, route) {
	const server = process.getBuiltinModule("node:http").createServer({
		maxHeaderSize: 32768,
		headersTimeout: 3e4,
		requestTimeout: REQUEST_MS,
		keepAliveTimeout: 65e3
	}, (request, response) => answer(route(request.url ?? ""), request, response));
	await new Promise((resolve, reject) => {
		server.once("listening", resolve);
		server.once("error", (cause) => reject(new (require_house()).ActionError({
			where: `port ${port} of 127.0.0.1`,
			expected: "a free one",
			seen: cause.code ?? require_house().messageOf(cause)
		}, { cause })));
		server.listen({
			host: "127.0.0.1",
			port,
			exclusive: true
		});
	});
	const at = server.address();
	return {
		port: typeof at === "object" && at !== null ? at.port : port,
		close: async () => {
			const closed = new Promise((resolve) => server.close(() => resolve()));
			server.closeIdleConnections();
			const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
			await closed;
			clearTimeout(timer);
		}
	};
}
function answer(route, request, response) {
	const say = (status, body) => {
		request.unpipe();
		request.resume();
		if (response.headersSent) {
			response.destroy();
			return;
		}
		response.writeHead(status, {
			"content-type": "application/json",
			"content-length": Buffer.byteLength(body),
			...status === 503 ? { "retry-after": "1" } : {},
			...status === 413 ? { connection: "close" } : {}
		});
		response.end(body);
	};
	if (route.kind === "answer") {
		say(route.status, route.body);
		return;
	}
	response.once("close", () => {
		upstream.destroy();
		route.done();
	});
	const own = require_front().connectionHeaders(request.headers.connection);
	const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !own.has(name)));
	const upstream = process.getBuiltinModule("node:http").request(route.url, {
		method: request.method,
		headers,
		agent: false,
		timeout: REQUEST_MS
	});
	upstream.once("timeout", () => upstream.destroy(/* @__PURE__ */ new Error("timeout")));
	upstream.once("error", (cause) => {
		if (response.destroyed || response.writableEnded) return;
		const [status, reason] = cause.code === "ECONNREFUSED" ? [503, "MODEL_SERVER_STARTING"] : cause.message === "timeout" ? [504, "MODEL_SERVER_SLOW"] : [502, "MODEL_SERVER_LOST"];
		say(status, require_front().seldonError(status, reason, `the model server did not answer: ${cause.code ?? cause.message}`));
	});
	upstream.once("response", (told) => {
		const drop = require_front().connectionHeaders(told.headers.connection);
		for (const [name, value] of Object.entries(told.headers)) if (value !== void 0 && !drop.has(name)) response.setHeader(name, value);
		for (const [name, value] of Object.entries(route.headers)) response.setHeader(name, value);
		response.writeHead(told.statusCode ?? 502);
		told.once("error", () => response.destroy());
		told.once("close", () => {
			if (!told.complete) response.destroy();
		});
		told.pipe(response);
	});
	let bytes = 0;
	request.on("data", (chunk) => {
		bytes += chunk.length;
		if (bytes <= MAX_BODY_BYTES) return;
		say(413, require_front().seldonError(413, "BODY_TOO_LONG", `a request may have ${MAX_BODY_BYTES} bytes`));
		upstream.destroy();
	});
	request.pipe(upstream);
}
async function control(folder, accept) {
	const path = await require_state().controlSocket(folder, process.getuid?.() ?? 0);
	const home = path.slice(0, path.lastIndexOf("/"));
	(0, node_fs().mkdirSync)(home, {
		recursive: true,
		mode: 448
	});
	await (0, node_fs_promises().rm)(path, { force: true });
	const sockets = /* @__PURE__ */ new Set();
	const server = process.getBuiltinModule("node:net").createServer((socket) => {
		sockets.add(socket);
		accept(peerOf(socket, () => sockets.delete(socket)));
	});
	await new Promise((resolve, reject) => {
		server.once("listening", resolve);
		server.once("error", reject);
		server.listen(path);
	});
	await (0, node_fs_promises().chmod)(path, 384);
	return { close: async () => {
		const closed = new Promise((resolve) => server.close(() => resolve()));
		for (const socket of sockets) socket.end();
		const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), 1e3);
		await closed;
		clearTimeout(timer);
		await (0, node_fs_promises().rm)(path, { force: true });
	} };
}
function peerOf(socket, gone) {
	let take = () => void 0;
	let ended = () => void 0;
	let pending = "";
	socket.setEncoding("utf8");
	socket.on("error", () => socket.destroy());
	socket.once("close", () => {
		gone();
		ended();
	});
	socket.once("end", () => socket.end());
	socket.on("data", (text) => {
		pending += text;
		if (pending.length > MAX_MESSAGE_BYTES) {
			socket.destroy();
			return;
		}
		const lines = pending.split("\n");
		pending = lines.pop() ?? "";
		for (const line of lines) {
			let message;
			try {
				message = JSON.parse(line);
			} catch {
				socket.destroy();
				return;
			}
			take(message);
		}
	});
	return {
		send: (message) => {
			if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
		},
		onMessage: (listener) => {
			take = listener;
		},
		onClose: (listener) => {
			ended = listener;
		}
	};
}
function logFile(path) {
	let bytes = (() => {
		try {
			return (0, node_fs().statSync)(path).size;
		} catch {
			return 0;
		}
	})();
	return { line: (text) => {
		const line = `${text}\n`;
		try {
			if (bytes + line.length > MAX_LOG_BYTES) {
				(0, node_fs().renameSync)(path, `${path}.1`);
				bytes = 0;
			}
			(0, node_fs().appendFileSync)(path, line, { mode: 384 });
			bytes += Buffer.byteLength(line);
		} catch {}
	} };
}
// src/main/local-front.ts
require_house().runProgram(async ({ run }) => {
	const [host, processes, workspace] = [
		frontHost(),
		require_process().localProcesses(),
		require_house().localWorkspace(run)
	];
	const ports = {
		host,
		processes,
		workspace,
		clock: require_house().systemClock(),
		locks: require_lock().fileLocks()
	};
	return await localFront(process.argv.slice(2), ports);
});
