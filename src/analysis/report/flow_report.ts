/** A group of judged packets to a flow of the report. */
import { type Outcome, OUTCOMES } from "../../event/codes.ts";
import { isTooYoung } from "../../event/gaps.ts";
import type { Cause, Flow } from "../../event/report.ts";
import { formKey, formOf } from "../correlate/identity.ts";
import { hasFlag, TCP, TCP_FLAGS } from "../kernel/protocols.ts";
import { type FlowGroup, protocolName } from "../verdict/flows.ts";
import { hasLongerWay, type Judgement, type World } from "../verdict/judgement.ts";
import { endPoints, hopsOf } from "./path.ts";
import { isUnanswered, unrecovered } from "../verdict/replies.ts";
import { caseOf } from "../rules/case.ts";
import { causeOf, silenceOf } from "../rules/mod.ts";
import type { Sighting } from "../view/timeline.ts";
import { added, countOf, gapOfPart, outcomeOfPart, type Unseen } from "../verdict/withheld.ts";

/** What the causes of a flow are found by, beside its packets. */
export interface Surroundings {
  world: World;
  /** Sightings of no packet that is followed: lookups, ICMP errors, neighbours. */
  evidence: readonly Sighting[];
  /** Causes of answers that their client did not take, known from their exchange. */
  strays: ReadonlyMap<Judgement, Cause>;
}

/** One flow of the report: its outcome by its packets, the causes, and the way of one packet. */
export function flowReport(
  group: FlowGroup,
  surroundings: Surroundings,
  unseen: Unseen,
): Flow {
  const packets = added(countOf(group.packets), unseen.packets);
  const counting = unrecovered(group);
  const lasting = counting.length > 0 ? counting : group.packets;
  const outcome = unseen.partial
    ? outcomeOfPart(group, unseen, lasting)
    : outcomeOf(group, lasting);
  const isUntold = unseen.partial && outcome === "unknown";
  const found = outcome === "delivered" || outcome === "in-flight" || isUntold
    ? []
    : causesOf(lasting, outcome, surroundings);
  const causes = found.map(({ cause }) => cause);
  // The way is that of a packet which the first cause is about.
  const best = bestOf(found[0]?.packets ?? lasting, outcome);
  const path = hopsOf(best.steps);
  if (outcome === "delivered" && hasArrived(best)) deliverAt(path);
  const gap = isUntold ? gapOfPart(group.packets.length, packets) : gapOf(best, outcome);
  const translated = translatedForm(best);
  return {
    id: group.id,
    protocol: protocolName(group.form),
    ...endPoints(group.form),
    ...(group.form.icmpId === undefined ? {} : { icmpId: group.form.icmpId }),
    ...(translated ? { translated: endPoints(translated) } : {}),
    ...(group.request ? { replyOf: group.request.id } : {}),
    packets,
    outcome,
    lastHop: path.at(-1)!,
    ...(causes[0] ? { cause: causes[0] } : {}),
    ...(causes.length > 1 ? { otherCauses: causes.slice(1) } : {}),
    ...(gap !== undefined && outcome === "unknown" ? { gap: gap.text.slice(0, 500) } : {}),
    path,
  };
}

/** A flow that arrived has no gap, although the fate of one of its packets may be unknown. */
const gapOf = (best: Judgement, outcome: Outcome) =>
  outcome === "delivered" && best.outcome !== "delivered" ? undefined : best.gap;

/** [G4] The worst of its packets; a packet too young to judge does not speak against the others. */
function outcomeOf(group: FlowGroup, packets: readonly Judgement[]): Outcome {
  if (isUnanswered(group)) return "unanswered";
  const outcomes = new Set(packets.map((packet) => packet.outcome));
  for (const outcome of ["dropped", "vanished"] as const) if (outcomes.has(outcome)) return outcome;
  // What was acknowledged arrived, in this segment or in one that no event tells of.
  const arrived = outcomes.has("delivered") || group.packets.some((packet) => packet.acknowledged);
  const hidden = packets.some((packet) =>
    packet.outcome === "unknown" && !isTooYoung(packet.gap) &&
    !packet.acknowledged && !(arrived && isBareAcknowledgement(packet))
  );
  if (hidden) return "unknown";
  if (arrived) return "delivered";
  return outcomes.has("in-flight") ? "in-flight" : "unknown";
}

/** An acknowledgement without data: no later packet can tell whether it arrived. */
function isBareAcknowledgement({ steps }: Judgement): boolean {
  const { event } = steps[0]!;
  const { fin, syn, rst } = TCP_FLAGS;
  return event.protocol === TCP && (event.payload ?? 0) === 0 && !hasFlag(event, fin | syn | rst);
}

/** The packet with the longest way among those that show the outcome; then the first. */
function bestOf(packets: readonly Judgement[], outcome: Outcome): Judgement {
  const fitting = packets.filter((packet) =>
    packet.outcome === outcome || (outcome === "unanswered" && packet.outcome === "delivered")
  );
  return (fitting.length > 0 ? fitting : packets)
    .reduce((best, packet) => hasLongerWay(packet, best) ? packet : best);
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
function translatedForm(judgement: Judgement) {
  const last = judgement.steps.at(-1)!.event;
  const form = formOf(last);
  const sent = judgement.steps[0]!.event;
  const asSent = sent.conntrackDirection === "original" && sent.conntrackDestination !== undefined;
  if (asSent) {
    const changed = sent.conntrackDestination !== form.destination ||
      sent.conntrackSource !== form.source;
    return changed ? form : null;
  }
  return formKey(formOf(sent)) === formKey(form) ? null : form;
}

/** A cause and the packets that died of it. */
interface CauseOfPackets {
  cause: Cause;
  packets: Judgement[];
}

/** [G5] Causes by how many packets died of each; packets that died alike are judged once. */
function causesOf(
  packets: readonly Judgement[],
  outcome: Outcome,
  { world, evidence, strays }: Surroundings,
): CauseOfPackets[] {
  const byEnd = new Map<string, Judgement[]>();
  for (const packet of packets) {
    const fits = packet.outcome === outcome || outcome === "unanswered" ||
      (packet.outcome !== "delivered" && packet.outcome !== "in-flight");
    if (!fits) continue;
    const { event } = packet.end.step;
    const stray = strays.get(packet)?.code ?? "";
    const key =
      `${stray} ${packet.outcome} ${event.node.name} ${event.netns} ${event.ifindex} ${event.kind} ${event.function} ${event.reason} ${
        event.sentIcmpType ?? ""
      } ${event.sentIcmpCode ?? ""} ${event.tunnelKind ?? ""}`;
    const list = byEnd.get(key);
    if (list) list.push(packet);
    else byEnd.set(key, [packet]);
  }
  const found = new Map<string, CauseOfPackets>();
  for (const list of byEnd.values()) {
    const ended = caseOf(list[0]!, world, evidence);
    const cause = strays.get(list[0]!) ??
      (outcome === "unanswered" ? silenceOf(ended) : causeOf(ended));
    if (!cause) continue;
    const known = found.get(`${cause.code} ${cause.sentence}`);
    if (known) known.packets.push(...list);
    else found.set(`${cause.code} ${cause.sentence}`, { cause, packets: list });
  }
  const worst = ({ packets }: CauseOfPackets) => OUTCOMES.indexOf(packets[0]!.outcome);
  return [...found.values()]
    .sort((a, b) =>
      worst(a) - worst(b) || b.packets.length - a.packets.length ||
      (a.cause.code < b.cause.code ? -1 : 1)
    ).slice(0, 5);
}
