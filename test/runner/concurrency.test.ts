import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";

import { startBed, WORKFLOW } from "./test-bed.ts";

/** A job that runs until the file it names is there, so that tests decide how long. */
const waiting = (concurrency: string, more = "") => `on: push
${concurrency}
jobs:
  main:
    runs-on: x
    ${more}
    steps:
      - run: |
          echo "begun $GITHUB_RUN_NUMBER"
          until [ -e "$GO" ]; do sleep 0.05; done
          echo "done $GITHUB_RUN_NUMBER"
        env: { GO: "\${{ vars.GO }}" }
`;

type Bed = Awaited<ReturnType<typeof startBed>>;

/** Starts runs one after the other, each once the one before has come to its place, and lets them end. */
async function race(
  bed: Bed,
  count: number,
  { firstEndsFirst = false } = {},
): Promise<{ conclusions: string[]; order: string[] }> {
  const order: string[] = [];
  const go = `${bed.root}/go`;
  const begun = Promise.withResolvers<void>();
  const onLine = (line: string) => {
    if (line.startsWith("begun ")) begun.resolve();
    if (line.startsWith("done ")) order.push(line);
  };
  const runs = [await bed.start({ onLine, vars: { GO: go }, timings: { interruptMs: 200, terminateMs: 200 } })];
  await begun.promise;
  while (runs.length < count)
    runs.push(await bed.start({ onLine, vars: { GO: go }, timings: { interruptMs: 200, terminateMs: 200 } }));
  if (firstEndsFirst) await runs[0]?.result;
  await writeFile(go, "");
  const results = await Promise.all(runs.map((run) => run.result));
  return { conclusions: results.map((result) => result.conclusion), order };
}

test("one waits, and gives way to a newer one; nothing that runs is cancelled", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: waiting("concurrency: { group: Deploy, cancel-in-progress: false }") });
  const { conclusions, order } = await race(bed, 4);
  expect(conclusions).toEqual(["success", "cancelled", "cancelled", "success"]);
  expect(order).toEqual(["done 1", "done 4"]);
});

test("queue: max lets all run, in their order", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: waiting("concurrency: { group: deploy, queue: max }") });
  const { conclusions, order } = await race(bed, 4);
  expect(conclusions).toEqual(["success", "success", "success", "success"]);
  expect(order).toEqual(["done 1", "done 2", "done 3", "done 4"]);
});

test("cancel-in-progress ends what runs", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: waiting("concurrency: { group: deploy, cancel-in-progress: true }") });
  const { conclusions, order } = await race(bed, 2, { firstEndsFirst: true });
  expect(conclusions).toEqual(["cancelled", "success"]);
  expect(order).toEqual(["done 2"]);
});

test("a job's own group makes that job wait, by an expression", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: waiting("", 'concurrency: { group: "d-${{ github.ref }}", queue: max }') });
  const { conclusions } = await race(bed, 3);
  expect(conclusions).toEqual(["success", "success", "success"]);
});

test("a job that asks for the group of its own run is a deadlock, which GitHub cancels", async () => {
  await using bed = await startBed();
  await bed.commit({ [WORKFLOW]: waiting("concurrency: one", "concurrency: ONE") });
  const { conclusion, annotations } = await bed.run();
  expect(conclusion).toBe("cancelled");
  expect(annotations[0]?.message).toContain("deadlock for concurrency group 'one'");
});
