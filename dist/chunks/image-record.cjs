require("./rolldown-runtime.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest.cjs");
let kept_require_reference;
const require_reference = () => kept_require_reference ??= require("./reference.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/image/referrer.ts
/** What a release record is called beside an image. */
const RECORD_MEDIA = "application/vnd.model-road.record.v1+json";
/** The empty config of an artifact, as the image specification 1.1 has it. */
const EMPTY_CONFIG = Buffer.from("{}");
/** An artifact manifest that attaches a release record to an image. */
function recordManifest(subject, layer) {
	const { mediaType, digest, size } = subject;
	const manifest = {
		schemaVersion: 2,
		mediaType: require_manifest().MEDIA.manifest,
		artifactType: RECORD_MEDIA,
		config: require_manifest().EMPTY,
		layers: [{
			mediaType: RECORD_MEDIA,
			digest: layer.digest,
			size: layer.bytes
		}],
		subject: {
			mediaType,
			digest,
			size
		}
	};
	return Buffer.from(require_house().canonicalJson(manifest));
}
/** The tag under which what refers to a digest is listed where a registry has no API for it. */
function referrersTag(digest) {
	return digest.replace(":", "-");
}
/** The list of what refers to an image, with one more. The latest stands last. */
function withReferrer(list, referrer) {
	const others = (list?.manifests ?? []).filter(({ digest }) => digest !== referrer.digest);
	const index = {
		schemaVersion: 2,
		mediaType: require_manifest().MEDIA.index,
		manifests: [...others, {
			...referrer,
			artifactType: RECORD_MEDIA
		}]
	};
	return Buffer.from(require_house().canonicalJson(index));
}
/** The latest release record among what refers to an image. */
function latestRecord(list) {
	return list.manifests?.findLast((each) => each.artifactType === RECORD_MEDIA);
}
// src/actions/image-record.ts
/**
* Attaches a release record to an image: an artifact whose subject is the image, listed under the fallback tag of its digest,
* which every registry keeps. An earlier record stays; the latest is the one that is read.
* @param subject the image's manifest
* @param record its text
*/
async function attachRecord(store, subject, record) {
	const layer = await store.putBlob(Buffer.from(record));
	await store.putBlob(EMPTY_CONFIG);
	const bytes = recordManifest(subject, layer);
	const digest = await store.putManifest(bytes, require_manifest().MEDIA.manifest, []);
	const tag = referrersTag(subject.digest);
	const list = withReferrer((await store.manifest(tag))?.manifest, {
		mediaType: require_manifest().MEDIA.manifest,
		digest,
		size: bytes.length
	});
	await store.putManifest(list, require_manifest().MEDIA.index, [tag]);
}
/**
* Reads the latest release record that is attached to an image. It is only what somebody with write access to the registry
* put there: whoever acts on it must check where it comes from.
* @param reference `ghcr.io/acme/digits`, `oci:<folder>`; its tag does not count
* @param digest of the image
* @throws ActionError when there is none, or when it is not a record of this image
*/
async function readAttachedRecord(reference, digest, images) {
	const where = `the record of image ${digest}`;
	const store = await images.open(require_reference().parseReference(reference, where));
	const list = await store.manifest(referrersTag(digest));
	const found = list === void 0 ? void 0 : latestRecord(list.manifest);
	const artifact = found === void 0 ? void 0 : await store.manifest(found.digest);
	if (artifact === void 0) return require_house().refuse({
		where,
		expected: "a record attached to it",
		seen: "none",
		fix: "Was it built by build-model-image?"
	});
	const [layer] = artifact.manifest.layers ?? [];
	if (artifact.manifest.subject?.digest !== digest || layer?.mediaType !== "application/vnd.model-road.record.v1+json") return require_house().refuse({
		where,
		expected: "an artifact that holds a record of this image",
		seen: "another artifact"
	});
	const text = await store.blob(layer.digest, { maxBytes: require_house().MAX_RECORD_BYTES });
	const record = require_house().parseRecord(text.toString("utf8"), where);
	if (record.image?.digest !== digest) require_house().refuse({
		where,
		expected: "a record of this image",
		seen: `one of ${record.image?.digest ?? "no image"}`
	});
	return record;
}
exports.attachRecord = attachRecord;
exports.readAttachedRecord = readAttachedRecord;
