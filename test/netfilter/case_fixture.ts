/** For tests: a case as the analysis makes it, out of a packet's events and two snapshots. */
import type { Event } from "../../src/event/event.ts";
import type { NetnsState } from "../../src/event/state.ts";
import { chainsOf, claimOf } from "../../src/analysis/correlate/chains.ts";
import type { Batch } from "../../src/analysis/view/input.ts";
import { judge } from "../../src/analysis/verdict/judge.ts";
import { packetsOf } from "../../src/analysis/correlate/packets.ts";
import { type Case, caseOf } from "../../src/analysis/rules/case.ts";
import { timelines } from "../../src/analysis/view/timelines.ts";
import { Asides } from "../../src/analysis/view/evidence.ts";

export interface CaseParts {
  /** In their order; times are given here. */
  events: readonly Event[];
  before?: NetnsState;
  after?: NetnsState;
  kernel?: string;
  filter?: string;
  /** Of the packet that ends in this buffer; absent: the first one that was dropped. */
  skb?: string;
}

const SECOND = 1_000_000_000n;

/** Snapshots are read at 0 s and 6 s, the packet passes at 5 s. */
export function caseFor(parts: CaseParts): Case {
  const states = [
    ...(parts.before ? [{ ...parts.before, timeNs: "0" }] : []),
    ...(parts.after ? [{ ...parts.after, timeNs: String(6n * SECOND) }] : []),
  ];
  const events = parts.events.map((event, i) => ({
    ...event,
    timeNs: 5n * SECOND + BigInt(i) * 1000n,
  }));
  const batch: Batch = { header: headerOf(parts), events, states, refused: 0 };
  const nodes = timelines([batch]);
  const world = { nodes, network: nodes, closed: true };
  const evidence = new Asides();
  evidence.add(nodes[0]!.events.filter((event) => claimOf(event) === "evidence"));
  const alike = [...Map.groupBy(chainsOf(nodes[0]!), ({ invariants }) => invariants).values()];
  const packets = alike.flatMap(packetsOf).map((packet) => judge(packet, world));
  const dropped =
    packets.find(({ outcome, end }) =>
      parts.skb === undefined ? outcome === "dropped" : end.step.event.skb === parts.skb
    ) ?? packets[0]!;
  return caseOf(dropped, world, evidence);
}

function headerOf({ kernel = "6.18.0", filter = "" }: CaseParts): Batch["header"] {
  return {
    kind: "batch",
    version: 1,
    incident: "test",
    node: "n1",
    probe: "p",
    sequence: 0,
    kernel,
    bpftrace: "0.17.0",
    netns: [],
    allNetns: true,
    filter,
    scripts: ["device_rx", "device_tx", "drop"].map((name) => ({ name, state: "attached" })),
    attachedNs: "0",
    untilNs: String(10n * SECOND),
    totals: { events: 0, lost: 0, refused: 0, evicted: 0 },
    clock: { monotonicNs: "0", wallMs: 0 },
    final: true,
  };
}
