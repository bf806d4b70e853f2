require("./rolldown-runtime.cjs");
// src/domain/seldon/digest.ts
/** `sha256:` and 64 hex digits over the UTF-8 bytes of a text. Hashing is loaded at its first use: it is a third of a cold start. */
async function textDigest(text) {
	const { createHash } = await import("node:crypto");
	return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
Object.defineProperty(exports, "textDigest", {
	enumerable: true,
	get: function() {
		return textDigest;
	}
});
