// @actions/workflow-parser imports .json files without the attribute that Node asks for. Whoever loads it with plain Node
// imports this file first; vitest reads the package by itself and is not touched by the hook.
import { registerHooks } from "node:module";

registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context),
});
