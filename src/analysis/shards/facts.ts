/**
 * Which packets of a healthy flow a shard gives to the hub: all that a report takes from such a flow
 * is in one of them. Rule D3. Each is the first, or the extreme one, of the shard by some measure, so
 * that the first of all shards is among those that the hub gets.
 */
import { wayText } from "../count/places.ts";
import { formKey, formOf } from "../correlate/identity.ts";
import { hasFlag, isConnectRequest, TCP, TCP_FLAGS } from "../kernel/protocols.ts";
import { bytesOf, crossedBy, wayKey } from "../verdict/crossings.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import { hasLongerWay, inOrder, type Judgement } from "../verdict/judgement.ts";
import type { Sighting } from "../view/timeline.ts";

/** Of one flow: the packet with the longest way, the first by several measures, one of every form. */
export function exemplarsOf({ packets }: FlowGroup): Set<Judgement> {
  const kept = new Set<Judgement>([packets.reduce((best, p) => hasLongerWay(p, best) ? p : best)]);
  const seen = new Set<string>();
  const first = (what: string, judgement: Judgement) => {
    if (seen.has(what)) return;
    seen.add(what);
    kept.add(judgement);
  };
  for (const judgement of packets) {
    first("packet", judgement);
    first(`way ${wayText(judgement)}`, judgement);
    for (const key of judgement.packet.forms.keys()) first(`form ${key}`, judgement);
    const begin = judgement.steps[0]!.event;
    if (isConnectRequest(begin)) first("syn", judgement);
    if (begin.protocol === TCP) first(`segment ${markOf(begin)}`, judgement);
    const { kind, event: end } = { ...judgement.end, ...judgement.end.step };
    first(`end ${kind} ${end.kind} ${formKey(formOf(end))}`, judgement);
    for (const { event } of judgement.steps) {
      if (event.conntrackDirection === undefined || event.tunnelKind !== undefined) continue;
      first("conntrack", judgement);
      first(`conntrack ${event.conntrackDirection}`, judgement);
    }
  }
  for (const judgement of largest(packets)) kept.add(judgement);
  for (const judgement of earliest(packets)) kept.add(judgement);
  for (const judgement of latest(packets)) kept.add(judgement);
  return kept;
}

/** What a TCP segment does for its connection. */
export type Mark = "syn" | "reset" | "fin" | "data" | "bare";

function markOf(event: Sighting): Mark {
  if (hasFlag(event, TCP_FLAGS.rst)) return "reset";
  if (hasFlag(event, TCP_FLAGS.syn)) return "syn";
  if (hasFlag(event, TCP_FLAGS.fin)) return "fin";
  return (event.payload ?? 0) > 0 ? "data" : "bare";
}

/** The marks of a TCP flow, each once in the order of words; of other flows none. */
export function marksOf({ form, packets }: FlowGroup): Mark[] {
  if (form.protocol !== TCP) return [];
  const marks = new Set(packets.map(({ steps }) => markOf(steps[0]!.event)));
  // A segment that ends the connection may carry its last data.
  if (packets.some(({ steps }) => (steps[0]!.event.payload ?? 0) > 0)) marks.add("data");
  return [...marks].sort();
}

/** The largest packet that came by each way between two nodes, and in each namespace. */
function largest(packets: readonly Judgement[]): Iterable<Judgement> {
  const found = new Map<string, { bytes: number; judgement: Judgement }>();
  const note = (key: string, event: Sighting, judgement: Judgement) => {
    const bytes = bytesOf(event);
    if (bytes === null || bytes <= (found.get(key)?.bytes ?? -1)) return;
    found.set(key, { bytes, judgement });
  };
  for (const judgement of packets) {
    for (const { sent, received } of crossedBy(judgement)) {
      note(wayKey(sent, received.node.name), sent, judgement);
    }
    for (const event of eventsOf(judgement)) {
      note(`in ${event.node.name} ${event.netns}`, event, judgement);
    }
  }
  return [...found.values()].map(({ judgement }) => judgement);
}

