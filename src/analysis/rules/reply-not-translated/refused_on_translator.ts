/** An answer that came back to the host which had translated its question, and died of a rule for what the host gets. */
import { endPoint } from "../../../event/end_point.ts";
import { hasFlag, TCP, TCP_FLAGS, UDP } from "../../kernel/protocols.ts";
import { findingOf } from "../../netfilter/choose.ts";
import { suspectText } from "../../netfilter/words.ts";
import { netnsName } from "../../view/netns_names.ts";
import { packetText } from "../evidence.ts";
import { askedAddressFromThere, askedFromThere } from "../no-listener/asked_elsewhere.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";
import { protocolName } from "../shared/protocol_name.ts";
import { refusalOf } from "../shared/refusal.ts";
import { askerBehind } from "./translated_asker.ts";

/**
 * Behind connection tracking an answer that it knows is for the one who asked, and meets no rule about what the
 * host itself gets. Most firewalls drop there: to accept it would bring it to a host without a socket.
 *
 * What else looks like it: a rule before connection tracking, or for what is forwarded (of another hook: N6); a
 * client of this very host (what it sent was not translated, or a socket has the port); a question of the other
 * end (it is from another address, or of TCP from another port, than the one asked).
 */
export const refusedOnTranslator: Rule = {
  id: "R244",
  statement:
    "N6 names a rule or policy of hook input, and the host had sent from the end that the packet is for to the one " +
    "that it is from (of UDP: to its address) last for another host, with the source translated, and no socket was " +
    "read to have that port: `reply-not-translated`, likely. That rule is named, and no change of it.",
  yields: ["reply-not-translated"],
  judge(subject) {
    const { event, node, netns, before } = subject;
    const { protocol, destinationPort: port } = event;
    if (event.tunnelKind !== undefined || (protocol !== TCP && protocol !== UDP)) return null;
    const refused = refusalOf(subject, "drop");
    const { named } = refused ? findingOf(subject) : { named: undefined };
    if (!refused || !named || named.base.chain.hook !== "input") return null;
    const hasSocket = before?.sockets.some((socket) =>
      socket.protocol === protocolName(subject) && socket.port === port
    );
    if (hasSocket !== false) return null;
    const asked = askedFromThere(subject, "asked", (other) => !hasFlag(other, TCP_FLAGS.rst)) ??
      (protocol === UDP ? askedAddressFromThere(subject) : null);
    const from = askerBehind(subject, asked);
    if (!asked || !from) return null;
    const where = `${netnsName(node, netns)} on ${node.name}`;
    const isOther = asked.destinationPort !== event.sourcePort;
    return cause(
      "reply-not-translated",
      "likely",
      `${endPoint(event.source!, event.sourcePort)} answered to ${
        endPoint(event.destination!, port)
      }, which ${where} had translated the question of ${
        endPoint(from.source, from.sourcePort)
      } to, and was not translated back: ${
        isOther
          ? `it is not from port ${asked.destinationPort}, which was asked, so that connection tracking took it ` +
            "for another connection"
          : "connection tracking did not know its connection"
      }; so it was for the host itself, and ${suspectText(named)} dropped it`,
      [...refused.evidence, {
        node: node.name,
        kind: "event",
        text: `${packetText(asked)} was sent before, for ${endPoint(from.source, from.sourcePort)}`,
      }],
      lookAt(
        `to accept it there is no help, since no socket of ${where} has port ${port}: look at why connection ` +
          "tracking did not know it, as by its time-outs, conntrack -F, or a protocol that needs a helper",
      ),
    );
  },
};
