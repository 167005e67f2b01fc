/** Which true flow a flow of the report is about. */
import type { Flow, Report } from "../../src/event/report.ts";
import type { Scenario } from "./scenario.ts";
import type { TrueFlow } from "./truth.ts";

export interface Violation {
  check: string;
  text: string;
}

export interface Pair {
  truth: TrueFlow;
  told: Flow[];
  /** Packets that its own kernel refused, with those of other echoes that lookups can't tell from it. */
  unsent: number;
  /** Nodes with a probe of which something has come; the others are to the report as without one. */
  heard: ReadonlySet<string>;
}

/** Protocols as a report names them. */
export const NAMES: Record<number, string> = { 1: "icmp", 6: "tcp", 17: "udp", 58: "icmp6" };

/** Every true flow with what the report says of it, and flows that nobody sent. */
export function pairs(scenario: Scenario, report: Report): { pairs: Pair[]; strangers: Flow[] } {
  const byKey = new Map<string, Pair>();
  const result: Pair[] = [];
  const heard = new Set(report.nodes.map((node) => node.name));
  for (const truth of scenario.flows) {
    const pair: Pair = { truth, told: [], unsent: truth.unsent, heard };
    const sharing = new Set<Pair>();
    result.push(pair);
    for (const { protocol, source, sourcePort, destination, destinationPort } of truth.forms) {
      const ports = truth.icmpId === undefined ? `${sourcePort} ${destinationPort}` : truth.icmpId;
      byKey.set(`${NAMES[protocol]} ${source} ${destination} ${ports}`, pair);
      // A lookup does not know the id of an echo, a later fragment no ports; what was not sent from several
      // ports is one flow of none.
      const isEcho = truth.icmpId !== undefined;
      const ends = `${NAMES[protocol]} ${source} ${destination} undefined`;
      const bare = [
        ...(truth.cut || (truth.unsent > 0 && isEcho) ? [`${ends} undefined`] : []),
        ...(truth.unsent > 0 && !isEcho ? [`${ends} ${destinationPort}`] : []),
      ];
      for (const key of bare) {
        const first = byKey.get(key);
        if (first && first !== pair) sharing.add(first);
        else byKey.set(key, pair);
      }
    }
    for (const first of sharing) first.unsent += truth.unsent;
  }
  const strangers: Flow[] = [];
  for (const flow of report.flows) {
    const ports = flow.icmpId ?? `${flow.sourcePort} ${flow.destinationPort}`;
    const pair = byKey.get(`${flow.protocol} ${flow.source} ${flow.destination} ${ports}`);
    if (pair) pair.told.push(flow);
    else strangers.push(flow);
  }
  return { pairs: result, strangers };
}

/** No packet: a lookup that failed. */
export const isUnsent = ({ cause }: Flow) => cause?.rule === "R60";

export const nameOf = ({ sent, icmpId }: TrueFlow) =>
  `${NAMES[sent.protocol]} ${sent.source}:${
    icmpId ?? sent.sourcePort
  }>${sent.destination}:${sent.destinationPort}`;
