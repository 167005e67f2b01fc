/**
 * Pings of many nodes as the bodies their probes would post: each packet leaves one node and is
 * delivered on the next, in eight events. Every packet is another, however many are asked for.
 */
import { gzipSync } from "node:zlib";
import { encodeEvent } from "../../../src/event/codec.ts";
import type { Event } from "../../../src/event/event.ts";
import { headerOf } from "../../contract/lines.ts";

export interface Shape {
  incident: string;
  nodes: number;
  flows: number;
  events: number;
  eventsPerBatch: number;
  /**
   * Sequence of each node's first batch; absent: 0. A number that is left out is a batch that is missing,
   * and all that rests on its node is judged again.
   */
  firstSequences?: readonly number[];
}

export interface Body {
  node: number;
  events: number;
  /** Gzip, as probes send it. */
  bytes: Uint8Array<ArrayBuffer>;
  plainBytes: number;
}

const EVENTS_PER_PACKET = 8;

/** In the order they would be posted: the nodes take turns. Made one by one, however many. */
export function* pings(
  { incident, nodes, flows, events, eventsPerBatch, firstSequences }: Shape,
): Generator<Body> {
  const waiting = Array.from({ length: nodes }, (): string[] => []);
  const sequences = firstSequences?.slice() ?? new Array<number>(nodes).fill(0);
  const bodyOf = (node: number): Body => {
    const lines = waiting[node]!.splice(0);
    const text = `${headerText(incident, node, sequences[node]!++)}\n${lines.join("\n")}\n`;
    const bytes = gzipSync(text, { level: 1 }) as Uint8Array<ArrayBuffer>;
    return { node, events: lines.length, bytes, plainBytes: text.length };
  };
  for (let packet = 0; packet < events / EVENTS_PER_PACKET; packet++) {
    const from = packet % nodes;
    const to = (from + 1) % nodes;
    const flow = packet % flows;
    const [sent, received] = linesOf(packet, flow, Math.floor(packet / flows));
    waiting[from]!.push(...sent);
    waiting[to]!.push(...received);
    for (const node of [from, to]) if (waiting[node]!.length >= eventsPerBatch) yield bodyOf(node);
  }
  for (let node = 0; node < nodes; node++) if (waiting[node]!.length > 0) yield bodyOf(node);
}

/** One packet that is dropped where it arrives: a body that changes the report. */
export function dropOf(incident: string, node: number, sequence: number, flow: number): Body {
  const drop = hop("drop", flow, flow, 0, 3, "uplink", 63);
  const text = `${headerText(incident, node, sequence)}\n${
    encodeEvent({ ...drop, reason: "ICMP_CSUM", function: "icmp_rcv" })
  }\n`;
  return { node, events: 1, bytes: gzipSync(text) as Uint8Array<ArrayBuffer>, plainBytes: 0 };
}

function headerText(incident: string, node: number, sequence: number): string {
  const name = `node-${node}`;
  return JSON.stringify(headerOf({
    incident,
    node: name,
    probe: `${name}-probe`,
    sequence,
    untilNs: String(9_000_000_000_000_000 + sequence),
    scripts: ["device_rx", "device_tx", "drop"].map((name) => ({ name, state: "attached" })),
  }));
}

function linesOf(packet: number, flow: number, nth: number): [string[], string[]] {
  const [sent, received] = eventsOfPing(packet, flow, nth);
  return [sent.map(encodeEvent), received.map(encodeEvent)];
}

/** What the node that sends it sees of one packet, and what the one that gets it sees. */
export function eventsOfPing(packet: number, flow: number, nth: number): [Event[], Event[]] {
  const at = (kind: Event["kind"], step: number, device: string, ttl: number) =>
    hop(kind, packet, flow, nth, step, device, ttl);
  const sent = [
    at("device-tx", 0, "eth0", 64),
    at("device-rx", 1, "veth1", 64),
    at("device-tx", 2, "uplink", 63),
    // Another skb with the same packet: what waited for its neighbour was a clone.
    {
      ...at("consume", 3, "uplink", 63),
      function: "__neigh_event_send",
      skb: `f${packet.toString(16)}`,
    },
  ];
  const received = [
    at("device-rx", 3, "uplink", 63),
    at("device-tx", 4, "veth2", 62),
    at("device-rx", 5, "eth0", 62),
    at("deliver", 6, "eth0", 62),
  ];
  return [sent, received];
}

function hop(
  kind: Event["kind"],
  packet: number,
  flow: number,
  nth: number,
  step: number,
  device: string,
  ttl: number,
): Event {
  return {
    kind,
    timeNs: BigInt(2_000_000 + packet * 100_000 + step * 5_000),
    cpu: packet % 2,
    skb: `ffff8881${(packet % 4096).toString(16).padStart(8, "0")}`,
    head: `ffff8882${(packet % 4096).toString(16).padStart(8, "0")}`,
    netns: 4_026_532_000 + (step >> 1),
    ifindex: 2,
    device,
    length: 98,
    packetType: "host",
    sourceMac: "02:00:00:00:00:01",
    destinationMac: `02:00:00:00:01:${(step >> 1).toString(16).padStart(2, "0")}`,
    network: "ip4",
    protocol: 1,
    source: `10.${flow >> 16 & 255}.${flow >> 8 & 255}.${flow & 255}`,
    destination: "172.16.0.2",
    ipId: packet % 65_535 + 1,
    ttl,
    ipLength: 84,
    payload: 56,
    icmpType: 8,
    icmpCode: 0,
    icmpId: flow % 65_536,
    icmpSequence: nth % 65_536,
    checksum: packet % 65_536,
  };
}
