require("./chunks/rolldown-runtime.cjs");
let kept_require_train_cluster;
const require_train_cluster = () => kept_require_train_cluster ??= require("./chunks/train-cluster.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_kubernetes;
const require_kubernetes = () => kept_require_kubernetes ??= require("./chunks/kubernetes.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
// src/actions/train-cluster-end.ts
/** Runs at the end of the job. A training whose step was killed, or could not delete what it had made, is ended here. */
const trainClusterEnd = {
	id: "train-cluster-end",
	inputs: require_train_cluster().clusterInputs,
	outputs: {},
	run: async (asked, _run, ports) => {
		if (await require_train_cluster().readMade(asked["plan-file"], ports.workspace) === void 0) return { outputs: {} };
		const cluster = await ports.kubernetes.connect({
			kubeconfig: asked.kubeconfig,
			context: asked["kube-context"],
			allowExec: asked["allow-exec"]
		});
		try {
			await require_train_cluster().takeAwayLeft(asked["plan-file"], cluster, ports);
		} finally {
			cluster.close();
		}
		return { outputs: {} };
	}
};
// src/main/train-cluster-end.ts
require_house().runAction(trainClusterEnd, ({ run, log, signal }) => {
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
