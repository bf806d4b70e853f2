require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
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
	return `/tmp/model-road-${uid}/${require_house().textDigest(folder).slice(7).slice(0, 24)}.sock`;
}
// src/domain/seldon/state.ts
/** Of the whole file: a record of 64 KiB, escaped, and little more. */
const MAX_STATE_BYTES = 524288;
const shape = require_house().object({
	schema: require_house().oneOf(1),
	namespace: require_house().string({
		form: require_house().namespaceName.pattern,
		called: require_house().namespaceName.accepts
	}),
	name: require_house().string({
		form: require_house().deploymentName.pattern,
		called: require_house().deploymentName.accepts
	}),
	port: require_house().count,
	outliveJob: require_house().boolean,
	deployId: require_house().optional(require_house().string({
		form: /^[0-9a-f]{40}$/,
		called: "40 hex digits"
	})),
	modelClass: require_house().optional(require_house().string({ most: 256 })),
	replicas: require_house().optional(require_house().count),
	record: require_house().optional(require_house().string({ most: 262144 })),
	since: require_house().optional(require_house().count)
});
function parseState(text, where) {
	return require_house().check(shape, require_house().parseJson(text, {
		where,
		maxBytes: MAX_STATE_BYTES
	}), where);
}
/** The folder of a deployment below the user's state folder. Both names have the form of a DNS label, so neither climbs. */
function stateFolder(stateHome, namespace, name) {
	return `${stateHome}/model-road/local/${namespace}/${name}`;
}
function localUrl(port, namespace, name) {
	return require_house().predictionUrl(`http://127.0.0.1:${port}`, namespace, name);
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
Object.defineProperty(exports, "MAX_STATE_BYTES", {
	enumerable: true,
	get: function() {
		return MAX_STATE_BYTES;
	}
});
Object.defineProperty(exports, "controlSocket", {
	enumerable: true,
	get: function() {
		return controlSocket;
	}
});
Object.defineProperty(exports, "localUrl", {
	enumerable: true,
	get: function() {
		return localUrl;
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
