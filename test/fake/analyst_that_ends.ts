/** An analyst's thread that ends itself when it is asked about "ends", or always with "always". */
import { parentPort } from "node:worker_threads";
import type { ToAnalyst } from "../../src/ingest/live/analyst_messages.ts";

let number = 0;
parentPort!.on("message", (message: ToAnalyst) => {
  if (message.type !== "report") return;
  const { request, asked } = message;
  if (asked.incident === "throws") setTimeout(() => Promise.reject(new Error("a broken rule")));
  else if (asked.incident === "ends") Deno.exit();
  else {
    number += 1;
    const json = JSON.stringify(asked);
    parentPort!.postMessage({ type: "made", request, made: { json, number, changes: null } });
  }
});
