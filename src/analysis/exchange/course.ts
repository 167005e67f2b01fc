/** What the courses of all protocols have in common. */
import { altered } from "../../event/altered.ts";
import type { Gap } from "../../event/gaps.ts";
import type { Event } from "../../event/event.ts";
import { type ErrorMeaning, meaningOfError } from "../kernel/icmp.ts";
import { isNetfilterDrop } from "../kernel/netfilter.ts";
import { isConnectRequest } from "../kernel/protocols.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { answerGap, filteredGap, waitGap } from "./answer_gap.ts";
import type { Course, Joined } from "./exchange.ts";
import {
  ANY_PACKET,
  DEVICE_SCRIPTS,
  gapOf,
  leftOutIn,
  type Rank,
  since,
  type Span,
} from "../view/coverage.ts";
import type { NodeView } from "../view/timeline.ts";
import { longestOf, wentUp } from "./hold.ts";
import { rankOfPacket } from "../verdict/rank.ts";
import { ownersOf } from "../view/state_view.ts";
import { isLost } from "./losses.ts";
import { clientSide, firstAt } from "./meeting.ts";

/** An exchange that waited so long for what was lost was slow, ns: the least time after which TCP repeats. */
export const SLOW_NS = 190e6;

/** A course without findings. */
export const NOTHING: Pick<Course, "losses" | "misdirected"> = { losses: [], misdirected: [] };

/** [X7] Answered, but a packet of it waited long inside a node. Null when none did. */
export function heldLong(
  packets: readonly Judgement[],
): Pick<Course, "outcome" | "story"> | null {
  const hold = longestOf(packets);
  if (!hold || hold.ns < SLOW_NS) return null;
  const where = `${hold.after.device ?? "a device"} of ${hold.after.node.name}`;
  const story = `it was answered, and a packet of it was held for ${
    Math.round(hold.ns / 1e6)
  } ms before ${where}${
    wentUp(hold) ? ": ovs-vswitchd had it, as no flow in the kernel matched" : ""
  }`;
  return { outcome: "slow", story };
}

/** What cannot be told, and why. */
export const unknown = (story: string, gap: Gap): Course => ({
  ...NOTHING,
  outcome: "unknown",
  story,
  gap,
});

/** What an ICMP error of some host said about a packet of the question. */
export interface Refusal {
  meaning: ErrorMeaning;
  /** Address of the host that said it; undefined for an error that its maker decided to send. */
  by: string | undefined;
}

/** [X5] The ICMP errors that say why the question got no answer, as far as a probe saw them. */
export function refusalsOf({ question, errors }: Joined): Refusal[] {
  const refusals: Refusal[] = [];
  for (const error of errors) {
    const meaning = meaningOfError(error);
    if (meaning) refusals.push({ meaning, by: error.source });
  }
  for (const { packet } of question.packets) {
    for (const { events } of packet.chains) {
      for (const event of events) {
        const meaning = event.kind === "icmp-error" ? meaningOfError(asError(event)) : null;
        if (meaning) refusals.push({ meaning, by: undefined });
      }
    }
  }
  return refusals;
}

const asError = (event: Event): Event =>
  altered(event, { icmpType: event.sentIcmpType!, icmpCode: event.sentIcmpCode! });

/** Errors that refuse; the others tell that the question could not be brought. */
const REFUSES: readonly ErrorMeaning[] = ["no-port", "prohibited"];

/** Rules reject with the error of a host that has no listener: only that host's own means it. */
function refusalText(
  { meaning, by }: Refusal,
  asking: readonly Judgement[],
  lost: readonly Judgement[],
): string {
  const says = meaning === "no-port" ? "its port is unreachable" : "it is prohibited";
  const rejected = lost.map(({ end }) => end.step.event).find(isNetfilterDrop);
  if (rejected) {
    return `netfilter of ${rejected.node.name} rejected it, with an error that says ${says}`;
  }
  const error = `an ICMP error${by === undefined ? "" : ` of ${by}`} says that`;
  const isOfTheHost = by === undefined ||
    asking.some(({ steps }) => steps.some(({ event }) => event.destination === by));
  return `${error} ${meaning === "no-port" && isOfTheHost ? "no program listens there" : says}`;
}

