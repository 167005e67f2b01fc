/** Packets between a shard and its hub: event lines, in pages that fit one call. */
import type { Selected, ShardPacket, Withheld } from "../../analysis/shards/mod.ts";
import { decodeLine, encodeEvent } from "../../event/codec.ts";

/** One page of packets. */
export interface GivenPage {
  /**
   * One packet after the other; of each its chains: the number of the node in `nodes`, and how many
   * of the lines are its events. A packet begins with the number of its chains, below zero where it
   * is one of several that look alike.
   */
  shape: number[];
  nodes: string[];
  /** Event lines, tab-separated. */
  lines: string;
  /** In the last page only. */
  withheld: Withheld | null;
  last: boolean;
}

/** A call between objects carries at most 32 MiB. */
const PAGE_CHARS_MAX = 4_000_000;

/** At least one page, with everything that was selected. */
export function pagesOf({ packets, withheld }: Selected): GivenPage[] {
  const pages: GivenPage[] = [];
  let shape: number[] = [];
  let nodes = new Map<string, number>();
  let lines: string[] = [];
  let chars = 0;
  const close = (last: boolean) => {
    pages.push({
      shape,
      nodes: [...nodes.keys()],
      lines: lines.join("\n"),
      withheld: last ? withheld : null,
      last,
    });
    [shape, nodes, lines, chars] = [[], new Map(), [], 0];
  };
  for (const chains of packets) {
    shape.push(chains[0]?.repeated ? -chains.length : chains.length);
    for (const { node, events } of chains) {
      if (!nodes.has(node)) nodes.set(node, nodes.size);
      shape.push(nodes.get(node)!, events.length);
      for (const event of events) {
        const line = encodeEvent(event);
        lines.push(line);
        chars += line.length + 1;
      }
    }
    if (chars > PAGE_CHARS_MAX) close(false);
  }
  close(true);
  return pages;
}

/** The packets of a page, as they were selected. */
export function packetsOfPage({ shape, nodes, lines }: GivenPage): ShardPacket[] {
  const text = lines.split("\n");
  const packets: ShardPacket[] = [];
  let at = 0;
  for (let i = 0; i < shape.length;) {
    const packet: ShardPacket = [];
    const chains = shape[i++]!;
    const repeated = chains < 0 ? { repeated: true as const } : {};
    for (let k = 0; k < Math.abs(chains); k++) {
      const node = nodes[shape[i++]!]!;
      const count = shape[i++]!;
      const events = text.slice(at, at + count).map((line) => {
        const decoded = decodeLine(line);
        if (decoded.type !== "event") throw new Error("A shard gave a line that is no event");
        return decoded.event;
      });
      at += count;
      packet.push({ node, events, ...repeated });
    }
    packets.push(packet);
  }
  return packets;
}
