import { readdirSync } from "node:fs";
import { defineConfig, type Plugin } from "rolldown";

// A named import of @actions/core otherwise drags undici (0.7 MB, more than one empty Node start) into every door.
const free = /node_modules\/(@actions|undici|tunnel|@octokit|@fastify)\//;

const doors = readdirSync("src/main").filter((file) => file.endsWith(".ts"));

/**
 * Node's own modules are required when they are first used. Loading `crypto`, `fs/promises` and `child_process` takes as long
 * as a third of an empty Node program, and a door that ends at its first wrong input needs none of them.
 *
 * Chunks of other packages stay as they are: they are loaded late as a whole. In ours, only names that the bundler made
 * unmistakable are rewritten (`node_crypto`), and `crypto` and `os` beside @actions/core, where nothing else has these names.
 */
const lazyBuiltins: Plugin = {
  name: "lazy-builtins",
  renderChunk(code) {
    if (/^\/\/ \S*node_modules\/(?!@actions\/core\/)/m.test(code)) return null;
    const loaded =
      /^let (node_\w+|crypto|os) = require\("((?:node:)?[\w/]+)"\);\n(?:\1 = [\w.]+__toESM\(\1, 1\);\n)?/gm;
    let lazy = code;
    for (const [line, name, module] of code.matchAll(loaded)) {
      const others = code.replace(line, "");
      if (new RegExp(`(?:let|const|var|function|[(,{]) ?${name}\\b(?!\\.)`).test(others)) continue;
      lazy = lazy
        .replace(line, `const ${name} = () => require("${module}");\n`)
        .replace(new RegExp(`(?<![\\w$.])${name}\\.(?=[A-Za-z_])`, "g"), `${name}().`);
    }
    return lazy;
  },
};

export default defineConfig({
  input: Object.fromEntries(doors.map((file) => [file.replace(/\.ts$/, ""), `src/main/${file}`])),
  platform: "node",
  plugins: [lazyBuiltins],
  treeshake: { moduleSideEffects: (id) => !free.test(id) },
  output: {
    dir: "dist",
    format: "cjs",
    cleanDir: true,
    entryFileNames: "[name].cjs",
    chunkFileNames: "chunks/[name].cjs",
    // @actions/cache compares error.name with Class.name: renaming turns "key exists" into a warning.
    keepNames: true,
  },
});
