/** What came of UDP packets from one client's port to one server's. Rule X8. */
import { endPoint } from "../../event/end_point.ts";
import { type Form, formKey, formOf, reverse } from "../correlate/identity.ts";
import { AF_PACKET } from "../../event/lift.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { heldLong, NOTHING, SLOW_NS, unanswered, unknown } from "./course.ts";
import { DEVICE_SCRIPTS, gapOf } from "../view/coverage.ts";
import { concludedFrom, finding } from "../view/finding.ts";
import type { NodeView } from "../view/timeline.ts";
import type { Course, Joined } from "./exchange.ts";
import { isLost, withoutHeldParts } from "./losses.ts";
import {
  clientSide,
  firstAt,
  hasArrivedAt,
  inOrder,
  meetingOf,
  surelyTakenByAsker,
} from "./meeting.ts";

/**
 * [X8] Answered when the client's socket has an answer from the end asked. UDP does not say which
 * packet an answer is for, so that a loss counts only while no answer came after it.
 */
export function courseOfDatagrams(joined: Joined, asked: Form): Course {
  const { question } = joined;
  const packets = joined.answers.flatMap((answer) => answer.packets);
  const misdirected = packets.filter((packet) => meetingOf(packet, asked, joined) === "otherwise");
  const answered = packets.filter((packet) =>
    packet.outcome === "delivered" && !misdirected.includes(packet)
  );
  if (answered.length > 0) {
    return { ...courseOfAnswered(joined, answered), misdirected };
  }
  const late = packets.filter((packet) =>
    packet.outcome === "dropped" && hasArrivedAt(packet) &&
    meetingOf(packet, asked, joined) === "as-asked"
  );
  if (misdirected.length > 0) {
    const story = "an answer came from an end that was not asked, and no other";
    return { ...NOTHING, outcome: "mis-answered", story, misdirected };
  }
  if (late.length > 0 && question.packets[0]!.steps[0]!.event.kind !== "device-tx") {
    const text =
      "it was not seen where it was sent: something without a probe may have translated it";
    return unknown("an answer came back that no socket took", { code: "translated-unseen", text });
  }
  // Where it was not asked from is another host with the client's address: there it was lost.
  const home = joined.missing === null ? late.find(surelyTakenByAsker(question)) : undefined;
  if (home) return { ...NOTHING, outcome: "mis-answered", story: lateStory(question, home) };
  const course = unanswered(
    joined,
    withoutHeldParts(question.packets),
    withoutHeldParts(packets),
  );
  if (course.outcome === "unanswered" && hasRead(clientSide(question), reverse(asked))) {
    const text = "a socket of the client read a packet from there of which nothing else was seen";
    return unknown("it may have been answered", { code: "answer-doubtful", text });
  }
  const stranger = joined.perhaps.find((flow) => flow.packets.some(hasArrivedAt));
  // What did not arrive got no answer, whatever else came to its port.
  if (!stranger || course.outcome !== "unanswered" || course.losses.length > 0) return course;
  const { source, sourcePort, destinationPort } = stranger.form;
  const text = `what ${endPoint(source, sourcePort)} sent to its port ${destinationPort} ` +
    "may be an answer or another program's question";
  return unknown("nothing came from the end that was asked", { code: "answer-doubtful", text });
}

/** What sockets read; a program that only looks on reads, too. */
const reads = finding((event) =>
  event.kind === "deliver" && event.socketFamily !== AF_PACKET ? formKey(formOf(event)) : undefined
);

/**
 * A socket read a packet of this form on the node. A read alone is no packet (it may be what is left of one
 * that was seen in another form), so it answers nothing; but it speaks against that nothing came.
 */
const hasRead = (node: NodeView, form: Form): boolean =>
  concludedFrom(node, reads, formKey(form), "something was read", (seen) => seen.length > 0);

/** The client's socket was gone when the answer came: the program had given up, or ended. */
function lateStory(question: FlowGroup, late: Judgement): string {
  const node = clientSide(question);
  const times = question.packets.map((packet) => firstAt(packet, node)).filter((at) => at !== null);
  const came = firstAt(late, node);
  const after = came === null || times.length === 0
    ? "late"
    : `${Math.round((came - Math.min(...times)) / 1e6)} ms after the question`;
  return `the answer came ${after}, when no socket of the client took it any more`;
}

function courseOfAnswered({ question }: Joined, answered: Judgement[]): Course {
  const node = clientSide(question);
  const [answeredBy] = inOrder(answered, node);
  const lastAnswerAt = Math.max(...answered.map((packet) => firstAt(packet, node) ?? -Infinity));
  const base = { ...NOTHING, ...(answeredBy ? { answeredBy } : { answeredBy: answered[0]! }) };
  const lost = question.packets.filter(isLost);
  const after = lost.filter((packet) => (firstAt(packet, node) ?? -Infinity) > lastAnswerAt);
  const unwatched = gapOf(node, DEVICE_SCRIPTS, { node, from: lastAnswerAt, to: Infinity });
  if (after.length > 0 && unwatched) {
    return {
      ...base,
      ...unknown("it was answered at first, and how it went on is not known", unwatched),
    };
  }
  if (after.length > 0) {
    const story = "it was answered at first, and later packets to the same end were lost";
    return { ...base, outcome: "broken", story, losses: after };
  }
  const delay = longestWait(lost, answered, node);
  if (delay && delay.delayNs >= SLOW_NS) {
    const story = `it was answered ${
      Math.round(delay.delayNs / 1e6)
    } ms after a packet of it that was lost`;
    return { ...base, outcome: "slow", story, losses: [delay.loss] };
  }
  const held = heldLong([...question.packets, ...answered]);
  if (held) return { ...base, ...held };
  return { ...base, outcome: "answered", story: "it was answered" };
}

/** The longest time from a lost packet to the next answer. */
function longestWait(
  lost: readonly Judgement[],
  answered: readonly Judgement[],
  node: ReturnType<typeof clientSide>,
) {
  const times = answered.map((packet) => firstAt(packet, node)).filter((at) => at !== null)
    .sort((a, b) => a - b);
  let longest: { loss: Judgement; delayNs: number } | null = null;
  for (const loss of lost) {
    const since = firstAt(loss, node);
    const next = since === null ? undefined : times.find((at) => at > since);
    if (since === null || next === undefined) continue;
    // An earlier answer may not have been seen.
    if (gapOf(node, DEVICE_SCRIPTS, { node, from: since, to: next }) !== null) continue;
    if (!longest || next - since > longest.delayNs) longest = { loss, delayNs: next - since };
  }
  return longest;
}
