import { canonicalJson } from "../text/json.ts";
import { textDigest } from "./digest.ts";
import { withoutExecutor, type ComponentSpec, type Predictor, type SeldonSpec } from "./resource.ts";

/** The operator copies a predictor's labels into every pod template, so this one says there which spec was rolled out. */
export const DEPLOY_ID_LABEL = "model-road/deploy-id";

const HEX = 40;

/**
 * Gives every predictor its deploy id as a label: the digest of all that reaches its pod templates, and of nothing else, so
 * that what rolls no pods changes no label either. It stands in for the observedGeneration that the operator never writes.
 * @returns the spec with the labels, and the digest of that whole spec, 40 hex digits each
 */
export async function stampSpec(spec: SeldonSpec): Promise<{ spec: SeldonSpec; deployId: string }> {
  const predictors: Predictor[] = [];
  for (const predictor of spec.predictors) {
    const id = await predictorId(spec, predictor);
    predictors.push({ ...predictor, labels: { ...predictor.labels, [DEPLOY_ID_LABEL]: id } });
  }
  const stamped = { ...spec, predictors };
  return { spec: stamped, deployId: await shortDigest({ schema: 1, spec: stamped }) };
}

/** The label of each predictor of a stamped spec. */
export function predictorIds(spec: SeldonSpec): ReadonlyMap<string, string> {
  return new Map(spec.predictors.map((each) => [each.name, each.labels?.[DEPLOY_ID_LABEL] ?? ""]));
}

/** Of one predictor: over all that reaches its pod templates. */
export async function predictorId(spec: SeldonSpec, predictor: Predictor): Promise<string> {
  const { traffic: _traffic, replicas: _replicas, explainer: _explainer, labels = {}, ...rest } = predictor;
  const { [DEPLOY_ID_LABEL]: _stamp, ...otherLabels } = labels;
  // The executor holds the whole predictor in its environment, autoscaling too; without it only the pod specs count.
  const bare = withoutExecutor(predictor);
  const { progressDeadlineSeconds, ...podOnly } = rest;
  const componentSpecs = bare ? predictor.componentSpecs?.map(withoutScaling) : predictor.componentSpecs;
  return await shortDigest({
    schema: 1,
    annotations: spec.annotations ?? {},
    protocol: spec.protocol ?? "",
    transport: spec.transport ?? "",
    serverType: spec.serverType ?? "",
    predictor: {
      ...podOnly,
      ...(bare || progressDeadlineSeconds === undefined ? {} : { progressDeadlineSeconds }),
      labels: otherLabels,
      componentSpecs: componentSpecs ?? [],
    },
  });
}

function withoutScaling(component: ComponentSpec): ComponentSpec {
  const { replicas: _replicas, hpaSpec: _hpa, kedaSpec: _keda, pdbSpec: _pdb, ...rest } = component;
  return rest;
}

async function shortDigest(value: object): Promise<string> {
  const digest = textDigest(canonicalJson(value));
  return digest.slice("sha256:".length, "sha256:".length + HEX);
}
