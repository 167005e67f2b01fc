/** Names of what runs between two ends: flows, translations, tunnels. */
import { endPoint } from "../event/end_point.ts";
import type { Encapsulation, End, EndPoints, Exchange, Flow } from "../event/report.ts";
import type { Writing } from "./writing.ts";

export { endPoint } from "../event/end_point.ts";

/** Characters of the name of an end: a pod's has what tells it from its twins at the end. */
const NAME_MAX = 72;

/** An end by its name with the address after it, `pod shop/web-0 (10.0.0.7:80)`; else as it is. */
export const named = (
  end: string,
  name: string | undefined,
  text: Writing["text"],
): string => name === undefined ? end : `${text(name, NAME_MAX)} (${end})`;

/** The name that all have: an address may have been another pod's before, and is then told without one. */
export const commonName = (
  [first, ...others]: readonly (string | undefined)[],
): string | undefined => others.every((name) => name === first) ? first : undefined;

/** `10.0.0.1:40000 → 10.96.0.1:443`. */
export function endsName(points: EndPoints, { text, arrow }: Writing): string {
  const source = endPoint(text(points.source), points.sourcePort);
  return `${source} ${arrow} ${endPoint(text(points.destination), points.destinationPort)}`;
}

/** `tcp 10.0.0.1:40000 → 10.96.0.1:443`, `icmp 10.0.0.1 → 10.0.0.2 id 7`. */
export function flowName(flow: Flow, writing: Writing): string {
  const { text, arrow } = writing;
  const id = flow.icmpId === undefined ? "" : ` id ${flow.icmpId}`;
  const source = named(endPoint(text(flow.source), flow.sourcePort), flow.sourceName, text);
  const destination = endPoint(text(flow.destination), flow.destinationPort);
  const to = named(destination, flow.destinationName, text);
  return `${text(flow.protocol)} ${source} ${arrow} ${to}${id}`;
}

/** `tcp 10.0.0.1:40000 → 10.96.0.1:443`: who asked whom, as the client knows it. */
export function exchangeName(
  { protocol, client, server, icmpId }: Exchange,
  { text, arrow }: Writing,
): string {
  const id = icmpId === undefined ? "" : ` id ${icmpId}`;
  const end = ({ address, port, name }: End) => named(endPoint(text(address), port), name, text);
  return `${text(protocol)} ${end(client)} ${arrow} ${end(server)}${id}`;
}

/**
 * What a translation changed, one text for each end that it changed:
 * `destination 10.96.0.1:443 → 10.16.203.160:6443`.
 */
export function changes(
  before: EndPoints,
  after: EndPoints,
  { text, arrow }: Writing,
): string[] {
  return (["source", "destination"] as const).flatMap((side) => {
    const end = (points: EndPoints) => endPoint(text(points[side]), points[`${side}Port`]);
    return end(before) === end(after) ? [] : [`${side} ${end(before)} ${arrow} ${end(after)}`];
  });
}

/** `vxlan 555005`. */
export const tunnelShort = ({ kind, id }: Encapsulation, { text }: Writing): string =>
  `${text(kind)} ${id}`;

/** `vxlan 555005  192.168.10.163 → 192.168.10.201:4789`. */
export const tunnelName = (encap: Encapsulation, writing: Writing): string =>
  `${tunnelShort(encap, writing)}  ${endsName(encap, writing)}`;
