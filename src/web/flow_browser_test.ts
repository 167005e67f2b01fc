/// <reference lib="dom" />
/** The view of one flow in a real Chromium. */
import { deepEqual, equal, match } from "node:assert/strict";
import type { Page } from "playwright-core";
import { hostile, longPath } from "./fixture/extremes.ts";
import { i1, i1Repaired } from "./fixture/incident_1_2.ts";
import { problems } from "./fixture/problems.ts";
import type { Flow } from "../event/report.ts";
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

const TIMED = longPath();
TIMED.flows[0]!.path[0]!.at = "2026-11-20T03:12:41.120Z";

browserTest("hop by hop: times of each node, and the slowest", { report: TIMED }, async ({
  page,
}) => {
  const hops = page.locator(".hops .hop");
  await hops.first().waitFor();
  match(await hops.first().locator(".details").innerText(), /^\d\d:12:41\.120/);
  equal(await hops.locator(".total").count(), 4);
  equal(await hops.locator(".since.slowest").count(), 1);
  equal(await page.locator("svg.path .total").count(), 4);
  equal(await page.locator("svg.path .time", { hasText: "slowest" }).count(), 1);
  equal(await page.locator("svg.path", { hasText: "continued" }).count(), 0);
});

browserTest("both directions stand side by side", { report: i1Repaired() }, async ({ page }) => {
  const sides = page.locator(".direction");
  await sides.nth(1).waitFor();
  const [question, answer] = [await sides.nth(0).boundingBox(), await sides.nth(1).boundingBox()];
  equal(question!.y, answer!.y);
  await sides.nth(1).locator("button").click();
  await sides.nth(1).locator("button[aria-pressed=true]").waitFor();
  match(
    await page.locator(".flow-ends .mono").first().innerText(),
    /10\.132\.2\.46 → 10\.132\.2\.2/,
  );
});

browserTest("what is healed tells no remedy, and what is not does", { report: problems() }, async ({
  page,
  ingest,
}) => {
  await page.locator(".of-problems .state-words", { hasText: "failing since" }).waitFor();
  equal(await page.locator(".remedy").count(), 1);
  ingest.say("summary", { problems: problems("healed").problems });
  // The incident is of the past: a time of day, and no "ago".
  const healed = page.locator(".of-problems .is-healed .state-words");
  await healed.waitFor();
  match(
    await healed.innerText(),
    /^✓ healed \d\d:12:52, last drop \d\d:12:50 · 22 delivered since$/,
  );
  equal(await page.locator(".remedy").count(), 0);
});

browserTest("a flow that got through after all asks for nothing that others are healed of", {
  report: { ...problems("healed"), flows: [through()] },
}, async ({ page, ingest }) => {
  await page.locator(".evidence").waitFor();
  equal(await page.locator(".of-problems").count(), 0);
  equal(await page.locator(".remedy").count(), 0);
  ingest.say("summary", { problems: problems("active").problems });
  await page.locator(".remedy").waitFor();
});

/** Its first packets were dropped by the rule of the problem, and it is part of none. */
function through(): Flow {
  const { problems: _, ...flow } = problems().flows[0]!;
  return { ...flow, outcome: "delivered" };
}

browserTest("while an incident goes on, the age of the last drop grows", {}, async ({
  page,
  ingest,
}) => {
  const report = problems("healed");
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
  report.to = ago(0);
  Object.assign(report.problems[0]!, { lastAt: ago(14_000), healedAt: ago(9_000) });
  ingest.say("hello", { incident: "i1", cursor: "0" });
  ingest.say("report", report);
  const times = page.locator(".card.is-healed .times");
  await times.waitFor();
  match(await times.innerText(), /last drop 1\d s ago · 22 delivered since$/);
  const first = await times.innerText();
  await page.waitForFunction(
    (before) => document.querySelector(".card.is-healed .times")!.textContent !== before,
    first,
  );
  match(await times.innerText(), /last drop [12]\d s ago/);
});

const BESIDE = i1();
BESIDE.flows.push(...i1Repaired().flows.map((flow) => ({ ...flow, id: `${flow.id}-well` })));

browserTest(
  "c pins a flow, and another is held against it",
  { report: BESIDE },
  async ({ page }) => {
    await page.locator(".row").first().waitFor();
    await page.keyboard.press("End");
    await page.keyboard.press("c");
    await page.locator(".comparison", { hasText: "Choose another flow" }).waitFor();
    await page.keyboard.press("Home");
    const parting = page.locator(".comparison .parting");
    await parting.waitFor();
    match(await parting.innerText(), /^Together for 10 hops, to vxlan0 .* this one was dropped at/);
    match(await page.locator(".comparison .parts").innerText(), /delivered at.*dropped at/s);
    deepEqual(await overflowing(page), []);
    match(page.url(), /[#&]pin=/);
    await page.reload();
    await parting.waitFor();
    await page.locator(".comparison button", { hasText: "unpin" }).click();
    await page.locator(".comparison").waitFor({ state: "detached" });
  },
);
