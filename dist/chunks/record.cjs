const require_rolldown_runtime = require("./rolldown-runtime.cjs");
const require_workspace = () => require("./workspace.cjs");
const require_run_action = () => require("./run-action.cjs");
// src/domain/record/record.ts
var record_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ serialiseRecord: () => serialiseRecord });
/** A record is one `with:` value, that is one environment string; the system's limit for those is 128 KiB. */
const MAX_RECORD_BYTES = 65536;
const sha256 = require_run_action().string({
	form: /^sha256:[0-9a-f]{64}$/,
	called: "sha256: and 64 hex digits"
});
const hex64 = require_run_action().string({
	form: /^[0-9a-f]{64}$/,
	called: "64 hex digits"
});
const commit = require_run_action().string({
	form: /^[0-9a-f]{40}([0-9a-f]{24})?$/,
	called: "a commit's full id"
});
const name = require_run_action().string({
	form: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
	called: "a name of lower-case letters, digits and -"
});
/** Inside the workspace or an image: relative, with `/`, and never upwards. */
const path = require_run_action().string({
	form: /^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?!.*\/\/)[^\u0000-\u001f\\]+$/,
	called: "a relative path without . or .."
});
const digits = require_run_action().string({
	form: /^\d{1,20}$/,
	called: "digits"
});
const metric = require_run_action().number;
const section = {
	model: require_run_action().object({
		name,
		/** `sklearn`, `xgboost`, `custom` … as the user named it, or as the file's format says. */
		flavor: require_run_action().string({ most: 64 }),
		fingerprint: hex64,
		/** Digest of each part of the fingerprint. */
		parts: require_run_action().record(hex64, { most: 16 }),
		/** Where the model lies, relative to the repository. */
		path,
		/** One digest over the manifest of the model's files. */
		digest: sha256,
		files: require_run_action().count,
		bytes: require_run_action().count,
		format: require_run_action().optional(require_run_action().string({ most: 64 })),
		/** Of the libraries that wrote the model, where they could be told: `scikit-learn` → `1.5.2`. */
		libraries: require_run_action().optional(require_run_action().record(require_run_action().string({ most: 64 }), { most: 64 }))
	}),
	source: require_run_action().object({
		repository: require_run_action().string({ most: 140 }),
		sha: commit,
		ref: require_run_action().string({ most: 1024 }),
		event: require_run_action().string({ most: 64 }),
		pullRequest: require_run_action().optional(require_run_action().count),
		runId: digits,
		runAttempt: require_run_action().count
	}),
	training: require_run_action().object({
		command: require_run_action().string({ most: 16384 }),
		/** Name → source text as it was written: `1.0` is not `1`. */
		params: require_run_action().record(require_run_action().string({ most: 4096 })),
		seconds: require_run_action().number,
		skipped: require_run_action().boolean,
		/** The run and artifact that a skipped training stands on. */
		reusedFrom: require_run_action().optional(require_run_action().object({
			runId: digits,
			artifactId: digits,
			sha: commit
		})),
		reason: require_run_action().string({ most: 2e3 }),
		/** What differs from the last known result, a line each: `params.C 1.0 → 0.1`. */
		changed: require_run_action().list(require_run_action().string({ most: 500 }), 100)
	}),
	artifact: require_run_action().object({
		id: digits,
		name: require_run_action().string({ most: 255 }),
		/** Of the artifact as GitHub stores it. */
		sha256: hex64,
		runId: digits,
		modelUri: require_run_action().optional(require_run_action().string({ most: 2048 }))
	}),
	metrics: require_run_action().object({
		values: require_run_action().record(metric, { most: 500 }),
		/** Metric → `class=3` → value. */
		slices: require_run_action().optional(require_run_action().record(require_run_action().record(metric, { most: 500 }), { most: 100 }))
	}),
	gate: require_run_action().object({
		decision: require_run_action().oneOf("passed", "rejected", "inconclusive"),
		rules: require_run_action().list(require_run_action().object({
			/** As the user wrote it. */
			rule: require_run_action().string({ most: 500 }),
			bound: require_run_action().optional(require_run_action().number),
			/** Absent when the metric is missing or no finite number. */
			observed: require_run_action().optional(require_run_action().number),
			/** The baseline's value, where the rule compares with it. */
			baseline: require_run_action().optional(require_run_action().number),
			/** Of `observed - bound`, at the confidence that was asked for. */
			interval: require_run_action().optional(require_run_action().object({
				low: require_run_action().number,
				high: require_run_action().number
			})),
			verdict: require_run_action().oneOf("passed", "rejected", "inconclusive"),
			reason: require_run_action().optional(require_run_action().string({ most: 500 }))
		}), 200),
		baseline: require_run_action().optional(require_run_action().object({
			/** `live`, `branch`, `artifact`, `file`, `predictions`; `none` where nothing was there to compare with. */
			kind: require_run_action().string({ most: 32 }),
			digest: require_run_action().optional(sha256),
			sha: require_run_action().optional(commit),
			at: require_run_action().optional(require_run_action().string({ most: 40 })),
			/** Where it was found, in words: `deployment 12 to production`. */
			from: require_run_action().optional(require_run_action().string({ most: 300 })),
			runId: require_run_action().optional(digits)
		})),
		/** At which the intervals were taken; absent where the values decided as they stand. */
		confidence: require_run_action().optional(require_run_action().number)
	}),
	image: require_run_action().object({
		/** A repository (`ghcr.io/acme/digits`) or a layout (`oci:image`). */
		repository: require_run_action().string({ most: 1024 }),
		digest: sha256,
		/** `model`, `code`, `dependencies`, `base`. Only what we put there ourselves is named by its content. */
		layers: require_run_action().list(require_run_action().object({
			digest: sha256,
			bytes: require_run_action().count,
			holds: require_run_action().string({ most: 64 })
		}), 128),
		modelClass: require_run_action().optional(require_run_action().string({ most: 256 })),
		/** Where the model lies in the image, relative to its working directory. */
		modelPath: require_run_action().optional(path),
		/** What the server showed when it was tried before the push: seconds, milliseconds, bytes. */
		tried: require_run_action().optional(require_run_action().object({
			startSeconds: require_run_action().number,
			requests: require_run_action().count,
			p50: require_run_action().optional(require_run_action().number),
			p95: require_run_action().optional(require_run_action().number),
			memoryBytes: require_run_action().optional(require_run_action().count)
		}))
	}),
	deployment: require_run_action().object({
		target: require_run_action().oneOf("seldon", "kubernetes", "helm", "local"),
		namespace: require_run_action().string({ most: 63 }),
		name: require_run_action().string({ most: 63 }),
		predictor: require_run_action().optional(require_run_action().string({ most: 63 })),
		strategy: require_run_action().optional(require_run_action().string({ most: 32 })),
		deployId: require_run_action().string({ most: 64 }),
		url: require_run_action().string({ most: 2048 }),
		operation: require_run_action().oneOf("created", "updated", "unchanged"),
		/** Digest of the record that stood before this section was added. */
		recordBefore: sha256
	})
};
const shape = require_run_action().object({
	schema: require_run_action().oneOf(1),
	model: section.model,
	source: section.source,
	training: section.training,
	artifact: require_run_action().optional(section.artifact),
	metrics: require_run_action().optional(section.metrics),
	gate: require_run_action().optional(section.gate),
	image: require_run_action().optional(section.image),
	deployment: require_run_action().optional(section.deployment)
});
/** The section `gate`, for what else carries one. */
const gateShape = section.gate;
/**
* Reads a record strictly: size, JSON without double names, every field known and of its form.
* @param where how the text was given, for the errors: `input "record"`
* @throws ActionError with every mistake
*/
function parseRecord(text, where = `input "record"`) {
	if (text.trim() === "") require_workspace().refuse({
		where,
		expected: "a release record",
		seen: "an empty text",
		fix: "Was the output of the step before dropped, because a secret's value stands in it? Hand it on as artifact:<name>."
	});
	const value = require_run_action().parseJson(text, {
		where,
		maxBytes: MAX_RECORD_BYTES
	});
	const schema = value !== null && typeof value === "object" && !Array.isArray(value) ? value.schema : void 0;
	if (typeof schema === "number" && schema > 1) require_workspace().refuse({
		where,
		expected: `a record of schema 1 or before`,
		seen: `schema ${schema}`,
		fix: "It was written by a newer version of these actions: use one version in all jobs."
	});
	return require_run_action().check(shape, value, where);
}
/** The one text of a record. @throws ActionError when it is over its size */
function serialiseRecord(record) {
	const text = require_run_action().canonicalJson(record);
	const bytes = Buffer.byteLength(text);
	if (bytes > 65536) throw new (require_workspace()).ActionError({
		where: "release record",
		expected: `at most ${MAX_RECORD_BYTES} bytes`,
		seen: `${bytes} bytes`,
		fix: "Report fewer metrics, slices or parameters: long things belong in the artifact."
	});
	return text;
}
/** Tells the five forms of the input `record` apart. An empty input means: the latest of this job (the caller's choice). */
function parseRecordSource(text) {
	if (text.startsWith("{")) return {
		kind: "json",
		text
	};
	const [, scheme, rest = ""] = /^(file|artifact|image):(.+)$/s.exec(text) ?? [];
	if (scheme === "file") return {
		kind: "file",
		path: rest
	};
	if (scheme === "artifact") {
		const [, runId, artifactId] = /^(\d{1,20})\/(\d{1,20})$/.exec(rest) ?? [];
		if (runId !== void 0 && artifactId !== void 0) return {
			kind: "artifact-id",
			runId,
			artifactId
		};
		if (!rest.includes("/")) return {
			kind: "artifact-name",
			name: rest
		};
	}
	if (scheme === "image") {
		const [, reference, digest] = /^(.+)@(sha256:[0-9a-f]{64})$/.exec(rest) ?? [];
		if (reference !== void 0 && digest !== void 0) return {
			kind: "image",
			reference,
			digest
		};
	}
	return require_workspace().refuse({
		where: "the record's form",
		expected: "JSON, file:<path>, artifact:<run>/<id>, artifact:<name> or image:<reference>@<digest>",
		seen: JSON.stringify(text.slice(0, 60))
	});
}
/**
* What build-model-image and seldon-deploy ask before they work. A dropped or forgotten gate must not read as a passed one.
* @throws ActionError unless the gate's decision is `passed`
*/
function requireGate(record, required) {
	if (!required) return;
	const fix = "Run evaluate-gate before, and hand its record on; or set require-gate: false to work without a gate.";
	if (!record) require_workspace().refuse({
		where: `input "record"`,
		expected: "a record whose gate is passed",
		seen: "no record",
		fix
	});
	if (record.gate?.decision !== "passed") require_workspace().refuse({
		where: `the record of ${record.model.name}`,
		expected: "gate passed",
		seen: record.gate ? `gate ${record.gate.decision}` : "no gate",
		fix
	});
}
// src/actions/record.ts
/** The input of every action but train. */
const recordInput = require_run_action().text({ description: "The release record: JSON (an output of the step or job before), `file:<path>`, `artifact:<run>/<id>`, `artifact:<name>` of this run, or `image:<reference>@<digest>`. Left out, the latest record of this job." });
/** The latest record of a job lies here, so that `record` can be left out. The runner empties this folder between jobs. */
const latestPath = (run) => `${run.temp}/model-road/record.json`;
/**
* Reads the record that an action was given, in any of its forms. `undefined` when none was given and this job has none.
* @throws ActionError when it was given but can not be had, or does not parse
*/
async function takeRecord(input, run, ports) {
	if (input === void 0) {
		const latest = await ports.workspace.readText(latestPath(run), { maxBytes: MAX_RECORD_BYTES });
		return latest === void 0 ? void 0 : parseRecord(latest, "the latest record of this job");
	}
	const source = parseRecordSource(input);
	switch (source.kind) {
		case "json": return parseRecord(source.text);
		case "file": {
			const path = source.path.startsWith("/") ? source.path : `${run.workspace}/${source.path}`;
			const content = await ports.workspace.readText(path, { maxBytes: MAX_RECORD_BYTES });
			if (content === void 0) require_workspace().refuse({
				where: `input "record"`,
				expected: `a file ${source.path}`,
				seen: "none"
			});
			return parseRecord(content, source.path);
		}
		case "artifact-id": return await fromArtifact(source.artifactId, source.runId, ports);
		case "artifact-name": {
			const found = await ports.github.artifactsNamed(source.name, { runId: run.runId });
			if (found.length !== 1) require_workspace().refuse({
				where: `input "record"`,
				expected: `one artifact named ${source.name} in this run`,
				seen: found.length === 0 ? "none" : `${found.length}`,
				fix: found.length === 0 ? "Does the job that makes it come before this one (needs:)?" : "Name it by artifact:<run>/<id>."
			});
			return await fromArtifact(found[0].id, run.runId, ports);
		}
		case "image": return await fromImage(source.reference, source.digest, ports);
	}
}
async function fromArtifact(id, runId, ports) {
	const artifact = await ports.github.artifact(id);
	if (!artifact || artifact.expired || artifact.run.id !== runId || artifact.sha256 === void 0) require_workspace().refuse({
		where: `input "record"`,
		expected: `artifact ${id} of run ${runId}`,
		seen: artifact ? artifact.expired ? "an expired one" : `one of run ${artifact.run.id}` : "none"
	});
	const file = `${await ports.workspace.temporary("record")}/record.json`;
	const maxBytes = 8 * MAX_RECORD_BYTES;
	await ports.github.downloadArtifact(id, file, {
		maxBytes,
		sha256: artifact.sha256
	});
	const content = await ports.workspace.readText(file, { maxBytes });
	const { openTrainingDocument } = await Promise.resolve().then(() => require("./fingerprint.cjs"));
	const where = `artifact ${artifact.name}`;
	const { record } = openTrainingDocument(content ?? "", where);
	return parseRecord(require_run_action().canonicalJson(record), where);
}
async function fromImage(reference, digest, { images }) {
	if (!images) require_workspace().refuse({
		where: `input "record"`,
		expected: "a form that this action reads",
		seen: "image:"
	});
	const { readAttachedRecord } = await Promise.resolve().then(() => require("./image-record.cjs"));
	return await readAttachedRecord(reference, digest, images);
}
/** Keeps a record as the latest of this job, and returns its text for the output. */
async function giveRecord(record, run, { workspace }) {
	const json = serialiseRecord(record);
	try {
		await workspace.write(latestPath(run), json);
	} catch (thrown) {
		require_workspace().refuse({
			where: latestPath(run),
			expected: "a writable temporary folder",
			seen: require_workspace().messageOf(thrown)
		}, thrown);
	}
	return json;
}
Object.defineProperty(exports, "MAX_RECORD_BYTES", {
	enumerable: true,
	get: function() {
		return MAX_RECORD_BYTES;
	}
});
Object.defineProperty(exports, "gateShape", {
	enumerable: true,
	get: function() {
		return gateShape;
	}
});
Object.defineProperty(exports, "giveRecord", {
	enumerable: true,
	get: function() {
		return giveRecord;
	}
});
Object.defineProperty(exports, "parseRecord", {
	enumerable: true,
	get: function() {
		return parseRecord;
	}
});
Object.defineProperty(exports, "recordInput", {
	enumerable: true,
	get: function() {
		return recordInput;
	}
});
Object.defineProperty(exports, "record_exports", {
	enumerable: true,
	get: function() {
		return record_exports;
	}
});
Object.defineProperty(exports, "requireGate", {
	enumerable: true,
	get: function() {
		return requireGate;
	}
});
Object.defineProperty(exports, "serialiseRecord", {
	enumerable: true,
	get: function() {
		return serialiseRecord;
	}
});
Object.defineProperty(exports, "takeRecord", {
	enumerable: true,
	get: function() {
		return takeRecord;
	}
});
