/** What a hub looks at where nothing is wrong: so many flows that what it looks at of each shows. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { analyse, type Batch } from "../../src/analysis/mod.ts";
import type { Event } from "../../src/event/event.ts";
import { pingBatches } from "../bench/traffic.ts";
import { analyseSharded } from "./analyse_sharded.ts";

Deno.test("[D3] of a healthy incident the hub looks at a few packets of each flow", () => {
  const batches = pingBatches(10_000).map(asQueries);
  const input = { incident: "x", batches, filter: "", closed: true, evicted: 0 };
  const { report, sent } = analyseSharded(input, 4);
  equal(report, analyse(input));
  equal(new Set(report.flows.map(({ outcome }) => outcome)), new Set(["delivered"]));
  ok(sent < report.accounting.events / 15, `${sent} of ${report.accounting.events} events`);
});

/** Datagrams, which owe no answer, in place of echo requests. */
function asQueries(batch: Batch): Batch {
  const events = batch.events.map((event): Event => {
    const { icmpType: _type, icmpCode: _code, icmpId, icmpSequence: _sequence, ...rest } = event;
    const ports = { sourcePort: 40_000 + icmpId!, destinationPort: 53 };
    const taken = event.function === "icmp_rcv" ? { kind: "deliver" as const } : {};
    return { ...rest, ...ports, ...taken, protocol: 17 };
  });
  return { ...batch, events };
}
