// Takes stock of data/** by dist, as train does. Prints what it took as JSON.
const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

const [, , folder, dist] = process.argv;
// Threads are looked for beside the door that runs.
process.argv[1] = join(dist, "train-plan.cjs");

/** The bundler decides which chunk holds a function of ours. */
function chunkWith(name) {
  const chunks = join(dist, "chunks");
  const tells = new RegExp(`defineProperty\\(exports, "${name}"|^exports\\.${name} =`, "m");
  const chunk = readdirSync(chunks).find((file) => tells.test(readFileSync(join(chunks, file), "utf8")));
  if (chunk === undefined) throw new Error(`expected a chunk of ${chunks} that exports ${name}, saw none`);
  return require(join(chunks, chunk));
}

const { localWorkspace } = chunkWith("localWorkspace");
const { localProcesses } = chunkWith("localProcesses");
const { takeStock } = chunkWith("takeStock");

async function main() {
  const run = { workspace: folder, temp: `${folder}.temp`, os: "Linux", arch: "X64" };
  const asked = {
    command: "x",
    code: ["train.py"],
    data: ["data/**"],
    environment: [],
    model: "out",
    workingDirectory: ".",
  };
  const contents = chunkWith("fileContents").fileContents();
  const ports = {
    workspace: localWorkspace(run),
    contents,
    processes: { ...localProcesses(), find: async () => undefined },
  };
  const start = performance.now();
  const { data } = await takeStock(asked, run, ports);
  const ms = performance.now() - start;
  if (data.length === 0) throw new Error("nothing was counted");
  const mib = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
  process.stdout.write(JSON.stringify({ ms, mib }));
}
void main();
