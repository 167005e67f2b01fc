/**
 * An analysis for contract tests: one flow per pair of addresses, with how many packets were seen
 * and dropped. Like the real one it is pure and gives the same for any order, batching and
 * duplication; unlike it, a test can say by hand what must come out.
 */
import { analyse, type AnalysisInput } from "../../src/analysis/mod.ts";
import type { Event } from "../../src/event/event.ts";
import type { Flow, Hop, Report } from "../../src/event/report.ts";

export const ANALYSES = {
  tally: (input: AnalysisInput) => tally(input),
  "tally-large": (input: AnalysisInput) => tally(input, 60_000),
  real: analyse,
};

/** `pad` characters are added to each flow, to make large reports. */
export function tally(input: AnalysisInput, pad = 0): Report {
  const { incident, batches, evicted, strayLines, evictedStates, closed } = input;
  const events = new Map<string, { event: Event; node: string }>();
  let refused = 0;
  for (const batch of batches) {
    refused += batch.refused;
    const { node } = batch.header;
    for (const event of batch.events) {
      events.set(`${node} ${event.kind} ${event.timeNs} ${event.source}`, { event, node });
    }
  }
  const flows = new Map<string, Flow>();
  for (const key of [...events.keys()].sort()) {
    const { event, node } = events.get(key)!;
    const id = `${event.source}>${event.destination}`;
    const hop: Hop = {
      node,
      netns: String(event.netns),
      device: event.device ?? "",
      ifindex: event.ifindex ?? 0,
      deviceKind: "unknown",
      stage: event.kind === "drop" ? "drop" : "device-rx",
      timeNs: String(event.timeNs),
    };
    const flow: Flow = flows.get(id) ?? {
      id,
      protocol: "icmp",
      source: event.source ?? "",
      destination: event.destination ?? "",
      packets: { seen: 0, delivered: 0, dropped: 0, vanished: 0, unknown: 0, inFlight: 0 },
      outcome: closed ? "delivered" : "in-flight",
      lastHop: hop,
      path: [hop],
      ...(pad > 0 ? { gap: "x".repeat(pad) } : {}),
    };
    flow.packets.seen += 1;
    if (event.kind === "drop") {
      flow.packets.dropped += 1;
      flow.outcome = "dropped";
      flow.lastHop = hop;
    }
    flows.set(id, flow);
  }
  return {
    version: 1,
    incident,
    from: null,
    to: null,
    nodes: [],
    problems: [],
    changes: [],
    exchanges: [],
    flows: [...flows.values()].sort((a, b) =>
      b.packets.dropped - a.packets.dropped || (a.id < b.id ? -1 : 1)
    ),
    accounting: {
      events: events.size,
      inPackets: events.size,
      evidence: 0,
      unclaimed: 0,
      refused,
      evicted,
      ...(strayLines ? { strayLines } : {}),
      ...(evictedStates ? { evictedStates } : {}),
    },
  };
}
