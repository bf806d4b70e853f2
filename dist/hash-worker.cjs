const require_house = () => require("./chunks/house.cjs");
// src/main/hash-worker.ts
require_house().digestOnRequest();
