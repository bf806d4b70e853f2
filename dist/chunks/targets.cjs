// src/domain/seldon/targets.ts
/** Where a model can be served. */
const TARGETS = [
	"seldon",
	"kubernetes",
	"helm",
	"local"
];
Object.defineProperty(exports, "TARGETS", {
	enumerable: true,
	get: function() {
		return TARGETS;
	}
});
