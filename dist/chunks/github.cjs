require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_node_fs_promises;
const node_fs_promises = () => kept_node_fs_promises ??= require("node:fs/promises");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
let kept_node_timers_promises;
const node_timers_promises = () => kept_node_timers_promises ??= require("node:timers/promises");
// src/adapters/github.ts
/** One answer may take so long; a download, between two pieces. */
const ANSWER_MS = 3e4;
const STALL_MS = 6e4;
const TRIES = 4;
const FIRST_PAUSE_MS = 400;
/** A service that asks for a longer pause is not waited for. */
const LONGEST_PAUSE_MS = 3e4;
const HEAD_START_MS = 5;
const MAX_HOPS = 3;
const MAX_ANSWER_BYTES = 67108864;
const PAGE = 100;
const MAX_PAGES = 50;
/**
* GitHub's REST API for the repository of this run. Reads are repeated a few times when the service is in trouble; a comment
* is created once only.
* @param token of the job, or the user's own; without one every call says so
*/
function githubRest({ run, token }, { firstPauseMs = FIRST_PAUSE_MS } = {}) {
	const [owner = "", repo = ""] = run.repository.split("/");
	const here = {
		owner,
		repo
	};
	let client;
	/** One request, told in plain words when it fails. `undefined` for what does not exist. */
	async function ask(what, permission, request, { repeat = true } = {}) {
		if (!token) throw new (require_house()).ActionError({
			where: `input "github-token"`,
			expected: `a token, to ${what}`,
			seen: "nothing",
			fix: "Leave the input out: the job's own token is its default."
		});
		for (let tried = 1;; tried++) try {
			return await request(token);
		} catch (thrown) {
			const { status, pauseMs } = troubleOf(thrown);
			const refused = pauseMs !== void 0 && (status === 403 || status === 429);
			if (status === 404 || status === 410) return void 0;
			const passing = status === void 0 || status === 429 || status >= 500 || pauseMs !== void 0;
			const pause = pauseMs ?? firstPauseMs * 3 ** (tried - 1);
			if (!(repeat || refused) || !passing || tried >= TRIES || pause > LONGEST_PAUSE_MS) throw told(what, permission, thrown);
			await (0, node_timers_promises().setTimeout)(pause);
		}
	}
	const octokit = async (token) => client ??= octokitFor(token);
	const read = async (what, permission, path) => ask(what, permission, async (token) => (await get(`${apiUrl()}/repos/${run.repository}${path}`, token)).data);
	/** All pages of a list, up to a bound; `undefined` where it can not be seen. The path has its question mark. */
	async function readPages(what, permission, path, most = MAX_PAGES) {
		const all = [];
		for (let page = 1; page <= most; page++) {
			const at = `${path}${path.endsWith("?") ? "" : "&"}per_page=${PAGE}${page === 1 ? "" : `&page=${page}`}`;
			const answer = await read(what, permission, at);
			if (answer === void 0) return void 0;
			all.push(...answer);
			if (answer.length < PAGE) break;
		}
		return all;
	}
	async function newestStatus(id) {
		return (await read(`read the state of deployment ${id}`, "deployments: read", `/deployments/${number(id)}/statuses?per_page=${PAGE}`) ?? []).toSorted((a, b) => b.created_at.localeCompare(a.created_at) || b.id - a.id)[0];
	}
	return {
		prepare: () => {
			if (!token) return;
			setTimeout(() => httpFor(apiUrl()), HEAD_START_MS);
		},
		artifact: async (id) => {
			const answer = await read(`read artifact ${id}`, "actions: read", `/actions/artifacts/${number(id)}`);
			return answer && artifactOf(answer);
		},
		artifactsNamed: async (name, { runId } = {}) => {
			const where = runId === void 0 ? "/actions/artifacts" : `/actions/runs/${number(runId)}/artifacts`;
			return ((await read(`look for artifacts named ${name}`, "actions: read", `${where}?name=${encodeURIComponent(name)}&per_page=${PAGE}`))?.artifacts ?? []).filter((artifact) => artifact.name === name).map(artifactOf).sort((a, b) => b.createdAt.localeCompare(a.createdAt) || Number(b.id) - Number(a.id));
		},
		downloadArtifact: async (id, file, expect) => {
			const what = `download artifact ${id}`;
			if (!await ask(what, "actions: read", async (token) => {
				const { location } = await get(`${apiUrl()}/repos/${run.repository}/actions/artifacts/${number(id)}/zip`, token, { redirect: "tell" });
				await download(what, location, file, expect);
				return true;
			})) throw new (require_house()).ActionError({
				where: what,
				expected: "an artifact",
				seen: "none, or an expired one"
			});
		},
		workflowRun: async (id) => {
			const answer = await read(`read run ${id}`, "actions: read", `/actions/runs/${number(id)}`);
			return answer && runOf(answer);
		},
		compare: async (base, head) => {
			const range = `${encodeURIComponent(base)}...${encodeURIComponent(head)}`;
			return (await read("compare two commits", "contents: read", `/compare/${range}?per_page=1`))?.status;
		},
		defaultBranch: async () => {
			const answer = await read("read the repository", "contents: read", "");
			if (answer) return answer.default_branch;
			throw new (require_house()).ActionError({
				where: `repository ${run.repository}`,
				expected: "one that the token can see",
				seen: "404"
			});
		},
		mergedPulls: async (headBranch) => {
			const head = encodeURIComponent(`${run.repository.split("/")[0]}:${headBranch}`);
			return (await read(`look for the pull request of ${headBranch}`, "pull-requests: read", `/pulls?state=closed&head=${head}&sort=updated&direction=desc&per_page=${PAGE}`) ?? []).flatMap(({ number, merged_at, merge_commit_sha, head }) => merged_at === null || merge_commit_sha === null ? [] : [{
				number,
				headSha: head.sha,
				headRepositoryId: String(head.repo?.id ?? ""),
				mergeSha: merge_commit_sha
			}]);
		},
		pullRequestRuns: async (headSha) => {
			return ((await read("look for the runs of a commit", "actions: read", `/actions/runs?event=pull_request&head_sha=${encodeURIComponent(headSha)}&per_page=${PAGE}`))?.workflow_runs ?? []).map(runOf).sort((a, b) => Number(b.id) - Number(a.id));
		},
		mayWrite: async (login) => {
			const answer = await read(`ask what ${require_house().quote(login, 40)} may do here`, "metadata: read", `/collaborators/${encodeURIComponent(login)}/permission`);
			return answer?.permission === "admin" || answer?.permission === "write";
		},
		approvedEnvironments: async (runId) => {
			return (await read(`read the reviews of run ${runId}`, "actions: read", `/actions/runs/${number(runId)}/approvals`) ?? []).filter(({ state }) => state === "approved").flatMap(({ environments }) => environments.map(({ name }) => name));
		},
		blobAt: async (path, sha) => {
			const encoded = path.split("/").map(encodeURIComponent).join("/");
			const answer = await read(`read ${path}`, "contents: read", `/contents/${encoded}?ref=${encodeURIComponent(sha)}`);
			return answer?.type === "file" ? answer.sha : void 0;
		},
		tags: async () => {
			return (await readPages("list the tags", "contents: read", "/tags?") ?? []).map(({ name, commit }) => ({
				name,
				sha: commit.sha
			}));
		},
		pull: async (number) => {
			const answer = await read(`read pull request #${number}`, "pull-requests: read", `/pulls/${number}`);
			return answer && pullOf(answer);
		},
		openPulls: async () => {
			const all = await readPages("list the open pull requests", "pull-requests: read", "/pulls?state=open");
			if (all !== void 0 && all.length < 5e3) return new Set(all.map(({ number }) => number));
			throw new (require_house()).ActionError({
				where: `the open pull requests of ${run.repository}`,
				expected: `a list of less than 5000`,
				seen: all === void 0 ? "status 404" : "a longer one"
			});
		},
		deployments: async ({ environment, task, all = false } = {}) => {
			return (await readPages("read the deployments", "deployments: read", `/deployments?${((environment === void 0 ? "" : `&environment=${encodeURIComponent(environment)}`) + (task === void 0 ? "" : `&task=${encodeURIComponent(task)}`)).slice(1)}`, all ? MAX_PAGES : 1) ?? []).map(deploymentOf).sort((a, b) => b.createdAt.localeCompare(a.createdAt) || Number(b.id) - Number(a.id));
		},
		deploymentState: async (id) => (await newestStatus(id))?.state,
		deploymentStatus: async (id) => {
			const newest = await newestStatus(id);
			return newest && {
				state: newest.state,
				logUrl: newest.log_url ?? newest.target_url ?? ""
			};
		},
		createDeployment: async ({ sha, environment, task, payload, description, transient, production }) => {
			const what = `tell the deployment to ${environment}`;
			const answer = await ask(what, "deployments: write", async (token) => (await octokit(token)).request("POST /repos/{owner}/{repo}/deployments", {
				...here,
				ref: sha,
				task,
				environment,
				payload,
				description: cut(description),
				auto_merge: false,
				required_contexts: [],
				transient_environment: transient,
				production_environment: production,
				...inTime()
			}), { repeat: false });
			if (answer?.status === 201) return String(answer.data.id);
			throw new (require_house()).ActionError({
				where: `GitHub, to ${what}`,
				expected: "a deployment",
				seen: `status ${answer?.status ?? 404}`
			});
		},
		tellDeployment: async (id, { state, description, url, logUrl }) => {
			return await ask(`tell how deployment ${id} stands`, "deployments: write", async (token) => (await octokit(token)).request("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
				...here,
				deployment_id: Number(number(id)),
				state,
				description: cut(description),
				auto_inactive: false,
				...url === void 0 ? {} : { environment_url: url },
				...logUrl === void 0 ? {} : { log_url: logUrl },
				...inTime()
			})) !== void 0;
		},
		deleteDeployment: async (id) => {
			return await ask(`delete deployment ${id}`, "deployments: write", async (token) => (await octokit(token)).request("DELETE /repos/{owner}/{repo}/deployments/{deployment_id}", {
				...here,
				deployment_id: Number(number(id)),
				...inTime()
			})) !== void 0;
		},
		comments: async (issue) => {
			const all = [];
			for (let page = 1; page <= MAX_PAGES; page++) {
				const answer = await read(`read the comments of #${issue}`, "pull-requests: read", `/issues/${issue}/comments?per_page=${PAGE}&page=${page}`);
				if (answer !== void 0 && !Array.isArray(answer)) throw notGitHub("a list of comments");
				all.push(...(answer ?? []).map(commentOf));
				if ((answer?.length ?? 0) < PAGE) break;
			}
			return all;
		},
		createComment: async (issue, body) => {
			const answer = await ask(`comment on #${issue}`, "pull-requests: write", async (token) => (await octokit(token)).request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
				...here,
				issue_number: issue,
				body,
				...inTime()
			}), { repeat: false });
			if (answer) return commentOf(answer.data);
			throw new (require_house()).ActionError({
				where: `#${issue}`,
				expected: "a pull request or issue",
				seen: "404"
			});
		},
		updateComment: async (id, body) => {
			const answer = await ask("update a comment", "pull-requests: write", async (token) => (await octokit(token)).request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
				...here,
				comment_id: Number(id),
				body,
				...inTime()
			}));
			return answer && commentOf(answer.data);
		},
		deleteComment: async (id) => {
			await ask("remove a comment", "pull-requests: write", async (token) => (await octokit(token)).request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", {
				...here,
				comment_id: Number(id),
				...inTime()
			}));
		}
	};
}
async function octokitFor(token) {
	const { getOctokit } = await Promise.resolve().then(() => require("./github2.cjs")).then((n) => n.github_exports);
	const silent = () => void 0;
	return getOctokit(token, {
		baseUrl: apiUrl(),
		log: {
			debug: silent,
			info: silent,
			warn: silent,
			error: silent
		}
	});
}
/** As the runner tells it: `https://api.github.com`, `https://api.acme.ghe.com`, `https://github.acme.example/api/v3`. */
const apiUrl = () => (process.env.GITHUB_API_URL || "https://api.github.com").replace(/\/+$/, "");
const inTime = () => ({ request: { signal: AbortSignal.timeout(ANSWER_MS) } });
/** A module of Node's own, loaded when the first request is made: every door would pay for it. */
const httpFor = (url) => process.getBuiltinModule(url.startsWith("http:") ? "node:http" : "node:https");
/**
* One GET, by Node's own client: octokit and its fetch take longer to load than all that a skipped training does. Behind a
* proxy the system's settings count, as Node reads them (`HTTPS_PROXY`, `NO_PROXY`).
*/
async function open(url, headers, signal) {
	const http = httpFor(url);
	const proxied = Object.keys(process.env).some((name) => /^https?_proxy$/i.test(name) && process.env[name]);
	return await new Promise((resolve, reject) => {
		const agent = proxied ? { agent: new http.Agent({ proxyEnv: process.env }) } : {};
		http.get(url, {
			headers: {
				"user-agent": "model-road",
				...headers
			},
			signal,
			...agent
		}, (answer) => resolve({
			status: answer.statusCode ?? 0,
			headers: answer.headers,
			body: answer
		})).on("error", reject);
	});
}
/**
* Reads JSON of the REST API. A repository that was renamed answers with another address of the same host; the token goes
* nowhere else.
* @throws StatusError for every answer that is not 2xx (or the redirect that was asked for)
*/
async function get(url, token, { redirect = "follow" } = {}) {
	const signal = AbortSignal.timeout(ANSWER_MS);
	let at = url;
	for (let hops = 0;; hops++) {
		const { status, headers, body } = await open(at, {
			authorization: `token ${token}`,
			accept: "application/vnd.github+json",
			"x-github-api-version": "2022-11-28"
		}, signal);
		const text = await textOf(body);
		if (status >= 200 && status < 300) return {
			data: JSON.parse(text),
			location: void 0
		};
		const next = headers.location === void 0 ? null : URL.parse(headers.location, at);
		if (status === 302 && redirect === "tell") return {
			data: void 0,
			location: headers.location
		};
		if (![
			301,
			302,
			307,
			308
		].includes(status) || hops >= MAX_HOPS || next?.origin !== new URL(at).origin) throw new StatusError(status, headers, saidIn(text));
		at = next.href;
	}
}
async function textOf(body) {
	const parts = [];
	let bytes = 0;
	for await (const part of body) {
		parts.push(part);
		bytes += part.length;
		if (bytes > MAX_ANSWER_BYTES) throw new (require_house()).ActionError({
			where: "GitHub",
			expected: `an answer of at most ${MAX_ANSWER_BYTES} bytes`,
			seen: "more"
		});
	}
	return Buffer.concat(parts).toString("utf8");
}
/** The one field of a refusal that is told. */
function saidIn(text) {
	try {
		const { message } = JSON.parse(text);
		return typeof message === "string" ? message : void 0;
	} catch {
		return;
	}
}
/** Ids go into an address. @throws ActionError for what is none */
function number(id) {
	if (/^\d{1,20}$/.test(id)) return id;
	throw new (require_house()).ActionError({
		where: "an id of GitHub's",
		expected: "digits",
		seen: require_house().quote(id, 40)
	});
}
/**
* Follows the one redirect of a download, without the token: the address is signed, and its host is another's. The bytes go to
* a file beside, which takes its place when size and digest are right. Not synced: after a crash no one reads it.
*/
async function download(what, location, file, { maxBytes, sha256 }) {
	const url = URL.parse(location ?? "");
	if (!url || url.protocol !== "https:" && url.protocol !== new URL(apiUrl()).protocol) throw new (require_house()).ActionError({
		where: what,
		expected: "a redirect to an https address",
		seen: "none"
	});
	const stalled = new AbortController();
	let timer = setTimeout(() => stalled.abort(), STALL_MS);
	const beside = `${file}.part`;
	try {
		const { status, headers, body } = await open(url.href, {}, stalled.signal);
		if (status !== 200) throw new StatusError(status < 500 ? 503 : status, headers);
		await (0, node_fs_promises().mkdir)((0, node_path().dirname)(file), { recursive: true });
		const target = await (0, node_fs_promises().open)(beside, "w", 384);
		const digest = process.getBuiltinModule("node:crypto").createHash("sha256");
		let bytes = 0;
		try {
			for await (const piece of body) {
				clearTimeout(timer);
				timer = setTimeout(() => stalled.abort(), STALL_MS);
				bytes += piece.length;
				if (bytes > maxBytes) throw new (require_house()).ActionError({
					where: what,
					expected: `at most ${maxBytes} bytes`,
					seen: "more"
				});
				digest.update(piece);
				await target.writeFile(piece);
			}
		} finally {
			await target.close();
		}
		const seen = digest.digest("hex");
		if (seen !== sha256) throw new (require_house()).ActionError({
			where: what,
			expected: `sha256 ${sha256}`,
			seen
		});
		await (0, node_fs_promises().rename)(beside, file);
	} finally {
		clearTimeout(timer);
		await (0, node_fs_promises().rm)(beside, { force: true });
	}
}
/** An answer that is none, in the form in which octokit throws it. */
var StatusError = class extends Error {
	status;
	response;
	constructor(status, headers, said) {
		super(`status ${status}`);
		this.name = "StatusError";
		this.status = status;
		this.response = {
			headers,
			data: said === void 0 ? {} : { message: said }
		};
	}
};
/** The status of a failed request, and the pause that the service asks for. No status: the connection failed. */
function troubleOf(thrown) {
	if (thrown instanceof require_house().ActionError) return {
		status: 400,
		pauseMs: void 0
	};
	const { status, response } = thrown;
	if (typeof status !== "number" || response === void 0) return {
		status: void 0,
		pauseMs: void 0
	};
	const headers = response.headers ?? {};
	const asked = secondsOf(headers["retry-after"]);
	if ((status === 403 || status === 429) && headers["x-ratelimit-remaining"] === "0" && asked === void 0) {
		const until = Number(headers["x-ratelimit-reset"]) * 1e3 - Date.now();
		return {
			status,
			pauseMs: Number.isFinite(until) ? Math.max(until, 1e3) : void 0
		};
	}
	return {
		status,
		pauseMs: asked
	};
}
const secondsOf = (header) => {
	const seconds = Number(header);
	return header !== void 0 && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1e3 : void 0;
};
/** One sentence for a failure: never the body or the headers of the answer. */
function told(what, permission, thrown) {
	if (thrown instanceof require_house().ActionError) return thrown;
	const { status, pauseMs } = troubleOf(thrown);
	const { data } = thrown.response ?? {};
	const said = typeof data?.message === "string" ? ` ${require_house().quote(data.message, 120)}` : "";
	const where = `GitHub, to ${what}`;
	const expected = "an answer";
	if (status === void 0) return new (require_house()).ActionError({
		where,
		expected,
		seen: require_house().quote(require_house().messageOf(thrown), 160)
	}, { cause: thrown });
	const fix = status === 429 || status === 403 && (pauseMs !== void 0 || said.includes("rate limit")) ? "GitHub limits how often it is asked: run again later." : status === 401 ? "The token is wrong or has expired: leave github-token out, the job's own is its default." : status === 403 ? `Give the job "permissions: ${permission}".` : status >= 500 ? "GitHub is in trouble (githubstatus.com): run again later." : void 0;
	return new (require_house()).ActionError({
		where,
		expected,
		seen: `status ${status}${said}`,
		...fix === void 0 ? {} : { fix }
	}, { cause: thrown });
}
function artifactOf(data) {
	const run = data.workflow_run ?? {};
	return {
		id: String(data.id),
		name: data.name,
		bytes: data.size_in_bytes,
		expired: data.expired,
		sha256: /^sha256:([0-9a-f]{64})$/.exec(data.digest ?? "")?.[1],
		createdAt: data.created_at ?? "",
		run: {
			id: String(run.id ?? ""),
			repositoryId: String(run.repository_id ?? ""),
			headRepositoryId: String(run.head_repository_id ?? ""),
			headBranch: run.head_branch ?? "",
			headSha: run.head_sha ?? ""
		}
	};
}
const runOf = (data) => ({
	id: String(data.id),
	number: data.run_number,
	status: data.status ?? "",
	event: data.event,
	headSha: data.head_sha,
	headBranch: data.head_branch ?? "",
	path: data.path.replace(/@.*$/s, ""),
	repositoryId: String(data.repository.id),
	headRepositoryId: String(data.head_repository?.id ?? data.head_repository_id ?? ""),
	pullRequests: (data.pull_requests ?? []).map(({ number }) => number),
	attempt: data.run_attempt ?? 1
});
const pullOf = ({ number, state, head, labels }) => ({
	number,
	open: state === "open",
	headSha: head.sha,
	headRepositoryId: String(head.repo?.id ?? ""),
	labels: (labels ?? []).map(({ name }) => name ?? "")
});
const deploymentOf = (data) => ({
	id: String(data.id),
	environment: data.environment,
	sha: data.sha,
	createdAt: data.created_at,
	payload: data.payload,
	transient: data.transient_environment ?? false,
	task: data.task
});
/** GitHub takes 140 characters of a deployment's description. */
const cut = (text) => text.length > 140 ? `${text.slice(0, 139)}…` : text;
function commentOf(data) {
	if (!/^\d{1,20}$/.test(String(data?.id))) throw notGitHub("a comment with its number");
	const { id, body, user, html_url: url } = data;
	return {
		id: String(id),
		body: body ?? "",
		author: user?.login ?? "",
		authorIsBot: user?.type === "Bot",
		url
	};
}
/** A proxy between us and GitHub may say 200 to anything. */
const notGitHub = (expected) => new (require_house()).ActionError({
	where: "GitHub's answer",
	expected,
	seen: "something else",
	fix: "Does a proxy answer in its place?"
});
Object.defineProperty(exports, "githubRest", {
	enumerable: true,
	get: function() {
		return githubRest;
	}
});
