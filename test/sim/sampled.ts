/** Which events a probe told when it could not tell all, and the stretches that it tells of it. */
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
