/** What a rule is given and what it answers. A rule may say nothing; it may not guess. */
import type { CauseCode } from "../../event/codes.ts";
import { placeText } from "../../event/place.ts";
import type { Cause, Evidence } from "../../event/report.ts";
import type { Link, NetnsState } from "../../event/state.ts";
import type { Judgement, World } from "../verdict/judgement.ts";
import { placed } from "../view/placed.ts";
import { linkOf, netnsName, stateAfter, stateAt } from "../view/state_view.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";

/** One packet that came to no good, and what was known where it ended. */
export interface Case {
  judgement: Judgement;
  world: World;
  /** The last sighting. */
  event: Sighting;
  node: NodeView;
  netns: number | undefined;
  /** Device it was on when it ended: its own, or that of the sighting before. */
  device: string;
  ifindex: number | undefined;
  link: Link | undefined;
  /** State of that netns before, and after, the event. */
  before: NetnsState | null;
  after: NetnsState | null;
  /** Sightings of other things on all nodes: lookups, ICMP errors, neighbours. */
  evidence: readonly Sighting[];
}

export interface Rule {
  /** Never changes, is never reused; docs/rules.md states it. */
  id: string;
  title: string;
  judge(found: Case): Omit<Cause, "rule"> | null;
}

export function caseOf(
  judgement: Judgement,
  world: World,
  evidence: readonly Sighting[],
): Case {
  const event = judgement.end.step.event;
  const earlier = lastPlaced(judgement, event);
  const netns = event.netns ?? earlier?.netns;
  const before = stateAt(event.node, netns, event.at);
  const own = placed(event, earlier);
  return {
    judgement,
    world,
    event,
    node: event.node,
    netns,
    device: own.device ?? "",
    ifindex: own.ifindex,
    link: linkOf(before, own.ifindex, own.device),
    before,
    after: stateAfter(event.node, netns, event.at),
    evidence,
  };
}

function lastPlaced(judgement: Judgement, event: Sighting): Sighting | undefined {
  return judgement.steps.map((step) => step.event)
    .filter((other) => other !== event && other.node === event.node && other.device !== undefined)
    .at(-1);
}

export function cause(
  code: CauseCode,
  confidence: Cause["confidence"],
  sentence: string,
  evidence: Evidence[],
  remedy?: string[],
): Omit<Cause, "rule"> {
  return { code, confidence, sentence, evidence, ...(remedy?.length ? { remedy } : {}) };
}

/** `eth0` in `pod` on `worker`: how every sentence names a place. */
export function place(found: Case): string {
  return placeOf(found.node, found.netns, found.device);
}

export function placeOf(node: NodeView, netns: number | undefined, device: string): string {
  const name = netnsName(node, netns) || "an unknown netns";
  return placeText({ device, netns: name, node: node.name });
}

export function eventEvidence(found: Case, text?: string): Evidence {
  const { event } = found;
  const reason = event.reason ? ` ${event.reason}` : "";
  const said = event.kind === "drop"
    ? `freed in ${event.function ?? "an unnamed function"}:${reason || " no reason given"}`
    : `last seen as ${event.kind}`;
  const told = text ? `; ${text}` : "";
  return {
    node: found.node.name,
    kind: "event",
    text: `${packetText(event)} ${said} at ${place(found)}${told}`,
  };
}

export function stateEvidence(node: NodeView, text: string): Evidence {
  return { node: node.name, kind: "state", text };
}

/** `10.0.0.1:4000 > 10.0.0.2:80 tcp`, with the tunnel around it. */
export function packetText(event: Sighting): string {
  const port = (n: number | undefined) => n === undefined ? "" : `:${n}`;
  const names: Record<number, string> = { 1: "icmp", 6: "tcp", 17: "udp", 58: "icmp6" };
  const host = (a: string, p: number | undefined) =>
    a.includes(":") && p !== undefined ? `[${a}]${port(p)}` : a + port(p);
  const inner = `${host(event.source ?? "?", event.sourcePort)} > ${
    host(event.destination ?? "?", event.destinationPort)
  } ${names[event.protocol ?? -1] ?? event.protocol ?? ""}`;
  if (event.tunnelKind === undefined) return inner;
  return `${inner} inside ${event.tunnelKind} ${
    event.tunnelId ?? ""
  } ${event.tunnelSource} > ${event.tunnelDestination}`;
}

/** The command as typed on that node, inside the netns when it has a name of its own. */
export function command(node: NodeView, netns: number | undefined, text: string): string {
  const name = netnsName(node, netns);
  const named = node.states.get(netns ?? -1)?.some((entry) => entry.state.name !== undefined) ??
    false;
  return named ? `ip netns exec ${shell(name)} ${text}` : text;
}

/** Sets an IPv4 setting of a device; with slashes where a dot of its name would not be one. */
export function setDevice(found: Case, setting: string, value: number): string {
  const { device } = found;
  const name = device.includes(".")
    ? `net/ipv4/conf/${device}/${setting}`
    : `net.ipv4.conf.${device}.${setting}`;
  return command(found.node, found.netns, `sysctl -w ${shell(`${name}=${value}`)}`);
}

/** Names come from outside: quoted unless they are plain. */
export function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The outer destination inside a tunnel, else the destination. */
export function wireDestination(event: Sighting): string {
  return event.tunnelDestination ?? event.destination ?? "";
}

export function wireSource(event: Sighting): string {
  return event.tunnelSource ?? event.source ?? "";
}
