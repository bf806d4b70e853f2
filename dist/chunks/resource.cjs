require("./rolldown-runtime.cjs");
// src/domain/seldon/resource.ts
const API_VERSION = "machinelearning.seldon.io/v1";
const KIND = "SeldonDeployment";
const API_VERSIONS = [
	"v1",
	"v1alpha2",
	"v1alpha3"
].map((version) => `machinelearning.seldon.io/${version}`);
/** Whether a predictor's graph is served without Seldon's executor before it. Any value of the annotation counts. */
const withoutExecutor = (predictor) => predictor.annotations !== void 0 && Object.hasOwn(predictor.annotations, "seldon.io/no-engine");
const asJson = (value) => value;
Object.defineProperty(exports, "API_VERSION", {
	enumerable: true,
	get: function() {
		return API_VERSION;
	}
});
Object.defineProperty(exports, "API_VERSIONS", {
	enumerable: true,
	get: function() {
		return API_VERSIONS;
	}
});
Object.defineProperty(exports, "KIND", {
	enumerable: true,
	get: function() {
		return KIND;
	}
});
Object.defineProperty(exports, "asJson", {
	enumerable: true,
	get: function() {
		return asJson;
	}
});
Object.defineProperty(exports, "withoutExecutor", {
	enumerable: true,
	get: function() {
		return withoutExecutor;
	}
});
