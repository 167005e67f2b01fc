import { deepEqual } from "node:assert/strict";
import { systemClock } from "../clock.ts";
import type { Deps } from "../deps.ts";
import { ProblemMetrics } from "./problem_metrics.ts";

/** An ingest with one open incident, whose problems are what `say` said last. */
function ingest() {
  let revision = 0;
  let problems: unknown[] = [];
  const store = {
    listIncidents: () =>
      Promise.resolve([{ id: "i", revision, importing: false, closedMs: null, arrivedMs: 1 }]),
  };
  const hub = { reportJson: () => Promise.resolve(JSON.stringify({ problems })) };
  const metrics = new ProblemMetrics();
  return {
    say(...lost: [cause: string, dropped: number, counted?: number][]) {
      revision++;
      problems = lost.map(([code, dropped, counted]) => ({
        outcome: "dropped",
        cause: { code },
        lastHop: { node: "n" },
        state: "active",
        packets: { dropped, vanished: 0 },
        ...(counted === undefined ? {} : { counted: { lost: counted } }),
      }));
    },
    /** Lost packets by cause. */
    async lost(): Promise<Record<string, number>> {
      const told = await metrics.read({ store, hub, clock: systemClock } as unknown as Deps);
      const { values } = told.find(({ name }) => name === "lost_packets_total")!;
      const pairs = values as [string, number][];
      return Object.fromEntries(
        pairs.map(([labels, count]) => [/cause="([^"]*)"/.exec(labels)![1]!, count]),
      );
    },
  };
}

Deno.test("a packet is counted once, also when its cause is revised", async () => {
  const { say, lost } = ingest();
  say(["unexplained", 5]);
  deepEqual(await lost(), { unexplained: 5 });
  say(["netfilter-drop", 5]);
  deepEqual(await lost(), { unexplained: 5, "netfilter-drop": 0 });
  say(["netfilter-drop", 8], ["no-route", 2]);
  deepEqual(await lost(), { unexplained: 5, "netfilter-drop": 3, "no-route": 2 });
  // What is no longer in the report was lost all the same, and is not counted again when it is back.
  say(["netfilter-drop", 8]);
  say(["netfilter-drop", 8], ["no-route", 2]);
  deepEqual(await lost(), { unexplained: 5, "netfilter-drop": 3, "no-route": 2 });
});

Deno.test("[P1] of what only counters know as many are lost as were by them, and no packet twice", async () => {
  const { say, lost } = ingest();
  // The packets that were told of that flow died of the first.
  say(["receive-buffer-full", 8], ["", 8, 3]);
  deepEqual(await lost(), { "receive-buffer-full": 8, "": 3 });
});
