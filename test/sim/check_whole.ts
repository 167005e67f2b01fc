/** Checks on the report as a whole: accounting, gaps, and nothing left open. */
import type { AnalysisInput } from "../../src/analysis/mod.ts";
import type { Report } from "../../src/event/report.ts";
import type { Violation } from "./match.ts";

/** Every event is somewhere, and every loss is told. */
export function checkAccounting(input: AnalysisInput, report: Report): Violation[] {
  const found: Violation[] = [];
  const { accounting } = report;
  const expect = (name: string, told: number, truth: number) => {
    if (told !== truth) {
      found.push({ check: "accounting", text: `${name} ${told}, must be ${truth}` });
    }
  };
  const batches = new Map(input.batches.map((b) => [`${b.header.probe} ${b.header.sequence}`, b]));
  const events = new Set<string>();
  const totals = new Map<string, { sequence: number; lost: number; refused: number }>();
  let refused = 0;
  for (const { header, events: list, refused: lines } of batches.values()) {
    for (const e of list) events.add(`${header.node} ${e.kind} ${e.timeNs} ${e.cpu} ${e.skb}`);
    refused += lines;
    const last = totals.get(header.probe);
    if (!last || last.sequence <= header.sequence) {
      const { lost, refused, evicted } = header.totals;
      totals.set(header.probe, { sequence: header.sequence, lost: lost + evicted, refused });
    }
  }
  const { inPackets, evidence, unclaimed } = accounting;
  expect("events", accounting.events, events.size);
  expect("events by use", inPackets + evidence + unclaimed, accounting.events);
  const sum = (of: "lost" | "refused") => [...totals.values()].reduce((n, t) => n + t[of], 0);
  expect("refused", accounting.refused, refused + sum("refused"));
  expect("evicted", accounting.evicted, input.evicted);
  expect("lost", report.nodes.reduce((n, node) => n + node.lost, 0), sum("lost"));
  expect("events of nodes", report.nodes.reduce((n, node) => n + node.events, 0), events.size);
  const asides = report.nodes.reduce((n, node) => n + (node.evidence ?? 0), 0);
  expect("events of nodes that belong to no packet", asides, evidence);
  return found;
}

/** `unknown` names its gap; a closed incident leaves nothing open; counts add up. */
export function checkGaps(input: AnalysisInput, report: Report): Violation[] {
  const found: Violation[] = [];
  for (const { id, outcome, gap, packets, lastHop, path } of report.flows) {
    const say = (text: string) => found.push({ check: "gaps", text: `${id}: ${text}` });
    if (outcome === "unknown" && !gap) say("unknown without a gap");
    if (input.closed && (outcome === "in-flight" || packets.inFlight > 0)) say("still in flight");
    const { seen, delivered, dropped, vanished, unknown, inFlight } = packets;
    if (seen !== delivered + dropped + vanished + unknown + inFlight) say("counts do not add up");
    if (JSON.stringify(path.at(-1)) !== JSON.stringify(lastHop)) say("path ends elsewhere");
  }
  return found;
}
