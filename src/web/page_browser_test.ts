/// <reference lib="dom" />
/** The page in a real Chromium, fed by a scripted ingest. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Report } from "../event/report.ts";
import { EVIL, hostile, longPath, manyFlows } from "./fixture/extremes.ts";
import { crowd } from "./fixture/crowd.ts";
import { i1, i1Repaired, i2, i2Repaired } from "./fixture/incident_1_2.ts";
import { i3, i3Repaired, i4, i4Repaired } from "./fixture/incident_3_4.ts";
import { problems } from "./fixture/problems.ts";
import { browserTest } from "./fixture/stage.ts";

const verdict = (page: Page, text: string | RegExp) =>
  page.locator(".verdict h2", { hasText: text }).waitFor();
const textOf = (page: Page, selector: string) => page.locator(selector).first().innerText();

const BROKEN: [string, Report, RegExp, string][] = [
  ["I1", i1(), /Dropped at vxlan0 in podns on podvm/, "destination-mac-mismatch"],
  ["I2", i2(), /Last seen at enp1s0 in host on compute-1/, "left-observed-network"],
  ["I3", i3(), /Vanished after eth0 in host on node-a/, "tunnel-endpoint-unreachable"],
  ["I4", i4(), /Dropped at ucni88bdbf34ff6 in host on node-51/, "ip-forwarding-disabled"],
];

for (const [name, report, words, code] of BROKEN) {
  browserTest(
    `${name}: verdict, cause, evidence, remedy and drawing`,
    { report },
    async ({ page }) => {
      await verdict(page, words);
      const { cause, path } = report.flows[0]!;
      equal(await textOf(page, ".confidence code"), code);
      equal(await textOf(page, ".verdict .sentence"), cause!.sentence);
      equal(await page.locator(".evidence li").count(), cause!.evidence.length);
      equal(await page.locator(".command").count(), cause!.remedy?.length ?? 0);
      equal(await page.locator(".hops .hop").count(), path.length);
      match((await page.locator("svg.path").getAttribute("aria-label"))!, words);
      const smallest = await page.locator("svg.path text").evaluateAll((texts) =>
        Math.min(...texts.map((text) => parseFloat(getComputedStyle(text).fontSize)))
      );
      ok(smallest >= 12, `${smallest}px`);
    },
  );
}

const REPAIRED = { I1: i1Repaired(), I2: i2Repaired(), I3: i3Repaired(), I4: i4Repaired() };

for (const [name, report] of Object.entries(REPAIRED)) {
  browserTest(`${name} repaired: delivered, no cause, no ghost`, { report }, async ({ page }) => {
    await verdict(page, "Delivered to");
    equal(await page.locator(".row .word", { hasText: "delivered" }).count(), report.flows.length);
    equal(await page.locator(".confidence, .mark.ghost, .mark.dropped").count(), 0);
    const tunnels = report.flows[0]!.path.some(({ encap }) => encap) ? 1 : 0;
    equal(await page.locator("svg.path").first().locator(".tube").count(), tunnels);
  });
}

browserTest("the verdict changes as packets move, and is announced", { report: i1() }, async ({
  page,
  ingest,
}) => {
  await verdict(page, "Dropped at");
  const [flow, reply] = i1Repaired().flows;
  ingest.say("flow", { flow });
  ingest.say("flow", { flow: reply });
  await verdict(page, "Delivered to");
  const told = page.locator("[aria-live=polite].unseen", { hasText: "was dropped" });
  await told.waitFor({ state: "attached" });
  ingest.say("flow-gone", { id: reply!.id });
  await page.locator(".count", { hasText: /^1 flow,/ }).waitFor();
});

browserTest("lost events stand next to the verdict", { report: i3(23) }, async ({ page }) => {
  await page.locator(".coverage.gaps", { hasText: "node-a lost 23 of 1" }).waitFor();
  match(await textOf(page, ".nodes"), /23 lost/);
});

browserTest(
  "a disconnection is said plainly, and resumed from the cursor",
  { report: i1() },
  async ({
    page,
    ingest,
    watched,
  }) => {
    await page.locator(".state.live").waitFor();
    ingest.refuse(503);
    ingest.cut();
    await page.locator(".state.disconnected", { hasText: /disconnected.*last update/s }).waitFor();
    await verdict(page, "Dropped at");
    ingest.refuse(0);
    ingest.say("flow", { flow: i1Repaired().flows[0] });
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await verdict(page, "Delivered to");
    equal(ingest.cursors.at(-1), "2");
    deepEqual(ingest.cursors[0], null);
    // Chromium logs each try that was refused meanwhile, of which a busy machine sees some.
    deepEqual(watched.faults.splice(0).filter((fault) => !fault.includes("503")), []);
  },
);

browserTest(
  "a token is asked for and sent as a header only",
  { report: i1(), token: "s3cret" },
  async ({
    page,
    watched,
  }) => {
    await page.fill("input[name=token]", "s3cret");
    await page.keyboard.press("Enter");
    await verdict(page, "Dropped at");
    ok(!page.url().includes("s3cret"));
    // The refusals themselves: Chromium logs each as an error.
    const refusals = watched.faults.splice(0).filter((fault) => !fault.includes("401"));
    deepEqual(refusals, []);
  },
);

browserTest("one incident is opened at once; several are listed", {
  incidents: ["i1"],
  path: "/",
  report: i1(),
}, async ({
  page,
}) => {
  await verdict(page, "Dropped at");
  match(page.url(), /\/incidents\/i1$/);
});

browserTest("hostile names stay text, and endless ones are clipped", { report: hostile() }, async ({
  page,
}) => {
  await verdict(page, "eth0⟨U+202E⟩gnp.exe⟨U+0007⟩");
  ok((await textOf(page, ".verdict .sentence")).startsWith(EVIL));
  equal(await page.locator("img, script:not([src])").count(), 0);
  ok(!(await page.title()).includes("owned"));
  ok((await page.locator("body").innerText()).length < 20_000);
  await page.locator(".verdict .more").first().click();
  const { length } = await textOf(page, ".verdict .sentence");
  ok(length > 20_000 && length < 50_000);
});

browserTest("1,500 flows: few are in the page, updates keep choice, scroll and focus", {
  report: manyFlows(1_500),
}, async ({ page, ingest }) => {
  await page.locator(".count", { hasText: "flows, worst first" }).waitFor();
  ok(await page.locator(".row").count() < 40);
  await page.focus("#flows");
  for (let i = 0; i < 60; i++) await page.keyboard.press("j");
  const chosen = page.locator(".row[aria-selected=true]");
  await chosen.waitFor();
  const name = await chosen.locator(".ends").innerText();
  const before = (await chosen.boundingBox())!;
  const { flows } = manyFlows(1_500);
  const fresh = { ...flows[0]!, id: "fresh" };
  ingest.say("flow", { flow: fresh });
  ingest.say("summary", { order: ["fresh", ...flows.map(({ id }) => id)] });
  await page.locator(".count", { hasText: "1 501".replace(" ", "\u202f") }).waitFor();
  equal(await chosen.locator(".ends").innerText(), name);
  equal(Math.round((await chosen.boundingBox())!.y), Math.round(before.y));
  equal(await page.evaluate(() => document.activeElement!.id), "flows");
});

browserTest("the whole page by keyboard", { report: i1Repaired() }, async ({ page }) => {
  await verdict(page, "Delivered to vxlan0");
  const focused = () => page.evaluate(() => document.activeElement?.id);
  await page.keyboard.press("j");
  await verdict(page, "Delivered to ovn-k8s-mp0");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "flow");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.id === "flows");
  await page.keyboard.press("ArrowUp");
  await verdict(page, "Delivered to vxlan0");
  await page.keyboard.press("/");
  await page.waitForFunction(() => document.activeElement?.id === "filter");
  await page.keyboard.type("device ovn-k8s-mp0 and node nothing-like-this");
  await page.locator(".rows .nothing").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".row").first().waitFor();
  await page.keyboard.press("Escape");
  equal(await focused(), "flows");
  await page.keyboard.press("?");
  await page.locator("dialog[open]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "hidden" });
});

browserTest("a key right behind / is a letter of the filter, before any frame is drawn", {
  report: longPath(),
}, async ({ page }) => {
  await page.locator(".row").first().waitFor();
  const focused = await page.evaluate(async () => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true }));
    // A browser runs all microtasks before it handles the next key.
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    return document.activeElement?.id;
  });
  equal(focused, "filter");
});

browserTest("a narrow page shows one pane, and Back leads to the list", {
  report: longPath(),
  width: 390,
  height: 844,
  colorScheme: "dark",
}, async ({ page }) => {
  await page.locator(".row").click();
  await verdict(page, "Dropped at eth0 in pod-b");
  const overflow = await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth
  );
  equal(overflow, 0);
  await page.goBack();
  await page.locator(".row").waitFor();
});

browserTest("a command is copied only when asked", { report: i1() }, async ({ page, watched }) => {
  await watched.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator(".command button").click();
  await page.locator(".command button", { hasText: "copied" }).waitFor();
  equal(
    await page.evaluate(() => navigator.clipboard.readText()),
    i1().flows[0]!.cause!.remedy![0],
  );
});

browserTest("problems stand first, and filter the flows", { report: problems() }, async ({
  page,
  ingest,
}) => {
  const head = page.locator(".problems h2");
  await head.waitFor();
  equal(await head.innerText(), "2 problems, 4 of 6 TCP connections");
  const card = page.locator(".card").first();
  match(await card.innerText(), /dropped tcp to 10\.96\.0\.10:80 at eth0 in host on n3/i);
  match(await card.innerText(), /344 TCP connections from 3 clients, 200 got through/);
  await page.locator("summary", { hasText: "1 more" }).waitFor();
  equal(await page.locator(".row").count(), 6);
  await page.keyboard.press("p");
  await page.waitForFunction(() => document.activeElement?.matches(".problems .card"));
  await page.keyboard.press("Enter");
  await page.locator(".count", { hasText: "3 of 6 flows" }).waitFor();
  match(await textOf(page, ".row[aria-selected=true] .ends"), /:40002 /);
  await page.locator(".card.is-active[aria-pressed=true]").waitFor();
  const { problems: healed } = problems("healed");
  ingest.say("summary", { problems: healed });
  await page.locator(".card.is-healed", { hasText: "✓ healed" }).waitFor();
  await page.locator(".chip.only").click();
  await page.locator(".count", { hasText: /^6 flows/ }).waitFor();
});

browserTest(
  "the filter suggests what was seen, says where it is wrong, and is never half applied",
  {
    report: problems(),
  },
  async ({ page }) => {
    const count = (text: RegExp) => page.locator(".count", { hasText: text }).waitFor();
    await count(/^6 flows/);
    await page.keyboard.press("/");
    const offers = page.locator(".suggestions [role=option]");
    await offers.first().waitFor();
    await page.keyboard.type("drop");
    deepEqual(await offers.allInnerTexts(), ["outcome dropped", "cause netfilter-drop"]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await count(/^4 of 6/);
    equal(await page.inputValue("#filter"), "outcome dropped ");
    await page.locator(".chip[aria-pressed=true]", { hasText: "dropped 4" }).waitFor();
    await page.keyboard.type("and prot 8080");
    await page.locator(".filter-error", { hasText: '"prot" is not a keyword' }).waitFor();
    const pre = await textOf(page, ".filter-error pre");
    equal(pre.indexOf("^", pre.indexOf("\n") + 1) - pre.indexOf("\n") - 1, pre.indexOf("prot"));
    await page.locator(".kept", { hasText: "outcome dropped" }).waitFor();
    await count(/^4 of 6/);
    await page.fill("#filter", "not port 443");
    await page.locator(".chip", { hasText: "delivered" }).click();
    equal(await page.inputValue("#filter"), "not port 443 and outcome delivered");
    await count(/^1 of 6/);
    await page.locator(".chip", { hasText: "delivered" }).click();
    equal(await page.inputValue("#filter"), "not port 443");
  },
);

browserTest("on a phone that is low there is room for rows below all problems", {
  report: crowd(),
  width: 390,
  height: 640,
}, async ({ page }) => {
  await page.locator(".card").nth(2).waitFor();
  const row = page.locator(".row").nth(1);
  await row.scrollIntoViewIfNeeded();
  const { y, height } = (await row.boundingBox())!;
  ok(y > 0 && y + height <= 640, `${y}`);
  const rows = (await page.locator(".rows").boundingBox())!;
  ok(rows.height >= 300, `${rows.height} px of rows`);
  await row.click();
  await page.locator(".row.in-fold").first().waitFor();
});
