/**
 * What the kernel is asked, given the filter and what is known of the nodes: the filter as a script
 * has it, widened by their translations, and the ports of their tunnels.
 */
import {
  type FilterNode,
  isNamed,
  meansPlace,
  type NamedFilter,
  type NamedPlace,
  placeOfState,
  printFilter,
  resolveNames,
  servicePlaces,
  type Translation,
  widen,
} from "../../event/filter/mod.ts";
import { formatAddress, fullMask } from "../../event/filter/address.ts";
import type { NetnsState } from "../../event/state.ts";
import { SeenTranslations } from "../translation/connections.ts";
import { carriedFilter, hasTunnelInTunnel } from "./carried.ts";
import { connectionQuery, type FilterConnections } from "./connection_query.ts";
import { type KernelFilter, kernelFilter } from "./kernel_filter.ts";
import { type NatFacts, natFactsOf } from "../translation/facts.ts";
import { translationsOf } from "../translation/translations.ts";
import { type TunnelPort, type TunnelPorts, tunnelPorts, tunnelPortsOf } from "./tunnel_ports.ts";
import { mirrored } from "./user_filter.ts";
import { widerThan } from "./wider.ts";

/** What the kernel is asked, and what user space filters besides. */
export interface Plan {
  /** The filter, widened to both directions of a flow and to all translations that are known. */
  filterNode: FilterNode;
  kernel: KernelFilter;
  tunnelPorts: TunnelPorts;
  /** What a tunnel's packet in another tunnel is to carry; null: nothing is asked about that. */
  carried: string | null;
  /** The kernel tells packets to and from an end that asked, too; it was asked to, or it does. */
  follows: boolean;
  /** What connection tracking knows of a packet is not read; absent until the kernel was asked. */
  translationsUntold?: boolean;
  /** Plans that ask the kernel the same have the same key. */
  key: string;
}

interface Facts {
  nat: NatFacts;
  tunnels: TunnelPort[];
  hasTunnelInTunnel: boolean;
}

/** Ports of tunnels that translations leave out, at most: each is compared for each packet. */
const TUNNELS_LEFT_OUT_MAX = 4;

/** Where a namespace is: on which node, and whether it is the node's own. */
export type WhereIs = (netns: number) => Pick<NamedPlace, "node" | "own"> | undefined;

/** Addresses that one name stands for, at most: each is compared for each packet. */
const ADDRESSES_MAX = 64;
/** Namespaces whose addresses are remembered, so that what went before a pod was replaced is followed. */
const PLACES_MAX = 4_000;

/** Gathers what decides the plan; states themselves are too large to be kept. */
export class Planner {
  #facts = new Map<number, Facts>();
  readonly #seen = new SeenTranslations();
  /** Which connections states are to tell: those of the addresses that names have by then. */
  readonly connections: FilterConnections;
  #query!: FilterConnections;
  #both!: FilterNode;
  #hosts!: string[];
  #text: string | undefined;
  /** What the names of the filter may mean, by namespace and by whose it was. */
  #places = new Map<string, NamedPlace>();

  constructor(readonly filter: NamedFilter, readonly whereIs: WhereIs = () => undefined) {
    this.#resolve();
    const query = () => this.#query;
    this.connections = {
      get words() {
        return query().words;
      },
      concerns: (connection) => query().concerns(connection),
    };
  }

  #resolve(): void {
    const filter = resolveNames(this.filter, this.#places.values(), ADDRESSES_MAX);
    const text = printFilter(filter);
    if (this.#text === text) return;
    this.#text = text;
    const other = mirrored(filter);
    const same = text === printFilter(other);
    this.#both = same ? filter : { kind: "or", nodes: [filter, other] };
    this.#hosts = hostsOf(filter);
    this.#query = connectionQuery(this.#both);
  }

  /** Remembers addresses that a name of the filter may mean, those of pods that went, too. */
  #note(state: NetnsState): void {
    const where = isNamed(this.filter) ? this.whereIs(state.netns) : undefined;
    if (where === undefined || state.links.length === 0) return;
    this.name([placeOfState(state, where), ...servicePlaces(state, where.node)]);
  }

