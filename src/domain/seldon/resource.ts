import type { Metadata } from "../kubernetes/object.ts";
import type { Json } from "../text/json.ts";

export const API_VERSION = "machinelearning.seldon.io/v1";
export const KIND = "SeldonDeployment";
export const API_VERSIONS: readonly string[] = ["v1", "v1alpha2", "v1alpha3"].map(
  (version) => `machinelearning.seldon.io/${version}`,
);

export type Parameter = { readonly name: string; readonly value: string; readonly type: string };

export type GraphNode = {
  readonly name: string;
  readonly type?: string;
  readonly implementation?: string;
  readonly modelUri?: string;
  readonly parameters?: readonly Parameter[];
  readonly envSecretRefName?: string;
  readonly serviceAccountName?: string;
  readonly children?: readonly GraphNode[];
};

export type Container = { readonly name: string; readonly image?: string; readonly [field: string]: unknown };

export type ComponentSpec = {
  readonly metadata?: { readonly name?: string };
  readonly replicas?: number;
  readonly hpaSpec?: unknown;
  readonly kedaSpec?: unknown;
  readonly pdbSpec?: unknown;
  readonly spec?: { readonly containers?: readonly Container[]; readonly [field: string]: unknown };
};

export type Predictor = {
  readonly name: string;
  readonly replicas?: number;
  readonly traffic?: number;
  readonly shadow?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly explainer?: unknown;
  readonly graph: GraphNode;
  readonly componentSpecs?: readonly ComponentSpec[];
  readonly progressDeadlineSeconds?: number;
  /** Of the executor's own container. */
  readonly svcOrchSpec?: { readonly env?: readonly { readonly name: string; readonly value: string }[] };
};

export type SeldonSpec = {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly protocol?: string;
  readonly transport?: string;
  readonly serverType?: string;
  readonly replicas?: number;
  readonly predictors: readonly Predictor[];
};

/** A SeldonDeployment, with the fields that we read. Others travel along as they are. */
export type SeldonDeployment = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: SeldonSpec;
  readonly status?: SeldonStatus;
};

/** What the operator writes. It never writes `observedGeneration`, so none of it says which spec it is about. */
export type SeldonStatus = {
  readonly state?: string;
  readonly description?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
  readonly serviceStatus?: Readonly<
    Record<string, { readonly svcName?: string; readonly httpEndpoint?: string; readonly grpcEndpoint?: string }>
  >;
};

/** Whether a predictor's graph is served without Seldon's executor before it. Any value of the annotation counts. */
export const withoutExecutor = (predictor: Predictor): boolean =>
  predictor.annotations !== undefined && Object.hasOwn(predictor.annotations, "seldon.io/no-engine");

export const asJson = (value: object): Json => value as Json;
