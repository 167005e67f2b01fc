/**
 * Packets that look alike, because nothing in them differs (no IP id: IPv6, or IPv4 with id 0).
 * Which of them a chain belongs to is decided by order. Rule C6.
 */
import { isDeviceKind } from "../../event/kinds.ts";
import { isSideCopy, isSolicitationCopy } from "../kernel/frees.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { Chain } from "./chains.ts";
import { type EqualPacket, EqualsOnNode } from "./equals_on_node.ts";
import { frameOf, sameFrame } from "./frames.ts";
import { byFrameOf, Taking } from "./sent_frames.ts";
import type { Union } from "./union.ts";

/**
 * [C6] Joins the chains that belong to one of several equal packets. `members` are numbers of
 * `chains`, which `union` joins. On each node a chain belongs to the first packet that has not been
 * at any of its points yet; between nodes the first that left one in a frame is the first that came
 * to the next in this frame. Equal packets may go to different nodes: where two hosts have one
 * address, their frames have different MACs.
 */
export function joinEqualPackets(
  chains: readonly Chain[],
  members: readonly number[],
  union: Union,
): void {
  const stays = staysOf(chains, members, union);
  const arrived = new Set<EqualPacket>();
  stays.forEach((stay, i) => {
    const earlier = stays.slice(0, i).reverse();
    const { untold, taken } = joinByFrames(stay, earlier, union);
    for (const packet of taken) arrived.add(packet);
    if (untold.length === 0) return;
    const arriving = new Set(arrivingAt(stay, earlier).filter((packet) => !taken.has(packet)));
    // More came than that node can have sent, so the rest came from one before it, without passing it.
    if (arriving.size < untold.length) {
      for (const packet of earlier.flatMap((other) => other.leavers)) {
        if (!arrived.has(packet)) arriving.add(packet);
      }
    }
    const sent = [...arriving];
    for (const [k, packet] of untold.slice(0, sent.length).entries()) {
      union.join(sent[k]!.member, packet.member);
      arrived.add(sent[k]!);
    }
  });
}

/**
 * Joins the packets that came to a node in a frame which an earlier node sent. `taken` are those of
 * the earlier nodes; `untold` are those of this one whose frame no earlier node was seen to send, as
 * behind a router without a probe: for them only their order tells.
 */
function joinByFrames(stay: Stay, earlier: readonly Stay[], union: Union) {
  const takings = new Map<readonly object[], Taking>();
  const taken = new Set<EqualPacket>();
  const untold: EqualPacket[] = [];
  for (const packet of stay.packets) {
    const received = firstEvent(packet, "device-rx");
    const frame = received && frameOf(received);
    const lists = earlier.map(({ byFrame }) => byFrame.get(frame ?? "")).filter((list) =>
      list !== undefined
    );
    if (lists.length === 0 && !isToldByItsEnd(packet)) untold.push(packet);
    for (const list of lists) {
      let taking = takings.get(list);
      if (!taking) takings.set(list, taking = new Taking(list));
      const sent = taking.take(received!);
      if (!sent) continue;
      taken.add(sent);
      union.join(sent.member, packet.member);
      break;
    }
  }
  return { untold, taken };
}

/**
 * Where only some packets are told, one of which no hop was: it may be any of those that were sent, and the
 * order of those that were told says nothing of it.
 */
const isToldByItsEnd = ({ chains }: EqualPacket): boolean =>
  chains[0]!.node.sampled.length > 0 &&
  chains.every(({ events }) => events.every(({ kind }) => !isDeviceKind(kind)));

/** A packet's first event of a kind on a node. */
function firstEvent({ chains }: EqualPacket, kind: Sighting["kind"]): Sighting | undefined {
  let first: Sighting | undefined;
  for (const { events } of chains) {
    for (const event of events) {
      if (event.kind === kind && !(first && first.at <= event.at)) first = event;
    }
  }
  return first;
}

/** Equal packets on one node, and every frame that any of them left or came in: they may go several ways. */
interface Stay {
  packets: readonly EqualPacket[];
  /** Those that go on to others, in the order in which they left, and the same by frame. */
  leavers: readonly EqualPacket[];
  byFrame: ReturnType<typeof byFrameOf>;
  sent: ReadonlySet<string>;
  received: ReadonlySet<string>;
}

