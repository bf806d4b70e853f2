import { lines, text } from "../inputs.ts";

/** What only target helm reads. */
export const helmInputs = {
  chart: text({
    description:
      "Target helm: a chart's folder or archive, relative to the repository; `oci://…`; or one of Seldon's own: `seldon-single-model`, `seldon-abtest`, `seldon-mab`.",
    accepts: "a chart",
  }),
  "chart-version": text({
    description: "Target helm: the version of a chart that is not of this repository.",
    pattern: /^[A-Za-z0-9][A-Za-z0-9.+_-]{0,127}$/,
    accepts: "a version",
  }),
  values: text({
    description:
      "Target helm: the chart's values as YAML. `{image}` stands for the image; `{image-name}` and `{image-version}` for its two halves, where a chart writes a colon between them.",
  }),
  "values-files": lines({ description: "Target helm: files of values, relative to the repository, one per line." }),
  "set-strings": lines({ description: "Target helm: single values as `key=text`, one per line; `{image}` as above." }),
};

/** Those of them without a default. */
export const OF_HELM = ["chart", "chart-version", "values"] as const;

/** Inputs that a chart has no place for: they are its values. */
export const NOT_OF_HELM = [
  "model-uri",
  "implementation",
  "parameters",
  "replicas",
  "resources",
  "env",
  "annotations",
  "service-account",
  "storage-secret",
  "image-pull-secret",
  "manifest",
  "graph",
  "autoscale",
  "contract",
  "storage-credentials",
  "registry-credentials",
  "traffic",
] as const;
