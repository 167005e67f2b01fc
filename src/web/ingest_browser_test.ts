/// <reference lib="dom" />
/** The page on the real ingest, its policy, tokens and live stream; only the analysis is scripted. */
import { deepEqual, equal, match } from "node:assert/strict";
import type { Report } from "../event/report.ts";
import { createClient, type Ingest, startIngest } from "../ingest/mod.ts";
import { bundleWeb } from "./bundle.ts";
import { inChromium, openPage } from "./fixture/browser.ts";
import { i1, i1Repaired } from "./fixture/incident_1_2.ts";

const TOKEN = "root-token-of-this-test-0123456789";

interface Running {
  ingest: Ingest;
  /** What the analysis finds from the next batch on. */
  find(report: Report): Promise<void>;
}

async function start(rootToken?: string): Promise<Running> {
  let found = i1();
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    rootToken,
    allowLoopbackWithoutToken: rootToken === undefined,
    webAssets: await bundleWeb(),
    analyse: ({ incident }) => ({ ...found, incident }),
    log: () => {},
  });
  const client = createClient({ url: ingest.url, token: rootToken });
  await client.createIncident({ id: "i1", filter: "host 10.132.2.46" });
  let sequence = 0;
  return {
    ingest,
    async find(report) {
      found = report;
      await client.postBatch("i1", `${batchLine(sequence++)}\n`);
    },
  };
}

const batchLine = (sequence: number) =>
  JSON.stringify({
    kind: "batch",
    version: 1,
    incident: "i1",
    node: "worker",
    probe: "probe-a",
    sequence,
    kernel: "6.12.0",
    bpftrace: "v0.21.2",
    netns: [],
    allNetns: true,
    filter: "",
    scripts: [{ name: "device.bt", state: "attached" }],
    attachedNs: "1000",
    untilNs: "2000",
    totals: { events: 0, lost: 0, refused: 0, evicted: 0 },
    clock: { monotonicNs: "1000", wallMs: 1_800_000_000_000 },
    final: false,
  });

Deno.test({
  ...inChromium("the page follows a real ingest: verdict, change, close"),
  async fn() {
    const { ingest, find } = await start();
    await find(i1());
    const { page, faults, close } = await openPage(ingest.url);
    try {
      const verdict = (text: string) => page.locator(".verdict h2", { hasText: text }).waitFor();
      await verdict("Dropped at vxlan0 in podns on podvm");
      match(page.url(), /\/incidents\/i1$/);
      equal(await page.locator(".filter-of .mono").innerText(), "host 10.132.2.46");
      await find(i1Repaired());
      await verdict("Delivered to vxlan0 in podns on podvm");
      await createClient({ url: ingest.url }).closeIncident("i1");
      await page.locator(".state.ended", { hasText: "closed" }).waitFor();
      await verdict("Delivered to");
      deepEqual(faults, []);
    } finally {
      await close();
      await ingest.stop();
    }
  },
});

Deno.test({
  ...inChromium("the page ticks off a node that joins, until it reports"),
  async fn() {
    const { ingest, find } = await start(TOKEN);
    const root = createClient({ url: ingest.url, token: TOKEN });
    const { token } = await root.createToken("i1", { role: "join", nodesMax: 1 });
    const { page, faults, close } = await openPage(`${ingest.url}/incidents/i1#token=${TOKEN}`);
    try {
      const node = (text: string) => page.locator(".nodes .node", { hasText: text });
      await node("nodes can join until").waitFor();
      await createClient({ url: ingest.url, token }).join("gamma");
      await node("gamma joined from 127.0.0.1, attaching").waitFor();
      equal(await node("can join until").count(), 0);
      const { nodes, ...rest } = i1();
      await find({ ...rest, nodes: [...nodes, { ...nodes[0]!, name: "gamma" }] });
      await page.locator(".nodes summary", { hasText: "gamma" }).waitFor();
      await node("attaching").waitFor({ state: "detached" });
      deepEqual(faults, []);
    } finally {
      await close();
      await ingest.stop();
    }
  },
});

Deno.test({
  ...inChromium("the page asks for the real ingest's token, and shows the report with it"),
  async fn() {
    const { ingest, find } = await start(TOKEN);
    await find(i1());
    const { page, faults, close } = await openPage(`${ingest.url}/incidents/i1`);
    const urls: string[] = [];
    page.on("request", (request) => urls.push(request.url()));
    try {
      await page.fill("input[name=token]", "wrong");
      await page.keyboard.press("Enter");
      await page.locator(".token [role=alert]").waitFor();
      await page.fill("input[name=token]", TOKEN);
      await page.keyboard.press("Enter");
      await page.locator(".verdict h2", { hasText: "Dropped at" }).waitFor();
      deepEqual(faults.filter((fault) => !fault.includes("401")), []);
      urls.push(page.url());
      equal(urls.some((url) => url.includes("wrong") || url.includes(TOKEN)), false, urls.join());
      // What outlives the tab does not hold it.
      equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0);
    } finally {
      await close();
      await ingest.stop();
    }
  },
});

Deno.test({
  ...inChromium("a page opened by a URL with the token in its fragment keeps it, out of sight"),
  async fn() {
    const { ingest, find } = await start(TOKEN);
    await find(i1());
    const { page, faults, close } = await openPage(`${ingest.url}/incidents/i1#token=${TOKEN}`);
    try {
      await page.locator(".verdict h2", { hasText: "Dropped at" }).waitFor();
      equal(page.url().includes(TOKEN), false, page.url());
      await page.goto(`${ingest.url}/incidents/i1`);
      await page.locator(".verdict h2", { hasText: "Dropped at" }).waitFor();
      deepEqual(faults, []);
    } finally {
      await close();
      await ingest.stop();
    }
  },
});
