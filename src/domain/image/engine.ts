/** What builds an image, and what each way to do it needs of the machine. */
type Engine = "layers" | "docker" | "buildah" | "s2i";

export type EngineCommand = { readonly program: string; readonly args: readonly string[] };

/** What is asked of an engine, as far as it decides which way can be gone. */
export type EngineWish = {
  /** Where the image goes. */
  readonly to: "registry" | "layout" | "archive";
  /** The image that s2i puts its result into. */
  readonly runtime: boolean;
};

/** What s2i is told beside. */
export type S2iOrder = {
  /** The builder's name, by digest where it is known. */
  readonly builder: string;
  /** Where the builder has its scripts: `image:///s2i/bin`. Without a daemon s2i does not read the builder's labels. */
  readonly scripts: string | undefined;
  /** As whom the builder's scripts run. */
  readonly user: string;
  /** A git URL, with `#` and a commit; `undefined` for the code of this repository. */
  readonly source: string | undefined;
  readonly contextDir: string | undefined;
  readonly runtime: string | undefined;
  /** A folder for the Dockerfile that s2i writes. */
  readonly generated: string;
};

export type EngineOrder = {
  /** The folder that is built from. Absolute. */
  readonly context: string;
  readonly dockerfile: string;
  /** With the tag of its content; the engine keeps it under this name. */
  readonly image: string;
  readonly platform: string;
  /** Where the digest of what was pushed is written, by engines that do. */
  readonly digestFile: string;
  /** False for a registry on loopback, which speaks http. */
  readonly tls: boolean;
  /** The same for the images that it is built on. */
  readonly tlsBelow: boolean;
  /** The folder of an OCI layout, and the tag in it; else the image goes to its registry. */
  readonly layout: { readonly folder: string; readonly tag: string } | undefined;
  readonly s2i: S2iOrder | undefined;
};

/** A command in the built image, on this machine's loopback. */
export type EngineTrial = {
  readonly image: string;
  /** A name of its own, for what has to be removed afterwards. */
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Folders of this machine that it sees, read-only. */
  readonly mounts: readonly { readonly from: string; readonly at: string }[];
};

export type EngineWay = {
  /** Programs that must be in PATH. */
  readonly needs: readonly string[];
  /** Asked before anything starts: each must end with exit code 0. */
  readonly probes: readonly EngineCommand[];
  /** Why this way can not do what is asked. */
  readonly lacks: (wish: EngineWish) => string | undefined;
  readonly build: (order: EngineOrder) => readonly EngineCommand[];
  readonly push: (order: EngineOrder) => readonly EngineCommand[];
  /** Prints what the image is as JSON, its config among it. */
  readonly config: (image: string) => EngineCommand;
  readonly run: (trial: EngineTrial) => {
    readonly before: readonly EngineCommand[];
    readonly start: EngineCommand;
    readonly after: EngineCommand;
  };
  /** True where what runs in the image is a child of ours, so that its memory can be told. */
  readonly children: boolean;
};

type EngineTable = {
  readonly why: string;
  /** The first that has its programs is gone. */
  readonly ways: readonly EngineWay[];
};

const buildah = (...args: string[]): EngineCommand => ({ program: "buildah", args });
const docker = (...args: string[]): EngineCommand => ({ program: "docker", args });
const verify = (tls: boolean): string[] => (tls ? [] : ["--tls-verify=false"]);
const volumes = ({ mounts }: EngineTrial): string[] =>
  mounts.flatMap(({ from, at }) => ["--volume", `${from}:${at}:ro`]);
const variables = ({ env }: EngineTrial): string[] =>
  Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);

const buildahBuild = (order: EngineOrder, context: string, dockerfile: string): EngineCommand =>
  buildah(
    "bud",
    "--format",
    "oci",
    "--layers",
    // The same content is the same image, whenever it is built.
    "--timestamp",
    "0",
    "--platform",
    order.platform,
    ...verify(order.tlsBelow),
    "--tag",
    order.image,
    "--file",
    dockerfile,
    context,
  );

