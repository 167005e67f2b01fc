/** Packets between a shard and its hub: event lines, in pages that fit one call. */
import type { SelectedChange } from "../../analysis/shards/mod.ts";
import { decodeLine, encodeEvent } from "../../event/codec.ts";

/** One page of packets. */
export interface GivenPage {
  /**
   * One packet after the other; of each its chains: the number of the node in `nodes`, and how many
   * of the lines are its events. A packet begins with the number that the shard gives it and the
   * number of its chains, below zero where it is one of several that look alike.
   */
  shape: number[];
  nodes: string[];
  /** Event lines, tab-separated. */
  lines: string;
  /** Numbers of packets that are not given any more, and what is withheld: in the last page only. */
  rest: Pick<SelectedChange, "gone" | "withheld"> | null;
}

/** A call between objects carries at most 32 MiB. */
const PAGE_CHARS_MAX = 4_000_000;

/** At least one page, with everything that is other. */
export function pagesOf({ come, gone, withheld }: SelectedChange): GivenPage[] {
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
      rest: last ? { gone, withheld } : null,
    });
    [shape, nodes, lines, chars] = [[], new Map(), [], 0];
  };
  for (const { id, packet: chains } of come) {
    shape.push(id, chains[0]?.repeated ? -chains.length : chains.length);
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

/** The packets of a page, as they were given. */
export function packetsOfPage({ shape, nodes, lines }: GivenPage): SelectedChange["come"] {
  const text = lines.split("\n");
  const come: SelectedChange["come"] = [];
  let at = 0;
  for (let i = 0; i < shape.length;) {
    const packet: SelectedChange["come"][number]["packet"] = [];
    const id = shape[i++]!;
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
    come.push({ id, packet });
  }
  return come;
}
