/// <reference lib="dom" />
/** axe-core over what a reader may see, in both themes, wide and narrow. */
import { deepEqual, equal } from "node:assert/strict";
import type { Report } from "../event/report.ts";
import { violations } from "./fixture/axe.ts";
import { inChromium, openPage } from "./fixture/browser.ts";
import { crowd } from "./fixture/crowd.ts";
import { longPath, manyFlows } from "./fixture/extremes.ts";
import { i1, i2Repaired } from "./fixture/incident_1_2.ts";
import { i3 } from "./fixture/incident_3_4.ts";
import { problems } from "./fixture/problems.ts";
import { fakeIngest } from "./fixture/server.ts";

const LOOKS = [
  { width: 1280, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
  { width: 390, colorScheme: "light" },
  { width: 1920, colorScheme: "dark" },
] as const;

const REPORTS: [string, Report][] = [
  ["I1", i1()],
  ["I2 repaired", i2Repaired()],
  ["I3 with lost events", i3(23)],
  ["a long path", longPath()],
  ["many flows", manyFlows(300)],
  ["problems", problems("healed")],
  ["a minute of a cluster", crowd()],
];

for (const look of LOOKS) {
  Deno.test({
    ...inChromium(`axe finds nothing at ${look.width} px, ${look.colorScheme}`),
    async fn() {
      const ingest = await fakeIngest();
      ingest.say("hello", { incident: "i1", cursor: "0" });
      ingest.say("report", i1());
      const { page, faults, close } = await openPage(`${ingest.url}/incidents/i1`, look);
      try {
        await page.locator(".row").first().waitFor();
        for (const [name, report] of REPORTS) {
          ingest.say("report", { ...report, incident: name });
          const [node] = report.nodes;
          await page.locator(".node", { hasText: node!.name }).first().waitFor();
          equal(await violations(page), "");
          if (look.width > 860) continue;
          if (await page.locator(".row.fold").count() > 0) {
            await page.locator(".row").first().click();
          }
          await page.locator(".row:not(.fold)").first().click();
          await page.locator(".verdict").waitFor();
          equal(await violations(page), "");
          await page.keyboard.press("Escape");
          await page.locator("#flows").waitFor();
        }
        await page.keyboard.press("/");
        await page.keyboard.type("pxot");
        await page.locator(".filter-error").waitFor();
        equal(await violations(page), "");
        await page.fill("#filter", "outcome ");
        await page.locator(".suggestions [role=option]").first().waitFor();
        equal(await violations(page), "");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Escape");
        for (const key of ["e", "?"]) {
          await page.keyboard.press(key);
          await page.locator("dialog[open]").waitFor();
          equal(await violations(page), "");
          await page.keyboard.press(key);
          await page.locator("dialog[open]").waitFor({ state: "hidden" });
        }
        const dark = await page.evaluate(() =>
          getComputedStyle(document.body).backgroundColor === "rgb(14, 17, 20)"
        );
        equal(dark, look.colorScheme === "dark");
        deepEqual(faults, []);
      } finally {
        await close();
        await ingest.close();
      }
    },
  });
}

Deno.test({
  ...inChromium("axe finds nothing in the list, a replay and a chosen time, dark and narrow"),
  async fn() {
    const list = await fakeIngest({ incidents: ["old", "empty-one", "new"], imported: true });
    list.say("hello", { incident: "old", cursor: "0" });
    list.say("report", crowd());
    const look = { width: 390, colorScheme: "dark" } as const;
    const { page, faults, close } = await openPage(`${list.url}/`, look);
    try {
      await page.locator(".incident-list .active").nth(1).waitFor();
      equal(await violations(page), "");
      await page.setViewportSize({ width: 1280, height: 800 });
      equal(await violations(page), "");
      await page.locator(".incident-list a").first().click();
      await page.locator(".state.replay").waitFor();
      await page.locator(".ended-line").waitFor();
      await page.keyboard.press("t");
      await page.keyboard.press("PageUp");
      await page.locator(".chip.only").waitFor();
      await page.locator(".changes summary").click();
      await page.locator(".row.fold").first().click();
      await page.locator(".row.in-fold").first().waitFor();
      equal(await violations(page), "");
      deepEqual(faults, []);
    } finally {
      await close();
      await list.close();
    }
  },
});
