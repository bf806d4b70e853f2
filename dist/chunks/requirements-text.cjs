require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/requirements-text.ts
const MAX_REQUIREMENTS_BYTES = 1048576;
/**
* What the file of the input `requirements` holds, with line ends as Unix writes them: an environment is kept by this text.
* `undefined` where the input is not set. @throws ActionError when the file is not there
*/
async function requirementsText(path, folder, workspace) {
	if (path === void 0) return void 0;
	const content = await workspace.readText(`${folder}/${path}`, { maxBytes: MAX_REQUIREMENTS_BYTES });
	if (content !== void 0) return content.replaceAll("\r\n", "\n");
	return require_house().refuse({
		where: `input "requirements"`,
		expected: `a file ${require_house().quote(path)}`,
		seen: "none"
	});
}
Object.defineProperty(exports, "requirementsText", {
	enumerable: true,
	get: function() {
		return requirementsText;
	}
});