/** Sorts each node's chains to packets, which joins them; nodes in the order of the packets' way. */
function staysOf(chains: readonly Chain[], members: readonly number[], union: Union): Stay[] {
  const byNode = new Map<NodeView, EqualsOnNode>();
  const solicitations: number[] = [];
  for (const member of members) {
    const chain = chains[member]!;
    if (chain.events.every(isSideCopy)) continue;
    let equals = byNode.get(chain.node);
    if (!equals) byNode.set(chain.node, equals = new EqualsOnNode());
    if (chain.events.every(isSolicitationCopy)) solicitations.push(member);
    else union.join(equals.place(member, chain), member);
  }
  // Last, because what asked for a neighbour may have been freed before its packet was seen.
  for (const member of solicitations) {
    const chain = chains[member]!;
    union.join(byNode.get(chain.node)!.placeSolicitation(member, chain), member);
  }
  return inOrder([...byNode.values()].map(({ packets }) => {
    const leavers = leaversOf(packets);
    return {
      ...{ packets, leavers, byFrame: byFrameOf(leavers) },
      sent: framesOf(packets, "device-tx"),
      received: framesOf(packets, "device-rx"),
    };
  }));
}

/**
 * The packets that come to a node, in the order in which they come. `earlier` are the nodes before
 * it, the nearest first. Packets of a node that received the same frames are joined one to one; of a
 * sender only those that left it.
 */
function arrivingAt(stay: Stay, earlier: readonly Stay[]): readonly EqualPacket[] {
  // What came out of a tunnel here went into it nodes before: only the frame it came in tells the last one.
  const received = new Set(
    stay.packets.map((packet) => firstEvent(packet, "device-rx"))
      .filter((event) => event !== undefined).map(frameOf),
  );
  const from = earlier.find((other) => feeds(other, { received }));
  const beside = from ? undefined : earlier.find((other) => isBeside(other, stay));
  if (beside) return beside.packets;
  const sender = from ?? earlier.find(hasItsOwn);
  return sender ? sender.leavers : earlier[0]?.packets ?? [];
}

/** The node has packets that were for it, not only frames flooded to somebody else. */
const hasItsOwn = ({ packets }: Stay) => packets.some(({ isForNode }) => isForNode);

/** It did not die on the node, or did so after it had been sent elsewhere and had come back from there. */
function hasLeft({ drop, chains }: EqualPacket): boolean {
  if (drop === null) return true;
  const hops = chains.flatMap(({ events }) => events)
    .filter(({ kind, at }) => isDeviceKind(kind) && at <= drop.at);
  const received = hops.filter(({ kind }) => kind === "device-rx");
  return hops.some((sent) =>
    sent.kind === "device-tx" && received.some(({ at }) => at > sent.at) &&
    !received.some((got) => got.at >= sent.at && sameFrame(sent, got))
  );
}

/** What goes on to others, in the order in which it left. */
function leaversOf(packets: readonly EqualPacket[]): EqualPacket[] {
  const leftAt = ({ chains }: EqualPacket) =>
    Math.max(
      ...chains.flatMap(({ events }) =>
        events.filter(({ kind }) => kind === "device-tx").map(({ at }) => at)
      ),
    );
  return packets.filter(hasLeft)
    .map((packet) => ({ packet, at: leftAt(packet) }))
    .sort((a, b) => a.at - b.at).map(({ packet }) => packet);
}

/** Each node after those that sent to it; where no frame tells, by TTL. */
function inOrder(stays: readonly Stay[]): Stay[] {
  const left = [...stays].sort(byTtl);
  const ordered: Stay[] = [];
  while (left.length > 0) {
    const next = left.findIndex((stay) =>
      left.every((other) => other === stay || !feeds(other, stay))
    );
    // In a circle of nodes every one receives from another: then by TTL alone.
    ordered.push(...left.splice(Math.max(next, 0), 1));
  }
  return ordered;
}

/** A frame that one node sent is one that the other received. */
const feeds = ({ sent }: Pick<Stay, "sent">, { received }: Pick<Stay, "received">) =>
  !sent.isDisjointFrom(received);

/** Both received one frame, which was flooded by somebody without a probe. */
const isBeside = (one: Stay, other: Stay) => !one.received.isDisjointFrom(other.received);

function framesOf(packets: readonly EqualPacket[], kind: Sighting["kind"]): Set<string> {
  const frames = new Set<string>();
  for (const { chains } of packets) {
    for (const { events } of chains) {
      for (const event of events) if (event.kind === kind) frames.add(frameOf(event));
    }
  }
  return frames;
}

/** The higher TTL first; of equal ones the node that did not receive the packet from another. */
function byTtl(a: Stay, b: Stay): number {
  const [left, right] = [a, b].map(({ packets }) => packets[0]!.chains[0]!.events[0]!);
  return (right!.ttl ?? 0) - (left!.ttl ?? 0) ||
    (right!.tunnelTtl ?? UNTUNNELLED) - (left!.tunnelTtl ?? UNTUNNELLED) ||
    Number(left!.kind === "device-rx") - Number(right!.kind === "device-rx");
}

/** A packet outside a tunnel has all of the tunnel's way before it: it counts as the highest TTL. */
const UNTUNNELLED = 255;
