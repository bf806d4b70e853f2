import { predictorId } from "../seldon/deploy-ids.ts";
import type { ComponentSpec, Predictor, SeldonSpec } from "../seldon/resource.ts";
import { canonicalJson } from "../text/json.ts";
import type { KeptRelease } from "./release.ts";
import type { Step, Strategy } from "./steps.ts";

/** The predictor that stands beside the main one. The main one keeps its name through every step, and with it its Service. */
const SECOND = { canary: "canary", abtest: "challenger" } as const;
const SHARE = { canary: 10, abtest: 50 } as const;
const SERVICE_NAME = "seldon.io/svc-name";

export type StrategyOrder = {
  readonly strategy: Strategy;
  readonly step: Step;
  /** Percent of the traffic for the second version, 1 to 99; absent: 10 for a canary, 50 for an A/B test. */
  readonly traffic: number | undefined;
};

/** What a step makes of what stands. */
export type StepPlan =
  | {
      readonly kind: "apply";
      /** Without deploy ids. */
      readonly spec: SeldonSpec;
      readonly why: string | undefined;
      /** Where the version comes from: the inputs, what stands, or the release from before the second version came. */
      readonly of: "inputs" | "standing" | "stable";
      /** Kept beside a running canary: what it is measured against, and what an abort puts back. */
      readonly stable: KeptRelease | undefined;
      /** Predictors that answer the smoke request; the others only have to be there. */
      readonly asked: readonly string[];
    }
  | { readonly kind: "refuse"; readonly expected: string; readonly seen: string; readonly fix: string };

/**
 * The spec that a step leads to. No step leaves a predictor at weight 0: the one that lost is removed.
 * @param candidate the spec of the inputs; none for finish and abort
 * @param standing the release that the object holds, if it is ours
 */
export async function planStep(
  order: StrategyOrder,
  candidate: SeldonSpec | undefined,
  standing: KeptRelease | undefined,
): Promise<StepPlan> {
  const running = standing && secondOf(standing);
  if (order.strategy === "rolling") {
    const why =
      running === undefined ? undefined : `it also ends the ${running.strategy}: ${running.name} is removed with it`;
    return { kind: "apply", spec: candidate!, why, of: "inputs", stable: undefined, asked: namesOf(candidate!) };
  }
  if (running !== undefined && running.strategy !== order.strategy) {
    return {
      kind: "refuse",
      expected: `no other strategy while ${called(order.strategy)} runs`,
      seen: `${called(running.strategy)}, not ended`,
      fix: `End it first: strategy: ${running.strategy} with step: finish or abort.`,
    };
  }
  switch (order.step) {
    case "start":
      return await start({ ...order, strategy: order.strategy }, candidate!, standing);
    case "finish":
      return finish(order.strategy, standing);
    case "abort":
      return abort(order.strategy, standing);
  }
}

type Two = Exclude<Strategy, "rolling">;

async function start(
  { strategy, traffic = SHARE[strategy] }: StrategyOrder & { readonly strategy: Two },
  candidate: SeldonSpec,
  standing: KeptRelease | undefined,
): Promise<StepPlan> {
  if (standing === undefined) {
    const why = "there is nothing yet that it could stand beside, so the first version takes all traffic";
    return { kind: "apply", spec: candidate, why, of: "inputs", stable: undefined, asked: namesOf(candidate) };
  }
  const [fresh, ...more] = candidate.predictors;
  if (fresh === undefined || more.length > 0 || fresh.shadow === true) {
    return refusal(
      "one predictor in the manifest",
      `${candidate.predictors.length}`,
      "The strategy adds the other one.",
    );
  }
  const running = secondOf(standing);
  const stable = running === undefined ? standing : (standing.stable ?? standing);
  const [main, ...others] = standing.spec.predictors.filter(({ name }) => name !== running?.name);
  if (main === undefined || others.length > 0) {
    return refusal(
      "one predictor that serves",
      `${others.length + 1}: ${standing.spec.predictors.map(({ name }) => name).join(", ")}`,
      "Deploy one with strategy: rolling first.",
    );
  }
  const shared = differentShare(standing.spec, candidate);
  if (shared !== undefined) {
    return refusal(
      `the ${shared} of the version that serves`,
      "another",
      `Both versions share spec.${shared}, so a change would restart the one that serves. Change it by strategy: rolling.`,
    );
  }
  const same = await sameVersion(standing.spec, main, { ...fresh, name: main.name });
  if (running === undefined && same) {
    return {
      kind: "apply",
      spec: standing.spec,
      why: "the version that serves is this one already",
      of: "standing",
      stable: undefined,
      asked: [main.name],
    };
  }
  const second = { ...withReplicas(candidate, withoutServiceName(fresh)), name: SECOND[strategy], traffic };
  return {
    kind: "apply",
    spec: { ...standing.spec, predictors: [{ ...main, traffic: 100 - traffic }, second] },
    why: `${second.name} gets ${traffic} % of the traffic, ${main.name} the rest`,
    of: "inputs",
    stable,
    asked: [second.name],
  };
}

