/** Which events a probe told when it could not tell all, and the stretches that it tells of it. */
import type { Event } from "../../src/event/event.ts";
import type { Random } from "./random.ts";
import type { Emission, TruePacket } from "./truth.ts";

/** A stretch of simulated time in which all packets from a rank on were told. */
export interface Mask {
  from: number;
  to: number;
  rank: number;
  dropRank: number;
}

/** Packets that begin, end or refuse something have ranks from this one on. */
const URGENT = 16;
const TCP = 6;
/** FIN, SYN, RST. */
const URGENT_FLAGS = 7;
/** Scripts with a share of their own. */
const RARE: readonly string[] = ["drop", "icmp-error", "reset"];
/** What is told whatever is in force: it is of no packet. */
const ALWAYS: readonly string[] = ["route", "neighbour"];

/** The ranks of one run's packets: the same on all nodes, as they come from what no hop changes. */
export class Ranks {
  #known = new Map<TruePacket, number>();

  constructor(readonly random: Random) {}

  /** What is put together or cut on the way is told where a part of it would be, and proves nothing. */
  of(packet: TruePacket): { told: number; shown: number } {
    let rank = this.#known.get(packet);
    if (rank === undefined) {
      rank = 0;
      while (rank < URGENT - 1 && this.random.chance(0.5)) rank++;
      if (packet.isError || ((packet.tcpFlags ?? 0) & URGENT_FLAGS) !== 0) rank += URGENT;
      this.#known.set(packet, rank);
    }
    return { told: rank, shown: packet.resized && rank < URGENT ? 0 : rank };
  }
}

/** Stretches of a node, one after the other: coarser and finer, and at times none. */
export function masksOf(from: number, to: number, random: Random): Mask[] {
  const cuts = Array.from({ length: random.int(5) }, () => from + random.next() * 4e9)
    .filter((cut) => cut < to).sort((a, b) => a - b);
  const bounds = [from, ...cuts, to];
  return bounds.slice(1).map((end, i) => ({
    from: bounds[i]!,
    to: end,
    rank: random.pick([0, 1, 1, 2, 3, 5, 16, 18]),
    dropRank: random.pick([0, 0, 0, 1, 3]),
  }));
}

/** Whether a probe told it: always what is of the ranks in force, and of others the first ones. */
export function isTold(
  emission: Emission,
  masks: readonly Mask[],
  ranks: Ranks,
  random: Random,
): boolean {
  if (ALWAYS.includes(emission.kind) || emission.columns.network === "arp") return true;
  const mask = masks.find(({ from, to }) => emission.at >= from && emission.at <= to);
  if (mask === undefined) return true;
  const least = RARE.includes(emission.kind) ? mask.dropRank : mask.rank;
  const { told } = ranks.of(emission.packet);
  return told >= least || random.chance(0.15);
}

/** Hops that a recorder keeps, whether or not they are told at once. */
const HOPS: readonly string[] = ["device-rx", "device-tx"];
/** Share of kept hops that nobody has overwritten when their packet dies. */
const STILL_KEPT = 0.85;
/** Share of packets of which a node keeps no hop, because their flow is busy there. */
const SPARED = 0.25;

/** Stretches of a recorder: nothing ordinary, and at times not all that begins or ends. [S17] */
export function recorderMasksOf(from: number, to: number, random: Random): Mask[] {
  const change = from + random.next() * (to - from);
  const first = { from, to: change, rank: URGENT, dropRank: 0 };
  const [rank, dropRank] = [random.pick([16, 16, 17, 18]), random.pick([0, 0, 0, 1])];
  return [first, { from: change, to, rank, dropRank }];
}

/** The hops of packets that died or were refused, as far as they were still kept: told, but by no rank. */
export function waysOf(
  seen: readonly Emission[],
  told: ReadonlySet<Emission>,
  random: Random,
): Set<Emission> {
  const dead = new Map<TruePacket, number>();
  for (const emission of seen) {
    if (told.has(emission) && RARE.includes(emission.kind)) {
      dead.set(emission.packet, Math.max(emission.at, dead.get(emission.packet) ?? 0));
    }
  }
  const spared = new Set([...dead.keys()].filter(() => random.chance(SPARED)));
  return new Set(
    seen.filter((emission) =>
      !told.has(emission) && HOPS.includes(emission.kind) && !spared.has(emission.packet) &&
      emission.at <= (dead.get(emission.packet) ?? -1) && random.chance(STILL_KEPT)
    ),
  );
}

/** What a recorder does not keep of a hop. */
const UNKEPT = [
  ...["head", "destinationMac", "sourceMac", "vlan", "gsoSize", "gsoSegments", "rank"] as const,
  ...["conntrackDirection", "conntrackStatus", "conntrackSource", "conntrackDestination"] as const,
  ...["conntrackSourcePort", "conntrackDestinationPort"] as const,
];

/** The event as the recorder tells it with a way. */
export function asKept(event: Event): Event {
  const kept = { ...event };
  for (const name of UNKEPT) delete kept[name];
  if (kept.protocol === TCP) delete kept.checksum;
  return kept;
}
