/// <reference lib="dom" />
/** What the page says of an incident's state, and the list of incidents. */
import { deepEqual, equal, match } from "node:assert/strict";
import type { Report } from "../event/report.ts";
import { i1 } from "./fixture/incident_1_2.ts";
import { crowd } from "./fixture/crowd.ts";
import { problems } from "./fixture/problems.ts";
import { browserTest } from "./fixture/stage.ts";

const inFlight = (): Report => {
  const report = i1();
  const [flow] = report.flows;
  const packets = { seen: 5, delivered: 0, dropped: 0, vanished: 0, unknown: 0, inFlight: 5 };
  return { ...report, flows: [{ ...flow!, outcome: "in-flight", cause: undefined, packets }] };
};

browserTest("a closed incident says so, where it is kept, and asks for no more", {
  report: inFlight(),
}, async ({ page, ingest }) => {
  await page.locator(".state.live").waitFor();
  await page.locator(".row .word", { hasText: "in flight" }).waitFor();
  ingest.say("end", { reason: "closed", archive: "/var/lib/last hop/it's.lasthop" });
  await page.locator(".state.ended", { hasText: "closed" }).waitFor();
  match(
    await page.locator(".ended-line").innerText(),
    /lasthop replay '\/var\/lib\/last hop\/it'\\''s\.lasthop'/,
  );
  await page.locator(".row .word", { hasText: "unknown" }).waitFor();
  equal(await page.getByText("in flight", { exact: true }).filter({ hasText: "5" }).count(), 0);
  const asked = ingest.cursors.length;
  ingest.cut();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.locator(".state.ended").waitFor();
  equal(ingest.cursors.length, asked);
  equal(await page.getByText("retrying").count(), 0);
});

browserTest("a replay is never live, and says of when it is and how long it was", {
  report: crowd(),
  imported: true,
}, async ({ page }) => {
  await page.locator(".state.replay", { hasText: "replay" }).waitFor();
  equal(await page.locator(".state", { hasText: "live" }).count(), 0);
  match(
    await page.locator(".ended-line").innerText(),
    /^Replayed: this happened .*2026-11-\d\d \d\d:12:40 – .*, and was 60 s long\.$/,
  );
});

const ended = (names: string[]): Report => {
  const report = problems();
  const endedAt = "2026-11-20T03:12:58.000Z";
  return {
    ...report,
    nodes: report.nodes.map((node) => names.includes(node.name) ? { ...node, endedAt } : node),
  };
};

browserTest("a probe that ended is said, and when none is left nothing is live", {
  report: ended(["n1"]),
}, async ({ page, ingest }) => {
  await page.locator(".node", { hasText: /n1.*probe ended/s }).waitFor();
  await page.locator(".state.live", { hasText: "last event" }).waitFor();
  ingest.say("report", ended(["n1", "n3"]));
  await page.locator(".state.unwatched", { hasText: "no probe watches" }).waitFor();
});

browserTest("incidents are listed by activity, with what they add up to, and can be searched", {
  incidents: ["old", "empty-one", "new"],
  path: "/",
}, async ({ page }) => {
  const names = () => page.locator(".incident-list a").allInnerTexts();
  await page.locator(".incident-list .active").first().waitFor();
  deepEqual(await names(), ["new", "empty-one", "old"]);
  const row = page.locator(".incident-list tbody tr");
  match(
    (await row.first().innerText()).replaceAll("\u202f", ","),
    /open\s+2 problems, 1 healed\s+3,801\s+n1, n2, n3/,
  );
  match(await row.nth(1).innerText(), /open, empty/);
  await page.keyboard.press("/");
  await page.keyboard.type("n2 ol");
  await page.waitForFunction(() => document.querySelectorAll(".incident-list a").length === 1);
  deepEqual(await names(), ["old"]);
  await page.waitForFunction(() => location.hash === "#search=n2+ol");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/incidents\/old$/);
  await page.goBack();
  await page.waitForFunction(() => document.querySelectorAll(".incident-list a").length === 1);
});

browserTest("a print is the whole incident, with dates, on white", {
  report: crowd(),
  colorScheme: "dark",
}, async ({ page }) => {
  await page.locator(".row").first().waitFor();
  equal(await page.locator(".print-report").count(), 0);
  await page.emulateMedia({ media: "print" });
  await page.locator(".print-report").waitFor();
  const text = await page.locator(".print-report").innerText();
  match(text, /2026-11-20 03:12:40 UTC to 2026-11-20 03:13:40 UTC/);
  equal(await page.locator(".print-problem").count(), 3);
  equal(await page.locator(".print-problem svg.path").count(), 3);
  match(text, /healed 2026-11-20 03:13:19 UTC/);
  match(text, /Well\s+tcp to 10\.96\.0\.10:80: answered, 900 TCP connections from 12 clients/);
  match(text, /2026-11-20 03:13:10 UTC setting net\.ipv4\.conf\.eth0\.rp_filter was changed/);
  equal(await page.locator(".panes").isVisible(), false);
  equal(
    await page.evaluate(() => getComputedStyle(document.body).color),
    "rgb(26, 29, 32)",
  );
});

/** The first problem five times, towards as many ends. */
const manyEnds = (): Report => {
  const report = problems();
  const [first, ...others] = report.problems;
  const alike = [1, 2, 3, 4].map((i) => ({
    ...first!,
    id: `p-nft-${i}`,
    to: { ...first!.to, port: 80 + i },
  }));
  return { ...report, problems: [first!, ...alike, ...others] };
};

browserTest("problems of one cause are one card, and the others come when they are asked for", {
  report: manyEnds(),
}, async ({ page }) => {
  const cards = page.locator(".problems > div .card");
  await cards.first().waitFor();
  match(await page.locator(".problems h2").innerText(), /^6 problems of 2 causes, /);
  equal(await cards.count(), 2);
  const others = page.locator(".problems .others summary");
  match(await others.innerText(), /^the same towards 4 more: 10\.96\.0\.10:81, /);
  await others.click();
  await cards.nth(5).waitFor();
  deepEqual(
    await cards.evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.problem)),
    ["p-nft", "p-nft-1", "p-nft-2", "p-nft-3", "p-nft-4", "p-closed"],
  );
  await others.click();
  await cards.nth(5).waitFor({ state: "detached" });
  equal(await cards.count(), 2);
});
