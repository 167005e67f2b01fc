/** A connection that one end's program gave up. */
import type { Exchange } from "../../exchange/exchange.ts";
import { isReset } from "../../exchange/meeting.ts";
import { isReactiveReset, resetBy } from "../../exchange/reset_by.ts";
import { netnsName } from "../../view/netns_names.ts";
import type { Sighting } from "../../view/timeline.ts";
import { packetText } from "../evidence.ts";
import type { ExchangeRule } from "../exchange_case.ts";
import { answeredOnTheWay } from "../answered-on-the-way/answered_on_the_way.ts";
import { otherHolder } from "../endpoint-changed/other_holder.ts";
import { endpointChanged } from "../endpoint-changed/endpoint_changed.ts";
import { portChanged } from "../port-changed/changed.ts";
import { cause } from "../rule.ts";

/**
 * A reset by an end of the connection, after it was answered.
 *
 * What else looks like it: a firewall's reset with the address of an end (its namespace does not have
 * that address: X5); a host that reboots or whose program died, which resets because it knows no
 * connection (the kernel tells that it answered a segment by a reset, and the sentence says so); a
 * health check, which resets what it has no use for (X6: no early end); a host that is asked from
 * another port than before (R97); a host that never had the connection, because something on the way
 * answered for it (R125); another host that has the address, to which a route led later (R241); a host
 * that a rule on the way had told that the connection is over, by a reset of its own.
 */
export const applicationReset: ExchangeRule = {
  id: "R92",
  statement:
    "A connection was answered, and then a reset that the client's or the server's host made " +
    "ended it before either end had closed, or that the server's host made before it had answered a " +
    "client that closed only its half: `application-reset`. Proven, when the host sent it of " +
    "its own; likely, when it was the answer to a segment, because then the host knew the connection " +
    "no more, and no host between the ends had reset it there before.",
  yields: ["application-reset"],
  find(subject) {
    const { exchange } = subject;
    const { reset, outcome } = exchange;
    if (outcome !== "broken" || !reset || exchange.misdirected.length > 0) return null;
    if (reset.by !== "client" && reset.by !== "server") return null;
    const { event } = reset.packet.steps[0]!;
    const host = `${netnsName(event.node, event.netns)} on ${event.node.name}`;
    if (
      [portChanged, endpointChanged, otherHolder, answeredOnTheWay].some((rule) =>
        rule.find(subject)
      )
    ) {
      return null;
    }
    const whose = reset.by === "server" ? "the server" : "the client";
    const reactive = isReactiveReset(exchange, reset.packet);
    if (reactive && wasResetFromBetween(exchange, event)) return null;
    const sent = bytesOf(exchange.question.packets);
    const got = bytesOf(exchange.answers.flatMap(({ packets }) => packets));
    const after = `after ${sent} bytes of the client and ${got} of the server`;
    const text = reactive
      ? `${whose}, ${host}, knew the connection no more: its kernel answered a segment by a reset, ${after}`
      : `the program of ${whose}, ${host}, ended the connection by a reset, ${after}`;
    return cause("application-reset", reactive ? "likely" : "proven", text, [{
      node: event.node.name,
      kind: "event",
      text: `${packetText(event)} with flag RST was first seen at ${
        event.device ?? "?"
      } in ${host}`,
    }]);
  },
};

/**
 * A host between the ends had reset the connection at this one before, as a rule that rejects does: why it is
 * known no more is told by what that rule refused.
 */
function wasResetFromBetween(exchange: Exchange, made: Sighting): boolean {
  const { question, answers, reset } = exchange;
  const isAnswer = reset!.by === "client";
  const towards = isAnswer ? answers.flatMap(({ packets }) => packets) : question.packets;
  return towards.some((packet) => {
    const { event } = packet.end.step;
    return isReset(packet) && packet.outcome === "delivered" && event.node === made.node &&
      event.netns === made.netns && event.at <= made.at &&
      resetBy(packet, question, isAnswer) === "between";
  });
}

/** Bytes of different segments that carried data; one that was sent twice counts once. */
function bytesOf(packets: Parameters<typeof isReactiveReset>[0]["question"]["packets"]): number {
  const segments = new Map<number, number>();
  for (const { steps } of packets) {
    const { tcpSequence, payload = 0 } = steps[0]!.event;
    if (tcpSequence === undefined) continue;
    segments.set(tcpSequence, Math.max(payload, segments.get(tcpSequence) ?? 0));
  }
  return [...segments.values()].reduce((total, bytes) => total + bytes, 0);
}
