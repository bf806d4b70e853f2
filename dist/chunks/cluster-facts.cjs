require("./rolldown-runtime.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest3.cjs");
let kept_require_resource;
const require_resource = () => kept_require_resource ??= require("./resource.cjs");
let kept_require_ancestry;
const require_ancestry = () => kept_require_ancestry ??= require("./ancestry.cjs");
let kept_require_cluster_proof;
const require_cluster_proof = () => kept_require_cluster_proof ??= require("./cluster-proof.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
let kept_require_asking;
const require_asking = () => kept_require_asking ??= require("./asking.cjs");
// src/domain/rollout/strategy.ts
/** The predictor that stands beside the main one. The main one keeps its name through every step, and with it its Service. */
const SECOND = {
	canary: "canary",
	abtest: "challenger"
};
const SHARE = {
	canary: 10,
	abtest: 50
};
const SERVICE_NAME = "seldon.io/svc-name";
/**
* The spec that a step leads to. No step leaves a predictor at weight 0: the one that lost is removed.
* @param candidate the spec of the inputs; none for finish and abort
* @param standing the release that the object holds, if it is ours
*/
async function planStep(order, candidate, standing) {
	const running = standing && secondOf(standing);
	if (order.strategy === "rolling") return {
		kind: "apply",
		spec: candidate,
		why: running === void 0 ? void 0 : `it also ends the ${running.strategy}: ${running.name} is removed with it`,
		of: "inputs",
		stable: void 0,
		asked: namesOf(candidate)
	};
	if (running !== void 0 && running.strategy !== order.strategy) return {
		kind: "refuse",
		expected: `no other strategy while ${called(order.strategy)} runs`,
		seen: `${called(running.strategy)}, not ended`,
		fix: `End it first: strategy: ${running.strategy} with step: finish or abort.`
	};
	switch (order.step) {
		case "start": return await start({
			...order,
			strategy: order.strategy
		}, candidate, standing);
		case "finish": return finish(order.strategy, standing);
		case "abort": return abort(order.strategy, standing);
	}
}
async function start({ strategy, traffic = SHARE[strategy] }, candidate, standing) {
	if (standing === void 0) return {
		kind: "apply",
		spec: candidate,
		why: "there is nothing yet that it could stand beside, so the first version takes all traffic",
		of: "inputs",
		stable: void 0,
		asked: namesOf(candidate)
	};
	const [fresh, ...more] = candidate.predictors;
	if (fresh === void 0 || more.length > 0 || fresh.shadow === true) return refusal("one predictor in the manifest", `${candidate.predictors.length}`, "The strategy adds the other one.");
	const running = secondOf(standing);
	const stable = running === void 0 ? standing : standing.stable ?? standing;
	const [main, ...others] = standing.spec.predictors.filter(({ name }) => name !== running?.name);
	if (main === void 0 || others.length > 0) return refusal("one predictor that serves", `${others.length + 1}: ${standing.spec.predictors.map(({ name }) => name).join(", ")}`, "Deploy one with strategy: rolling first.");
	const shared = differentShare(standing.spec, candidate);
	if (shared !== void 0) return refusal(`the ${shared} of the version that serves`, "another", `Both versions share spec.${shared}, so a change would restart the one that serves. Change it by strategy: rolling.`);
	const same = await sameVersion(standing.spec, main, {
		...fresh,
		name: main.name
	});
	if (running === void 0 && same) return {
		kind: "apply",
		spec: standing.spec,
		why: "the version that serves is this one already",
		of: "standing",
		stable: void 0,
		asked: [main.name]
	};
	const second = {
		...withReplicas(candidate, withoutServiceName(fresh)),
		name: SECOND[strategy],
		traffic
	};
	return {
		kind: "apply",
		spec: {
			...standing.spec,
			predictors: [{
				...main,
				traffic: 100 - traffic
			}, second]
		},
		why: `${second.name} gets ${traffic} % of the traffic, ${main.name} the rest`,
		of: "inputs",
		stable,
		asked: [second.name]
	};
}
/** The main predictor becomes what the second is, in the number of pods that it has; the second goes. */
function finish(strategy, standing) {
	const running = standing && secondOf(standing);
	if (standing === void 0 || running === void 0) return again(strategy, "finish", standing);
	const main = standing.spec.predictors.find(({ name }) => name !== running.name);
	const second = standing.spec.predictors.find(({ name }) => name === running.name);
	const { traffic: _traffic, replicas: _replicas, annotations, ...rest } = second;
	const service = main.annotations?.[SERVICE_NAME];
	const kept = service === void 0 ? annotations : {
		...annotations,
		[SERVICE_NAME]: service
	};
	const winner = {
		...rest,
		name: main.name,
		...kept === void 0 ? {} : { annotations: kept },
		...main.replicas === void 0 ? {} : { replicas: main.replicas },
		...rest.componentSpecs === void 0 ? {} : { componentSpecs: rest.componentSpecs.map((each, at) => scaledAs(each, main.componentSpecs?.[at])) }
	};
	return {
		kind: "apply",
		spec: {
			...standing.spec,
			predictors: [winner]
		},
		why: `${main.name} takes the version of ${second.name}, and all traffic`,
		of: "standing",
		stable: void 0,
		asked: [main.name]
	};
}
function abort(strategy, standing) {
	const running = standing && secondOf(standing);
	if (standing === void 0 || running === void 0) return again(strategy, "abort", standing);
	const main = standing.spec.predictors.find(({ name }) => name !== running.name);
	const { traffic: _traffic, ...alone } = main;
	return {
		kind: "apply",
		spec: standing.stable?.spec ?? {
			...standing.spec,
			predictors: [alone]
		},
		why: `${running.name} is removed, and ${main.name} takes all traffic again`,
		of: "stable",
		stable: void 0,
		asked: []
	};
}
/** A step that was done before, perhaps by a run that was killed before its proof: what it led to is what is wanted. */
function again(strategy, step, standing) {
	const done = standing?.ended;
	if (standing !== void 0 && done?.strategy === strategy && done.step === step) return {
		kind: "apply",
		spec: standing.spec,
		why: void 0,
		of: "standing",
		stable: void 0,
		asked: step === "finish" ? namesOf(standing.spec) : []
	};
	return refusal(`${called(strategy)} that runs`, standing === void 0 ? "no release of these actions" : "none", `strategy: ${strategy} with step: start begins one.`);
}
/** The second predictor of a running canary or A/B test. */
function secondOf({ strategy, spec }) {
	if (strategy === void 0 || spec.predictors.length < 2) return void 0;
	return {
		strategy,
		name: SECOND[strategy]
	};
}
/** The percent of the traffic that each live predictor must get; all of it for a lone one. */
function sharesOf({ predictors }) {
	const live = predictors.filter(({ shadow }) => shadow !== true);
	return new Map(live.map(({ name, traffic = 0 }) => [name, live.length === 1 ? 100 : traffic]));
}
const called = (strategy) => strategy === "canary" ? "a canary" : "an A/B test";
const namesOf = ({ predictors }) => predictors.map(({ name }) => name);
const refusal = (expected, seen, fix) => ({
	kind: "refuse",
	expected,
	seen,
	fix
});
/** What stands above the predictors is of both. */
function differentShare(standing, candidate) {
	const of = (value) => typeof value === "object" ? require_house().canonicalJson(value) : value ?? "";
	return [
		"protocol",
		"transport",
		"serverType",
		"annotations"
	].find((field) => of(standing[field]) !== of(candidate[field]));
}
async function sameVersion(spec, one, other) {
	return await require_release().predictorId(spec, one) === await require_release().predictorId(spec, other);
}
/** A number of pods that the candidate's spec gives to all its predictors is the candidate's own. */
const withReplicas = ({ replicas }, predictor) => replicas === void 0 || predictor.replicas !== void 0 ? predictor : {
	...predictor,
	replicas
};
/** Two predictors can not have one Service. */
function withoutServiceName(predictor) {
	const { [SERVICE_NAME]: _name, ...annotations } = predictor.annotations ?? {};
	const { annotations: _annotations, ...rest } = predictor;
	return Object.keys(annotations).length === 0 ? rest : {
		...rest,
		annotations
	};
}
/** A component with the scaling of another. */
function scaledAs(component, as) {
	const { replicas: _replicas, hpaSpec: _hpa, kedaSpec: _keda, pdbSpec: _pdb, ...rest } = component;
	const { replicas, hpaSpec, kedaSpec, pdbSpec } = as ?? {};
	return {
		...rest,
		...replicas === void 0 ? {} : { replicas },
		...hpaSpec === void 0 ? {} : { hpaSpec },
		...kedaSpec === void 0 ? {} : { kedaSpec },
		...pdbSpec === void 0 ? {} : { pdbSpec }
	};
}
// src/domain/rollout/routes.ts
const AMBASSADOR_ANNOTATION = "getambassador.io/config";
/**
* What an Istio VirtualService gives to each predictor, over the routes of HTTP and gRPC alike.
* @returns `undefined` where two of its routes disagree, or one leads to something else
*/
function weightsOfVirtualService({ spec, metadata }, served) {
	const namespace = metadata.namespace ?? "";
	const all = [];
	for (const route of listOf(fieldsOf(spec).http)) {
		const weights = /* @__PURE__ */ new Map();
		const destinations = listOf(fieldsOf(route).route).map(fieldsOf);
		for (const { destination, weight } of destinations) {
			const { host } = fieldsOf(destination);
			const found = served.find(({ service }) => isHost(host, service, namespace));
			if (found === void 0) return void 0;
			weights.set(found.predictor, destinations.length === 1 ? 100 : typeof weight === "number" ? weight : 0);
		}
		all.push(weights);
	}
	const [first, ...others] = all;
	if (first === void 0 || first.size === 0) return void 0;
	const same = (other) => other.size === first.size && [...first].every(([name, weight]) => other.get(name) === weight);
	return others.every(same) ? first : void 0;
}
/** What Ambassador's Mapping objects give to each predictor. Seldon gives the first predictor no weight: it gets the rest. */
function weightsOfMappings(mappings, served) {
	return weightsOfSpecs(mappings.map(({ spec }) => fieldsOf(spec)), served);
}
/** The same of the annotation that Ambassador 1 reads from a predictor's Service: Mappings as YAML. */
async function weightsOfAnnotations(services, served) {
	const specs = [];
	for (const { metadata } of services) {
		const text = metadata.annotations?.[AMBASSADOR_ANNOTATION];
		if (text === void 0 || !served.some(({ service }) => service === metadata.name)) continue;
		for (const part of text.split(/^---(?:[ \t].*)?$/m)) {
			const value = await require_yaml().parseYaml(part, {
				where: AMBASSADOR_ANNOTATION,
				maxBytes: 262144
			});
			if (fieldsOf(value).kind === "Mapping") specs.push(fieldsOf(value));
		}
	}
	return weightsOfSpecs(specs, served);
}
function weightsOfSpecs(specs, served) {
	const weights = /* @__PURE__ */ new Map();
	for (const { service, weight, shadow } of specs) {
		const host = typeof service === "string" ? service.replace(/^https?:\/\//, "").replace(/:\d+$/, "") : "";
		const found = served.find((each) => host === each.service || host.startsWith(`${each.service}.`));
		if (found === void 0 || shadow === true) continue;
		const told = typeof weight === "number" ? weight : void 0;
		if (weights.has(found.predictor) && weights.get(found.predictor) !== told) return void 0;
		weights.set(found.predictor, told);
	}
	return weights.size === 0 ? void 0 : weights;
}
/** What keeps a route object from sharing the traffic as it should, in a few words; `undefined` when it does. */
function differsFrom(weights, shares) {
	if (weights === void 0) return "its routes can not be read as one share for each predictor";
	const tell = () => [...weights].map(([name, weight]) => `${name} ${weight === void 0 ? "the rest" : `${weight} %`}`).join(", ");
	if ([...weights.keys()].find((name) => !shares.has(name)) !== void 0) return tell();
	for (const [name, share] of shares) {
		if (!weights.has(name)) return tell();
		if (shares.size > 1 && (weights.get(name) ?? restOf(weights, name)) !== share) return tell();
	}
}
/** What is left for the one that has no weight of its own. */
const restOf = (weights, name) => 100 - [...weights].reduce((sum, [other, weight]) => other === name ? sum : sum + (weight ?? 0), 0);
const LEAST_ANSWERS = 100;
const MOST_ANSWERS = 1e3;
/** How many answers of the rarer version are expected, so that both are seen and their share tells something. */
const EXPECTED_OF_RARER = 30;
/** A fair gateway is beyond it once in 100,000 times or so. */
const SIGMAS = 4.5;
/** How many answers tell whether the traffic is shared so. */
function answersNeeded(shares) {
	const least = Math.min(...shares.values()) / 100;
	return Math.min(MOST_ANSWERS, Math.max(LEAST_ANSWERS, Math.ceil(EXPECTED_OF_RARER / Math.max(least, .01))));
}
/**
* Whether counted answers fit the shares.
* @returns what was expected and seen where they do not
*/
function judgeCounts(counts, shares) {
	const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
	for (const [name, percent] of shares) {
		const share = percent / 100;
		const count = counts.get(name) ?? 0;
		const room = SIGMAS * Math.sqrt(total * share * (1 - share)) + 1;
		if (Math.abs(count - total * share) <= room && (count > 0 || percent === 0)) continue;
		return {
			expected: `about ${percent} % of the answers by ${name}`,
			seen: `${count} of ${total}`
		};
	}
}
const fieldsOf = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const listOf = (value) => Array.isArray(value) ? value : [];
const isHost = (host, service, namespace) => typeof host === "string" && (host === service || host === `${service}.${namespace}` || host === `${service}.${namespace}.svc.cluster.local`);
// src/actions/cluster-routes.ts
const FIRST_PAUSE_MS = 100;
const MOST_PAUSE_MS = 2e3;
const AT_ONCE = 8;
/**
* Finds by what the cluster shares traffic, from the route objects of what stands. Asked before anything is changed, so that a
* share that nothing would keep is refused and not deployed.
* @param countable whether answers can be counted: an address of users, and a request whose answers say who gave them
* @throws ActionError when nothing tells, and that was not allowed
*/
async function routingOf(place, { gateway, spec, countable }, { log }) {
	if (gateway === "none") {
		if (countable && require_cluster_proof().canBeTold(spec.predictors)) return "answers";
		log.warning("gateway: none: that the traffic is shared as asked is not proven.");
		return "nothing";
	}
	const refused = [];
	const has = async (routing) => {
		try {
			return (await readRoutes(place, routing)).length > 0;
		} catch (thrown) {
			const seen = thrown instanceof require_house().ActionError ? thrown.mistakes[0]?.seen ?? "" : "";
			if (seen.startsWith("403")) refused.push(routing);
			else if (!seen.startsWith("404")) throw thrown;
			return false;
		}
	};
	if (gateway !== "ambassador" && await has("VirtualService")) return "VirtualService";
	if (gateway !== "istio") {
		if (await has("Mapping")) return "Mapping";
		if (await has("annotation")) return "annotation";
	}
	if (countable && require_cluster_proof().canBeTold(spec.predictors)) return "answers";
	return require_house().refuse({
		where: "the traffic",
		expected: "a route object of Istio or Ambassador, or a base-url where answers can be counted",
		seen: refused.length === 0 ? "none" : `none that may be read (403: ${refused.join(", ")})`,
		fix: "Without a gateway nothing shares the traffic as asked. gateway: none deploys all the same, and leaves the share unproven."
	});
}
async function readRoutes({ cluster, namespace, name }, routing) {
	switch (routing) {
		case "VirtualService": {
			const found = await cluster.get(require_paths().pathOf("VirtualService", namespace, name));
			return found === void 0 ? [] : [found];
		}
		case "Mapping": return await cluster.list(require_paths().pathOf("Mapping", namespace), { labels: require_asking().childrenOf(name) });
		case "annotation": return (await cluster.list(require_paths().pathOf("Service", namespace), { labels: require_asking().childrenOf(name) })).filter(({ metadata }) => metadata.annotations?.["getambassador.io/config"] !== void 0);
		case "answers":
		case "nothing": return [];
	}
}
/**
* Waits until the route object gives every predictor its share, or counts who answers.
* @param request one prediction at the address of users
* @throws ActionError when the share is another at the deadline
*/
async function proveShares(place, proof, ports) {
	const { routing, spec, deadline } = proof;
	const shares = sharesOf(spec);
	const told = [...shares].map(([name, share]) => `${name} ${share} %`).join(", ");
	if (routing === "nothing") return;
	if (routing === "answers") {
		await countAnswers(place, shares, proof, ports);
		return;
	}
	let pause = FIRST_PAUSE_MS;
	for (;;) {
		const difference = differsFrom(await weightsNow(place, routing, spec.predictors.filter(({ shadow }) => shadow !== true).map((each) => ({
			predictor: each.name,
			service: require_house().predictorService(place.name, each)
		}))), shares);
		if (difference === void 0) {
			ports.log.info(`The ${routing} shares the traffic: ${told}`);
			return;
		}
		if (ports.clock.elapsed() + pause >= deadline) require_house().refuse({
			where: `the ${routing} of ${place.namespace}/${place.name}`,
			expected: told,
			seen: difference
		});
		await ports.clock.sleep(pause, ports.signal).catch(() => void 0);
		if (ports.signal.aborted) throw ports.signal.reason;
		pause = Math.min(MOST_PAUSE_MS, pause * 1.5);
	}
}
async function weightsNow(place, routing, served) {
	const objects = await readRoutes(place, routing);
	if (objects.length === 0) return void 0;
	if (routing === "VirtualService") return weightsOfVirtualService(objects[0], served);
	return routing === "Mapping" ? weightsOfMappings(objects, served) : await weightsOfAnnotations(objects, served);
}
async function countAnswers({ namespace, name }, shares, { spec, request, deadline }, { clock, log, signal }) {
	const needed = shares.size === 1 ? AT_ONCE : answersNeeded(shares);
	const where = `the traffic of ${namespace}/${name}`;
	for (;;) {
		const counts = /* @__PURE__ */ new Map();
		let [sent, unknown, trouble] = [
			0,
			0,
			""
		];
		const worker = async () => {
			while (sent < needed && !signal.aborted && clock.elapsed() < deadline) {
				sent++;
				try {
					const answer = await request();
					const by = answer.status === 200 ? require_cluster_proof().answeredBy(answer.body, spec.predictors) : void 0;
					if (by === void 0) unknown++;
					else counts.set(by, (counts.get(by) ?? 0) + 1);
				} catch (thrown) {
					if (!(thrown instanceof require_house().ActionError)) throw thrown;
					[unknown, trouble] = [unknown + 1, require_house().messageOf(thrown)];
				}
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, worker));
		if (signal.aborted) throw signal.reason;
		const told = [...counts].map(([predictor, count]) => `${predictor} ${count}`).join(", ");
		const wrong = unknown === 0 ? judgeCounts(counts, shares) : {
			expected: "answers that say who gave them (meta.requestPath)",
			seen: `${unknown} of ${sent} that do not${trouble === "" ? "" : `: ${trouble}`}`
		};
		if (wrong === void 0) {
			log.info(`Of ${sent} answers: ${told}`);
			return;
		}
		if (clock.elapsed() + MOST_PAUSE_MS >= deadline) require_house().refuse({
			where,
			...wrong
		});
		log.debug(`${where}: ${wrong.seen}; counted again`);
		await clock.sleep(MOST_PAUSE_MS, signal).catch(() => void 0);
		if (signal.aborted) throw signal.reason;
	}
}
// src/actions/cluster-facts.ts
const pathAt = ({ namespace, name }) => require_paths().pathOf("SeldonDeployment", namespace, name);
const calledAt = ({ namespace, name }) => `${namespace}/${name}`;
/** All that decides, read before anything is changed; what the verdict will need is read too, so that a missing right is told now. */
async function observe(place, given, order, run, ports) {
	const { cluster, namespace, name } = place;
	const labels = require_asking().childrenOf(name);
	const [standing] = await Promise.all([
		cluster.get(pathAt(place)),
		readable(cluster, require_paths().pathOf("Deployment", namespace), labels),
		readable(cluster, require_paths().pathOf("Pod", namespace), labels)
	]);
	const release = await keptRelease(standing, require_release().RELEASE_ANNOTATION, ports);
	const lastProven = await keptRelease(standing, require_release().LAST_PROVEN_ANNOTATION, ports);
	const version = await versionOf(place, given, {
		release,
		exists: standing !== void 0
	}, order, run, ports);
	const ancestry = endsSomething(order) ? "identical" : await require_ancestry().ancestryOf(release, version.source.sha, run, ports);
	const plan = require_release().planDeploy({
		deployId: version.deployId,
		adopt: order.adopt,
		allowOlder: order["allow-older"]
	}, standing, ancestry);
	if (plan.operation === "refuse") {
		const { expected, seen, fix } = plan;
		require_house().refuse({
			where: `SeldonDeployment ${calledAt(place)}`,
			expected,
			seen,
			fix
		});
	}
	const provenId = standing?.metadata.annotations?.[require_release().PROVEN_ANNOTATION];
	const isProven = release !== void 0 && release.deployId === provenId;
	return {
		version,
		standing,
		plan: version.why === void 0 ? plan : {
			...plan,
			reason: `${plan.reason}; ${version.why}`
		},
		release,
		lastProven: isProven ? release : lastProven
	};
}
/** Whether a step asks for nothing of its own: it is about what stands. */
const endsSomething = ({ strategy, step }) => strategy !== "rolling" && step !== "start";
/** The spec that the strategy makes of what is given and what stands. */
async function versionOf(place, { wanted, record, contract }, { release, exists }, order, run, ports) {
	if (order.strategy !== "rolling" && exists && release === void 0) require_house().refuse({
		where: `SeldonDeployment ${calledAt(place)}`,
		expected: "a release of these actions, beside which a new version could stand",
		seen: "an object without one",
		fix: "Deploy once with strategy: rolling (and adopt: true, where someone else has made it)."
	});
	const step = await planStep(order, wanted.spec, release);
	if (step.kind === "refuse") require_house().refuse({
		where: `SeldonDeployment ${calledAt(place)}`,
		expected: step.expected,
		seen: step.seen,
		fix: step.fix
	});
	const { spec, deployId } = await require_release().stampSpec(step.spec);
	const of = {
		inputs: void 0,
		standing: release,
		stable: release?.stable ?? release
	}[step.of];
	const countable = order["base-url"] !== void 0 && order["smoke-request"]?.body !== void 0;
	const shared = spec.predictors.filter(({ shadow }) => shadow !== true).length > 1;
	const wasShared = release !== void 0 && secondOf(release) !== void 0;
	const find = {
		gateway: order.gateway.kind,
		spec,
		countable
	};
	const routing = order.strategy === "rolling" ? wasShared ? await routingIfAny(place, find, ports) : void 0 : shared || wasShared ? await routingOf(place, find, ports) : void 0;
	if (shared && order.strategy !== "rolling") refuseErrors(place, wanted, spec);
	return {
		wanted: of?.own === void 0 ? wanted : {
			...wanted,
			...of.own
		},
		spec,
		deployId,
		why: step.why,
		asked: step.asked,
		contract,
		routing,
		record: of === void 0 ? record : of.record === void 0 ? void 0 : require_house().parseRecord(of.record, "the kept record"),
		source: of ?? {
			repository: run.repository,
			sha: record?.source.sha ?? run.sha,
			runId: run.runId
		},
		sharing: {
			...shared && order.strategy !== "rolling" && order.step === "start" && step.stable !== void 0 ? {
				strategy: order.strategy,
				stable: step.stable
			} : {},
			...order.strategy !== "rolling" && order.step !== "start" ? { ended: {
				strategy: order.strategy,
				step: order.step
			} } : {}
		}
	};
}
/** A rolling update ends a canary as well, and asked for no proof of its traffic. */
async function routingIfAny(place, find, ports) {
	try {
		return await routingOf(place, find, ports);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		ports.log.warning(`That all traffic goes to the new version is not proven: ${require_house().messageOf(thrown)}`);
		return;
	}
}
/** What the two versions are together, checked by the rules for one object, the sum of their shares among them. */
function refuseErrors({ name, namespace }, { labels, annotations }, spec) {
	const document = require_resource().asJson(require_manifest().resourceOf({
		name,
		namespace
	}, spec, {
		labels,
		annotations
	}));
	const errors = require_manifest().lintSeldonDeployment(document).filter(({ level }) => level === "error");
	if (errors.length > 0) throw new (require_house()).ActionError(errors.map(({ level: _level, ...mistake }) => mistake));
}
async function readable(cluster, path, labels) {
	try {
		await cluster.list(path, { labels });
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError) || !thrown.mistakes[0].seen.startsWith("403")) throw thrown;
		const [mistake] = thrown.mistakes;
		throw new (require_house()).ActionError({
			...mistake,
			expected: "the right to read Deployments and pods: without it success can not be proven"
		}, { cause: thrown });
	}
}
async function keptRelease(standing, annotation, { compression, log }) {
	const packed = standing?.metadata.annotations?.[annotation];
	if (packed === void 0) return void 0;
	try {
		return require_release().readRelease(await compression.unpack(packed, {
			where: annotation,
			maxBytes: 1048576
		}), annotation);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(`The annotation ${annotation} can not be read, so nothing is rolled back to it: ${require_house().messageOf(thrown)}`);
		return;
	}
}
Object.defineProperty(exports, "calledAt", {
	enumerable: true,
	get: function() {
		return calledAt;
	}
});
Object.defineProperty(exports, "endsSomething", {
	enumerable: true,
	get: function() {
		return endsSomething;
	}
});
Object.defineProperty(exports, "observe", {
	enumerable: true,
	get: function() {
		return observe;
	}
});
Object.defineProperty(exports, "pathAt", {
	enumerable: true,
	get: function() {
		return pathAt;
	}
});
Object.defineProperty(exports, "proveShares", {
	enumerable: true,
	get: function() {
		return proveShares;
	}
});
Object.defineProperty(exports, "sharesOf", {
	enumerable: true,
	get: function() {
		return sharesOf;
	}
});
