import { chooseImage, MAX_CONFIG_BYTES } from "../domain/image/plan.ts";
import { belowFolder, parseReference } from "../domain/image/reference.ts";
import { builderFacts } from "../domain/image/s2i.ts";
import { installerEnvironment } from "../domain/seldon/environment.ts";
import { ActionError, quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { BuildInputs, BuildPorts } from "./build-model-image.ts";

const ASK_MS = 60_000;

/** What is known of an s2i build before s2i runs. */
export type S2iFacts = {
  /** By digest. */
  readonly builder: string;
  readonly scripts: string | undefined;
  readonly user: string;
  /** With the commit behind a `#`. */
  readonly source: string | undefined;
  readonly key: Readonly<Record<string, string>>;
};

/** Where a builder image has its scripts and as whom they run: without a daemon s2i is told, since it does not look. */
export async function readBuilder(
  given: BuildInputs,
  run: Run,
  { images }: BuildPorts,
): Promise<Omit<S2iFacts, "source">> {
  const asked = given["builder-image"]!;
  const where = `input "builder-image"`;
  const reference = belowFolder(parseReference(asked, where), run.workspace);
  if (reference.kind !== "registry") {
    return refuse({ where, expected: "an image in a registry", seen: quote(asked) });
  }
  const store = await images.open(reference);
  const named = await store.manifest(reference.digest ?? reference.tag ?? "latest");
  const found = named?.manifest.manifests
    ? await store.manifest(chooseImage(named.manifest, where, given.platform).digest)
    : named;
  if (named === undefined || found?.manifest.config === undefined) {
    throw new ActionError({
      where,
      expected: `an image ${quote(asked)}`,
      seen: "none",
      fix: "Is its name right, and is the job logged in there?",
    });
  }
  const config = await store.blob(found.manifest.config.digest, { maxBytes: MAX_CONFIG_BYTES });
  const { scripts, user } = builderFacts(config.toString("utf8"), where);
  const { "runtime-image": runtime, "context-dir": contextDir } = given;
  return {
    builder: `${reference.host}/${reference.repository}@${named.digest}`,
    scripts,
    user,
    key: {
      builder: named.digest,
      ...(runtime === undefined ? {} : { runtime }),
      ...(contextDir === undefined ? {} : { contextDir }),
    },
  };
}

/** The git source with the commit that it stands on now: the image depends on that, and s2i shall take no other. */
export async function readSource(given: BuildInputs, { processes, log }: BuildPorts): Promise<string | undefined> {
  if (given.source === undefined) return undefined;
  const [url = "", ref = "HEAD"] = given.source.split("#");
  if (/^[0-9a-f]{40}$/.test(ref)) return given.source;
  const where = `input "source"`;
  const git = await processes.find("git");
  if (git === undefined) return refuse({ where, expected: "git in PATH", seen: "none" });
  const { code, stdout, stderr } = await processes.run(
    {
      command: git,
      args: ["ls-remote", "--", url, ref, `${ref}^{}`],
      env: { ...installerEnvironment(processes.environment()), GIT_TERMINAL_PROMPT: "0" },
    },
    { timeoutMs: ASK_MS },
  );
  // An annotated tag is listed twice: the commit behind it comes last.
  const commit = /^([0-9a-f]{40})\t/.exec(stdout.trim().split("\n").at(-1) ?? "")?.[1];
  if (commit === undefined) {
    return refuse({
      where,
      expected: `a git repository with ${quote(ref, 100)}`,
      seen: code === 0 ? "no such branch or tag" : quote(stderr.trim().split("\n").at(-1) ?? "", 200),
    });
  }
  log.info(`The source stands on commit ${commit}.`);
  return `${url}#${commit}`;
}
