const require_workspace = () => require("./chunks/workspace.cjs");
// src/main/hash-worker.ts
require_workspace().digestOnRequest();
