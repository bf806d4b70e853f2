/** What builds an image, and what each needs of the machine. */
export const ENGINES = ["layers", "docker", "buildah", "s2i"] as const;
export type Engine = (typeof ENGINES)[number];

type EngineCommand = { readonly program: string; readonly args: readonly string[] };
export type EngineOrder = {
  /** The folder that is built from. Absolute. */
  readonly context: string;
  readonly dockerfile: string;
  /** With a tag. */
  readonly image: string;
  readonly tags: readonly string[];
  readonly platform: string;
  /** Where the digest is written. */
  readonly digestFile: string;
  readonly builder: string;
  readonly runtime: string | undefined;
  readonly source: string | undefined;
  readonly contextDir: string | undefined;
  /** A folder for what `s2i --as-dockerfile` writes. */
  readonly generated: string;
  /** False for a registry on loopback, which speaks http. */
  readonly tls: boolean;
  /** `oci:<folder>` or a registry. */
  readonly toLayout: string | undefined;
  readonly isolated: boolean;
};

type EngineTable = {
  /** Programs that must be in PATH, all of one of the groups. */
  readonly needs: readonly (readonly string[])[];
  readonly why: string;
  /** Asked before anything starts: exit code 0 or not. */
  readonly probe: EngineCommand;
  readonly commands: (order: EngineOrder) => readonly EngineCommand[];
};

const epoch = ["--timestamp", "0"];
const storage = (order: EngineOrder): string[] => (order.isolated ? ["--storage-driver", "vfs"] : []);

function buildahCommands(order: EngineOrder, context = order.context, dockerfile = order.dockerfile): EngineCommand[] {
  const verify = order.tls ? [] : ["--tls-verify=false"];
  const push = (tag: string): EngineCommand => ({
    program: "buildah",
    args: [
      ...storage(order),
      "push",
      ...verify,
      "--digestfile",
      order.digestFile,
      order.image,
      order.toLayout === undefined
        ? `docker://${order.image.replace(/:[^:/]+$/, "")}:${tag}`
        : `oci:${order.toLayout}:${tag}`,
    ],
  });
  return [
    {
      program: "buildah",
      args: [
        ...storage(order),
        "bud",
        ...(order.isolated ? ["--isolation", "chroot"] : []),
        "--format",
        "oci",
        "--layers",
        ...epoch,
        "--platform",
        order.platform,
        ...verify,
        "--tag",
        order.image,
        "--file",
        dockerfile,
        context,
      ],
    },
    ...order.tags.map(push),
  ];
}

/** The engines that run programs. The layers engine needs none, so it has no entry. */
export const ENGINE_TABLE: Readonly<Record<Exclude<Engine, "layers">, EngineTable>> = {
  docker: {
    needs: [["docker"]],
    why: "docker with buildx and a daemon that answers",
    probe: { program: "docker", args: ["buildx", "inspect"] },
    commands: (order) => [
      {
        program: "docker",
        args: [
          "buildx",
          "build",
          "--push",
          "--provenance=false",
          "--platform",
          order.platform,
          "--metadata-file",
          order.digestFile,
          ...order.tags.flatMap((tag) => ["--tag", `${order.image.replace(/:[^:/]+$/, "")}:${tag}`]),
          "--file",
          order.dockerfile,
          order.context,
        ],
      },
    ],
  },
  buildah: {
    needs: [["buildah"]],
    why: "buildah (a package of Debian, Ubuntu and Fedora)",
    probe: { program: "buildah", args: ["--version"] },
    commands: (order) => buildahCommands(order),
  },
  s2i: {
    needs: [
      ["s2i", "buildah"],
      ["s2i", "docker"],
    ],
    why: "s2i (github.com/openshift/source-to-image), and buildah or docker to build what it writes",
    probe: { program: "s2i", args: ["version"] },
    // Without a daemon: s2i writes what it would do as a Dockerfile, and buildah does it.
    commands: (order) => [
      {
        program: "s2i",
        args: [
          "build",
          order.source ?? order.context,
          order.builder,
          "--as-dockerfile",
          `${order.generated}/Dockerfile`,
          ...(order.contextDir === undefined ? [] : ["--context-dir", order.contextDir]),
          ...(order.runtime === undefined ? [] : ["--runtime-image", order.runtime]),
        ],
      },
      ...buildahCommands(order, order.generated, `${order.generated}/Dockerfile`),
    ],
  },
};
