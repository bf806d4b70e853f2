import type { Document, Scope } from "../domain/kubernetes/documents.ts";
import { namespaceOf } from "../domain/kubernetes/documents.ts";
import type { Cluster } from "../ports.ts";

/** One release of plain objects in one cluster. */
export type WorkloadPlace = {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly name: string;
  readonly pathOf: (document: Document) => string;
};

/** What the API server says of the kinds that the objects are of: one request a group. */
export async function discover(
  cluster: Cluster,
  documents: readonly Document[],
): Promise<(document: Document) => Scope | undefined> {
  const known = new Map<string, Scope>();
  const versions = [...new Set(documents.map(({ apiVersion }) => apiVersion))];
  await Promise.all(
    versions.map(async (version) => {
      const list = (await cluster.get(groupPath(version))) as unknown as
        | { readonly resources?: readonly { name: string; kind: string; namespaced: boolean }[] }
        | undefined;
      for (const { name, kind, namespaced } of list?.resources ?? []) {
        // `deployments/scale` is a part of another, of the same kind or not.
        if (!name.includes("/")) known.set(`${version} ${kind}`, { plural: name, namespaced });
      }
    }),
  );
  return ({ apiVersion, kind }) => known.get(`${apiVersion} ${kind}`);
}

/** Where an object lies below the API server. */
export function documentPath(document: Document, scope: Scope): string {
  const namespace = scope.namespaced ? `/namespaces/${encodeURIComponent(namespaceOf(document) ?? "")}` : "";
  return `${groupPath(document.apiVersion)}${namespace}/${scope.plural}/${encodeURIComponent(document.metadata.name)}`;
}

const groupPath = (apiVersion: string): string =>
  apiVersion.includes("/")
    ? `/apis/${apiVersion.split("/").map(encodeURIComponent).join("/")}`
    : `/api/${encodeURIComponent(apiVersion)}`;
