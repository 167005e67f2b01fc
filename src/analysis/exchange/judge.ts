/** Every question of an incident and what came of it. */
import type { Form } from "../correlate/identity.ts";
import { ICMP, ICMP6, SCTP, TCP, UDP } from "../kernel/protocols.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Unseen } from "../verdict/withheld.ts";
import { courseOfAssociation } from "./association.ts";
import { courseOfConnection } from "./connection.ts";
import { unknown } from "./course.ts";
import { courseOfDatagrams } from "./datagrams.ts";
import { courseOfEchoes } from "./echo.ts";
import { type Course, type Exchange, type Joined, joinedFlows } from "./exchange.ts";
import { joinExchanges } from "./join.ts";

/**
 * All exchanges among these flows, which were judged and revised, in the order of their questions.
 * `unseenOf` says what shards withhold of a flow.
 */
export function judgeExchanges(
  flows: readonly FlowGroup[],
  { evidence, network }: Pick<Joined, "evidence" | "network">,
  unseenOf: (flow: FlowGroup) => Unseen,
): Exchange[] {
  return joinExchanges(flows, evidence).map((seen) => {
    const joined = { ...seen, network };
    const { form } = joined.question;
    const unseen = joinedFlows(joined).map(unseenOf);
    const isPart = unseen.some(({ partial }) => partial);
    const isQuiet = !isPart && unseen.some(({ packets }) => packets.seen > 0);
    const course = isPart ? partlySeen() : courseOf(joined, form, isQuiet);
    return { ...joined, ...course, form };
  });
}

/** [D4] Packets that could not be looked at may be the question's, or its answers. */
function partlySeen(): Course {
  const text = "its flows have too many packets to be looked at together";
  return unknown("it is not known what came of it", { code: "flow-too-large", text });
}

/** `isQuiet`: what shards withhold was delivered in both directions, packet for packet (D2). */
function courseOf(joined: Joined, form: Form, isQuiet: boolean): Course {
  switch (form.protocol) {
    case TCP:
      return courseOfConnection(joined, form);
    case UDP:
      return courseOfDatagrams(joined, form);
    case SCTP:
      return courseOfAssociation(joined, form);
    case ICMP:
    case ICMP6:
      return courseOfEchoes(joined, form, isQuiet);
    default:
      throw new TypeError(
        `Cannot judge exchange: protocol is ${form.protocol}, must be TCP, UDP, SCTP or ICMP`,
      );
  }
}
