import { quote, refuse } from "../../errors.ts";
import type { Document } from "./documents.ts";
import { literal } from "./training.ts";

/** A folder of a PersistentVolumeClaim: `pvc://claim/path`, as Seldon's model-uri has it. */
export type ClaimFolder = {
  readonly claim: string;
  /** Below the volume's root; may be empty. */ readonly path: string;
};

/** @throws ActionError when it is none */
export function parseClaimFolder(text: string): ClaimFolder {
  const [, claim, path = ""] = /^pvc:\/\/([a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?)(?:\/(.*))?$/.exec(text) ?? [];
  const parts = path.split("/").filter((part) => part !== "");
  if (claim !== undefined && path.length <= 512 && parts.every((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(part))) {
    return { claim, path: parts.join("/") };
  }
  return refuse({ where: "the folder's form", expected: "pvc://<claim>/<path>", seen: quote(text) });
}

/** A Job for one command in one image. */
export type TrainingJob = {
  readonly name: string;
  readonly image: string;
  readonly command: string;
  readonly preRun: string | undefined;
  /** Arguments of the command. */
  readonly args: readonly string[];
  /** The parameters as JSON. */
  readonly params: string;
  /** The name of the model's file or folder. */
  readonly model: string;
  /** Where the model stays; left out, the command puts it somewhere and says where itself. */
  readonly output: ClaimFolder | undefined;
  /** The cluster ends it by itself after that, should we be gone. */
  readonly timeoutSeconds: number;
};

/** Scratch of the training: parameters, metrics, and a model that has no claim. */
const SCRATCH = "/model-road";
const CLAIM = "/model-road-claim";

/**
 * What runs in the container: the command, and then what tells of the model. Only sh, find, sed, sort, wc, cat and sha256sum are
 * needed. The digest is the one that a record has: over each file's path, right to execute, size and sha256.
 */
const SCRIPT = `set -eu
mkdir -p "$(dirname "$MODEL_PATH")"
printf '%s\\n' "$TRAINING_PARAMS" >"$PARAMS_FILE"
shell() { if command -v bash >/dev/null 2>&1; then bash --noprofile --norc -eo pipefail -c "$@"; else sh -e -c "$@"; fi; }
fail() { echo "$1" >&2; echo "$1" >/dev/termination-log; exit 1; }
if [ -n "$TRAINING_PRE_RUN" ]; then shell "$TRAINING_PRE_RUN" pre-run; fi
shell "$TRAINING_COMMAND" train "$@"
if [ -z "$TRAINING_MODEL_URI" ]; then exit 0; fi
[ -e "$MODEL_PATH" ] || fail "The command wrote no model where MODEL_PATH points."
uri=$TRAINING_MODEL_URI
if [ -d "$MODEL_PATH" ]; then
  uri=$uri/$(basename "$MODEL_PATH")
  cd "$MODEL_PATH"
  [ -z "$(find . ! -type f ! -type d)" ] || fail "The model holds something that is no file, as a link."
  find . -type f | sed 's|^\\./||' | LC_ALL=C sort >${SCRATCH}/files
else
  cd "$(dirname "$MODEL_PATH")"
  basename "$MODEL_PATH" >${SCRATCH}/files
fi
files=0 bytes=0
echo model-files-1 >${SCRATCH}/manifest
while IFS= read -r file; do
  case $file in *'"'* | *'\\'*) fail "The name of a file of the model holds a quote or backslash." ;; esac
  hex=$(sha256sum "./$file"); hex=\${hex%% *}
  size=$(wc -c <"./$file"); size=$((size))
  mode=-; if [ -n "$(find "./$file" -perm -100)" ]; then mode=x; fi
  printf '["%s","%s",%s,"%s"]\\n' "$file" "$mode" "$size" "$hex" >>${SCRATCH}/manifest
  files=$((files + 1)) bytes=$((bytes + size))
done <${SCRATCH}/files
[ "$bytes" -gt 0 ] || fail "The model is empty."
digest=$(sha256sum <${SCRATCH}/manifest); digest=\${digest%% *}
metrics=null
if [ -f "$METRICS_PATH" ]; then metrics=$(tr -d '\\r\\n' <"$METRICS_PATH"); fi
[ \${#metrics} -le 3500 ] || fail "The metrics are over 3500 bytes, which a termination message does not hold."
printf '{"metrics":%s,"model":{"uri":"%s","digest":"sha256:%s","files":%s,"bytes":%s}}' \\
  "$metrics" "$uri" "$digest" "$files" "$bytes" >/dev/termination-log
`;

/** A Job that runs a command in an image, without any right in the cluster, once. */
export function trainingJob(job: TrainingJob, unique: string): Document {
  const { output, model } = job;
  const base = model.slice(model.lastIndexOf("/") + 1);
  const below = output === undefined ? "" : [output.path, unique].filter((part) => part !== "").join("/");
  const environment = {
    TRAINING_COMMAND: job.command,
    TRAINING_PRE_RUN: job.preRun ?? "",
    TRAINING_PARAMS: job.params,
    TRAINING_MODEL_URI: output === undefined ? "" : `pvc://${output.claim}/${below}`,
    PARAMS_FILE: `${SCRATCH}/params.json`,
    METRICS_PATH: `${SCRATCH}/metrics.json`,
    MODEL_PATH: output === undefined ? `${SCRATCH}/model/${base}` : `${CLAIM}/${below}/${base}`,
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: job.name },
    spec: {
      // A training that fails is told, and not tried again behind the back of who asked for it.
      backoffLimit: 0,
      activeDeadlineSeconds: job.timeoutSeconds + 60,
      template: {
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 5,
          containers: [
            {
              name: "train",
              image: job.image,
              imagePullPolicy: "IfNotPresent",
              command: ["/bin/sh", "-c", literal(SCRIPT), "train", ...job.args.map(literal)],
              env: Object.entries(environment).map(([name, value]) => ({ name, value: literal(value) })),
              volumeMounts: [
                { name: "scratch", mountPath: SCRATCH },
                ...(output === undefined ? [] : [{ name: "claim", mountPath: CLAIM }]),
              ],
            },
          ],
          volumes: [
            { name: "scratch", emptyDir: {} },
            ...(output === undefined ? [] : [{ name: "claim", persistentVolumeClaim: { claimName: output.claim } }]),
          ],
        },
      },
    },
  };
}
