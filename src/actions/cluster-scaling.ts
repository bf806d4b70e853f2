import type { Deployment } from "../domain/kubernetes/object.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import { idOf, type Applied } from "../domain/rollout/verdict.ts";
import { autoscalerDiffers } from "../domain/seldon/autoscale.ts";
import type { SeldonSpec } from "../domain/seldon/resource.ts";
import { refuse } from "../errors.ts";
import type { Clock, Log } from "../ports.ts";
import type { Place } from "./rollout.ts";

const PAUSE_MS = 500;

/**
 * Waits until every component that is to be scaled by its load has its autoscaler, as it was asked for. A change of it restarts no
 * pod and writes no status, so the object itself is the only sign.
 * @throws ActionError when it is another at the deadline
 */
export async function proveAutoscaling(
  { cluster, namespace }: Place,
  {
    spec,
    applied,
    deployments,
    deadline,
  }: {
    readonly spec: SeldonSpec;
    readonly applied: Applied;
    readonly deployments: readonly Deployment[];
    readonly deadline: number;
  },
  { clock, log, signal }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  for (const [at, { componentSpecs = [] }] of spec.predictors.entries()) {
    const own = deployments.filter((each) => idOf(each) === applied.predictors[at]!.deployId);
    for (const [nth, { hpaSpec }] of componentSpecs.entries()) {
      if (hpaSpec === undefined || hpaSpec === null) continue;
      // The operator counts the components in the names; where a name is hashed, a lone one needs no number.
      const deployment = own.length === 1 ? own[0] : own.find(({ metadata }) => metadata.name.includes(`-${nth}-`));
      if (deployment === undefined) continue;
      const { name } = deployment.metadata;
      for (;;) {
        const found = await cluster.get(pathOf("HorizontalPodAutoscaler", namespace, name));
        const difference = autoscalerDiffers(hpaSpec, name, found);
        if (difference === undefined) break;
        if (clock.elapsed() + PAUSE_MS >= deadline) {
          refuse({ where: `the autoscaler of ${namespace}/${name}`, ...difference });
        }
        await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
        if (signal.aborted) throw signal.reason;
      }
      log.info(`The autoscaler of ${name} stands as asked`);
    }
  }
}
