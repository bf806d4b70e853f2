import { describe, expect, test } from "vitest";

import {
  mayBeMerged,
  trust,
  type Asker,
  type Claimed,
  type Merged,
  type Origin,
} from "../../../src/domain/record/trust.ts";

const OURS = "610";
const artifact: Claimed = {
  expired: false,
  sha256: "a".repeat(64),
  run: { id: "17", repositoryId: OURS, headRepositoryId: OURS },
};
const origin: Origin = {
  id: "17",
  event: "push",
  headSha: "b".repeat(40),
  headBranch: "main",
  repositoryId: OURS,
  headRepositoryId: OURS,
  pullRequests: [],
};
const onMain: Asker = { repositoryId: OURS, defaultBranch: "main", pullRequest: undefined };
const onPull: Asker = { ...onMain, pullRequest: { number: 3, headBranch: "change" } };
const ofPull: Partial<Origin> = { event: "pull_request", headBranch: "change", pullRequests: [3] };

const asMerged: Merged = {
  number: 3,
  headSha: origin.headSha,
  headRepositoryId: OURS,
  mergedHere: true,
  sameWorkflow: true,
};

type Case = [
  string,
  { a?: Partial<Claimed>; o?: Partial<Origin>; asker?: Asker; reachable?: boolean; m?: Partial<Merged> },
  boolean,
];

describe("trust", () => {
  test.each<Case>([
    ["a push to main", {}, true],
    ["a push to main, asked by a pull request", { asker: onPull }, true],
    ["a schedule", { o: { event: "schedule" } }, true],
    ["a dispatch", { o: { event: "workflow_dispatch" } }, true],
    ["a repository_dispatch", { o: { event: "repository_dispatch" } }, true],
    ["a merge queue", { o: { event: "merge_group", headBranch: "gh-readonly-queue/main/pr-3" } }, true],
    ["a merge queue whose commit never reached main", { o: { event: "merge_group" }, reachable: false }, false],
    ["a commit that was forced away", { reachable: false }, false],
    ["another branch", { o: { headBranch: "feature" } }, false],
    ["a tag", { o: { headBranch: "v1.0" } }, false],
    ["no branch", { o: { headBranch: "" } }, false],
    ["an expired artifact", { a: { expired: true } }, false],
    ["an artifact without a digest", { a: { sha256: undefined } }, false],
    ["another run than it says", { a: { run: { ...artifact.run, id: "18" } } }, false],
    ["a fork's head, says the artifact", { a: { run: { ...artifact.run, headRepositoryId: "7" } } }, false],
    ["a fork's head, says the run", { o: { headRepositoryId: "7" } }, false],
    ["another repository", { o: { repositoryId: "7" } }, false],
    ["a repository that we do not know", { asker: { ...onMain, repositoryId: "" } }, false],
    ["pull_request_target", { o: { event: "pull_request_target" } }, false],
    ["workflow_run", { o: { event: "workflow_run" } }, false],
    ["issue_comment", { o: { event: "issue_comment" } }, false],
    ["release", { o: { event: "release" } }, false],
    ["an event of tomorrow", { o: { event: "anything" } }, false],
    ["the same pull request", { o: ofPull, asker: onPull }, true],
    ["the same pull request, asked on main", { o: ofPull }, false],
    ["another pull request", { o: { ...ofPull, pullRequests: [4] }, asker: onPull }, false],
    ["the same number from another branch", { o: { ...ofPull, headBranch: "other" }, asker: onPull }, false],
    ["a fork's pull request", { o: { ...ofPull, headRepositoryId: "7" }, asker: onPull }, false],
    ["a pull request that was merged here", { o: ofPull, m: {} }, true],
    [
      "a merged pull request, asked by another one",
      { o: ofPull, m: {}, asker: { ...onPull, pullRequest: { number: 4, headBranch: "x" } } },
      true,
    ],
    ["an earlier head than the one that was merged", { o: ofPull, m: { headSha: "c".repeat(40) } }, false],
    ["a pull request that was merged elsewhere", { o: ofPull, m: { mergedHere: false } }, false],
    ["a merged pull request with another workflow", { o: ofPull, m: { sameWorkflow: false } }, false],
    ["a fork's pull request that was merged", { o: ofPull, m: { headRepositoryId: "7" } }, false],
    ["a merged pull request whose run was a fork's", { o: { ...ofPull, headRepositoryId: "7" }, m: {} }, false],
    ["a merge does not help a push to a branch", { o: { headBranch: "change" }, m: {} }, false],
  ])("%s", (_, { a, o, asker = onMain, reachable = true, m }, expected) => {
    const merged = m === undefined ? undefined : { ...asMerged, ...m };
    const verdict = trust({ ...artifact, ...a }, { ...origin, ...o }, asker, { reachable, merged });
    expect(verdict.trusted).toBe(expected);
    if (!verdict.trusted) expect(verdict.because).toMatch(/\w/);
  });

  test("what is merely elsewhere is no cause for alarm; what is wrong is", () => {
    expect(trust(artifact, { ...origin, ...ofPull }, onMain, { reachable: true })).toMatchObject({ ordinary: true });
    expect(trust(artifact, { ...origin, headRepositoryId: "7" }, onMain, { reachable: true })).toMatchObject({
      ordinary: false,
    });
  });

  test("a merge is looked for only where it decides", () => {
    const pull = { ...origin, ...ofPull };
    expect(mayBeMerged(pull, onMain)).toBe(true);
    expect([
      mayBeMerged(origin, onMain),
      mayBeMerged(pull, onPull),
      mayBeMerged({ ...pull, headRepositoryId: "7" }, onMain),
    ]).toEqual([false, false, false]);
  });
});
