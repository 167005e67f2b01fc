/// <reference lib="dom" />
/** Hostile names on the page, on their whole way: batches, store, analysis, live stream, drawing. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { HOSTILE, withTextEverywhere } from "../../test/contract/hostile_text.ts";
import { body, dropLine, headerOf, hopLine } from "../../test/contract/lines.ts";
import { BatchHeader } from "../event/batch.ts";
import { decodeLine, eventToJson } from "../event/codec.ts";
import type { Event } from "../event/event.ts";
import { NetnsState } from "../event/state.ts";
import { createClient, type IngestClient, startIngest } from "../ingest/mod.ts";
import { bundleWeb } from "./bundle.ts";
import { inChromium, openPage } from "./fixture/browser.ts";

/** A device's name has 15 bytes in the kernel, a reason and a function have more room. */
const DEVICES = ["<b onclick=x>", "eth0\u202egnp", "\u0007\u001b[2J"];

function decoded(line: string): Event {
  const read = decodeLine(line);
  if (read.type !== "event") throw new Error("Not an event");
  return read.event;
}

/** A node whose every name is the given text, and a packet that died there. */
function nodeOf(text: string, n: number): string {
  const names = { node: text, kernel: text, bpftrace: text.slice(0, 64), filter: text };
  const scripts = [{ name: text.slice(0, 40), state: "unavailable" as const, why: text }];
  const netns = [{ inode: 1, name: text }];
  const device = DEVICES[n % DEVICES.length]!;
  const events = [1_000_000, 2_000_000].flatMap((timeNs) => {
    const hop = decoded(hopLine(timeNs + n, n));
    const drop = decoded(dropLine(timeNs + n + 500, n));
    const reason = { reason: text.slice(0, 64), reasonNumber: 2, function: text.slice(0, 128) };
    return [eventToJson({ ...hop, device }), eventToJson({ ...drop, device, ...reason })];
  });
  const header = headerOf({ ...names, scripts, netns, incident: "i1", probe: `p${n}` });
  return body({ ...header, attachedNs: "1", untilNs: "9000000" }, ...events);
}

async function fill(client: IngestClient): Promise<void> {
  for (const [n, text] of HOSTILE.entries()) {
    equal((await client.postBatch("i1", nodeOf(text, n))).refusedTotal, 0, text);
    const headers = withTextEverywhere(BatchHeader, text).map((header, i) =>
      JSON.stringify({ ...header, incident: "i1", sequence: 100 + i })
    );
    await client.postBatch("i1", headers.map((line) => `${line}\n${hopLine(n + 1, n)}\n`).join(""));
    const states = withTextEverywhere(NetnsState, text).map((state) => JSON.stringify(state));
    const sent = { incident: "i1", node: text, probe: `p${n}`, sequence: 1 };
    ok((await client.postBatch("i1", body(sent, ...states))).states > 20);
  }
}

Deno.test({
  ...inChromium("hostile names reach the page through a real ingest and analysis, and stay text"),
  async fn() {
    const ingest = await startIngest({
      listen: { hostname: "127.0.0.1", port: 0 },
      allowLoopbackWithoutToken: true,
      webAssets: await bundleWeb(),
      log: () => {},
    });
    const client = createClient({ url: ingest.url });
    for (const [n, text] of HOSTILE.entries()) {
      await client.createIncident({ id: `other-${n}`, title: text });
    }
    await client.createIncident({ id: "i1", title: HOSTILE.join(" ").slice(0, 200) });
    await fill(client);
    const { page, faults, close } = await openPage(ingest.url);
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      dialog.dismiss();
    });
    const stays = async (where: string) => {
      equal(await page.locator("img, iframe, script:not([src]), [onerror], [onclick]").count(), 0);
      equal(await page.locator("a[href^='javascript:' i]").count(), 0, where);
      ok(!(await page.title()).includes("owned"), where);
      deepEqual([faults, dialogs], [[], []], where);
    };
    try {
      await page.locator(`a[href="/incidents/other-0"]`).waitFor();
      await stays("list of incidents");
      await page.goto(`${ingest.url}/incidents/i1`);
      await page.locator(".verdict h2").waitFor();
      await stays("the worst flow");
      const { flows } = await client.report("i1");
      ok(flows.length >= HOSTILE.length, `${flows.length} flows`);
      await page.focus("#flows");
      for (let i = 1; i < flows.length; i++) {
        await page.keyboard.press("j");
        await page.evaluate(() => {
          for (const folded of document.querySelectorAll("details")) folded.open = true;
          for (const more of document.querySelectorAll<HTMLElement>(".more")) more.click();
        });
        await stays(`flow ${i}`);
      }
      ok((await page.locator("body").innerText()).includes("<img src=x"), "as text");
      // Only rows in sight are there.
      await page.setViewportSize({ width: 1280, height: 4000 });
      // While it is open: a change comes by the stream.
      await client.postBatch("i1", nodeOf(HOSTILE[0]!, 200));
      await page.locator(".row", { hasText: "10.0.0.200" }).waitFor();
      await stays("a change");
    } finally {
      await close();
      await ingest.stop();
    }
  },
});
