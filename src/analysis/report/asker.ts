/** Who asked what a packet would have answered that was never made. Rule G6. */
import type { EndPoints, Flow } from "../../event/report.ts";
import type { Form } from "../correlate/identity.ts";
import { protocolName } from "../verdict/flows.ts";
import { isUnspecified } from "./own_lookup.ts";

/** The end points of a flow as it was sent, and as it arrived: an answer is for the latter. */
export const endsOf = (flow: Flow): EndPoints[] =>
  flow.translated ? [flow, flow.translated] : [flow];

/** The ends that a flow was sent by: its own, and the one that it was translated to come from. */
export const askersOf = (flow: Flow): string[] => [
  ...new Set(
    endsOf(flow).map(({ source, sourcePort }) => `${flow.protocol} ${source} ${sourcePort ?? ""}`),
  ),
];

/** The key in `askersOf` of who would have been answered. */
export const answeredTo = (lookup: Form) =>
  `${protocolName(lookup)} ${lookup.destination} ${lookup.destinationPort ?? ""}`;

/** The flow's source is the lookup's destination: the packet that was not sent would answer it. */
export function asksFor({ protocol, replyOf }: Flow, ends: EndPoints, lookup: Form): boolean {
  const anywhere = isUnspecified(lookup.source);
  return protocol === protocolName(lookup) && ends.source === lookup.destination &&
    (anywhere || ends.destination === lookup.source) && replyOf === undefined &&
    ends.sourcePort === lookup.destinationPort &&
    (lookup.sourcePort === undefined || ends.destinationPort === lookup.sourcePort);
}
