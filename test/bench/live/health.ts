/**
 * Asks /healthz each 20 ms, in a thread of its own: who makes the load would measure its own delays.
 * Told a URL it begins, told null it tells the times in milliseconds.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parentPort } from "node:worker_threads";

const EVERY_MS = 20;
const timesMs: number[] = [];
let isOver = false;

parentPort!.on("message", async (url: string | null) => {
  if (url === null) {
    isOver = true;
    return;
  }
  while (!isOver) {
    const from = performance.now();
    await (await fetch(`${url}/healthz`)).text();
    timesMs.push(performance.now() - from);
    await pause(EVERY_MS);
  }
  parentPort!.postMessage(timesMs);
});
