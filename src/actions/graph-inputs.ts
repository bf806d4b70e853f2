import { lines, text } from "../inputs.ts";

export const graphInputs = {
  graph: text({
    description:
      "Target seldon: several nodes in one deployment, as YAML: a node has `name`, `type` (`model`, `router`, `combiner`, `transformer`, `output-transformer`, `outlier-detector`, `abtest`), `image` or `implementation` and `model-uri`, `parameters`, `env`, `ratio`, and `children`.",
    accepts: "YAML: a node with its children",
  }),
  images: lines({
    description:
      "With graph, the images of nodes that name none, one `<node>: <image>` a line. In place of an image a record, in any form of the input record, whose image is taken.",
  }),
};

/** What a graph leaves no place for: each node says it by itself. */
export const BESIDE_A_GRAPH = ["manifest", "image", "implementation", "model-uri", "parameters"] as const;
