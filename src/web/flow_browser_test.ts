/// <reference lib="dom" />
/** The view of one flow in a real Chromium. */
import { deepEqual, equal } from "node:assert/strict";
import type { Page } from "playwright-core";
import { hostile, longPath } from "./fixture/extremes.ts";
import { browserTest } from "./fixture/stage.ts";

/** What is wider than the box that it is in: of the page's boxes, and of the drawing. */
const overflowing = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>("main *")) {
      if (element instanceof SVGElement || element.matches(".unseen")) continue;
      const { display, overflowX } = getComputedStyle(element);
      if (display === "inline" || overflowX !== "visible") continue;
      if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) {
        found.push(`${element.tagName}.${element.className} ${element.textContent?.slice(0, 40)}`);
      }
    }
    for (const text of document.querySelectorAll<SVGTextElement>("svg.path text")) {
      const inner = text.getBoundingClientRect();
      const outer = (text.parentElement as Element).closest("svg")!.getBoundingClientRect();
      if (inner.left < outer.left - 1 || inner.right > outer.right + 1) {
        found.push(`text ${text.textContent}`);
      }
    }
    return found;
  });

for (const [name, report] of [["hostile names", hostile()], ["a long path", longPath()]] as const) {
  for (const width of [1280, 390]) {
    browserTest(`${name}: nothing is wider than its box at ${width} px`, { report, width }, async ({
      page,
    }) => {
      await page.locator(".row").first().click();
      await page.locator("svg.path").first().waitFor();
      deepEqual(await overflowing(page), []);
    });
  }
}

browserTest("hop by hop: times of each node, and the slowest", { report: longPath() }, async ({
  page,
}) => {
  const hops = page.locator(".hops li");
  await hops.first().waitFor();
  equal(await hops.locator(".total").count(), 4);
  equal(await hops.locator(".since.slowest").count(), 1);
  equal(await page.locator("svg.path .total").count(), 4);
  equal(await page.locator("svg.path .time", { hasText: "slowest" }).count(), 1);
  equal(await page.locator("svg.path", { hasText: "continued" }).count(), 0);
});
