require("./chunks/rolldown-runtime.cjs");
let kept_require_chart;
const require_chart = () => kept_require_chart ??= require("./chunks/chart.cjs");
let kept_require_documents;
const require_documents = () => kept_require_documents ??= require("./chunks/documents.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
// src/actions/helm-post-render.ts
/**
* What helm calls between rendering a chart and applying it: the objects come by standard input and go by standard output,
* with our ids in them, so that the pods can be told from those before.
* @param args the release's name
* @returns the exit code
*/
async function helmPostRender([release = ""], streams) {
	const text = await streams.read({ maxBytes: 16777216 });
	try {
		const { documents } = await require_chart().stampChart(await require_documents().readDocuments(text, "the rendered chart"), release);
		streams.write(`${documents.map((each) => JSON.stringify(each)).join("\n---\n")}\n`);
		return 0;
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		streams.complain(`${thrown.message}\n`);
		return 1;
	}
}
// src/adapters/standard-streams.ts
/** Standard input and output of this process, for a program that another calls as a filter. */
function standardStreams() {
	return {
		read: async ({ maxBytes }) => {
			const chunks = [];
			let bytes = 0;
			for await (const chunk of process.stdin) {
				bytes += chunk.length;
				if (bytes > maxBytes) throw new (require_house()).ActionError({
					where: "standard input",
					expected: `at most ${maxBytes} bytes`,
					seen: "more"
				});
				chunks.push(chunk);
			}
			return Buffer.concat(chunks).toString("utf8");
		},
		write: (text) => void process.stdout.write(text),
		complain: (text) => void process.stderr.write(text)
	};
}
// src/main/helm-post-render.ts
require_house().runProgram(async () => helmPostRender(process.argv.slice(2), standardStreams()));
