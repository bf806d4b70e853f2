import { readdirSync } from "node:fs";
import { defineConfig } from "rolldown";

// A named import of @actions/core otherwise drags undici (0.7 MB, more than one empty Node start) into every door.
const free = /node_modules\/(@actions|undici|tunnel|@octokit|@fastify)\//;

const doors = readdirSync("src/main").filter((file) => file.endsWith(".ts"));

export default defineConfig({
  input: Object.fromEntries(doors.map((file) => [file.replace(/\.ts$/, ""), `src/main/${file}`])),
  platform: "node",
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
