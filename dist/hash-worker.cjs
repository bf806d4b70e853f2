let kept_require_contents;
const require_contents = () => kept_require_contents ??= require("./chunks/contents.cjs");
// src/main/hash-worker.ts
require_contents().digestOnRequest();
