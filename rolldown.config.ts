import { readdirSync } from "node:fs";
import { defineConfig, type Plugin } from "rolldown";

// A named import of @actions/core otherwise drags undici (0.7 MB, more than one empty Node start) into every door.
const free = /node_modules\/(@actions|undici|tunnel|@octokit|@fastify)\//;

const doors = readdirSync("src/main").filter((file) => file.endsWith(".ts"));

/**
 * What a chunk requires is loaded when it is first used: Node's own modules, and our other chunks. A door imports all adapters
 * of its action at the head, as code should read; one that ends at its first wrong input then evaluates none of them. `crypto`,
 * `fs/promises` and `child_process` alone take as long as a third of an empty Node program.
 *
 * Only names that the bundler made unmistakable are rewritten (`node_crypto`, `require_registry`), and `crypto` and `os` beside
 * @actions/core, where nothing else has these names. Chunks of other packages stay as they are: they come late as a whole.
 */
const lazyRequires: Plugin = {
  name: "lazy-requires",
  renderChunk(code) {
    if (/^\/\/ \S*node_modules\/(?!@actions\/core\/)/m.test(code)) return null;
    const loaded =
      /^(?:let|const) (node_\w+|require_(?!rolldown)\w+|crypto|os) = require\("([^"]+)"\);\n(?:\1 = [\w.]+__toESM\(\1, 1\);\n)?/gm;
    // What every module of Node has under its own name needs no copy of it all for a `default` that nobody asks for.
    let lazy = code.replace(
      /^let (\w+) = (require\("[^"]+"\));\n\1 = [\w.]+__toESM\(\1, 1\);\n/gm,
      (lines, name: string, required: string) =>
        code.includes(`${name}.default`) ? lines : `const ${name} = ${required};\n`,
    );
    // Only for the order of evaluation, which is of no matter to functions that do nothing by themselves.
    lazy = lazy.replace(/^require\("\.\/(?:chunks\/)?rolldown-runtime\.cjs"\);\n/m, "");
    // In brackets, so that `new require_errors.ActionError(…)` still makes what it names.
    for (const [line, name, module] of lazy.matchAll(loaded)) {
      const others = lazy.replace(line, "");
      if (new RegExp(`(?:let|const|var|function|[(,{]) ?${name}\\b(?!\\.)`).test(others)) continue;
      lazy = lazy
        // Kept, since to ask `require` again takes as long as to open a file.
        .replace(line, `let kept_${name};\nconst ${name} = () => (kept_${name} ??= require("${module}"));\n`)
        .replace(new RegExp(`(?<![\\w$]|[^.]\\.)${name}\\.(?=[A-Za-z_])`, "g"), `(${name}()).`);
    }
    return lazy;
  },
};

export default defineConfig({
  input: Object.fromEntries(doors.map((file) => [file.replace(/\.ts$/, ""), `src/main/${file}`])),
  platform: "node",
  plugins: [lazyRequires],
  treeshake: { moduleSideEffects: (id) => !free.test(id) },
  output: {
    dir: "dist",
    format: "cjs",
    cleanDir: true,
    entryFileNames: "[name].cjs",
    chunkFileNames: "chunks/[name].cjs",
    // @actions/cache compares error.name with Class.name: renaming turns "key exists" into a warning.
    keepNames: true,
    // What every door needs lies in one file: to find, read and compile a file takes half a millisecond each time.
    codeSplitting: {
      groups: [
        {
          name: "house",
          test: /src\/(?:errors|inputs|run-action|actions\/record|adapters\/(?:log|clock|workspace)|domain\/(?:text\/(?!yaml)|record\/record|report\/escape|gate\/figure|report\/quantity|seldon\/names)\S*)|node_modules\/@actions\/core\//,
        },
        { name: "gate-inputs", test: /src\/(?:actions\/gate-inputs|domain\/gate\/(?:rules|baseline-source))\.ts/ },
        // A verdict is always written in all forms, and a gate is over before five files are found.
        {
          name: "gate-forms",
          test: /src\/(?:actions\/gate-report|domain\/report\/(?:fit|mermaid|gate|gate-report|gate-page|junit))\.ts/,
        },
      ],
    },
  },
});
