// The runner's hashFiles() as it is documented: every file that a glob finds goes as a stream through a sha256 of its own, one
// after the other, and the digests through another. It writes a line a file to its own output. Prints what it took as JSON.
const { createHash } = require("node:crypto");
const { createReadStream, readdirSync, readFileSync, statSync } = require("node:fs");
const { join } = require("node:path");
const { pipeline } = require("node:stream/promises");

const [, , folder] = process.argv;

async function main() {
  const start = performance.now();
  const whole = createHash("sha256");
  for (const entry of readdirSync(join(folder, "data"), { recursive: true })) {
    const path = join(folder, "data", entry);
    if (statSync(path).isDirectory()) continue;
    process.stderr.write(`${path}\n`);
    const one = createHash("sha256");
    await pipeline(createReadStream(path), one);
    whole.write(one.digest());
  }
  whole.end();
  const ms = performance.now() - start;
  const mib = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
  process.stdout.write(JSON.stringify({ ms, mib }));
}
void main();
