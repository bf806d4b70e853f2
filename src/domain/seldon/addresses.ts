import { predictionPath } from "./manifest.ts";
import { basePath } from "./names.ts";
import { withoutExecutor, type SeldonSpec } from "./resource.ts";

/** Below a gateway: where predictions are answered, and where the executor shows its documentation. */
export type Addresses = {
  readonly prediction: string;
  /** `host:port`; a client of gRPC sends the headers `seldon` and `namespace`. */
  readonly grpc: string;
  /** Empty where nobody serves such a page; `why` says so. */
  readonly docs: string;
  readonly why: string | undefined;
};

/** What a deployment has behind a gateway. */
export function gatewayAddresses(
  base: URL,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  spec: SeldonSpec,
): Addresses {
  const below = `${base.href.replace(/\/+$/, "")}${basePath(namespace, name)}`;
  const { path, why } = docsPath(spec);
  const port = base.port === "" ? (base.protocol === "https:" ? "443" : "80") : base.port;
  return {
    prediction: below + predictionPath(spec.protocol ?? "seldon", spec.predictors[0]!.graph.name),
    grpc: `${base.hostname}:${port}`,
    docs: path === undefined ? "" : below + path,
    why,
  };
}

/** The page on which the executor documents a deployment, or why there is none. */
export function docsPath({ protocol = "seldon", predictors }: SeldonSpec): {
  readonly path: string | undefined;
  readonly why: string | undefined;
} {
  if (predictors.every(withoutExecutor)) {
    return { path: undefined, why: "the page is the executor's, and this deployment goes without it (engine: none)" };
  }
  if (protocol === "tensorflow") return { path: undefined, why: "the executor has no page for protocol tensorflow" };
  return { path: protocol === "seldon" ? "/api/v1.0/doc/" : "/v2/docs/", why: undefined };
}
