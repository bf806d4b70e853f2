// The comment in a browser: texts from outside bring in no element that plain ones do not.
import { expect, test } from "vitest";

import type { ReleaseRecord } from "../../../src/domain/record/record.ts";
import { renderReport } from "../../../src/domain/report/report.ts";
import { chromium, withPage } from "../../browser.ts";
import { githubPage } from "../../demo/github-page.ts";
import { gateReport } from "./gate-reports.ts";
import { HOSTILE } from "./hostile.ts";
import { from, passed } from "./releases.ts";

if (chromium === "") console.warn("SKIPPED: no chromium in PATH, so the comment is not opened in a browser");

/** Every text stands in places of its own, so that one look shows them all. */
function saying(say: (text: string) => string): ReleaseRecord {
  const texts = HOSTILE.filter((text) => text.trim() !== "").map((text) => say(text));
  return {
    ...passed,
    training: {
      ...passed.training,
      reason: texts.join(" ").slice(0, 400),
      changed: texts.map((text) => `x ${text}`.slice(0, 60)),
    },
    gate: {
      decision: "rejected",
      rules: texts.map((text) => ({ rule: `x ${text}`.slice(0, 60), verdict: "rejected", reason: text.slice(0, 30) })),
      baseline: { kind: "live", from: texts.join(" ").slice(0, 300), values: { accuracy: 0.5 } },
    },
  };
}

test.skipIf(chromium === "" && process.env["CI"] !== "true")(
  "nothing is added, loaded or run",
  async () => {
    await withPage(async (page) => {
      const elements = "[...document.querySelectorAll('*')].map(({ tagName }) => tagName).sort().join()";
      const show = async (record: ReleaseRecord, say: (text: string) => string): Promise<string> => {
        await page.show(githubPage("a comment", renderReport(record, from, { judged: gateReport(say) })));
        return await page.evaluate<string>(elements);
      };
      const plain = await show(
        saying(() => "plain"),
        (was) => `${was} x`,
      );
      for (const text of [
        "",
        "<img src=x onerror=document.body.remove()> @octocat",
        "</details></table>|`<script>0</script>",
      ]) {
        expect(await show(saying(String), (was) => `${was} ${text}`)).toBe(plain);
      }
      expect(page.requested).toEqual([]);
      expect(page.complaints).toEqual([]);
    });
  },
  60_000,
);
