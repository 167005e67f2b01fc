/** Batches of nodes whose devices eth2 and eth3 counters are of. */
import type { Event } from "../../src/event/event.ts";
import { emptyState } from "../../src/event/state.ts";
import type { Batch } from "../../src/analysis/mod.ts";

/** The wall clock when watching begins, ms since 1970. */
export const WALL_MS = 1_700_000_000_000;

export const NODES = ["a", "b", "c"];
/** Each node's device in the order of the way: sent by a; received and sent on by b; received by c. */
export const PLACES = [
  { node: 0, ifindex: 2, countedAt: 2 },
  { node: 1, ifindex: 2, countedAt: 1 },
  { node: 1, ifindex: 3, countedAt: 2 },
  { node: 2, ifindex: 2, countedAt: 1 },
] as const;

/** A node that tells what it counted. */
export interface CountingNode {
  name: string;
  /** Inode of its one namespace. */
  netns: number;
  /** Nodes of one kernel have the same. */
  boot: string;
  /** When watching begins and ends, by its clock, ns. */
  attachedNs: number;
  untilNs: number;
  /** Of its device eth2. */
  address?: { address: string; prefix: number };
}

/** All that the node tells, in one batch. */
export function batchOf(node: CountingNode, events: Event[]): Batch {
  const { name, netns, boot, address } = node;
  const [attachedNs, untilNs] = [String(node.attachedNs), String(node.untilNs)];
  const link = (ifindex: number) => ({
    ...{ ifindex, name: `eth${ifindex}`, kind: "veth", mac: `02:00:00:00:0${netns}:0${ifindex}` },
    ...{ mtu: 1_500, flags: ["UP"], operstate: "UP" },
    addresses: ifindex === 2 && address !== undefined ? [address] : [],
  });
  const queue = (device: string) => ({
    ...{ device, kind: "noqueue", handle: "0:", drops: 0, text: "" },
  });
  const state = (timeNs: string) =>
    emptyState(netns, timeNs, {
      ...{ name, links: [link(2), link(3)], qdiscs: [queue("eth2"), queue("eth3")] },
    });
  return {
    header: {
      ...{ kind: "batch", version: 1, incident: "i", node: name, probe: `p.${node}`, sequence: 0 },
      ...{ kernel: "6.18", bpftrace: "0.17.0", boot },
      ...{ netns: [{ inode: netns, name }], allNetns: false, filter: "", attachedNs, untilNs },
      final: true,
      scripts: ["device_rx", "device_tx", "drop", "consume", "deliver", "counted"].map((
        script,
      ) => ({
        ...{ name: script, state: "attached" as const },
      })),
      totals: { events: events.length, lost: 0, refused: 0, evicted: 0 },
      clock: { monotonicNs: attachedNs, wallMs: WALL_MS },
      sampled: [{ fromNs: attachedNs, toNs: untilNs, rank: 9, dropRank: 0 }],
    },
    ...{ events, states: [state(attachedNs), state(untilNs)], refused: 0 },
  };
}

/** Stretches in which the kernel left out runs of scripts. */
export type Runs = NonNullable<Batch["header"]["missed"]>;

/** The batch that tells them, too. */
export const shortOf = (missed: Runs, batch: Batch): Batch => ({
  ...batch,
  header: { ...batch.header, ...(missed.length > 0 ? { missed } : {}) },
});
