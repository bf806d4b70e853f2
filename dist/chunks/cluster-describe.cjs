require("./rolldown-runtime.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_asking;
const require_asking = () => kept_require_asking ??= require("./asking.cjs");
// src/domain/seldon/description.ts
/**
* One deployment by the names that ZenML's `served-models describe` has, so that what reads those reads ours. Its pipeline is
* the workflow run: the repository, the run and its page, the commit as the step.
*/
function zenmlFields({ metadata, spec, status }, told, release, serverUrl) {
	const [predictor] = spec.predictors;
	const container = predictor?.componentSpecs?.[0]?.spec?.containers?.find(({ image }) => image !== void 0);
	const ready = status?.conditions?.find(({ type }) => type === "Ready");
	return {
		MODEL_NAME: modelName(release) ?? predictor?.graph.name ?? "",
		MODEL_URI: predictor?.graph.modelUri ?? container?.image ?? "",
		PIPELINE_NAME: release?.repository ?? "",
		PIPELINE_RUN_ID: release?.runId ?? "",
		PIPELINE_RUN_URL: release === void 0 || release.repository === "" ? "" : `${serverUrl}/${release.repository}/actions/runs/${release.runId}`,
		PIPELINE_STEP_NAME: release?.sha ?? "",
		PREDICTION_URL: told.url,
		SELDON_DEPLOYMENT: metadata.name,
		STATUS: told.status,
		STATUS_MESSAGE: status?.description ?? (ready?.status === "True" ? "" : ready?.message ?? ""),
		UUID: metadata.uid ?? ""
	};
}
/** Of the record, which is JSON of ours but lay in a cluster. */
function modelName(release) {
	try {
		const record = JSON.parse(release?.record ?? "{}");
		return typeof record.model?.name === "string" ? record.model.name : void 0;
	} catch {
		return;
	}
}
// src/actions/cluster-describe.ts
/** Tells all that is known of one deployment: its state, who made it of what, its pods, and the release record. */
async function describeInCluster(place, standing, told, serverUrl, ports) {
	const release = await releaseOf(standing, ports);
	const pods = await podsOf(place, require_asking().childrenOf(place.name), ports.log);
	const fields = zenmlFields(standing, told, release, serverUrl);
	const rows = Object.entries(fields).map(([name, value]) => `| ${name} | ${require_house().codeSpan(value)} |`);
	const summary = [
		`### ${require_house().escapeText(`${place.namespace}/${place.name}`)}`,
		"",
		"| | |",
		"|---|---|",
		...rows,
		"",
		"| Pod | Ready | Restarts | Image |",
		"|---|---|---|---|",
		...pods.map(({ name, ready, restarts, image }) => `| ${require_house().escapeCell(name)} | ${ready ? "yes" : "no"} | ${restarts} | ${require_house().codeSpan(image)} |`),
		""
	].join("\n");
	for (const [name, value] of Object.entries(fields)) ports.log.info(`${name}: ${value}`);
	return {
		outputs: {
			models: JSON.stringify([{
				...told,
				...fields,
				pods
			}]),
			"prediction-url": told.url,
			record: release?.record ?? "",
			operation: "found"
		},
		summary
	};
}
/** What these actions keep in the object; nothing for an object of others. */
async function releaseOf(standing, { compression, log }) {
	const packed = standing.metadata.annotations?.[require_release().RELEASE_ANNOTATION];
	if (packed === void 0) return void 0;
	try {
		const limits = {
			where: require_release().RELEASE_ANNOTATION,
			maxBytes: 1048576
		};
		return require_release().readRelease(await compression.unpack(packed, limits), require_release().RELEASE_ANNOTATION);
	} catch (thrown) {
		log.warning(`The release that the object keeps can not be read: ${require_house().messageOf(thrown)}`);
		return;
	}
}
/** Without the right to see pods all else is told. */
async function podsOf({ cluster, namespace }, labels, log) {
	try {
		return (await cluster.list(require_paths().pathOf("Pod", namespace), { labels })).map(tellPod);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(`Its pods can not be told: ${require_house().messageOf(thrown)}`);
		return [];
	}
}
function tellPod({ metadata, status }) {
	const containers = status?.containerStatuses ?? [];
	const reason = containers.map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason).find(Boolean);
	return {
		name: metadata.name,
		ready: status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false,
		restarts: containers.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
		image: containers.map(({ image = "" }) => image).join(", "),
		...reason === void 0 ? {} : { reason }
	};
}
/** What the model's containers said: the last lines, those of the run before, or what comes for some seconds. */
async function logsInCluster(place, asked, { log, clock, signal }) {
	const { cluster, namespace, name } = place;
	const pods = await cluster.list(require_paths().pathOf("Pod", namespace), { labels: require_asking().childrenOf(name) });
	if (pods.length === 0) require_house().refuse({
		where: `${namespace}/${name}`,
		expected: "pods",
		seen: "none",
		fix: "The command describe tells its state."
	});
	const over = new AbortController();
	const until = AbortSignal.any([over.signal, signal]);
	const one = async (pod) => {
		const all = (pod.status?.containerStatuses ?? []).map((each) => each.name);
		const container = asked.container ?? all[0];
		if (container === void 0 || asked.container !== void 0 && !all.includes(container)) {
			log.info(`${pod.metadata.name}: ${all.length === 0 ? "no container has started" : `its containers are ${all.join(", ")}`}`);
			return;
		}
		const say = (line) => log.info(pods.length > 1 ? `[${pod.metadata.name}] ${line}` : line);
		const options = {
			container,
			lines: asked.lines,
			previous: asked.previous
		};
		try {
			if (asked.followMs === 0) for (const line of await cluster.logs(namespace, pod.metadata.name, options)) say(line);
			else await cluster.followLogs(namespace, pod.metadata.name, {
				...options,
				signal: until
			}, say);
		} catch (thrown) {
			if (!(thrown instanceof require_house().ActionError)) throw thrown;
			log.info(`${pod.metadata.name}, ${container}: ${require_house().messageOf(thrown)}`);
		}
	};
	const reading = Promise.all(pods.map(one));
	if (asked.followMs > 0) {
		await Promise.race([reading, clock.sleep(asked.followMs, signal)]);
		over.abort();
	}
	await reading;
	if (signal.aborted) throw signal.reason;
	return { outputs: {
		models: "[]",
		operation: "found"
	} };
}
exports.describeInCluster = describeInCluster;
exports.logsInCluster = logsInCluster;
exports.podsOf = podsOf;
