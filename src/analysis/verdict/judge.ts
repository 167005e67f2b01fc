/** One packet's outcome, by its copies' ends and what its nodes cover. Rules O1 to O8. */
import { isAtAnotherNode, sentToAnother } from "./anothers_frame.ts";
import { arrivalOf } from "./arrivals.ts";
import type { Gap } from "../../event/gaps.ts";
import type { Packet } from "../correlate/packets.ts";
import { cameByTunnelEndingHere } from "../correlate/flood.ts";
import { deviceEvent, stepsTo } from "../correlate/steps.ts";
import { isAnothersFrame } from "../kernel/frees.ts";
import {
  after,
  around,
  DEVICE_SCRIPTS,
  DROP_SCRIPTS,
  EVER,
  gapOf,
  isOneClock,
  isWatchedUntil,
  near,
  type Span,
  untimedGapOf,
} from "../view/coverage.ts";
import { halfKnown, unreadState } from "../view/unread.ts";
import { ownersThen } from "../view/presence.ts";
import { holdersOfMac } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import type { End } from "./ends.ts";
import { copiesOf, floodedToNobody } from "./flooded.ts";
import { delivered, type Judgement, type RuleId, type World } from "./judgement.ts";
import { handedUp } from "./handed_up.ts";
import { keptAside } from "./kept_aside.ts";
import { isKeptByVlan } from "./kept_by_vlan.ts";
import { type Way, wayOf } from "./own_way.ts";
import { leftOutThere } from "./left_out.ts";
import { nestedIn } from "./nested.ts";
import { rankOfPacket } from "./rank.ts";
import { learnedElsewhere } from "./another_holder.ts";
import { takenByHardware } from "./hardware.ts";
import { turned } from "./turned_back.ts";
import { heldIn, readByProgram, refusedUntold } from "./silent_devices.ts";
import { heldAt, routineGap } from "./untold.ts";
import { isUnresolved, nextHopsOf } from "./next_hop.ts";
import {
  frameMac,
  lastTransmission,
  transmissionTo,
  wentToUnwatchedHost,
} from "./unwatched_host.ts";

/** A hop or an answer younger than this may still be on its way. */
export const TRAVEL_NS = 200e6;
/** A packet may wait this long, for its next hop's link address before the kernel gives up, or in a queue, ns. */
export const RESOLUTION_NS = 3.5e9;

/** Scripts that see where a packet goes and where it dies; and those that see that of one received. */
const SEEING = [...DEVICE_SCRIPTS, ...DROP_SCRIPTS];
const TAKING = [...DROP_SCRIPTS, "device_tx"];

/** What its own sightings tell of a packet: what other packets tell is for the passes. */
export const judge = (packet: Packet, world: World): Judgement => conclude(wayOf(packet), world);

/** What became of a packet that went this way: that depends on what its nodes cover, too. */
export function conclude({ packet, end, steps }: Way, world: World): Judgement {
  const base = { packet, end, steps, revisedBy: NO_RULES };
  switch (end.kind) {
    case "delivered":
      return delivered(base);
    case "taken":
      return judgeTaken(base, world);
    case "dropped":
      return judgeDropped(base, world);
    case "flooded":
      return judgeFlooded(base, world);
    case "left":
      return turned(base) ?? judgeLeft(base, world);
    case "silent":
    case "waiting":
      return judgeSilent(base, world);
    case "routine":
      return judgeRoutine(base, world);
  }
}

/**
 * [O4] Freed as what loses nobody's packet. Where it was the packet, by what was read of the bridge or
 * of the flows, it is dropped, unless a copy of it may have gone another way unseen.
 */
function judgeRoutine(base: Base, world: World): Judgement {
  const { step } = base.end;
  const aside = keptAside(base.end);
  if (aside && !gapOfCopies(base, world)) return { ...base, ...aside };
  const ended = isKeptByVlan(step, world.network) ? { isAlone: false } : handedUp(step);
  if (ended === null) return unknown(base, leftOut(base) ?? routineGap(step.event));
  if ("code" in ended) return unknown(base, ended);
  const end: End = { ...base.end, kind: "dropped" };
  const gap = ended.isAlone ? null : gapOfCopies(base, world);
  return gap ? unknown(base, gap) : { ...base, end, outcome: "dropped" };
}

/** [O22] Of the packet itself more may not have been told, where not all of it was. */
function leftOut(base: Base): Gap | null {
  const { event } = base.end.step;
  const gap = gapOf(event.node, SEEING, seenBy(base, around(event)), rankOf(base));
  return gap?.code === "sampled" ? gap : null;
}

