require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/image/dockerignore.ts
const MAX_PATTERNS = 1e3;
const MAX_PATTERN = 500;
/**
* Reads a `.dockerignore`: which paths stay out. Patterns are those of Docker's builder: `*` and `?` within a name, `**` across
* folders, `[a-c]`, `\` before a character that means itself, `#` for a comment, `!` to take back in; the last line that
* fits decides. A folder that is out takes all below with it.
* @throws ActionError when a pattern is no pattern
*/
function parseDockerignore(text) {
	const rules = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
		const takesBack = line.startsWith("!");
		return {
			takesBack,
			line,
			pattern: (takesBack ? line.slice(1).trim() : line).split("/").filter((part) => part !== "" && part !== ".").join("/")
		};
	}).filter(({ pattern }) => pattern !== "").map(({ takesBack, line, pattern }) => ({
		takesBack,
		test: compile(pattern, line)
	}));
	if (rules.length > MAX_PATTERNS) require_house().refuse({
		where: ".dockerignore",
		expected: `at most ${MAX_PATTERNS} lines`,
		seen: `${rules.length}`
	});
	return (path) => {
		const ancestors = path.split("/").map((_part, at, parts) => parts.slice(0, at + 1).join("/"));
		let out = false;
		for (const { takesBack, test } of rules) if (takesBack === out && ancestors.some((each) => test.test(each))) out = !takesBack;
		return out;
	};
}
function compile(pattern, line) {
	const wrong = (why) => require_house().refuse({
		where: ".dockerignore",
		expected: `a pattern (${why})`,
		seen: require_house().quote(line)
	});
	if (pattern.length > MAX_PATTERN) return wrong(`at most ${MAX_PATTERN} characters`);
	let source = "";
	for (let at = 0; at < pattern.length; at++) {
		const char = pattern[at];
		if (char === "*" && pattern[at + 1] === "*") {
			while (pattern[at + 1] === "*") at++;
			if (pattern[at + 1] === "/") {
				at++;
				source += "(?:[^]*/)?";
			} else source += "[^]*";
		} else if (char === "*") source += "[^/]*";
		else if (char === "?") source += "[^/]";
		else if (char === "\\") {
			if (++at === pattern.length) return wrong("\\ stands before a character");
			source += literal(pattern[at]);
		} else if (char === "[") {
			const end = pattern.indexOf("]", at + 2);
			if (end < 0) return wrong("[ needs its ]");
			const inner = pattern.slice(at + 1, end).replace(/^\^/, "").replace(/[\\\]^[]/g, "\\$&");
			source += `[${pattern[at + 1] === "^" ? "^/" : ""}${inner}]`;
			at = end;
		} else source += literal(char);
	}
	try {
		return new RegExp(`^${source}$`, "u");
	} catch {
		return wrong("its brackets hold characters and ranges");
	}
}
const literal = (char) => char.replace(/[$()*+./?[\\\]^{|}-]/g, (sign) => sign === "-" ? "-" : `\\${sign}`);
exports.parseDockerignore = parseDockerignore;
