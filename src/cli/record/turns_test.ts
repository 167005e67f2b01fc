/** Days of a recorder in its embedded ingest: two incidents, and the last one whole. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { dropLine, headerOf } from "../../../test/contract/lines.ts";
import { openLocalIngest } from "../capture/local_ingest.ts";
import { Turns } from "./turns.ts";
import { RecordWindow } from "./window.ts";

Deno.test("after many turns two incidents are left, and the last lacks nothing", async () => {
  const ingest = await openLocalIngest(null, () => Promise.resolve(new Map()));
  try {
    const { client } = ingest;
    let nowMs = 0;
    let count = 0;
    const window = new RecordWindow({ keepMs: 600_000, charsMax: 1e7 });
    const turns = new Turns({
      client,
      window,
      filter: "",
      name: () => `record-${++count}`,
      nowMs: () => nowMs,
    });
    await turns.turn();
    for (let n = 0; n < 6_000; n++) {
      nowMs = n * 1_000;
      const untilNs = String((n + 1) * 1e9);
      const header = headerOf({
        sequence: n,
        untilNs,
        totals: { events: n + 1, lost: 0, refused: 0, evicted: 0 },
        clock: { monotonicNs: untilNs, wallMs: 1_800_000_000_000 + nowMs },
      });
      const batch = { header, lines: [dropLine(n * 1e9 + 5)] };
      window.push(batch, nowMs);
      turns.push(batch);
      if (n % 600 === 599) await turns.turn();
    }
    await turns.drain();
    const names = (await client.listIncidents()).map(({ id }) => id).sort();
    equal(names, ["record-10", "record-11"]);
    const { nodes: [node] } = await client.report(turns.incident);
    // What the last 30 s of the time before were, since the last turn came after the last batch.
    ok(node!.events >= 30 && node!.events <= 32, String(node!.events));
    equal(node!.gaps, undefined);
    const { nodes: [before] } = await client.report("record-10");
    ok(before!.events >= 630 && before!.events <= 632, String(before!.events));
  } finally {
    await ingest.stop();
  }
});
