/// <reference lib="dom" />
/** The strip of time, and what follows it, in a real Chromium. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { crowd } from "./fixture/crowd.ts";
import { browserTest } from "./fixture/stage.ts";

browserTest("a minute of 3,801 connections is read at a glance, and opened step by step", {
  report: crowd(),
}, async ({ page }) => {
  const text = (selector: string) => page.locator(selector).first().innerText();
  await page.locator(".row").first().waitFor();
  equal(
    (await text(".problems h2")).replaceAll("\u202f", ","),
    "3 problems (1 healed), 1,030 of 3,801 TCP connections",
  );
  equal(await page.title(), "2 problems · i1 · lasthop");
  equal(await page.locator(".card").count(), 3);
  match(await text(".card.is-healed"), /began 400 ms after rule .* was added in host on n3/);
  match(await text(".card.is-healed"), /got through again 250 ms after rule .* was removed/);
  match(await text(".verdict h2"), /Vanished after cni0/);
  equal(await page.locator(".row.fold").count(), 6);
  match(await text(".row.fold >> nth=0"), /vanished\s+343 TCP connections.*10\.96\.0\.30:5432/s);
  await page.focus("#flows");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await page.locator(".row.in-fold").first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowLeft");
  await page.locator(".row.fold[aria-selected=true][data-open=false]").waitFor();
});

browserTest("a stretch of time is chosen by dragging or by keys, and everything follows", {
  report: crowd(),
}, async ({ page }) => {
  const head = (text: RegExp) => page.locator(".problems h2", { hasText: text }).waitFor();
  const strip = page.locator(".strip-box");
  const { x, y, width } = (await strip.boundingBox())!;
  await page.mouse.move(x + width * 0.805, y + 20);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.895, y + 20, { steps: 4 });
  await page.mouse.up();
  await head(/^2 problems, /);
  equal(await page.locator(".card").count(), 2);
  ok(page.url().endsWith("#time=2026-11-20T03:13:28.000Z/2026-11-20T03:13:34.000Z"), page.url());
  const cards = (await page.locator(".card").allInnerTexts()).map((one) =>
    one.replace(/\s+/g, " ")
  );
  for (const card of cards) {
    const told = /(\d+) TCP connections? from .* in this time, (\d+) failures between /.exec(card);
    ok(told !== null && Number(told[1]) < 60, card);
    match(card, /in the whole incident: failing since/);
  }
  const inHead = /, (\d+) of /.exec(await page.locator(".problems h2").innerText())!;
  const inCards = cards.map((card) => Number(/(\d+) TCP/.exec(card)![1]));
  equal(inCards.reduce((sum, one) => sum + one, 0), Number(inHead[1]), "cards and headline agree");
  match(await page.locator(".legend").innerText(), /in this time/);
  match(await page.locator(".changes summary").innerText(), /^[01] of 3 changes of node state$/);
  await page.keyboard.press("m");
  await page.locator(".map-badge").first().waitFor();
  const badges = await page.locator(".map-badge").allInnerTexts();
  deepEqual(badges.map(Number).sort(), inCards.toSorted());
  await page.keyboard.press("m");
  await page.locator(".chip.only", { hasText: "only" }).click();
  await head(/^3 problems/);
  await page.keyboard.press("t");
  await page.waitForFunction(() => document.activeElement?.id === "time-from");
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await head(/^2 problems, /);
  const local = await page.evaluate(() =>
    new Date("2026-11-20T03:13:38.000Z").toTimeString().slice(0, 8)
  );
  ok((await page.getAttribute("#time-from", "aria-valuetext"))!.endsWith(local));
  await page.goBack();
  await head(/^3 problems/);
  equal(await page.locator(".tick").count(), 3);
  await page.locator(".changes summary").click();
  match(await page.locator(".changes ol").innerText(), /rp_filter was changed from 0 to 1/);
});
