// The gate's page in a browser without a network: what it shows, what it asks for, and what the keyboard reaches.
import { expect, test } from "vitest";

import { renderGatePage } from "../../../src/domain/report/gate-page.ts";
import { chromium, withPage } from "../../browser.ts";
import { gateReport } from "./gate-reports.ts";
import { HOSTILE } from "./hostile.ts";

if (chromium === "") console.warn("SKIPPED: no chromium in PATH, so the gate's page is not opened in a browser");

// Loud at a desk without a browser, a failure where CI could have had one.
test.skipIf(chromium === "" && process.env["CI"] !== "true")(
  "offline, light and dark, narrow and by keyboard",
  async () => {
    await withPage(async (page) => {
      const html = renderGatePage(gateReport(String));
      const colours = new Set<string>();
      for (const scheme of ["light", "dark"] as const) {
        for (const width of [1000, 360]) {
          await page.show(html, { scheme, width });
          colours.add(await page.evaluate<string>("getComputedStyle(document.body).backgroundColor"));
          expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
        }
      }
      expect(colours.size).toBe(2);

      await page.show(html);
      const wanted = await page.evaluate<number>("document.querySelectorAll('a, summary, [tabindex=\"0\"]').length");
      expect(wanted).toBeGreaterThan(12);
      // Marked as they are reached; what is folded away waits until it is opened.
      const at = "document.activeElement";
      for (let pressed = 0; pressed < 3 * wanted; pressed++) {
        await page.press("Tab");
        await page.evaluate(`${at}.setAttribute("data-reached", getComputedStyle(${at}).outlineStyle)`);
        const folded = `${at}.tagName === "SUMMARY" && !${at}.parentElement.open`;
        if (await page.evaluate<boolean>(folded)) await page.press("Space");
      }
      expect(await page.evaluate("document.querySelectorAll('details:not([open])').length")).toBe(0);
      const reached = "[...document.querySelectorAll('a, summary, [tabindex=\"0\"]')]";
      expect(await page.evaluate(`${reached}.filter((each) => !each.dataset.reached).length`)).toBe(0);
      expect(await page.evaluate(`${reached}.filter((each) => each.dataset.reached === "none").length`)).toBe(0);

      await page.show(html);
      await page.press("Tab");
      await page.press("Enter");
      expect(await page.evaluate("location.hash")).toBe("#content");
      expect(page.requested).toEqual([]);
      expect(page.complaints).toEqual([]);
    });
  },
  60_000,
);

test.skipIf(chromium === "" && process.env["CI"] !== "true")(
  "a hostile report runs nothing and asks for nothing",
  async () => {
    await withPage(async (page) => {
      const elements = "[...document.querySelectorAll('*')].map(({ tagName }) => tagName).join()";
      await page.show(renderGatePage(gateReport((was) => `${was} x`)));
      const plain = await page.evaluate<string>(elements);
      for (const text of HOSTILE) {
        await page.show(renderGatePage(gateReport((was) => `${was} ${text}`.slice(0, 4000))));
        expect(await page.evaluate<string>(elements), text).toBe(plain);
      }
      expect(page.requested).toEqual([]);
      expect(page.complaints).toEqual([]);
    });
  },
  120_000,
);
