import { ActionError, quote, type Mistake } from "../../errors.ts";
import type { Json } from "../text/json.ts";
import { parseYaml } from "../text/yaml.ts";
import { parametersOf, sourceOf } from "./given.ts";
import type { ComponentSpec, Container, GraphNode, Parameter, Predictor } from "./resource.ts";

const LIMITS = { where: `input "graph"`, maxBytes: 64 * 1024 };
const NODE_NAME = /^[a-z]([a-z0-9-]{0,46}[a-z0-9])?$/;
/** Of the CRD: what lies deeper is pruned without a word. */
const MOST_LEVELS = 10;

/** What a node does, as a user writes it, and as Seldon says it. */
const ROLES = {
  model: "MODEL",
  router: "ROUTER",
  combiner: "COMBINER",
  transformer: "TRANSFORMER",
  "output-transformer": "OUTPUT_TRANSFORMER",
  // Seldon has no type of its own for it: the wrapper answers as a transformer and puts the score into the tags.
  "outlier-detector": "TRANSFORMER",
  abtest: undefined,
} as const;
type Role = keyof typeof ROLES;

/** One node of a graph as a user writes it. */
export type GraphPart = {
  readonly name: string;
  readonly type: Role;
  /** Absent for `abtest`, which the executor does by itself, and for a prepackaged server. */
  readonly image: string | undefined;
  readonly implementation: string | undefined;
  readonly modelUri: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly env: Readonly<Record<string, string>>;
  readonly children: readonly GraphPart[];
};

/**
 * Reads a graph in short form: a node with its children.
 *
 * ```yaml
 * name: bandit
 * type: router
 * image: ghcr.io/acme/epsilon-greedy@sha256:…
 * parameters: { n_branches: 2, epsilon: 0.1 }
 * children:
 *   - { name: forest, image: ghcr.io/acme/forest@sha256:… }
 *   - { name: network, implementation: SKLEARN_SERVER, model-uri: s3://models/network/3 }
 * ```
 * @param images for nodes that name none: node → image
 * @throws ActionError with every mistake
 */
export async function parseGraph(text: string, images: ReadonlyMap<string, string> = new Map()): Promise<GraphPart> {
  const read = await parseYaml(text, { ...LIMITS, number: sourceOf });
  const reader = new Reader(images);
  const root = reader.node(read, "graph", 0);
  for (const name of images.keys()) {
    if (reader.names.has(name)) continue;
    reader.mistakes.push({
      where: `the image for ${quote(name)}`,
      expected: `a node of the graph: ${[...reader.names].join(", ")}`,
      seen: "another name",
    });
  }
  if (reader.mistakes.length > 0) throw new ActionError(reader.mistakes.slice(0, 20));
  return root;
}

const FIELDS = ["name", "type", "image", "implementation", "model-uri", "parameters", "env", "ratio", "children"];

class Reader {
  readonly mistakes: Mistake[] = [];
  readonly names = new Set<string>();
  readonly #images: ReadonlyMap<string, string>;

  constructor(images: ReadonlyMap<string, string>) {
    this.#images = images;
  }

