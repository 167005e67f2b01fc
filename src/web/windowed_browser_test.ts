/// <reference lib="dom" />
/** 20,000 flows and hundreds of problems, nodes and hops: few are elements, and each is the right one. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Page } from "playwright-core";
import { BusyIncident } from "../../test/bench/page/busy_incident.ts";
import type { Report } from "../event/report.ts";
import { violations } from "./fixture/axe.ts";
import { ends, flow, hops, node, report } from "./fixture/build.ts";
import { browserTest } from "./fixture/stage.ts";

/** Rows of any list that may be elements at once, on a page of this size. */
const ROWS_MAX = 60;

const busy = new BusyIncident({ flows: 20_000, problems: 300, nodes: 300 });
const whole = busy.report();
/** Flows as the list shows them with nothing folded: of one problem. */
const counted = (count: number) => `${count}`.replace(/\B(?=(\d{3})+$)/g, "\u202f");

const rows = (page: Page, selector: string) => page.locator(selector).count();
const scrolled = (page: Page, to: string) =>
  page.locator("#flows").evaluate((list, to) => {
    list.scrollTop = to === "end" ? list.scrollHeight : Number(to);
    return new Promise<number>((done) =>
      requestAnimationFrame(() => requestAnimationFrame(() => done(list.scrollTop)))
    );
  }, to);

/** What is seen of the list: text and place of each row in sight. */
const inSight = (page: Page) =>
  page.locator("#flows").evaluate((list) => {
    const { top, bottom } = list.getBoundingClientRect();
    return [...list.querySelectorAll<HTMLElement>(".row")].map((row) => {
      const box = row.getBoundingClientRect();
      return {
        key: row.dataset.key!,
        y: Math.round(box.y - top),
        isSeen: box.bottom > top && box.top < bottom,
        index: Number(row.getAttribute("aria-posinset")) - 1,
        of: Number(row.getAttribute("aria-setsize")),
      };
    }).filter(({ isSeen }) => isSeen).sort((a, b) => a.index - b.index);
  });

/** Opens the last fold of the list, which has all that is well. */
async function unfold(page: Page): Promise<void> {
  await page.locator(".row").first().waitFor();
  await page.focus("#flows");
  await page.keyboard.press("End");
  await page.locator(".row.fold[aria-selected=true]").waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".row.in-fold").first().waitFor();
}

browserTest("20,000 flows: wherever the list is scrolled, its rows are the right ones, and few", {
  report: whole,
}, async ({ page }) => {
  await unfold(page);
  const well = busy.connections.filter(({ flows }) => flows.length === 2)
    .flatMap(({ flows }) => flows.map(({ id }) => id));
  // Above them stand the folds: of each problem, and their own.
  const first = 301;
  for (const share of [0, 0.2, 0.5, 0.77, 1]) {
    const top = await scrolled(page, `${Math.round(share * 52 * (well.length + first))}`);
    const seen = await inSight(page);
    ok(seen.length > 2, `${seen.length} rows in sight at ${top}`);
    ok(await rows(page, ".row") <= ROWS_MAX);
    for (const { key, index, of } of seen) {
      equal(of, well.length + first);
      if (index >= first) equal(key, well[index - first], `row ${index} at ${top}`);
    }
    for (const [i, { y }] of seen.entries()) if (i > 0) equal(y - seen[i - 1]!.y, 52);
  }
  // By keyboard to the last one, which is told to screen readers as what it is.
  await page.focus("#flows");
  await page.keyboard.press("End");
  const last = page.locator(`.row[data-key="${well.at(-1)}"][aria-selected=true]`);
  await last.waitFor();
  const active = await page.getAttribute("#flows", "aria-activedescendant");
  equal(await last.getAttribute("id"), active);
  // It stays an element when the reader scrolls away from it.
  await scrolled(page, "0");
  equal(await page.locator(`#${active}`).count(), 1);
  equal(await violations(page), "");
});

