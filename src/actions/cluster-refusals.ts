import type { Mistake } from "../errors.ts";
import type { ClusterOrder } from "./cluster-facts.ts";
import { BESIDE_A_GRAPH } from "./graph-inputs.ts";

type Given = {
  readonly [Name in Exclude<keyof ClusterOrder, "namespace" | "gateway" | "announce" | "marks">]: ClusterOrder[Name];
};

/** Inputs of a version; a step that ends something takes what stands. */
const OF_A_VERSION = [
  "record",
  "image",
  "model-uri",
  "implementation",
  "parameters",
  "replicas",
  "autoscale",
  "contract",
  "resources",
  "env",
  "annotations",
  "service-account",
  "storage-secret",
  "image-pull-secret",
  "storage-credentials",
  "registry-credentials",
  "manifest",
  "graph",
  "traffic",
] as const;

/** What of the inputs does not fit together for a cluster, every mistake at once. */
export function refuseForCluster(given: Given): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const wrong = (name: string, expected: string, seen: string, fix?: string): void => {
    mistakes.push({ where: `input "${name}"`, expected, seen, ...(fix === undefined ? {} : { fix }) });
  };
  const { strategy, step } = given;
  for (const [named, credentials] of [
    ["storage-secret", "storage-credentials"],
    ["image-pull-secret", "registry-credentials"],
  ] as const) {
    if (given[named] !== undefined && given[credentials] !== undefined) {
      wrong(credentials, `these, or a ${named} that is there`, "both");
    }
  }
  if (given.autoscale !== undefined && given.replicas !== undefined) {
    wrong("replicas", "a number of pods, or autoscale", "both");
  }
  if (given.graph === undefined) {
    if (given.images.length > 0) wrong("images", "a graph, whose nodes they are for", "none");
  } else {
    for (const name of BESIDE_A_GRAPH) {
      if (given[name] !== undefined) wrong(name, "nothing beside a graph", "a value", "Write it into the node.");
    }
    if (given.engine === "none") wrong("engine", "auto or executor with a graph", "none", "Only it can route.");
  }
  if (strategy === "rolling") {
    if (step !== "start") wrong("step", "strategy canary or abtest beside it", "rolling");
    if (given.traffic !== undefined) {
      wrong(
        "traffic",
        "strategy canary or abtest beside it",
        "rolling",
        "A rolling update gives the new version all of it.",
      );
    }
  } else {
    if (given["dry-run"] === "client") {
      wrong("dry-run", "false, diff or server with a strategy that needs what stands", "client");
    }
    for (const name of step === "start" ? [] : OF_A_VERSION) {
      if (given[name] !== undefined) {
        wrong(name, `nothing with step: ${step}`, "a value", "It ends what stands, and takes no version of its own.");
      }
    }
  }
  return mistakes;
}
