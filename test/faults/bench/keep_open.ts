/** What a fault holds open until its case is over: taps, BPF links. */
import type { Topology } from "../../../src/lab/topology.ts";

interface Open {
  close(): void;
}

const held = new Map<Topology, Open[]>();

export function keepOpen(topology: Topology, ...things: Open[]): void {
  held.set(topology, [...held.get(topology) ?? [], ...things]);
}

export function takeOpen(topology: Topology): Open[] {
  const things = held.get(topology) ?? [];
  held.delete(topology);
  return things;
}
