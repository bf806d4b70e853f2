const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_deployment_payload;
const require_deployment_payload = () => kept_require_deployment_payload ??= require("./deployment-payload.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/github-deployment.ts
var github_deployment_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ tellGitHub: () => tellGitHub });
/** One for all previews: each environment is a line on the repository's page, and takes an administrator to remove. */
const PREVIEW_ENVIRONMENT = "preview";
/** Each costs a request or two, and a run has fifteen: of the deployments before, the last few. */
const MOST_EARLIER = 2;
const MOST_LOOKED_AT = 3;
/** The task of a preview's deployments names its pull request; of others, what is deployed. */
const taskOf = (name, preview) => `${preview ? "preview" : "deploy"}:${name}`;
/** The page of this run. */
const runUrl = ({ serverUrl, repository, runId }) => `${serverUrl}/${repository}/actions/runs/${runId}`;
/**
* Deploys, and tells GitHub: a deployment in progress before anything is changed, its end afterwards, with the address only when
* the new version was proven to answer there. That it can not be told never fails a deploy.
*/
async function tellGitHub(asked, preview, run, ports, deploy) {
	const side = sideStep(asked, ports.log);
	const logUrl = runUrl(run);
	let begun;
	const end = async (word) => {
		const at = begun;
		if (at !== void 0) await side(async () => void await ports.github.tellDeployment(at.id, {
			logUrl,
			...word
		}));
	};
	let outcome;
	try {
		outcome = await deploy(async (version) => {
			begun = await side(async () => begin(version, asked, preview, run, ports));
		});
	} catch (thrown) {
		await end({
			state: "error",
			description: require_house().messageOf(thrown)
		});
		throw thrown;
	}
	const { "prediction-url": url = "", reason = "" } = outcome.outputs;
	if (outcome.failure !== void 0) await end({
		state: "failure",
		description: reason
	});
	else if (/^https?:\/\//.test(url)) {
		await end({
			state: "success",
			description: reason,
			url
		});
		const at = begun;
		if (at !== void 0) await side(async () => retireEarlier(at, ports.github));
	} else await end({
		state: "error",
		description: "It was deployed, and answers at no address"
	});
	return outcome;
}
async function begin(version, asked, preview, run, { github, log }) {
	const { record, ...deployed } = version;
	const { namespace, name } = deployed;
	const environment = preview === void 0 ? asked.environment ?? namespace : PREVIEW_ENVIRONMENT;
	const named = preview === void 0 ? asked.environment : environment;
	if (asked["github-deployment"] === "auto" && await isToldByJob(named, run, github)) {
		log.info("This job's own environment makes a GitHub deployment, so none is added. With `deployment: false` in the job's environment it would carry the release record.");
		return;
	}
	const task = taskOf(name, preview !== void 0);
	const id = await github.createDeployment({
		sha: preview?.headSha ?? run.sha,
		environment,
		task,
		payload: require_deployment_payload().deploymentPayload(record, deployed),
		description: `${namespace}/${name} ${deployed.deployId.slice(0, 12)}`,
		transient: preview !== void 0,
		production: preview === void 0 && environment === "production"
	});
	const begun = {
		id,
		environment,
		task
	};
	await github.tellDeployment(id, {
		state: "in_progress",
		description: "Deploying",
		logUrl: runUrl(run)
	}).catch((thrown) => log.warning(require_house().messageOf(thrown)));
	return begun;
}
/** Whether the runner has made a deployment for this job's `environment:`, which is in progress while the job runs. */
async function isToldByJob(environment, run, github) {
	const others = (await github.deployments({ environment })).filter((each) => !isOurs(each) && (run.event.startsWith("pull_request") || each.sha === run.sha));
	for (const { id } of others.slice(0, MOST_LOOKED_AT)) {
		const status = await github.deploymentStatus(id);
		if (status === void 0 || ![
			"in_progress",
			"queued",
			"pending",
			"waiting"
		].includes(status.state)) continue;
		if (`${status.logUrl}/`.includes(`/actions/runs/${run.runId}/`)) return true;
	}
	return false;
}
/** What these actions have told, and nobody else. */
const isOurs = ({ payload, id }) => require_deployment_payload().placeOfPayload(payload, `the payload of deployment ${id}`) !== void 0;
/** One success of a task is active at a time; GitHub's own `auto_inactive` knows no tasks and spares previews. */
async function retireEarlier({ id, environment, task }, github) {
	const earlier = (await github.deployments({
		environment,
		task
	})).filter((each) => BigInt(each.id) < BigInt(id) && each.task === task && isOurs(each));
	for (const each of earlier.slice(0, MOST_EARLIER)) {
		const state = await github.deploymentState(each.id);
		if (state !== void 0 && [
			"inactive",
			"failure",
			"error"
		].includes(state)) continue;
		await github.tellDeployment(each.id, {
			state: "inactive",
			description: "Another version serves"
		});
		if (state === "success") break;
	}
}
/** Does what may fail without harm, and says so: a missing permission is only worth a warning to who has asked for it. */
function sideStep(asked, log) {
	return async (work) => {
		try {
			return await work();
		} catch (thrown) {
			if (!(thrown instanceof require_house().ActionError)) throw thrown;
			const missing = thrown.mistakes[0]?.seen.startsWith("status 403") === true;
			const told = `The GitHub deployment could not be told: ${require_house().messageOf(thrown)}`;
			if (missing && asked["github-deployment"] === "auto") log.info(told);
			else log.warning(told);
			return;
		}
	};
}
Object.defineProperty(exports, "PREVIEW_ENVIRONMENT", {
	enumerable: true,
	get: function() {
		return PREVIEW_ENVIRONMENT;
	}
});
Object.defineProperty(exports, "github_deployment_exports", {
	enumerable: true,
	get: function() {
		return github_deployment_exports;
	}
});
Object.defineProperty(exports, "isOurs", {
	enumerable: true,
	get: function() {
		return isOurs;
	}
});
Object.defineProperty(exports, "taskOf", {
	enumerable: true,
	get: function() {
		return taskOf;
	}
});
