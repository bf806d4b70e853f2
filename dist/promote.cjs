require("./chunks/rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_permitted;
const require_permitted = () => kept_require_permitted ??= require("./chunks/permitted.cjs");
let kept_require_seldon_deploy;
const require_seldon_deploy = () => kept_require_seldon_deploy ??= require("./chunks/seldon-deploy.cjs");
let kept_require_archive;
const require_archive = () => kept_require_archive ??= require("./chunks/archive.cjs");
let kept_require_compression;
const require_compression = () => kept_require_compression ??= require("./chunks/compression.cjs");
let kept_require_github;
const require_github = () => kept_require_github ??= require("./chunks/github.cjs");
let kept_require_http;
const require_http = () => kept_require_http ??= require("./chunks/http.cjs");
let kept_require_registry;
const require_registry = () => kept_require_registry ??= require("./chunks/registry.cjs");
let kept_require_kubernetes;
const require_kubernetes = () => kept_require_kubernetes ??= require("./chunks/kubernetes.cjs");
let kept_require_lock;
const require_lock = () => kept_require_lock ??= require("./chunks/lock.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
let kept_require_python;
const require_python = () => kept_require_python ??= require("./chunks/python.cjs");
let kept_require_serving;
const require_serving = () => kept_require_serving ??= require("./chunks/serving.cjs");
let kept_require_rclone;
const require_rclone = () => kept_require_rclone ??= require("./chunks/rclone.cjs");
// src/domain/promotion/version.ts
const FORM = /^(?:([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)@)?v((0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?)$/;
const VERSION_ACCEPTS = "`v1.2.3`, `v2.0.0-rc.1`, `model@v1.2.3`";
/** Reads a tag's name. @throws ActionError for one that names no version */
function readVersion(tag, where) {
	const found = tag.length <= 128 ? FORM.exec(tag) : null;
	if (found === null) return require_house().refuse({
		where,
		expected: "a tag such as v1.2.3 or model@v1.2.3",
		seen: require_house().quote(tag)
	});
	const [, model, number = "", major = "", minor = "", patch = "", prerelease] = found;
	return {
		tag,
		model,
		number,
		parts: [
			BigInt(major),
			BigInt(minor),
			BigInt(patch)
		],
		prerelease
	};
}
/**
* The image's tags for a version: its own, and `1.2` and `1` where nothing newer of the same line has been promoted before, so that
* going back to an old version by its name does not move what means "the newest".
* @param standing all tags of the image's repository
*/
function tagsOf(version, standing) {
	const { number, parts, prerelease } = version;
	if (prerelease !== void 0) return [number];
	const [major, minor, patch] = parts;
	const ofMajor = standing.flatMap((tag) => {
		const found = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/.exec(tag);
		return found === null ? [] : [found.slice(1).map(BigInt)];
	}).filter(([other]) => other === major);
	const newerPatch = ofMajor.some(([, other, last]) => other === minor && last > patch);
	const newerMinor = ofMajor.some(([, other, last]) => other > minor || other === minor && last > patch);
	return [
		number,
		...newerPatch ? [] : [`${major}.${minor}`],
		...newerMinor ? [] : [`${major}`]
	];
}
// src/actions/release-event.ts
/** GitHub allows payloads of 25 MB. */
const MAX_EVENT_BYTES = 33554432;
/** The release that a run of the event `release` is about. Its tag is text from outside, not yet looked at. */
async function readReleaseEvent(run, workspace) {
	const text = run.eventPath === void 0 ? void 0 : await workspace.readText(run.eventPath, { maxBytes: MAX_EVENT_BYTES });
	try {
		const { release } = JSON.parse(text ?? "{}");
		const tag = release?.tag_name;
		return typeof tag === "string" ? {
			tag,
			draft: release?.draft !== false
		} : void 0;
	} catch {
		return;
	}
}
// src/actions/promote.ts
/** What a promotion decides itself, or what makes something new: all else of a deploy is the stage's. */
const { record: _record, "require-gate": _gate, image: _image, model: _model, "model-class": _class, "model-uri": _uri, implementation: _server, "working-directory": _folder, "dry-run": _dry, environment: _environment, preview: _preview, "preview-of": _of, "preview-label": _label, "preview-ttl": _ttl, name: _name, ...ofStage } = require_seldon_deploy().seldonDeploy.inputs;
/** Deploys, to a stage, the very image that has passed its gate at a tagged commit. Nothing is built. */
const promote = {
	id: "promote",
	inputs: {
		name: require_house().text({
			description: "The model, which is the deployment's name too. Left out, the one before the tag's `@`, or that of the record. A tag of another model is passed over.",
			...require_house().deploymentName
		}),
		image: require_house().parsed({
			description: "The images' repository, without tag or digest: `ghcr.io/acme/digits`.",
			accepts: "an image's name without tag or digest",
			parse: async (value) => (await Promise.resolve().then(() => require("./chunks/reference.cjs")).then((n) => n.reference_exports)).parseReference(value, "image")
		}),
		stage: require_house().text({
			description: "The GitHub environment that is promoted to: `production`.",
			default: "production",
			pattern: /^[^\u0000-\u001f\u007f]{1,255}$/,
			accepts: "a name of at most 255 characters"
		}),
		version: require_house().text({
			description: "The tag of git whose model is promoted. Left out, the tag of the run: pushed, or released. An older one is the way back.",
			accepts: VERSION_ACCEPTS
		}),
		fingerprint: require_house().text({
			description: "The tagged tree's fingerprint, as train tells it. It finds the image of a commit that has none by its own `sha-` tag.",
			pattern: /^[0-9a-f]{64}$/,
			accepts: "64 hex digits"
		}),
		attestation: require_house().oneOf$1([
			"auto",
			"required",
			"never"
		], {
			description: "Who may say that the gate has passed: an attestation that `gh` verifies, or (`auto`) also the artifact of a trusted run. `required` takes the attestation only, `never` the artifact only.",
			default: "auto"
		}),
		"signer-workflow": require_house().text({
			description: "The workflow that must have made the attestation: `acme/digits/.github/workflows/main.yml`.",
			pattern: /^[\w.-]+\/[\w.-]+\/[\w./-]+\.ya?ml$/,
			accepts: "`owner/repository/.github/workflows/file.yml`"
		}),
		...ofStage
	},
	outputs: {
		operation: "As of seldon-deploy; `skipped` for the tag of another model",
		version: "What was promoted, as the image's tag says it: `1.2.3`",
		commit: "The commit that the tag names",
		digest: "The digest of the image that was promoted",
		"prediction-url": "Where predictions are answered; empty where nothing is served",
		"deploy-id": "As of seldon-deploy",
		"rolled-back": "`true` when this version failed and the one before was put back and answers",
		tags: "The image's tags that were set, as a JSON list",
		evidence: "Who says that the gate has passed",
		reason: "Why it was done or not, in one sentence",
		record: "The release record with the section `deployment`"
	},
	run: async (given, run, ports) => {
		await require_permitted().permit("promote", run, ports);
		const facts = await observe(given, run, ports);
		if (facts === void 0) return skipped(given, run, ports);
		const { version, commit, digest, evidence, store } = facts;
		ports.log.info(`${version.tag} is commit ${commit.slice(0, 12)}, image ${digest}: gate passed, says ${evidence.from}`);
		const deployed = await deploy(facts, given, run, ports);
		return tell(facts, deployed, deployed.failure === void 0 ? await tagImage(store, version, digest, ports) : {
			tags: [],
			annotations: []
		});
	}
};
/** From the tag to the image and to who speaks for it, each asked once. `undefined`: the tag is another model's. */
async function observe(given, run, ports) {
	const image = await imageOf(given, run);
	const version = await versionOf(given, run, ports);
	if (version.model !== void 0 && given.name !== void 0 && version.model !== given.name) return void 0;
	const model = given.name ?? version.model;
	const defaultBranch = await ports.github.defaultBranch();
	const commit = await commitOf(version, given, run, defaultBranch, ports);
	const tagged = {
		...run,
		sha: commit,
		ref: `refs/tags/${version.tag}`
	};
	const store = await ports.images.open(image);
	const digest = await digestOf(commit, model, given, store, defaultBranch, tagged, ports);
	await refuseMoved(version, digest, store);
	const { repositoryOf } = await Promise.resolve().then(() => require("./chunks/reference.cjs")).then((n) => n.reference_exports);
	const { findEvidence } = await Promise.resolve().then(() => require("./chunks/promotion-evidence.cjs"));
	const { fingerprint } = given;
	const wanted = {
		digest,
		repository: run.repository,
		model,
		fingerprint,
		commit: fingerprint === void 0 ? commit : void 0
	};
	const evidence = await findEvidence(repositoryOf(image), wanted, defaultBranch, given, tagged, ports);
	return {
		version,
		name: model ?? evidence.record.model.name,
		commit,
		image,
		digest,
		store,
		evidence
	};
}
async function imageOf({ image }, run) {
	if (image === void 0) return require_house().refuse({
		where: `input "image"`,
		expected: "the images' repository",
		seen: "nothing"
	});
	const { belowFolder } = await Promise.resolve().then(() => require("./chunks/reference.cjs")).then((n) => n.reference_exports);
	if (image.tag === void 0 && image.digest === void 0) return belowFolder(image, run.workspace);
	return require_house().refuse({
		where: `input "image"`,
		expected: "a name without tag or digest",
		seen: "one with",
		fix: "Which image it is follows from the tag of git."
	});
}
/** The tag by its full name: a branch of the same name is none. */
async function versionOf({ version }, run, { workspace }) {
	if (version !== void 0) return readVersion(version, `input "version"`);
	const release = run.event === "release" ? await readReleaseEvent(run, workspace) : void 0;
	if (release?.draft === true) require_house().refuse({
		where: `release ${require_house().quote(release.tag)}`,
		expected: "a published release",
		seen: "a draft",
		fix: "Run on: release: types: [published]."
	});
	const [, ofRun] = /^refs\/tags\/(.+)$/.exec(run.ref) ?? [];
	const tag = release?.tag ?? ofRun;
	if (tag === void 0 || ofRun !== void 0 && ofRun !== tag) require_house().refuse({
		where: `input "version"`,
		expected: "a version, or a run of a tag or a published release",
		seen: `a run of ${require_house().quote(run.ref)}`,
		fix: "A branch of that name is no release: set version, or push a tag."
	});
	return readVersion(tag, `the run's tag`);
}
/** @throws ActionError for a tag that is not there, that was moved, or whose commit was never merged */
async function commitOf({ tag }, given, run, defaultBranch, { github }) {
	const where = `tag ${require_house().quote(tag)}`;
	const found = (await github.tags()).find(({ name }) => name === tag);
	if (found === void 0) return require_house().refuse({
		where,
		expected: "a tag of git",
		seen: "none",
		fix: "A branch of that name does not count."
	});
	if (given.version === void 0 && found.sha !== run.sha) require_house().refuse({
		where,
		expected: `commit ${run.sha.slice(0, 12)}, as when this run began`,
		seen: `${found.sha.slice(0, 12)}: it was moved`,
		fix: "A version stands for one commit: make a new one."
	});
	const stands = await github.compare(found.sha, defaultBranch);
	if (stands === "ahead" || stands === "identical") return found.sha;
	return require_house().refuse({
		where,
		expected: `a commit that ${defaultBranch} contains`,
		seen: `${found.sha.slice(0, 12)}, which was never merged`,
		fix: "Merge it, and tag the commit that came of it."
	});
}
async function digestOf(commit, model, given, store, defaultBranch, run, ports) {
	const own = await store.head(`sha-${commit}`);
	if (own !== void 0) return own;
	if (given.fingerprint !== void 0) {
		const { commitsOfFingerprint } = await Promise.resolve().then(() => require("./chunks/promotion-evidence.cjs"));
		for (const each of await commitsOfFingerprint(given.fingerprint, model, defaultBranch, run, ports)) {
			const digest = await store.head(`sha-${each}`);
			if (digest === void 0) continue;
			ports.log.info(`Commit ${commit.slice(0, 12)} has the fingerprint of ${each.slice(0, 12)}, whose image is taken`);
			return digest;
		}
	}
	return require_house().refuse({
		where: `commit ${commit.slice(0, 12)}`,
		expected: `an image with the tag sha-${commit}${given.fingerprint === void 0 ? "" : ", or one of the same fingerprint"}`,
		seen: "none: it was never built and tested",
		fix: "Wait for the default branch's run of this commit, or set fingerprint to what train tells of the tagged tree."
	});
}
/** What was promoted once under a version stays that version. */
async function refuseMoved({ tag, number }, digest, store) {
	const before = await store.head(number);
	if (before === void 0 || before === digest) return;
	require_house().refuse({
		where: `tag ${require_house().quote(tag)}`,
		expected: `image ${before}, which was promoted as ${number}`,
		seen: `${digest}: the tag was moved`,
		fix: "A version stands for one image: make a new one."
	});
}
/** By the deploy's own story, so that its verdict, its rollback and what it tells are the same. */
async function deploy(facts, given, run, ports) {
	const { name, image, digest, commit, evidence } = facts;
	const order = {
		...given,
		name,
		record: require_house().serialiseRecord(evidence.record),
		image: {
			...image,
			digest
		},
		environment: given.stage,
		"allow-older": given["allow-older"] || given.version !== void 0 && given.target !== "local",
		"require-gate": true,
		"dry-run": "false",
		preview: "false",
		"preview-ttl": 0,
		"preview-of": void 0,
		"preview-label": void 0,
		model: void 0,
		"model-class": void 0,
		"model-uri": void 0,
		implementation: void 0,
		"working-directory": void 0
	};
	return await require_seldon_deploy().seldonDeploy.run(order, {
		...run,
		sha: commit
	}, ports);
}
/** The image serves: that a tag could not be set is told, and undoes nothing. */
async function tagImage(store, version, digest, { log }) {
	try {
		const found = await store.manifest(digest);
		if (found === void 0) require_house().refuse({
			where: `image ${digest}`,
			expected: "to be there still",
			seen: "none"
		});
		const { mediaTypeOf } = await Promise.resolve().then(() => require("./chunks/manifest.cjs")).then((n) => n.manifest_exports);
		const wanted = tagsOf(version, await store.tags());
		const tags = [];
		for (const tag of wanted) if (await store.head(tag) !== digest) tags.push(tag);
		if (tags.length > 0) {
			await store.putManifest(found.bytes, found.manifest.mediaType ?? mediaTypeOf(found.manifest), tags);
			log.info(`The image got the tags ${tags.join(", ")}`);
		}
		return {
			tags,
			annotations: []
		};
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		const message = `It serves, but its image could not be tagged: ${require_house().messageOf(thrown)}`;
		return {
			tags: [],
			annotations: [{
				level: "warning",
				title: `${version.tag}: no tags`,
				message
			}]
		};
	}
}
async function tell({ version, commit, digest, evidence }, deployed, { tags, annotations }) {
	const { codeSpan, escapeText } = await Promise.resolve().then(() => require("./chunks/house.cjs")).then((n) => n.escape_exports);
	const { outputs: given, failure } = deployed;
	const output = (name) => given[name] ?? "";
	return {
		outputs: {
			operation: output("operation"),
			version: version.number,
			commit,
			digest,
			"prediction-url": output("prediction-url"),
			"deploy-id": output("deploy-id"),
			"rolled-back": output("rolled-back"),
			tags: JSON.stringify(tags),
			evidence: evidence.from,
			reason: output("reason"),
			record: output("record")
		},
		annotations: [...deployed.annotations ?? [], ...annotations],
		summary: [
			`## ${escapeText(version.tag)}: ${failure === void 0 ? "promoted" : "not promoted"}`,
			"",
			"| | |",
			"|---|---|",
			`| Commit | ${codeSpan(commit)} |`,
			`| Image | ${codeSpan(digest)} |`,
			`| Gate | passed, says ${escapeText(evidence.from)} |`,
			`| Tags set | ${tags.length === 0 ? "–" : tags.map(codeSpan).join(", ")} |`,
			"",
			deployed.summary ?? ""
		].join("\n"),
		...failure === void 0 ? {} : { failure }
	};
}
async function skipped(given, run, ports) {
	const { tag, number } = await versionOf(given, run, ports);
	const reason = `${tag} is not a version of ${given.name}`;
	ports.log.info(reason);
	return { outputs: {
		operation: "skipped",
		version: number,
		reason,
		tags: "[]"
	} };
}
// src/main/promote.ts
require_house().runAction(promote, ({ inputs, run, log, signal }) => {
	const token = inputs["github-token"];
	const registry = require_registry().openRegistry({
		log,
		githubToken: token,
		actor: run.actor
	});
	const [processes, locks] = [require_process().localProcesses({ signal }), require_lock().fileLocks()];
	const [clock, workspace] = [require_house().systemClock(), require_house().localWorkspace(run)];
	return {
		log,
		signal,
		clock,
		workspace,
		processes,
		compression: require_compression().gzipTexts(),
		kubernetes: require_kubernetes().kubernetes({
			log,
			clock,
			processes,
			workspace,
			run
		}),
		archives: require_archive().tarArchives(),
		store: require_rclone().rcloneStore({
			processes,
			temp: run.temp
		}),
		github: require_github().githubRest({
			run,
			token
		}),
		images: require_registry().imageStores({
			layout: require_registry().openLayout,
			registry
		}),
		http: require_http().httpClient(),
		pythons: require_python().pythons({
			processes,
			locks
		}),
		serving: require_serving().localServing({
			processes,
			locks
		})
	};
});
