// Takes stock of data/** by dist, as train does. Prints what it took as JSON.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const [, , folder, dist] = process.argv;
// Threads are looked for beside the door that runs.
process.argv[1] = join(dist, "train-plan.cjs");
const { localWorkspace } = require(join(dist, "chunks", "workspace.cjs"));
const { localProcesses } = require(join(dist, "chunks", "process.cjs"));
const { takeStock } = require(join(dist, "chunks", "ingredients.cjs"));

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
  const ports = { workspace: localWorkspace(run), processes: { ...localProcesses(), find: async () => undefined } };
  const start = performance.now();
  const { data } = await takeStock(asked, run, ports);
  const ms = performance.now() - start;
  if (data.length === 0) throw new Error("nothing was counted");
  const mib = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
  process.stdout.write(JSON.stringify({ ms, mib }));
}
void main();
