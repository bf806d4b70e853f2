import { ActionError, quote } from "../../errors.ts";
import type { Metadata } from "../kubernetes/object.ts";
import { withoutExecutor, type SeldonSpec } from "../seldon/resource.ts";
import { predictorIds } from "../seldon/deploy-ids.ts";
import type { Json } from "../text/json.ts";
import { SPEC_ID_ANNOTATION, type Applied } from "./verdict.ts";

export const MANAGED_BY = "app.kubernetes.io/managed-by";
export const MANAGER = "model-road";
/** The release that the object holds: spec, source and record, packed. In the same write as the spec. */
export const RELEASE_ANNOTATION = "model-road/release";
/** The last release that was proven to answer, packed: what a failed one is rolled back to. */
export const LAST_PROVEN_ANNOTATION = "model-road/last-proven";
/** Deploy id of the release that was proven. Written after the verdict; it is this object's release or an earlier one. */
export const PROVEN_ANNOTATION = "model-road/proven";
/** Set while a deployment is stopped: the deploy id that was proven before, or `unproven`. */
export const STOPPED_ANNOTATION = "model-road/stopped";

/** What is kept in the object itself, so that nothing is lost when a run is killed. */
export type KeptRelease = {
  readonly schema: 1;
  readonly deployId: string;
  /** As it was applied. */
  readonly spec: SeldonSpec;
  readonly repository: string;
  readonly sha: string;
  readonly runId: string;
  /** The release record's JSON; absent where there was none, or no room. */
  readonly record?: string;
  /** Labels and annotations of the user's own manifest. */
  readonly own?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  /** While two versions serve: how they share the traffic. */
  readonly strategy?: "canary" | "abtest";
  /** While two versions serve: the release that stood alone before. */
  readonly stable?: KeptRelease;
  /** The step by which two versions became this one. */
  readonly ended?: { readonly strategy: "canary" | "abtest"; readonly step: "finish" | "abort" };
};

/** @throws ActionError when it is none of ours */
export function readRelease(text: string, where: string): KeptRelease {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    value = null;
  }
  const fields = value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
  const { schema, deployId, spec } = fields;
  const predictors = spec !== null && typeof spec === "object" && !Array.isArray(spec) ? spec.predictors : undefined;
  if (schema === 1 && typeof deployId === "string" && Array.isArray(predictors) && predictors.length > 0) {
    return value as unknown as KeptRelease;
  }
  throw new ActionError({ where, expected: "a release as these actions keep it", seen: quote(text.slice(0, 60)) });
}

/** What is known of the object of that name before anything is done. */
export type Standing = { readonly metadata: Metadata; readonly status?: Json } | undefined;

export type DeployPlan =
  | { readonly operation: "create" | "update" | "unchanged"; readonly reason: string }
  | { readonly operation: "refuse"; readonly expected: string; readonly seen: string; readonly fix: string };

/** How our commit stands to the one that serves; `unknown` where it can not be told. */
export type Ancestry = "identical" | "ahead" | "behind" | "diverged" | "unknown";

/** Decides what a deploy does to what stands there. @param kind what it is called */
export function planDeploy(
  wanted: { readonly deployId: string; readonly adopt: boolean; readonly allowOlder: boolean },
  standing: Standing,
  ancestry: Ancestry,
  kind = "SeldonDeployment",
): DeployPlan {
  if (standing === undefined) return { operation: "create", reason: `there is no ${kind} of this name` };
  const { labels = {}, annotations = {}, deletionTimestamp } = standing.metadata;
  if (deletionTimestamp !== undefined) {
    return {
      operation: "refuse",
      expected: "a name that is free",
      seen: `a ${kind} that is being deleted`,
      fix: "Try again in a minute.",
    };
  }
  if (labels[MANAGED_BY] !== MANAGER && !wanted.adopt) {
    return {
      operation: "refuse",
      expected: `a ${kind} of these actions, or none`,
      seen:
        labels[MANAGED_BY] === undefined
          ? "one that someone else has made"
          : `one that ${quote(labels[MANAGED_BY])} manages`,
      fix: "Set adopt: true to take it over, or choose another name.",
    };
  }
  const [live, proven] = [annotations[SPEC_ID_ANNOTATION], annotations[PROVEN_ANNOTATION]];
  if (live === wanted.deployId && proven === wanted.deployId) {
    return { operation: "unchanged", reason: `this version (${short(live)}) serves already` };
  }
  if (ancestry === "behind" && !wanted.allowOlder) {
    return {
      operation: "refuse",
      expected: "a commit that is not older than the one that serves",
      seen: "an older one",
      fix: "A newer run has deployed meanwhile. Set allow-older: true to go back on purpose.",
    };
  }
  if (live === wanted.deployId)
    return { operation: "update", reason: `this version (${short(live)}) was applied before, and never proven` };
  return { operation: "update", reason: `another version stands there: ${short(live)} → ${short(wanted.deployId)}` };
}

/** What the verdict must know of a stamped spec. */
export function appliedOf(
  spec: SeldonSpec,
  deployId: string,
  { uid = "", generation = 0 }: Metadata,
  before?: SeldonSpec,
): Applied {
  const ids = predictorIds(spec);
  const stood = new Set(before === undefined ? [] : predictorIds(before).values());
  const separate = spec.annotations?.["seldon.io/engine-separate-pod"] === "true";
  return {
    uid,
    generation,
    deployId,
    predictors: spec.predictors.map((predictor) => {
      const components = predictor.componentSpecs ?? [];
      const scaled = components.some(({ hpaSpec, kedaSpec }) => hpaSpec !== undefined || kedaSpec !== undefined);
      // Several components, or an orchestrator of its own, may each have their number of pods.
      const several = separate || components.length > 1 || components.some(({ replicas }) => replicas !== undefined);
      return {
        name: predictor.name,
        deployId: ids.get(predictor.name) ?? "",
        stood: stood.has(ids.get(predictor.name) ?? ""),
        explained: isExplained(predictor.explainer),
        deployments: Math.max(1, components.length) + (separate && !withoutExecutor(predictor) ? 1 : 0),
        replicas: scaled || several ? undefined : (predictor.replicas ?? spec.replicas ?? 1),
      };
    }),
  };
}

/** An explainer without a type is none to the operator. */
const isExplained = (explainer: unknown): boolean =>
  explainer !== null &&
  typeof explainer === "object" &&
  "type" in explainer &&
  typeof explainer.type === "string" &&
  explainer.type !== "";

const short = (deployId: string | undefined): string => deployId?.slice(0, 12) ?? "none of ours";
