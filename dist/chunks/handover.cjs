require("./rolldown-runtime.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/trust/handover.ts
const MAX_HANDOVER_BYTES = 8 * 1024 ** 3;
/** The artifact's name. Both halves are told the same one by their workflow, so that no record chooses it. */
const handoverName = (name, attempt) => `handover1-${name}-${attempt}`;
/** Where a blob lies in it. */
const blobPath = (digest) => `layout/blobs/sha256/${digest.slice(7)}`;
/**
* The record with what GitHub says in place of what it claims, and without what no pull request can vouch for: where its model
* lies in this repository, and what is deployed. The rest is shown as a stranger's word.
* @throws ActionError when it claims another repository, run or event
*/
function adopt(record, verified) {
	const { source } = record;
	const wrong = [
		[
			"repository",
			verified.repository.toLowerCase(),
			source.repository.toLowerCase()
		],
		[
			"run",
			verified.runId,
			source.runId
		],
		[
			"event",
			"pull_request",
			source.event
		],
		[
			"pull request",
			String(verified.pullRequest),
			String(source.pullRequest ?? "none")
		]
	].find(([, expected, seen]) => expected !== seen);
	if (wrong) {
		const [what, expected, seen] = wrong;
		require_house().refuse({
			where: "the record that was handed over",
			expected: `${what} ${expected}`,
			seen: JSON.stringify(seen.slice(0, 80))
		});
	}
	const { artifact: _artifact, deployment: _deployment, training, ...rest } = record;
	const { reusedFrom: _reusedFrom, ...trained } = training;
	return {
		...rest,
		training: trained,
		source: {
			repository: verified.repository,
			sha: verified.headSha,
			ref: `refs/pull/${verified.pullRequest}/merge`,
			event: "pull_request",
			pullRequest: verified.pullRequest,
			runId: verified.runId,
			runAttempt: verified.runAttempt
		}
	};
}
/** Layers that any runtime unpacks from the registry itself; others may name addresses to fetch from. */
const LAYER = /^application\/vnd\.(?:oci\.image\.layer\.v1\.tar|docker\.image\.rootfs\.diff\.tar)(?:[.+](?:gzip|zstd))?$/;
/**
* Checks that a manifest is one image, whole in itself, and the one that its record tells of.
* @throws ActionError
*/
function checkHandedImage(manifest, image) {
	const where = "the image that was handed over";
	const kind = require_manifest().mediaTypeOf(manifest);
	const { config, layers } = manifest;
	if (kind !== require_manifest().MEDIA.manifest && kind !== require_manifest().MEDIA.dockerManifest || !config || !layers || manifest.subject) return require_house().refuse({
		where,
		expected: "the manifest of one image",
		seen: JSON.stringify(kind.slice(0, 100))
	});
	const odd = layers.find((layer) => !LAYER.test(layer.mediaType) || "urls" in layer || "data" in layer);
	if (odd) require_house().refuse({
		where,
		expected: "layers of an image",
		seen: JSON.stringify(odd.mediaType.slice(0, 100))
	});
	if (image.layers.map(({ digest, bytes }) => `${digest} ${bytes}`).join(", ") !== layers.map(({ digest, size }) => `${digest} ${size}`).join(", ")) require_house().refuse({
		where,
		expected: "the layers that its record tells of",
		seen: "others"
	});
}
const NOTICE = "> **A stranger's word.** Everything below comes from the pull request's own code, run without any secret. These actions have checked its form and whose head it is, not that it is true.";
/** The report with the warning below its marker and title. */
function withStrangersNotice(report) {
	const lines = report.split("\n");
	const title = lines.findIndex((line) => line.startsWith("#"));
	return [
		...lines.slice(0, title + 1),
		"",
		NOTICE,
		...lines.slice(title + 1)
	].join("\n");
}
Object.defineProperty(exports, "MAX_HANDOVER_BYTES", {
	enumerable: true,
	get: function() {
		return MAX_HANDOVER_BYTES;
	}
});
Object.defineProperty(exports, "adopt", {
	enumerable: true,
	get: function() {
		return adopt;
	}
});
Object.defineProperty(exports, "blobPath", {
	enumerable: true,
	get: function() {
		return blobPath;
	}
});
Object.defineProperty(exports, "checkHandedImage", {
	enumerable: true,
	get: function() {
		return checkHandedImage;
	}
});
Object.defineProperty(exports, "handoverName", {
	enumerable: true,
	get: function() {
		return handoverName;
	}
});
Object.defineProperty(exports, "withStrangersNotice", {
	enumerable: true,
	get: function() {
		return withStrangersNotice;
	}
});
