/** The report of an incident from everything its probes told. Pure: same input, same report. */
import { OUTCOMES } from "../event/codes.ts";
import { type FilterPacket, matchesAny, parseFilter } from "../event/filter/mod.ts";
import type { Flow, Report, ReportNode } from "../event/report.ts";
import { chainsOf } from "./correlate/chains.ts";
import { clocksOf } from "./report/clock.ts";
import { flowsOf } from "./verdict/flows.ts";
import { judgeFragments } from "./verdict/fragments.ts";
import { flowReport } from "./report/flow_report.ts";
import type { AnalysisInput } from "./view/input.ts";
import { judge } from "./verdict/judge.ts";
import type { World } from "./verdict/judgement.ts";
import { isSeen, packetsOf } from "./correlate/packets.ts";
import { proveByReplies } from "./verdict/replies.ts";
import { absorbPieces } from "./verdict/segments.ts";
import { addGiven } from "./correlate/given.ts";
import { type NodeView, type Sighting, timelines } from "./view/timeline.ts";
import { doubtVanished } from "./verdict/windows.ts";
import { unsentFlows } from "./report/unsent.ts";
import { AllWithheld } from "./verdict/withheld.ts";

export function analyse(input: AnalysisInput): Report {
  const nodes = timelines(input.batches, input.evicted);
  const world: World = { nodes, closed: input.closed };
  const parts = nodes.map(chainsOf);
  const chains = parts.flatMap((part) => part.chains);
  const evidence = parts.flatMap((part) => part.evidence);
  const packets = [...packetsOf(chains), ...addGiven(nodes, input.given ?? [])].filter(isSeen);
  const judgements = packets.map((packet) => judge(packet, world));
  judgeFragments(judgements);
  doubtVanished(judgements, nodes);
  const groups = flowsOf(judgements).filter((group) =>
    isWanted(group.forms.values(), input.filter)
  );
  for (const group of groups) absorbPieces(group);
  for (const group of groups) proveByReplies(group);
  const withheld = new AllWithheld(input);
  const flows = groups.map((group) => flowReport(group, world, evidence, withheld.ofFlow(group)));
  const unsent = unsentFlows(evidence, flows)
    .filter((flow) => isWanted([formOfFlow(flow)], input.filter));
  flows.push(...unsent);
  flows.sort(worstFirst);
  const clocks = clocksOf(judgements, nodes);
  const eventsOf = (node: NodeView) => node.events.length + withheld.events(node.name);
  const events = nodes.reduce((total, node) => total + eventsOf(node), 0);
  const unclaimed = parts.reduce((total, part) => total + part.unclaimed, 0);
  return {
    version: 1,
    incident: input.incident,
    ...span(nodes),
    nodes: nodes.map((node) => nodeReport(node, clocks, eventsOf(node))),
    flows,
    accounting: {
      events,
      inPackets: events - evidence.length - unclaimed,
      evidence: evidence.length,
      unclaimed,
      refused: nodes.reduce((total, node) => total + node.refused, 0),
      evicted: input.evicted,
      ...(input.strayLines ? { strayLines: input.strayLines } : {}),
      ...(input.evictedStates ? { evictedStates: input.evictedStates } : {}),
    },
  };
}

function isWanted(forms: Iterable<FilterPacket>, filter: string): boolean {
  if (filter.trim() === "") return true;
  return matchesAny(parseFilter(filter), [...forms]);
}

const NUMBERS: Record<string, number> = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 };

function formOfFlow(flow: Flow): FilterPacket {
  const network = flow.destination.includes(":") ? "ip6" : "ip4";
  return { ...flow, network, protocol: NUMBERS[flow.protocol] ?? Number(flow.protocol) };
}

function worstFirst(a: Flow, b: Flow): number {
  const order = OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome);
  if (order !== 0) return order;
  const bad = (flow: Flow) => flow.packets.seen - flow.packets.delivered;
  return bad(b) - bad(a) || (a.id < b.id ? -1 : 1);
}

interface Span {
  from: string | null;
  to: string | null;
}

/** Wall clock of the first and last event, by each node's own pairing of its two clocks. */
function span(nodes: readonly NodeView[]): Span {
  let from = Infinity;
  let to = -Infinity;
  for (const node of nodes) {
    const first = node.events[0];
    const last = node.events.at(-1);
    if (!first || !last) continue;
    from = Math.min(from, wallMs(node, first));
    to = Math.max(to, wallMs(node, last));
  }
  if (from === Infinity) return { from: null, to: null };
  return { from: rfc3339(from), to: rfc3339(to) };
}

function wallMs(node: NodeView, event: Sighting): number {
  const { clock } = node.header;
  return clock.wallMs + Number(event.timeNs - BigInt(clock.monotonicNs)) / 1e6;
}

/** Civil date of a day count, so that no clock or time zone of a runtime is asked. */
function rfc3339(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  const rest = Math.floor(ms - days * 86_400_000);
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  );
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  const two = (n: number, width = 2) => String(n).padStart(width, "0");
  const h = Math.floor(rest / 3_600_000);
  const m = Math.floor(rest / 60_000) % 60;
  const s = Math.floor(rest / 1000) % 60;
  return `${two(year, 4)}-${two(month)}-${two(day)}T${two(h)}:${two(m)}:${two(s)}.${
    two(rest % 1000, 3)
  }Z`;
}

function nodeReport(
  node: NodeView,
  clocks: ReadonlyMap<string, ReportNode["clock"]>,
  events: number,
): ReportNode {
  const { header } = node;
  const names = header.netns.map((entry) => entry.name ?? String(entry.inode));
  return {
    name: node.name,
    kernel: header.kernel,
    bpftrace: header.bpftrace,
    netns: names,
    scripts: header.scripts,
    events,
    lost: node.lost,
    clock: clocks.get(node.name) ?? null,
  };
}
