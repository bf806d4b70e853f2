require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest3.cjs");
let kept_require_cluster_facts;
const require_cluster_facts = () => kept_require_cluster_facts ??= require("./cluster-facts.cjs");
const MOST_ANNOTATION_BYTES = 102400;
/** The one write: spec, release and record, fenced by the version that was read. */
async function write(place, given, first, order, run, ports) {
	let facts = first;
	for (let tried = 1;; tried++) {
		const { standing, plan, lastProven, version } = facts;
		const object = await objectOf(place, facts, ports);
		const fence = standing?.metadata.resourceVersion;
		const sent = fence === void 0 ? object : {
			...object,
			metadata: {
				...object.metadata,
				resourceVersion: fence
			}
		};
		const applying = await place.cluster.apply(require_cluster_facts().pathAt(place), sent);
		switch (applying.kind) {
			case "conflict": throw conflictError(place, applying.with);
			case "stale":
				if (tried === 5) require_house().refuse({
					where: `SeldonDeployment ${require_cluster_facts().calledAt(place)}`,
					expected: "to be left alone while it is written",
					seen: `5 other writes in a row`,
					fix: "Does another workflow deploy the same name? Give them one concurrency group."
				});
				ports.log.info(`${require_cluster_facts().calledAt(place)} was changed meanwhile: read again`);
				facts = await require_cluster_facts().observe(place, given, order, run, ports);
				continue;
			case "applied": {
				const { metadata } = applying.object;
				const applied = require_release().appliedOf(version.spec, version.deployId, metadata, standing?.spec);
				const untouched = standing !== void 0 && metadata.generation === standing.metadata.generation;
				const created = standing === void 0 && metadata.generation === 1;
				return {
					version,
					operation: created ? "created" : plan.operation === "unchanged" && untouched ? "unchanged" : "updated",
					applied,
					created,
					lastProven
				};
			}
		}
	}
}
async function objectOf(place, { version, plan, standing, lastProven }, ports) {
	const { wanted, spec, deployId, record } = version;
	const labels = {
		...wanted.labels,
		[require_release().MANAGED_BY]: require_release().MANAGER
	};
	const kept = standing?.metadata.annotations ?? {};
	if (plan.operation === "unchanged") {
		const ours = [
			require_release().SPEC_ID_ANNOTATION,
			require_release().RELEASE_ANNOTATION,
			require_release().LAST_PROVEN_ANNOTATION
		].filter((each) => kept[each] !== void 0);
		const annotations = {
			...wanted.annotations,
			...Object.fromEntries(ours.map((each) => [each, kept[each]]))
		};
		return require_manifest().resourceOf(place, spec, {
			labels,
			annotations
		});
	}
	const release = {
		schema: 1,
		deployId,
		spec,
		...version.sharing,
		...Object.keys(wanted.labels).length + Object.keys(wanted.annotations).length === 0 ? {} : { own: {
			labels: wanted.labels,
			annotations: wanted.annotations
		} },
		repository: version.source.repository,
		sha: version.source.sha,
		runId: version.source.runId,
		...record === void 0 ? {} : { record: require_house().serialiseRecord(record) }
	};
	return require_manifest().resourceOf(place, spec, {
		labels,
		annotations: {
			...wanted.annotations,
			...await annotationsOf(release, lastProven, ports)
		}
	});
}
/** Both releases packed, with their records as far as there is room. */
async function annotationsOf(release, lastProven, { compression, log }) {
	const pack = async (each) => await compression.pack(JSON.stringify(each));
	const bare = ({ record: _record, stable, ...rest }) => ({
		...rest,
		...stable === void 0 ? {} : { stable: bare(stable) }
	});
	const choices = [
		[release, lastProven],
		[release, lastProven && bare(lastProven)],
		[bare(release), lastProven && bare(lastProven)]
	];
	for (const [at, [ours, before]] of choices.entries()) {
		const annotations = {
			[require_release().SPEC_ID_ANNOTATION]: release.deployId,
			[require_release().RELEASE_ANNOTATION]: await pack(ours),
			...before === void 0 ? {} : { [require_release().LAST_PROVEN_ANNOTATION]: await pack(before) }
		};
		if (Object.entries(annotations).reduce((sum, [name, value]) => sum + name.length + value.length, 0) <= MOST_ANNOTATION_BYTES) {
			if (at > 0) log.warning("The release record is too long to be kept in the cluster beside what it rolls back to: it is left out there.");
			return annotations;
		}
	}
	return require_house().refuse({
		where: "the SeldonDeployment",
		expected: `a spec that fits an annotation of ${MOST_ANNOTATION_BYTES} bytes`,
		seen: "a longer one"
	});
}
function conflictError(place, all) {
	return new (require_house()).ActionError(all.map(({ manager, field }) => ({
		where: `SeldonDeployment ${require_cluster_facts().calledAt(place)}, ${field}`,
		expected: "a field of these actions",
		seen: `one that ${manager} owns`,
		fix: "spec.predictors is one list: two tools can not share it. Let one of them own it."
	})));
}
/** Marks the release as a rollback target, where it still is what stands there. */
async function markProven(place, deployId, { log }) {
	const at = (annotation) => `/metadata/annotations/${annotation.replaceAll("/", "~1")}`;
	if (!await place.cluster.patch(require_cluster_facts().pathAt(place), [{
		op: "test",
		path: at("model-road/deploy-id"),
		value: deployId
	}, {
		op: "add",
		path: at("model-road/proven"),
		value: deployId
	}]).catch((thrown) => {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(require_house().messageOf(thrown));
		return false;
	})) log.warning(`${require_cluster_facts().calledAt(place)} could not be marked as proven: a later failure will not roll back to this version.`);
}
Object.defineProperty(exports, "annotationsOf", {
	enumerable: true,
	get: function() {
		return annotationsOf;
	}
});
Object.defineProperty(exports, "conflictError", {
	enumerable: true,
	get: function() {
		return conflictError;
	}
});
Object.defineProperty(exports, "markProven", {
	enumerable: true,
	get: function() {
		return markProven;
	}
});
Object.defineProperty(exports, "objectOf", {
	enumerable: true,
	get: function() {
		return objectOf;
	}
});
Object.defineProperty(exports, "write", {
	enumerable: true,
	get: function() {
		return write;
	}
});
