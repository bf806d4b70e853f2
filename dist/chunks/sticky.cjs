require("./rolldown-runtime.cjs");
// src/domain/report/sticky.ts
/** The first line of our comment: one for each model. Names of models hold nothing that could end it. */
function reportMarker(model) {
	return `<!-- model-road:report model=${model} -->`;
}
/** The second line: which run wrote it, so that an older one never takes its place. */
function runMarker({ runId, runAttempt }) {
	return `<!-- model-road:run ${/^\d{1,20}$/.test(runId) ? runId : "0"}.${Math.trunc(runAttempt)} -->`;
}
/** Whether a comment's text is a report of this model. Only its beginning counts: anyone may quote the marker further down. */
function carriesMarker(body, model) {
	return body.startsWith(reportMarker(model));
}
/** The run that wrote a report; none for one that does not say, which counts as older than any. */
function runOf(body) {
	const [, run = "0", attempt = "0"] = /^[^\r\n]*\r?\n<!-- model-road:run (\d{1,20})\.(\d{1,6}) -->/.exec(body) ?? [];
	return [BigInt(run), BigInt(attempt)];
}
/** Above 0 where the first report is of a newer run than the second, by run and attempt; 0 for the same. */
function compareRuns(one, other) {
	const [a, b] = [runOf(one), runOf(other)];
	const [first, second] = a[0] === b[0] ? [a[1], b[1]] : [a[0], b[0]];
	return first === second ? 0 : first > second ? 1 : -1;
}
/**
* @param ours comments that are certainly ours, with the marker of this model, in any order
* @param written the comment that has got our text already: another job of the same run may have changed it since, and the last
* word is as good as ours
*/
function planSticky(ours, body, written) {
	const [kept, ...later] = ours.toSorted((a, b) => BigInt(a.id) < BigInt(b.id) ? -1 : 1);
	if (kept === void 0) return {
		kept,
		update: false,
		surplus: []
	};
	const newest = ours.every((each) => compareRuns(each.body, body) <= 0);
	const done = sameText(kept.body, body) || written === kept.id && compareRuns(kept.body, body) === 0;
	return {
		kept,
		update: newest && !done,
		surplus: later.filter((each) => compareRuns(each.body, body) <= 0)
	};
}
/** GitHub hands line ends and outer blanks back in its own way. */
const sameText = (a, b) => a.replaceAll("\r\n", "\n").trim() === b.replaceAll("\r\n", "\n").trim();
Object.defineProperty(exports, "carriesMarker", {
	enumerable: true,
	get: function() {
		return carriesMarker;
	}
});
Object.defineProperty(exports, "compareRuns", {
	enumerable: true,
	get: function() {
		return compareRuns;
	}
});
Object.defineProperty(exports, "planSticky", {
	enumerable: true,
	get: function() {
		return planSticky;
	}
});
Object.defineProperty(exports, "reportMarker", {
	enumerable: true,
	get: function() {
		return reportMarker;
	}
});
Object.defineProperty(exports, "runMarker", {
	enumerable: true,
	get: function() {
		return runMarker;
	}
});
