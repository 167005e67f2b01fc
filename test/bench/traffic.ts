/** Made-up but whole traffic: echo requests from one node to another through a router hop. */
import type { Batch } from "../../src/analysis/mod.ts";
import type { BatchHeader } from "../../src/event/batch.ts";
import { encodeEvent } from "../../src/event/codec.ts";
import type { Event } from "../../src/event/event.ts";

const EVENTS_PER_BATCH = 4_000;

function header(node: string, sequence: number): BatchHeader {
  return {
    kind: "batch",
    version: 1,
    incident: "bench",
    node,
    probe: `bench-${node}`,
    sequence,
    kernel: "6.18",
    bpftrace: "0.17.0",
    netns: [],
    allNetns: true,
    filter: "",
    scripts: ["device_rx", "device_tx", "drop"].map((name) => ({ name, state: "attached" })),
    attachedNs: "1000",
    untilNs: "9000000000000",
    totals: { events: 0, lost: 0, refused: 0, evicted: 0 },
    clock: { monotonicNs: "1000", wallMs: 1_750_000_000_000 },
    final: false,
  };
}

function hop(kind: Event["kind"], i: number, step: number, device: string, ttl: number): Event {
  return {
    kind,
    timeNs: BigInt(2_000_000 + i * 1_000_000 + step * 5_000),
    cpu: i % 2,
    skb: `ffff8881${(i % 4096).toString(16).padStart(8, "0")}`,
    head: `ffff8882${(i % 4096).toString(16).padStart(8, "0")}`,
    netns: 4_026_532_000 + (step >> 1),
    ifindex: 2,
    device,
    length: 98,
    packetType: "host",
    sourceMac: "02:00:00:00:00:01",
    destinationMac: `02:00:00:00:01:${(step >> 1).toString(16).padStart(2, "0")}`,
    network: "ip4",
    protocol: 1,
    source: `10.0.${i % 16}.1`,
    destination: "10.1.0.2",
    ipId: i % 65_535 + 1,
    ttl,
    ipLength: 84,
    payload: 56,
    icmpType: 8,
    icmpCode: 0,
    icmpId: i % 64,
    icmpSequence: (i >> 6) % 65_536,
    checksum: i % 65_536,
  };
}

/** Eight events a packet: four on each of two nodes, the last one its delivery. */
export function pingBatches(packets: number): Batch[] {
  const a: Event[] = [];
  const b: Event[] = [];
  for (let i = 0; i < packets; i++) {
    a.push(hop("device-tx", i, 0, "eth0", 64), hop("device-rx", i, 1, "veth1", 64));
    a.push(hop("device-tx", i, 2, "uplink", 63), {
      ...hop("consume", i, 3, "uplink", 63),
      function: "__neigh_event_send",
      skb: `f${i.toString(16)}`,
    });
    b.push(hop("device-rx", i, 3, "uplink", 63), hop("device-tx", i, 4, "veth2", 62));
    b.push(hop("device-rx", i, 5, "eth0", 62), {
      ...hop("consume", i, 5, "eth0", 62),
      timeNs: BigInt(2_000_000 + i * 1_000_000 + 30_000),
      function: "icmp_rcv",
    });
  }
  return [...split("a", a), ...split("b", b)];
}

function split(node: string, events: Event[]): Batch[] {
  const batches: Batch[] = [];
  for (let from = 0; from < events.length; from += EVENTS_PER_BATCH) {
    const part = events.slice(from, from + EVENTS_PER_BATCH);
    batches.push({ header: header(node, batches.length), events: part, states: [], refused: 0 });
  }
  return batches;
}

/** A batch as it is sent. */
export function textOf(batch: Batch): string {
  return [JSON.stringify(batch.header), ...batch.events.map(encodeEvent)].join("\n") + "\n";
}
