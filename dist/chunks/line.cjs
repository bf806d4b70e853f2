require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/check/line.ts
const ok = (what, seen) => ({
	what,
	state: "ok",
	seen
});
const problem = (what, seen, fix) => ({
	what,
	state: "problem",
	seen,
	fix
});
const unknown = (what, seen, fix) => ({
	what,
	state: "unknown",
	seen,
	fix
});
const MARK = {
	ok: "✓",
	problem: "✗",
	unknown: "?"
};
/** The table of the job summary, what is wrong first. */
function checkTable(lines, called) {
	const order = {
		problem: 0,
		unknown: 1,
		ok: 2
	};
	const problems = lines.filter(({ state }) => state === "problem").length;
	return [
		`### Check of ${require_house().escapeCell(called)}: ${problems === 0 ? "nothing stands in the way" : `${problems} ${problems === 1 ? "problem" : "problems"}`}`,
		"",
		"| | Looked at | Seen | What to do |",
		"|---|---|---|---|",
		...lines.toSorted((a, b) => order[a.state] - order[b.state]).map(({ what, state, seen, fix = "" }) => `| ${MARK[state]} | ${require_house().escapeCell(what)} | ${require_house().escapeCell(seen)} | ${require_house().escapeCell(fix)} |`),
		""
	].join("\n");
}
/** For the log: `✗ registry ghcr.io/acme/digits: 403 DENIED. What to do …` */
const checkText = ({ what, state, seen, fix }) => `${MARK[state]} ${what}: ${seen}${fix === void 0 ? "" : `. ${fix}`}`;
exports.checkTable = checkTable;
exports.checkText = checkText;
exports.ok = ok;
exports.problem = problem;
exports.unknown = unknown;
