require("./rolldown-runtime.cjs");
const require_run_action = require("./run-action.cjs");
const node_fs_promises = () => require("node:fs/promises");
const node_path = () => require("node:path");
const node_timers_promises = () => require("node:timers/promises");
// src/adapters/github.ts
/** One answer may take so long; a download, between two pieces. */
const ANSWER_MS = 3e4;
const STALL_MS = 6e4;
const TRIES = 4;
const FIRST_PAUSE_MS = 400;
/** A service that asks for a longer pause is not waited for. */
const LONGEST_PAUSE_MS = 3e4;
const HEAD_START_MS = 5;
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
		if (!token) throw new require_run_action.ActionError({
			where: `input "github-token"`,
			expected: `a token, to ${what}`,
			seen: "nothing",
			fix: "Leave the input out: the job's own token is its default."
		});
		client ??= octokitFor(token);
		const octokit = await client;
		for (let tried = 1;; tried++) try {
			return await request(octokit);
		} catch (thrown) {
			const { status, pauseMs } = troubleOf(thrown);
			if (status === 404 || status === 410) return void 0;
			const passing = status === void 0 || status === 429 || status >= 500 || pauseMs !== void 0;
			const pause = pauseMs ?? firstPauseMs * 3 ** (tried - 1);
			if (!repeat || !passing || tried >= TRIES || pause > LONGEST_PAUSE_MS) throw told(what, permission, thrown);
			await (0, node_timers_promises().setTimeout)(pause);
		}
	}
	return {
		prepare: () => {
			if (!token || client) return;
			client = (0, node_timers_promises().setTimeout)(HEAD_START_MS).then(async () => octokitFor(token));
			client.catch(() => void 0);
		},
		artifact: async (id) => {
			const answer = await ask(`read artifact ${id}`, "actions: read", async ({ request }) => request("GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}", {
				...here,
				artifact_id: Number(id),
				...inTime()
			}));
			return answer && artifactOf(answer.data);
		},
		artifactsNamed: async (name, { runId } = {}) => {
			return ((await ask(`look for artifacts named ${name}`, "actions: read", async ({ request }) => runId === void 0 ? request("GET /repos/{owner}/{repo}/actions/artifacts", {
				...here,
				name,
				per_page: PAGE,
				...inTime()
			}) : request("GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts", {
				...here,
				run_id: Number(runId),
				name,
				per_page: PAGE,
				...inTime()
			})))?.data.artifacts ?? []).filter((artifact) => artifact.name === name).map(artifactOf).sort((a, b) => b.createdAt.localeCompare(a.createdAt) || Number(b.id) - Number(a.id));
		},
		downloadArtifact: async (id, file, expect) => {
			const what = `download artifact ${id}`;
			if (!await ask(what, "actions: read", async (octokit) => {
				const { headers } = await octokit.request("GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}", {
					...here,
					artifact_id: Number(id),
					archive_format: "zip",
					request: {
						redirect: "manual",
						signal: AbortSignal.timeout(ANSWER_MS)
					}
				});
				await download(octokit, what, headers.location, file, expect);
				return true;
			})) throw new require_run_action.ActionError({
				where: what,
				expected: "an artifact",
				seen: "none, or an expired one"
			});
		},
		workflowRun: async (id) => {
			const answer = await ask(`read run ${id}`, "actions: read", async ({ request }) => request("GET /repos/{owner}/{repo}/actions/runs/{run_id}", {
				...here,
				run_id: Number(id),
				...inTime()
			}));
			return answer && runOf(answer.data);
		},
		compare: async (base, head) => {
			return (await ask("compare two commits", "contents: read", async ({ request }) => request("GET /repos/{owner}/{repo}/compare/{base}...{head}", {
				...here,
				base,
				head,
				per_page: 1,
				...inTime()
			})))?.data.status;
		},
		defaultBranch: async () => {
			const answer = await ask("read the repository", "contents: read", async ({ request }) => request("GET /repos/{owner}/{repo}", {
				...here,
				...inTime()
			}));
			if (answer) return answer.data.default_branch;
			throw new require_run_action.ActionError({
				where: `repository ${run.repository}`,
				expected: "one that the token can see",
				seen: "404"
			});
		},
		comments: async (issue) => {
			const all = [];
			for (let page = 1; page <= MAX_PAGES; page++) {
				const answer = await ask(`read the comments of #${issue}`, "pull-requests: read", async ({ request }) => request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
					...here,
					issue_number: issue,
					per_page: PAGE,
					page,
					...inTime()
				}));
				all.push(...(answer?.data ?? []).map(commentOf));
				if ((answer?.data.length ?? 0) < PAGE) break;
			}
			return all;
		},
		createComment: async (issue, body) => {
			const answer = await ask(`comment on #${issue}`, "pull-requests: write", async ({ request }) => request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
				...here,
				issue_number: issue,
				body,
				...inTime()
			}), { repeat: false });
			if (answer) return commentOf(answer.data);
			throw new require_run_action.ActionError({
				where: `#${issue}`,
				expected: "a pull request or issue",
				seen: "404"
			});
		},
		updateComment: async (id, body) => {
			const answer = await ask("update a comment", "pull-requests: write", async ({ request }) => request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
				...here,
				comment_id: Number(id),
				body,
				...inTime()
			}));
			return answer && commentOf(answer.data);
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
const apiUrl = () => process.env.GITHUB_API_URL || "https://api.github.com";
const inTime = () => ({ request: { signal: AbortSignal.timeout(ANSWER_MS) } });
/**
* Follows the one redirect of a download, without the token: the address is signed, and its host is another's. The bytes go to
* a file beside, which takes its place when size and digest are right.
*/
async function download(octokit, what, location, file, { maxBytes, sha256 }) {
	const url = URL.parse(location ?? "");
	if (!url || url.protocol !== "https:" && url.protocol !== new URL(apiUrl()).protocol) throw new require_run_action.ActionError({
		where: what,
		expected: "a redirect to an https address",
		seen: "none"
	});
	const through = octokit.request.endpoint.DEFAULTS.request?.fetch ?? fetch;
	const stalled = new AbortController();
	let timer = setTimeout(() => stalled.abort(), STALL_MS);
	const beside = `${file}.part`;
	try {
		const answer = await through(url, {
			redirect: "error",
			signal: stalled.signal
		});
		if (!answer.ok || !answer.body) throw new StatusError(answer.status, answer.headers.get("retry-after") ?? void 0);
		await (0, node_fs_promises().mkdir)((0, node_path().dirname)(file), { recursive: true });
		const target = await (0, node_fs_promises().open)(beside, "w", 384);
		const digest = process.getBuiltinModule("node:crypto").createHash("sha256");
		let bytes = 0;
		try {
			for await (const piece of answer.body) {
				clearTimeout(timer);
				timer = setTimeout(() => stalled.abort(), STALL_MS);
				bytes += piece.length;
				if (bytes > maxBytes) throw new require_run_action.ActionError({
					where: what,
					expected: `at most ${maxBytes} bytes`,
					seen: "more"
				});
				digest.update(piece);
				await target.writeFile(piece);
			}
			await target.sync();
		} finally {
			await target.close();
		}
		const seen = digest.digest("hex");
		if (seen !== sha256) throw new require_run_action.ActionError({
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
var StatusError = class extends Error {
	status;
	retryAfter;
	constructor(status, retryAfter) {
		super(`status ${status}`);
		this.name = "StatusError";
		this.status = status;
		this.retryAfter = retryAfter;
	}
};
/** The status of a failed request, and the pause that the service asks for. No status: the connection failed. */
function troubleOf(thrown) {
	if (thrown instanceof require_run_action.ActionError) return {
		status: 400,
		pauseMs: void 0
	};
	if (thrown instanceof StatusError) return {
		status: thrown.status < 500 ? 503 : thrown.status,
		pauseMs: secondsOf(thrown.retryAfter)
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
	if (thrown instanceof require_run_action.ActionError) return thrown;
	const { status, pauseMs } = troubleOf(thrown);
	const { data } = thrown.response ?? {};
	const said = typeof data?.message === "string" ? ` ${require_run_action.quote(data.message, 120)}` : "";
	const where = `GitHub, to ${what}`;
	const expected = "an answer";
	if (status === void 0) return new require_run_action.ActionError({
		where,
		expected,
		seen: require_run_action.quote(require_run_action.messageOf(thrown), 160)
	}, { cause: thrown });
	const fix = status === 429 || status === 403 && (pauseMs !== void 0 || said.includes("rate limit")) ? "GitHub limits how often it is asked: run again later." : status === 401 ? "The token is wrong or has expired: leave github-token out, the job's own is its default." : status === 403 ? `Give the job "permissions: ${permission}".` : status >= 500 ? "GitHub is in trouble (githubstatus.com): run again later." : void 0;
	return new require_run_action.ActionError({
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
	event: data.event,
	headSha: data.head_sha,
	headBranch: data.head_branch ?? "",
	path: data.path,
	repositoryId: String(data.repository.id),
	headRepositoryId: String(data.head_repository?.id ?? data.head_repository_id ?? ""),
	pullRequests: (data.pull_requests ?? []).map(({ number }) => number)
});
const commentOf = (data) => ({
	id: String(data.id),
	body: data.body ?? "",
	author: data.user?.login ?? "",
	authorIsBot: data.user?.type === "Bot",
	url: data.html_url
});
Object.defineProperty(exports, "githubRest", {
	enumerable: true,
	get: function() {
		return githubRest;
	}
});