/** The packet that was seen last on each node and in each namespace, and the one whose end there is the latest. */
function latest(packets: readonly Judgement[]): Iterable<Judgement> {
  const lasts = new Map<string, { at: number; judgement: Judgement }>();
  const note = (key: string, at: number, judgement: Judgement) => {
    const known = lasts.get(key);
    if (!known || at > known.at) lasts.set(key, { at, judgement });
  };
  for (const judgement of packets) {
    for (const { events, node } of judgement.packet.chains) {
      note(`seen ${node.name}`, events.at(-1)!.at, judgement);
      for (const { netns, at } of events) note(`seen ${node.name} ${netns}`, at, judgement);
    }
    const { event } = judgement.end.step;
    note(`ended ${judgement.outcome} ${event.node.name}`, event.at, judgement);
  }
  return [...lasts.values()].map(({ judgement }) => judgement);
}

/** The first packet on each node, in each form in each namespace, and out of each tunnel there. */
function earliest(packets: readonly Judgement[]): Iterable<Judgement> {
  const firsts = new Map<string, { at: number; judgement: Judgement }>();
  for (const judgement of packets) {
    for (const { events, node } of judgement.packet.chains) {
      for (const event of events) {
        const inside = event.kind === "device-rx" && event.tunnelSource !== undefined;
        // A problem heals by what passes its place in the form that failed there.
        const place = `${node.name} ${event.netns} ${formKey(formOf(event))}`;
        const keys = [
          node.name,
          place,
          ...(inside ? [`${node.name} ${event.tunnelSource}`] : []),
        ];
        for (const key of keys) {
          const known = firsts.get(key);
          if (!known || event.at < known.at) firsts.set(key, { at: event.at, judgement });
        }
      }
    }
  }
  return [...firsts.values()].map(({ judgement }) => judgement);
}

/** A packet that is the most by some measure. */
export interface Frame {
  valueNs: bigint;
  judgement: Judgement;
}

/** Which of two frames goes before the other. */
export const isFrameBefore = (a: Frame, b: Frame): boolean =>
  a.valueNs !== b.valueNs ? a.valueNs > b.valueNs : inOrder(a.judgement, b.judgement) < 0;

/** Of all flows, by measure: packets that bound the offset of two clocks, or have a node's first or last event. */
export function framesOf(judgements: readonly Judgement[]): Map<string, Frame> {
  const most = new Map<string, Frame>();
  const note = (key: string, valueNs: bigint, judgement: Judgement) => {
    const known = most.get(key);
    if (!known || valueNs > known.valueNs) most.set(key, { valueNs, judgement });
  };
  for (const judgement of judgements) {
    const { steps, packet } = judgement;
    for (let i = 1; i < steps.length; i++) {
      const [sent, received] = [steps[i - 1]!.event, steps[i]!.event];
      if (sent.node === received.node) continue;
      const delay = received.timeNs - sent.timeNs;
      const key = `${packet.ambiguous} ${sent.node.name}\0${received.node.name}`;
      note(`least ${key}`, -delay, judgement);
      note(`most ${key}`, delay, judgement);
    }
    for (const { events, node } of packet.chains) {
      note(`first ${node.name}`, -events[0]!.timeNs, judgement);
      note(`last ${node.name}`, events.at(-1)!.timeNs, judgement);
    }
  }
  return most;
}

/** All sightings of the packet. */
export function eventsOf({ packet }: Judgement): Sighting[] {
  return packet.chains.flatMap((chain) => chain.events);
}

/** Addresses of the tunnels a flow went through: `10.0.0.1>10.0.0.2`. */
export function tunnelsOf({ packets }: FlowGroup): string[] {
  const pairs = new Set<string>();
  for (const judgement of packets) {
    for (const event of eventsOf(judgement)) {
      if (event.tunnelSource === undefined) continue;
      pairs.add(`${event.tunnelSource}>${event.tunnelDestination}`);
    }
  }
  return [...pairs].sort();
}
