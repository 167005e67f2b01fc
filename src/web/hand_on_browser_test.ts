/** Handing an incident on from the page. */
import { deepEqual, equal } from "node:assert/strict";
import { FORM_TEXTS } from "../words/forms.ts";
import { problems } from "./fixture/problems.ts";
import { exportOf } from "./fixture/server.ts";
import { browserTest } from "./fixture/stage.ts";

browserTest(
  "e opens the exports, and each is a file with the incident's name",
  { report: problems(), token: "secret", path: "/incidents/i1#token=secret" },
  async ({ page, ingest, watched }) => {
    await page.locator(".problems .card").first().waitFor();
    await page.keyboard.press("e");
    const dialog = page.locator("dialog[open]");
    await dialog.waitFor();
    const buttons = dialog.locator("li button");
    equal(await buttons.count(), FORM_TEXTS.length);
    for (const [i, { format, file }] of FORM_TEXTS.entries()) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        buttons.nth(i).click(),
      ]);
      equal(download.suggestedFilename(), `i1.${file}`);
      equal(await Deno.readTextFile(await download.path()), exportOf(format));
    }
    // What can't be had is said, and the page goes on.
    ingest.refuse(503);
    await buttons.first().click();
    await dialog.getByText("i1.md: restarting").waitFor();
    ingest.refuse(0);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    deepEqual(watched.faults.filter((fault) => !fault.includes("503")), []);
    watched.faults.length = 0;
  },
);

browserTest(
  "the button beside the link opens the exports, too, and e in the filter is a letter",
  { report: problems() },
  async ({ page }) => {
    await page.locator("header").getByText("export", { exact: true }).click();
    await page.locator("dialog[open]").waitFor();
    await page.keyboard.press("e");
    await page.locator("dialog[open]").waitFor({ state: "hidden" });
    await page.locator("#filter").fill("");
    await page.locator("#filter").press("e");
    equal(await page.locator("#filter").inputValue(), "e");
    equal(await page.locator("dialog[open]").count(), 0);
  },
);

browserTest(
  "of a trace that has ended, it is said how its archive is handed on",
  { report: problems() },
  async ({ page, ingest, watched }) => {
    await page.locator(".problems .card").first().waitFor();
    ingest.say("end", { reason: "closed", archive: "/var/x y.gz" });
    await page.locator(".ended-line").waitFor();
    await page.context().setOffline(true);
    await page.keyboard.press("e");
    const dialog = page.locator("dialog[open]");
    await dialog.locator("li button", { hasText: "html" }).click();
    const hint = "can't be reached; lasthop replay --format html '/var/x y.gz'";
    await dialog.getByText(hint).waitFor();
    deepEqual(watched.faults.filter((fault) => !fault.includes("ERR_INTERNET_DISCONNECTED")), []);
    watched.faults.length = 0;
  },
);