/**
 * [X5] No answer came as asked: refused by an error, lost, lost on its way back, never sent, or
 * unknown. `asking` are the question's packets that an answer was owed to, `answers` all packets that
 * went back.
 */
export function unanswered(
  joined: Joined,
  asking: readonly Judgement[],
  answers: readonly Judgement[],
): Course {
  const lost = asking.filter(isLost);
  const refusal = refusalsOf(joined).find(({ meaning }) => REFUSES.includes(meaning));
  // One that was sent after all, by a program that began then or by another host of that address, may have come.
  const mayBeAnswered = answers.some(({ outcome }) =>
    outcome === "unknown" || outcome === "in-flight"
  );
  const client = clientSide(joined.question);
  const when = openSince(joined.question, client);
  const rank = rankOfTries(joined.question);
  const untoldTry = untoldTryOf(joined.question, when, rank);
  if (refusal && !mayBeAnswered) {
    const untold = asking.map((packet) => otherHostGap(packet, joined, untoldTry)).find((gap) =>
      gap !== null
    );
    if (untold) {
      return unknown(
        "it was refused, and whether another host with that address answered another try is not known",
        untold,
      );
    }
    const story = `it was refused: ${refusalText(refusal, asking, lost)}`;
    return { ...NOTHING, outcome: "refused", story, losses: lost };
  }
  const lostBack = answers.filter(isLost);
  // Another answer would have passed where the question was first seen; an echo has but one.
  const unwatched = gapOf(client, DEVICE_SCRIPTS, when, rank);
  const leftOut = leftOutIn(client, when, rank);
  // One that went on from there to where no probe is may have arrived.
  const hasOneAnswer = joined.question.form.icmpId !== undefined;
  const isKnown = unwatched === null &&
    (isNeverTaken(joined.question) || answers.every(({ outcome }) => outcome !== "unknown"));
  if (lostBack.length > 0 && (isKnown || hasOneAnswer)) {
    const story = "it arrived and was answered, and the answer was lost on its way back";
    return { ...NOTHING, outcome: "unanswered", story, losses: lostBack };
  }
  if (answers.length > 0) {
    const untold = answers.find(({ gap }) => gap !== undefined);
    if (answers.some(({ outcome }) => outcome === "in-flight")) return inFlight();
    const text = "whether the answer arrived was not seen";
    return unknown(
      "it was answered, and nothing shows that the answer arrived",
      untold?.gap ?? unwatched ??
        { code: "only-copies-seen", text },
    );
  }
  if (asking.some(({ outcome }) => outcome === "in-flight")) return inFlight();
  // Among runs that were left out may have been another try, and its answer, as a whole.
  const isAll = lost.length === asking.length;
  const another = hasOneAnswer ? null : untoldTry(client) ?? (unwatched && leftOut);
  if (lost.length > 0 && another === null && (unwatched === null || isAll)) {
    const story = isAll
      ? "it was lost on its way"
      : "it was lost on its way, or nothing shows that it arrived";
    return { ...NOTHING, outcome: "unanswered", story, losses: lost };
  }
  if (isAll && another) {
    return unknown(
      "it was lost on its way, and whether another try was answered is not known",
      another,
    );
  }
  const open = asking.find((packet) => packet.outcome === "unknown" && !isRepeat(packet, asking));
  if (open) {
    return unknown("no answer was seen, and what became of the question is not known", open.gap!);
  }
  const { rival } = joined.question;
  if (rival) {
    const text =
      `what answers it was taken for the answer to ${rival.id}: one is the other, translated`;
    return unknown("it arrived, and its answer is another question's, too", {
      code: "translated-unseen",
      text,
    });
  }
  const arrived = asking.filter(({ outcome }) => outcome === "delivered");
  const gap = latestOnEachNode(arrived)
    .map((packet) => answerGap(packet) ?? waitGap(packet, joined.evidence))
    .find((found) => found !== null);
  const hidden = gap ?? filteredGap(clientSide(joined.question), joined.question.form);
  if (hidden) return unknown("it arrived, and no answer was seen", hidden);
  return {
    ...NOTHING,
    outcome: "unanswered",
    story: "it arrived, and the host sent no answer",
    silent: true,
  };
}

