const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
// src/domain/kubernetes/in-cluster.ts
/** Where Kubernetes puts a pod's own credential. */
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
/** A kubeconfig out of what every pod finds: for a runner that is a pod of the cluster itself. */
function inClusterKubeconfig(found) {
	const cluster = {
		server: `https://${found.host.includes(":") ? `[${found.host}]` : found.host}:${found.port}`,
		"certificate-authority-data": Buffer.from(found.ca).toString("base64")
	};
	const namespace = found.namespace?.trim() ?? "";
	return JSON.stringify({
		apiVersion: "v1",
		kind: "Config",
		"current-context": "in-cluster",
		clusters: [{
			name: "in-cluster",
			cluster
		}],
		users: [{
			name: "in-cluster",
			user: { token: found.token.trim() }
		}],
		contexts: [{
			name: "in-cluster",
			context: {
				cluster: "in-cluster",
				user: "in-cluster",
				...namespace === "" ? {} : { namespace }
			}
		}]
	});
}
// src/domain/kubernetes/kubeconfig.ts
const MAX_BYTES = 1048576;
/** The cloud providers' own plugins. Others are named by the user. */
const KNOWN_PLUGINS = [
	"aws",
	"gke-gcloud-auth-plugin",
	"kubelogin"
];
const FLATTEN = "Make one that holds everything: kubectl config view --raw --flatten --minify.";
/**
* Reads one context of a kubeconfig. What would read another file, run an unnamed program or skip TLS is refused: a kubeconfig
* often comes from a secret that someone else has filled.
* @param options.context another than the current one
* @param options.allowExec names of further plugins that may run
* @throws ActionError with every mistake; no value of the kubeconfig stands in it
*/
async function parseKubeconfig(text, options) {
	const { where } = options;
	const config = await readText(text, where);
	const name = options.context ?? textOf$1(config["current-context"]);
	const contexts = entriesOf(config.contexts, "context");
	if (name === void 0 || name === "" || !contexts.has(name)) require_house().refuse({
		where: options.context === void 0 ? where : `input "kube-context"`,
		expected: `a context that the kubeconfig has: ${[...contexts.keys()].slice(0, 10).map((each) => require_house().quote(each, 60)).join(", ") || "none there"}`,
		seen: name === void 0 || name === "" ? "none chosen" : require_house().quote(name)
	});
	const context = contexts.get(name);
	const cluster = entriesOf(config.clusters, "cluster").get(textOf$1(context.cluster) ?? "");
	const user = entriesOf(config.users, "user").get(textOf$1(context.user) ?? "");
	const mistakes = [];
	const wrong = (field, expected, seen, fix) => {
		mistakes.push({
			where: `${where}, ${field}`,
			expected,
			seen,
			...fix === void 0 ? {} : { fix }
		});
	};
	if (cluster === void 0) wrong("clusters", "the cluster of the context", "none of its name");
	if (user === void 0) wrong("users", "the user of the context", "none of its name");
	if (cluster === void 0 || user === void 0) throw new (require_house()).ActionError(mistakes);
	const server = serverOf(cluster, wrong);
	if (cluster["insecure-skip-tls-verify"] === true) wrong("insecure-skip-tls-verify", "false", "true", "Put the cluster's certificate-authority-data in its place.");
	if (cluster["proxy-url"] !== void 0) wrong("proxy-url", "none", "one", "Reach the cluster directly.");
	for (const [fields, names] of [[cluster, ["certificate-authority"]], [user, [
		"client-certificate",
		"client-key",
		"tokenFile"
	]]]) for (const field of names) if (fields[field] !== void 0) wrong(field, "data in the kubeconfig itself", "the name of a file", FLATTEN);
	if (user["auth-provider"] !== void 0) wrong("auth-provider", "none: Kubernetes dropped it in 1.26", "one");
	if (user.username !== void 0 || user.password !== void 0) wrong("username", "a token, a certificate or a plugin", "a name and password");
	const plugin = pluginOf(user.exec, options.allowExec, wrong);
	const [certificate, key, ca] = [
		pem(user["client-certificate-data"], "client-certificate-data", wrong),
		pem(user["client-key-data"], "client-key-data", wrong),
		pem(cluster["certificate-authority-data"], "certificate-authority-data", wrong)
	];
	if (certificate === void 0 !== (key === void 0)) wrong("client-certificate-data", "a certificate with its key", "one of the two");
	const token = textOf$1(user.token);
	if (token === void 0 && certificate === void 0 && plugin === void 0) wrong("users", "a token, a certificate with its key, or a plugin", "none of them");
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
	return {
		context: name,
		server,
		serverName: textOf$1(cluster["tls-server-name"]),
		ca,
		namespace: textOf$1(context.namespace),
		token,
		certificate,
		key,
		plugin
	};
}
/** YAML, JSON, or either in base64, as secrets often hold it. */
async function readText(text, where) {
	const plain = /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text) ? Buffer.from(text, "base64").toString("utf8") : text;
	let parsed;
	try {
		parsed = await require_yaml().parseYaml(plain, {
			where,
			maxBytes: MAX_BYTES
		});
	} catch {
		return require_house().refuse({
			where,
			expected: "a kubeconfig: one YAML document without aliases",
			seen: "a text that does not parse (hidden)"
		});
	}
	if (isFields(parsed) && parsed.clusters !== void 0) return parsed;
	return require_house().refuse({
		where,
		expected: "a kubeconfig with clusters, users and contexts",
		seen: "another document (hidden)"
	});
}
function serverOf(cluster, wrong) {
	const text = textOf$1(cluster.server) ?? "";
	const url = URL.canParse(text) ? new URL(text) : void 0;
	if (url === void 0) wrong("server", "the API server's URL", require_house().quote(text));
	else if (url.protocol !== "https:") wrong("server", "https", url.protocol.slice(0, -1), "Credentials never travel in plain text.");
	else if (url.username !== "" || url.password !== "") wrong("server", "no name or password in it", "one");
	else return url;
}
function pluginOf(exec, allowed, wrong) {
	if (exec === void 0 || exec === null) return void 0;
	const command = isFields(exec) ? textOf$1(exec.command) : void 0;
	if (!isFields(exec) || command === void 0 || command === "") {
		wrong("exec.command", "the name of a plugin", "none");
		return;
	}
	const name = command.slice(command.lastIndexOf("/") + 1);
	if (![...KNOWN_PLUGINS, ...allowed].includes(name)) {
		wrong("exec.command", `one of ${KNOWN_PLUGINS.join(", ")}, or one named in allow-exec`, require_house().quote(name), "A kubeconfig can run any program: name it in allow-exec if you trust it.");
		return;
	}
	const env = {};
	for (const each of Array.isArray(exec.env) ? exec.env : []) {
		const variable = isFields(each) ? textOf$1(each.name) : void 0;
		if (isFields(each) && variable !== void 0) env[variable] = textOf$1(each.value) ?? "";
	}
	return {
		command,
		args: (Array.isArray(exec.args) ? exec.args : []).map(String),
		env,
		apiVersion: textOf$1(exec.apiVersion) ?? "client.authentication.k8s.io/v1"
	};
}
function pem(value, field, wrong) {
	if (value === void 0 || value === null) return void 0;
	const text = typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : "";
	if (text.includes("-----BEGIN ")) return text;
	wrong(field, "PEM in base64", "something else (hidden)");
}
function entriesOf(list, inner) {
	const found = /* @__PURE__ */ new Map();
	for (const each of Array.isArray(list) ? list : []) {
		if (!isFields(each) || typeof each.name !== "string") continue;
		const value = each[inner];
		found.set(each.name, isFields(value) ? value : {});
	}
	return found;
}
const textOf$1 = /* @__PURE__ */ require_rolldown_runtime.__name((value) => typeof value === "string" ? value : void 0, "textOf");
const isFields = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value);
// src/domain/kubernetes/refusal.ts
/** Reads the API server's answer: a Status object, or the plain text that it sends under load. */
function readStatus(code, body) {
	let parsed = null;
	try {
		parsed = JSON.parse(body);
	} catch {}
	const status = fieldsOf(parsed);
	const details = fieldsOf(status.details);
	return {
		code,
		reason: textOf(status.reason),
		message: textOf(status.message) || (Object.keys(status).length === 0 ? body.trim().slice(0, 500) : ""),
		causes: (Array.isArray(details.causes) ? details.causes : []).map((each) => {
			const cause = fieldsOf(each);
			return {
				reason: textOf(cause.reason),
				field: textOf(cause.field),
				message: textOf(cause.message)
			};
		}),
		name: typeof details.name === "string" ? details.name : void 0,
		retryAfterSeconds: typeof details.retryAfterSeconds === "number" ? details.retryAfterSeconds : void 0
	};
}
/** Whether asking again may help. */
const isPassing = ({ code }) => code === 429 || code >= 500;
/** The managers and fields of a conflict of server-side apply; none where it is another conflict. */
function conflictsOf({ code, causes }) {
	if (code !== 409) return [];
	return causes.filter(({ reason }) => reason === "FieldManagerConflict").map(({ field, message }) => ({
		field,
		manager: /conflict with "([^"]*)"/.exec(message)?.[1] ?? message
	}));
}
const RIGHTS = "The Roles in docs/deploy-role.yml and docs/train-role.yml hold all that is needed.";
/** A refusal in plain words, with what to do. */
function refusalOf(status, asked) {
	const { code, message } = status;
	const where = `${asked.server}, ${asked.method} ${asked.path.replace(/\?.*/, "")}`;
	const seen = `${code}${message === "" ? "" : `: ${require_house().quote(message, 600)}`}`;
	const mistake = (expected, fix) => ({
		where,
		expected,
		seen,
		...fix === void 0 ? {} : { fix }
	});
	if (code === 401) return new (require_house()).ActionError(mistake("a credential that the cluster takes", "The token has expired, or is of another cluster: renew the kubeconfig."));
	if (code === 403 && message.includes("exceeded quota")) return new (require_house()).ActionError(mistake("room in the namespace's quota", "Raise the quota, or remove what is not needed."));
	if (code === 403 && /being terminated/.test(message)) return new (require_house()).ActionError(mistake("a namespace that stays", "The namespace is being deleted. Wait until it is gone and make it anew, or take another."));
	if (code === 403) return new (require_house()).ActionError(mistake("the right to do it", RIGHTS));
	if (code === 404 && asked.path.includes("machinelearning.seldon.io") && status.name === void 0) return new (require_house()).ActionError(mistake("Seldon Core's SeldonDeployment", "Its CRD is not installed in this cluster: install Seldon Core 1.17.1, or set target: local."));
	if (code === 404) return new (require_house()).ActionError(mistake("what is asked for", "Is the namespace there, and is it the right cluster?"));
	if (code === 422 || code === 400) return new (require_house()).ActionError(mistake("an object that the cluster takes"));
	const webhook = /failed calling webhook "([^"]*)"/.exec(message)?.[1];
	if (webhook !== void 0) return new (require_house()).ActionError(mistake(`the admission webhook ${webhook} to answer`, "Its operator is down or not reachable: nothing of this kind can be written until it is back."));
	return new (require_house()).ActionError(mistake("the cluster to do it"));
}
const fieldsOf = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const textOf = (value) => typeof value === "string" ? value : "";
// src/adapters/kubernetes.ts
const CALL_MS = 15e3;
/** An apply waits for admission webhooks, which may take 30 s by Kubernetes' own limit. */
const WRITE_MS = 35e3;
const PLUGIN_MS = 6e4;
const SILENCE_MS = 1e4;
/** How long a server in trouble is asked again. */
const TROUBLE_MS = 6e4;
const FIRST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 5e3;
const MOST_BYTES = 33554432;
const MANAGER = "model-road";
/** Until the first line of a log: a connection that says nothing for so long is made anew. */
const LOG_MS = 12e4;
const EARLY_MS = 12e4;
/** What the cloud providers' plugins need of our environment. */
const PLUGIN_ENV = /^(?:PATH|HOME|USER|LANG|TMPDIR|SSL_CERT_(?:FILE|DIR)|(?:AWS|AZURE|AAD|GOOGLE|CLOUDSDK|USE_GKE)_.*|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)$/;
/** API servers by Node's own HTTPS client: a GET and a watch are all that a wait needs, and nothing else is loaded for them. */
function kubernetes(ports, patience = {}, { serviceAccount = SERVICE_ACCOUNT } = {}) {
	return { connect: async ({ kubeconfig, context, allowExec }) => {
		const { text, where } = await kubeconfigText(kubeconfig, serviceAccount, ports);
		const connection = await parseKubeconfig(text, {
			where,
			context,
			allowExec
		});
		if (connection.token !== void 0) ports.log.mask(connection.token);
		if (connection.key !== void 0) ports.log.mask(connection.key);
		return new ApiServer(connection, ports, patience);
	} };
}
async function kubeconfigText(given, serviceAccount, { processes, workspace }) {
	if (given !== void 0) return {
		text: given,
		where: `input "kubeconfig"`
	};
	const env = processes.environment();
	const { KUBECONFIG = "", HOME = "" } = env;
	const fix = "Set the input kubeconfig to a secret that holds one, or set target: local, which needs no cluster.";
	if (KUBECONFIG.includes(":")) require_house().refuse({
		where: "KUBECONFIG",
		expected: "one file",
		seen: "several",
		fix: "kubectl config view --raw --flatten makes one of them."
	});
	const path = KUBECONFIG === "" ? `${HOME}/.kube/config` : KUBECONFIG;
	const text = (0, node_path().isAbsolute)(path) ? await workspace.readText(path, { maxBytes: 1048576 }) : void 0;
	if (text !== void 0) return {
		text,
		where: KUBECONFIG === "" ? "~/.kube/config" : "KUBECONFIG"
	};
	const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "443" } = env;
	if (KUBECONFIG === "" && host !== "") {
		const read = async (name) => await workspace.readText(`${serviceAccount}/${name}`, { maxBytes: 65536 });
		const [token, ca, namespace] = await Promise.all([
			read("token"),
			read("ca.crt"),
			read("namespace")
		]);
		if (token !== void 0 && ca !== void 0) return {
			text: inClusterKubeconfig({
				host,
				port,
				token,
				ca,
				namespace
			}),
			where: "this pod's service account"
		};
	}
	return require_house().refuse({
		where: `input "kubeconfig"`,
		expected: "a kubeconfig, or one in KUBECONFIG or ~/.kube/config",
		seen: "none",
		fix
	});
}
/** A connection that broke, was refused or took too long: asking again may help. */
var Broken = class extends Error {};
var ApiServer = class {
	server;
	context;
	namespace;
	calls = 0;
	#connection;
	#ports;
	#patience;
	#agent;
	#credential;
	constructor(connection, ports, patience) {
		this.#connection = connection;
		this.#ports = ports;
		this.#patience = {
			silenceMs: SILENCE_MS,
			troubleMs: TROUBLE_MS,
			callMs: CALL_MS,
			firstPauseMs: FIRST_PAUSE_MS,
			...patience
		};
		this.server = connection.server.origin;
		this.context = connection.context;
		this.namespace = connection.namespace;
		const { Agent } = process.getBuiltinModule("node:https");
		this.#agent = new Agent({
			keepAlive: true,
			maxSockets: 16
		});
	}
	close() {
		this.#agent.destroy();
	}
	async get(path) {
		const { status, body } = await this.#ask(path);
		if (status === 200) return JSON.parse(body);
		const told = readStatus(status, body);
		if (status === 404 && told.name !== void 0) return void 0;
		throw this.#refusal(told, "GET", path);
	}
	async list(path, options = {}) {
		return (await this.#list(path, options)).items;
	}
	async #list(path, { labels, fields }, signal) {
		const full = query(path, {
			labelSelector: labels,
			fieldSelector: fields
		});
		const { status, body } = await this.#ask(full, signal === void 0 ? {} : { signal });
		if (status !== 200) throw this.#refusal(readStatus(status, body), "GET", path);
		const { items, metadata } = JSON.parse(body);
		return {
			items: items ?? [],
			version: metadata.resourceVersion
		};
	}
	async apply(path, object, { dryRun = false } = {}) {
		const full = query(path, {
			fieldManager: MANAGER,
			fieldValidation: "Strict",
			dryRun: dryRun ? "All" : void 0
		});
		const { status, body } = await this.#ask(full, {
			method: "PATCH",
			type: "application/apply-patch+yaml",
			body: JSON.stringify(object),
			timeoutMs: WRITE_MS
		});
		if (status === 200 || status === 201) return {
			kind: "applied",
			object: JSON.parse(body)
		};
		const told = readStatus(status, body);
		const conflicts = conflictsOf(told);
		if (conflicts.length > 0) return {
			kind: "conflict",
			with: conflicts
		};
		if (status === 409 || status === 404 && told.name !== void 0 && told.reason === "NotFound" && Object.hasOwn(metadataOf(object), "resourceVersion")) return { kind: "stale" };
		throw this.#refusal(told, "PATCH", path);
	}
	async patch(path, operations) {
		const { status, body } = await this.#ask(query(path, { fieldManager: MANAGER }), {
			method: "PATCH",
			type: "application/json-patch+json",
			body: JSON.stringify(operations),
			timeoutMs: WRITE_MS
		});
		if (status === 200) return true;
		const told = readStatus(status, body);
		if (status === 404 || status === 409 || status === 422 && /testing|test operation|missing path|doc is missing/i.test(told.message)) return false;
		throw this.#refusal(told, "PATCH", path);
	}
	async review(path, object) {
		const { status, body } = await this.#ask(path, {
			method: "POST",
			type: "application/json",
			body: JSON.stringify(object)
		});
		if (status === 200 || status === 201) return JSON.parse(body);
		throw this.#refusal(readStatus(status, body), "POST", path);
	}
	async read(path) {
		const { status, body } = await this.#ask(path);
		if (status === 200) return body;
		if (status === 404) return void 0;
		throw this.#refusal(readStatus(status, body), "GET", path);
	}
	async remove(path, uid, resourceVersion) {
		const body = JSON.stringify({
			kind: "DeleteOptions",
			apiVersion: "v1",
			propagationPolicy: "Foreground",
			preconditions: {
				uid,
				...resourceVersion === void 0 ? {} : { resourceVersion }
			}
		});
		const answer = await this.#ask(path, {
			method: "DELETE",
			type: "application/json",
			body,
			timeoutMs: WRITE_MS
		});
		if (answer.status === 200 || answer.status === 202) return true;
		if (answer.status === 404 || answer.status === 409) return false;
		throw this.#refusal(readStatus(answer.status, answer.body), "DELETE", path);
	}
	async logs(namespace, pod, { container, lines, previous }) {
		const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
		const full = query(path, {
			container,
			tailLines: `${lines}`,
			limitBytes: "262144",
			previous: previous ? "true" : void 0
		});
		const { status, body } = await this.#ask(full);
		if (status !== 200) throw this.#refusal(readStatus(status, body), "GET", path);
		return body.split("\n").filter((line, at, all) => line !== "" || at < all.length - 1);
	}
	async followLogs(namespace, pod, { container, lines, signal }, take) {
		const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
		const { LogLines } = await Promise.resolve().then(() => require("./log-lines.cjs"));
		const read = new LogLines(take);
		while (!signal.aborted) {
			const from = read.begin(lines);
			const onText = (text) => read.add(text);
			let cut;
			try {
				const { status, body } = await this.#send(query(path, {
					...from,
					container
				}), {
					signal,
					onText,
					timeoutMs: LOG_MS
				});
				if (status === 200) {
					read.end();
					return;
				}
				const told = readStatus(status, body);
				if (status === 404) return;
				if (!isPassing(told)) throw this.#refusal(told, "GET", path);
				cut = `${status}`;
			} catch (thrown) {
				if (signal.aborted) return;
				if (!(thrown instanceof Broken)) throw thrown;
				cut = thrown.message;
			}
			this.#ports.log.debug(`log of ${pod}: ${cut}; again`);
			await this.#ports.clock.sleep(this.#patience.firstPauseMs * 2, signal).catch(() => void 0);
		}
	}
	async through(path, { method, body, timeoutMs, signal }) {
		try {
			const answer = await this.#send(path, {
				method,
				body,
				timeoutMs,
				signal,
				...body === void 0 ? {} : { type: "application/json" }
			});
			const told = answer.status === 403 ? readStatus(403, answer.body) : void 0;
			if (told?.reason === "Forbidden") throw this.#refusal(told, method, path);
			return answer;
		} catch (thrown) {
			if (!(thrown instanceof Broken) || signal.aborted) throw thrown;
			throw new (require_house()).ActionError({
				where: `${this.server}, ${method} ${path}`,
				expected: "an answer",
				seen: thrown.message
			}, { cause: thrown });
		}
	}
	async dial(path, protocol) {
		const { request } = process.getBuiltinModule("node:https");
		const { randomBytes } = process.getBuiltinModule("node:crypto");
		const options = await this.#requestOptions(path);
		const headers = {
			...options.headers,
			accept: "*/*",
			connection: "Upgrade",
			upgrade: "websocket",
			"sec-websocket-version": "13",
			"sec-websocket-key": randomBytes(16).toString("base64"),
			"sec-websocket-protocol": protocol
		};
		this.calls++;
		return await new Promise((resolve, reject) => {
			const fail = (seen, cause) => {
				clearTimeout(timer);
				sent.destroy();
				const where = `${this.server}, ${path.replace(/\?.*/, "")}`;
				reject(new (require_house()).ActionError({
					where,
					expected: "a connection",
					seen
				}, { cause }));
			};
			const sent = request({
				...options,
				headers,
				agent: false
			});
			const timer = setTimeout(() => fail(`none within ${this.#patience.callMs / 1e3} s`), this.#patience.callMs);
			sent.once("error", (cause) => fail(cause.code ?? require_house().messageOf(cause), cause));
			sent.once("upgrade", (_answer, socket, head) => {
				clearTimeout(timer);
				if (head.length > 0) socket.unshift(head);
				resolve(socket);
			});
			sent.once("response", (answer) => {
				const chunks = [];
				answer.on("data", (chunk) => chunks.push(chunk));
				answer.once("close", () => {
					clearTimeout(timer);
					const told = readStatus(answer.statusCode ?? 0, Buffer.concat(chunks).toString("utf8"));
					reject(this.#refusal(told, "GET", path));
				});
			});
			sent.end();
		});
	}
	async follow(path, { signal, labels, fields }, take) {
		const select = {
			...labels === void 0 ? {} : { labels },
			...fields === void 0 ? {} : { fields }
		};
		while (!signal.aborted) {
			const { items, version } = await this.#list(path, select, signal).catch((thrown) => {
				if (signal.aborted) return {
					items: void 0,
					version: ""
				};
				throw thrown;
			});
			if (items === void 0) return;
			const known = new Map(items.map((each) => [each.metadata.uid ?? each.metadata.name, each]));
			take([...known.values()]);
			const from = this.#ports.clock.elapsed();
			await this.#watch(path, select, version, known, signal, take);
			const pause = this.#patience.firstPauseMs - (this.#ports.clock.elapsed() - from);
			if (pause > 0 && !signal.aborted) await this.#ports.clock.sleep(pause, signal).catch(() => void 0);
		}
	}
	/** One watch, until it is cut, too old, unreadable or silent for too long. */
	async #watch(path, { labels, fields }, version, known, signal, take) {
		const ended = new AbortController();
		const both = AbortSignal.any([signal, ended.signal]);
		const full = query(path, {
			watch: "true",
			resourceVersion: version,
			labelSelector: labels,
			fieldSelector: fields,
			timeoutSeconds: "240"
		});
		let timer = setTimeout(() => ended.abort(), this.#patience.silenceMs);
		let rest = "";
		const onText = (text) => {
			if (both.aborted) return;
			clearTimeout(timer);
			timer = setTimeout(() => ended.abort(), this.#patience.silenceMs);
			const lines = (rest + text).split("\n");
			rest = lines.pop() ?? "";
			let changed = false;
			for (const line of lines.filter((each) => each !== "")) {
				const event = parseEvent(line);
				if (event === void 0 || event.type === "ERROR") {
					ended.abort();
					break;
				}
				if (event.type === "BOOKMARK") continue;
				changed = takeEvent(event, known) || changed;
			}
			if (changed) take([...known.values()]);
		};
		try {
			const { status, body } = await this.#send(full, {
				signal: both,
				onText,
				timeoutMs: this.#patience.silenceMs
			});
			if (status === 401 || status === 403) throw this.#refusal(readStatus(status, body), "watch", path);
		} catch (thrown) {
			if (!(thrown instanceof Broken) && !both.aborted) throw thrown;
			this.#ports.log.debug(`watch of ${path}: ${require_house().messageOf(thrown)}`);
		} finally {
			clearTimeout(timer);
		}
	}
	#refusal(status, method, path) {
		return refusalOf(status, {
			method,
			path,
			server: this.server
		});
	}
	/** One request, repeated while the server is in trouble; a 401 renews the credential once. */
	async #ask(path, options = {}) {
		const until = this.#ports.clock.elapsed() + this.#patience.troubleMs;
		let renewed = false;
		for (let tried = 0;; tried++) {
			let answer;
			let trouble;
			try {
				answer = await this.#send(path, options);
			} catch (thrown) {
				if (!(thrown instanceof Broken) || options.signal?.aborted) throw thrown;
				trouble = thrown;
			}
			if (answer?.status === 401 && this.#connection.plugin !== void 0 && !renewed) {
				renewed = true;
				this.#credential = void 0;
				continue;
			}
			const status = answer === void 0 ? void 0 : readStatus(answer.status, answer.body);
			if (answer !== void 0 && status !== void 0 && !isPassing(status)) return answer;
			const asked = Number(answer?.headers["retry-after"]) || status?.retryAfterSeconds;
			const pause = asked === void 0 ? Math.min(this.#patience.firstPauseMs * 2 ** tried, MOST_PAUSE_MS) : asked * 1e3;
			if (this.#ports.clock.elapsed() + pause >= until) {
				if (answer !== void 0) return answer;
				throw new (require_house()).ActionError({
					where: this.server,
					expected: "the cluster's API server to answer",
					seen: trouble.message,
					fix: "Is it the right kubeconfig, and does the runner reach the cluster?"
				}, { cause: trouble });
			}
			this.#ports.log.debug(`${path}: ${status === void 0 ? trouble.message : status.code}; again in ${pause} ms`);
			await this.#ports.clock.sleep(pause, options.signal);
		}
	}
	async #send(path, { method = "GET", body, type, timeoutMs = this.#patience.callMs, signal, onText }) {
		const options = await this.#requestOptions(path);
		const { request } = process.getBuiltinModule("node:https");
		this.calls++;
		return await new Promise((resolve, reject) => {
			const sent = request({
				...options,
				method,
				agent: this.#agent,
				headers: {
					...options.headers,
					...type === void 0 ? {} : { "content-type": type },
					...body === void 0 ? {} : { "content-length": String(Buffer.byteLength(body)) }
				},
				...signal === void 0 ? {} : { signal }
			});
			const broken = (why) => {
				clearTimeout(timer);
				sent.destroy();
				reject(new Broken(why));
			};
			const timer = setTimeout(() => broken(`no answer within ${timeoutMs / 1e3} s`), timeoutMs);
			sent.once("error", (cause) => {
				if (/CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_/.test(cause.code ?? "")) {
					clearTimeout(timer);
					reject(new (require_house()).ActionError({
						where: this.server,
						expected: "a server certificate that certificate-authority-data vouches for",
						seen: cause.code
					}, { cause }));
				} else broken(cause.code ?? require_house().messageOf(cause));
			});
			sent.once("response", (answer) => {
				const headers = {};
				for (const [name, value] of Object.entries(answer.headers)) if (value !== void 0) headers[name] = String(value);
				const status = answer.statusCode ?? 0;
				const chunks = [];
				let bytes = 0;
				const decoder = new TextDecoder();
				answer.on("data", (chunk) => {
					if (onText !== void 0 && status === 200) {
						clearTimeout(timer);
						onText(decoder.decode(chunk, { stream: true }));
						return;
					}
					bytes += chunk.length;
					if (bytes > MOST_BYTES) broken(`an answer of over ${MOST_BYTES} bytes`);
					else chunks.push(chunk);
				});
				answer.once("error", (cause) => broken(cause.code ?? require_house().messageOf(cause)));
				answer.once("close", () => {
					clearTimeout(timer);
					if (answer.complete) resolve({
						status,
						headers,
						body: Buffer.concat(chunks).toString("utf8")
					});
					else reject(new Broken("the answer was cut off"));
				});
			});
			sent.end(body);
		});
	}
	/** Where a request goes, and by which credential. */
	async #requestOptions(path) {
		const { server, ca, serverName, token: own, certificate, key } = this.#connection;
		const given = await this.#credentials();
		const token = given?.token ?? own;
		const cert = given?.certificate ?? certificate;
		return {
			host: server.hostname.replace(/^\[|\]$/g, ""),
			port: server.port === "" ? 443 : Number(server.port),
			path: server.pathname.replace(/\/+$/, "") + path,
			...ca === void 0 ? {} : { ca },
			...serverName === void 0 ? {} : { servername: serverName },
			...cert === void 0 ? {} : {
				cert,
				key: given?.key ?? key
			},
			headers: {
				accept: "application/json",
				"user-agent": MANAGER,
				...token === void 0 ? {} : { authorization: `Bearer ${token}` }
			}
		};
	}
	/** Of the plugin, renewed two minutes before it ends. */
	async #credentials() {
		const { plugin } = this.#connection;
		if (plugin === void 0) return void 0;
		const held = await this.#credential;
		if (held !== void 0 && this.#ports.clock.now() < held.until - EARLY_MS) return held;
		this.#credential = runPlugin(plugin, this.#connection, this.#ports);
		return await this.#credential;
	}
};
async function runPlugin(plugin, { server, ca }, { processes, workspace, run, log }) {
	const where = `the plugin ${plugin.command.slice(plugin.command.lastIndexOf("/") + 1)}`;
	const found = (0, node_path().isAbsolute)(plugin.command) ? plugin.command : plugin.command.includes("/") ? void 0 : await processes.find(plugin.command);
	const real = found === void 0 ? void 0 : await workspace.realPath(found);
	if (found === void 0 || real === void 0) return require_house().refuse({
		where,
		expected: "a program in PATH",
		seen: "none",
		fix: "Install it in a step before this one."
	});
	for (const path of [found, real]) {
		const below = (0, node_path().relative)(run.workspace, path);
		if (!below.startsWith("..") && !(0, node_path().isAbsolute)(below)) require_house().refuse({
			where,
			expected: "a program outside the checkout",
			seen: "one in it",
			fix: "What a repository holds must not act with the cluster's credential."
		});
	}
	const env = {};
	for (const [name, value] of Object.entries(processes.environment())) if (PLUGIN_ENV.test(name)) env[name] = value;
	env.KUBERNETES_EXEC_INFO = JSON.stringify({
		apiVersion: plugin.apiVersion,
		kind: "ExecCredential",
		spec: {
			interactive: false,
			cluster: {
				server: server.href,
				...ca === void 0 ? {} : { "certificate-authority-data": Buffer.from(ca).toString("base64") }
			}
		}
	});
	const done = await processes.run({
		command: found,
		args: plugin.args,
		env: {
			...env,
			...plugin.env
		}
	}, { timeoutMs: PLUGIN_MS });
	if (done.code !== 0) require_house().refuse({
		where,
		expected: "a credential",
		seen: `exit code ${done.code}: ${require_house().quote(done.stderr.trim().split("\n").at(-1) ?? "", 300)}`
	});
	const status = credentialOf(done.stdout);
	if (status?.token === void 0 && status?.clientCertificateData === void 0) return require_house().refuse({
		where,
		expected: "an ExecCredential with a token or a certificate",
		seen: "another answer (hidden)"
	});
	if (status.token !== void 0) log.mask(status.token);
	if (status.clientKeyData !== void 0) log.mask(status.clientKeyData);
	const until = status.expirationTimestamp === void 0 ? Number.POSITIVE_INFINITY : Date.parse(status.expirationTimestamp);
	return {
		...status.token === void 0 ? {} : { token: status.token },
		...status.clientCertificateData === void 0 ? {} : { certificate: status.clientCertificateData },
		...status.clientKeyData === void 0 ? {} : { key: status.clientKeyData },
		until: Number.isNaN(until) ? Number.POSITIVE_INFINITY : until
	};
}
function credentialOf(text) {
	try {
		return JSON.parse(text)?.status;
	} catch {
		return;
	}
}
function parseEvent(line) {
	try {
		const event = JSON.parse(line);
		return typeof event.type === "string" && event.object !== void 0 ? event : void 0;
	} catch {
		return;
	}
}
/** @returns whether anything is new: an event older than what is known is not */
function takeEvent({ type, object }, known) {
	const key = object.metadata.uid ?? object.metadata.name;
	if (type === "DELETED") return known.delete(key);
	const before = known.get(key)?.metadata.resourceVersion;
	if (before !== void 0 && Number(object.metadata.resourceVersion) <= Number(before)) return false;
	known.set(key, object);
	return true;
}
function query(path, values) {
	const given = Object.entries(values).filter((each) => each[1] !== void 0);
	return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}
const metadataOf = (object) => object.metadata ?? {};
Object.defineProperty(exports, "kubernetes", {
	enumerable: true,
	get: function() {
		return kubernetes;
	}
});
