/** A judged flow as the report has it. */
import type { Flow, PacketCounts } from "../../event/report.ts";
import type { Counted } from "../count/flow_count.ts";
import { formOf, isSameForm } from "../correlate/identity.ts";
import type { FlowVerdict } from "../rules/flow_causes.ts";
import { type FlowGroup, protocolName } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { rfc3339 } from "../view/rfc3339.ts";
import { wallMs } from "../view/time_of_day.ts";
import { wentIntoTunnel } from "../kernel/tunnels.ts";
import { endPoints, hopsOf } from "./path.ts";

/** One flow of the report: its outcome by its packets, the causes, and the way of one packet. */
export function flowReport(
  { group, outcome: told, packets, rate, best, causes, gap }: FlowVerdict,
  counted: Counted | undefined,
): Flow {
  const outcome = counted?.isDelivered ? "delivered" : told;
  const [first, ...others] = causes.map(({ cause }) => cause);
  const path = hopsOf(best.steps.map(({ event }) => event), best.outcome === "dropped");
  if (outcome === "delivered" && hasArrived(best)) deliverAt(path);
  const translated = translatedForm(best);
  return {
    id: group.id,
    protocol: protocolName(group.form),
    ...endPoints(group.form),
    ...(group.form.icmpId === undefined ? {} : { icmpId: group.form.icmpId }),
    ...(translated ? { translated: endPoints(translated) } : {}),
    ...(group.request ? { replyOf: group.request.id } : {}),
    packets: packetsOf(group, packets, counted),
    outcome,
    lastHop: path.at(-1)!,
    ...(first ? { cause: first } : {}),
    ...(others.length > 0 ? { otherCauses: others } : {}),
    ...(gap !== undefined && outcome === "unknown" ? { gap: gap.text.slice(0, 500) } : {}),
    // Of its length: a list that grew has room for a dozen more.
    path: path.slice(),
    ...timesOf(group),
    ...(rate ? { rate } : {}),
    ...(counted ? { counted: counted.report } : {}),
  };
}

/** [O31] All packets, where counts prove what became of them; else those that were told one by one. */
function packetsOf(
  group: FlowGroup,
  traced: PacketCounts,
  counted: Counted | undefined,
): Flow["packets"] {
  if (counted === undefined) return isPartlyTold(group) ? { ...traced, basis: "traced" } : traced;
  return counted.figures
    ? { ...counted.figures, basis: "counted" }
    : { ...traced, basis: "traced" };
}

/** [O22] A line has a rank once a probe leaves something out: there may be more packets than these. */
const isPartlyTold = ({ packets }: FlowGroup): boolean =>
  packets.some(({ packet: { chains } }) =>
    chains.some(({ events }) => events.some(({ rank }) => rank !== undefined))
  );

/** First and last sighting of a flow, each by its own node's clock. */
function timesOf({ packets }: FlowGroup): Pick<Flow, "firstAt" | "lastAt"> {
  let first = Infinity;
  let last = -Infinity;
  for (const { packet } of packets) {
    for (const { events } of packet.chains) {
      first = Math.min(first, wallMs(events[0]!));
      last = Math.max(last, wallMs(events.at(-1)!));
    }
  }
  return { firstAt: rfc3339(first), lastAt: rfc3339(last) };
}

/** Its own sightings show its delivery: a reply alone proves it somewhere beyond what was seen. */
const hasArrived = ({ outcome, end }: Judgement) =>
  outcome === "delivered" && (end.kind === "delivered" || end.kind === "taken");

/** Adds the delivery as the last hop of a delivered packet, where no event showed it. */
function deliverAt(path: Flow["path"]): void {
  const last = path.at(-1)!;
  if (last.stage === "deliver") return;
  if (last.stage === "drop") {
    last.stage = "deliver";
    delete last.function;
    delete last.reason;
    return;
  }
  path.push({ ...last, stage: "deliver" });
}

/** The form it ended in, where that is not the form it was sent in. */
function translatedForm({ steps }: Judgement) {
  // In a tunnel inside a tunnel it is not seen itself, but what carries it. [O60]
  const deeper = steps.findIndex(({ event }, i) =>
    i > 0 && wentIntoTunnel(steps[i - 1]!.event, event)
  );
  const last = steps.at(deeper < 0 ? -1 : deeper - 1)!.event;
  const form = formOf(last);
  const sent = steps[0]!.event;
  const asSent = sent.conntrackDirection === "original" && sent.conntrackDestination !== undefined;
  if (asSent) {
    const changed = sent.conntrackDestination !== form.destination ||
      sent.conntrackSource !== form.source;
    return changed ? form : null;
  }
  return isSameForm(sent, last) ? null : form;
}
