import { createHash } from "node:crypto";

import { canonicalJson } from "../text/json.ts";
import { textDigest } from "./digest.ts";
import type { Predictor } from "./resource.ts";

/** Deployment and namespace become labels of DNS names: RFC 1123, at most 63. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** A deployment's name becomes the name of a Service too, which RFC 1035 wants to start with a letter. */
const SERVICE = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** A class, or the modules on the way to it: `DigitsModel`, `serving.digits.DigitsModel`. */
const CLASS = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

export const deploymentName = {
  pattern: SERVICE,
  accepts: "lower-case letters, digits and -, a letter first, at most 63",
};
export const namespaceName = { pattern: LABEL, accepts: "lower-case letters, digits and -, at most 63" };
export const modelClassName = {
  pattern: CLASS,
  accepts: "a class's name, with its modules before it where there are any",
};

/** The path below which a gateway of Seldon Core shows a deployment, without a `/` at its end. */
export function basePath(namespace: string, name: string): string {
  return `/seldon/${namespace}/${name}`;
}

export function predictionUrl(base: string, namespace: string, name: string): string {
  return `${base.replace(/\/+$/, "")}${basePath(namespace, name)}/api/v1.0/predictions`;
}

/** The name of a predictor's Service, as the operator makes it: over 63 characters it is a hash. */
export function predictorService(name: string, { name: predictor, annotations }: Predictor): string {
  const own = annotations?.["seldon.io/svc-name"];
  if (own !== undefined && own !== "") return own;
  const full = `${name}-${predictor}`;
  return full.length <= 63 ? full : `seldon-${createHash("md5").update(full).digest("hex")}`;
}

/** What makes a version: a change in any of it is a new one. How many servers answer for it is not part of it. */
export type Version = {
  /** `sha256:…` over the model's files; absent for a model without files. */
  readonly model: string | undefined;
  /** `sha256:…` over the code. */
  readonly code: string;
  readonly modelClass: string;
  /** Where the model lies, relative to the code. */
  readonly modelPath: string | undefined;
  /** The text of the requirements; absent when the Python in PATH serves. */
  readonly requirements: string | undefined;
};

/** The first 40 hex digits of the digest of all that makes a version: it fits a label's value. */
export async function deployId(version: Version): Promise<string> {
  const digest = textDigest(canonicalJson({ schema: 1, ...version }));
  return digest.slice("sha256:".length).slice(0, 40);
}
