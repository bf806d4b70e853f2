require("./chunks/rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_permitted;
const require_permitted = () => kept_require_permitted ??= require("./chunks/permitted.cjs");
let kept_require_github;
const require_github = () => kept_require_github ??= require("./chunks/github.cjs");
let kept_require_registry;
const require_registry = () => kept_require_registry ??= require("./chunks/registry.cjs");
let kept_require_kubernetes;
const require_kubernetes = () => kept_require_kubernetes ??= require("./chunks/kubernetes.cjs");
let kept_require_lock;
const require_lock = () => kept_require_lock ??= require("./chunks/lock.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
let kept_require_serving;
const require_serving = () => kept_require_serving ??= require("./chunks/serving.cjs");
/**
* Removes the previews of closed pull requests, expired and orphaned ones, with their deployments and tags. What is gone already is
* as good as removed, so it may run twice, and after any crash.
*/
const previewCleanup = {
	id: "preview-cleanup",
	inputs: {
		"pull-request": require_house().integer({
			description: "Remove the previews of this pull request, once it is closed. Left out, the closed pull request of the run's event; in every other run all previews are looked through.",
			least: 1,
			most: 2147483647
		}),
		target: require_house().oneOf$1(["seldon", "local"], {
			description: "Where the previews are: `seldon` is a cluster, `local` this machine.",
			default: "seldon"
		}),
		namespace: require_house().text({
			description: "The namespace of the previews.",
			default: "default",
			...require_house().namespaceName
		}),
		kubeconfig: require_house().text({
			description: "Target seldon: how the cluster is reached, as YAML or its base64. Left out, the file that `KUBECONFIG` names, or `~/.kube/config`.",
			secret: true
		}),
		"kube-context": require_house().text({ description: "Target seldon: the kubeconfig's context. Left out, its current one." }),
		"allow-exec": require_house().lines({ description: "Target seldon: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin." }),
		image: require_house().parsed({
			description: "The images' repository: tags `pr-<number>` and `pr-<number>-…` of closed pull requests are taken away there, but for those of an image that something serves. Left out, no tag is touched.",
			accepts: "an image's name without tag or digest",
			parse: async (value) => (await Promise.resolve().then(() => require("./chunks/reference.cjs")).then((n) => n.reference_exports)).parseReference(value, "image")
		}),
		"preview-ttl": require_house().seconds({
			description: "How long a preview stays that does not say it itself, as with target local.",
			default: "168h",
			most: 31622400
		}),
		"dry-run": require_house().flag({
			description: "Only tell what would be removed.",
			default: "false"
		}),
		"github-token": require_house().text({
			description: "Lists the open pull requests, and removes the previews' deployments.",
			expression: "${{ github.token }}",
			secret: true
		})
	},
	outputs: {
		removed: "What was removed, as a JSON list: namespace, name, pull-request and why",
		kept: "How many previews of this repository stay",
		deployments: "How many GitHub deployments were removed",
		tags: "The tags that were taken away, as a JSON list"
	},
	run: async (given, run, ports) => {
		refuseInputs(given, run);
		await require_permitted().permit("cleanup", run, ports);
		const { sweep } = await Promise.resolve().then(() => require("./chunks/preview-sweep.cjs"));
		return tell(await sweep(given, run, ports), given);
	}
};
function refuseInputs(given, run) {
	if (run.repositoryId === "") require_house().refuse({
		where: "GITHUB_REPOSITORY_ID",
		expected: "the repository whose previews these are",
		seen: "nothing"
	});
	const mistakes = [];
	if (given.target === "local") for (const each of ["kubeconfig", "kube-context"]) {
		if (given[each] === void 0) continue;
		mistakes.push({
			where: `input "${each}"`,
			expected: "nothing with target: local",
			seen: "a value",
			fix: "It is read with target: seldon only."
		});
	}
	if (given.image?.tag !== void 0 || given.image?.digest !== void 0) mistakes.push({
		where: `input "image"`,
		expected: "a name without tag or digest",
		seen: "one with"
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
}
async function tell(swept, given) {
	const { codeSpan, escapeCell } = await Promise.resolve().then(() => require("./chunks/house.cjs")).then((n) => n.escape_exports);
	const { removed, kept, deployments, tags, mistakes } = swept;
	const would = given["dry-run"] ? "would be " : "";
	const rows = removed.map(({ namespace, name, why }) => `| ${escapeCell(`${namespace}/${name}`)} | ${escapeCell(why)} |`);
	const failure = mistakes.length === 0 ? void 0 : `Not everything could be removed; the next sweep goes on from here.\n${mistakes.map(require_house().sentence).join("\n")}`;
	return {
		outputs: {
			removed: JSON.stringify(removed.map(({ namespace, name, pullRequest, why }) => ({
				namespace,
				name,
				"pull-request": pullRequest,
				why
			}))),
			kept: String(kept),
			deployments: String(deployments),
			tags: JSON.stringify(tags)
		},
		summary: [
			`## Previews: ${removed.length} ${would}removed, ${kept} kept`,
			"",
			...rows.length === 0 ? [] : [
				"| Preview | Removed because |",
				"|---|---|",
				...rows,
				""
			],
			...tags.length === 0 ? [] : [`Tags ${would}taken away: ${tags.map(codeSpan).join(", ")}`, ""]
		].join("\n"),
		...failure === void 0 ? {} : { failure }
	};
}
// src/main/preview-cleanup.ts
require_house().runAction(previewCleanup, ({ inputs, run, log, signal }) => {
	const token = inputs["github-token"];
	const registry = require_registry().openRegistry({
		log,
		githubToken: token,
		actor: run.actor
	});
	const [processes, clock, workspace] = [
		require_process().localProcesses({ signal }),
		require_house().systemClock(),
		require_house().localWorkspace(run)
	];
	return {
		log,
		signal,
		clock,
		workspace,
		github: require_github().githubRest({
			run,
			token
		}),
		images: require_registry().imageStores({
			layout: require_registry().openLayout,
			registry
		}),
		kubernetes: require_kubernetes().kubernetes({
			log,
			clock,
			processes,
			workspace,
			run
		}),
		serving: require_serving().localServing({
			processes,
			locks: require_lock().fileLocks()
		})
	};
});
