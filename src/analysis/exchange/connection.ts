/** What came of a TCP connection. Rules X4 to X7. */
import { hasFlag, isConnectRequest, TCP_FLAGS } from "../kernel/protocols.ts";
import type { Gap } from "../../event/gaps.ts";
import type { Form } from "../correlate/identity.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import type { Course, Joined } from "./exchange.ts";
import { allLosses, hadTimeToRepeat, isLost, lastingLosses, longestDelay } from "./losses.ts";
import { clientSide, hasArrivedAt, inOrder, isReset, meetingOf } from "./meeting.ts";
import { resetBy } from "./reset_by.ts";
import { silenceOf } from "./silence.ts";
import { heldLong, NOTHING, SLOW_NS, unanswered, unknown } from "./course.ts";

const firstEvent = ({ steps }: Judgement) => steps[0]!.event;
const isFin = (packet: Judgement) => hasFlag(firstEvent(packet), TCP_FLAGS.fin);
const hasData = (packet: Judgement) => (firstEvent(packet).payload ?? 0) > 0;

const ENDED_BEFORE_REPEAT: Gap = {
  code: "trace-ended",
  text: "the trace ended before it was known whether what was lost was made good",
};

const ACKNOWLEDGED_ONLY: Gap = {
  code: "begun-before",
  text: "the connection had begun before it was seen: an acknowledgement alone asks for no answer",
};

/** [X4] What came of a connection, by the segments of both directions. */
export function courseOfConnection(joined: Joined, asked: Form): Course {
  const { question, answers } = joined;
  const packets = answers.flatMap((answer) => answer.packets);
  const spoken = packets.filter((packet) => !isReset(packet));
  const misdirected = packets.filter((packet) => meetingOf(packet, asked, joined) === "otherwise");
  const answeredBy = spoken.find((packet) => isMet(packet, asked, joined)) ??
    (isAcknowledged(question) ? spoken.find((packet) => !misdirected.includes(packet)) : undefined);
  if (answeredBy === undefined) {
    const course = refusedOrUnanswered(joined, packets, misdirected);
    if (asksNothing(question) && course.outcome === "unanswered" && course.losses.length === 0) {
      return unknown("only acknowledgements of it were seen, which arrived", ACKNOWLEDGED_ONLY);
    }
    return hadBegun(question) ? courseOfBegun(joined, course) : course;
  }
  return courseOfRunning(joined, packets, misdirected, answeredBy);
}

/** The client's stack has it in the form that it asked. */
function isMet(packet: Judgement, asked: Form, joined: Joined): boolean {
  if (packet.outcome !== "delivered") return false;
  const meeting = meetingOf(packet, asked, joined);
  return meeting === "as-asked" || meeting === "untold";
}

/** The client acknowledged what the server sent: its answer had come, whether or not that was seen. */
const isAcknowledged = ({ packets }: FlowGroup) =>
  packets.some((packet) => {
    const event = firstEvent(packet);
    return hasFlag(event, TCP_FLAGS.ack) && !hasFlag(event, TCP_FLAGS.rst | TCP_FLAGS.syn);
  });

/**
 * The connection was there before a packet of it was seen: no SYN of the client was, and the data that it
 * sends acknowledges the server's. An acknowledgement alone may be a stranger's, who looks what answers.
 */
const hadBegun = (question: FlowGroup) =>
  !question.packets.some((packet) => isConnectRequest(firstEvent(packet))) &&
  isAcknowledged({ ...question, packets: question.packets.filter(hasData) });

/**
 * Acknowledgements alone, as the last ones of a connection whose rest was not seen. A host answers
 * those of a stranger by a reset; where it takes them and is silent, they were of a connection.
 */
const asksNothing = ({ packets }: FlowGroup) =>
  packets.every((packet) => {
    const event = firstEvent(packet);
    return hasFlag(event, TCP_FLAGS.ack) && !hasData(packet) &&
      !hasFlag(event, TCP_FLAGS.syn | TCP_FLAGS.fin | TCP_FLAGS.rst);
  });

/** [X4] The same of a connection that had been answered before: what was lost, or a reset, broke it. */
function courseOfBegun({ question, missing }: Joined, course: Course): Course {
  if (course.outcome === "refused" && course.reset) {
    const story = `it had been answered before, and then a reset ${
      WHOSE[course.reset.by]
    } ended the connection`;
    return { ...course, outcome: "broken", story };
  }
  if (course.outcome !== "unanswered" || course.losses.length === 0) return course;
  const text = "it had been answered before, and how it went on is not known";
  if (missing) return unknown(text, missing);
  if (!lastingLosses(question).some((loss) => hadTimeToRepeat(question, loss))) {
    return unknown(text, ENDED_BEFORE_REPEAT);
  }
  const story = "it had been answered before, and then segments were lost that nothing made good";
  return { ...course, outcome: "broken", story };
}

/** [X5] Nothing but a reset or an error came back as asked, or nothing at all. */
function refusedOrUnanswered(
  joined: Joined,
  packets: readonly Judgement[],
  misdirected: Judgement[],
): Course {
  const { question } = joined;
  const wrong = misdirected.filter((packet) => !isReset(packet));
  if (wrong.length > 0) {
    const story = "an answer came from an end that was not asked, and no other";
    return { ...NOTHING, outcome: "mis-answered", story, misdirected: wrong };
  }
  const resets = packets.filter(isReset);
  const reset = resets.find(hasArrivedAt) ?? resets.find((packet) => !isLost(packet));
  const tried = question.packets.filter((packet) => isConnectRequest(firstEvent(packet)));
  const asking = tried.length > 0 ? tried : question.packets;
  // What refuses a SYN has the number 0 (RFC 9293, 3.10.7.1): this one ended a taken connection.
  if (reset && joined.missing && (firstEvent(reset).tcpSequence ?? 0) !== 0) {
    return unknown("a reset ended it, and what went before is not known", joined.missing);
  }
  if (reset) {
    const by = resetBy(reset, question, true);
    const losses = asking.filter(isLost);
    const story = `the connection was refused by a reset ${WHOSE[by]}`;
    return { ...NOTHING, outcome: "refused", story, reset: { packet: reset, by }, losses };
  }
  return unanswered(joined, asking, packets);
}

