require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_documents;
const require_documents = () => kept_require_documents ??= require("./documents.cjs");
// src/domain/kubernetes/chart.ts
/** Seldon's own charts, by their names. They are in no registry, so helm is told where. */
const SELDON_CHARTS = /* @__PURE__ */ new Set([
	"seldon-single-model",
	"seldon-abtest",
	"seldon-mab"
]);
const SELDON_REPOSITORY = "https://storage.googleapis.com/seldon-charts";
/**
* @param chart a folder or archive below the repository, `oci://…`, or the name of one of Seldon's charts
* @throws ActionError for anything that helm would look up by rules of the machine it runs on
*/
function chartSource(chart, version, workspace) {
	const options = version === void 0 ? [] : ["--version", version];
	if (/^oci:\/\/[A-Za-z0-9][!-~]*$/.test(chart)) return {
		chart,
		options,
		local: false
	};
	if (SELDON_CHARTS.has(chart)) return {
		chart,
		options: [
			"--repo",
			SELDON_REPOSITORY,
			...options
		],
		local: false
	};
	if (/^(?!\/)(?!-)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\:]+$/.test(chart)) {
		if (version !== void 0) require_house().refuse({
			where: `input "chart-version"`,
			expected: "none for a chart of the repository",
			seen: require_house().quote(version)
		});
		return {
			chart: `${workspace}/${chart.replace(/^(?:\.\/)+/, "")}`,
			options: [],
			local: true
		};
	}
	return require_house().refuse({
		where: `input "chart"`,
		expected: `a folder or archive of the repository, oci://…, or one of ${[...SELDON_CHARTS].join(", ")}`,
		seen: require_house().quote(chart)
	});
}
/**
* Puts the image into values: `{image}` whole; `{image-name}` and `{image-version}` for charts that write a colon between the
* two, so that a digest gets through.
* @throws ActionError when they ask for an image and there is none
*/
function fillImage(text, image) {
	const asked = /\{image(?:-name|-version)?\}/.exec(text)?.[0];
	if (asked === void 0) return text;
	if (image === void 0) return require_house().refuse({
		where: "the chart's values",
		expected: `an image for ${asked}`,
		seen: "none",
		fix: "Set image, or hand on the record of build-model-image."
	});
	const colon = image.lastIndexOf(":");
	return text.replaceAll("{image}", image).replaceAll("{image-name}", image.slice(0, colon)).replaceAll("{image-version}", image.slice(colon + 1));
}
const CHART_LABELS = {
	deployId: "model-road/deploy-id",
	sha: "model-road/sha",
	repository: "model-road/repository",
	run: "model-road/run",
	attempt: "model-road/attempt",
	/** The revision that these labels were written for. */
	revision: "model-road/revision",
	/** The revision that was proven when this one was written: what a failure goes back to. */
	before: "model-road/last-proven"
};
/** The revisions of a release, the newest first. */
function revisionsOf(secrets) {
	return secrets.map(({ metadata }) => {
		const { labels = {}, annotations = {}, name, creationTimestamp = "" } = metadata;
		return {
			version: Number(labels.version ?? ""),
			status: labels.status ?? "",
			labels,
			annotations,
			secret: name,
			createdAt: creationTimestamp
		};
	}).filter(({ version }) => Number.isSafeInteger(version) && version > 0).toSorted((a, b) => b.version - a.version);
}
/**
* Whether the labels are about this revision. Helm hands them on to the next one, whoever makes it; only what we have proven,
* after a rollback of ours, is ours by another number too.
*/
const isOurs = ({ labels, annotations, version }) => labels[CHART_LABELS.deployId] !== void 0 && (labels[CHART_LABELS.revision] === String(version) || annotations["model-road/proven"] === labels[CHART_LABELS.deployId]);
/**
* Whose the newest revision is, after an upgrade that failed: only ours is undone. Helm may have refused before it wrote one, and
* another run's may stand there, or be in the making.
* @param revision that helm has told of; 0 when it told of none
* @param before the newest revision when the upgrade began; 0 for none
*/
function whoseIsNewest(newest, { revision, before }, run) {
	if (newest === void 0) return before === 0 ? "unchanged" : "foreign";
	const { labels, version } = newest;
	if (revision > 0) return version > revision ? "foreign" : "ours";
	const isOfRun = isOurs(newest) && labels[CHART_LABELS.run] === run.runId && labels[CHART_LABELS.attempt] === String(run.runAttempt);
	if (version === before) return "unchanged";
	return isOfRun ? "ours" : "foreign";
}
/** Whether this very revision has answered. */
const isProven = ({ annotations, labels }) => annotations["model-road/proven"] !== void 0 && annotations["model-road/proven"] === labels[CHART_LABELS.deployId];
/** What a release is at. A `failed` revision after a deployed one does not hinder the next upgrade. */
function standingOf(revisions) {
	const [latest] = revisions;
	if (latest === void 0 || latest.status === "uninstalled") return { kind: "none" };
	const live = revisions.find(({ status }) => status === "deployed");
	if (latest.status.startsWith("pending-") || latest.status === "uninstalling") return {
		kind: "pending",
		latest,
		live
	};
	return live === void 0 ? {
		kind: "broken",
		latest
	} : {
		kind: "ready",
		live
	};
}
/** Gives every object its ids, as helm's post-renderer: a SeldonDeployment those of its predictors. */
async function stampChart(documents, release) {
	const stamped = [];
	for (const document of require_documents().stampDocuments(documents, release).documents) {
		if (document.kind !== "SeldonDeployment") {
			stamped.push(document);
			continue;
		}
		const { spec, deployId } = await require_release().stampSpec(document.spec);
		const { annotations } = document.metadata;
		const own = annotations !== null && typeof annotations === "object" && !Array.isArray(annotations) ? annotations : {};
		stamped.push({
			...document,
			metadata: {
				...document.metadata,
				annotations: {
					...own,
					[require_release().SPEC_ID_ANNOTATION]: deployId
				}
			},
			spec
		});
	}
	return {
		documents: stamped,
		deployId: require_house().textDigest(require_house().canonicalJson({
			schema: 1,
			documents: stamped
		})).slice(7, 47)
	};
}
/** Helm's last line, which says why. Everything before it is told in the log. */
function helmFailure(what, stderr) {
	const lines = stderr.trim().split("\n").filter(Boolean);
	const line = lines.findLast((each) => each.startsWith("Error: ")) ?? lines.at(-1) ?? "no word";
	return {
		where: `helm ${what}`,
		expected: "to succeed",
		seen: require_house().quote(line.replace(/^Error: /, ""), 600)
	};
}
Object.defineProperty(exports, "CHART_LABELS", {
	enumerable: true,
	get: function() {
		return CHART_LABELS;
	}
});
Object.defineProperty(exports, "chartSource", {
	enumerable: true,
	get: function() {
		return chartSource;
	}
});
Object.defineProperty(exports, "fillImage", {
	enumerable: true,
	get: function() {
		return fillImage;
	}
});
Object.defineProperty(exports, "helmFailure", {
	enumerable: true,
	get: function() {
		return helmFailure;
	}
});
Object.defineProperty(exports, "isOurs", {
	enumerable: true,
	get: function() {
		return isOurs;
	}
});
Object.defineProperty(exports, "isProven", {
	enumerable: true,
	get: function() {
		return isProven;
	}
});
Object.defineProperty(exports, "revisionsOf", {
	enumerable: true,
	get: function() {
		return revisionsOf;
	}
});
Object.defineProperty(exports, "stampChart", {
	enumerable: true,
	get: function() {
		return stampChart;
	}
});
Object.defineProperty(exports, "standingOf", {
	enumerable: true,
	get: function() {
		return standingOf;
	}
});
Object.defineProperty(exports, "whoseIsNewest", {
	enumerable: true,
	get: function() {
		return whoseIsNewest;
	}
});
