require("./chunks/rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_event;
const require_event = () => kept_require_event ??= require("./chunks/event.cjs");
let kept_require_permitted;
const require_permitted = () => kept_require_permitted ??= require("./chunks/permitted.cjs");
let kept_require_cache;
const require_cache = () => kept_require_cache ??= require("./chunks/cache.cjs");
let kept_require_training_order;
const require_training_order = () => kept_require_training_order ??= require("./chunks/training-order.cjs");
let kept_require_archive;
const require_archive = () => kept_require_archive ??= require("./chunks/archive.cjs");
let kept_require_contents;
const require_contents = () => kept_require_contents ??= require("./chunks/contents.cjs");
let kept_require_github;
const require_github = () => kept_require_github ??= require("./chunks/github.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
let kept_require_rclone;
const require_rclone = () => kept_require_rclone ??= require("./chunks/rclone.cjs");
// src/actions/train-plan.ts
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const name = {
	...require_house().requiredText({ description: "Name of the model. Artifacts and what is served carry it." }),
	accepts: "up to 63 lower-case letters, digits and -",
	parse: (value) => {
		if (NAME.test(value)) return value;
		const slug = value.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 63).replace(/^-+|-+$/g, "");
		throw new (require_house()).Refusal("up to 63 lower-case letters, digits and -, with a letter or digit at both ends", slug === "" ? {} : { fix: `Write ${slug}.` });
	}
};
/** A path below a folder, without `./` before it or `/` behind it. */
function pathBelow(description, below, options = {}) {
	return {
		description,
		...options,
		accepts: `a path relative to ${below}`,
		unset: void 0,
		parse: (value) => {
			const path = value.replace(/^(?:\.\/)+(?=.)/, "").replace(/(?<=[^/])\/+$/, "");
			const names = path.split("/");
			if (path.length > 1024 || path.startsWith("/") || /[\u0000-\u001f\u007f\\]/.test(path)) throw new (require_house()).Refusal(`a path relative to ${below}`);
			if (path !== "." && names.some((each) => each === "" || each === "." || each === "..")) throw new (require_house()).Refusal(`a path below ${below}, without . or ..`);
			return path;
		}
	};
}
/** What is written there, the runner does. */
const CHANNELS = /^(?:GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)|ACTIONS_.*|INPUT_.*|STATE_.*|NODE|PLAN_FILE|COMMAND|BASH_ENV|ENV)$/i;
/** The working directory itself is no output: it holds the code. */
const output = (input) => ({
	...input,
	parse: async (value) => {
		const path = await input.parse(value);
		if (path === ".") throw new (require_house()).Refusal("a file or folder below working-directory, not working-directory itself");
		return path;
	}
});
const trainPlan = {
	id: "train-plan",
	inputs: {
		name,
		command: {
			...require_house().requiredText({ description: "What trains the model, as bash runs it (`-eo pipefail`), in `working-directory`. It finds the parameters in `PARAM_<NAME>` and as JSON in the file `PARAMS_FILE`, and writes what `MODEL_PATH` and `METRICS_PATH` name. It sees no token. Left out, `model` is taken as it is after `pre-run`." }),
			required: false
		},
		"pre-run": require_house().text({ description: "What is run before the command, and only when training: `dvc pull`, `pip install -r requirements.txt`. It is part of the fingerprint." }),
		params: require_house().text({
			description: "Parameters of the training: a YAML or JSON map, or the name of a file that holds one. An integer and a float differ.",
			accepts: "a map, or a file's name"
		}),
		"params-as": require_house().oneOf$1(["environment", "flags"], {
			description: "`flags`: the command's last line gets them as `--name value` too (where it has no `$@` itself).",
			default: "environment"
		}),
		"pass-env": {
			...require_house().lines({ description: "Names of variables that the command sees although they look like rights, as `HF_TOKEN`." }),
			parse: (value) => {
				const names = value.split(/\s+/).filter((each) => each !== "");
				if (names.find((each) => !/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(each) || CHANNELS.test(each)) === void 0) return names;
				throw new (require_house()).Refusal("names of variables, one a line, and none of the runner's own channels");
			}
		},
		code: require_house().lines({ description: "Globs of the code that the training depends on; `!` excludes. Left out, all that git tracks in `working-directory`, without `.github/`." }),
		data: require_house().lines({ description: "Globs of the data that the training depends on; `!` excludes. Tracked by git or not." }),
		environment: require_house().lines({ description: "Globs of the files that pin the libraries. Left out, lock files of `working-directory` are found by themselves." }),
		model: {
			...output(pathBelow("File or folder that the command writes the model to.", "working-directory")),
			required: true,
			unset: ""
		},
		metrics: output(pathBelow("File that the command writes metrics to: a map of numbers in JSON or YAML, nested ones and `slices` too.", "working-directory")),
		flavor: require_house().text({
			description: "What kind of model it is: `sklearn`, `xgboost`, `custom` … Left out, as its format says.",
			pattern: /^[A-Za-z0-9._-]{1,64}$/,
			accepts: "up to 64 letters, digits, ., _ and -"
		}),
		force: require_house().flag({
			description: "Train also when nothing changed.",
			default: "false"
		}),
		reuse: require_house().oneOf$1([
			"repository",
			"branch",
			"never"
		], {
			description: "How far an earlier result may come from: all of the repository that can be trusted (a merged pull request too), the same branch or pull request, or nowhere.",
			default: "repository"
		}),
		"working-directory": {
			...pathBelow("Folder of the training, relative to the workspace.", "the workspace", { default: "." }),
			unset: "."
		},
		"retention-days": require_house().integer({
			description: "How long the model's artifact is kept. Left out, as the repository is set.",
			least: 1,
			most: 400
		}),
		"model-store": require_house().parsed({
			description: "Where the model is uploaded too, once, under a path of its content, for `model-uri`: `s3://bucket/path`, `gs://…`, `azblob://…` or a remote of rclone's. By the program rclone, with the variables that Seldon's storage initialiser reads (`RCLONE_CONFIG_S3_TYPE` …).",
			accepts: "`s3://…`, `gs://…`, `azblob://…`, `<remote>:…`",
			parse: async (value) => (await Promise.resolve().then(() => require("./chunks/model-store.cjs")).then((n) => n.model_store_exports)).parseStoreAddress(value)
		}),
		"trust-model-store": require_house().flag({
			description: "A training's record in the store counts without the artifact that proves it. Only where no one but trusted jobs can write there, as on GitHub Enterprise Server.",
			default: "false"
		}),
		...require_training_order().orderInputs,
		"github-token": require_house().text({
			description: "Finds earlier results (`actions: read`, `contents: read`; `pull-requests: read` for those of merged pull requests).",
			expression: "${{ github.token }}",
			secret: true
		})
	},
	outputs: {
		...require_cache().trainOutputs,
		node: "The Node that runs these actions, for the training command's step.",
		"plan-file": "What the training command and the record part work by.",
		backend: "Where it trains: `runner` or `cluster`."
	},
	run: async (asked, run, ports) => {
		const { workspace, processes, clock, log } = ports;
		const startedMs = clock.now();
		await require_permitted().permit("train", run, ports, `${run.workspace}/${asked["working-directory"]}`);
		const { takeStock } = await Promise.resolve().then(() => require("./chunks/ingredients.cjs"));
		const { fingerprint, fingerprintManifest } = await Promise.resolve().then(() => require("./chunks/fingerprint.cjs")).then((n) => n.fingerprint_exports);
		const { findEarlier, lastKnown } = await Promise.resolve().then(() => require("./chunks/earlier-result.cjs"));
		const begun = clock.elapsed();
		const order = await orderOf(asked, run, workspace);
		const command = asked["training-manifest"] === void 0 ? asked.command : `training-manifest: ${asked["training-manifest"]}`;
		const taking = takeStock({
			...asked,
			command,
			inCluster: order?.ingredients,
			workingDirectory: asked["working-directory"],
			preRun: asked["pre-run"],
			paramsAs: asked["params-as"]
		}, run, ports);
		const reuses = asked.force || asked.reuse === "never" ? void 0 : asked.reuse;
		if (reuses) ports.github.prepare();
		const stock = await taking;
		const print = fingerprint(stock);
		const took = ((clock.elapsed() - begun) / 1e3).toFixed(2);
		const event = await require_event().readEvent(run, workspace);
		const { code, data, environment } = stock;
		log.info(`Fingerprint ${print.whole.slice(0, 12)}… over ${count(code.length, "code file")}, ${count(data.length, "data file")}, ${count(Object.keys(stock.params.source).length, "parameter")}, ${count(environment.length, "lock file")}, in ${took} s`);
		const store = await openStore(asked["model-store"], print.whole, event, ports);
		const stored = order === void 0 && store ? {
			...store,
			trusted: asked["trust-model-store"]
		} : void 0;
		const search = reuses ? await findEarlier(print.whole, run, event, ports, reuses, stored, order !== void 0) : {
			found: void 0,
			refused: []
		};
		if (search.found) {
			const reused = asOurs(search.found, asked.name, asked.flavor, run, event);
			log.info(`Skipping the training: ${reused.training.reason}`);
			const { keepStored } = await Promise.resolve().then(() => require("./chunks/training-store.cjs"));
			const { origin, record: earlier, folder } = search.found;
			const place = await keepStored(order === void 0 ? store : void 0, reused, folder, {
				runId: origin.id,
				earlier
			}, ports);
			const { artifact } = place.record;
			return {
				outputs: {
					record: await require_house().giveRecord(place.record, run, ports),
					fingerprint: print.whole,
					skipped: "true",
					reason: reused.training.reason,
					"model-path": search.found.path,
					"model-uri": artifact?.modelUri ?? "",
					backend: asked.backend,
					"artifact-id": artifact?.id ?? "",
					"artifact-digest": artifact?.sha256 === void 0 ? "" : `sha256:${artifact.sha256}`,
					changed: "[]"
				},
				summary: (await Promise.resolve().then(() => require("./chunks/training-summary.cjs"))).summariseTraining(place.record),
				...place.failure === void 0 ? {} : { failure: place.failure }
			};
		}
		const manifest = fingerprintManifest(stock, print);
		const last = search.unavailable === void 0 ? await lastKnown(asked.name, run, event, ports) : void 0;
		const { explain } = await Promise.resolve().then(() => require("./chunks/explain.cjs"));
		const changed = last === void 0 ? [] : explain(last.manifest, manifest);
		const reason = whyTrain(asked, search, last !== void 0, changed);
		log.info(`Training: ${reason}`);
		if (changed.length > 1) for (const line of changed) log.info(`  ${line}`);
		const { writePlan } = await Promise.resolve().then(() => require("./chunks/training-plan.cjs")).then((n) => n.training_plan_exports);
		const plan = {
			name: asked.name,
			command,
			...order === void 0 ? {} : { cluster: order.order },
			...asked["pre-run"] === void 0 ? {} : { preRun: asked["pre-run"] },
			paramsAs: asked["params-as"],
			passEnv: asked["pass-env"],
			workingDirectory: asked["working-directory"],
			model: asked.model,
			...asked.flavor === void 0 ? {} : { flavor: asked.flavor },
			...asked.metrics === void 0 ? {} : { metrics: asked.metrics },
			...asked["retention-days"] === void 0 ? {} : { retentionDays: asked["retention-days"] },
			...store === void 0 ? {} : { modelStore: store.address.uri },
			params: stock.params.source,
			manifest,
			reason,
			changed,
			startedMs
		};
		return { outputs: {
			fingerprint: print.whole,
			skipped: "false",
			reason,
			changed: JSON.stringify(changed),
			backend: asked.backend,
			node: processes.node,
			"plan-file": await writePlan(plan, stock.params, run, workspace)
		} };
	}
};
/** What a training in a cluster is ordered by, and what of that counts; `undefined` for one on the runner. */
async function orderOf(asked, run, workspace) {
	const order = await require_training_order().trainingOrder(asked, run, workspace);
	return order && {
		order,
		ingredients: require_training_order().orderIngredients(order)
	};
}
/** The store, if it can be used, and what lies there for this fingerprint. @throws ActionError when it is not as it should be */
async function openStore(address, fingerprint, { fromFork }, { store, log }) {
	if (address === void 0) return void 0;
	if (fromFork) {
		log.info("The model store is left aside: a pull request from a fork has no credentials for it.");
		return;
	}
	const { trainingsFolder } = await Promise.resolve().then(() => require("./chunks/model-store.cjs")).then((n) => n.model_store_exports);
	const listed = await store.list(address, trainingsFolder(address, fingerprint));
	if (listed.kind === "listed") return {
		address,
		names: listed.objects.map(({ path }) => path)
	};
	log.warning(`The model store does not answer, so nothing is looked for there: ${listed.because}`);
	return {
		address,
		names: []
	};
}
/** The earlier record as this run's own: what it says of gate, image and deployment was another run's. */
function asOurs({ record, artifact, origin }, name, flavor, run, event) {
	const { schema, model, training, metrics } = record;
	return {
		schema,
		model: {
			...model,
			name,
			flavor: flavor ?? model.flavor
		},
		source: require_cache().sourceOf(run, event),
		training: {
			...training,
			skipped: true,
			reusedFrom: {
				runId: origin.id,
				...artifact.id === void 0 ? {} : { artifactId: artifact.id },
				sha: origin.headSha
			},
			reason: `nothing changed since run ${origin.number} (${origin.headSha.slice(0, 7)})`,
			changed: []
		},
		artifact,
		...metrics === void 0 ? {} : { metrics }
	};
}
function whyTrain({ name, force, reuse }, search, known, changed) {
	if (changed.length > 0) {
		const shown = changed.slice(0, 3).join("; ");
		return changed.length > 3 ? `${shown}; and ${changed.length - 3} more` : shown;
	}
	if (force) return "force: true";
	if (reuse === "never") return "reuse: never";
	if (search.found === void 0 && search.unavailable !== void 0) return "earlier results can not be looked up";
	if (search.found === void 0 && search.refused.length > 0) return `an earlier result does not count: ${search.refused[0]}`.slice(0, 500);
	return known ? "the earlier result is no longer there" : `no earlier training of ${name} is known`;
}
const count = (many, what) => `${many} ${what}${many === 1 ? "" : "s"}`;
// src/main/train-plan.ts
require_house().runAction(trainPlan, ({ inputs, run, log, signal }) => {
	const processes = require_process().localProcesses({ signal });
	return {
		log,
		processes,
		workspace: require_house().localWorkspace(run),
		contents: require_contents().fileContents(),
		archives: require_archive().tarArchives(),
		github: require_github().githubRest({
			run,
			token: inputs["github-token"]
		}),
		cache: require_cache().cacheIndex(log),
		store: require_rclone().rcloneStore({
			processes,
			temp: run.temp
		}),
		clock: require_house().systemClock()
	};
});