  node(value: Json, where: string, level: number): GraphPart {
    const fields = isFields(value) ? value : {};
    if (!isFields(value)) this.#wrong(where, "a node: name, type, image, children", "something else");
    for (const field of Object.keys(fields)) {
      if (!FIELDS.includes(field))
        this.#wrong(`${where}.${quote(field)}`, `one of ${FIELDS.join(", ")}`, "another name");
    }
    if (level > MOST_LEVELS) this.#wrong(where, `at most ${MOST_LEVELS} levels of children`, "a deeper one");
    const name = this.#name(fields.name, where);
    const type = this.#role(fields.type, where);
    const image = this.#text(fields.image, `${where}.image`) ?? this.#images.get(name);
    const implementation = this.#text(fields.implementation, `${where}.implementation`);
    const children = this.#children(fields.children, where, level);
    this.#family(type, children, where);
    this.#served(type, { image, implementation }, where);
    return {
      name,
      type,
      image,
      implementation,
      modelUri: this.#text(fields["model-uri"], `${where}.model-uri`),
      parameters: [...this.#ratio(fields.ratio, type, where), ...this.#parameters(fields.parameters, type, where)],
      env: this.#env(fields.env, where),
      children,
    };
  }

  #name(value: Json | undefined, where: string): string {
    const name = typeof value === "string" ? value : "";
    if (!NODE_NAME.test(name)) {
      this.#wrong(
        `${where}.name`,
        "a name of at most 48 small letters, digits and -",
        typeof value === "string" ? quote(value) : "none",
      );
    } else if (this.names.has(name)) {
      this.#wrong(`${where}.name`, "a name of its own for each node", `${quote(name)} a second time`);
    }
    this.names.add(name);
    return name;
  }

  #role(value: Json | undefined, where: string): Role {
    if (value === undefined) return "model";
    if (typeof value === "string" && Object.hasOwn(ROLES, value)) return value as Role;
    this.#wrong(
      `${where}.type`,
      `one of ${Object.keys(ROLES).join(", ")}`,
      typeof value === "string" ? quote(value) : "something else",
    );
    return "model";
  }

  #children(value: Json | undefined, where: string, level: number): readonly GraphPart[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.#wrong(`${where}.children`, "a list of nodes", "something else");
      return [];
    }
    return value.map((each, at) => this.node(each, `${where}.children[${at}]`, level + 1));
  }

  /** What the executor does with children of another number: it fails at the first request, or never asks one. */
  #family(type: Role, { length }: readonly GraphPart[], where: string): void {
    if (type === "abtest" && length !== 2) this.#wrong(`${where}.children`, "two children of an abtest", `${length}`);
    if (type === "router" && length < 2)
      this.#wrong(`${where}.children`, "two children of a router or more", `${length}`);
    if (type === "combiner" && length < 1) this.#wrong(`${where}.children`, "the children that are combined", "none");
  }

  #served(type: Role, given: { image: string | undefined; implementation: string | undefined }, where: string): void {
    const both = [given.image, given.implementation].filter((each) => each !== undefined).length;
    if (type === "abtest" && both > 0) this.#wrong(where, "no image for an abtest: the executor does it", "one");
    if (type !== "abtest" && both !== 1) {
      this.#wrong(where, "an image, or the implementation of a prepackaged server", both === 0 ? "neither" : "both");
    }
  }

  #ratio(value: Json | undefined, type: Role, where: string): readonly Parameter[] {
    if (type !== "abtest") {
      if (value !== undefined) this.#wrong(`${where}.ratio`, "a ratio for an abtest alone", `one for a ${type}`);
      return [];
    }
    const source =
      value === undefined ? "0.5" : isFields(value) && typeof value.source === "string" ? value.source : "";
    const ratio = Number(source);
    if (source === "" || !(ratio > 0 && ratio < 1)) {
      this.#wrong(`${where}.ratio`, "a number between 0 and 1: the first child's share", quote(source || "none"));
    }
    return [{ name: "ratioA", value: source, type: "FLOAT" }];
  }

  #parameters(value: Json | undefined, type: Role, where: string): readonly Parameter[] {
    if (value === undefined) return [];
    if (type === "abtest") {
      this.#wrong(`${where}.parameters`, "none: an abtest has a ratio", "some");
      return [];
    }
    return this.#try(`${where}.parameters`, () => parametersOf(value)) ?? [];
  }

  #env(value: Json | undefined, where: string): Readonly<Record<string, string>> {
    if (value === undefined) return {};
    if (!isFields(value)) {
      this.#wrong(`${where}.env`, "names and texts", "something else");
      return {};
    }
    const env: Record<string, string> = {};
    for (const [name, each] of Object.entries(value)) {
      const text = isFields(each) ? each.source : each;
      if (typeof text === "string" || typeof text === "boolean") env[name] = String(text);
      else this.#wrong(`${where}.env.${quote(name)}`, "a text", "something else");
    }
    return env;
  }

  #text(value: Json | undefined, where: string): string | undefined {
    if (value === undefined || typeof value === "string") return value === "" ? undefined : value;
    this.#wrong(where, "a text", "something else");
    return undefined;
  }

  #try<T>(where: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (thrown) {
      if (!(thrown instanceof ActionError)) throw thrown;
      this.mistakes.push(...thrown.mistakes.map((each) => ({ ...each, where: `${where}, ${each.where}` })));
      return undefined;
    }
  }

  #wrong(where: string, expected: string, seen: string): void {
    this.mistakes.push({ where, expected, seen });
  }
}

