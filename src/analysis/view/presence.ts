/** When a device that was read is known not to be there: so who had an address may be gone. Rule O4. */
import type { Link, NetnsState } from "../../event/state.ts";
import { ask } from "./asked.ts";
import { holdersOfMac, isIncomplete, linkOf, type Owner, ownersOf, stateAt } from "./state_view.ts";
import type { NodeView, Sighting } from "./timeline.ts";

/** How it is known that a device does not have an address or a MAC any more. */
export type Sign =
  /** Its namespace has ended. */
  | "ended"
  /** Its namespace was read without it. */
  | "device"
  /** The other end of its veth pair is there no more. */
  | "pair"
  /** It was read, and has another one. */
  | "other";

/** A time in which a device did not have something; without `to` up to the end. */
export interface Absence {
  /** When it was seen to have it last, an `at`, ns. */
  after: number;
  /** By when it had it no more, an `at`, ns. */
  from: number;
  sign: Sign;
  /** When it had it again, an `at`, ns. */
  to?: number;
}

/** What was seen of a device at a moment; without a sign it has what is asked for. */
interface Seen {
  at: number;
  sign?: Sign;
}

/** When a packet ended, and what else was seen of it. */
export interface Then {
  event: Sighting;
  copies(): readonly Sighting[];
}

/**
 * [O4] Since when the owner of an address or a MAC is known not to have it, where it is known to be so when
 * a packet ended on the same node; null: it may have it. A reading comes a second after a change:
 * one that had it last before the packet is enough where the packet shows that it was gone.
 */
export function goneSince(owner: Owner, key: string, then: Then): Absence | null {
  const { node, at } = then.event;
  if (owner.node !== node) return null;
  const absence = lostBy(owner, key, at);
  if (absence === null) return null;
  return absence.from <= at || wasPassedOver(owner, then) ? absence : null;
}

/** Since when an owner does not have an address of which the kernel says, at a moment, that it is not there. */
export const lostBy = (owner: Owner, key: string, at: number): Absence | null =>
  absencesOf(owner, key).find(({ after, to = Infinity }) => after < at && at < to) ?? null;

/**
 * A bridge flooded the packet to its ports, and not to the other end of the pair, which was one of them:
 * the pair was gone, or its end no port any more.
 */
function wasPassedOver({ node, link, netns }: Owner, { event, copies }: Then): boolean {
  const { peerNetns, peerIfindex } = link;
  const state = stateAt(node, peerNetns, event.at);
  const end = linkOf(state, peerIfindex);
  if (link.kind !== "veth" || end?.peerNetns !== netns || end.masterIfindex === undefined) {
    return false;
  }
  const sentBy = copies().filter((copy) =>
    copy.kind === "device-tx" && copy.node === node && copy.netns === peerNetns
  );
  const isPort = ({ ifindex }: Sighting) =>
    linkOf(state, ifindex)?.masterIfindex === end.masterIfindex;
  return sentBy.some(isPort) && sentBy.every(({ ifindex }) => ifindex !== peerIfindex);
}

/** Devices that may have a MAC when a packet ended. */
export const holdersThen = (nodes: readonly NodeView[], mac: string, then: Then): Owner[] =>
  holdersOfMac(nodes, mac).filter((owner) => goneSince(owner, mac, then) === null);

/** Devices that may have an address when a packet ended. */
export const ownersThen = (nodes: readonly NodeView[], address: string, then: Then): Owner[] =>
  ownersOf(nodes, address).filter((owner) => goneSince(owner, address, then) === null);

const absencesOf = (owner: Owner, key: string): readonly Absence[] =>
  ask(
    owner.node.statesSource,
    `absent ${owner.netns} ${owner.link.ifindex} ${key}`,
    () => findAbsences(owner, key),
    (before, now) => JSON.stringify(before) === JSON.stringify(now),
  );

function findAbsences(owner: Owner, key: string): Absence[] {
  const seen = [...inItsNamespace(owner, key), ...atItsOtherEnd(owner)]
    // What is told of one moment proves nothing against it.
    .sort((a, b) => a.at - b.at || Number(a.sign !== undefined) - Number(b.sign !== undefined));
  const absences: Absence[] = [];
  let after: number | undefined;
  for (const { at, sign } of seen) {
    const last = absences.at(-1);
    const open = last?.to === undefined ? last : undefined;
    if (sign === undefined) {
      after = at;
      if (open) open.to = at;
    } else if (!open && after !== undefined) absences.push({ after, from: at, sign });
  }
  return absences;
}

/** Readings of its namespace, which have it or have not, and the ends of the namespace. */
function inItsNamespace({ node, netns, link: { ifindex } }: Owner, key: string): Seen[] {
  const readings = (node.states.get(netns) ?? []).filter(({ state }) => hasLinks(state));
  return [
    ...readings.map(({ at, state }): Seen => {
      const link = state.links.find((one) => one.ifindex === ifindex);
      if (link && hasKey(link, key)) return { at };
      return { at: wholeAt(node, at, state), sign: link ? "other" : "device" };
    }),
    ...node.endings(netns).map(({ at }): Seen => ({ at, sign: "ended" })),
  ];
}

const hasKey = ({ mac, addresses }: Link, key: string): boolean =>
  mac === key || addresses.some(({ address }) => address === key);

/**
 * Both ends of a veth pair go at once. The first reading of the namespace that had the other end, and has
 * it no more, tells so, unless some reading has it later: it was moved.
 */
function atItsOtherEnd({ node, netns, link }: Owner): Seen[] {
  const { kind, peerNetns, peerIfindex } = link;
  if (kind !== "veth" || peerNetns === undefined || peerIfindex === undefined) return [];
  const isEnd = (other: Link) =>
    other.kind === "veth" && other.peerNetns === netns && other.peerIfindex === link.ifindex;
  const lastAt = Math.max(
    ...[...node.states.values()].flat().filter(({ state }) => state.links.some(isEnd))
      .map(({ at }) => at),
  );
  // A device of the same number whose other end could not be found out may be this one.
  const gone = node.states.get(peerNetns)?.find(({ at, state }) =>
    at > lastAt && hasLinks(state) && !state.links.some(({ ifindex }) => ifindex === peerIfindex)
  );
  return gone && lastAt !== -Infinity
    ? [{ at: wholeAt(node, gone.at, gone.state), sign: "pair" }]
    : [];
}

/** Its devices were read: one that it does not have was not there. */
export const hasLinks = (state: NetnsState): boolean => !isIncomplete(state, ["state", "links"]);

/** When a reading was whole: what it has not was gone by then. */
const wholeAt = (node: NodeView, at: number, { untilNs }: NetnsState): number =>
  untilNs === undefined ? at : Number(BigInt(untilNs) - node.baseNs);
