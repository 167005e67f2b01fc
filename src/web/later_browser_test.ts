/// <reference lib="dom" />
/** [D10] What the page says while more comes than can be judged at once. */
import { equal } from "node:assert/strict";
import { i1 } from "./fixture/incident_1_2.ts";
import { browserTest } from "./fixture/stage.ts";

const behind = { ...i1(), accounting: { ...i1().accounting, postponed: 3 } };

browserTest("[D10] flows that are shown as before are told of, until they are not", {
  report: behind,
}, async ({ page, ingest }) => {
  await page.locator(".nodes", { hasText: "3 flows shown as before" }).waitFor();
  await page.locator(".coverage", { hasText: "3 flows are shown as before" }).waitFor();
  ingest.say("report", i1());
  await page.locator(".coverage.whole").waitFor();
  equal(await page.locator(".nodes", { hasText: "shown as before" }).count(), 0);
});
