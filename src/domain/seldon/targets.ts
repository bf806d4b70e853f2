/** Where a model can be served. */
export const TARGETS = ["seldon", "kubernetes", "helm", "local"] as const;
