/** What became of a flow by its packets, and what they died of. Rules G4 and G5. */
import { type Outcome, OUTCOMES } from "../../event/codes.ts";
import { type Gap, speaksForNoOther } from "../../event/gaps.ts";
import type { Buckets, Cause, PacketCounts } from "../../event/report.ts";
import { hasFlag, TCP, TCP_FLAGS } from "../kernel/protocols.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import { hasLongerWay, type Judgement, type World } from "../verdict/judgement.ts";
import { isUnanswered, unrecovered } from "../verdict/replies.ts";
import {
  added,
  countOf,
  gapOfPart,
  outcomeOfPart,
  rateOfPackets,
  type Unseen,
} from "../verdict/withheld.ts";
import { addedRates, bucketsOf } from "../view/rate.ts";
import { caseOf } from "./case.ts";
import { causeOf, silenceOf } from "./mod.ts";
import type { Asides } from "../view/evidence.ts";

/** What the causes of a flow are found by, beside its packets. */
export interface Surroundings {
  world: World;
  /** Sightings of no packet that is followed: lookups, ICMP errors, neighbours. */
  evidence: Asides;
  /** Causes of answers that their client did not take, known from their exchange. */
  strays: ReadonlyMap<Judgement, Cause>;
}

/** A flow with its outcome, and with the causes that its packets died of. */
export interface FlowVerdict {
  group: FlowGroup;
  outcome: Outcome;
  /** Of all its packets, those that shards withhold among them. */
  packets: PacketCounts;
  /** The same packets by when each was first seen. */
  rate?: Buckets;
  /** The packet that shows the outcome best. */
  best: Judgement;
  /** Causes and the packets that died of each, the worst first. */
  causes: CauseOfPackets[];
  /** Why the outcome is `unknown`, or that of one of its packets. */
  gap?: Gap;
}

/** What became of one flow, and why. */
export function verdictOf(
  group: FlowGroup,
  surroundings: Surroundings,
  unseen: Unseen,
): FlowVerdict {
  const packets = added(countOf(group.packets), unseen.packets);
  const counting = unrecovered(group);
  const lasting = counting.length > 0 ? counting : group.packets;
  const outcome = unseen.partial
    ? outcomeOfPart(group, unseen, lasting)
    : outcomeOf(group, lasting, surroundings.evidence);
  const isUntold = unseen.partial && outcome === "unknown";
  const causes = outcome === "delivered" || outcome === "in-flight" || isUntold
    ? []
    : causesOf(lasting, outcome, surroundings);
  // The way is that of a packet which the first cause is about.
  const best = bestOf(causes[0]?.packets ?? lasting, outcome);
  const gap = isUntold ? gapOfPart(group.packets.length, packets) : gapOf(best, outcome);
  const seen = rateOfPackets(group.packets);
  const isAll = unseen.rate.parts.length === 0;
  const rate = bucketsOf(isAll ? seen : addedRates([seen, unseen.rate]));
  return {
    group,
    outcome,
    packets,
    best,
    causes,
    ...(rate ? { rate } : {}),
    ...(gap ? { gap } : {}),
  };
}

/** A flow that arrived has no gap, although the fate of one of its packets may be unknown. */
const gapOf = (best: Judgement, outcome: Outcome) =>
  outcome === "delivered" && best.outcome !== "delivered" ? undefined : best.gap;

/** [G4] [O22] The worst of its packets; one too young to judge, or told in part, speaks for no other. */
function outcomeOf(
  group: FlowGroup,
  packets: readonly Judgement[],
  evidence: Asides,
): Outcome {
  if (isUnanswered(group, evidence)) return "unanswered";
  const outcomes = new Set(packets.map((packet) => packet.outcome));
  for (const outcome of ["dropped", "vanished"] as const) if (outcomes.has(outcome)) return outcome;
  // What was acknowledged arrived, in this segment or in one that no event tells of.
  const arrived = outcomes.has("delivered") || group.packets.some((packet) => packet.acknowledged);
  const hidden = packets.some((packet) =>
    packet.outcome === "unknown" && !speaksForNoOther(packet.gap) &&
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

/** A cause and the packets that died of it. */
export interface CauseOfPackets {
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
  let alike: Judgement[] = [];
  for (const packet of packets) {
    const fits = packet.outcome === outcome || outcome === "unanswered" ||
      (packet.outcome !== "delivered" && packet.outcome !== "in-flight");
    if (!fits) continue;
    const { event } = packet.end.step;
    const stray = strays.get(packet)?.code ?? "";
    const before = alike[0];
    if (before !== undefined && stray === "" && isAlike(before, packet) && !strays.has(before)) {
      alike.push(packet);
      continue;
    }
    const key =
      `${stray} ${packet.outcome} ${event.node.name} ${event.netns} ${event.ifindex} ${event.kind} ${event.function} ${event.reason} ${
        event.sentIcmpType ?? ""
      } ${event.sentIcmpCode ?? ""} ${event.tunnelKind ?? ""}`;
    const list = byEnd.get(key);
    if (list) list.push(packet);
    else byEnd.set(key, [packet]);
    alike = list ?? byEnd.get(key)!;
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

/** Whether two packets came to the same and died alike: mostly the next one did. */
function isAlike(a: Judgement, b: Judgement): boolean {
  const [one, other] = [a.end.step.event, b.end.step.event];
  return a.outcome === b.outcome && one.node === other.node && one.netns === other.netns &&
    one.ifindex === other.ifindex && one.kind === other.kind && one.function === other.function &&
    one.reason === other.reason && one.sentIcmpType === other.sentIcmpType &&
    one.sentIcmpCode === other.sentIcmpCode && one.tunnelKind === other.tunnelKind;
}