/** One for all judgements that no pass revises: there may be millions. */
const NO_RULES: readonly RuleId[] = [];

type Base = Omit<Judgement, "outcome" | "gap">;

const unknown = (base: Base, gap: Gap): Judgement => ({ ...base, outcome: "unknown", gap });

/**
 * [O2] [O4] Freed as a drop. A frame that was freed as another host's may be a flooded copy: it is the
 * packet only where no other copy can have gone unseen, and no other probed node has its MAC: that
 * one is the next hop that it was sent to, and got it or did not. Where nobody saw it sent, it may have
 * got it put together with others, which looks like another packet.
 */
function judgeDropped(base: Base, world: World): Judgement {
  const sent = sentToAnother(base.end, world);
  if (sent) {
    const end: End = { kind: "left", step: sent, atDestination: false };
    return judgeLeft({ ...base, end, steps: stepsTo(sent) }, world);
  }
  const { step } = base.end;
  const isAnothers = isAnothersFrame(step.event);
  if (isAnothers && isAtAnotherNode(step, world)) return judgeCopy(base, world);
  if (isAnothers && wentToUnwatchedHost(step, world.network)) return judgeCopy(base, world);
  const gap = isAnothers ? gapOfCopies(base, world) : null;
  return gap ? unknown(base, gap) : { ...base, outcome: "dropped" };
}

/**
 * [O4] Why a copy of a frame may have gone unseen. Where it was seen to be sent as it came here, all
 * copies were made on this way, and each is seen at once; else, as in a tunnel, one may have waited.
 */
function gapOfCopies(base: Base, { nodes }: World): Gap | null {
  const { event, previous } = base.end.step;
  const sent = event.destinationMac && transmissionTo(event.destinationMac, previous);
  const times = sent ? [near(sent.event), near(event)] : [around(event)];
  for (const node of nodes) {
    for (const when of times) {
      const gap = gapOf(node, SEEING, seenBy(base, when), rankOf(base));
      if (gap) return gap;
    }
  }
  return null;
}

/**
 * [O4] [O7] Another host has got it, and what was freed here is a copy. Where whoever sent the frame has
 * no probe, the packet's way ends where it was last sent.
 */
function judgeCopy(base: Base, world: World): Judgement {
  const { event, previous } = base.end.step;
  const mac = frameMac(base.end.step)!;
  const sent = transmissionTo(mac, previous);
  const last = sent ?? lastTransmission(previous);
  const end: End = last ? { kind: "left", step: last, atDestination: false } : base.end;
  const moved = { ...base, end, steps: stepsTo(end.step) };
  if (sent) return judgeLeft(moved, world);
  const holder = holdersOfMac(world.network, mac).find(({ node }) => node !== event.node);
  const whose = holder ? `which ${holder.node.name} has` : "a host that no probe watches";
  const text = `${event.node.name} got a copy of a frame for ${mac}, ${whose}`;
  return unknown(moved, { code: "only-copies-for-others", text });
}

/**
 * When the packet would have been seen, had it gone on. Which of several equal packets is missing was
 * decided by their order, so that it may have been any of them.
 */
const seenBy = ({ packet }: Base, when: Span): Span | typeof EVER => packet.ambiguous ? EVER : when;

/** The rank of the packet: where it is told, all of its hops are. */
const rankOf = ({ packet }: Base) => () => rankOfPacket(packet);

/** [O3] A socket has it, because it was not dropped and drops were watched. */
function judgeTaken(base: Base, world: World): Judgement {
  const { event } = base.end.step;
  // Its transmission must be watched, too: NAT may have made it somebody else's, and sent it on.
  const gap = gapOf(
    event.node,
    TAKING,
    seenBy(base, after(event)),
    rankOf(base),
  );
  if (gap) {
    const text = `received, but whether a socket took it: ${gap.text}`;
    return unknown(base, { code: gap.code, text });
  }
  if (isYoung(event)) return young(base, world);
  return delivered(base);
}

/**
 * The node's batches do not reach `ns` past the event yet: the packet's next event, or a count of
 * events lost in that time, may still come.
 */
const isYoung = ({ node, at }: Sighting, ns = TRAVEL_NS) => !isWatchedUntil(node, at + ns, at);

/**
 * `in-flight` while the incident is open, because more events may come; else `unknown` with a gap.
 */
function young(base: Base, world: World): Judgement {
  if (!world.closed) return { ...base, outcome: "in-flight" };
  const { event } = base.end.step;
  if (event.node.untilAt - event.at >= TRAVEL_NS && event.at > event.node.toldAt) {
    const text = `the trace ended before ${event.node.name} told what it had lost`;
    return unknown(base, { code: "loss-untold", text });
  }
  const ms = Math.round((event.node.untilAt - event.at) / 1e6);
  const text = `the trace ended ${ms} ms after it was last seen`;
  return unknown(base, { code: "trace-ended", text });
}

