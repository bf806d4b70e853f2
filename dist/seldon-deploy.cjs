require("./chunks/rolldown-runtime.cjs");
const require_compression = () => require("./chunks/compression.cjs");
const require_archive = () => require("./chunks/archive.cjs");
const require_house = () => require("./chunks/house.cjs");
const require_github = () => require("./chunks/github.cjs");
const require_python = () => require("./chunks/python.cjs");
const require_registry = () => require("./chunks/registry.cjs");
const require_kubernetes = () => require("./chunks/kubernetes.cjs");
const require_lock = () => require("./chunks/lock.cjs");
const require_process = () => require("./chunks/process.cjs");
const require_serving = () => require("./chunks/serving.cjs");
// src/main/seldon-deploy.ts
require_house().runAction(require_compression().seldonDeploy, ({ inputs, run, log, signal }) => {
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
		github: require_github().githubRest({
			run,
			token
		}),
		images: require_registry().imageStores({
			layout: require_registry().openLayout,
			registry
		}),
		http: require_python().httpClient(),
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
