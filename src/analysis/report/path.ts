/** Steps of a packet to hops of a report: adds what lies between two sightings. Rules H1 to H5, H8. */
import { KINDS } from "../../event/kinds.ts";
import type { HolderNames } from "../../event/holder_names.ts";
import type { Encapsulation, EndPoints, Hop } from "../../event/report.ts";
import type { NetnsState } from "../../event/state.ts";
import { conntrackForm, formKey, formOf, isSameForm } from "../correlate/identity.ts";
import { isSolicitationCopy } from "../kernel/frees.ts";
import { isTunnelKind, wentIntoTunnel } from "../kernel/tunnels.ts";
import { placed } from "../view/placed.ts";
import { askNetns } from "../view/netns_asked.ts";
import { holderAt, isOwn, netnsLabel } from "../view/netns_names.ts";
import { linkOf, stateAt } from "../view/state_view.ts";
import { DATAPATH_KIND, isDoneWithActions, isUpcall } from "../kernel/openvswitch.ts";
import { bridgesBetween } from "./openvswitch_way.ts";
import { timeOfDay, timeText } from "../view/time_of_day.ts";
import type { Sighting } from "../view/timeline.ts";

/**
 * The hops of a packet's way by its sightings, with those that follow from two of them. At least one. Of a
 * packet that was dropped the last free is that, whether or not the kernel calls it so.
 */
export function hopsOf(way: readonly Sighting[], isDropped: boolean): Hop[] {
  const hops: Hop[] = [];
  let before: Sighting | null = null;
  const last = way.at(-1)!;
  for (const event of way) {
    const isEnd = event === last && event.kind === "consume" && isDropped;
    if (!isEnd && isAside(event, before, way)) continue;
    if (before === null) hops.push(...translatedBefore(event));
    else if (before.node === event.node) hops.push(...between(before, event));
    hops.push(hopAt(event, isEnd ? "drop" : stageOf(event), before));
    before = placed(event, before) === event ? event : before;
  }
  return hops;
}

/**
 * The sighting makes no hop: it is a free after which the packet went on. The same holds for an
 * ICMP error about the packet and for the copy that the kernel asked a neighbour with, unless
 * nothing else was seen of the packet.
 */
function isAside(event: Sighting, before: Sighting | null, way: readonly Sighting[]): boolean {
  const last = way.at(-1)!;
  if (KINDS[event.kind].role === "answer" || isSolicitationCopy(event)) {
    return event !== last || before !== null;
  }
  if (event.kind !== "consume" || before === null) return false;
  // It went to ovs-vswitchd, which is nobody's destination.
  if (isUpcall(event) || isDoneWithActions(event)) return true;
  return event !== last || way.some(({ kind }) => kind === "deliver");
}

function stageOf(event: Sighting): Hop["stage"] {
  // A packet that only waits for its next hop's address has come no further than its device.
  if (isSolicitationCopy(event)) return "device-tx";
  const { stage } = KINDS[event.kind];
  if (stage === null) {
    throw new TypeError(`Cannot tell path: "${event.kind}" is no hop of a packet`);
  }
  return stage;
}

/** A packet whose first sighting is already translated was sent in another form. */
function translatedBefore(event: Sighting): Hop[] {
  const sent = event.conntrackDirection === "original" && event.tunnelKind === undefined &&
    conntrackForm(event);
  if (!sent || formKey(sent) === formKey(formOf(event))) return [];
  return [{ ...hopAt(event, "translate"), translated: endPoints(formOf(event)) }];
}

/** What is known of a hop's namespace then. Asked at once: a report has some dozens of hops for each flow. */
interface Where {
  state: NetnsState | null;
  label: string;
  holder: HolderNames;
  isOwn: boolean;
}

const NOWHERE: Where = { state: null, label: "", holder: {}, isOwn: false };

function hopAt(event: Sighting, stage: Hop["stage"], before?: Sighting | null): Hop {
  const at = placed(event, before);
  const netns = event.netns ?? at.netns;
  const { node } = event;
  const known = netns === undefined ? NOWHERE : askNetns(node, netns, event.at, (): Where => ({
    state: stateAt(node, netns, event.at),
    label: netnsLabel(node, netns, event.at),
    holder: holderAt(node, netns, event.at),
    isOwn: isOwn(node, netns),
  }));
  const { ttl } = event;
  const { label: netnsName } = known;
  const { device = "", ifindex = 0 } = at;
  const deviceKind = linkOf(known.state, at.ifindex, at.device)?.kind ?? "unknown";
  const [timeNs, wall] = [timeText(event), timeOfDay(event)];
  const name = node.name;
  // What is added to an object afterwards takes more memory, and nearly all have a TTL.
  const hop: Hop = ttl === undefined
    ? { node: name, netns: netnsName, device, ifindex, deviceKind, stage, timeNs, at: wall }
    : { node: name, netns: netnsName, device, ifindex, deviceKind, stage, timeNs, at: wall, ttl };
  Object.assign(hop, known.holder);
  if (known.isOwn) hop.own = true;
  if (stage === "drop") {
    if (event.function !== undefined) hop.function = event.function;
    if (event.reason !== undefined) hop.reason = event.reason;
  }
  const encap = encapOf(event);
  if (encap) hop.encap = encap;
  return hop;
}

