import type { Story } from "../action.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import { flag, integer, lines, oneOf, parsed, Refusal, requiredText, text, type Input, type Run } from "../inputs.ts";
import type { Archives, CacheIndex, Clock, Contents, GitHub, Log, ModelStore, Processes, Workspace } from "../ports.ts";
import type { EarlierResult, Search } from "./earlier-result.ts";
import type { StoreAddress } from "../domain/record/model-store.ts";
import { readEvent, type Event } from "./event.ts";
import { permit } from "./permitted.ts";
import { giveRecord } from "./record.ts";
import { sourceOf } from "./source.ts";
import { trainOutputs } from "./train-outputs.ts";
import { orderIngredients, orderInputs, trainingOrder, type TrainingOrder } from "./training-order.ts";
import type { TrainingPlan } from "./training-plan.ts";

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const name: Input<string> = {
  ...requiredText({ description: "Name of the model. Artifacts and what is served carry it." }),
  accepts: "up to 63 lower-case letters, digits and -",
  parse: (value) => {
    if (NAME.test(value)) return value;
    const slug = value
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .slice(0, 63)
      .replace(/^-+|-+$/g, "");
    const expected = "up to 63 lower-case letters, digits and -, with a letter or digit at both ends";
    throw new Refusal(expected, slug === "" ? {} : { fix: `Write ${slug}.` });
  },
};

/** A path below a folder, without `./` before it or `/` behind it. */
function pathBelow(description: string, below: string, options: { default?: string } = {}): Input<string | undefined> {
  return {
    description,
    ...options,
    accepts: `a path relative to ${below}`,
    unset: undefined,
    parse: (value) => {
      const path = value.replace(/^(?:\.\/)+(?=.)/, "").replace(/(?<=[^/])\/+$/, "");
      const names = path.split("/");
      if (path.length > 1024 || path.startsWith("/") || /[\u0000-\u001f\u007f\\]/.test(path)) {
        throw new Refusal(`a path relative to ${below}`);
      }
      if (path !== "." && names.some((each) => each === "" || each === "." || each === "..")) {
        throw new Refusal(`a path below ${below}, without . or ..`);
      }
      return path;
    },
  };
}

/** What is written there, the runner does. */
const CHANNELS =
  /^(?:GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)|ACTIONS_.*|INPUT_.*|STATE_.*|NODE|PLAN_FILE|COMMAND|BASH_ENV|ENV)$/i;

/** The working directory itself is no output: it holds the code. */
const output = (input: Input<string | undefined>): Input<string | undefined> => ({
  ...input,
  parse: async (value) => {
    const path = await input.parse(value);
    if (path === ".") throw new Refusal("a file or folder below working-directory, not working-directory itself");
    return path;
  },
});

const inputs = {
  name,
  command: {
    ...requiredText({
      description:
        "What trains the model, as bash runs it (`-eo pipefail`), in `working-directory`. It finds the parameters in " +
        "`PARAM_<NAME>` and as JSON in the file `PARAMS_FILE`, and writes what `MODEL_PATH` and `METRICS_PATH` name. It sees no token. " +
        "Left out, `model` is taken as it is after `pre-run`.",
    }),
    required: false,
  },
  "pre-run": text({
    description:
      "What is run before the command, and only when training: `dvc pull`, `pip install -r requirements.txt`. It is part of the fingerprint.",
  }),
  params: text({
    description:
      "Parameters of the training: a YAML or JSON map, or the name of a file that holds one. An integer and a float differ.",
    accepts: "a map, or a file's name",
  }),
  "params-as": oneOf(["environment", "flags"], {
    description: "`flags`: the command's last line gets them as `--name value` too (where it has no `$@` itself).",
    default: "environment",
  }),
  "pass-env": {
    ...lines({
      description: "Names of variables that the command sees although they look like rights, as `HF_TOKEN`.",
    }),
    parse: (value) => {
      const names = value.split(/\s+/).filter((each) => each !== "");
      const wrong = names.find((each) => !/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(each) || CHANNELS.test(each));
      if (wrong === undefined) return names;
      throw new Refusal("names of variables, one a line, and none of the runner's own channels");
    },
  } as Input<readonly string[]>,
  code: lines({
    description:
      "Globs of the code that the training depends on; `!` excludes. Left out, all that git tracks in `working-directory`, without `.github/`.",
  }),
  data: lines({ description: "Globs of the data that the training depends on; `!` excludes. Tracked by git or not." }),
  environment: lines({
    description:
      "Globs of the files that pin the libraries. Left out, lock files of `working-directory` are found by themselves.",
  }),
  model: {
    ...output(pathBelow("File or folder that the command writes the model to.", "working-directory")),
    required: true,
    unset: "",
  } as Input<string>,
  metrics: output(
    pathBelow(
      "File that the command writes metrics to: a map of numbers in JSON or YAML, nested ones and `slices` too.",
      "working-directory",
    ),
  ),
  flavor: text({
    description: "What kind of model it is: `sklearn`, `xgboost`, `custom` … Left out, as its format says.",
    pattern: /^[A-Za-z0-9._-]{1,64}$/,
    accepts: "up to 64 letters, digits, ., _ and -",
  }),
  force: flag({ description: "Train also when nothing changed.", default: "false" }),
  reuse: oneOf(["repository", "branch", "never"], {
    description:
      "How far an earlier result may come from: all of the repository that can be trusted (a merged pull request too), the " +
      "same branch or pull request, or nowhere.",
    default: "repository",
  }),
  "working-directory": {
    ...pathBelow("Folder of the training, relative to the workspace.", "the workspace", { default: "." }),
    unset: ".",
  } as Input<string>,
  "retention-days": integer({
    description: "How long the model's artifact is kept. Left out, as the repository is set.",
    least: 1,
    most: 400,
  }),
  "model-store": parsed<StoreAddress>({
    description:
      "Where the model is uploaded too, once, under a path of its content, for `model-uri`: `s3://bucket/path`, `gs://…`, " +
      "`azblob://…` or a remote of rclone's. By the program rclone, with the variables that Seldon's storage initialiser reads " +
      "(`RCLONE_CONFIG_S3_TYPE` …).",
    accepts: "`s3://…`, `gs://…`, `azblob://…`, `<remote>:…`",
    parse: async (value) => (await import("../domain/record/model-store.ts")).parseStoreAddress(value),
  }),
  "trust-model-store": flag({
    description:
      "A training's record in the store counts without the artifact that proves it. Only where no one but trusted jobs can write " +
      "there, as on GitHub Enterprise Server.",
    default: "false",
  }),
  ...orderInputs,
  "github-token": text({
    description:
      "Finds earlier results (`actions: read`, `contents: read`; `pull-requests: read` for those of merged pull requests).",
    expression: "${{ github.token }}",
    secret: true,
  }),
};

