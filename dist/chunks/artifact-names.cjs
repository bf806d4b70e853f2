require("./rolldown-runtime.cjs");
// src/actions/artifact-names.ts
/** The name of the artifact that holds a model and what it was made of. */
const modelArtifactName = (fingerprint, attempt) => `train1-${fingerprint}-${attempt}`;
/** The small artifact beside it, by which later runs tell what changed. */
const documentArtifactName = (name, attempt) => `${name}.train.${attempt}.json`;
/** The key of the index: it says where to look, and nothing else is believed of it. */
const indexKey = (fingerprint, runId, artifactId) => `train1-${fingerprint}-${runId}-${artifactId}`;
Object.defineProperty(exports, "documentArtifactName", {
	enumerable: true,
	get: function() {
		return documentArtifactName;
	}
});
Object.defineProperty(exports, "indexKey", {
	enumerable: true,
	get: function() {
		return indexKey;
	}
});
Object.defineProperty(exports, "modelArtifactName", {
	enumerable: true,
	get: function() {
		return modelArtifactName;
	}
});