const BUILDAH: EngineWay = {
  needs: ["buildah"],
  probes: [buildah("--version")],
  lacks: ({ to }) => (to === "archive" ? "it writes to a registry or an OCI layout" : undefined),
  build: (order) => [buildahBuild(order, order.context, order.dockerfile)],
  push: (order) => [
    buildah(
      "push",
      ...verify(order.tls),
      "--digestfile",
      order.digestFile,
      order.image,
      order.layout === undefined ? `docker://${order.image}` : `oci:${order.layout.folder}:${order.layout.tag}`,
    ),
  ],
  config: (image) => buildah("inspect", "--type", "image", image),
  run: (trial) => ({
    before: [buildah("from", "--pull=never", "--name", trial.name, trial.image)],
    start: buildah("run", "--network", "host", ...volumes(trial), ...variables(trial), trial.name, "--", ...trial.args),
    after: buildah("rm", trial.name),
  }),
  children: true,
};

const DOCKER: EngineWay = {
  needs: ["docker"],
  probes: [docker("buildx", "inspect"), docker("version")],
  lacks: ({ to }) => (to === "registry" ? undefined : "it writes to a registry"),
  build: (order) => [
    docker(
      "buildx",
      "build",
      "--load",
      "--provenance=false",
      "--platform",
      order.platform,
      "--tag",
      order.image,
      "--file",
      order.dockerfile,
      order.context,
    ),
  ],
  push: (order) => [docker("push", order.image)],
  config: (image) => docker("image", "inspect", "--format", "{{json .Config}}", image),
  run: (trial) => ({
    before: [],
    start: docker(
      "run",
      "--rm",
      "--interactive",
      "--network",
      "host",
      "--name",
      trial.name,
      ...volumes(trial),
      ...variables(trial),
      "--entrypoint",
      trial.args[0]!,
      trial.image,
      ...trial.args.slice(1),
    ),
    after: docker("rm", "--force", trial.name),
  }),
  children: false,
};

const s2iBuild = ({ context, image, s2i }: EngineOrder, how: readonly string[]): EngineCommand => ({
  program: "s2i",
  args: [
    "build",
    s2i!.source ?? context,
    s2i!.builder,
    ...how,
    // A folder is taken as it is, also where git lies above it.
    ...(s2i!.source === undefined ? ["--copy"] : []),
    ...(s2i!.contextDir === undefined ? [] : ["--context-dir", s2i!.contextDir]),
    ...(how.includes("--as-dockerfile") ? [] : [image]),
  ],
});

/** Without a daemon: s2i writes what it would do as a Dockerfile, and buildah does it. */
const S2I_BUILDAH: EngineWay = {
  ...BUILDAH,
  needs: ["s2i", "buildah"],
  probes: [{ program: "s2i", args: ["version"] }, ...BUILDAH.probes],
  lacks: (wish) =>
    wish.runtime ? "s2i writes no Dockerfile for a runtime image: a daemon has to build it" : BUILDAH.lacks(wish),
  build: (order) => {
    const { generated, scripts, user } = order.s2i!;
    return [
      s2iBuild(order, [
        "--as-dockerfile",
        `${generated}/Dockerfile`,
        "--assemble-user",
        user,
        ...(scripts === undefined ? [] : ["--image-scripts-url", scripts]),
      ]),
      buildahBuild(order, generated, `${generated}/Dockerfile`),
    ];
  },
};

const S2I_DOCKER: EngineWay = {
  ...DOCKER,
  needs: ["s2i", "docker"],
  probes: [{ program: "s2i", args: ["version"] }, docker("version")],
  build: (order) => [s2iBuild(order, order.s2i!.runtime === undefined ? [] : ["--runtime-image", order.s2i!.runtime])],
};

/** The engines that run programs. The layers engine needs none, so it has no entry. */
export const ENGINE_TABLE: Readonly<Record<Exclude<Engine, "layers">, EngineTable>> = {
  docker: { why: "docker with buildx and a daemon that answers", ways: [DOCKER] },
  buildah: { why: "buildah (a package of Debian, Ubuntu and Fedora)", ways: [BUILDAH] },
  s2i: {
    why: "s2i (github.com/openshift/source-to-image), and buildah or docker to build with it",
    ways: [S2I_BUILDAH, S2I_DOCKER],
  },
};
