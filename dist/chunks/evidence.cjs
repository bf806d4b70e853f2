require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/promotion/evidence.ts
/** The predicate of an attestation over an image: its release record. */
const RECORD_PREDICATE = "https://github.com/model-road/model-road/release-record/v1";
/** The artifact of a run that holds the record of an image it has built, so that the exact name finds it. */
const imageArtifactName = (digest) => `image1-${digest.replace(/^sha256:/, "")}.json`;
/** Why a record, wherever it comes from, does not speak for this image; `undefined`: it does. */
function whyNot(record, { digest, repository, model, fingerprint, commit }) {
	if (record.image?.digest !== digest) return `it is of image ${record.image?.digest ?? "none"}`;
	if (record.source.repository.toLowerCase() !== repository.toLowerCase()) return "it is of another repository";
	if (model !== void 0 && record.model.name !== model) return `it is of the model ${record.model.name}`;
	if (fingerprint !== void 0 && record.model.fingerprint !== fingerprint) return "it is of another fingerprint";
	if (commit !== void 0 && record.source.sha !== commit) return `it is of commit ${record.source.sha.slice(0, 12)}, not of ${commit.slice(0, 12)}`;
}
/**
* The records in what `gh attestation verify --format json` has verified, as far as they are of this image. The program has checked
* the signature and whose workflow made it; what is signed is looked at here.
*/
function attestedRecords(output, digest) {
	let all;
	try {
		all = JSON.parse(output);
	} catch {
		return [];
	}
	return (Array.isArray(all) ? all : []).flatMap((each) => {
		const statement = at(at(each, "verificationResult"), "statement");
		const subjects = at(statement, "subject");
		const named = Array.isArray(subjects) ? subjects.map((subject) => at(at(subject, "digest"), "sha256")) : [];
		if (at(statement, "predicateType") !== "https://github.com/model-road/model-road/release-record/v1" || !named.includes(digest.replace(/^sha256:/, ""))) return [];
		try {
			return [require_house().parseRecord(require_house().canonicalJson(at(statement, "predicate")), "the attestation")];
		} catch {
			return [];
		}
	});
}
const at = (value, name) => value !== null && typeof value === "object" && Object.hasOwn(value, name) ? value[name] : void 0;
Object.defineProperty(exports, "RECORD_PREDICATE", {
	enumerable: true,
	get: function() {
		return RECORD_PREDICATE;
	}
});
Object.defineProperty(exports, "attestedRecords", {
	enumerable: true,
	get: function() {
		return attestedRecords;
	}
});
Object.defineProperty(exports, "imageArtifactName", {
	enumerable: true,
	get: function() {
		return imageArtifactName;
	}
});
Object.defineProperty(exports, "whyNot", {
	enumerable: true,
	get: function() {
		return whyNot;
	}
});
