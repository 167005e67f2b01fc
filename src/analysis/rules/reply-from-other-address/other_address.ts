/** An answer from another of its host's addresses. */
import { UDP } from "../../kernel/protocols.ts";
import { endPoint } from "../../../event/end_point.ts";
import type { Evidence } from "../../../event/report.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { netnsName } from "../../view/netns_names.ts";
import { ownsAddress, stateAt } from "../../view/state_view.ts";
import { packetText, stateEvidence } from "../evidence.ts";
import type { ExchangeRule } from "../exchange_case.ts";
import { cause } from "../rule.ts";
import { translationsOf } from "../shared/translated_at.ts";
import { replyNotTranslated } from "../reply-not-translated/not_translated.ts";

/**
 * The answer was made with a source that the question was not for.
 *
 * What else looks like it: an answer whose source was translated on its way back (R90 tells of the
 * one that was not; a source that changed on the way is said to have changed there).
 */
export const replyFromOtherAddress: ExchangeRule = {
  id: "R91",
  statement:
    "An answer reached the client from an end that the question was neither sent nor translated to: " +
    "`reply-from-other-address`. Proven, when the host that sent it has the address that was asked, " +
    "too, and it had that source from the beginning. A source that changed on the way is said to " +
    "have been translated there.",
  yields: ["reply-from-other-address"],
  find(subject) {
    const { exchange } = subject;
    const stray = exchange.misdirected[0];
    if (!stray || replyNotTranslated.find(subject)) return null;
    const { event } = stray.end.step;
    const begin = stray.steps[0]!.event;
    const asked = endPoint(exchange.form.destination, exchange.form.destinationPort);
    const came = endPoint(event.source!, event.sourcePort);
    const seen: Evidence = {
      node: event.node.name,
      kind: "event",
      text: `${packetText(event)} reached the client; the question was for ${asked}`,
    };
    const changed = translationsOf(stray).find(({ from, to }) =>
      from.source !== to.source || from.sourcePort !== to.sourcePort
    );
    if (changed) {
      const place = `${netnsName(changed.node, changed.netns)} on ${changed.node.name}`;
      const text = `${place} changed the answer's source from ${changed.from.source} to ` +
        `${changed.to.source}, so it came from ${came} and not from ${asked}`;
      return cause("reply-from-other-address", "proven", text, [seen, {
        node: changed.node.name,
        kind: "event",
        text: `the answer's source was ${changed.from.source} before ${place}`,
      }]);
    }
    const state = stateAt(begin.node, begin.netns, begin.at);
    const wanted = destinations(exchange).find((address) => ownsAddress(state, address));
    const host = `${netnsName(begin.node, begin.netns)} on ${begin.node.name}`;
    if (wanted === undefined) {
      return cause(
        "reply-from-other-address",
        "likely",
        `the answer came from ${came}; asked was ${asked}${toldAs(exchange)}`,
        [seen, ...arrivalOf(exchange)],
      );
    }
    const socket = state?.sockets.find(({ protocol, port }) =>
      (protocol === "udp") === (event.protocol === UDP) && port === begin.sourcePort
    );
    const isWildcard = socket?.address === "0.0.0.0" || socket?.address === "::";
    const program = isWildcard
      ? `: its program answers from a socket that is bound to no address (${socket.address}:${socket.port}), so the kernel chose the source by the route back`
      : "";
    return cause(
      "reply-from-other-address",
      "proven",
      `the answer came from ${came}, asked was ${asked}; both are addresses of ${host}${program}`,
      [
        seen,
        stateEvidence(begin.node, `${host} has ${wanted} and ${begin.source}`),
        ...(isWildcard
          ? [
            stateEvidence(
              begin.node,
              `${socket.protocol} ${socket.address}:${socket.port} is bound in ${host}`,
            ),
          ]
          : []),
      ],
    );
  },
};

/** Who translated the question has no probe, and did not translate the answer back. */
function toldAs({ arrivedAs }: Exchange): string {
  if (!arrivedAs) return "";
  const { destination, destinationPort } = arrivedAs.form;
  return `; something without a probe had translated the question to ${
    endPoint(destination, destinationPort)
  }, and the answer was not translated back`;
}

function arrivalOf({ arrivedAs }: Exchange): Evidence[] {
  const event = arrivedAs?.packets[0]?.steps[0]?.event;
  if (!event) return [];
  const text = `${packetText(event)} came in by ${event.device}: the question, translated`;
  return [{ node: event.node.name, kind: "event", text }];
}

/** Addresses that the question was for, before and after its translations. */
const destinations = ({ question }: Exchange): string[] =>
  [...question.forms.values()].map(({ destination }) => destination);
