/** Tells to which node an event of a shared kernel belongs. */
import type { Event } from "../../event/event.ts";

export interface DemuxNode {
  all: boolean;
}

/** How many packets are remembered; one more costs the longest unseen. */
export const SKBS_MAX = 16_384;

/** An skb's address is somebody else's soon: what is older proves nothing. */
export const SKB_AGE_MAX_NS = 1_000_000_000n;

export class Demux<Node extends DemuxNode> {
  /** The one node that has all namespaces, when there is one. */
  readonly #whole: Node | undefined;
  #byNetns = new Map<number, Node>();
  /** In the order they were last seen, oldest first. */
  #bySkb = new Map<string, { node: Node; event: Event }>();

  constructor(nodes: readonly Node[], readonly skbsMax = SKBS_MAX) {
    this.#whole = nodes.find(({ all }) => all);
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

  /** The node an event is of; null when its namespace is watched by none; undefined: no telling. */
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
    // Sent, it is in other hands: what happens to it without a namespace happens there. Freed, it is
    // somebody else's memory.
    const isGone = node === undefined || event.kind === "device-tx" || isFree(event);
    if (isGone) this.#bySkb.delete(event.skb);
    // Other kinds are about a packet, which may be one that was only thought of.
    else if (event.kind === "device-rx" || event.kind === "deliver") {
      this.#remember(event.skb, node, event);
    }
  }

  #remember(skb: string, node: Node, event: Event): void {
    this.#bySkb.delete(skb);
    this.#bySkb.set(skb, { node, event });
    if (this.#bySkb.size <= this.skbsMax) return;
    const { value: oldest } = this.#bySkb.keys().next();
    this.#bySkb.delete(oldest!);
  }
}

const isFree = ({ kind }: Event) => kind === "drop" || kind === "consume";

const LASTING = ["protocol", "ipId", "tcpSequence", "icmpSequence"] as const;

/**
 * Whether what stays with a packet on its way through a kernel is equal, where both tell: else it is
 * another one in the same memory, of a namespace that nobody watches.
 */
function isSamePacket(a: Event, b: Event): boolean {
  return LASTING.every((name) =>
    a[name] === undefined || b[name] === undefined || a[name] === b[name]
  );
}
