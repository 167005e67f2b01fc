/** Names in a filter of packets to the addresses that they have on the nodes that are watched. Pure. */
import { holderNames } from "../holder_names.ts";
import type { NetnsHolder } from "../netns_holder.ts";
import type { NetnsState } from "../state.ts";
import { fullMask, parseAddress } from "./address.ts";
import { ALL, type FilterNode, join, type NamedFilter, type ReportTerm } from "./ast.ts";
import { deploymentOf } from "../deployment.ts";
import { printFilter } from "./print.ts";
import { namesIt } from "./report_names.ts";

/** A network namespace as a filter can name it, and the addresses of its devices. */
export interface NamedPlace {
  node: string;
  /** Its name, and its inode. */
  netns: readonly string[];
  /** `shop/checkout-0`. */
  pod?: string;
  /** `shop/checkout`: a service, or the Deployment of the pod where that is known. */
  service?: string;
  deployment?: string;
  /** It is the node's own: the node is meant by its addresses. */
  own: boolean;
  addresses: readonly string[];
}

const NOTHING: FilterNode = { kind: "not", node: ALL };

/** The namespace of a state, as a filter can name it. */
export function placeOfState(
  { netns, name, holder, links }: Pick<NetnsState, "netns" | "name" | "holder" | "links">,
  { node, own }: Pick<NamedPlace, "node" | "own">,
): NamedPlace {
  const { pod } = holderNames(holder);
  const addresses = links.filter(({ kind }) => kind !== "loopback")
    .flatMap((link) => link.addresses.filter(({ scope }) => scope !== "link"))
    .map(({ address }) => address);
  return {
    node,
    own,
    netns: name === undefined ? [String(netns)] : [name, String(netns)],
    ...(pod === undefined ? {} : { pod }),
    addresses,
  };
}

/** The same before its state was read: without addresses. */
export function placeOfHandle(
  { inode, name, holder, own = false }: {
    inode: number;
    name?: string;
    holder?: NetnsHolder;
    own?: boolean;
  },
  node: string,
): NamedPlace {
  const some = { netns: inode, links: [], ...(name === undefined ? {} : { name }) };
  return placeOfState({ ...some, ...(holder === undefined ? {} : { holder }) }, { node, own });
}

/** Whether a name of the filter is that of a namespace. */
export function meansPlace(filter: NamedFilter, place: NamedPlace): boolean {
  if (filter.kind === "not") return meansPlace(filter.node, place);
  if (filter.kind === "and" || filter.kind === "or") {
    return filter.nodes.some((child) => meansPlace(child, place));
  }
  return filter.kind === "report" && isMeant(filter, place);
}

/** Whether a filter has names, which mean other addresses when pods come and go. */
export function isNamed(filter: NamedFilter): boolean {
  if (filter.kind === "not") return isNamed(filter.node);
  if (filter.kind === "and" || filter.kind === "or") return filter.nodes.some(isNamed);
  return filter.kind === "report";
}

/**
 * [F29] The filter with addresses in place of names. A name that nothing has, or that nothing can be known of
 * yet, stands for no packet. One name stands for so many addresses at most, the first in their order.
 */
export function resolveNames(
  filter: NamedFilter,
  places: Iterable<NamedPlace>,
  addressesMax = Infinity,
): FilterNode {
  const all = [...places];
  const resolved = (node: NamedFilter): FilterNode => {
    if (node.kind === "not") return { kind: "not", node: resolved(node.node) };
    if (node.kind === "report") return addressesOf(node, all, addressesMax);
    return "nodes" in node ? { kind: node.kind, nodes: node.nodes.map(resolved) } : node;
  };
  return simple(resolved(filter));
}

/** Whether the name of a term is that of a namespace. */
function isMeant(
  { field, parts }: ReportTerm,
  place: NamedPlace,
): boolean {
  if (field === "node") return place.own && namesIt(field, parts, place.node);
  if (field === "netns") return place.netns.some((name) => namesIt(field, parts, name));
  const name = field === "pod"
    ? place.pod
    : field === "svc"
    ? place.service
    : place.deployment ?? (place.pod && deploymentOf(place.pod));
  return name !== undefined && namesIt(field, parts, name);
}

function addressesOf(
  term: ReportTerm,
  places: readonly NamedPlace[],
  addressesMax: number,
): FilterNode {
  const found = new Set(
    places.filter((place) => isMeant(term, place)).flatMap(({ addresses }) => addresses),
  );
  const nodes = [...found].sort().slice(0, addressesMax).flatMap((text): FilterNode[] => {
    const address = parseAddress(text);
    if (address === null) return [];
    const { version, bits } = address;
    return [{
      kind: "address",
      side: term.side ?? "either",
      version,
      bits,
      mask: fullMask(version),
    }];
  });
  return nodes.length === 0 ? NOTHING : join("or", nodes);
}

/** Without parts that match all or nothing, where the others decide. */
function simple(node: FilterNode): FilterNode {
  if (node.kind === "not") {
    const inner = simple(node.node);
    return inner.kind === "not" ? inner.node : { kind: "not", node: inner };
  }
  if (node.kind !== "and" && node.kind !== "or") return node;
  const nodes = node.nodes.map(simple);
  const decides = node.kind === "and" ? isNothing : isAll;
  const decided = nodes.find(decides);
  if (decided !== undefined) return decided;
  const open = nodes.filter((child) => !isNothing(child) && !isAll(child));
  if (open.length === 0) return node.kind === "and" ? ALL : NOTHING;
  // A name and its address, where both are asked for, say the same here.
  const flat = open.flatMap((child) => child.kind === node.kind ? child.nodes : [child]);
  return join(node.kind, [...new Map(flat.map((child) => [printFilter(child), child])).values()]);
}

const isAll = (node: FilterNode) => node.kind === "all";
const isNothing = (node: FilterNode) => node.kind === "not" && isAll(node.node);
