/// <reference lib="dom" />
/** The map, the comparison and the view of a flow in a real Chromium: keyboard, axe, narrow, dark. */
import { equal, match } from "node:assert/strict";
import { violations } from "./fixture/axe.ts";
import { cluster } from "./fixture/cluster.ts";
import { hostile } from "./fixture/extremes.ts";
import { browserTest } from "./fixture/stage.ts";

browserTest("m opens the map, a badge leads to its problem, Back to the map", {
  report: cluster(),
}, async ({ page }) => {
  await page.locator(".row").first().waitFor();
  await page.keyboard.press("m");
  const badges = page.locator(".map-badge");
  await badges.nth(2).waitFor();
  match(await page.locator(".map header").innerText(), /3 nodes, 17 namespaces; .* in 2 of them/);
  equal(await page.locator(".node-frame").count(), 3);
  equal(await page.locator(".map .tube").count(), 2);
  equal(await page.locator(".map-badge.is-healed").count(), 1);
  const nft = page.locator(".map-badge[aria-label^=dropped]");
  equal((await nft.innerText()).trim(), "4");
  await nft.focus();
  await page.keyboard.press("Enter");
  await page.locator(".of-problems").waitFor();
  await page.locator(".count", { hasText: "4 of 19 flows" }).waitFor();
  match(page.url(), /problem=p-nft/);
  await page.goBack();
  await badges.first().waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".map").waitFor({ state: "detached" });
});

browserTest("a place of the map lists its flows, and the map follows the filter", {
  report: cluster(),
}, async ({ page }) => {
  await page.locator(".row").first().waitFor();
  await page.keyboard.press("m");
  await page.locator(".map-place .name", { hasText: "client-3" }).click();
  await page.locator(".count", { hasText: "2 of 19 flows" }).waitFor();
  equal(await page.inputValue("#filter"), "node n1 and netns client-3");
  await page.locator(".map header", { hasText: "2 nodes, 4 namespaces" }).waitFor();
});

browserTest("a map of 200 namespaces folds what is well, and opens it", {
  report: cluster(40, 5),
}, async ({ page }) => {
  await page.locator(".row").first().waitFor();
  await page.keyboard.press("m");
  const fold = page.locator(".map-place.folded .name", { hasText: "38 nodes" });
  await fold.click();
  await fold.waitFor({ state: "detached" });
  await page.locator(".map button", { hasText: "fold again" }).click();
  await fold.waitFor();
});

for (const look of [{ width: 1280 }, { width: 390, colorScheme: "dark" }] as const) {
  browserTest(`axe finds nothing in map and comparison at ${look.width} px`, {
    ...look,
    report: cluster(),
  }, async ({ page }) => {
    await page.locator(".row").first().waitFor();
    await page.keyboard.press("c");
    await page.keyboard.press("m");
    await page.locator(".map-badge").first().waitFor();
    equal(await violations(page), "");
    const wide = () =>
      page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth
      );
    equal(await wide(), 0);
    await page.locator(".map-badge[aria-label^=dropped]").click();
    await page.locator(".comparison").waitFor();
    equal(await violations(page), "");
    equal(await wide(), 0);
  });
}

browserTest("hostile names stay inside their boxes of the map", { report: hostile() }, async ({
  page,
}) => {
  await page.locator(".row").first().waitFor();
  await page.keyboard.press("m");
  await page.locator(".map-badge").first().waitFor();
  const outside = await page.locator(".map-place > *, .node-name").evaluateAll((all) =>
    all.filter((one) => {
      const own = one.getBoundingClientRect();
      const box = one.closest(".map-place, .drawn")!.getBoundingClientRect();
      return own.left < box.left || own.right > box.right + 1 || own.bottom > box.bottom + 1;
    }).map((one) => one.textContent)
  );
  equal(outside.join(), "");
});
