import { execFileSync } from "node:child_process";

import { expect, test } from "vitest";

import { oneJob, startBed, WORKFLOW } from "./test-bed.ts";

const version = execFileSync("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
  encoding: "utf8",
}).trim();

test("setup-python puts a Python of the machine first in PATH, kept in the tool cache", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- { id: py, uses: actions/setup-python@v7, with: { python-version: '${version}' } }
- run: |
    import sys, os
    print("python", sys.executable, sys.prefix != sys.base_prefix, "\${{ steps.py.outputs.python-version }}")
    print("same", os.path.samefile(sys.executable, "\${{ steps.py.outputs.python-path }}"))
  shell: python`),
  });
  const first = await bed.run();
  expect(first.log, first.log).toContain(`\npython ${bed.machine.toolCache}/Python/${version}.`);
  expect(first.log).toMatch(new RegExp(`bin/python True ${version.replace(".", "\\.")}\\.\\d+\nsame True\n`));
  const again = await bed.run();
  expect(again.conclusion).toBe("success");
  expect(again.jobs["main"]?.steps[0]?.seconds).toBeLessThan(first.jobs["main"]?.steps[0]?.seconds ?? 0);
});

test.for([
  ["3.99", /The version '3.99' .* was not found. This machine has Python 3/],
  [">=3.8", /expected python-version like 3.12/],
] as const)("python-version %s is refused with what there is", async ([wanted, message]) => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- { uses: actions/setup-python@v7, with: { python-version: '${wanted}' } }`),
  });
  const { conclusion, annotations } = await bed.run();
  expect(conclusion).toBe("failure");
  expect(annotations[0]?.message).toMatch(message);
});
