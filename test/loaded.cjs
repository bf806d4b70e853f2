// Preloaded by `node --require`: writes, at exit, every file that was evaluated and its size, one JSON line on fd 2.
const Module = require("node:module");
const { writeSync } = require("node:fs");

const loaded = [];
const compile = Module.prototype._compile;
Module.prototype._compile = function (content, filename, ...rest) {
  loaded.push({ file: filename, bytes: Buffer.byteLength(content) });
  return compile.call(this, content, filename, ...rest);
};
process.on("exit", () => writeSync(2, `${JSON.stringify({ loaded })}\n`));
