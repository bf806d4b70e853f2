import { quote, refuse } from "../../errors.ts";
import type { ImageReference } from "./manifest.ts";

const DOCKER_HUB = "docker.io";
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const HOST =
  /^(?:\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::\d{1,5})?$/;

/**
 * Reads an image's name: `[host[:port]/]path/name[:tag][@sha256:…]` as the distribution specification has it, with Docker
 * Hub's short names, or `oci:<folder>[:tag][@sha256:…]` for an OCI layout on disk.
 * @param where what the text is, for the error: `input "image"`
 * @throws ActionError
 */
export function parseReference(text: string, where: string): ImageReference {
  const [, withoutDigest = "", digest] = /^([^@]*)(?:@(.*))?$/s.exec(text) ?? [];
  if (digest !== undefined && !DIGEST.test(digest)) {
    return wrong(where, "a digest of the form sha256: and 64 lower-case hex digits", digest);
  }
  return withoutDigest.startsWith("oci:")
    ? layout(withoutDigest.slice("oci:".length), digest, where)
    : registry(withoutDigest, digest, where);
}

/** The whole name: what `parseReference` reads back. */
export function formatReference(reference: ImageReference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${repositoryOf(reference)}${tag}${digest}`;
}

/** The name without tag and digest: `ghcr.io/acme/digits`, `oci:image`. */
export function repositoryOf(reference: ImageReference): string {
  return reference.kind === "layout" ? `oci:${reference.folder}` : `${reference.host}/${reference.repository}`;
}

/** True when both lie in one place, so that a blob of the one need not travel to the other. */
export function sameStore(a: ImageReference, b: ImageReference): boolean {
  if (a.kind === "layout") return b.kind === "layout" && a.folder === b.folder;
  return b.kind === "registry" && a.host === b.host;
}

/** A layout's folder, made absolute; a registry's name stays as it is. */
export function belowFolder(reference: ImageReference, base: string): ImageReference {
  if (reference.kind === "registry" || reference.folder.startsWith("/")) return reference;
  const folder = reference.folder.replace(/^(?:\.\/+)+/, "").replace(/\/+$/, "");
  return { ...reference, folder: folder === "" || folder === "." ? base : `${base}/${folder}` };
}

function layout(rest: string, digest: string | undefined, where: string): ImageReference {
  // The last colon parts off a tag only where a tag can follow: a folder may hold colons, a tag no slash.
  const colon = rest.lastIndexOf(":");
  const tag = colon > 0 && !rest.slice(colon).includes("/") ? rest.slice(colon + 1) : undefined;
  const folder = tag === undefined ? rest : rest.slice(0, colon);
  if (folder === "" || /[\u0000-\u001f\u007f]/.test(folder)) return wrong(where, "oci:<folder>", `oci:${rest}`);
  if (tag !== undefined && !TAG.test(tag)) return wrongTag(where, tag);
  return { kind: "layout", folder, ...optional(tag, digest) };
}

function registry(name: string, digest: string | undefined, where: string): ImageReference {
  if (/^[a-z]+:\/\//i.test(name)) {
    return wrong(where, "a registry's name without a scheme", name, "Leave https:// out.");
  }
  // A tag follows the last colon, but only behind the last slash: in host:5000/app the colon parts host and port.
  const slash = name.lastIndexOf("/");
  const colon = name.lastIndexOf(":");
  const tag = colon > slash ? name.slice(colon + 1) : undefined;
  const path = tag === undefined ? name : name.slice(0, colon);
  if (tag !== undefined && !TAG.test(tag)) return wrongTag(where, tag);

  const [first = "", ...rest] = path.split("/");
  const named = rest.length > 0 && (/[.:]/.test(first) || first === "localhost" || first.startsWith("["));
  const host = named ? (first === `index.${DOCKER_HUB}` ? DOCKER_HUB : first) : DOCKER_HUB;
  const parts = named ? rest : [first, ...rest];
  if (named && !HOST.test(first)) return wrong(where, "a registry's host and port", first);
  const port = /:(\d+)$/.exec(host)?.[1];
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) {
    return wrong(where, "a port from 1 to 65535", port);
  }
  const repository = host === DOCKER_HUB && parts.length === 1 ? `library/${parts[0]}` : parts.join("/");
  if (repository.length > 255 || !parts.every((each) => PART.test(each))) {
    const fix = /[A-Z]/.test(repository) ? `Write it in lower case: ${quote(repository.toLowerCase())}.` : undefined;
    return wrong(where, "an image's name: lower-case letters and digits, parted by . _ - and /", path, fix);
  }
  return { kind: "registry", host: host.toLowerCase(), repository, ...optional(tag, digest) };
}

const optional = (tag: string | undefined, digest: string | undefined): { tag?: string; digest?: string } => ({
  ...(tag === undefined ? {} : { tag }),
  ...(digest === undefined ? {} : { digest }),
});

const wrongTag = (where: string, tag: string): never =>
  wrong(where, "a tag of at most 128 letters, digits, . _ and -", tag);

function wrong(where: string, expected: string, seen: string, fix?: string): never {
  return refuse({ where, expected, seen: quote(seen), ...(fix === undefined ? {} : { fix }) });
}