type Ports = {
  readonly workspace: Workspace;
  readonly contents: Contents;
  readonly processes: Processes;
  readonly archives: Archives;
  readonly github: GitHub;
  readonly cache: CacheIndex;
  readonly store: ModelStore;
  readonly clock: Clock;
  readonly log: Log;
};

export const trainPlan: Story<typeof inputs, Ports> = {
  id: "train-plan",
  inputs,
  outputs: {
    ...trainOutputs,
    node: "The Node that runs these actions, for the training command's step.",
    "plan-file": "What the training command and the record part work by.",
    backend: "Where it trains: `runner` or `cluster`.",
  },

  run: async (asked, run, ports) => {
    const { workspace, processes, clock, log } = ports;
    const startedMs = clock.now();
    await permit("train", run, ports, `${run.workspace}/${asked["working-directory"]}`);
    // Loaded once the inputs are right: digests cost a start more than all else here.
    const { takeStock } = await import("./ingredients.ts");
    const { fingerprint, fingerprintManifest } = await import("../domain/fingerprint/fingerprint.ts");
    const { findEarlier, lastKnown } = await import("./earlier-result.ts");
    const begun = clock.elapsed();
    const order = await orderOf(asked, run, workspace);
    const command =
      asked["training-manifest"] === undefined ? asked.command : `training-manifest: ${asked["training-manifest"]}`;
    const taking = takeStock(
      {
        ...asked,
        command,
        inCluster: order?.ingredients,
        workingDirectory: asked["working-directory"],
        preRun: asked["pre-run"],
        paramsAs: asked["params-as"],
      },
      run,
      ports,
    );
    // While git and Python answer, this process has time to load the client.
    const reuses = asked.force || asked.reuse === "never" ? undefined : asked.reuse;
    if (reuses) ports.github.prepare();
    const stock = await taking;
    const print = fingerprint(stock);
    const took = ((clock.elapsed() - begun) / 1000).toFixed(2);
    const event = await readEvent(run, workspace);
    const { code, data, environment } = stock;
    log.info(
      `Fingerprint ${print.whole.slice(0, 12)}… over ${count(code.length, "code file")}, ${count(data.length, "data file")}, ` +
        `${count(Object.keys(stock.params.source).length, "parameter")}, ${count(environment.length, "lock file")}, in ${took} s`,
    );

    // Before hours of training: a store that can not be used would only be found out at their end.
    const store = await openStore(asked["model-store"], print.whole, event, ports);
    const stored = order === undefined && store ? { ...store, trusted: asked["trust-model-store"] } : undefined;
    const search: Search = reuses
      ? await findEarlier(print.whole, run, event, ports, reuses, stored, order !== undefined)
      : { found: undefined, refused: [] };
    if (search.found) {
      const reused = asOurs(search.found, asked.name, asked.flavor, run, event);
      log.info(`Skipping the training: ${reused.training.reason}`);
      const { keepStored } = await import("./training-store.ts");
      const { origin, record: earlier, folder } = search.found;
      const place = await keepStored(
        order === undefined ? store : undefined,
        reused,
        folder,
        { runId: origin.id, earlier },
        ports,
      );
      const { artifact } = place.record;
      return {
        outputs: {
          record: await giveRecord(place.record, run, ports),
          fingerprint: print.whole,
          skipped: "true",
          reason: reused.training.reason,
          "model-path": search.found.path,
          "model-uri": artifact?.modelUri ?? "",
          backend: asked.backend,
          "artifact-id": artifact?.id ?? "",
          "artifact-digest": artifact?.sha256 === undefined ? "" : `sha256:${artifact.sha256}`,
          changed: "[]",
        },
        summary: (await import("./training-summary.ts")).summariseTraining(place.record),
        ...(place.failure === undefined ? {} : { failure: place.failure }),
      };
    }

    const manifest = fingerprintManifest(stock, print);
    const last = search.unavailable === undefined ? await lastKnown(asked.name, run, event, ports) : undefined;
    const { explain } = await import("../domain/fingerprint/explain.ts");
    const changed = last === undefined ? [] : explain(last.manifest, manifest);
    const reason = whyTrain(asked, search, last !== undefined, changed);
    log.info(`Training: ${reason}`);
    if (changed.length > 1) for (const line of changed) log.info(`  ${line}`);
    const { writePlan } = await import("./training-plan.ts");
    const plan: TrainingPlan = {
      name: asked.name,
      command,
      ...(order === undefined ? {} : { cluster: order.order }),
      ...(asked["pre-run"] === undefined ? {} : { preRun: asked["pre-run"] }),
      paramsAs: asked["params-as"],
      passEnv: asked["pass-env"],
      workingDirectory: asked["working-directory"],
      model: asked.model,
      ...(asked.flavor === undefined ? {} : { flavor: asked.flavor }),
      ...(asked.metrics === undefined ? {} : { metrics: asked.metrics }),
      ...(asked["retention-days"] === undefined ? {} : { retentionDays: asked["retention-days"] }),
      ...(store === undefined ? {} : { modelStore: store.address.uri }),
      params: stock.params.source,
      manifest,
      reason,
      changed,
      startedMs,
    };
    return {
      outputs: {
        fingerprint: print.whole,
        skipped: "false",
        reason,
        changed: JSON.stringify(changed),
        backend: asked.backend,
        node: processes.node,
        "plan-file": await writePlan(plan, stock.params, run, workspace),
      },
    };
  },
};