/** Whose reset it was, as words. */
const WHOSE = {
  client: "of the client's host",
  server: "of the host that was asked",
  between: "of a host between them",
  unseen: "of a host that no probe watches",
} as const;

/** [X6] The server's stack answered as asked: how the connection went on. */
function courseOfRunning(
  joined: Joined,
  packets: readonly Judgement[],
  misdirected: Judgement[],
  answeredBy: Judgement,
): Course {
  const { question, answers } = joined;
  const base = { ...NOTHING, misdirected, answeredBy };
  const ended = endOf(joined, packets);
  const failed = [question, ...answers].flatMap(lastingLosses);
  const isClosed = isClosedInOrder(joined, packets);
  const isLasting = [question, ...answers].some((flow) =>
    lastingLosses(flow).some((loss) => hadTimeToRepeat(flow, loss))
  );
  const isBroken = ended?.early || (failed.length > 0 && !isClosed);
  if (isBroken && joined.missing) {
    // What made good a loss, or said good-bye, may be among the events that are missing.
    return {
      ...base,
      ...unknown("it was answered, and how it went on is not known", joined.missing),
    };
  }
  if (ended?.early) {
    const story = `it was answered, and then a reset ${WHOSE[ended.by]} ended the connection`;
    const reset = { packet: ended.packet, by: ended.by };
    return { ...base, outcome: "broken", story, reset, losses: failed };
  }
  if (failed.length > 0 && !isLasting && !isClosed) {
    const story = "it was answered, and how it went on is not known";
    return { ...base, ...unknown(story, ENDED_BEFORE_REPEAT) };
  }
  if (failed.length > 0 && !isClosed) {
    const story = "it was answered, and then segments were lost that nothing made good";
    return { ...base, outcome: "broken", story, losses: failed };
  }
  if (misdirected.some(hasData)) {
    const story = "it was answered, and later answers came from an end that was not asked";
    return { ...base, outcome: "broken", story };
  }
  const delay = [question, ...answers]
    .map((flow) => longestDelay(flow, clientSide(flow), flow === question ? answers : [question]))
    .filter((found) => found !== null).sort((a, b) => b.delayNs - a.delayNs)[0];
  if (delay && delay.delayNs >= SLOW_NS) {
    const story = `it was answered, and waited ${
      Math.round(delay.delayNs / 1e6)
    } ms for what was lost and sent again`;
    const losses = [delay.loss, ...allLosses(question)].filter((loss, i, all) =>
      all.indexOf(loss) === i
    );
    return { ...base, outcome: "slow", story, losses };
  }
  const held = heldLong([...question.packets, ...packets]);
  if (held) return { ...base, ...held };
  const silence = silenceOf(question, packets, hadBegun(question));
  if (silence !== null && silence !== "silent") {
    return { ...base, ...unknown("it was answered, and no answer to its data was seen", silence) };
  }
  if (silence === "silent") {
    const until = packets.some(hasData) ? " until the client had given up" : "";
    const story = `the host took the connection and the data, and its program sent nothing${until}`;
    return { ...base, outcome: "unanswered", story, silent: true };
  }
  return { ...base, outcome: "answered", story: "it was answered" };
}

/** The first reset of a connection that was answered, and whether the ends had not said good-bye. */
function endOf({ question }: Joined, packets: readonly Judgement[]) {
  const node = clientSide(question);
  const both = inOrder([...question.packets, ...packets], node);
  const at = both.findIndex(isReset);
  if (at < 0) return null;
  const packet = both[at]!;
  const isAnswer = !question.packets.includes(packet);
  const before = both.slice(0, at);
  const by = resetBy(packet, question, isAnswer);
  const isGoodBye = before.some(isFin);
  // A client that has what it wants may end a connection by a reset: health checks do.
  const isClientsChoice = !isAnswer && by !== "between" &&
    (!before.some((other) => question.packets.includes(other) && hasData(other)) ||
      before.some((other) => packets.includes(other) && hasData(other)));
  // A client may close its half and wait for the answer: its FIN alone is no end of what it asked.
  const isUnread = isAnswer && by === "server" &&
    before.some((other) => question.packets.includes(other) && hasData(other)) &&
    !before.some((other) => packets.includes(other) && (hasData(other) || isFin(other)));
  return { packet, by, early: isUnread || (!isGoodBye && !isClientsChoice) };
}

/**
 * [X6] Both ends closed it in order. Who closes sends its FIN behind its data: where data was lost for good,
 * only a FIN that arrived shows that the other end had all of it, by a segment that was not seen.
 */
function isClosedInOrder({ question, answers }: Joined, packets: readonly Judgement[]): boolean {
  if (!question.packets.some(isFin) || !packets.some(isFin)) return false;
  return [question, ...answers].every((flow) =>
    !lastingLosses(flow).some(hasData) ||
    flow.packets.some((packet) => isFin(packet) && packet.outcome === "delivered")
  );
}
