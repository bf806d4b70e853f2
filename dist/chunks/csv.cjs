require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/metrics/csv.ts
const [QUOTE, COMMA, LF, CR] = [
	34,
	44,
	10,
	13
];
/**
* Reads comma-separated values as RFC 4180 writes them, a record at a time: quotes may hold commas, line ends and doubled
* quotes. A byte order mark and an empty last line do not count.
* @param take gets the fields of a record, in an array that is reused, and the line on which it starts, from 1
*/
function readCsv(text, where, take) {
	let at = text.charCodeAt(0) === 65279 ? 1 : 0;
	const end = text.length;
	const fields = [];
	let width = 0;
	let line = 1;
	while (at < end) {
		const start = line;
		fields.length = 0;
		for (;;) {
			if (text.charCodeAt(at) === QUOTE) {
				const [value, next, lines] = quoted(text, at, where, line);
				fields.push(value);
				at = next;
				line += lines;
				const after = text.charCodeAt(at);
				if (at < end && after !== COMMA && after !== LF && after !== CR) require_house().refuse({
					where: `${where}, line ${line}`,
					expected: "a comma or the line's end after a quoted field",
					seen: require_house().quote(text.slice(at, at + 20))
				});
			} else {
				let stop = at;
				for (; stop < end; stop++) {
					const code = text.charCodeAt(stop);
					if (code === COMMA || code === LF || code === CR) break;
					if (code === QUOTE) require_house().refuse({
						where: `${where}, line ${line}`,
						expected: "quotes around a whole field",
						seen: require_house().quote(text.slice(at, stop + 1)),
						fix: "A quote inside a field is written twice: \"a \"\"b\"\" c\"."
					});
				}
				fields.push(text.slice(at, stop));
				at = stop;
			}
			if (text.charCodeAt(at) !== COMMA) break;
			at++;
		}
		if (text.charCodeAt(at) === CR) at++;
		if (text.charCodeAt(at) === LF) at++;
		line++;
		if (fields.length === 1 && fields[0] === "" && width !== 1) {
			if (/\S/.test(text.slice(at))) require_house().refuse({
				where: `${where}, line ${start}`,
				expected: "a row",
				seen: "an empty line"
			});
			return;
		}
		if (width === 0) width = fields.length;
		if (fields.length !== width) require_house().refuse({
			where: `${where}, line ${start}`,
			expected: `${width} fields, as in the first line`,
			seen: `${fields.length}`
		});
		take(fields, start);
	}
}
/** A quoted field from its first quote on: its text, where it ends, and how many lines it spans beyond its first. */
function quoted(text, from, where, line) {
	let at = from + 1;
	let value = "";
	for (;;) {
		const close = text.indexOf("\"", at);
		if (close < 0) require_house().refuse({
			where: `${where}, line ${line}`,
			expected: "a closing quote",
			seen: "the end of the file"
		});
		value += text.slice(at, close);
		if (text.charCodeAt(close + 1) !== QUOTE) return [
			value,
			close + 1,
			value.match(/\r\n|\n|\r/g)?.length ?? 0
		];
		value += "\"";
		at = close + 2;
	}
}
Object.defineProperty(exports, "readCsv", {
	enumerable: true,
	get: function() {
		return readCsv;
	}
});