/** [O6] [O7] Handed to a device and never seen again. */
function judgeLeft(base: Base, world: World): Judgement {
  const event = deviceEvent(base.end.step);
  const when = seenBy(base, after(event));
  const here = gapOf(event.node, SEEING, when, rankOf(base));
  const [awaited, ...others] = nextHopsOf(event, world.network);
  const found = awaited ? { awaited } : {};
  if (isYoung(event)) return { ...young(base, world), ...found };
  const arrived = arrivalOf(event, base.packet);
  if (arrived) {
    const text =
      `it arrived at ${arrived.device} of ${arrived.node.name}, and only copies for others were seen after that`;
    return unknown(base, { code: "only-copies-for-others", text });
  }
  const held = heldIn(event);
  if (held && isYoung(event, RESOLUTION_NS)) return young(base, world);
  if (held) return unknown({ ...base, ...found }, here ?? held);
  const nested = nestedIn(event);
  if (nested) return unknown({ ...base, ...found }, nested);
  const untold = refusedUntold(event, when, rankOf(base));
  if (untold) return unknown({ ...base, ...found }, untold);
  if (here) return unknown({ ...base, ...found }, here);
  if (!awaited) {
    const unread = unreadState(world.network);
    if (unread) return unknown(base, unread);
    const text = `no probe watches what is beyond ${event.device} of ${event.node.name}`;
    return unknown({ ...base, beyond: true }, { code: "beyond-unwatched", text });
  }
  // When it would have come by another clock is known once all packets are: O13 asks for that time.
  const there = when === EVER || isOneClock(event.node, awaited.node)
    ? gapOf(awaited.node, SEEING, when, rankOf(base))
    : untimedGapOf(awaited.node, SEEING);
  const gaps = [there, ...others.map(({ node }) => gapOf(node, SEEING, when, rankOf(base)))];
  const gap = gaps.find((one) => one !== null) ?? leftOutThere(event, base.steps, awaited, world);
  if (gap) return unknown({ ...base, awaited }, gap);
  const between = halfKnown(world.network, when) ?? takenByHardware(awaited) ??
    learnedElsewhere(event, awaited, world.network) ?? readByProgram(base.end.step.event);
  if (between) return unknown({ ...base, awaited }, between);
  return { ...base, awaited, awaitedElsewhere: others, outcome: "vanished" };
}

/**
 * [O4] A tunnel led it to a node that does not host its destination, or a node handed it to a bridge of
 * its own, which flooded it, and nobody took it. It is dropped only if no copy went elsewhere and no port
 * there was the right one: to know that, no event of any node may be missing. So it is where nobody has
 * its address and MAC, or has them any more.
 */
function judgeFlooded(base: Base, world: World): Judgement {
  const { event } = base.end.step;
  const aside = keptAside(base.end);
  if (aside && !gapOfCopies(base, world)) return { ...base, ...aside };
  const when = seenBy(base, around(event));
  const gap = world.nodes.map((node) => gapOf(node, SEEING, when, rankOf(base)))
    .find((found) => found !== null) ?? unreadState(world.network);
  if (gap) return unknown(base, gap);
  const copies = () => copiesOf(base.packet);
  const owners = ownersThen(world.network, event.destination!, { event, copies });
  const isMisled = cameByTunnelEndingHere(
    base.steps.map((step) => step.event)
      .filter(({ node }) => node === event.node),
  );
  if (isMisled && owners.length > 0 && owners.every(({ node }) => node !== event.node)) {
    return { ...base, outcome: "dropped" };
  }
  if (owners.length === 0 && floodedToNobody(base.end.step, base.packet, world.network)) {
    return { ...base, outcome: "dropped" };
  }
  const text = "only copies for others were seen";
  return unknown(base, { code: "only-copies-for-others", text });
}

/**
 * [O8] The packet was received, and neither delivered, forwarded nor dropped: the kernel holds it.
 */
function judgeSilent(base: Base, world: World): Judgement {
  const { event } = base.end.step;
  const waiting = base.end.kind === "waiting" || isUnresolved(event);
  if (isYoung(event, waiting ? RESOLUTION_NS : TRAVEL_NS)) return young(base, world);
  return unknown(
    base,
    gapOf(event.node, SEEING, seenBy(base, around(event)), rankOf(base)) ??
      heldAt(event, base.end.kind),
  );
}