/** What of a predictor a graph decides. */
export type GraphPredictor = Pick<Predictor, "graph" | "svcOrchSpec"> & {
  readonly componentSpecs: readonly [ComponentSpec];
};

/**
 * The graph as Seldon has it, with one container a node, all in one pod.
 * @param pod what every pod of the predictor has: service account, pull secrets
 * @param container what every container has, unless its node says otherwise
 */
export function buildGraph(
  root: GraphPart,
  given: {
    readonly storageSecret: string | undefined;
    readonly serviceAccount: string | undefined;
    readonly pod: { readonly [field: string]: unknown };
    readonly container?: { readonly env: Readonly<Record<string, string>>; readonly resources: Json | undefined };
  },
): GraphPredictor {
  const { env = {}, resources } = given.container ?? {};
  const parts = flatten(root).map((part) =>
    part.type === "abtest" ? part : { ...part, env: { ...env, ...part.env } },
  );
  const node = (part: GraphPart): GraphNode => ({
    name: part.name,
    ...(part.type === "abtest"
      ? { implementation: "RANDOM_ABTEST" }
      : part.implementation === undefined
        ? { type: ROLES[part.type] ?? "MODEL" }
        : { implementation: part.implementation }),
    ...(part.modelUri === undefined
      ? {}
      : {
          modelUri: part.modelUri,
          ...(given.storageSecret === undefined ? {} : { envSecretRefName: given.storageSecret }),
          ...(given.serviceAccount === undefined ? {} : { serviceAccountName: given.serviceAccount }),
        }),
    ...(part.parameters.length === 0 ? {} : { parameters: part.parameters }),
    children: part.children.map(node),
  });
  return {
    graph: node(root),
    componentSpecs: [{ spec: { containers: containersOf(parts, resources), ...given.pod } }],
    // Without it the executor does not say which way a request went, and a reward that comes back reaches no router's arm.
    ...(parts.some(({ type }) => type === "router" || type === "abtest")
      ? { svcOrchSpec: { env: [{ name: "SELDON_ENABLE_ROUTING_INJECTION", value: "true" }] } }
      : {}),
  };
}

/** Every node, parents first. */
export function flatten(root: GraphPart): readonly GraphPart[] {
  return [root, ...root.children.flatMap(flatten)];
}

function containersOf(parts: readonly GraphPart[], resources: Json | undefined): readonly Container[] {
  return parts
    .filter((part) => needsContainer(part) || (resources !== undefined && part.type !== "abtest"))
    .map((part) => ({ ...containerOf(part), ...(resources === undefined ? {} : { resources }) }));
}

/** A prepackaged server gets its container from the operator, unless we have something to say about it. */
const needsContainer = ({ image, env }: GraphPart): boolean => image !== undefined || Object.keys(env).length > 0;

function containerOf({ name, image, modelUri, env }: GraphPart): Container {
  const all = { ...(image !== undefined && modelUri !== undefined ? { MODEL_PATH: "/mnt/models" } : {}), ...env };
  return {
    name,
    ...(image === undefined ? {} : { image, imagePullPolicy: "IfNotPresent" }),
    ...(Object.keys(all).length === 0
      ? {}
      : { env: Object.entries(all).map(([key, value]) => ({ name: key, value })) }),
  };
}

const isFields = (value: Json | undefined): value is { [name: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value);