function encapOf(event: Sighting): Encapsulation | undefined {
  if (event.tunnelKind === undefined) return undefined;
  const encap: Encapsulation = {
    kind: event.tunnelKind,
    id: event.tunnelId ?? 0,
    source: event.tunnelSource ?? "",
    destination: event.tunnelDestination ?? "",
  };
  if (event.tunnelDestinationPort !== undefined) {
    encap.destinationPort = event.tunnelDestinationPort;
  }
  return encap;
}

/** What a node must have done between two sightings of one packet on it. */
function between(before: Sighting, event: Sighting): Hop[] {
  const hops: Hop[] = [];
  const isDrop = event.kind === "drop" || event.kind === "consume";
  const isUnpacked = wentIntoTunnel(event, before);
  if (isUnpacked || before.tunnelKind !== undefined && event.tunnelKind === undefined) {
    // [H4] [O60] The outer header is gone, so the tunnel's name is taken from the sighting before.
    const hop = hopAt(event, "decapsulate", before);
    hop.encap = encapOf(before)!;
    hops.push(hop);
    return isUnpacked ? hops : [...hops, ...translation(before, event)];
  }
  const isNested = wentIntoTunnel(before, event);
  if (isNested || before.tunnelKind === undefined && event.tunnelKind !== undefined) {
    // [H3] [O60] Encapsulated at the tunnel device it was handed to, else where it appears.
    const at = isTunnelKind(deviceKind(before)) ? before : event;
    const hop = hopAt(at, "encapsulate");
    hop.encap = encapOf(event)!;
    return isNested ? [hop] : [...translation(before, event), hop];
  }
  hops.push(...translation(before, event));
  const bridge = bridged(before, event);
  if (bridge) return [...hops, bridge];
  const switched = switchedBy(before, event);
  if (switched.length > 0) return [...hops, ...switched];
  if (!isDrop && forwarded(before, event)) hops.push(hopAt(event, "ip-forward"));
  return hops;
}

function deviceKind(event: Sighting): string {
  const state = stateAt(event.node, event.netns, event.at);
  return linkOf(state, event.ifindex, event.device)?.kind ?? "unknown";
}

/** [H2] The TTL went down inside one namespace: it was routed. */
function forwarded(before: Sighting, event: Sighting): boolean {
  if (before.netns !== event.netns) return false;
  const ttl = (e: Sighting) => e.tunnelKind ? e.tunnelTtl : e.ttl;
  return (ttl(event) ?? 0) < (ttl(before) ?? 0);
}

/** [H1] In by one port of a bridge and out by another, or by the bridge itself. */
function bridged(before: Sighting, event: Sighting): Hop | null {
  if (event.kind !== "device-tx" || before.netns !== event.netns) return null;
  const state = stateAt(event.node, event.netns, event.at);
  const out = linkOf(state, event.ifindex, event.device);
  const into = linkOf(state, before.ifindex, before.device);
  if (!out?.bridgePort || out.masterIfindex === undefined || !into) return null;
  const same = into.masterIfindex === out.masterIfindex || into.ifindex === out.masterIfindex;
  const bridge = same && state!.links.find((link) => link.ifindex === out.masterIfindex);
  if (!bridge) return null;
  const hop = hopAt(event, "bridge-forward");
  return { ...hop, device: bridge.name, ifindex: bridge.ifindex, deviceKind: bridge.kind };
}

/** [H8] In by one port of Open vSwitch and out by another: its bridges. */
function switchedBy(before: Sighting, event: Sighting): Hop[] {
  if (event.kind !== "device-tx" && event.kind !== "device-rx") return [];
  if (before.netns !== event.netns) return [];
  const state = stateAt(event.node, event.netns, event.at);
  if (!state?.openvswitch) return [];
  const out = linkOf(state, event.ifindex, event.device);
  const into = linkOf(state, before.ifindex, before.device);
  if (!out || !into) return [];
  return (bridgesBetween(state, into.name, out.name) ?? []).map((name) => ({
    ...hopAt(event, "bridge-forward"),
    ...{ device: name, deviceKind: DATAPATH_KIND },
    ifindex: linkOf(state, undefined, name)?.ifindex ?? 0,
  }));
}

/** [H5] The tuple changed: NAT. */
function translation(before: Sighting, event: Sighting): Hop[] {
  if (isSameForm(before, event)) return [];
  const form = formOf(event);
  const hop = hopAt(event.device ? event : before, "translate");
  return [{ ...hop, translated: endPoints(form) }];
}

/** Copies the end points, without the other fields of `form`. */
export function endPoints(form: EndPoints): EndPoints {
  const points: EndPoints = { source: form.source, destination: form.destination };
  if (form.sourcePort !== undefined) points.sourcePort = form.sourcePort;
  if (form.destinationPort !== undefined) points.destinationPort = form.destinationPort;
  return points;
}
