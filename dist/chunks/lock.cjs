const require_rolldown_runtime = require("./rolldown-runtime.cjs");
const require_run_action = require("./run-action.cjs");
const require_digest = require("./digest.cjs");
const node_fs = () => require("node:fs");
const node_fs_promises = () => require("node:fs/promises");
const node_path = () => require("node:path");
const node_timers_promises = () => require("node:timers/promises");
// src/domain/seldon/names.ts
var names_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ deployId: () => deployId });
/** Deployment and namespace become labels of DNS names: RFC 1123, at most 63. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** A deployment's name becomes the name of a Service too, which RFC 1035 wants to start with a letter. */
const SERVICE = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** A class, or the modules on the way to it: `DigitsModel`, `serving.digits.DigitsModel`. */
const CLASS = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const deploymentName = {
	pattern: SERVICE,
	accepts: "lower-case letters, digits and -, a letter first, at most 63"
};
const namespaceName = {
	pattern: LABEL,
	accepts: "lower-case letters, digits and -, at most 63"
};
const modelClassName = {
	pattern: CLASS,
	accepts: "a class's name, with its modules before it where there are any"
};
/** The path below which a gateway of Seldon Core shows a deployment, without a `/` at its end. */
function basePath(namespace, name) {
	return `/seldon/${namespace}/${name}`;
}
function predictionUrl(base, namespace, name) {
	return `${base.replace(/\/+$/, "")}${basePath(namespace, name)}/api/v1.0/predictions`;
}
/** The first 40 hex digits of the digest of all that makes a version: it fits a label's value. */
async function deployId(version) {
	return (await require_digest.textDigest(require_run_action.canonicalJson({
		schema: 1,
		...version
	}))).slice(7).slice(0, 40);
}
// src/domain/seldon/launcher.ts
/** What a model server says first: on which ports it listens. Everything after it is log. */
const PORTS_LINE = /^model-road-ports (\{.{1,200}\})$/;
/**
* Starts seldon-core's microservice so that it listens on loopback only, on free ports of its own.
*
* The microservice binds 0.0.0.0 by itself and can not be told otherwise, so the two ways in which it binds are wrapped: sockets
* of Python (gunicorn, Flask, the reserved gRPC port) and the ports of a gRPC server, which C code binds. Its children are forks,
* so they inherit this. The ports are reserved by sockets that stay bound but never listen: nobody can take them between the
* choice and the start. Standard input is a lifeline: when it ends, whoever started us is gone, and the whole group ends.
*
* The folder of this file stands first in sys.path and holds nothing else; the microservice itself adds the working directory.
*/
const LAUNCHER = `import json, os, signal, socket, sys, threading

reserved = {}
plain_bind = socket.socket.bind
LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


def local(host, family):
    if host in ("localhost", "::1") or host.startswith("127."):
        return host
    return LOOPBACK[family]


def bind(self, address):
    # A datagram socket without a port asks the outside (a name, the time): it stays as it is.
    if self.family in LOOPBACK and not (self.type == socket.SOCK_DGRAM and address[1] == 0):
        host = address[0] if isinstance(address[0], str) else bytes(address[0]).decode()
        address = (local(host, self.family),) + tuple(address[1:])
        if address[1] in reserved:
            self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return plain_bind(self, address)


def reserve():
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    plain_bind(held, ("127.0.0.1", 0))
    port = held.getsockname()[1]
    reserved[port] = held
    return port


def grpc_address(address):
    if address.startswith("unix"):
        return address
    return "127.0.0.1:" + address.rsplit(":", 1)[1]


def bind_grpc():
    try:
        import grpc, grpc.aio
    except ImportError:
        return

    def wrapped(make):
        def server(*args, **kwargs):
            made = make(*args, **kwargs)
            insecure, secure = made.add_insecure_port, made.add_secure_port
            made.add_insecure_port = lambda address: insecure(grpc_address(address))
            made.add_secure_port = lambda address, credentials: secure(grpc_address(address), credentials)
            return made

        return server

    grpc.server = wrapped(grpc.server)
    grpc.aio.server = wrapped(grpc.aio.server)


def watch_lifeline():
    while os.read(0, 4096):
        pass
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def main():
    model_class, workers = sys.argv[1:3]
    threading.Thread(target=watch_lifeline, daemon=True).start()
    ports = {name: reserve() for name in ("http", "grpc", "metrics")}
    print("model-road-ports " + json.dumps(ports), flush=True)
    socket.socket.bind = bind
    bind_grpc()
    try:
        from seldon_core.microservice import main as serve
    except ImportError as missing:
        sys.exit("seldon-core can not be imported by " + sys.executable + ": " + str(missing))
    sys.argv[1:] = [model_class, "--service-type", "MODEL", "--workers", workers]
    for name, port in ports.items():
        sys.argv += ["--" + name + "-port", str(port)]
    serve()


if __name__ == "__main__":
    main()
`;
/** How the front calls the launcher for a version. */
function launcherProgram(request, launcher, env) {
	return {
		command: request.python,
		args: [
			launcher,
			request.modelClass,
			String(request.replicas)
		],
		cwd: request.folder,
		env: {
			...env,
			MODEL_NAME: request.modelClass,
			SERVICE_TYPE: "MODEL",
			PYTHONUNBUFFERED: "1",
			PYTHONDONTWRITEBYTECODE: "1",
			...request.modelPath === void 0 ? {} : { MODEL_PATH: request.modelPath }
		}
	};
}
/** The port for predictions from the server's first line; `undefined` for any other line. */
function announcedPort(line) {
	const [, json] = PORTS_LINE.exec(line) ?? [];
	if (json === void 0) return void 0;
	try {
		const { http } = JSON.parse(json);
		return typeof http === "number" && Number.isInteger(http) && http > 0 && http < 65536 ? http : void 0;
	} catch {
		return;
	}
}
// src/domain/seldon/state.ts
/** Of the whole file: a record of 64 KiB, escaped, and little more. */
const MAX_STATE_BYTES = 524288;
const shape = require_run_action.object({
	schema: require_run_action.oneOf$1(1),
	namespace: require_run_action.string({
		form: namespaceName.pattern,
		called: namespaceName.accepts
	}),
	name: require_run_action.string({
		form: deploymentName.pattern,
		called: deploymentName.accepts
	}),
	port: require_run_action.count,
	outliveJob: require_run_action.boolean,
	deployId: require_run_action.optional(require_run_action.string({
		form: /^[0-9a-f]{40}$/,
		called: "40 hex digits"
	})),
	modelClass: require_run_action.optional(require_run_action.string({ most: 256 })),
	replicas: require_run_action.optional(require_run_action.count),
	record: require_run_action.optional(require_run_action.string({ most: 262144 })),
	since: require_run_action.optional(require_run_action.count)
});
function parseState(text, where) {
	return require_run_action.check(shape, require_run_action.parseJson(text, {
		where,
		maxBytes: MAX_STATE_BYTES
	}), where);
}
/** The folder of a deployment below the user's state folder. Both names have the form of a DNS label, so neither climbs. */
function stateFolder(stateHome, namespace, name) {
	return `${stateHome}/model-road/local/${namespace}/${name}`;
}
function localUrl(port, namespace, name) {
	return predictionUrl(`http://127.0.0.1:${port}`, namespace, name);
}
/** What is known of a deployment whose front does not answer. */
function stoppedState(file) {
	return {
		namespace: file.namespace,
		name: file.name,
		url: localUrl(file.port, file.namespace, file.name),
		port: file.port,
		status: "stopped",
		frontPid: void 0,
		outliveJob: file.outliveJob,
		deployId: file.deployId,
		modelClass: file.modelClass,
		replicas: file.replicas,
		servers: [],
		record: file.record,
		since: file.since,
		restarts: 0
	};
}
// src/domain/seldon/control.ts
/** The system's limit for the path of a Unix socket is 108 bytes with its end (104 on macOS). */
const MAX_SOCKET_PATH = 100;
/**
* Where the front of a state folder takes control connections: in the folder itself, or, where that path is too long for a
* socket, in a folder of this user below /tmp.
*/
async function controlSocket(folder, uid) {
	const beside = `${folder}/control.sock`;
	if (Buffer.byteLength(beside) <= MAX_SOCKET_PATH) return beside;
	return `/tmp/model-road-${uid}/${(await require_digest.textDigest(folder)).slice(7).slice(0, 24)}.sock`;
}
// src/adapters/lock.ts
/**
* Locks between processes, as files that name their holder. A holder that has died holds nothing: the next one takes over, so
* that a killed job wedges no later one.
*/
function fileLocks() {
	return { take };
}
async function take(path, { waitMs, onWait }) {
	await (0, node_fs_promises().mkdir)((0, node_path().dirname)(path), {
		recursive: true,
		mode: 448
	});
	const own = `${path}.${process.pid}.${crypto.randomUUID().slice(0, 8)}`;
	const content = `${process.pid} ${startOf(process.pid) ?? "-"}\n`;
	await (0, node_fs_promises().writeFile)(own, content, { mode: 384 });
	const until = performance.now() + waitMs;
	let told = false;
	try {
		for (;;) {
			try {
				await (0, node_fs_promises().link)(own, path);
				return async () => await (0, node_fs_promises().rm)(path, { force: true });
			} catch (thrown) {
				if (thrown.code !== "EEXIST") throw thrown;
			}
			const holder = await (0, node_fs_promises().readFile)(path, "utf8").catch(() => void 0);
			if (holder === void 0) continue;
			const [pid = "", start = ""] = holder.trim().split(" ");
			if (!alive(Number(pid), start)) {
				await takeAway(path, holder);
				continue;
			}
			if (!told) onWait?.(Number(pid));
			told = true;
			if (performance.now() >= until) throw new require_run_action.ActionError({
				where: path,
				expected: `to be free within ${waitMs / 1e3} s`,
				seen: `process ${pid} still holds it`
			});
			await (0, node_timers_promises().setTimeout)(50);
		}
	} finally {
		await (0, node_fs_promises().rm)(own, { force: true });
	}
}
/** Renaming tells who took it away when several find a dead holder; one that meanwhile was a new holder's is put back. */
async function takeAway(path, dead) {
	const aside = `${path}.${crypto.randomUUID().slice(0, 8)}.dead`;
	try {
		await (0, node_fs_promises().rename)(path, aside);
	} catch {
		return;
	}
	if (await (0, node_fs_promises().readFile)(aside, "utf8") !== dead) await (0, node_fs_promises().link)(aside, path).catch(() => void 0);
	await (0, node_fs_promises().rm)(aside, { force: true });
}
function alive(pid, start) {
	if (!Number.isSafeInteger(pid) || pid <= 0) return false;
	try {
		process.kill(pid, 0);
	} catch (thrown) {
		return thrown.code === "EPERM";
	}
	return start === "-" || (startOf(pid) ?? start) === start;
}
/** Clock ticks since the machine's start, as /proc tells them; `undefined` where there is no /proc. */
function startOf(pid) {
	try {
		const stat = (0, node_fs().readFileSync)(`/proc/${pid}/stat`, "latin1");
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return fields[0] === "Z" ? "dead" : fields[19];
	} catch {
		return;
	}
}
Object.defineProperty(exports, "LAUNCHER", {
	enumerable: true,
	get: function() {
		return LAUNCHER;
	}
});
Object.defineProperty(exports, "MAX_STATE_BYTES", {
	enumerable: true,
	get: function() {
		return MAX_STATE_BYTES;
	}
});
Object.defineProperty(exports, "announcedPort", {
	enumerable: true,
	get: function() {
		return announcedPort;
	}
});
Object.defineProperty(exports, "basePath", {
	enumerable: true,
	get: function() {
		return basePath;
	}
});
Object.defineProperty(exports, "controlSocket", {
	enumerable: true,
	get: function() {
		return controlSocket;
	}
});
Object.defineProperty(exports, "deploymentName", {
	enumerable: true,
	get: function() {
		return deploymentName;
	}
});
Object.defineProperty(exports, "fileLocks", {
	enumerable: true,
	get: function() {
		return fileLocks;
	}
});
Object.defineProperty(exports, "launcherProgram", {
	enumerable: true,
	get: function() {
		return launcherProgram;
	}
});
Object.defineProperty(exports, "localUrl", {
	enumerable: true,
	get: function() {
		return localUrl;
	}
});
Object.defineProperty(exports, "modelClassName", {
	enumerable: true,
	get: function() {
		return modelClassName;
	}
});
Object.defineProperty(exports, "names_exports", {
	enumerable: true,
	get: function() {
		return names_exports;
	}
});
Object.defineProperty(exports, "namespaceName", {
	enumerable: true,
	get: function() {
		return namespaceName;
	}
});
Object.defineProperty(exports, "parseState", {
	enumerable: true,
	get: function() {
		return parseState;
	}
});
Object.defineProperty(exports, "stateFolder", {
	enumerable: true,
	get: function() {
		return stateFolder;
	}
});
Object.defineProperty(exports, "stoppedState", {
	enumerable: true,
	get: function() {
		return stoppedState;
	}
});
