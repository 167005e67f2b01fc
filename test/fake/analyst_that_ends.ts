/** An analyst's thread that ends itself when it is asked about "ends", or always with "always". */
import { parentPort } from "node:worker_threads";
import { enclosed, type Envelope, opened } from "../../src/ingest/envelope.ts";
import { spelled } from "../../src/ingest/live/spelled.ts";
import { tally } from "../contract/tally.ts";
import type { ToAnalyst } from "../../src/ingest/live/analyst_messages.ts";

let number = 0;
parentPort!.on("message", (envelope: Envelope<ToAnalyst>) => {
  const message = opened(envelope);
  if (message.type !== "report") return;
  const { request, asked } = message;
  if (asked.incident === "throws") setTimeout(() => Promise.reject(new Error("a broken rule")));
  else if (asked.incident === "ends") Deno.exit();
  else {
    number += 1;
    const whole = { ...spelled(tally({ ...asked, batches: [] })), members: ["incident"] };
    const made = { number, change: null, whole };
    parentPort!.postMessage(enclosed({ type: "made", request, made }));
  }
});
