/// <reference lib="dom" />
/**
 * The page with 20,000 flows in a real Chromium while 50 changes a second come. `deno task bench:page`.
 * Times are told as ratios to those of the same page while nothing comes, because a machine that is
 * busy with something else has slow frames, too.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { CDPSession, Page } from "playwright-core";
import { openPage } from "../../src/web/fixture/browser.ts";
import { fakeIngest } from "../../src/web/fixture/server.ts";
import { BusyIncident } from "./page/busy_incident.ts";
import { type HubCost, hubCost } from "./page/hub.ts";

const SECONDS = 10;
const CHANGES_PER_SECOND = 50;

/** What one stretch of time cost. */
interface Stretch {
  /** Between two frames, ms. */
  p50: number;
  p99: number;
  /** Longest task of the page's thread, ms, and how many took more than 50 ms. */
  longest: number;
  longTasks: number;
  /** Work of the page's thread, ms in each second. */
  busyMs: number;
  heapMiB: number;
  elements: number;
}

interface Recorder {
  frames: number[];
  tasks: number[];
  stop: boolean;
}

async function measure(page: Page, cdp: CDPSession, play: () => Promise<void>): Promise<Stretch> {
  const metrics = async () => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    return new Map(metrics.map(({ name, value }) => [name, value]));
  };
  await cdp.send("HeapProfiler.collectGarbage");
  await page.evaluate(() => {
    const recorder: Recorder = { frames: [], tasks: [], stop: false };
    (globalThis as unknown as { recorder: Recorder }).recorder = recorder;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) recorder.tasks.push(duration);
    }).observe({ entryTypes: ["longtask"] });
    const frame = (at: number) => {
      recorder.frames.push(at);
      if (!recorder.stop) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const before = await metrics();
  const from = performance.now();
  await play();
  const seconds = (performance.now() - from) / 1000;
  const after = await metrics();
  const { frames, tasks } = await page.evaluate(() => {
    const { recorder } = globalThis as unknown as { recorder: Recorder };
    recorder.stop = true;
    return recorder;
  });
  await cdp.send("HeapProfiler.collectGarbage");
  const heap = (await metrics()).get("JSHeapUsedSize")!;
  const gaps = frames.slice(1).map((at, i) => at - frames[i]!).sort((a, b) => a - b);
  const at = (share: number) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))]!;
  return {
    p50: at(0.5),
    p99: at(0.99),
    longest: Math.max(0, ...tasks),
    longTasks: tasks.length,
    busyMs: (after.get("TaskDuration")! - before.get("TaskDuration")!) * 1000 / seconds,
    heapMiB: heap / 2 ** 20,
    elements: await page.evaluate(() => document.querySelectorAll("*").length),
  };
}

function tell(name: string, idle: Stretch, busy: Stretch): void {
  const ratio = (a: number, b: number) => (a / b).toFixed(2);
  const ms = (value: number) => value.toFixed(1);
  console.log(
    `${name}: frames p50 ${ms(busy.p50)} ms (${ratio(busy.p50, idle.p50)} of idle), ` +
      `p99 ${ms(busy.p99)} ms (${ratio(busy.p99, idle.p99)} of idle); ` +
      `${busy.longTasks} long tasks, longest ${ms(busy.longest)} ms; ` +
      `busy ${ms(busy.busyMs)} ms of each second (idle ${ms(idle.busyMs)}); ` +
      `heap ${ms(busy.heapMiB)} MiB; ${busy.elements} elements`,
  );
}

async function run(flows: number): Promise<void> {
  const incident = new BusyIncident({ flows, ...AROUND });
  const ingest = await fakeIngest();
  const { page, faults, close } = await openPage(`${ingest.url}/incidents/i1`);
  try {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Performance.enable");
    const opened = performance.now();
    ingest.say("hello", { incident: "i1", cursor: "0" });
    ingest.say("report", incident.report());
    await page.locator(".row").first().waitFor();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    const shot = Deno.env.get("SHOT");
    if (shot) await page.screenshot({ path: shot });
    console.log(`\n${flows} flows: shown after ${(performance.now() - opened).toFixed(0)} ms`);
    let changes = 0;
    const changing = async () => {
      const from = performance.now();
      const end = changes + SECONDS * CHANGES_PER_SECOND;
      for (let i = 0; changes < end; i++) {
        for (const [event, data] of incident.change(changes)) ingest.say(event, data);
        changes += 1;
        await pause(Math.max(0, from + (i + 1) * 1000 / CHANGES_PER_SECOND - performance.now()));
      }
      const last = `${incident.connections.reduce((sum, { flows }) => sum + flows.length, 0)}`;
      await page.waitForFunction(
        (last) =>
          document.querySelector(".count")!.textContent!.replaceAll("\u202f", "")
            .includes(`${last} flow`),
        last,
        { timeout: 120_000 },
      );
    };
    const idle = await measure(page, cdp, () => pause(3_000));
    tell("list folded", idle, await measure(page, cdp, changing));
    await page.focus("#flows");
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.locator(".row.in-fold").first().waitFor();
    await page.locator("#flows").evaluate((list) => list.scrollTop = list.scrollHeight / 2);
    const open = await measure(page, cdp, () => pause(3_000));
    tell("list unfolded", open, await measure(page, cdp, changing));
    const scrolling = async (play: () => Promise<void>) => {
      await page.locator("#flows").evaluate((list) => {
        const step = () => {
          list.scrollTop = list.scrollTop > list.scrollHeight * 0.9 ? 0 : list.scrollTop + 60;
          if (!(globalThis as unknown as { recorder: Recorder }).recorder.stop) {
            requestAnimationFrame(step);
          }
        };
        requestAnimationFrame(step);
      });
      await play();
    };
    const rolled = await measure(page, cdp, () => scrolling(() => pause(3_000)));
    tell("scrolling", rolled, await measure(page, cdp, () => scrolling(changing)));
    // From the first part of the strip to the last but a few: all problems, most flows.
    await page.focus("#time-from");
    await page.keyboard.press("ArrowRight");
    const chosen = await measure(page, cdp, () => pause(3_000));
    tell("a time chosen", chosen, await measure(page, cdp, changing));
    await page.keyboard.press("m");
    await page.locator(".map-place").first().waitFor();
    const mapped = await measure(page, cdp, () => pause(3_000));
    tell("map open", mapped, await measure(page, cdp, changing));
    if (faults.length > 0) throw new Error(faults.join("\n"));
  } finally {
    await close();
    await ingest.close();
  }
}

const SIZES = [2_000, 20_000];
const AROUND = { problems: 60, nodes: 100 };

for (const flows of SIZES) await run(flows);
const costs = SIZES.map((flows) => hubCost({ flows, ...AROUND }));
console.log("\na hub, for one change:");
for (const key of Object.keys(costs[0]!) as (keyof HubCost)[]) {
  const [few, many] = costs.map((cost) => cost[key]) as [number, number];
  const [a, b] = [few, many].map((value) => value.toFixed(key.endsWith("Ms") ? 3 : 0));
  console.log(`  ${key}: ${a} of 2,000 flows, ${b} of 20,000: ${(many / few).toFixed(2)} times`);
}
