require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/ancestry.ts
/** How our commit stands to the one that serves, by GitHub's compare: a shallow checkout knows too little. */
async function ancestryOf(serving, sha, run, { github, log }) {
	if (serving === void 0 || serving.sha === "" || sha === "") return "unknown";
	if (serving.repository !== run.repository) return "unknown";
	if (serving.sha === sha) return "identical";
	try {
		return await github.compare(serving.sha, sha) ?? "unknown";
	} catch (thrown) {
		log.warning(`Whether this commit is newer than the one that serves can not be told: ${require_house().messageOf(thrown)}`);
		return "unknown";
	}
}
Object.defineProperty(exports, "ancestryOf", {
	enumerable: true,
	get: function() {
		return ancestryOf;
	}
});
