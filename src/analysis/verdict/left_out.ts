/** Packets that a node was told to leave out, because they were translated where it can't know of. */
import {
  type FilterNode,
  type FilterPacket,
  isNamed,
  matches,
  parseNamedFilter,
  printFilter,
} from "../../event/filter/mod.ts";
import { endPoint } from "../../event/end_point.ts";
import type { Gap } from "../../event/gaps.ts";
import { clusterPlaces } from "../cluster/places.ts";
import { type Form, formOf } from "../correlate/identity.ts";
import type { Step } from "../correlate/steps.ts";
import { UDP } from "../kernel/protocols.ts";
import { isTunnelInTunnel } from "../kernel/tunnels.ts";
import { ask } from "../view/asked.ts";
import { resolvedFilter } from "../view/resolved_filter.ts";
import type { Owner } from "../view/state_view.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { World } from "./judgement.ts";

/**
 * [O60] A gap where the packet is a tunnel's in another tunnel, told for the sake of what it carries, and the
 * node where it would have come next does not look for what such packets carry.
 */
function carriedUntold(event: Sighting, node: NodeView, cluster: World["cluster"]): Gap | null {
  if (!event.node.header.asksThirdHeaders || node.header.asksThirdHeaders) return null;
  if (!isTunnelInTunnel(event) || isTaken(event, node, node.header.filter, cluster)) return null;
  const text = `the filter of ${node.name} does not ask what the tunnel's packet ` +
    `${endPoint(event.source!, event.sourcePort)} > ` +
    `${endPoint(event.destination!, event.destinationPort)} carries: it may have come there unseen`;
  return { code: "left-out-there", text };
}

/** The filter takes it as it is on the wire, in one of the two directions. */
function isTaken(
  event: Sighting,
  node: NodeView,
  filter: string,
  cluster: World["cluster"],
): boolean {
  const told = filterOf(node, filter, cluster);
  return formsOnWire(event).some((form) => matches(told, form) || matches(told, mirrored(form)));
}

/**
 * [O6] A gap where the packet was translated on its way, the filter of the node where it would have come
 * next takes nothing of what it became, and no rule there makes that of an address that the filter takes:
 * that node looked for it as it was sent, and would not have told of it.
 */
export function leftOutThere(
  event: Sighting,
  [sent]: readonly Step[],
  { node }: Pick<Owner, "node">,
  { cluster }: Pick<World, "cluster">,
): Gap | null {
  if (isOneProbe(event.node, node) || (event.fragmentOffset ?? 0) > 0) return null;
  const { filter, followsAnswers } = node.header;
  if (filter.trim() === "") return null;
  const untold = carriedUntold(event, node, cluster);
  if (untold) return untold;
  const became = translatedEnds(event, formOf(sent!.event));
  if (became.length === 0) return null;
  // Who asked what the filter takes is followed by its own end, whoever answers.
  if (followsAnswers && event.conntrackDirection === "reply") return null;
  if (isTaken(event, node, filter, cluster)) return null;
  if (became.some((address) => isMentioned(node, address))) return null;
  const text = `the filter leaves out ${endPoint(event.source!, event.sourcePort)} > ` +
    `${endPoint(event.destination!, event.destinationPort)}, which it was translated to, on ` +
    `${node.name}, where no rule tells of that: it may have come there unseen`;
  return { code: "left-out-there", text };
}

/** One filter of the kernel is for all nodes of a probe, with the translations of each. */
const isOneProbe = (a: NodeView, b: NodeView): boolean =>
  a === b || runOf(a.header.probe) === runOf(b.header.probe);

/** A probe of several nodes numbers them after a dot. */
const runOf = (probe: string): string => probe.replace(/\.\d+$/, "");

/** Ends that the packet has now, and did not have when it was sent: their addresses. */
function translatedEnds(event: Sighting, sent: Form): string[] {
  const { source, sourcePort, destination, destinationPort } = event;
  const tuple = event.conntrackSource === undefined ? sent : {
    source: event.conntrackSource,
    sourcePort: event.conntrackSourcePort,
    destination: event.conntrackDestination,
    destinationPort: event.conntrackDestinationPort,
  };
  const isOther = (form: Partial<Form>, end: "source" | "destination") =>
    end === "source"
      ? form.source !== source || form.sourcePort !== sourcePort
      : form.destination !== destination || form.destinationPort !== destinationPort;
  return [
    ...isOther(sent, "source") || isOther(tuple, "source") ? [source!] : [],
    ...isOther(sent, "destination") || isOther(tuple, "destination") ? [destination!] : [],
  ];
}

/** What a device sees of the packet: its own headers, and those of the tunnel around it. */
function formsOnWire(event: Sighting): FilterPacket[] {
  const { network, protocol, source, sourcePort, destination, destinationPort } = event;
  const own = { network, protocol, source, sourcePort, destination, destinationPort };
  return event.tunnelKind === undefined ? [own] : [own, {
    network: event.tunnelSource?.includes(":") ? "ip6" : "ip4",
    protocol: event.tunnelDestinationPort === undefined ? undefined : UDP,
    source: event.tunnelSource,
    sourcePort: event.tunnelSourcePort,
    destination: event.tunnelDestination,
    destinationPort: event.tunnelDestinationPort,
  }];
}

/** A filter takes both directions of what it asks for. */
const mirrored = (form: FilterPacket): FilterPacket => ({
  ...form,
  source: form.destination,
  sourcePort: form.destinationPort,
  destination: form.source,
  destinationPort: form.sourcePort,
});

/** The filter of a node's probe, with what its names meant there or in the cluster at any time. */
function filterOf(node: NodeView, text: string, cluster: World["cluster"]): FilterNode {
  if (!isNamed(parseNamedFilter(text))) return resolvedFilter(text, []);
  const sources = [node.settingsSource, node.statesSource, ...cluster ? [cluster.source] : []];
  const resolve = () => resolvedFilter(text, [node], () => cluster ? clusterPlaces(cluster) : []);
  return ask(
    sources,
    `filter ${text}`,
    resolve,
    (before, now) => printFilter(before) === printFilter(now),
  );
}

/** A rule of the node has the address: its probe looks for what such rules make of what the filter takes. */
const isMentioned = (node: NodeView, address: string): boolean =>
  ask(node.statesSource, `a rule mentions ${address}`, () => {
    const word = new RegExp(`(^|[^\\d.:a-f])${address.replaceAll(".", "\\.")}($|[^\\d.a-f])`);
    return [...node.states.values()].some((readings) =>
      readings.some(({ state }) => state.netfilter.some(({ text }) => word.test(text)))
    );
  });
