import { helmFailure } from "../domain/kubernetes/chart.ts";
import { ActionError, quote, refuse } from "../errors.ts";
import type { Finished, Log, Processes, Workspace } from "../ports.ts";

/** What helm and the credential plugins of a kubeconfig need of our environment; never a token of the runner. */
const HELM_ENV =
  /^(?:PATH|HOME|USER|LANG|TMPDIR|KUBECONFIG|XDG_.*|SSL_CERT_(?:FILE|DIR)|HELM_(?:REGISTRY_CONFIG|REPOSITORY_.*|CACHE_HOME|CONFIG_HOME|DATA_HOME)|DOCKER_CONFIG|(?:AWS|AZURE|AAD|GOOGLE|CLOUDSDK|USE_GKE)_.*|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)$/;
const SHORT_MS = 60_000;
const MOST_BYTES = 32 * 1024 * 1024;
const PLUGIN = "model-road-stamp";

export type HelmPorts = {
  readonly log: Log;
  readonly processes: Processes;
  readonly workspace: Workspace;
};

export type HelmPlace = {
  readonly release: string;
  readonly namespace: string;
  /** As it was given; absent: helm reads the environment's, as we have. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
};

/** The helm of this runner, for one release. */
export type Helm = {
  readonly version: string;
  /** Standard output. @throws ActionError with helm's last line when it fails */
  run(what: string, args: readonly string[], options?: { timeoutMs?: number }): Promise<string>;
  /** How helm is told to hand every rendered chart through our post-renderer. */
  readonly stamp: readonly string[];
  /** Writes a file that lives as long as this helm. */
  keep(name: string, content: string): Promise<string>;
  close(): Promise<void>;
};

/** @throws ActionError when there is no helm, or one that is too old */
export async function openHelm(place: HelmPlace, { log, processes, workspace }: HelmPorts): Promise<Helm> {
  const program = await processes.find("helm");
  if (program === undefined) {
    return refuse({
      where: "target helm",
      expected: "the program helm in PATH",
      seen: "none",
      fix: "Install it in a step before this one: azure/setup-helm does.",
    });
  }
  const folder = await workspace.temporary("helm");
  const keep = async (name: string, content: string, mode = 0o600): Promise<string> => {
    await workspace.write(`${folder}/${name}`, content, { mode });
    return `${folder}/${name}`;
  };
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(processes.environment())) if (HELM_ENV.test(name)) env[name] = value;
  if (place.kubeconfig !== undefined) env.KUBECONFIG = await keep("kubeconfig", plainText(place.kubeconfig));
  const base = [
    "--namespace",
    place.namespace,
    ...(place.context === undefined ? [] : ["--kube-context", place.context]),
  ];
  const finish = async (args: readonly string[], timeoutMs: number): Promise<Finished> =>
    await processes.run({ command: program, args, env }, { timeoutMs, maxBytes: MOST_BYTES });
  const { stdout } = await finish(["version", "--template", "{{.Version}}"], SHORT_MS);
  const version = /^v(\d+)\.(\d+)/.exec(stdout.trim());
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  if (version === null || major < 3 || (major === 3 && minor < 13)) {
    return refuse({
      where: "target helm",
      expected: "helm 3.13 or later",
      seen: quote(stdout.trim() || "no version"),
      fix: "Install a newer one: azure/setup-helm does.",
    });
  }
  const script = await keep(
    `plugins/${PLUGIN}/stamp.sh`,
    `#!/bin/sh\nexec ${shellWord(processes.node)} ${shellWord(processes.door("helm-post-render"))} ${shellWord(place.release)}\n`,
    0o700,
  );
  if (major >= 4) {
    // Since version 4 a post-renderer is a plugin, found by its name.
    env.HELM_PLUGINS = `${folder}/plugins`;
    await keep(`plugins/${PLUGIN}/plugin.yaml`, pluginOf(script));
  }
  log.debug(`helm ${version[0]} at ${program}`);
  return {
    version: version[0],
    stamp: ["--post-renderer", major >= 4 ? PLUGIN : script],
    keep: async (name, content) => await keep(name, content),
    run: async (what, args, { timeoutMs = SHORT_MS } = {}) => {
      const { code, stdout: out, stderr } = await finish([...args, ...base], timeoutMs);
      if (code === 0) return out;
      throw new ActionError(helmFailure(what, stderr));
    },
    close: async () => {
      await workspace.remove(folder);
    },
  };
}

const pluginOf = (script: string): string =>
  [
    "apiVersion: v1",
    `name: ${PLUGIN}`,
    "version: 1.0.0",
    "type: postrenderer/v1",
    "runtime: subprocess",
    "runtimeConfig:",
    "  platformCommand:",
    `    - command: ${JSON.stringify(script)}`,
    "",
  ].join("\n");

/** A kubeconfig may be given as its base64. */
function plainText(given: string): string {
  if (/^[A-Za-z0-9+/=\s]+$/.test(given)) {
    const decoded = Buffer.from(given, "base64").toString("utf8");
    if (decoded.includes("clusters")) return decoded;
  }
  return given;
}

const shellWord = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
