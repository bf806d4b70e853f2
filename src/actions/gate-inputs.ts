import { parseBaselineSource, type BaselineSource } from "../domain/gate/baseline-source.ts";
import { readRules, type Rule } from "../domain/gate/rules.ts";
import { deploymentName, namespaceName } from "../domain/seldon/names.ts";
import { refuse } from "../errors.ts";
import { lines, oneOf, Refusal, text, type Input, type Run, type Values } from "../inputs.ts";

/** The rules. Both parts read them: a mistake in them should be told before a long evaluation, not after it. */
export const conditionsInput: Input<readonly Rule[]> = {
  description:
    "The rules, one a line or the same as YAML: a metric, an operator (`>`, `>=`, `<`, `<=`, `==`, `!=`) and a bound, as " +
    "`accuracy > 0.80` or `accuracy >= baseline - 0.01`. `recall[class=*] >= 0.7` asks for every slice, " +
    "`worst(accuracy by region) >= 0.75` for the worst, `where n >= 200` for enough samples. `#` begins a comment. A metric " +
    "that is missing or no finite number never passes. See docs/gate.md.",
  accepts: "one rule a line",
  required: true,
  unset: [],
  parse: readRules,
};

export const metricsInput = text({
  description:
    "A file with the metrics to judge, relative to the workspace: JSON or YAML, a map of numbers; or a folder of MLflow's file " +
    "store that holds one run. With `command`, what the command writes. Left out, the record's metrics; with `command`, the file that it finds in `METRICS_PATH`.",
});

/** For reading a record from an artifact, and the baseline. */
export const tokenInput = text({
  description:
    "Reads records, models and the baseline; needs `actions: read` for artifacts of other runs, `deployments: read` for `baseline: live`.",
  expression: "${{ github.token }}",
  secret: true,
});

export const baselineInput: Input<BaselineSource> = {
  description:
    "What the candidate is compared with: `live` (what serves now), `branch:<name>` (its last training), " +
    "`artifact:<run>/<id>`, `file:<path>` (a record or a metrics file) or `none`.",
  default: "none",
  accepts: "`live`, `branch:<name>`, `artifact:<run>/<id>`, `file:<path>`, `none`",
  unset: { kind: "none" },
  parse: parseBaselineSource,
};

/** What `live` means. */
export const liveInputs = {
  target: oneOf(["seldon", "kubernetes", "helm", "local"], {
    description:
      "Where the model serves. For `local` its front on this machine is asked; for `seldon` with a kubeconfig the object in the " +
      "cluster; for all others GitHub's last successful deployment says what serves, which a pull request can read without " +
      "rights in the cluster.",
    default: "seldon",
  }),
  name: text({ description: "The deployment's name. Left out, the model's name in the record.", ...deploymentName }),
  namespace: text({ description: "The deployment's namespace.", default: "default", ...namespaceName }),
  kubeconfig: text({
    description:
      "Target seldon: reads what serves from the SeldonDeployment itself, as YAML or its base64. It needs the right to get that " +
      "object, and with `golden` and no `base-url` its Service's proxy. Left out, GitHub's deployments say what serves.",
    secret: true,
  }),
  "kube-context": text({
    description:
      "Target seldon: the kubeconfig's context. Given without a kubeconfig, the file that `KUBECONFIG` names, or `~/.kube/config`, is read.",
  }),
  "allow-exec": lines({
    description:
      "Target seldon: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin.",
  }),
};

/** Whether the object in the cluster is to say what serves. @throws ActionError for a target that has no such object */
export function asksCluster({
  target,
  kubeconfig,
  "kube-context": context,
}: Pick<Values<typeof liveInputs>, "target" | "kubeconfig" | "kube-context">): boolean {
  if (kubeconfig === undefined && context === undefined) return false;
  if (target === "seldon") return true;
  return refuse({
    where: `input "${kubeconfig === undefined ? "kube-context" : "kubeconfig"}"`,
    expected: "target: seldon beside it",
    seen: `target: ${target}`,
    fix: "Leave it out: GitHub's deployments, or for target local the front on this machine, say what serves.",
  });
}

/** A number between bounds, both excluded where said; `undefined` when unset. */
export function between(
  least: number,
  most: number,
  description: string,
  { open = false }: { open?: boolean } = {},
): Input<number | undefined> {
  const accepts = `a number ${open ? "between" : "from"} ${least} ${open ? "and" : "to"} ${most}`;
  return {
    description,
    accepts,
    unset: undefined,
    parse: (value) => {
      const number = /^\d{1,15}(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/.test(value) ? Number(value) : Number.NaN;
      if (!(open ? number > least && number < most : number >= least && number <= most)) throw new Refusal(accepts);
      return number;
    },
  };
}

/** A path as a workflow gives it: relative to the checkout, or absolute. */
export function inWorkspace(path: string, workspace: string): string {
  return path.startsWith("/") ? path : `${workspace}/${path}`;
}

/** Where the report action of the same job finds what the gate told. */
export const gateReportPath = (run: Run): string => `${run.temp}/model-road/gate.json`;
