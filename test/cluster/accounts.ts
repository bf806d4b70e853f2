// ServiceAccounts with the rules of a Role, as a test leaves them.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { loadAll } from "js-yaml";

import type { Bench } from "./deploying.ts";

const PREVIEW_ROLE = join(import.meta.dirname, "../../docs/preview-role.yml");

export type Rule = { apiGroups: string[]; resources: string[]; verbs: string[] };
type Loaded = {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  rules?: Rule[];
  subjects?: { namespace?: string }[];
};

/** Previews as the documentation sets them up, in this bench's namespace. @returns the kubeconfig of their account */
export async function previewAccount(bench: Bench): Promise<string> {
  const { admin, namespace } = bench;
  const plural: Record<string, string> = {
    Namespace: "namespaces",
    ServiceAccount: "serviceaccounts",
    Role: "roles",
    RoleBinding: "rolebindings",
    ResourceQuota: "resourcequotas",
    LimitRange: "limitranges",
    NetworkPolicy: "networkpolicies",
  };
  const text = readFileSync(PREVIEW_ROLE, "utf8")
    .replaceAll(/namespace: previews$/gm, `namespace: ${namespace}`)
    .replace(/(kind: Namespace\nmetadata:\n {2}name: )previews/, `$1${namespace}`);
  for (const each of loadAll(text) as Loaded[]) {
    const group = each.apiVersion === "v1" ? "/api/v1" : `/apis/${each.apiVersion}`;
    const within = each.kind === "Namespace" ? "" : `/namespaces/${namespace}`;
    const path = `${group}${within}/${plural[each.kind]}/${each.metadata.name}?fieldManager=kubectl&force=true&fieldValidation=Strict`;
    await admin.must("PATCH", path, each, "application/apply-patch+yaml");
  }
  return await tokenConfig(bench, "model-road-preview", 3600);
}

/** A kubeconfig of a new ServiceAccount with the rules of the given manifest, as `change` leaves them. */
export async function accountWith(
  { admin, namespace }: Bench,
  role: string,
  name: string,
  change: (rules: Rule[]) => Rule[],
): Promise<string> {
  const plural: Record<string, string> = {
    ServiceAccount: "serviceaccounts",
    Role: "roles",
    RoleBinding: "rolebindings",
  };
  for (const each of loadAll(role) as Loaded[]) {
    const group = each.apiVersion === "v1" ? "/api/v1" : `/apis/${each.apiVersion}`;
    const named = JSON.stringify(each)
      .replaceAll('"model-road"', JSON.stringify(name))
      .replaceAll('"model-road-more"', JSON.stringify(`${name}-more`));
    const object = JSON.parse(named) as Loaded;
    const rules = object.rules === undefined ? undefined : change(object.rules).filter(whole);
    const filled = {
      ...object,
      ...(rules === undefined ? {} : { rules }),
      ...(object.subjects === undefined
        ? {}
        : { subjects: object.subjects.map((subject) => ({ ...subject, namespace })) }),
    };
    await admin.must("POST", `${group}/namespaces/${namespace}/${plural[each.kind]}`, filled);
  }
  return tokenConfig({ admin, namespace }, name, 3600);
}

/** A kubeconfig by a token of an account, for so many seconds (600 at least). */
export async function tokenConfig(
  { admin, namespace }: Pick<Bench, "admin" | "namespace">,
  name: string,
  seconds: number,
): Promise<string> {
  const request = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: seconds },
  };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = (await admin.must("POST", path, request)) as { status: { token: string } };
  const ca = /"?certificate-authority-data"?: *"?([A-Za-z0-9+/=]+)/.exec(admin.kubeconfig)![1];
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
    clusters: [{ name: "c", cluster: { server: admin.url, "certificate-authority-data": ca } }],
    users: [{ name: "c", user: { token: status.token } }],
  });
}

const whole = ({ resources, verbs }: Rule): boolean => resources.length > 0 && verbs.length > 0;
