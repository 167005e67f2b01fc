/** Whether a program that took data of its client said nothing. Rule X4. */
import type { Gap } from "../../event/gaps.ts";
import { hasFlag, TCP_FLAGS } from "../kernel/protocols.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { isSilentUntil } from "../view/coverage.ts";
import type { NodeView } from "../view/timeline.ts";
import { answerGap } from "./answer_gap.ts";
import { firstAt, isReset, lastAt } from "./meeting.ts";

/** A program that reads its connection answers, or closes in turn, within this time, ns. */
const PROGRAM_NS = 1e9;
/** A program that waits to read sees that the client closed, and closes in turn, within this time, ns. */
const CLOSE_NS = 300e6;
/** A client that waited so long before it closed, and then refused what came, waited for that, ns. */
const GIVEN_UP_NS = 500e6;

const SAID_BEFORE: Gap = {
  code: "begun-before",
  text:
    "the connection had begun before it was seen: its program may have said all that it had to say",
};

const isFin = ({ steps }: Judgement) => hasFlag(steps[0]!.event, TCP_FLAGS.fin);
const hasData = ({ steps }: Judgement) => (steps[0]!.event.payload ?? 0) > 0;

const UNSEEN_SERVER: Gap = {
  code: "beyond-unwatched",
  text: "its data was acknowledged, and no probe saw it arrive where the program is",
};

/**
 * Whether the client's data arrived, and the server's program neither sent data nor closed, although it had
 * time to, or only to a client that was gone. A gap where the server's side was not watched without loss; null where nothing is amiss.
 */
export function silenceOf(
  question: FlowGroup,
  packets: readonly Judgement[],
  hadBegun: boolean,
): "silent" | Gap | null {
  if (packets.some(isReset)) return null;
  const said = packets.filter(hasData);
  // What the server said was an answer, unless the client refused it by a reset, and took none of it.
  if (said.length > 0 && (!question.packets.some(isReset) || hasTaken(question, said))) return null;
  const data = question.packets.filter((packet) =>
    hasData(packet) && packet.outcome === "delivered"
  );
  if (data.length === 0) return null;
  // What is known by its acknowledgement alone was not seen where the program is: an answer may have been
  // lost on its way back.
  const last = data.findLast(({ end }) => end.kind === "delivered" || end.kind === "taken");
  if (!last) return said.length > 0 ? null : UNSEEN_SERVER;
  const silence = hadBegun ? SAID_BEFORE : "silent";
  const node = last.end.step.event.node;
  const since = Math.max(...data.map((packet) => lastAt(packet, node) ?? -Infinity));
  const closing = finsAt(question.packets, node);
  const closed = finsAt(packets, node);
  // A client that waited before it gave up waited for an answer; a server that reads closes at once.
  const waited = closing.length > 0 ? Math.min(...closing) - since : 0;
  const hadTime = waited > PROGRAM_NS;
  if (said.length > 0) {
    // Said to a client that had given up, and refused it by a reset: no program read it.
    const isLate = waited > GIVEN_UP_NS &&
      said.every((packet) => (firstAt(packet, node) ?? -Infinity) > Math.min(...closing));
    return isLate ? answerGap(last, since) ?? silence : null;
  }
  // A server that closes first has said what it had to say, and one that only follows, nothing.
  if (closed.length > 0 && !(hadTime && Math.min(...closed) > Math.min(...closing))) return null;
  // A program may speak first: its greeting must have been seen, too.
  const begun = Math.min(...question.packets.map((packet) => firstAt(packet, node) ?? since));
  if (closed.length > 0) return answerGap(last, begun) ?? silence;
  const from = closing.length > 0 ? Math.min(...closing) : since;
  const ns = hadTime ? CLOSE_NS : closing.length > 0 ? PROGRAM_NS : 3 * PROGRAM_NS;
  return isSilentUntil(node, from + ns) ? answerGap(last, begun) ?? silence : null;
}

/**
 * The client acknowledged a byte of what was said: it may well have read that, and a program that closes with data
 * unread, or without lingering, sends a reset as well. What refuses acknowledges nothing. True where no probe tells.
 */
function hasTaken({ packets }: FlowGroup, said: readonly Judgement[]): boolean {
  const begins = said.map(({ steps }) => steps[0]!.event.tcpSequence);
  return packets.map(({ steps }) => steps[0]!.event).some((event) => {
    const { tcpAcknowledgement: taken } = event;
    if (taken === undefined) return true;
    return hasFlag(event, TCP_FLAGS.ack) &&
      begins.some((begin) => begin === undefined || ((taken - begin) | 0) > 0);
  });
}

/** When a node first saw each FIN of these packets, as `at`. */
const finsAt = (packets: readonly Judgement[], node: NodeView): number[] =>
  packets.filter(isFin).map((packet) => firstAt(packet, node)).filter((at) => at !== null);
