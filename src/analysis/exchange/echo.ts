/** What came of ICMP echo requests of one id. Rule X9. */
import type { Form } from "../correlate/identity.ts";
import { isEchoReply } from "../kernel/protocols.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { heldLong, NOTHING, unanswered } from "./course.ts";
import type { Course, Joined } from "./exchange.ts";
import { meetingOf, surelyTakenByAsker } from "./meeting.ts";

const sequenceOf = ({ steps }: Judgement) => steps[0]!.event.icmpSequence;

const isReply = ({ steps }: Judgement) => isEchoReply(steps[0]!.event);

/**
 * A socket gave it to a program. The kernel frees a reply that nobody asked for as it frees the
 * original of what a raw socket has a clone of.
 */
const isRead = ({ end }: Judgement) => end.step.event.kind === "deliver";

/**
 * [X9] Each sequence number is a question of its own; the worst of them is what came of all. A reply
 * that the client's host took from the end asked answers its number; another host that has the
 * client's address did not ask. `isQuiet`: all packets that are
 * not here were delivered, as many as were asked.
 */
export function courseOfEchoes(joined: Joined, asked: Form, isQuiet: boolean): Course {
  const { question, answers } = joined;
  // A host that asks itself has the same ends both ways: then both are packets of one flow.
  const requests = question.packets.filter((packet) => !isReply(packet));
  const own = question.packets.filter(isReply);
  const packets = [...own, ...answers.flatMap((answer) => answer.packets)];
  const misdirected = packets.filter((packet) => meetingOf(packet, asked, joined) === "otherwise");
  const isTaken = surelyTakenByAsker(question);
  const taken = packets.filter((packet) =>
    packet.outcome === "delivered" && !misdirected.includes(packet) &&
    (isRead(packet) || isTaken(packet)) &&
    meetingOf(packet, asked, joined) !== "not"
  );
  const numbers = new Set(taken.map(sequenceOf));
  const open = requests.filter((packet) => !numbers.has(sequenceOf(packet)));
  const [answeredBy] = taken;
  if ((isQuiet || open.length === 0) && answeredBy) {
    const held = heldLong([...requests, ...taken]);
    const course = held ?? { outcome: "answered" as const, story: "it was answered" };
    return { ...NOTHING, ...course, misdirected, answeredBy };
  }
  const done = new Set(taken);
  const left = packets.filter((packet) => !done.has(packet));
  const openNumbers = new Set(open.map(sequenceOf));
  const strayed = misdirected.filter((packet) => openNumbers.has(sequenceOf(packet)));
  if (strayed.length > 0) {
    const story = "an answer came from an end that was not asked";
    return { ...NOTHING, outcome: "mis-answered", story, misdirected: strayed };
  }
  const course = unanswered(
    joined,
    open,
    left.filter((packet) => openNumbers.has(sequenceOf(packet)) && !misdirected.includes(packet)),
  );
  if (!answeredBy) return course;
  const story = `${open.length} of ${requests.length} echo requests: ${course.story}`;
  return { ...course, answeredBy, story };
}