  /**
   * Remembers what names of the filter may mean, beside what was told before: packets of a pod that was
   * replaced are still on their way. False when the filter means the same as before.
   */
  name(places: readonly NamedPlace[]): boolean {
    for (const place of places) {
      const { netns, pod, service } = place;
      const own = netns.length > 0
        ? [...netns, pod]
        : [pod, service, place.node, ...place.addresses];
      const key = JSON.stringify(own);
      if (this.#places.size >= PLACES_MAX && !this.#places.has(key)) break;
      if (meansPlace(this.filter, place)) this.#places.set(key, place);
    }
    const before = this.#text;
    this.#resolve();
    return this.#text !== before;
  }

  update(state: NetnsState): void {
    this.#note(state);
    this.#facts.set(state.netns, {
      nat: natFactsOf(state),
      tunnels: tunnelPortsOf(state),
      hasTunnelInTunnel: hasTunnelInTunnel(state),
    });
    this.#seen.add(state.connections ?? []);
  }

  /** Addresses that the filter names, and those that become them, or that they become, there. */
  addressesIn(state: NetnsState): Set<string> {
    const translations = translationsOf([natFactsOf(state)], { hosts: this.#hosts });
    const known = new Set(this.#hosts);
    for (const { from, to } of translations) {
      if (this.#hosts.includes(to.address)) known.add(from.address);
      if (this.#hosts.includes(from.address)) known.add(to.address);
    }
    return known;
  }

  plan(): Plan {
    const facts = [...this.#facts.values()];
    const tunnels = facts.flatMap(({ tunnels }) => tunnels);
    const translations = this.#both.kind === "all"
      ? []
      : translationsOf(facts.map(({ nat }) => nat), { hosts: this.#hosts });
    const { filterNode, kernel } = this.#widened(besideTunnels(translations, tunnels));
    const ports = tunnelPorts(tunnels);
    const isNested = kernel.exact && facts.some((each) => each.hasTunnelInTunnel);
    const carried = isNested ? carriedFilter(filterNode) : null;
    const key = JSON.stringify([kernel.expression, ports, carried]);
    return { filterNode, kernel, tunnelPorts: ports, carried, follows: kernel.exact, key };
  }

  /** By what connections show, too, unless only they make it too large for the kernel. */
  #widened(byRules: readonly Translation[]): Pick<Plan, "filterNode" | "kernel"> {
    const planOf = (translations: readonly Translation[]) => {
      const filterNode = widen(this.#both, translations);
      return { filterNode, kernel: kernelFilter(filterNode) };
    };
    const seen = this.#seen.besides(byRules);
    const translations = [...byRules, ...seen];
    const all = planOf(translations);
    if (all.kernel.exact) return all;
    if (seen.length > 0) {
      const without = planOf(byRules);
      if (without.kernel.exact) return without;
    }
    return { ...all, kernel: this.#wider(translations) };
  }

  /** The kernel passes what a wider filter does, which is seldom all of the node's packets. */
  #wider(translations: readonly Translation[]): KernelFilter {
    for (const node of widerThan(this.#both, translations)) {
      const { expression, exact } = kernelFilter(node);
      if (exact && expression !== "1") return { expression, exact: false };
    }
    return { expression: "1", exact: false };
  }
}

/**
 * What is translated to a node's own address is not what the node itself sends through its tunnels: that
 * would be the packets of all its pods. Of where a translated end speaks with some others alone, no
 * more need be said.
 */
function besideTunnels(
  translations: readonly Translation[],
  tunnels: readonly TunnelPort[],
): Translation[] {
  const ports = [...new Set(tunnels.map(({ port }) => port))].slice(0, TUNNELS_LEFT_OUT_MAX);
  if (ports.length === 0) return [...translations];
  return translations.map((each) =>
    each.from.port !== undefined || each.to.port !== undefined || each.peers !== undefined
      ? each
      : { ...each, notUdpPorts: ports }
  );
}

/** Addresses that the filter names one by one, not by a network. */
export function hostsOf(node: FilterNode): string[] {
  switch (node.kind) {
    case "not":
      return hostsOf(node.node);
    case "and":
    case "or":
      return node.nodes.flatMap(hostsOf);
    case "address":
      return node.mask === fullMask(node.version) ? [formatAddress(node)] : [];
    default:
      return [];
  }
}
