import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { keepComment } from "../../src/actions/sticky-comment.ts";
import { carriesMarker, compareRuns, planSticky, reportMarker, runMarker } from "../../src/domain/report/sticky.ts";
import type { Comment } from "../../src/ports.ts";

const body = (runId: string, text = "hello", runAttempt = 1): string =>
  `${reportMarker("digits")}\n${runMarker({ runId, runAttempt })}\n\n${text}\n`;

describe("which run is newer", () => {
  test.each([
    ["a later run", body("10"), body("9"), 1],
    ["an earlier run", body("9999999999"), body("10000000000"), -1],
    ["a later attempt of the same run", body("9", "x", 2), body("9", "x", 1), 1],
    ["an earlier run's later attempt is older than a later run", body("8", "x", 7), body("9"), -1],
    ["the same run", body("9", "a"), body("9", "b"), 0],
    ["one that does not say is older than any", `${reportMarker("digits")}\n\nhello`, body("1"), -1],
    [
      "a run that is told further down only",
      `${reportMarker("digits")}\n\n${runMarker({ runId: "99", runAttempt: 1 })}`,
      body("1"),
      -1,
    ],
    ["line ends of a comment that was edited on the page", body("9").replaceAll("\n", "\r\n"), body("9"), 0],
  ])("%s", (_, one, other, order) => {
    expect(compareRuns(one, other)).toBe(order);
    expect(compareRuns(other, one)).toBe(order === 0 ? 0 : -order);
  });

  test("a run's id that is none can not end the marker", () => {
    expect(runMarker({ runId: "1 --> <b>", runAttempt: 1 })).toBe("<!-- model-road:run 0.1 -->");
  });
});

describe("what is to be done", () => {
  const at = (id: string, text: string) => ({ id, body: text });
  test.each([
    ["nothing stands there: one is written", [], { kept: undefined, update: false, surplus: [] }],
    ["an older one is updated", [at("5", body("8"))], { kept: "5", update: true, surplus: [] }],
    ["a newer one stands", [at("5", body("10"))], { kept: "5", update: false, surplus: [] }],
    [
      "the same text is not sent again",
      [at("5", body("9").replaceAll("\n", "\r\n"))],
      { kept: "5", update: false, surplus: [] },
    ],
    [
      "the first stays, whatever the order of the list",
      [at("12", body("7")), at("5", body("8"))],
      { kept: "5", update: true, surplus: ["12"] },
    ],
    [
      "a later one that says more than we do is left to its writer",
      [at("5", body("8")), at("12", body("10"))],
      { kept: "5", update: false, surplus: [] },
    ],
  ])("%s", (_, ours, { kept, update, surplus }) => {
    const plan = planSticky(ours, body("9"));
    expect([plan.kept?.id, plan.update, plan.surplus.map(({ id }) => id)]).toEqual([kept, update, surplus]);
  });

  test("another job of the same run has the last word, and is not fought", () => {
    const ours = [at("5", body("9", "deployed"))];
    expect(planSticky(ours, body("9", "gated")).update).toBe(true);
    expect(planSticky(ours, body("9", "gated"), "5").update).toBe(false);
  });
});

/** A conversation in memory: each call is one step of GitHub's, and `order` decides whose step is next. */
function conversation(order: fc.Scheduler, before: readonly string[], { stale = 0 } = {}) {
  let [now, next] = [0, 1];
  const comments: (Comment & { at: number })[] = [];
  const add = (text: string): Comment => {
    const id = String(next++);
    const comment = { id, body: text, author: "github-actions[bot]", authorIsBot: true, url: `#${id}`, at: now };
    comments.push(comment);
    return comment;
  };
  for (const text of before) add(text);
  now = stale + 1;
  const step = <A extends unknown[], T>(work: (...args: A) => T) =>
    order.scheduleFunction(async (...args: A): Promise<T> => {
      now++;
      return work(...args);
    });
  const github = {
    // The list may be some steps old, and misses what was written since.
    comments: step(() => comments.filter(({ at }) => at < now - stale).map((each) => ({ ...each }))),
    createComment: step((_: number, text: string) => add(text)),
    updateComment: step((id: string, text: string) => {
      const found = comments.find((each) => each.id === id);
      return found && Object.assign(found, { body: text });
    }),
    deleteComment: step((id: string) => {
      const found = comments.findIndex((each) => each.id === id);
      if (found >= 0) comments.splice(found, 1);
    }),
  };
  const write = async (runId: string, text = "hello") =>
    keepComment(
      { body: body(runId, text), model: "digits", issue: 7 },
      {
        github,
        // Time passes by the steps of all.
        clock: { sleep: async () => void (now += stale + 1) },
      },
    );
  return { comments, write };
}

describe("runs that write at once, in whatever order GitHub hears them", () => {
  const ours = ({ comments }: { comments: readonly Comment[] }) =>
    comments.filter((each) => carriesMarker(each.body, "digits"));

  test.each([
    ["into an empty conversation", [] as string[]],
    ["over a comment of an older run", [body("1")]],
    ["over two that a killed run has left", [body("1"), body("2")]],
  ])("%s: one comment stays, and no link to the first is lost", async (_, before) => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.shuffledSubarray(["8", "9", "10"], { minLength: 2 }), async (order, runs) => {
        const talk = conversation(order, before);
        const all = runs.map(async (run) => talk.write(run));
        await order.waitFor(Promise.all(all));
        expect(ours(talk)).toHaveLength(1);
        if (before.length > 0) expect(talk.comments[0]!.id).toBe("1");
        expect(compareRuns(talk.comments[0]!.body, body("8"))).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  test("jobs of one run: one comment, with the text of one of them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (order) => {
        const talk = conversation(order, []);
        await order.waitFor(Promise.all(["gated", "deployed"].map(async (text) => talk.write("9", text))));
        expect(ours(talk)).toHaveLength(1);
        expect([body("9", "gated"), body("9", "deployed")]).toContain(talk.comments[0]!.body);
      }),
      { numRuns: 500 },
    );
  });

  test("also where the list misses what was written a moment ago", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 4 }), async (order, stale) => {
        const talk = conversation(order, [], { stale });
        await order.waitFor(Promise.all(["8", "9"].map(async (run) => talk.write(run))));
        expect(ours(talk)).toHaveLength(1);
      }),
      { numRuns: 1000 },
    );
  });

  test("one after the other: the newest has the last word, whichever comes last", async () => {
    for (const runs of [
      ["8", "9"],
      ["9", "8"],
    ]) {
      const order = fc.sample(fc.scheduler(), 1)[0]!;
      const talk = conversation(order, []);
      for (const run of runs) await order.waitFor(talk.write(run));
      expect(talk.comments.map((each) => each.body)).toEqual([body("9")]);
    }
  });
});
