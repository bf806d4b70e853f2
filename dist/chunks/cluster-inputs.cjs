require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/cluster-inputs.ts
/** How a cluster is found: the same in every action that asks one. */
const clusterInputs = {
	kubeconfig: require_house().text({
		description: "Target seldon: how the cluster is reached, as YAML or its base64. Left out, the file that `KUBECONFIG` names, or `~/.kube/config`.",
		secret: true
	}),
	"kube-context": require_house().text({ description: "Target seldon: the kubeconfig's context. Left out, its current one." }),
	"allow-exec": require_house().lines({ description: "Target seldon: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin." })
};
/** What a story hands to the port. */
const connection = (given) => ({
	kubeconfig: given.kubeconfig,
	context: given["kube-context"],
	allowExec: given["allow-exec"]
});
Object.defineProperty(exports, "clusterInputs", {
	enumerable: true,
	get: function() {
		return clusterInputs;
	}
});
Object.defineProperty(exports, "connection", {
	enumerable: true,
	get: function() {
		return connection;
	}
});
