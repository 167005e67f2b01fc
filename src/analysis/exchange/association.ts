/** What came of an SCTP association. Rule X10. */
import type { Form } from "../correlate/identity.ts";
import { isAssociationAbort } from "../kernel/protocols.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { NOTHING, unknown } from "./course.ts";
import { courseOfDatagrams } from "./datagrams.ts";
import type { Course, Joined } from "./exchange.ts";
import { isLost } from "./losses.ts";
import { hasArrivedAt } from "./meeting.ts";
import { resetBy } from "./reset_by.ts";

const isAbort = ({ steps }: Judgement) => isAssociationAbort(steps[0]!.event);

/**
 * [X10] An association is refused where nothing but an ABORT came back. Else it is answered, or not,
 * as a datagram is: an association sends again by itself, and by another of its addresses.
 */
export function courseOfAssociation(joined: Joined, asked: Form): Course {
  const packets = joined.answers.flatMap((answer) => answer.packets);
  const abort = packets.find(hasArrivedAt) ?? packets.find((packet) => !isLost(packet));
  if (!abort || !packets.every(isAbort)) return courseOfDatagrams(joined, asked);
  if (joined.missing) {
    return unknown("an ABORT ended it, and what went before is not known", joined.missing);
  }
  return {
    ...NOTHING,
    outcome: "refused",
    story: "the association was refused by an ABORT",
    reset: { packet: abort, by: resetBy(abort, joined.question, true) },
    losses: joined.question.packets.filter(isLost),
  };
}
