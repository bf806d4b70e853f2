require("./chunks/rolldown-runtime.cjs");
let kept_require_train_cluster;
const require_train_cluster = () => kept_require_train_cluster ??= require("./chunks/train-cluster.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_kubernetes;
const require_kubernetes = () => kept_require_kubernetes ??= require("./chunks/kubernetes.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
// src/main/train-cluster.ts
require_house().runAction(require_train_cluster().trainCluster, ({ run, log, signal }) => {
	const [clock, workspace, processes] = [
		require_house().systemClock(),
		require_house().localWorkspace(run),
		require_process().localProcesses({ signal })
	];
	return {
		log,
		clock,
		signal,
		workspace,
		kubernetes: require_kubernetes().kubernetes({
			log,
			clock,
			processes,
			workspace,
			run
		})
	};
});