/**
 * From when on an answer would have passed the client's side: who sends its SYN again had none before.
 */
function openSince(question: FlowGroup, client: NodeView): Span {
  const tries = triesOf(question);
  const asked = tries.length > 0 ? tries : question.packets;
  // One that the client was not seen to send was sent when something of it was not told, as its answer may be.
  const times = asked.map((packet) => firstAt(packet, client) ?? -Infinity);
  const at = tries.length > 0 && !times.includes(-Infinity)
    ? Math.max(...times)
    : Math.min(...times);
  return since({ node: client, at });
}

/** A program that gets no answer asks again after this time, ns: resolvers do after 5 s (resolv.conf(5)). */
const RETRY_NS = 5e9;

const triesOf = ({ packets }: FlowGroup) =>
  packets.filter(({ steps }) => isConnectRequest(steps[0]!.event));

/**
 * A SYN that its host freed without a reason after it had taken another one of the connection: it has the
 * question, and answers it again.
 */
function isRepeat({ gap, steps, end }: Judgement, asking: readonly Judgement[]): boolean {
  if (gap?.code !== "freed-without-reason" || !isConnectRequest(steps[0]!.event)) return false;
  const { node, at } = end.step.event;
  return asking.some((other) =>
    other.outcome === "delivered" && other.end.step.event.node === node &&
    other.end.step.event.at < at
  );
}

/** A client of TCP that gets an answer acknowledges it, or refuses it by a reset: this one only asked. */
const isNeverTaken = (question: FlowGroup): boolean =>
  question.packets.length > 0 && triesOf(question).length === question.packets.length;

/** What another try is told by: one of TCP is a SYN, and is told wherever the ones that were seen are. */
function rankOfTries(question: FlowGroup): Rank {
  const tries = triesOf(question);
  return tries.length === 0
    ? ANY_PACKET
    : () => Math.min(...tries.map(({ packet }) => rankOfPacket(packet)));
}

/**
 * Why another try, and its answer, may have passed a node untold. What was tried before is known of TCP;
 * of other protocols the first try may have been up to a retry before.
 */
function untoldTryOf(question: FlowGroup, when: Span, rank: Rank): (node: NodeView) => Gap | null {
  const isKnown = triesOf(question).length > 0;
  const span = isKnown ? when : { ...when, from: when.from - RETRY_NS };
  return (node) => leftOutIn(node, span, rank, DEVICE_SCRIPTS);
}

/**
 * [X5] Why another host that has the address, too, may have got another try: one host's refusal says
 * nothing for it. What was asked for on its own node did not go to another. Null where none may have.
 */
function otherHostGap(
  { steps, end }: Judgement,
  { network }: Joined,
  untoldTry: (node: NodeView) => Gap | null,
): Gap | null {
  const [first, last] = [steps[0]!.event, end.step.event];
  if (last.destination === undefined) return null;
  if (first.kind !== "device-rx" && first.node === last.node) return null;
  const others = ownersOf(network, last.destination)
    .filter(({ node, netns }) => node !== last.node || netns !== last.netns);
  return others.map(({ node }) => untoldTry(node)).find((gap) => gap !== null) ?? null;
}

/** The packet of each node that ended there last, by the names of the nodes. */
function latestOnEachNode(packets: readonly Judgement[]): Judgement[] {
  const latest = new Map<string, Judgement>();
  for (const packet of packets) {
    const { node, at } = packet.end.step.event;
    const known = latest.get(node.name);
    if (!known || at > known.end.step.event.at) latest.set(node.name, packet);
  }
  return [...latest].sort(([a], [b]) => a < b ? -1 : 1).map(([, packet]) => packet);
}

const inFlight = (): Course => ({
  ...NOTHING,
  outcome: "in-flight",
  story: "it is too young to judge",
});
