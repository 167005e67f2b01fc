/** Names of what runs between two ends: flows, translations, tunnels. */
import { endPoint } from "../event/end_point.ts";
import type { Encapsulation, EndPoints, Exchange, Flow } from "../event/report.ts";
import type { Writing } from "./writing.ts";

export { endPoint } from "../event/end_point.ts";

/** `10.0.0.1:40000 → 10.96.0.1:443`. */
export function endsName(points: EndPoints, { text, arrow }: Writing): string {
  const source = endPoint(text(points.source), points.sourcePort);
  return `${source} ${arrow} ${endPoint(text(points.destination), points.destinationPort)}`;
}

/** `tcp 10.0.0.1:40000 → 10.96.0.1:443`, `icmp 10.0.0.1 → 10.0.0.2 id 7`. */
export function flowName(flow: Flow, writing: Writing): string {
  const id = flow.icmpId === undefined ? "" : ` id ${flow.icmpId}`;
  return `${writing.text(flow.protocol)} ${endsName(flow, writing)}${id}`;
}

/** `tcp 10.0.0.1:40000 → 10.96.0.1:443`: who asked whom, as the client knows it. */
export function exchangeName(
  { protocol, client, server, icmpId }: Exchange,
  { text, arrow }: Writing,
): string {
  const id = icmpId === undefined ? "" : ` id ${icmpId}`;
  const from = endPoint(text(client.address), client.port);
  return `${text(protocol)} ${from} ${arrow} ${endPoint(text(server.address), server.port)}${id}`;
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
