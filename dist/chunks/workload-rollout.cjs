require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_documents;
const require_documents = () => kept_require_documents ??= require("./documents.cjs");
let kept_require_settled;
const require_settled = () => kept_require_settled ??= require("./settled.cjs");
let kept_require_outcome_table;
const require_outcome_table = () => kept_require_outcome_table ??= require("./outcome-table.cjs");
let kept_require_workload_proof;
const require_workload_proof = () => kept_require_workload_proof ??= require("./workload-proof.cjs");
// src/actions/workload-outcome.ts
const listed = (documents) => documents.map((each) => require_house().codeSpan(require_documents().title(each))).join(", ");
const nothingServed = ({ wanted, record }) => ({
	"prediction-url": "",
	"deploy-id": wanted.deployId,
	"rolled-back": "false",
	record: record === void 0 ? "" : require_house().serialiseRecord(record)
});
async function tellRendered(version, { namespace }, log) {
	const { documents, name } = version.wanted;
	const text = require_workload_proof().withoutSecrets(documents).map((each) => JSON.stringify(each, void 0, 2)).join("\n---\n");
	const called = require_workload_proof().calledAt({
		namespace,
		name
	});
	await log.group(`The manifests of ${called}`, async () => Promise.resolve(log.info(text)));
	return {
		outputs: {
			...nothingServed(version),
			operation: "rendered",
			reason: "dry-run: client asks no cluster",
			manifest: JSON.stringify({
				apiVersion: "v1",
				kind: "List",
				items: documents
			})
		},
		summary: [
			`### ${require_house().escapeText(called)}: rendered`,
			"",
			require_house().codeBlock(text, "json"),
			""
		].join("\n")
	};
}
async function tellDryRun(place, version, { plan, release }, left, log) {
	const asMap = (documents) => Object.fromEntries(require_workload_proof().withoutSecrets(documents).map((each) => [require_documents().title(each), each]));
	const changes = require_outcome_table().describeChanges(release === void 0 ? void 0 : asMap(release.documents), asMap(version.wanted.documents));
	for (const change of changes) log.info(change);
	const operation = plan.operation === "unchanged" ? "unchanged" : plan.operation === "create" ? "would-create" : "would-update";
	return await Promise.resolve({
		outputs: {
			...nothingServed(version),
			operation,
			reason: plan.reason
		},
		summary: [
			`### ${require_house().escapeText(require_workload_proof().calledAt(place))}: ${operation}`,
			"",
			`${require_house().escapeText(plan.reason)}.`,
			"",
			changes.length === 0 ? "Nothing changes." : require_house().codeBlock(changes.join("\n"), "text"),
			...left.remove.length === 0 ? [] : ["", `Would be removed: ${listed(left.remove)}.`],
			...left.keep.length === 0 ? [] : ["", `No longer wanted, and left: ${listed(left.keep)}.`],
			""
		].join("\n")
	});
}
async function tellDone(place, version, { plan }, done, { target, "smoke-request": smoke }, run, ports) {
	const { record, wanted } = version;
	const annotations = [];
	if (smoke === void 0) annotations.push({
		level: "warning",
		title: `${require_workload_proof().calledAt(place)}: no prediction was asked for`,
		message: "All objects are well, but nothing proved that the new version predicts. Give a smoke-request."
	});
	const given = record && await require_house().giveRecord(withDeployment(record, target, place, version, done), run, ports);
	return {
		outputs: {
			operation: done.operation,
			"prediction-url": done.url,
			"deploy-id": wanted.deployId,
			"rolled-back": "false",
			reason: plan.reason,
			record: given ?? ""
		},
		annotations,
		summary: [
			`### ${require_house().escapeText(require_workload_proof().calledAt(place))}: ${done.operation}`,
			"",
			`${require_house().escapeText(plan.reason)}. Proven after ${done.seconds.toFixed(1)} s.`,
			"",
			...require_outcome_table().tableOf([
				["Prediction URL", done.url === "" ? "–" : require_house().codeSpan(done.url)],
				["Deploy id", require_house().codeSpan(wanted.deployId)],
				["From", require_house().codeSpan(wanted.from)],
				["Objects", listed(wanted.documents)],
				...done.pruned.length === 0 ? [] : [["Removed", done.pruned.map((each) => require_house().codeSpan(each)).join(", ")]],
				...done.prediction === void 0 ? [] : [["It predicted", require_house().codeSpan(done.prediction)]]
			])
		].join("\n")
	};
}
function tellRefused(place, version, error, recovery, log) {
	const told = tellRecovery(recovery);
	log.info(told);
	return {
		outputs: {
			...nothingServed(version),
			operation: "failed",
			"prediction-url": recovery.kind === "rolled-back" ? recovery.url : "",
			"rolled-back": String(recovery.kind === "rolled-back"),
			reason: error.message.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1e3)
		},
		failure: `The new version of ${require_workload_proof().calledAt(place)} was refused. ${told}\n${error.mistakes.map(require_house().sentence).join("\n")}`,
		summary: [
			`### ${require_house().escapeText(require_workload_proof().calledAt(place))}: failed`,
			"",
			require_house().escapeText(error.message),
			"",
			require_house().escapeText(told),
			"",
			...require_outcome_table().tableOf([
				["Deploy id of the new version", require_house().codeSpan(version.wanted.deployId)],
				["From", require_house().codeSpan(version.wanted.from)],
				...recovery.kind === "rolled-back" ? [["Serving now", require_house().codeSpan(recovery.deployId)]] : []
			])
		].join("\n")
	};
}
function tellRecovery(recovery) {
	switch (recovery.kind) {
		case "rolled-back": return `The version before (${recovery.deployId.slice(0, 12)}) was put back, and is well.`;
		case "removed": return "It was the first of its name and is removed again.";
		case "kept": return "It stays as it is: there is nothing proven to go back to, or rollback is off. Pods of an earlier version that still run go on serving.";
		case "foreign": return "Someone else has deployed under this name meanwhile, so it is left alone.";
		case "degraded": return `Recovering failed too, so it needs a person: ${recovery.why}`;
	}
}
function withDeployment(record, target, { namespace, name }, { wanted }, { operation, url }) {
	return {
		...record,
		deployment: {
			target,
			namespace,
			name,
			strategy: "rolling",
			deployId: wanted.deployId,
			url,
			operation,
			recordBefore: require_house().textDigest(require_house().serialiseRecord(record))
		}
	};
}
// src/actions/workload-rollout.ts
/** Rules that count seconds are asked this often even where nothing changes. */
const TICK_MS = 500;
/**
* Waits until all objects of a release are well, one of them or a pod of theirs is lost, or the time is over.
* @param deadline milliseconds on the clock that never jumps
*/
async function waitForObjects(place, written, owner, rules, deadline, { log, clock, signal }) {
	const { cluster, namespace } = place;
	const from = clock.elapsed();
	const done = new AbortController();
	const following = AbortSignal.any([done.signal, signal]);
	const applied = written.objects.map(({ document, object }) => ({
		kind: document.kind,
		namespace,
		name: document.metadata.name,
		uid: object.metadata.uid ?? "",
		generation: object.metadata.generation ?? 0
	}));
	const ids = [...new Set(written.objects.map(({ document }) => require_documents().templateId(document) ?? ""))].filter(Boolean);
	const seen = written.objects.map(({ object }) => require_settled().isWatched(object, rules) ? false : object);
	let owned;
	let pods = ids.length === 0 ? [] : void 0;
	let memory = require_settled().NOTHING_SEEN;
	let said = "";
	let end;
	const finish = (verdict, culprit) => {
		end = {
			verdict,
			culprit,
			pods: pods ?? []
		};
		done.abort();
	};
	const judge = () => {
		if (end !== void 0 || owned === void 0 || pods === void 0 || seen.includes(false)) return;
		const message = owner.superseded(owned);
		if (message !== void 0) return finish({
			kind: "superseded",
			message
		});
		const current = seen;
		if (written.objects.some(({ document }, at) => isOverwritten(document, current[at]))) return finish({ kind: "overwritten" });
		const judged = require_settled().judgeObjects(applied, current, rules, clock.elapsed(), memory);
		({memory} = judged);
		const { verdict } = judged;
		const doomed = doomedPod(pods, clock.elapsed() - from);
		if (doomed !== void 0 && verdict.kind !== "settled") {
			const culprit = applied.find(({ kind }) => kind !== "Service") ?? applied[0];
			return finish({
				kind: "failed",
				culprit,
				message: doomed.message
			}, doomed);
		}
		if (verdict.kind !== "wait") return finish(verdict, doomed);
		if (verdict.waitsFor === said) return;
		said = verdict.waitsFor;
		log.info(`${((clock.elapsed() - from) / 1e3).toFixed(1).padStart(6)} s  waiting for ${said}`);
	};
	const follow = async (path, options, take) => {
		await cluster.follow(path, {
			...options,
			signal: following
		}, (items) => {
			take(items);
			judge();
		});
	};
	const ticks = async () => {
		while (!following.aborted && clock.elapsed() < deadline) {
			await clock.sleep(Math.min(TICK_MS, Math.max(1, deadline - clock.elapsed())), following).catch(() => void 0);
			judge();
		}
		done.abort();
	};
	try {
		await Promise.all([
			ticks(),
			follow(owner.path, owner.select, (found) => {
				owned = found;
			}),
			...ids.length === 0 ? [] : [follow(`/api/v1/namespaces/${namespace}/pods`, { labels: `${require_release().DEPLOY_ID_LABEL} in (${ids.join(",")})` }, (all) => {
				pods = all;
			})],
			...written.objects.flatMap(({ document, path }, at) => seen[at] === false ? [follow(parent(path), { fields: `metadata.name=${document.metadata.name}` }, ([found]) => {
				seen[at] = found && {
					...found,
					apiVersion: document.apiVersion,
					kind: document.kind
				};
			})] : [])
		]);
	} finally {
		done.abort();
	}
	if (signal.aborted) throw signal.reason;
	const waited = Math.round((clock.elapsed() - from) / 1e3);
	const stuck = (pods ?? []).map(require_release().unschedulable).find((each) => each !== void 0);
	const why = stuck === void 0 ? "" : `; a pod has no place: ${stuck}`;
	return end ?? {
		verdict: {
			kind: "timeout",
			message: `after ${waited} s still waiting for ${said || "the cluster"}${why}`
		},
		culprit: void 0,
		pods: pods ?? []
	};
}
/** A pod of a Job may fall over as often as the Job says: only what never starts is lost. */
function doomedPod(pods, waitedMs) {
	for (const pod of pods) {
		if (pod.metadata.deletionTimestamp !== void 0) continue;
		const doom = require_release().doomOf(pod);
		const ofJob = pod.metadata.ownerReferences?.some(({ kind }) => kind === "Job") ?? false;
		if (doom !== void 0 && doom.graceMs <= waitedMs && !(ofJob && doom.logs !== "none")) return doom;
	}
}
function isOverwritten(document, object) {
	const ours = require_documents().templateId(document);
	return ours !== void 0 && object !== void 0 && require_documents().templateId({
		...document,
		...object
	}) !== ours;
}
const parent = (path) => path.slice(0, path.lastIndexOf("/"));
Object.defineProperty(exports, "tellDone", {
	enumerable: true,
	get: function() {
		return tellDone;
	}
});
Object.defineProperty(exports, "tellDryRun", {
	enumerable: true,
	get: function() {
		return tellDryRun;
	}
});
Object.defineProperty(exports, "tellRefused", {
	enumerable: true,
	get: function() {
		return tellRefused;
	}
});
Object.defineProperty(exports, "tellRendered", {
	enumerable: true,
	get: function() {
		return tellRendered;
	}
});
Object.defineProperty(exports, "waitForObjects", {
	enumerable: true,
	get: function() {
		return waitForObjects;
	}
});
