import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { belowFolder, formatReference, parseReference, repositoryOf } from "../../../src/domain/image/reference.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const parse = (text: string) => parseReference(text, "image");

describe("image names", () => {
  test.each([
    ["ghcr.io/acme/digits", { host: "ghcr.io", repository: "acme/digits" }],
    ["ghcr.io/acme/digits:v1", { host: "ghcr.io", repository: "acme/digits", tag: "v1" }],
    [
      "registry.example:5000/team/name:tag@" + DIGEST,
      { host: "registry.example:5000", repository: "team/name", tag: "tag", digest: DIGEST },
    ],
    ["host:5000/app", { host: "host:5000", repository: "app" }],
    ["localhost/app", { host: "localhost", repository: "app" }],
    ["[::1]:5000/app:x", { host: "[::1]:5000", repository: "app", tag: "x" }],
    ["GHCR.io/acme/digits", { host: "ghcr.io", repository: "acme/digits" }],
    ["python", { host: "docker.io", repository: "library/python" }],
    ["python:3.11-slim", { host: "docker.io", repository: "library/python", tag: "3.11-slim" }],
    ["seldonio/mlserver@" + DIGEST, { host: "docker.io", repository: "seldonio/mlserver", digest: DIGEST }],
    ["docker.io/python", { host: "docker.io", repository: "library/python" }],
    ["index.docker.io/library/python", { host: "docker.io", repository: "library/python" }],
    ["a/b/c", { host: "docker.io", repository: "a/b/c" }],
    ["host.example/a__b/c-d.e--f", { host: "host.example", repository: "a__b/c-d.e--f" }],
  ])("%s", (text, expected) => {
    expect(parse(text)).toEqual({ kind: "registry", ...expected });
  });

  test.each([
    ["oci:image", { folder: "image" }],
    ["oci:out/image:v1", { folder: "out/image", tag: "v1" }],
    ["oci:/tmp/a:b/c", { folder: "/tmp/a:b/c" }],
    ["oci:/tmp/a:b/c:v1@" + DIGEST, { folder: "/tmp/a:b/c", tag: "v1", digest: DIGEST }],
  ])("%s", (text, expected) => {
    expect(parse(text)).toEqual({ kind: "layout", ...expected });
  });

  test.each([
    ["https://ghcr.io/acme/digits", /Leave https:\/\/ out/],
    ["ghcr.io/Acme/Digits", /"acme\/digits"/],
    ["ghcr.io/acme/digits:", /a tag/],
    ["ghcr.io/acme/digits:a/b", /lower-case/],
    ["ghcr.io/acme/digits@sha256:abc", /64 lower-case hex digits/],
    ["ghcr.io/acme/digits@", /digest/],
    ["ghcr.io//digits", /name/],
    ["ghcr.io/acme/", /name/],
    ["", /name/],
    ["a b", /name/],
    ["ghcr.io/acme/di..gits", /name/],
    ["host:99999/app", /port/],
    ["ho_st:5000/app", /host/],
    [`ghcr.io/${"a".repeat(300)}`, /name/],
    [`python:${"a".repeat(129)}`, /tag/],
    ["oci:", /oci:<folder>/],
    ["oci:image:-x", /tag/],
  ])("%j is refused", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test("a name is read back as it was written", () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,5}(?:[._-][a-z0-9]{1,4})?$/);
    const name = fc.record({
      host: fc.constantFrom("ghcr.io", "host:5000", "localhost", "127.0.0.1:5000", "[::1]:80"),
      path: fc.array(part, { minLength: 1, maxLength: 4 }),
      tag: fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/), { nil: undefined }),
      digest: fc.option(fc.constant(DIGEST), { nil: undefined }),
    });
    fc.assert(
      fc.property(name, ({ host, path, tag, digest }) => {
        const text = `${host}/${path.join("/")}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
        expect(formatReference(parse(text))).toBe(text);
        expect(repositoryOf(parse(text))).toBe(`${host}/${path.join("/")}`);
      }),
    );
  });

  test("no text makes anything but a name or a clear refusal", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
        try {
          expect(parse(formatReference(parse(text)))).toEqual(parse(text));
        } catch (thrown) {
          expect((thrown as Error).name).toBe("ActionError");
        }
      }),
    );
  });

  test("a layout's folder is looked for below a folder, unless it is absolute", () => {
    expect(belowFolder(parse("oci:./out/:v1"), "/work")).toEqual({ kind: "layout", folder: "/work/out", tag: "v1" });
    expect(belowFolder(parse("oci:."), "/work")).toEqual({ kind: "layout", folder: "/work" });
    expect(belowFolder(parse("oci:/tmp/x"), "/work")).toEqual({ kind: "layout", folder: "/tmp/x" });
    expect(belowFolder(parse("ghcr.io/a/b"), "/work")).toEqual(parse("ghcr.io/a/b"));
  });
});
