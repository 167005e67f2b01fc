/** What goes wrong between kernel and report: each fault a knob, each seed its own mix. */
import type { Random } from "./random.ts";
import type { Node } from "./world.ts";

/** Those that see packets; any of them may be missing. */
const WATCHERS = ["device_rx", "device_tx", "drop", "consume", "deliver"] as const;
export const SCRIPTS = [...WATCHERS, "route", "neighbour", "icmp_error", "reset"] as const;

export interface Faults {
  /** Share of events lost, by how they go. */
  loss: number;
  lossKind: "uniform" | "burst" | "cpu";
  /** The loss is told in a later header than that of the batch it happened in. */
  countedLate: boolean;
  duplicateEvents: number;
  duplicateBatches: number;
  /** Events of different processors out of order within a batch. */
  crossedCpus: boolean;
  /** Lines that came cut: refused by the ingest, or by the probe. */
  cutLines: number;
  /** Wall clocks of the nodes days apart, and set anew between batches. */
  skewedWalls: boolean;
  steppedWalls: boolean;
  /** Probe of a node stopped and started again; with the clock from zero after a reboot. */
  restart: { node: string; at: number; forNs: number; reboot: boolean } | null;
  late: { node: string; at: number } | null;
  early: { node: string; at: number } | null;
  missing: { node: string; script: typeof SCRIPTS[number] } | null;
  /** Share of events the store threw away. */
  evicted: number;
  /** Share of events told in the batch after the one that should have had them. */
  lateEvents: number;
  /**
   * Stretches in which the kernel left out runs of the scripts, for each probe: what is told of one is
   * wider than what it cost.
   */
  leftOut: number;
  /** A batch that has not come. */
  lostBatch: boolean;
  /** Probes tell only some packets, by masks that change and differ by node. */
  sampled: boolean;
  /** Probes are recorders. */
  recorded: boolean;
}

export const NO_FAULTS: Faults = {
  loss: 0,
  lossKind: "uniform",
  countedLate: false,
  duplicateEvents: 0,
  duplicateBatches: 0,
  crossedCpus: false,
  cutLines: 0,
  skewedWalls: false,
  steppedWalls: false,
  restart: null,
  late: null,
  early: null,
  missing: null,
  evicted: 0,
  lateEvents: 0,
  leftOut: 0,
  lostBatch: false,
  sampled: false,
  recorded: false,
};

export function drawFaults(random: Random, nodes: readonly Node[], endAt: number): Faults {
  const names = nodes.filter((node) => node.probed).map((node) => node.name);
  const some = (probability: number) => random.chance(probability);
  const moment = () => random.int(Math.min(endAt, 4_000_000_000));
  const rate = (probability: number) => some(probability) ? random.pick([0.01, 0.1, 0.5]) : 0;
  return {
    loss: rate(0.5),
    lossKind: random.pick(["uniform", "burst", "cpu"] as const),
    countedLate: some(0.5),
    duplicateEvents: rate(0.2),
    duplicateBatches: rate(0.3),
    crossedCpus: some(0.5),
    cutLines: some(0.15) ? 0.03 : 0,
    skewedWalls: some(0.2),
    steppedWalls: some(0.2),
    restart: some(0.12)
      ? {
        node: random.pick(names),
        at: moment(),
        forNs: random.pick([1_000_000, 300_000_000, 2_000_000_000]),
        reboot: some(0.5),
      }
      : null,
    late: some(0.12) ? { node: random.pick(names), at: moment() } : null,
    early: some(0.08) ? { node: random.pick(names), at: moment() } : null,
    missing: some(0.2) ? { node: random.pick(names), script: random.pick(WATCHERS) } : null,
    evicted: some(0.1) ? 0.1 : 0,
    lostBatch: some(0.1),
    lateEvents: rate(0.2),
    // Drawn last: what older seeds draw stays as it was.
    leftOut: some(0.15) ? random.between(1, 6) : 0,
    sampled: some(0.15),
    recorded: some(0.08),
  };
}

/** The faults as a person reads them. */
export function describe(faults: Faults): string {
  const told = Object.entries(faults).filter(([name, value]) =>
    value !== NO_FAULTS[name as keyof Faults] && !(name === "lossKind" && faults.loss === 0)
  );
  const text = told.map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return text.join(" ") || "no faults";
}
