import type { KeptRelease } from "../rollout/release.ts";
import type { SeldonDeployment } from "./resource.ts";

/** What is told of every SeldonDeployment. */
export type Described = {
  readonly namespace: string;
  readonly name: string;
  readonly url: string;
  readonly status: string;
};

/**
 * One deployment by the names that ZenML's `served-models describe` has, so that what reads those reads ours. Its pipeline is
 * the workflow run: the repository, the run and its page, the commit as the step.
 */
export function zenmlFields(
  { metadata, spec, status }: SeldonDeployment,
  told: Described,
  release: KeptRelease | undefined,
  serverUrl: string,
): Readonly<Record<string, string>> {
  const [predictor] = spec.predictors;
  const container = predictor?.componentSpecs?.[0]?.spec?.containers?.find(({ image }) => image !== undefined);
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return {
    MODEL_NAME: modelName(release) ?? predictor?.graph.name ?? "",
    MODEL_URI: predictor?.graph.modelUri ?? container?.image ?? "",
    PIPELINE_NAME: release?.repository ?? "",
    PIPELINE_RUN_ID: release?.runId ?? "",
    PIPELINE_RUN_URL:
      release === undefined || release.repository === ""
        ? ""
        : `${serverUrl}/${release.repository}/actions/runs/${release.runId}`,
    PIPELINE_STEP_NAME: release?.sha ?? "",
    PREDICTION_URL: told.url,
    SELDON_DEPLOYMENT: metadata.name,
    STATUS: told.status,
    STATUS_MESSAGE: status?.description ?? (ready?.status === "True" ? "" : (ready?.message ?? "")),
    UUID: metadata.uid ?? "",
  };
}

/** Of the record, which is JSON of ours but lay in a cluster. */
function modelName(release: KeptRelease | undefined): string | undefined {
  try {
    const record = JSON.parse(release?.record ?? "{}") as { model?: { name?: unknown } };
    return typeof record.model?.name === "string" ? record.model.name : undefined;
  } catch {
    return undefined;
  }
}
