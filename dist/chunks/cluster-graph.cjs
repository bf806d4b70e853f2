require("./rolldown-runtime.cjs");
let kept_require_reference;
const require_reference = () => kept_require_reference ??= require("./reference.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest3.cjs");
// src/domain/seldon/node-images.ts
const LINE = /^([a-z][a-z0-9-]{0,47})\s*:\s+(\S.*)$/;
const RECORD = /^(?:\{|(?:file|artifact|image):)/;
const FORM = "`<node>: <image or record>`";
/**
* Reads the input `images`: the image, or the record, of each node that names none in the graph. `image:` and `artifact:` are
* records, as everywhere.
* @throws ActionError with every line that is none
*/
function parseNodeImages(lines) {
	const mistakes = [];
	const seen = /* @__PURE__ */ new Set();
	const found = lines.flatMap((line, at) => {
		const [, node, text = ""] = LINE.exec(line) ?? [];
		const where = `input "images", line ${at + 1}`;
		if (node === void 0) {
			mistakes.push({
				where,
				expected: FORM,
				seen: require_house().quote(line, 80)
			});
			return [];
		}
		if (seen.has(node)) mistakes.push({
			where,
			expected: "one line for each node",
			seen: `${require_house().quote(node)} again`
		});
		seen.add(node);
		return [{
			node,
			kind: RECORD.test(text) ? "record" : "image",
			text: text.trim()
		}];
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 20));
	return found;
}
// src/actions/cluster-graph.ts
/**
* Reads a graph, and finds the image of each node. With `require-gate` each model must be spoken for by a record whose gate has
* passed: one of `images`, or the record of the step. A component without a model has nothing that a gate could measure.
* @throws ActionError
*/
async function takeGraph(asked, run, ports) {
	const images = /* @__PURE__ */ new Map();
	const records = [];
	for (const { node, kind, text: given } of parseNodeImages(asked.images)) {
		const where = `input "images", ${require_house().quote(node)}`;
		if (kind === "image") {
			images.set(node, nameOf(given, where));
			continue;
		}
		const record = await recordOf(given, where, run, ports);
		images.set(node, imageOf(record, where));
		records.push(record);
	}
	const root = await require_manifest().parseGraph(asked.graph ?? "", images);
	const own = asked.record !== void 0 || records.length === 0 ? await require_house().takeRecord(asked.record, run, ports) : void 0;
	const all = [...own === void 0 ? [] : [own], ...records];
	if (asked["require-gate"]) for (const part of require_manifest().flatten(root)) requireNode(part, all);
	return {
		root,
		record: own ?? all.find((each) => isServed(root, each)) ?? all[0]
	};
}
function nameOf(given, where) {
	const reference = require_reference().parseReference(given, where);
	if (reference.kind === "registry") return require_reference().formatReference(reference);
	return require_house().refuse({
		where,
		expected: "an image in a registry, which the cluster can pull",
		seen: "a layout on a machine"
	});
}
const OF_RECORD = `input "record"`;
async function recordOf(given, where, run, ports) {
	try {
		return await require_house().takeRecord(given, run, ports);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		throw new (require_house()).ActionError(thrown.mistakes.map((each) => ({
			...each,
			where: each.where.startsWith(OF_RECORD) ? where + each.where.slice(OF_RECORD.length) : `${where}, ${each.where}`
		})), { cause: thrown });
	}
}
function imageOf({ image }, where) {
	if (image !== void 0 && !image.repository.startsWith("oci:")) return `${image.repository}@${image.digest}`;
	return require_house().refuse({
		where,
		expected: "a record with an image in a registry",
		seen: image === void 0 ? "one without an image" : image.repository,
		fix: "Hand on the record of build-model-image, and give it the name of a registry's repository."
	});
}
/** A model that no record speaks for is one without a gate. */
function requireNode(part, records) {
	const { name, image, modelUri, type } = part;
	const ofImage = records.find((each) => image !== void 0 && each.image !== void 0 && image === named(each));
	const ofModel = records.find(({ artifact }) => modelUri !== void 0 && artifact?.modelUri === modelUri);
	const record = modelUri === void 0 ? ofImage : ofModel ?? (image === void 0 ? void 0 : ofImage);
	if (record?.gate !== void 0 || type === "model") {
		if (record !== void 0) return require_house().requireGate(record, true);
		require_house().refuse({
			where: `node ${require_house().quote(name)} of the graph`,
			expected: "a record whose gate is passed",
			seen: image === void 0 ? "a model-uri that no record names" : "an image that no record names",
			fix: `Give images a line "${name}: <record>", or set require-gate: false to work without a gate.`
		});
	}
}
const named = ({ image }) => `${image.repository}@${image.digest}`;
/** Whether a record is that of a node that holds a model. */
const isServed = (root, record) => record.image !== void 0 && require_manifest().flatten(root).some(({ type, image }) => type === "model" && image === named(record));
exports.takeGraph = takeGraph;
