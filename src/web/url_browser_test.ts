/// <reference lib="dom" />
/** What a reader chose is in the address: Back, links and further tabs. */
import { deepEqual, equal, match } from "node:assert/strict";
import { inChromium, openPage } from "./fixture/browser.ts";
import { problems } from "./fixture/problems.ts";
import { type FakeIngest, fakeIngest } from "./fixture/server.ts";

function addressTest(
  name: string,
  play: (stage: Awaited<ReturnType<typeof openPage>> & { ingest: FakeIngest }) => Promise<void>,
  { token, hash = "", width = 1280 }: { token?: string; hash?: string; width?: number } = {},
) {
  Deno.test({
    ...inChromium(name),
    async fn() {
      const ingest = await fakeIngest({ token });
      ingest.say("hello", { incident: "i1", cursor: "0" });
      ingest.say("report", problems());
      const watched = await openPage(`${ingest.url}/incidents/i1${hash}`, { width });
      try {
        await play({ ...watched, ingest });
        deepEqual(watched.faults.filter((fault) => !fault.includes("401")), []);
      } finally {
        await watched.close();
        await ingest.close();
      }
    },
  });
}

addressTest("Back undoes the choice of a problem and of a flow, and moves by key at once", async ({
  page,
}) => {
  const count = (text: RegExp) => page.locator(".count", { hasText: text }).waitFor();
  const hash = () => new URL(page.url()).hash;
  await count(/^6 flows/);
  await page.locator(".card").first().click();
  await count(/^3 of 6/);
  equal(hash(), "#problem=p-nft&flow=nft-40002");
  await page.locator("#flows").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("End");
  await page.waitForFunction(() => location.hash.includes("nft-40003"));
  await page.goBack();
  await page.waitForFunction(() => location.hash.includes("nft-40002"));
  await count(/^3 of 6/);
  await page.goBack();
  await count(/^6 flows/);
  equal(hash(), "");
  await page.goForward();
  await count(/^3 of 6/);
});

addressTest(
  "a link chooses problem, flow and filter; what is typed is no step of Back",
  async ({ page }) => {
    await page.locator(".count", { hasText: /^1 of 6/ }).waitFor();
    match(await page.locator(".row[aria-selected=true] .ends").innerText(), /:40003 /);
    const length = await page.evaluate(() => history.length);
    await page.fill("#filter", "");
    await page.locator(".count", { hasText: /^3 of 6/ }).waitFor();
    await page.waitForFunction(() => !location.hash.includes("filter"));
    equal(await page.evaluate(() => history.length), length);
  },
  { hash: "#flow=nft-40003&problem=p-nft&filter=port+40003" },
);

addressTest(
  "on a narrow page a link to a flow shows it, and leads to the list",
  async ({ page }) => {
    await page.locator(".verdict").waitFor();
    await page.locator(".back").click();
    await page.locator(".row").first().waitFor();
  },
  { hash: "#flow=closed", width: 390 },
);

addressTest("the link to what is shown opens in a new tab that asks for no token", async ({
  page,
  context,
  ingest,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.fill("input[name=token]", "s3cret");
  await page.keyboard.press("Enter");
  await page.locator(".row").first().waitFor();
  await page.locator(".card").nth(1).click();
  await page.keyboard.press("l");
  await page.locator(".copy-link", { hasText: "copied" }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  equal(link, `${ingest.url}/incidents/i1#problem=p-closed&flow=closed`);
  const second = await context.newPage();
  await second.goto(link);
  await second.locator(".count", { hasText: /^1 of 6/ }).waitFor();
  equal(second.url(), link);
  equal(await second.evaluate(() => localStorage.length + document.cookie.length), 0);
  // Whose tabs are all closed has to give the token again.
  await page.close();
  await second.evaluate(() => sessionStorage.clear());
  await second.reload();
  await second.locator("input[name=token]").waitFor();
}, { token: "s3cret" });
