import { describe, expect, test } from "vitest";

import { readVersion, tagsOf } from "../../../src/domain/promotion/version.ts";

test("tags of releases are read; of a model before the @", () => {
  expect(readVersion("v1.2.3", "it")).toMatchObject({ model: undefined, number: "1.2.3", prerelease: undefined });
  expect(readVersion("digits@v10.0.0-rc.1", "it")).toMatchObject({
    model: "digits",
    number: "10.0.0-rc.1",
    prerelease: "rc.1",
  });
});

test.each([
  "1.2.3",
  "v1.2",
  "v1",
  "v01.2.3",
  "v1.2.3+build",
  "v1.2.3-",
  "V1.2.3",
  "@v1.2.3",
  "a/b@v1.2.3",
  "v1.2.3\n",
  "v1.2.3; rm -rf /",
  "refs/tags/v1.2.3",
  `v1.2.3-${"a".repeat(130)}`,
  "v1.2.9999999999",
])("%j names no version", (tag) => {
  expect(() => readVersion(tag, "it")).toThrow(/it: expected a tag such as v1\.2\.3/);
});

describe("the image's tags", () => {
  const tags = (tag: string, ...standing: string[]): readonly string[] => tagsOf(readVersion(tag, "it"), standing);
  test("the newest of its line moves what means the newest", () => {
    expect(tags("v1.2.3")).toEqual(["1.2.3", "1.2", "1"]);
    expect(tags("v1.2.3", "1.2.2", "1.1.9", "0.9.0", "1.2", "1", "latest", "sha-1")).toEqual(["1.2.3", "1.2", "1"]);
    expect(tags("v1.2.3", "1.2.3")).toEqual(["1.2.3", "1.2", "1"]);
  });
  test("an older one moves nothing, or only its own line", () => {
    expect(tags("v1.2.2", "1.2.3")).toEqual(["1.2.2"]);
    expect(tags("v1.2.3", "1.3.0")).toEqual(["1.2.3", "1.2"]);
    expect(tags("v1.9.0", "1.10.0")).toEqual(["1.9.0", "1.9"]);
    expect(tags("v1.2.3", "2.0.0")).toEqual(["1.2.3", "1.2", "1"]);
  });
  test("a prerelease moves nothing, and holds nothing up", () => {
    expect(tags("v1.2.3-rc.1")).toEqual(["1.2.3-rc.1"]);
    expect(tags("v1.2.3", "1.2.4-rc.1")).toEqual(["1.2.3", "1.2", "1"]);
  });
});
