/** Places, packets and what was seen, as findings write them. */
import { placeText } from "../../event/place.ts";
import type { Evidence } from "../../event/report.ts";
import { PROTOCOL_NAMES } from "../kernel/protocols.ts";
import { HOST_NETWORK, isOwn, netnsName } from "../view/netns_names.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { Case } from "./case.ts";

/** `eth0` in `pod` on `worker`: how every sentence names a place. */
export function place(subject: Case): string {
  return placeOf(subject.node, subject.netns, subject.device, subject.event.at);
}

/**
 * The same for any place; `netns` is an inode, `device` may be empty. The namespace is named as at a
 * moment (an `at` of the node); without one, as it always was.
 */
export function placeOf(
  node: NodeView,
  netns: number | undefined,
  device: string,
  at?: number,
): string {
  const name = netnsName(node, netns, at) || "an unknown netns";
  const isNodes = device !== "" && name === HOST_NETWORK && isOwn(node, netns);
  return placeText({ device, netns: isNodes ? undefined : name, node: node.name });
}

/** The last sighting as evidence, and what else is to be said of it. */
export function eventEvidence(subject: Case, text?: string): Evidence {
  const { event } = subject;
  const reason = event.reason ? ` ${event.reason}` : "";
  const said = event.kind === "drop"
    ? `freed in ${event.function ?? "an unnamed function"}:${reason || " no reason given"}`
    : `last seen as ${event.kind}`;
  const told = text ? `; ${text}` : "";
  return {
    node: subject.node.name,
    kind: "event",
    text: `${packetText(event)} ${said} at ${place(subject)}${told}`,
  };
}

/** Evidence that was read on a node, not seen by a probe. */
export function stateEvidence(node: NodeView, text: string): Evidence {
  return { node: node.name, kind: "state", text };
}

/** `10.0.0.1:4000 > 10.0.0.2:80 tcp`, with the tunnel around it. */
export function packetText(event: Sighting): string {
  const port = (n: number | undefined) => n === undefined ? "" : `:${n}`;
  const host = (a: string, p: number | undefined) =>
    a.includes(":") && p !== undefined ? `[${a}]${port(p)}` : a + port(p);
  const inner = `${host(event.source ?? "?", event.sourcePort)} > ${
    host(event.destination ?? "?", event.destinationPort)
  } ${PROTOCOL_NAMES[event.protocol ?? -1] ?? event.protocol ?? ""}`;
  if (event.tunnelKind === undefined) return inner;
  return `${inner} inside ${event.tunnelKind} ${
    event.tunnelId ?? ""
  } ${event.tunnelSource} > ${event.tunnelDestination}`;
}

/** The outer destination inside a tunnel, else the destination. */
export function wireDestination(event: Sighting): string {
  return event.tunnelDestination ?? event.destination ?? "";
}

/** The outer source inside a tunnel, else the source. */
export function wireSource(event: Sighting): string {
  return event.tunnelSource ?? event.source ?? "";
}
