require("./chunks/rolldown-runtime.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./chunks/manifest3.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_base_url;
const require_base_url = () => kept_require_base_url ??= require("./chunks/base-url.cjs");
let kept_require_cluster_inputs;
const require_cluster_inputs = () => kept_require_cluster_inputs ??= require("./chunks/cluster-inputs.cjs");
let kept_require_request_headers;
const require_request_headers = () => kept_require_request_headers ??= require("./chunks/request-headers.cjs");
let kept_require_artifact;
const require_artifact = () => kept_require_artifact ??= require("./chunks/artifact.cjs");
let kept_require_http;
const require_http = () => kept_require_http ??= require("./chunks/http.cjs");
let kept_require_kubernetes;
const require_kubernetes = () => kept_require_kubernetes ??= require("./chunks/kubernetes.cjs");
let kept_require_lock;
const require_lock = () => kept_require_lock ??= require("./chunks/lock.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
let kept_require_serving;
const require_serving = () => kept_require_serving ??= require("./chunks/serving.cjs");
// src/actions/predict.ts
/** A path in the checkout: relative, without a step up. */
const FILE = {
	pattern: /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0\\]{1,1024}$/,
	accepts: "a path in the workspace"
};
/** Asks a live model, and says whether it answers what it must. */
const predict = {
	id: "predict",
	inputs: {
		name: require_house().requiredText({
			description: "The deployment that is asked.",
			...require_house().deploymentName
		}),
		namespace: require_house().text({
			description: "Its namespace. Left out, `default`.",
			...require_house().namespaceName
		}),
		"smoke-request": require_house().parsed({
			description: "One request and what its answer must be, as YAML: `body`, `path`, and `expect` with `status`, `shape`, `values`, `tolerance`.",
			accepts: "YAML",
			parse: async (value) => (await Promise.resolve().then(() => require("./chunks/smoke.cjs")).then((n) => n.smoke_exports)).parseSmokeRequest(value)
		}),
		contract: require_house().text({
			description: "A `contract.json` as Seldon's testers read it: batches are made up from it, and the answers checked against its targets.",
			...FILE
		}),
		golden: require_house().text({
			description: "A JSON list of `{input | request, expected, tolerance?}`: each is asked, and its answer compared.",
			...FILE
		}),
		feedback: require_house().parsed({
			description: "What a prediction was worth, as YAML: `reward`, and `request`, `response`, `truth`. Without a request it is about the smoke request and its answer. Protocol seldon only.",
			accepts: "YAML",
			parse: async (value) => (await Promise.resolve().then(() => require("./chunks/feedback.cjs")).then((n) => n.feedback_exports)).parseFeedback(value)
		}),
		data: require_house().text({
			description: "A file of rows to be predicted: `.csv` with a line of names first, `.json`, or `.jsonl`.",
			...FILE
		}),
		predictions: require_house().text({
			description: "Where the predictions of `data` are written, of the kind that its name says. Left out, `predictions.jsonl`.",
			...FILE
		}),
		artifact: require_house().flag({
			description: "Uploads the predictions as an artifact, named as the file is.",
			default: "false"
		}),
		"batch-size": require_house().integer({
			description: "So many rows of `data` go into one request.",
			default: "100",
			least: 1,
			most: 1e4
		}),
		target: require_house().oneOf$1(["seldon", "local"], {
			description: "Where it is served: `seldon` is a cluster, `local` this machine.",
			default: "seldon"
		}),
		transport: require_house().oneOf$1([
			"auto",
			"ingress",
			"api-proxy",
			"port-forward"
		], {
			description: "Target seldon: how it is reached. `ingress` is the gateway of base-url; `api-proxy` goes through the API server, REST only; `port-forward` to a pod that is ready. `auto` takes the gateway where base-url is given, else the proxy, and for gRPC port-forward.",
			default: "auto"
		}),
		api: require_house().oneOf$1(["rest", "grpc"], {
			description: "How it is asked.",
			default: "rest"
		}),
		protocol: require_house().parsed({
			description: "The inference protocol. Left out, the deployment's own; behind a gateway `seldon`.",
			accepts: require_manifest().PROTOCOLS.map((each) => `\`${each}\``).join(", "),
			parse: (value) => {
				const found = require_manifest().PROTOCOLS.find((each) => each === value);
				if (found === void 0) throw new (require_house()).Refusal(`one of ${require_manifest().PROTOCOLS.join(", ")}`);
				return found;
			}
		}),
		predictor: require_house().text({ description: "Target seldon: which of several predictors is asked, through the cluster. Left out, the first." }),
		model: require_house().text({
			description: "The model's name in the paths of the tensorflow and v2 protocols. Left out, the graph's first node; behind a gateway `classifier`.",
			pattern: /^[A-Za-z0-9][\w.-]{0,127}$/,
			accepts: "letters, digits, -, _ and ."
		}),
		"base-url": require_house().parsed({
			description: "Target seldon: scheme, host and port of the gateway before the deployment's path.",
			accepts: "a URL without a path",
			parse: require_base_url().baseUrl
		}),
		"request-headers": require_house().parsed({
			description: "Headers that the gateway asks for: `Authorization: Bearer …`.",
			accepts: "`Name: value`, one a line",
			secret: true,
			parse: require_request_headers().requestHeaders
		}),
		ca: require_house().parsed({
			description: "PEM of the authority that vouches for the gateway's certificate.",
			accepts: "PEM",
			parse: (value) => {
				if (!value.includes("-----BEGIN CERTIFICATE-----")) throw new (require_house()).Refusal("a certificate in PEM");
				return value;
			}
		}),
		timeout: require_house().seconds({
			description: "How long one answer may take.",
			default: "60s",
			most: 3600
		}),
		"wait-timeout": require_house().seconds({
			description: "How long a connection that is refused, or a gateway's 502, 503 or 504, is asked again.",
			default: "30s",
			most: 3600
		}),
		"on-failure": require_house().oneOf$1(["fail", "report"], {
			description: "Whether a wrong answer makes the step red, or is told by `passed` alone.",
			default: "fail"
		}),
		...require_cluster_inputs().clusterInputs
	},
	outputs: {
		passed: "`true` when every answer was what it must be, else `false`",
		prediction: "The smoke request's answer in a few words",
		predictions: "Absolute path of the file of predictions; empty without `data`",
		rows: "How many rows of `data` were predicted",
		"artifact-id": "Of the uploaded predictions",
		report: "What was asked and what came, as JSON: address, requests, p50Ms, p95Ms, rows, asked (name, passed, reasons)"
	},
	run: async (given, run, ports) => {
		refuseInputs(given);
		for (const value of Object.values(given["request-headers"] ?? {})) maskHeader(value, ports);
		const { openAddress } = await Promise.resolve().then(() => require("./chunks/predict-address.cjs"));
		const { namespace = "default" } = given;
		const address = await openAddress({
			...given,
			namespace
		}, ports);
		const called = `${namespace}/${given.name}`;
		try {
			ports.log.info(`${called} is asked at ${address.shown}`);
			refuseProtocol(given, address.protocol);
			const { askAll } = await Promise.resolve().then(() => require("./chunks/predict-asking.cjs"));
			return await tell(given, called, address.shown, await askAll(given, address, run, ports), ports);
		} finally {
			address.close();
		}
	}
};
function refuseInputs(given) {
	const mistakes = [];
	const wrong = (input, expected, seen, fix) => {
		mistakes.push({
			where: `input "${input}"`,
			expected,
			seen,
			...fix === void 0 ? {} : { fix }
		});
	};
	const asks = [
		"smoke-request",
		"contract",
		"golden",
		"feedback",
		"data"
	];
	if (asks.every((each) => given[each] === void 0)) wrong("smoke-request", "something to ask", "nothing", `Give one or several of ${asks.join(", ")}.`);
	if (given.data === void 0) {
		for (const each of ["predictions", "artifact"]) if (given[each]) wrong(each, "nothing without data", "a value");
	}
	const { feedback, "smoke-request": smoke } = given;
	if (feedback !== void 0 && feedback.request === void 0 && smoke?.body === void 0) wrong("feedback", "a request in it, or a smoke-request that it is about", "neither");
	if (given.target === "local") {
		for (const each of [
			"base-url",
			"kubeconfig",
			"kube-context",
			"predictor",
			"ca"
		]) if (given[each] !== void 0) wrong(each, "nothing with target: local", "a value");
		if (given.transport !== "auto") wrong("transport", "auto with target: local", given.transport);
		if (given.api === "grpc") wrong("api", "rest with target: local", "grpc", "The front of a local deployment passes HTTP on.");
	} else {
		if (given.transport === "ingress" && given["base-url"] === void 0) wrong("base-url", "the gateway's address for transport: ingress", "nothing");
		if (given["base-url"] !== void 0 && !["auto", "ingress"].includes(given.transport)) wrong("base-url", `nothing with transport: ${given.transport}`, "a value");
		if (given["base-url"] !== void 0 && given.predictor !== void 0) wrong("predictor", "nothing behind a gateway, which chooses by itself", require_house().quote(given.predictor));
		if (given.transport === "api-proxy" && given.api === "grpc") wrong("transport", "port-forward or ingress for gRPC", "api-proxy", "The API server's proxy passes HTTP/1.1 only.");
		if (given["base-url"] === void 0 && given.transport !== "port-forward" && given["request-headers"] !== void 0) wrong("request-headers", "a base-url, whose gateway reads them", "none");
	}
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
}
/** Known only when the deployment was read. */
function refuseProtocol(given, protocol) {
	if (given.feedback !== void 0 && protocol !== "seldon") throw new (require_house()).ActionError({
		where: `input "feedback"`,
		expected: "protocol seldon, which alone knows it",
		seen: protocol
	});
	if (given.api === "grpc" && protocol === "tensorflow") throw new (require_house()).ActionError({
		where: `input "api"`,
		expected: "rest with the tensorflow protocol",
		seen: "grpc"
	});
}
/** Short ones are words, not secrets. */
function maskHeader(value, { log }) {
	const secret = value.replace(/^(?:Bearer|Basic)\s+/i, "");
	if (secret.length >= 8) log.mask(secret);
}
async function tell(given, called, address, answers, ports) {
	const { seenAsJson, seenAsTable } = await Promise.resolve().then(() => require("./chunks/asked.cjs"));
	const { asked, times, rows, file, prediction } = answers;
	const seen = {
		address,
		asked,
		times,
		rows
	};
	const wrong = asked.filter(({ reasons }) => reasons.length > 0);
	const stored = given.artifact && file !== void 0 ? await upload(file, ports) : void 0;
	const failure = wrong.slice(0, 10).map(({ name, reasons }) => `${called}, ${name}: ${reasons.slice(0, 3).join("; ")}`).join("\n");
	return {
		outputs: {
			passed: String(wrong.length === 0),
			prediction: prediction ?? "",
			predictions: file ?? "",
			rows: rows === void 0 ? "" : String(rows),
			"artifact-id": stored ?? "",
			report: seenAsJson(seen)
		},
		summary: seenAsTable(seen, called),
		...wrong.length === 0 ? {} : given["on-failure"] === "fail" ? { failure } : { annotations: [{
			level: "warning",
			title: "Wrong answers",
			message: failure
		}] }
	};
}
/** The file stays where it is, so an upload that fails is told and does not hide the predictions. */
async function upload(file, { artifacts, log }) {
	try {
		return (await artifacts.upload(file, {})).id;
	} catch (thrown) {
		log.warning(`The predictions were not uploaded: ${require_house().messageOf(thrown)}`);
		return;
	}
}
// src/adapters/grpc.ts
const MAX_BYTES = 8388608;
/** A byte that says whether the message is compressed, and four for its length. */
const PREFIX_BYTES = 5;
const UNKNOWN = 2;
/** Codes of gRPC for the answers of a proxy that does not speak it. */
const BY_HTTP = {
	400: 13,
	401: 16,
	403: 7,
	404: 12,
	429: 14,
	502: 14,
	503: 14,
	504: 14
};
/** Unary calls over Node's own HTTP/2 client. */
function grpcClient() {
	return { connect: ({ origin, ca }) => {
		let session;
		const live = () => {
			if (session !== void 0 && !session.destroyed && !session.closed) return session;
			session = process.getBuiltinModule("node:http2").connect(origin, ca === void 0 ? {} : { ca });
			session.on("error", () => void 0);
			return session;
		};
		return {
			call: async (options) => await unary(live(), origin, options),
			close: () => session?.destroy()
		};
	} };
}
async function unary(session, origin, { path, message, headers, timeoutMs, signal }) {
	const prefix = Buffer.alloc(PREFIX_BYTES);
	prefix.writeUInt32BE(message.length, 1);
	return await new Promise((resolve, reject) => {
		const fail = (expected, seen, cause) => {
			clearTimeout(timer);
			stream.destroy();
			reject(new (require_house()).ActionError({
				where: `gRPC ${origin}${path}`,
				expected,
				seen
			}, { cause }));
		};
		const stream = session.request({
			":method": "POST",
			":path": path,
			"content-type": "application/grpc",
			te: "trailers",
			"user-agent": "model-road",
			"grpc-timeout": `${Math.max(1, Math.round(timeoutMs))}m`,
			...headers
		}, { signal });
		const timer = setTimeout(() => fail(`an answer within ${timeoutMs / 1e3} s`, "none"), timeoutMs);
		const chunks = [];
		let bytes = 0;
		let told = {};
		let http = 0;
		stream.on("response", (answer) => {
			http = answer[":status"] ?? 0;
			told = answer;
		});
		stream.on("trailers", (trailers) => told = {
			...told,
			...trailers
		});
		stream.on("data", (chunk) => {
			bytes += chunk.length;
			if (bytes > MAX_BYTES) fail(`an answer of at most ${MAX_BYTES} bytes`, "a longer one");
			else chunks.push(chunk);
		});
		stream.once("error", (cause) => {
			if (signal.aborted) {
				clearTimeout(timer);
				reject(signal.reason);
			} else fail("an answer", deepest(cause), cause);
		});
		stream.once("close", () => {
			clearTimeout(timer);
			const code = told["grpc-status"];
			if (code === void 0 && http === 200) return fail("a status of gRPC", "none: the connection was cut");
			if (code === void 0 && http === 0) return fail("an answer", "none: the connection was cut");
			const all = Buffer.concat(chunks);
			resolve({
				code: code === void 0 ? BY_HTTP[http] ?? UNKNOWN : Number(code),
				message: words(told["grpc-message"]) || (code === void 0 ? `HTTP ${http}` : ""),
				body: all.length < PREFIX_BYTES ? Buffer.alloc(0) : all.subarray(PREFIX_BYTES)
			});
		});
		stream.end(Buffer.concat([prefix, message]));
	});
}
/** Sent percent-encoded. */
function words(value) {
	if (typeof value !== "string") return "";
	try {
		return decodeURIComponent(value);
	} catch {
		return value;
	}
}
/** HTTP/2 wraps what the socket said. */
function deepest(thrown) {
	const { cause } = thrown;
	return cause instanceof Error ? deepest(cause) : thrown.code ?? require_house().messageOf(thrown);
}
// src/domain/kubernetes/websocket.ts
/** Kinds of frames (RFC 6455, 5.2) that we send or meet. */
const [BINARY, CLOSE, PING, PONG] = [
	2,
	8,
	9,
	10
];
/**
* One frame from a client to a server, whole. RFC 6455 wants each masked, against caches that read along; the connection is TLS,
* so the mask need not be a secret and its bytes come with the call.
* @param mask four bytes
*/
function frameOf(kind, content, mask) {
	const { length } = content;
	const head = Buffer.alloc(length < 126 ? 2 : length < 65536 ? 4 : 10);
	head[0] = 128 | kind;
	if (length < 126) head[1] = 128 | length;
	else if (length < 65536) {
		head[1] = 254;
		head.writeUInt16BE(length, 2);
	} else {
		head[1] = 255;
		head.writeBigUInt64BE(BigInt(length), 2);
	}
	return Buffer.concat([
		head,
		mask,
		unmasked(content, mask)
	]);
}
/**
* The whole frames of what has come so far, and the rest. A message in several frames is handed on piece by piece, each with
* the kind of its first.
*/
function readFrames(bytes, before) {
	const frames = [];
	let [at, open] = [0, before];
	for (;;) {
		const [first, second] = [bytes[at], bytes[at + 1]];
		if (first === void 0 || second === void 0) break;
		const short = second & 127;
		const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
		const masked = (second & 128) !== 0;
		const start = at + 2 + extra + (masked ? 4 : 0);
		if (bytes.length < start) break;
		const length = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
		if (bytes.length < start + length) break;
		const piece = bytes.subarray(start, start + length);
		const content = masked ? unmasked(piece, bytes.subarray(start - 4, start)) : Buffer.from(piece);
		const code = first & 15;
		const kind = code === 0 ? open ?? BINARY : code;
		if (code < CLOSE) open = (first & 128) === 0 ? kind : void 0;
		frames.push({
			kind,
			content
		});
		at = start + length;
	}
	return {
		frames,
		rest: bytes.subarray(at),
		...open === void 0 ? {} : { open }
	};
}
/** Masking and unmasking are one and the same. */
function unmasked(content, mask) {
	const done = Buffer.allocUnsafe(content.length);
	for (let at = 0; at < content.length; at++) done[at] = content[at] ^ mask[at & 3];
	return done;
}
// src/adapters/port-forward.ts
/** Channels of a port's data and of what is wrong with it, as Kubernetes numbers them for the first port. */
const DATA = 0;
const TROUBLE = 1;
/** Each channel starts with the port's number. */
const PORT_BYTES = 2;
/**
* Listens on a free port of loopback, for as long as it is asked to, and takes each connection through a WebSocket of its own to
* the pod (subprotocol `v4.channel.k8s.io`, which the kubelet itself speaks, so every version of Kubernetes knows it).
*/
function portForwards() {
	return { open: async (dial) => {
		const { createServer } = process.getBuiltinModule("node:net");
		const connections = /* @__PURE__ */ new Set();
		const server = createServer((local) => {
			connections.add(local);
			local.once("close", () => connections.delete(local));
			local.on("error", () => local.destroy());
			tunnel(local, dial, connections);
		});
		await new Promise((resolve, reject) => {
			server.once("error", reject);
			server.listen(0, "127.0.0.1", resolve);
		});
		const { port } = server.address();
		return {
			port,
			close: () => {
				server.close();
				for (const each of connections) each.destroy();
				connections.clear();
			}
		};
	} };
}
async function tunnel(local, dial, connections) {
	try {
		const remote = await dial();
		remote.on("error", () => remote.destroy());
		if (!connections.has(local)) return remote.destroy();
		connections.add(remote);
		remote.once("close", () => connections.delete(remote));
		join(local, remote);
	} catch {
		local.destroy();
	}
}
/** Bytes of one side are frames of the other. */
function join(local, remote) {
	const { randomBytes } = process.getBuiltinModule("node:crypto");
	let rest = Buffer.alloc(0);
	let open;
	/** Of the port's number, for each channel: bytes that are still to come. */
	const left = [PORT_BYTES, PORT_BYTES];
	const both = () => {
		local.destroy();
		remote.destroy();
	};
	const send = (kind, content) => {
		if (!remote.write(frameOf(kind, content, randomBytes(4)))) {
			local.pause();
			remote.once("drain", () => local.resume());
		}
	};
	local.on("data", (chunk) => send(BINARY, Buffer.concat([Buffer.from([DATA]), chunk])));
	remote.on("data", (chunk) => {
		const read = readFrames(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]), open);
		[rest, open] = [read.rest, read.open];
		for (const { kind, content } of read.frames) if (kind === PING) send(PONG, content);
		else if (kind === CLOSE) local.end();
		else if (kind === BINARY) {
			const channel = content[0] ?? TROUBLE;
			const skipped = Math.min(left[channel] ?? 0, Math.max(content.length - 1, 0));
			left[channel] = (left[channel] ?? 0) - skipped;
			const data = content.subarray(1 + skipped);
			if (data.length === 0) continue;
			if (channel === TROUBLE) both();
			else if (channel === DATA && !local.write(data)) {
				remote.pause();
				local.once("drain", () => remote.resume());
			}
		}
	});
	remote.once("end", () => local.end());
	remote.once("close", () => local.end());
	remote.on("error", both);
	local.once("close", () => {
		if (remote.writable) send(CLOSE, Buffer.from([3, 232]));
		remote.end();
	});
}
// src/main/predict.ts
require_house().runAction(predict, ({ run, log, signal }) => {
	const [processes, clock, workspace] = [
		require_process().localProcesses({ signal }),
		require_house().systemClock(),
		require_house().localWorkspace(run)
	];
	return {
		log,
		clock,
		signal,
		workspace,
		http: require_http().httpClient(),
		grpc: grpcClient(),
		forwards: portForwards(),
		artifacts: require_artifact().runArtifacts(log),
		serving: require_serving().localServing({
			processes,
			locks: require_lock().fileLocks()
		}),
		kubernetes: require_kubernetes().kubernetes({
			log,
			clock,
			processes,
			workspace,
			run
		})
	};
});