browserTest("changes above and below what is in sight leave it where it is, and in it are seen", {
  report: whole,
}, async ({ page, ingest }) => {
  await unfold(page);
  await scrolled(page, "200000");
  const before = await inSight(page);
  const held = new BusyIncident({ flows: 20_000, problems: 300, nodes: 300 });
  // A problem of its own for each: as many rows more, above all that is in sight.
  for (let i = 0; i < 3; i++) {
    const failing = { ...whole.flows[0]!, id: `fresh-${i}`, outcome: "unknown" as const };
    const { cause: _, problems: __, ...one } = failing;
    ingest.say("flow", { flow: { ...one, gap: "nobody watches there" } });
  }
  for (let i = 1; i < 40; i++) for (const [event, data] of held.change(i)) ingest.say(event, data);
  const flows = held.connections.reduce((sum, { flows }) => sum + flows.length, 3);
  await page.locator(".count", { hasText: `${counted(flows)} flows` }).waitFor();
  const after = await inSight(page);
  deepEqual(after.map(({ key, y }) => [key, y]), before.map(({ key, y }) => [key, y]));
  ok(after[0]!.index > before[0]!.index, "rows came above it");
  const { key } = after[0]!;
  const id = key.replace("-answer", "");
  const own = held.connections.find(({ exchange }) => exchange.id === id)!;
  const changed = own.flows.find((one) => one.id === key)!;
  ingest.say("flow", { flow: { ...changed, packets: { ...changed.packets, seen: 4_321 } } });
  await page.locator(`.row[data-key="${key}"]`, { hasText: counted(4_321) }).waitFor();
});

browserTest("the filter looks at all 20,000, and suggests what is not in sight", {
  report: whole,
}, async ({ page }) => {
  await page.locator(".row").first().waitFor();
  const late = busy.connections.findLast(({ flows }) => flows.length === 2)!;
  const { source, sourcePort } = late.flows[0];
  await page.fill("#filter", `host ${source} and port ${sourcePort}`);
  await page.locator(".count", { hasText: /^\d+ of / }).waitFor();
  await page.locator(`.row[data-key="${late.exchange.id}"]`).waitFor();
  match(await page.locator(".count").innerText(), /^2 of 20/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+f");
  await page.locator(".find-hint", { hasText: "looks at all" }).waitFor();
  await page.fill("#filter", "node node-29");
  await page.locator(".suggestions [role=option]", { hasText: /node-299$/ }).waitFor();
});

browserTest("300 problems and 300 nodes: few are elements, p goes to each problem in turn", {
  report: whole,
}, async ({ page }) => {
  await page.locator(".card").first().waitFor();
  ok(await rows(page, ".card") <= ROWS_MAX);
  ok(await rows(page, ".node") <= 10);
  const first = page.locator(".problem").first();
  equal(await first.getAttribute("aria-setsize"), "300");
  const focused = () =>
    page.evaluate(() =>
      document.activeElement?.closest<HTMLElement>("[data-problem]")?.dataset.problem
    );
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press("p");
    await page.waitForFunction(
      (id) => (document.activeElement as HTMLElement | null)?.dataset.problem === id,
      `p-${i}`,
    );
  }
  const box = (await page.locator(".card:focus").boundingBox())!;
  ok(box.y > 0 && box.y < 800, "what has the focus is in sight");
  ok(await rows(page, ".card") <= ROWS_MAX);
  equal(await focused(), "p-29");
  await page.locator(".problems").evaluate((list) => list.scrollTop = list.scrollHeight);
  await page.locator(".card[data-problem='p-299']").waitFor();
  ok(await rows(page, ".card") <= ROWS_MAX);
  await page.locator(".all-nodes > details > summary").click();
  await page.locator(".node-card .node").first().waitFor();
  ok(await rows(page, ".node") <= 80);
  await page.locator(".node-card").first().evaluate((list) => list.scrollTop = list.scrollHeight);
  await page.locator(".node-card .node", { hasText: "node-299" }).waitFor();
  ok(await rows(page, ".node") <= 80);
  equal(await violations(page), "");
});

/** A packet that went around for as long as its TTL let it. */
function loop(): Report {
  const rounds = Array.from({ length: 100 }, (_, i) =>
    hops(`n${i % 2}`, "host", [
      "eth0 physical device-rx",
      "eth0 physical ip-forward",
      "eth1 physical device-tx",
    ]));
  const path = rounds.flat();
  return report("loop", [node("n0", ["host"]), node("n1", ["host"])], [
    flow({
      id: "loop",
      protocol: "udp",
      ends: ends("10.0.0.1", "10.0.0.2"),
      outcome: "vanished",
      path,
    }),
  ]);
}

browserTest("300 hops: those in sight are elements, on a narrow page, too", {
  report: loop(),
  width: 390,
  height: 844,
}, async ({ page }) => {
  await page.locator(".row").click();
  const hop = page.locator(".hops .hop");
  await page.locator(".hops").scrollIntoViewIfNeeded();
  await hop.first().waitFor();
  ok(await hop.count() <= ROWS_MAX + 40, `${await hop.count()} hops`);
  equal(await hop.first().getAttribute("aria-setsize"), "300");
  await page.locator("#flow").evaluate((pane) => pane.scrollTop = pane.scrollHeight);
  await page.locator(".hop[aria-posinset='300']", { hasText: "last hop" }).waitFor();
  ok(await hop.count() <= ROWS_MAX + 40, `${await hop.count()} hops`);
});
