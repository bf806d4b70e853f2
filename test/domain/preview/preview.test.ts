import { describe, expect, test } from "vitest";

import {
  EXPIRES_ANNOTATION,
  HEAD_ANNOTATION,
  mayPreview,
  previewMarks,
  previewName,
  previewsOf,
  pullOfName,
  whyRemoved,
  type PreviewCase,
} from "../../../src/domain/preview/preview.ts";
import { deploymentName } from "../../../src/domain/seldon/names.ts";

const of = { repositoryId: "610000001", pullRequest: 12, model: "digits" };

describe("the name", () => {
  test("is stable, is a deployment's, and is another for each repository, number and model", () => {
    const name = previewName(of);
    expect(name).toBe(previewName({ ...of }));
    expect(name).toMatch(/^pr-12-digits-[0-9a-f]{8}$/);
    const all = [
      of,
      { ...of, repositoryId: "61000000" },
      { ...of, pullRequest: 120 },
      { ...of, model: "digits-2" },
      { ...of, model: "x".repeat(63) },
      { ...of, model: `${"x".repeat(62)}y` },
      { ...of, pullRequest: 1, model: "2-digits" },
      { ...of, model: `${"a".repeat(23)}-b` },
    ].map(previewName);
    expect(new Set(all).size).toBe(all.length);
    for (const each of all) {
      expect(each).toMatch(deploymentName.pattern);
      expect(each.length).toBeLessThanOrEqual(48);
    }
  });

  test("tells its pull request to the repository that it is of, and to no other", () => {
    expect(pullOfName(previewName(of), of.repositoryId, "digits")).toBe(12);
    expect(pullOfName(previewName(of), of.repositoryId, undefined)).toBe(12);
    expect(pullOfName(previewName(of), "1", "digits")).toBeUndefined();
    expect(pullOfName(previewName(of), of.repositoryId, "letters")).toBeUndefined();
    expect(pullOfName(previewName({ ...of, model: "x".repeat(60) }), of.repositoryId, "x".repeat(60))).toBe(12);
    for (const foreign of ["digits", "pr-12-digits", "pr-0-digits-00000000", "pr-12-digits-deadbeef"]) {
      expect(pullOfName(foreign, of.repositoryId, undefined)).toBeUndefined();
    }
  });

  test("labels select it; no mark would reach a pod", () => {
    const { labels, annotations } = previewMarks(of, { headSha: "a".repeat(40), expires: "2026-11-28T00:00:00.000Z" });
    expect(Object.entries(labels).map(([name, value]) => `${name}=${value}`)).toEqual(
      expect.arrayContaining(previewsOf(of.repositoryId).split(",")),
    );
    for (const value of Object.values(labels)) expect(value).toMatch(/^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/);
    expect(Object.keys(annotations)).toEqual([EXPIRES_ANNOTATION, HEAD_ANNOTATION]);
  });
});

describe("who may have one", () => {
  const sha = "a".repeat(40);
  const good: PreviewCase = {
    event: "pull_request",
    action: "synchronize",
    repositoryId: "1",
    head: { sha, repositoryId: "1" },
    addedLabel: undefined,
    neededLabel: undefined,
    now: { open: true, headSha: sha, headRepositoryId: "1" },
  };
  const other = "b".repeat(40);
  test.each<[string, Partial<PreviewCase>, string]>([
    ["a push to a pull request of this repository", {}, "preview"],
    ["opened", { action: "opened" }, "preview"],
    ["closed", { action: "closed" }, "skip"],
    ["closed meanwhile", { now: { ...good.now, open: false } }, "skip"],
    ["pushed to meanwhile", { now: { ...good.now, headSha: other } }, "skip"],
    ["a fork", { head: { sha, repositoryId: "2" } }, "skip"],
    ["a fork, as GitHub knows it", { now: { ...good.now, headRepositoryId: "2" } }, "skip"],
    ["a fork that is gone", { head: { sha, repositoryId: "" }, now: { ...good.now, headRepositoryId: "" } }, "skip"],
    ["a repository that can not be told", { repositoryId: "", head: { sha, repositoryId: "" } }, "skip"],
    ["pull_request_target", { event: "pull_request_target" }, "refuse"],
    ["issue_comment", { event: "issue_comment" }, "refuse"],
    ["a label is needed, and there is none", { neededLabel: "preview" }, "skip"],
    [
      "the label is set on this commit",
      { neededLabel: "preview", action: "labeled", addedLabel: "preview" },
      "preview",
    ],
    ["another label is set", { neededLabel: "preview", action: "labeled", addedLabel: "docs" }, "skip"],
    ["the label is taken away", { neededLabel: "preview", action: "unlabeled", addedLabel: "preview" }, "skip"],
    ["a push after the label", { neededLabel: "preview", action: "synchronize", addedLabel: "preview" }, "skip"],
    [
      "the label was set, and then something was pushed",
      {
        neededLabel: "preview",
        action: "labeled",
        addedLabel: "preview",
        now: { ...good.now, headSha: other },
      },
      "skip",
    ],
  ])("%s: %s", (_what, change, kind) => {
    expect(mayPreview({ ...good, ...change }).kind).toBe(kind);
  });
});

test("what is swept: closed, unknown, expired, without a pull request; and nothing else", () => {
  const facts = { openPulls: new Set([12]), now: 1000 };
  expect(whyRemoved({ pullRequest: 12, expires: 1001 }, facts)).toBeUndefined();
  expect(whyRemoved({ pullRequest: 12, expires: undefined }, facts)).toBeUndefined();
  expect(whyRemoved({ pullRequest: 12, expires: 1000 }, facts)).toContain("expired");
  expect(whyRemoved({ pullRequest: 13, expires: 1001 }, facts)).toContain("#13 is not open");
  expect(whyRemoved({ pullRequest: undefined, expires: 1001 }, facts)).toContain("no pull request");
});