/** The main predictor becomes what the second is, in the number of pods that it has; the second goes. */
function finish(strategy: Two, standing: KeptRelease | undefined): StepPlan {
  const running = standing && secondOf(standing);
  if (standing === undefined || running === undefined) return again(strategy, "finish", standing);
  const main = standing.spec.predictors.find(({ name }) => name !== running.name)!;
  const second = standing.spec.predictors.find(({ name }) => name === running.name)!;
  const { traffic: _traffic, replicas: _replicas, annotations, ...rest } = second;
  const service = main.annotations?.[SERVICE_NAME];
  const kept = service === undefined ? annotations : { ...annotations, [SERVICE_NAME]: service };
  const winner: Predictor = {
    ...rest,
    name: main.name,
    ...(kept === undefined ? {} : { annotations: kept }),
    ...(main.replicas === undefined ? {} : { replicas: main.replicas }),
    ...(rest.componentSpecs === undefined
      ? {}
      : { componentSpecs: rest.componentSpecs.map((each, at) => scaledAs(each, main.componentSpecs?.[at])) }),
  };
  return {
    kind: "apply",
    spec: { ...standing.spec, predictors: [winner] },
    why: `${main.name} takes the version of ${second.name}, and all traffic`,
    of: "standing",
    stable: undefined,
    asked: [main.name],
  };
}

function abort(strategy: Two, standing: KeptRelease | undefined): StepPlan {
  const running = standing && secondOf(standing);
  if (standing === undefined || running === undefined) return again(strategy, "abort", standing);
  const main = standing.spec.predictors.find(({ name }) => name !== running.name)!;
  const { traffic: _traffic, ...alone } = main;
  return {
    kind: "apply",
    spec: standing.stable?.spec ?? { ...standing.spec, predictors: [alone] },
    why: `${running.name} is removed, and ${main.name} takes all traffic again`,
    of: "stable",
    stable: undefined,
    // The request was made for the version that goes.
    asked: [],
  };
}

/** A step that was done before, perhaps by a run that was killed before its proof: what it led to is what is wanted. */
function again(strategy: Two, step: "finish" | "abort", standing: KeptRelease | undefined): StepPlan {
  const done = standing?.ended;
  if (standing !== undefined && done?.strategy === strategy && done.step === step) {
    return {
      kind: "apply",
      spec: standing.spec,
      why: undefined,
      of: "standing",
      stable: undefined,
      asked: step === "finish" ? namesOf(standing.spec) : [],
    };
  }
  return refusal(
    `${called(strategy)} that runs`,
    standing === undefined ? "no release of these actions" : "none",
    `strategy: ${strategy} with step: start begins one.`,
  );
}

/** The second predictor of a running canary or A/B test. */
export function secondOf({
  strategy,
  spec,
}: Pick<KeptRelease, "strategy" | "spec">): { readonly strategy: Two; readonly name: string } | undefined {
  if (strategy === undefined || spec.predictors.length < 2) return undefined;
  return { strategy, name: SECOND[strategy] };
}

/** The percent of the traffic that each live predictor must get; all of it for a lone one. */
export function sharesOf({ predictors }: SeldonSpec): ReadonlyMap<string, number> {
  const live = predictors.filter(({ shadow }) => shadow !== true);
  return new Map(live.map(({ name, traffic = 0 }) => [name, live.length === 1 ? 100 : traffic]));
}

const called = (strategy: Two): string => (strategy === "canary" ? "a canary" : "an A/B test");
const namesOf = ({ predictors }: SeldonSpec): string[] => predictors.map(({ name }) => name);

const refusal = (expected: string, seen: string, fix: string): StepPlan => ({ kind: "refuse", expected, seen, fix });

/** What stands above the predictors is of both. */
function differentShare(standing: SeldonSpec, candidate: SeldonSpec): string | undefined {
  const of = (value: string | object | undefined): string =>
    typeof value === "object" ? canonicalJson(value) : (value ?? "");
  return (["protocol", "transport", "serverType", "annotations"] as const).find(
    (field) => of(standing[field]) !== of(candidate[field]),
  );
}

async function sameVersion(spec: SeldonSpec, one: Predictor, other: Predictor): Promise<boolean> {
  return (await predictorId(spec, one)) === (await predictorId(spec, other));
}

/** A number of pods that the candidate's spec gives to all its predictors is the candidate's own. */
const withReplicas = ({ replicas }: SeldonSpec, predictor: Predictor): Predictor =>
  replicas === undefined || predictor.replicas !== undefined ? predictor : { ...predictor, replicas };

/** Two predictors can not have one Service. */
function withoutServiceName(predictor: Predictor): Predictor {
  const { [SERVICE_NAME]: _name, ...annotations } = predictor.annotations ?? {};
  const { annotations: _annotations, ...rest } = predictor;
  return Object.keys(annotations).length === 0 ? rest : { ...rest, annotations };
}

/** A component with the scaling of another. */
function scaledAs(component: ComponentSpec, as: ComponentSpec | undefined): ComponentSpec {
  const { replicas: _replicas, hpaSpec: _hpa, kedaSpec: _keda, pdbSpec: _pdb, ...rest } = component;
  const { replicas, hpaSpec, kedaSpec, pdbSpec } = as ?? {};
  return {
    ...rest,
    ...(replicas === undefined ? {} : { replicas }),
    ...(hpaSpec === undefined ? {} : { hpaSpec }),
    ...(kedaSpec === undefined ? {} : { kedaSpec }),
    ...(pdbSpec === undefined ? {} : { pdbSpec }),
  };
}
