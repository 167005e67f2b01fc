/** Tells to which node an event of a shared kernel belongs. */
import type { Event } from "../../event/event.ts";

/** A node to which events may belong. */
export interface DemuxNode {
  /** It has all namespaces of the kernel, those that appear later too. */
  all: boolean;
  /** Others have the namespaces that it does not see. */
  shared?: boolean;
}

/** Packets remembered at most; one more costs the one that was not seen for the longest time. */
export const SKBS_MAX = 16_384;

/** The memory of an skb is used again soon: a sighting that is older proves nothing. */
export const SKB_AGE_MAX_NS = 1_000_000_000n;

/** Tells the node of each event by its namespace, or by where its skb was seen before. */
export class Demux<Node extends DemuxNode> {
  /** The one node that has all namespaces, when there is one. */
  readonly #whole: Node | undefined;
  #byNetns = new Map<number, Node>();
  /** In the order they were last seen, oldest first. */
  #bySkb = new Map<string, { node: Node; event: Event }>();

  constructor(nodes: readonly Node[], readonly skbsMax = SKBS_MAX) {
    this.#whole = nodes.find(({ all, shared }) => all && !shared);
  }

  addNetns(inode: number, node: Node): void {
    this.#byNetns.set(inode, node);
  }

  removeNetns(inode: number): void {
    this.#byNetns.delete(inode);
  }

  knows(inode: number): boolean {
    return this.#byNetns.has(inode);
  }

  /** The node that has the namespace. */
  byNetns(inode: number | undefined): Node | undefined {
    return this.#whole ?? (inode === undefined ? undefined : this.#byNetns.get(inode));
  }

  /** The node of an event; null when no node has its namespace; undefined when nothing tells it. */
  nodeOf(event: Event): Node | null | undefined {
    if (this.#whole !== undefined) return this.#whole;
    if (event.netns !== undefined) {
      const node = this.#byNetns.get(event.netns);
      this.#note(event, node);
      return node ?? null;
    }
    if (event.skb === undefined) return undefined;
    const seen = this.#bySkb.get(event.skb);
    if (isFree(event)) this.#bySkb.delete(event.skb);
    if (seen === undefined || event.timeNs - seen.event.timeNs > SKB_AGE_MAX_NS) return undefined;
    return isSamePacket(seen.event, event) ? seen.node : undefined;
  }

  #note(event: Event, node: Node | undefined): void {
    if (event.skb === undefined) return;
    // After a packet was sent, another namespace may have it, and events without a namespace are
    // from there. After it was freed, another packet may be in its memory.
    const isGone = node === undefined || event.kind === "device-tx" || isFree(event);
    if (isGone) this.#bySkb.delete(event.skb);
    // Events of other kinds may be about a packet that was never made: they tell nothing.
    else if (event.kind === "device-rx" || event.kind === "deliver") {
      this.#remember(event.skb, node, event);
    }
  }

  #remember(skb: string, node: Node, event: Event): void {
    this.#bySkb.delete(skb);
    this.#bySkb.set(skb, { node, event });
    if (this.#bySkb.size <= this.skbsMax) return;
    const { value: oldest } = this.#bySkb.keys().next();
    if (oldest !== undefined) this.#bySkb.delete(oldest);
  }
}

const isFree = ({ kind }: Event) => kind === "drop" || kind === "consume";

const LASTING = ["protocol", "ipId", "tcpSequence", "icmpSequence"] as const;

/**
 * Whether two events are of the same packet, by what does not change on its way through a kernel. A
 * field that one of them does not tell decides nothing. Otherwise the second one is another packet
 * in the same memory, of a namespace that no node has.
 */
function isSamePacket(a: Event, b: Event): boolean {
  return LASTING.every((name) =>
    a[name] === undefined || b[name] === undefined || a[name] === b[name]
  );
}
