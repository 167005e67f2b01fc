/** An answer from another port than the one asked, to a host that had translated the question. */
import { endPoint } from "../../../event/end_point.ts";
import { UDP } from "../../kernel/protocols.ts";
import { isSocketLookupWithoutReason, saysNoSocket } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/netns_names.ts";
import { eventEvidence, packetText } from "../evidence.ts";
import { askedAddressFromThere } from "../no-listener/asked_elsewhere.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";
import { askerBehind } from "./translated_asker.ts";

/**
 * TFTP answers from a port of its own, and so do other protocols: to connection tracking such an answer is a
 * new connection, to the host that translates, where nobody waits for it.
 *
 * What else looks like it: a client of this very host that asked another port (what it sent was not translated:
 * R12); another host that found the port by itself, as one that was told of it (it is from another address); an
 * answer of the very port that was asked (R191).
 */
export const replyFromOtherPort: Rule = {
  id: "R242",
  statement:
    "A datagram that was freed for want of a socket, from an address to which the host had sent from that port " +
    "last for another host, with the source translated, but not to the port that it is from: " +
    "`reply-not-translated`, likely.",
  yields: ["reply-not-translated"],
  judge(subject) {
    const { event, node, netns } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined || event.protocol !== UDP) {
      return null;
    }
    if (subject.judgement.end.kind === "taken") return null;
    if (!saysNoSocket(event) && !isSocketLookupWithoutReason(event)) return null;
    const asked = askedAddressFromThere(subject);
    const from = askerBehind(subject, asked);
    if (!asked || !from || asked.destinationPort === event.sourcePort) return null;
    const where = `${netnsName(node, netns)} on ${node.name}`;
    return cause(
      "reply-not-translated",
      "likely",
      `${endPoint(event.source!, event.sourcePort)} answered to ${
        endPoint(event.destination!, event.destinationPort)
      }, which ${where} had translated the question of ${
        endPoint(from.source, from.sourcePort)
      } to, and no socket there takes it: it is not from port ${asked.destinationPort}, which was asked, so ` +
        "that connection tracking took it for another connection",
      [eventEvidence(subject), {
        node: node.name,
        kind: "event",
        text: `${packetText(asked)} was sent before, for ${endPoint(from.source, from.sourcePort)}`,
      }],
      asked.destinationPort === TFTP
        ? lookAt(
          `TFTP answers from a port of its own: ${where} needs the helper of connection tracking for it`,
        )
        : undefined,
    );
  },
};

const TFTP = 69;
