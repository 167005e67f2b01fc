/** A tunnel's packet that went into another tunnel. */
import type { Outcome } from "../../event/codes.ts";
import { endPoint } from "../../event/end_point.ts";
import type { Gap } from "../../event/gaps.ts";
import { sightingsOf } from "../correlate/packets.ts";
import { PROTOCOL_NAMES } from "../kernel/protocols.ts";
import { isTunnelInTunnel, wentIntoTunnel } from "../kernel/tunnels.ts";
import { outerKey } from "./fragments.ts";
import { linkOf, stateAt } from "../view/state_view.ts";
import { type Sighting, sightingsBetween } from "../view/timeline.ts";
import { inherit, type Judgement } from "./judgement.ts";

/** Encapsulating again takes microseconds; later the same skb may be another packet's. */
const NESTING_NS = 1e6;
/** So long may an interrupted kernel take to pack or unpack it; what comes next of the skb tells whether it did. */
const INTERRUPTED_NS = 1e8;

/** A gap when a tunnel's packet went into another tunnel: after that only the packets of the outer one are seen. */
export function nestedIn(event: Sighting): Gap | null {
  const carrier = carrierOf(event);
  if (carrier === null) return null;
  const { source, sourcePort, destination, destinationPort, protocol } = carrier;
  const ends = `${endPoint(source!, sourcePort)} > ${endPoint(destination!, destinationPort)}`;
  const name = PROTOCOL_NAMES[protocol!] ?? `protocol ${protocol}`;
  const text = `it went into a tunnel inside a tunnel, which is followed as ${ends} ${name} only`;
  return { code: "tunnel-in-tunnel", text };
}

/**
 * The sighting of a tunnel's packet in another tunnel, next after it was handed to that one's device. The
 * probe reads two tunnel headers and not the packet inside them. Null where it was not, or it can't be told.
 */
function carrierOf(event: Sighting): Sighting | null {
  if (event.tunnelKind === undefined || event.kind !== "device-tx") return null;
  const link = linkOf(stateAt(event.node, event.netns, event.at), event.ifindex, event.device);
  // Where a tunnel's device was handed it there is one to come: only then is it worth to look that far.
  const within = link?.tunnel === undefined ? NESTING_NS : INTERRUPTED_NS;
  for (const other of sightingsBetween(event.node, event.at, event.at + within)) {
    if (other.skb !== event.skb) continue;
    if (other.kind === "device-tx" && wentIntoTunnel(event, other)) return other;
    if (other.at > event.at + NESTING_NS) return null;
  }
  return null;
}

/** Outcomes that a packet has with the one that carries it: it died in it, or went where nobody looks. */
const SHARED: ReadonlySet<Outcome> = new Set(["dropped", "vanished", "unknown", "in-flight"]);

/**
 * [G8] [O60] What went into a tunnel inside a tunnel has the way of the packet that carried it, and the
 * outcome, where it was seen no more. That one is no flow of its own then.
 */
export function joinCarriers(judgements: readonly Judgement[]): void {
  for (const judgement of judgements) if (wasUnpacked(judgement)) judgement.carries = true;
  shareOutcomes(judgements, judgements.filter(({ gap }) => gap?.code === "tunnel-in-tunnel"));
  addWays(judgements);
}

/** Gives what was seen no more the outcome of the packet that carried it, which is known by its sighting there. */
function shareOutcomes(judgements: readonly Judgement[], nested: readonly Judgement[]): void {
  if (nested.length === 0) return;
  const bySighting = new Map<Sighting, Judgement>();
  for (const judgement of judgements) {
    for (const event of sightingsOf(judgement.packet)) bySighting.set(event, judgement);
  }
  const waiting = new Set(nested);
  const share = (inner: Judgement): void => {
    if (!waiting.delete(inner)) return;
    const sighting = carrierOf(inner.steps.at(-1)!.event);
    const carrier = sighting === null ? undefined : bySighting.get(sighting);
    if (carrier === undefined || carrier === inner) return;
    // Of more than three tunnels the packet that carries may be carried itself.
    share(carrier);
    if (!SHARED.has(carrier.outcome)) return;
    inner.ownSteps = inner.steps;
    inherit(inner, carrier, "O60");
    if (carrier.beyond) inner.beyond = true;
    inner.carriedBy = carrier.carriedBy ?? carrier;
    carrier.carries = true;
  };
  for (const inner of nested) share(inner);
}

/** Gives what went on the way of the packet that carried it, which is known by its number, too. */
function addWays(judgements: readonly Judgement[]): void {
  // What was dropped carried nothing on: a copy did.
  const carrying = judgements.filter(({ steps, outcome }) =>
    outcome !== "dropped" && steps[0]!.event.kind === "device-tx" &&
    isTunnelInTunnel(steps[0]!.event)
  );
  if (carrying.length === 0) return;
  const carriers = Map.groupBy(carrying, ({ steps }) => outerKey(steps[0]!.event));
  const waiting = new Set(judgements);
  const add = (inner: Judgement): void => {
    if (!waiting.delete(inner)) return;
    const added = inner.steps.slice(0, -1).flatMap(({ event }, at) => {
      const carrier = carrierAt(event, carriers);
      if (carrier === undefined || carrier === inner) return [];
      // It has shared the outcome of this one, and has its steps already.
      const isThere = inner.steps[at + 1]!.event === carrier.steps[0]!.event;
      return isThere ? [] : [{ at, carrier }];
    });
    if (added.length === 0) return;
    inner.ownSteps ??= inner.steps;
    inner.carriers = added.flatMap(({ carrier }) => {
      add(carrier);
      carrier.carries = true;
      return [carrier.packet, ...carrier.carriers ?? []];
    });
    const after = new Map(added.map(({ at, carrier }) => [at, carrier.steps]));
    inner.steps = inner.steps.flatMap((step, at) => [step, ...after.get(at) ?? []]);
  };
  for (const inner of judgements) add(inner);
}

/** The packet that carried this one on from here. */
function carrierAt(
  event: Sighting,
  carriers: ReadonlyMap<string, readonly Judgement[]>,
): Judgement | undefined {
  if (event.kind !== "device-tx" || event.tunnelIpId === undefined) return undefined;
  const { tunnelSource: source, tunnelDestination: destination, tunnelIpId: ipId } = event;
  return carriers.get(outerKey({ source, destination, ipId }))?.find(({ steps }) => {
    const first = steps[0]!.event;
    return first.node === event.node && first.skb === event.skb && first.at > event.at &&
      first.at <= event.at + INTERRUPTED_NS;
  });
}

/**
 * It was the outer packet of a tunnel inside a tunnel: next after it was last received, its skb was
 * received as what that tunnel carries.
 */
function wasUnpacked({ steps }: Pick<Judgement, "steps">): boolean {
  const { event } = steps.at(-1)!;
  if (event.tunnelKind === undefined || event.kind !== "device-rx") return false;
  const next = sightingsBetween(event.node, event.at, event.at + INTERRUPTED_NS)
    .find(({ skb }) => skb === event.skb);
  return next !== undefined && next.kind === "device-rx" && next.tunnelKind !== undefined &&
    next.tunnelSource === event.source && next.tunnelDestination === event.destination &&
    next.tunnelDestinationPort === event.destinationPort;
}
