/**
 * Packets by the way they took from one node's device to another node: which sizes came through and
 * which did not, and whether anything did.
 */
import { deviceEvent } from "../correlate/steps.ts";
import type { Sighting } from "../view/timeline.ts";
import type { Collected, Foremost } from "./gathered.ts";
import { inOrder, type Judgement } from "./judgement.ts";
import type { Crossing, Crossings, Way } from "./ways.ts";

/** A crossing, and whose: not as it was judged, because it is kept while its family rests. */
export type CrossingBy = Crossing & Pick<Judgement, "packet">;

/** What packets tell of the ways they took between nodes. */
export interface OwnCrossings {
  /** The largest that came through, by `wayKey`, and by `wayOfKind`. */
  passed: Map<string, CrossingBy>;
  lost: Map<string, CrossingBy[]>;
  /** Ends of tunnels, as `A>B`. */
  tunnels: Map<string, boolean>;
}

/** A packet that came through. */
interface Passage {
  sent: Sighting;
  received: Sighting;
  bytes: number;
}

/** It has the same keys, `wayKey` and `wayOfKind`. */
function isOneWay({ sent: a, received: there }: Passage, b: Sighting, received: Sighting): boolean {
  return a.node === b.node && there.node === received.node && a.netns === b.netns &&
    a.ifindex === b.ifindex && a.tunnelKind === b.tunnelKind &&
    a.tunnelDestination === b.tunnelDestination && a.destination === b.destination &&
    a.protocol === b.protocol && a.sourcePort === b.sourcePort &&
    a.destinationPort === b.destinationPort;
}

/**
 * What these packets tell, which are in the order of all packets, once all is known of them: which
 * pieces are whose, and what arrived by what the other side said.
 */
export function crossingsOf(judgements: readonly Judgement[]): OwnCrossings {
  const own: OwnCrossings = { passed: new Map(), lost: new Map(), tunnels: new Map() };
  let before: Passage | null = null;
  // What was cut has the end of one of its pieces: one loss.
  const lost = new Set<Sighting>();
  for (const judgement of judgements) {
    const { packet } = judgement;
    for (const { sent, received } of [...crossedBy(judgement), ...piecesOf(judgement)]) {
      if (sent.tunnelSource !== undefined) {
        own.tunnels.set(`${sent.tunnelSource}>${sent.tunnelDestination}`, true);
      }
      const bytes = bytesOf(sent);
      if (bytes === null) continue;
      // Mostly the packet before took the same way, and was as large.
      if (before !== null && bytes <= before.bytes && isOneWay(before, sent, received)) continue;
      before = { sent, received, bytes };
      const { name } = received.node;
      for (const key of [wayKey(sent, name), wayOfKind(sent, name)]) {
        if (bytes > (own.passed.get(key)?.bytes ?? -1)) {
          own.passed.set(key, { bytes, sent, packet });
        }
      }
    }
    if (judgement.outcome !== "vanished" || !judgement.awaited) continue;
    const sent = deviceEvent(judgement.end.step);
    const bytes = bytesOf(sent);
    if (bytes === null || lost.has(sent)) continue;
    lost.add(sent);
    const key = wayKey(sent, judgement.awaited.node.name);
    own.lost.set(key, [...own.lost.get(key) ?? [], { bytes, sent, packet }]);
  }
  return own;
}

/** What all packets of an incident tell. */
export class GatheredCrossings implements Crossings {
  constructor(
    readonly passed: Foremost<CrossingBy>,
    readonly lost: Collected<CrossingBy[]>,
    readonly tunnels: Foremost<boolean>,
  ) {}

  /** What a part tells now, in place of what it told before. */
  bring(part: object, { passed, lost, tunnels }: OwnCrossings): void {
    this.passed.bring(part, passed);
    this.lost.bring(part, lost);
    this.tunnels.bring(part, tunnels);
  }

  way(key: string): Way {
    const passed = this.passed.get(key);
    const lost = this.lost.get(key).flat().sort((a, b) => inOrder(a, b));
    return { ...(passed ? { passed } : {}), lost };
  }

  hasTunnel(ends: string): boolean {
    return this.tunnels.get(ends) ?? false;
  }
}

/**
 * Where a packet was sent by one node and seen at others after it: not only the next, because a packet
 * that is lost between is awaited at its destination, whoever else watches the way.
 */
export function* crossedBy(
  judgement: Judgement,
): Iterable<Pick<Passage, "sent" | "received">> {
  // What carried it is judged itself, and tells of the ways that it took.
  const steps = judgement.ownSteps ?? judgement.steps;
  for (let i = 1; i < steps.length; i++) {
    const [sent, received] = [steps[i - 1]!.event, steps[i]!.event];
    if (sent.node === received.node || sent.kind !== "device-tx") continue;
    yield { sent, received };
    let { node } = received;
    for (const { event } of steps.slice(i + 1)) {
      if (event.node !== node && event.node !== sent.node) yield { sent, received: event };
      ({ node } = event);
    }
  }
}

/** The same of what was cut on its way, by its pieces that came, where some may be lost. */
export function* piecesOf(
  { end, pieces = [] }: Judgement,
): Iterable<Pick<Passage, "sent" | "received">> {
  const sent = deviceEvent(end.step);
  if (sent.kind !== "device-tx") return;
  for (const { steps: [first] } of pieces) {
    if (first!.event.node !== sent.node) yield { sent, received: first!.event };
  }
}

/** From a device of one node, inside the same tunnel or none, to another node. */
export const wayKey = (sent: Sighting, node: string): string =>
  `${sent.node.name} ${sent.netns} ${sent.ifindex} ${sent.tunnelKind ?? ""} ${
    sent.tunnelDestination ?? sent.destination
  } ${node}`;

/** The way of a packet with this protocol between these ports. */
export const wayOfKind = (sent: Sighting, node: string): string =>
  `${wayKey(sent, node)} ${sent.protocol} ${sent.sourcePort ?? ""} ${sent.destinationPort ?? ""}`;

/** Null for what tells no size. */
export function bytesOf({ ipLength, payload, gsoSize }: Sighting): number | null {
  if (ipLength === undefined) return null;
  // The device, or the next one, cuts it into segments with as many bytes of data each.
  if (gsoSize && payload !== undefined && payload > gsoSize) return ipLength - payload + gsoSize;
  return ipLength;
}
