/**
 * The headers that were seen, as a capture file: one interface for each device, and with each drop its
 * reason and what the report says of it.
 */
import type { BatchHeader } from "../../event/batch.ts";
import type { Event } from "../../event/event.ts";
import type { Flow, Problem, Report } from "../../event/report.ts";
import { visible } from "../../words/escape.ts";
import { enhancedPacket, interfaceDescription, LINK_TYPES, sectionHeader } from "./blocks.ts";
import { frameOf } from "./frame.ts";

/** Events of one batch. */
export interface SeenBatch {
  header: BatchHeader;
  events: readonly Event[];
}

/** The name it is asked for by, and its media type. */
export const PCAPNG = { format: "pcapng", mediaType: "application/x-pcapng" } as const;

/** Packets in one file; of more, those that passed a device go first, drops last. */
const PACKETS_MAX = 50_000;

const KINDS: Partial<Record<Event["kind"], "in" | "out" | "drop">> = {
  "device-rx": "in",
  "device-tx": "out",
  drop: "drop",
};

interface Seen {
  event: Event;
  node: string;
  /** Since 1970, ns: the node's monotonic clock, set by its first batch. */
  timeNs: bigint;
}

/**
 * The pieces of the file. Packets are in the order of their times, which are each node's own: between
 * nodes they are as good as the clocks are.
 */
export async function* pcapng(
  batches: AsyncIterable<SeenBatch> | Iterable<SeenBatch>,
  report: Report,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { seen, leftOut } = await collect(batches);
  yield sectionHeader(aboutFile(report, leftOut));
  const links = new Map<string, "ethernet" | "ip">();
  for (const { event, node } of seen) {
    const isEthernet = event.sourceMac !== undefined || event.network === "arp";
    const name = interfaceName(event, node);
    if (isEthernet || !links.has(name)) links.set(name, isEthernet ? "ethernet" : "ip");
  }
  const indices = new Map<string, number>();
  for (const [name, link] of links) {
    indices.set(name, indices.size);
    yield interfaceDescription(LINK_TYPES[link], visible(name));
  }
  const verdicts = verdictsOf(report);
  for (const { event, node, timeNs } of seen) {
    const name = interfaceName(event, node);
    const frame = frameOf(event, links.get(name)!);
    if (frame === null) continue;
    const way = KINDS[event.kind];
    yield enhancedPacket({
      interfaceIndex: indices.get(name)!,
      timeNs,
      ...frame,
      direction: way === "drop" || way === undefined ? null : way,
      comment: way === "drop" ? dropComment(event, node, verdicts) : null,
    });
  }
}

async function collect(
  batches: AsyncIterable<SeenBatch> | Iterable<SeenBatch>,
): Promise<{ seen: Seen[]; leftOut: number }> {
  const offsets = new Map<string, bigint>();
  const seen: Seen[] = [];
  const drops: Seen[] = [];
  let leftOut = 0;
  for await (const { header, events } of batches) {
    const { node, clock } = header;
    const offset = offsets.get(node) ??
      BigInt(Math.round(clock.wallMs)) * 1_000_000n - BigInt(clock.monotonicNs);
    offsets.set(node, offset);
    for (const event of events) {
      const way = KINDS[event.kind];
      if (way === undefined || event.network === undefined) continue;
      const list = way === "drop" ? drops : seen;
      if (list.length < PACKETS_MAX) list.push({ event, node, timeNs: event.timeNs + offset });
      else leftOut += 1;
    }
  }
  const room = PACKETS_MAX - drops.length;
  if (seen.length > room) {
    leftOut += seen.length - room;
    seen.length = room;
  }
  const all = [...seen, ...drops];
  all.sort((a, b) => a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0);
  return { seen: all, leftOut };
}

function aboutFile({ incident }: Report, leftOut: number): string {
  const about = [
    `Incident ${
      visible(incident)
    }. No packet was captured: these frames are rebuilt by lasthop from the ` +
    "header fields that its probes saw, each as often as a device or a drop showed it.",
    "Zero where nobody looked: checksums of IP headers and tunnels, flow labels, window sizes, link " +
    "addresses that were not told and those inside of a tunnel, the rest of quoted packets.",
    "Payload and options were never seen: captured lengths end before them, lengths are the packets' own.",
    "Times are each node's own clock.",
  ];
  if (leftOut > 0) about.push(`${leftOut} packets more were seen than this file has room for.`);
  return about.join("\n");
}

const interfaceName = ({ netns, device, ifindex }: Event, node: string): string =>
  `${node}/${netns ?? "?"}/${device ?? (ifindex === undefined ? "none" : `if${ifindex}`)}`;

interface Verdicts {
  /** By node and time of the last hop of a flow. */
  at: Map<string, Flow>;
  /** By ends, as sent and as translated. */
  of: Map<string, Flow>;
  problems: Map<string, Problem>;
}

function verdictsOf({ flows, problems }: Report): Verdicts {
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  const verdicts: Verdicts = { at: new Map(), of: new Map(), problems: byId };
  for (const flow of flows) {
    verdicts.at.set(`${flow.lastHop.node} ${flow.lastHop.timeNs}`, flow);
    for (const ends of [flow, flow.translated]) {
      if (ends === undefined) continue;
      const { source, destination, sourcePort, destinationPort } = ends;
      const key = endsKey(source, destination, sourcePort, destinationPort);
      // Flows stand worst first.
      if (!verdicts.of.has(key)) verdicts.of.set(key, flow);
    }
  }
  return verdicts;
}

const endsKey = (...ends: (string | number | undefined)[]) => ends.join(" ");

function dropComment(event: Event, node: string, verdicts: Verdicts): string {
  const { source, destination, sourcePort, destinationPort, timeNs } = event;
  const what = `dropped: ${event.reason ?? "no reason told"} in ${event.function ?? "?"}`;
  const flow = verdicts.at.get(`${node} ${timeNs}`) ??
    verdicts.of.get(endsKey(source, destination, sourcePort, destinationPort));
  if (flow === undefined) return visible(`${what}\nno flow of the report has it`);
  // Packets of a flow can end in several ways: the problem of those that ended here is the nearest.
  const here = flow.problems?.map((id) => verdicts.problems.get(id)).find((problem) =>
    problem?.lastHop.node === node && problem.lastHop.function === event.function &&
    problem.lastHop.reason === event.reason
  );
  const { outcome, cause, gap } = here ?? flow;
  const why = cause === undefined
    ? gap ?? "no cause found"
    : `${cause.code}, ${cause.confidence}: ${cause.sentence}`;
  return `${visible(what)}\n${visible(`its flow: ${outcome}, ${why}`)}`;
}