/** What a training in a cluster is ordered by, and what of that counts; `undefined` for one on the runner. */
async function orderOf(
  asked: Parameters<typeof trainingOrder>[0],
  run: Run,
  workspace: Workspace,
): Promise<{ order: TrainingOrder; ingredients: Readonly<Record<string, string>> } | undefined> {
  const order = await trainingOrder(asked, run, workspace);
  return order && { order, ingredients: orderIngredients(order) };
}

/** The store, if it can be used, and what lies there for this fingerprint. @throws ActionError when it is not as it should be */
async function openStore(
  address: StoreAddress | undefined,
  fingerprint: string,
  { fromFork }: Event,
  { store, log }: Ports,
): Promise<{ address: StoreAddress; names: readonly string[] } | undefined> {
  if (address === undefined) return undefined;
  if (fromFork) {
    log.info("The model store is left aside: a pull request from a fork has no credentials for it.");
    return undefined;
  }
  const { trainingsFolder } = await import("../domain/record/model-store.ts");
  const listed = await store.list(address, trainingsFolder(address, fingerprint));
  if (listed.kind === "listed") return { address, names: listed.objects.map(({ path }) => path) };
  log.warning(`The model store does not answer, so nothing is looked for there: ${listed.because}`);
  return { address, names: [] };
}

/** The earlier record as this run's own: what it says of gate, image and deployment was another run's. */
function asOurs(
  { record, artifact, origin }: EarlierResult,
  name: string,
  flavor: string | undefined,
  run: Run,
  event: Event,
): ReleaseRecord {
  const { schema, model, training, metrics } = record;
  return {
    schema,
    model: { ...model, name, flavor: flavor ?? model.flavor },
    source: sourceOf(run, event),
    training: {
      ...training,
      skipped: true,
      reusedFrom: {
        runId: origin.id,
        ...(artifact.id === undefined ? {} : { artifactId: artifact.id }),
        sha: origin.headSha,
      },
      reason: `nothing changed since run ${origin.number} (${origin.headSha.slice(0, 7)})`,
      changed: [],
    },
    artifact,
    ...(metrics === undefined ? {} : { metrics }),
  };
}

function whyTrain(
  { name, force, reuse }: { readonly name: string; readonly force: boolean; readonly reuse: string },
  search: Search,
  known: boolean,
  changed: readonly string[],
): string {
  if (changed.length > 0) {
    const shown = changed.slice(0, 3).join("; ");
    return changed.length > 3 ? `${shown}; and ${changed.length - 3} more` : shown;
  }
  if (force) return "force: true";
  if (reuse === "never") return "reuse: never";
  if (search.found === undefined && search.unavailable !== undefined) return "earlier results can not be looked up";
  if (search.found === undefined && search.refused.length > 0) {
    return `an earlier result does not count: ${search.refused[0]}`.slice(0, 500);
  }
  return known ? "the earlier result is no longer there" : `no earlier training of ${name} is known`;
}

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? "" : "s"}`;
