/** GRO: segments that came apart go on as one, as far as they follow each other. */
import type { Flight, Skb } from "./flight.ts";
import { receive } from "./input.ts";
import type { Device } from "./world.ts";

/** A segment that has crossed the wire, and the device that has it. */
export interface Arrived {
  flight: Flight;
  skb: Skb;
  to: Device;
}

/** As the receiving driver gives them to its stack. */
export function receiveMerged(arrived: readonly Arrived[]): void {
  const runs: Arrived[][] = [];
  for (const next of arrived) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (last && follows(last, next)) run!.push(next);
    else runs.push([next]);
  }
  for (const run of runs) receiveAsOne(run);
}

function follows(last: Arrived, next: Arrived): boolean {
  const [a, b] = [last.skb.fields, next.skb.fields];
  // A queue with a rate lets segments go too far apart to be received as one.
  if (next.flight.packet.shaped) return false;
  return last.to === next.to && last.flight.packet.duplicate === next.flight.packet.duplicate &&
    ((a.tcpSequence! + a.payload) >>> 0) === b.tcpSequence;
}

function receiveAsOne(run: readonly Arrived[]): void {
  const [{ flight, skb, to }] = run as [Arrived];
  flight.now = Math.max(...run.map((other) => other.flight.now));
  const payload = run.reduce((total, other) => total + other.skb.fields.payload, 0);
  const gso = { gsoSize: skb.fields.payload, gsoSegments: run.length };
  const merged: Skb = {
    ...flight.make(to.netns, {
      ...skb.fields,
      ...(run.length > 1 ? gso : {}),
      payload,
      ipLength: skb.fields.ipLength + payload - skb.fields.payload,
    }),
    ...(skb.outer ? { outer: skb.outer } : {}),
    sourceMac: skb.sourceMac,
    destinationMac: skb.destinationMac,
  };
  const { packet } = flight;
  const before = packet.hops.length;
  receive(flight, to, merged);
  if (run.length === 1) return;
  const { fate, place, codes, endedAt, outside, glimpsed } = packet;
  packet.resized = true;
  for (const { flight: { packet: other } } of run.slice(1)) {
    other.hops.push(...packet.hops.slice(before));
    Object.assign(other, { fate, place, codes, endedAt, resized: true });
    other.outside ||= outside;
    other.glimpsed ||= glimpsed;
  }
}
