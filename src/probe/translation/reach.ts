/** Whether, and on its way to whom, a packet from an address may have its source changed. */
import {
  type Address,
  hasAddress,
  parseAddress,
  parseSubnet,
  prefixMask,
  type Subnet,
} from "../../event/filter/address.ts";
import type { Peer } from "../../event/filter/mod.ts";
import type { NatFacts } from "./facts.ts";
import { bitsNeeded } from "./marks.ts";
import type { Case, Where } from "./rule.ts";

/** The other end: one of `peers`, where that is told, and none of `notPeers`. */
export interface Peers {
  peers?: Peer[];
  notPeers?: Peer[];
}

/** Of more other ends, networks are told that have them: each is compared for each packet. */
const PEERS_MAX = 8;

/** Of one namespace. */
export class Reach {
  readonly #own: Set<string>;
  readonly #byAddress = new Map<string, Case[]>();
  /** What changes the destination of packets to any address, or to any of the namespace's own. */
  readonly #anywhere: Case[] = [];

  constructor(readonly facts: NatFacts) {
    this.#own = new Set(facts.addresses.map(({ address }) => address));
    for (const each of facts.cases) {
      if (each.action.do !== "destination") continue;
      const { destinations } = each.where;
      if (destinations === undefined) this.#anywhere.push(each);
      for (const address of destinations ?? []) {
        const known = this.#byAddress.get(address);
        if (known === undefined) this.#byAddress.set(address, [each]);
        else known.push(each);
      }
    }
  }

  /** Null where the rule's conditions leave out all that comes from the address. */
  of(from: string, where: Where): Peers | null {
    const source = parseAddress(from);
    if (source === null || !this.#maySend(source, from, where)) return null;
    const notPeers: Subnet[] = [...where.notTo ?? []];
    const lists = listsOf(where).map(peersIn);
    for (const left of where.unless ?? []) {
      const { sources, notSources, to: _, notTo, destinations: __, ...more } = left;
      if (Object.values(more).some((asked) => asked !== undefined)) continue;
      if (!this.#maySend(source, from, { sources, notSources })) continue;
      const to = listsOf(left);
      if (to.length === 0 && notTo === undefined) return null;
      if (to.length === 1 && notTo === undefined) notPeers.push(...to[0]!);
      if (to.length === 0 && notTo !== undefined) lists.push(peersIn(notTo));
    }
    const marked = this.#marked(source, from, where);
    if (marked === null) return null;
    if (marked !== undefined) lists.push(marked);
    // Any of the lists holds for all that is meant; the shortest leaves out the most.
    const peers = lists.map(few).filter((list) => list !== undefined)
      .sort((a, b) => a.length - b.length)[0];
    if (peers?.length === 0) return null;
    return {
      ...(peers ? { peers } : {}),
      ...(notPeers.length === 0 || notPeers.length > PEERS_MAX
        ? {}
        : { notPeers: peersIn(notPeers) }),
    };
  }

  #maySend(source: Address, text: string, { sources, notSources, isLocalSource }: Where): boolean {
    if (isLocalSource && !this.#own.has(text)) return false;
    if (notSources?.some((network) => hasAddress(network, source))) return false;
    return (sources ?? []).every((list) => list.some((network) => hasAddress(network, source)));
  }

  /** To whom a packet goes that has the mark asked for; undefined: to anybody; null: none has it. */
  #marked(source: Address, from: string, where: Where): Peer[] | null | undefined {
    const bits = bitsNeeded(where);
    if (bits === 0) return undefined;
    const ways = this.facts.markings.filter(({ where, action }) =>
      action.do === "mark" && (action.bits & bits) !== 0 && this.#maySend(source, from, where)
    );
    if (ways.length === 0) return null;
    const peers: Peer[] = [];
    for (const { where } of ways) {
      const ends = this.#endsOf(where);
      if (ends === undefined) return undefined;
      peers.push(...ends);
    }
    return peers;
  }

  /** Where packets go that the condition takes, after their destination was changed. */
  #endsOf(where: Where): Peer[] | undefined {
    const { destinations, isLocal, ports } = where;
    if (destinations === undefined && !(isLocal && ports !== undefined)) return undefined;
    const ends: Peer[] = [];
    for (const address of destinations ?? [undefined]) {
      const changed = [
        ...this.#anywhere,
        ...(address === undefined ? [] : this.#byAddress.get(address) ?? []),
      ].filter((each) => areBothPossible(where, each.where));
      const became = changed.map(({ where, action }) =>
        endOf(action, address ?? where.destinations?.[0])
      );
      if (address !== undefined && changed.length === 0) {
        became.push(endOf({ do: "destination", address }, undefined));
      }
      if (became.includes(undefined)) return undefined;
      ends.push(...became as Peer[]);
    }
    return ends;
  }
}

/** What the destination must be in, each list. */
const listsOf = ({ to = [], destinations }: Where): Subnet[][] => [
  ...to.map((list) => [...list]),
  ...(destinations ? [destinations.map(parseSubnet).filter((one) => one !== null)] : []),
];

const peersIn = (networks: readonly Subnet[]): Peer[] => networks.map((network) => ({ network }));

function areBothPossible(one: Where, other: Where): boolean {
  const meet = <T>(a?: readonly T[], b?: readonly T[]) =>
    a === undefined || b === undefined || a.some((each) => b.includes(each));
  return meet(one.ports, other.ports) && meet(one.protocols, other.protocols);
}

/** Undefined where it may be anything. */
function endOf(action: Case["action"], before: string | undefined): Peer | undefined {
  if (action.do !== "destination") return undefined;
  const network = parseSubnet(action.address ?? before ?? "");
  if (network === null) return undefined;
  return { network, ...(action.port === undefined ? {} : { port: action.port }) };
}

/** The list itself, or networks that have all of it; undefined where that would be too many. */
function few(peers: readonly Peer[]): Peer[] | undefined {
  const own = new Map(peers.map((peer) => [peerKey(peer), peer]));
  if (own.size <= PEERS_MAX) return [...own.values()];
  const groups = Map.groupBy(
    peers.map(({ network }) => network!),
    ({ version, bits }) => `${version} ${bits >> (version === 4 ? 24n : 112n)}`,
  );
  if (groups.size > PEERS_MAX) return undefined;
  return [...groups.values()].map((networks) => ({ network: common(networks) }));
}

const peerKey = ({ network, port }: Peer) =>
  `${network?.version} ${network?.bits} ${network?.mask} ${port}`;

/** The smallest network that has all of these, which are of one version. */
function common(networks: readonly Subnet[]): Subnet {
  const { version } = networks[0]!;
  for (let length = version === 4 ? 32 : 128;; length--) {
    const mask = prefixMask(version, length);
    const bits = networks[0]!.bits & mask;
    if (networks.every((one) => (one.mask & mask) === mask && (one.bits & mask) === bits)) {
      return { version, bits, mask };
    }
  }
}
