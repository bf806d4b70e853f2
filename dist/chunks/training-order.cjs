const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_documents;
const require_documents = () => kept_require_documents ??= require("./documents.cjs");
let kept_require_training;
const require_training = () => kept_require_training ??= require("./training.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/kubernetes/training-job.ts
/** @throws ActionError when it is none */
function parseClaimFolder(text) {
	const [, claim, path = ""] = /^pvc:\/\/([a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?)(?:\/(.*))?$/.exec(text) ?? [];
	const parts = path.split("/").filter((part) => part !== "");
	if (claim !== void 0 && path.length <= 512 && parts.every((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(part))) return {
		claim,
		path: parts.join("/")
	};
	return require_house().refuse({
		where: "the folder's form",
		expected: "pvc://<claim>/<path>",
		seen: require_house().quote(text)
	});
}
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
function trainingJob(job, unique) {
	const { output, model } = job;
	const base = model.slice(model.lastIndexOf("/") + 1);
	const below = output === void 0 ? "" : [output.path, unique].filter((part) => part !== "").join("/");
	const environment = {
		TRAINING_COMMAND: job.command,
		TRAINING_PRE_RUN: job.preRun ?? "",
		TRAINING_PARAMS: job.params,
		TRAINING_MODEL_URI: output === void 0 ? "" : `pvc://${output.claim}/${below}`,
		PARAMS_FILE: `${SCRATCH}/params.json`,
		METRICS_PATH: `${SCRATCH}/metrics.json`,
		MODEL_PATH: output === void 0 ? `${SCRATCH}/model/${base}` : `${CLAIM}/${below}/${base}`
	};
	return {
		apiVersion: "batch/v1",
		kind: "Job",
		metadata: { name: job.name },
		spec: {
			backoffLimit: 0,
			activeDeadlineSeconds: job.timeoutSeconds + 60,
			template: { spec: {
				restartPolicy: "Never",
				automountServiceAccountToken: false,
				terminationGracePeriodSeconds: 5,
				containers: [{
					name: "train",
					image: job.image,
					imagePullPolicy: "IfNotPresent",
					command: [
						"/bin/sh",
						"-c",
						require_training().literal(SCRIPT),
						"train",
						...job.args.map(require_training().literal)
					],
					env: Object.entries(environment).map(([name, value]) => ({
						name,
						value: require_training().literal(value)
					})),
					volumeMounts: [{
						name: "scratch",
						mountPath: SCRATCH
					}, ...output === void 0 ? [] : [{
						name: "claim",
						mountPath: CLAIM
					}]]
				}],
				volumes: [{
					name: "scratch",
					emptyDir: {}
				}, ...output === void 0 ? [] : [{
					name: "claim",
					persistentVolumeClaim: { claimName: output.claim }
				}]]
			} }
		}
	};
}
// src/actions/training-order.ts
var training_order_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ trainingManifest: () => trainingManifest });
const orderInputs = {
	backend: require_house().oneOf$1(["runner", "cluster"], {
		description: "Where it trains: on the runner, or in a Kubernetes cluster by `training-manifest`, or by a Job that is made of `command` and `training-image`.",
		default: "runner"
	}),
	"training-manifest": require_house().text({
		description: "Backend cluster: a file with one Job, Argo Workflow or WorkflowTemplate, TFJob, PyTorchJob, TrainJob or another of Kubeflow's jobs, relative to the repository. It runs under a name of this run; parameters become its Argo parameters, or `PARAM_<NAME>` of its containers.",
		pattern: /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/,
		accepts: "a path below the repository"
	}),
	"training-image": require_house().parsed({
		description: "Backend cluster: the image in which `command` runs, with code and libraries in it, as build-model-image makes one. Best by its digest, since its name is what counts in the fingerprint.",
		accepts: "an image's name in a registry",
		parse: async (value) => {
			const { formatReference, parseReference } = await Promise.resolve().then(() => require("./reference.cjs")).then((n) => n.reference_exports);
			const reference = parseReference(value, "image");
			if (reference.kind === "registry") return formatReference(reference);
			throw new (require_house()).Refusal("an image in a registry, which the cluster can pull");
		}
	}),
	"training-output": require_house().parsed({
		description: "Backend cluster, with `training-image`: the folder of a PersistentVolumeClaim where models stay, each in a folder of its own run. Left out, the command stores the model itself and tells of it in `/dev/termination-log`.",
		accepts: "`pvc://<claim>/<path>`",
		parse: (value) => {
			const { claim, path } = parseClaimFolder(value);
			return path === "" ? `pvc://${claim}` : `pvc://${claim}/${path}`;
		}
	})
};
/**
* Where the training is in a cluster, what it is ordered by; `undefined` for one on the runner.
* @throws ActionError with every input that does not go with the others
*/
async function trainingOrder(asked, run, workspace) {
	const { "training-manifest": file, "training-image": image, "training-output": output } = asked;
	const mistakes = disagreements(asked);
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
	if (asked.backend === "runner") return void 0;
	if (file === void 0) return {
		...image === void 0 ? {} : { image },
		...output === void 0 ? {} : { output }
	};
	const where = `training-manifest ${file}`;
	const read = await workspace.readText(`${run.workspace}/${file}`, { maxBytes: 1048576 });
	if (read === void 0) return require_house().refuse({
		where,
		expected: "a file of the repository",
		seen: "nothing",
		fix: "Was it checked out?"
	});
	const document = require_training().trainingDocument(await require_documents().readDocuments(read, where), where);
	return { manifest: require_house().canonicalJson(document) };
}
function disagreements(asked) {
	const { backend, command } = asked;
	const given = [
		"training-manifest",
		"training-image",
		"training-output"
	].filter((name) => asked[name] !== void 0);
	if (backend === "runner") return given.map((name) => ({
		where: `input "${name}"`,
		expected: "backend: cluster with it",
		seen: "backend: runner"
	}));
	const mistakes = [];
	const wrong = (name, expected, seen, fix) => {
		mistakes.push({
			where: `input "${name}"`,
			expected,
			seen,
			...fix === void 0 ? {} : { fix }
		});
	};
	if (asked["pass-env"].length > 0) wrong("pass-env", "nothing with backend: cluster", "names", "Let a training-manifest take them from a Secret.");
	if (asked["training-manifest"] === void 0) {
		if (command.trim() === "") wrong("command", "a command, or a training-manifest", "neither");
		if (asked["training-image"] === void 0) wrong("training-image", "an image, or a training-manifest", "neither", "Build one of code and lock by build-model-image in a step before this one, and hand on its output image.");
		return mistakes;
	}
	if (command !== "") wrong("command", "none beside a training-manifest, which says itself what runs", "one");
	if (asked["pre-run"] !== void 0) wrong("pre-run", "none beside a training-manifest", "one");
	if (asked["params-as"] !== "environment") wrong("params-as", "environment beside a training-manifest", "flags");
	for (const name of given) if (name !== "training-manifest") wrong(name, "none beside a training-manifest", "one");
	return mistakes;
}
/** What of the order counts in the fingerprint, by the names by which a change of it is told. */
function orderIngredients({ manifest, image, output }) {
	return {
		backend: "cluster",
		...manifest === void 0 ? {} : { trainingManifest: require_house().textDigest(manifest) },
		...image === void 0 ? {} : { trainingImage: image },
		...output === void 0 ? {} : { trainingOutput: output }
	};
}
/** The object that trains, before it has its name and labels. */
async function trainingManifest(plan, given) {
	const { cluster: order } = plan;
	if (order?.manifest !== void 0) return require_training().trainingDocument(await require_documents().readDocuments(order.manifest, "training-manifest"), "training-manifest");
	if (order?.image === void 0) return require_house().refuse({
		where: "the plan's file",
		expected: "a training in a cluster",
		seen: "one on the runner"
	});
	return trainingJob({
		name: given.unique,
		image: order.image,
		command: plan.command,
		preRun: plan.preRun,
		args: given.args,
		params: given.params,
		model: plan.model,
		output: order.output === void 0 ? void 0 : parseClaimFolder(order.output),
		timeoutSeconds: given.timeoutSeconds
	}, given.unique);
}
Object.defineProperty(exports, "orderIngredients", {
	enumerable: true,
	get: function() {
		return orderIngredients;
	}
});
Object.defineProperty(exports, "orderInputs", {
	enumerable: true,
	get: function() {
		return orderInputs;
	}
});
Object.defineProperty(exports, "trainingOrder", {
	enumerable: true,
	get: function() {
		return trainingOrder;
	}
});
Object.defineProperty(exports, "training_order_exports", {
	enumerable: true,
	get: function() {
		return training_order_exports;
	}
});
