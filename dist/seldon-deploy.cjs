require("./chunks/rolldown-runtime.cjs");
let kept_require_seldon_deploy;
const require_seldon_deploy = () => kept_require_seldon_deploy ??= require("./chunks/seldon-deploy.cjs");
let kept_require_archive;
const require_archive = () => kept_require_archive ??= require("./chunks/archive.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_compression;
const require_compression = () => kept_require_compression ??= require("./chunks/compression.cjs");
let kept_require_github;
const require_github = () => kept_require_github ??= require("./chunks/github.cjs");
let kept_require_http;
const require_http = () => kept_require_http ??= require("./chunks/http.cjs");
let kept_require_registry;
const require_registry = () => kept_require_registry ??= require("./chunks/registry.cjs");
let kept_require_kubernetes;
const require_kubernetes = () => kept_require_kubernetes ??= require("./chunks/kubernetes.cjs");
let kept_require_lock;
const require_lock = () => kept_require_lock ??= require("./chunks/lock.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
let kept_require_python;
const require_python = () => kept_require_python ??= require("./chunks/python.cjs");
let kept_require_serving;
const require_serving = () => kept_require_serving ??= require("./chunks/serving.cjs");
let kept_require_rclone;
const require_rclone = () => kept_require_rclone ??= require("./chunks/rclone.cjs");
// src/main/seldon-deploy.ts
require_house().runAction(require_seldon_deploy().seldonDeploy, ({ inputs, run, log, signal }) => {
	const token = inputs["github-token"];
	const registry = require_registry().openRegistry({
		log,
		githubToken: token,
		actor: run.actor
	});
	const [processes, locks] = [require_process().localProcesses({ signal }), require_lock().fileLocks()];
	const [clock, workspace] = [require_house().systemClock(), require_house().localWorkspace(run)];
	return {
		log,
		signal,
		clock,
		workspace,
		processes,
		compression: require_compression().gzipTexts(),
		kubernetes: require_kubernetes().kubernetes({
			log,
			clock,
			processes,
			workspace,
			run
		}),
		archives: require_archive().tarArchives(),
		store: require_rclone().rcloneStore({
			processes,
			temp: run.temp
		}),
		github: require_github().githubRest({
			run,
			token
		}),
		images: require_registry().imageStores({
			layout: require_registry().openLayout,
			registry
		}),
		http: require_http().httpClient(),
		pythons: require_python().pythons({
			processes,
			locks
		}),
		serving: require_serving().localServing({
			processes,
			locks
		})
	};
});
