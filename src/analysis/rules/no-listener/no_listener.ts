/** A port that no socket is bound to. */
import { TCP, UDP } from "../../kernel/protocols.ts";
import { isSocketLookupWithoutReason, saysNoSocket } from "../../kernel/sockets.ts";
import { isIncomplete, netnsName } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { protocolName } from "../shared/protocol_name.ts";

/** No socket at the destination port. */
export const noListener: Rule = {
  id: "R12",
  statement: "Freed for want of a socket at its TCP or UDP port: `no-listener`.",
  yields: ["no-listener"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined) return null;
    if (event.protocol !== TCP && event.protocol !== UDP) return null;
    const named = saysNoSocket(event);
    if (!named && !isSocketLookupWithoutReason(event)) return null;
    const port = event.destinationPort!;
    const others = listeners(subject, port);
    const where = `${event.destination} in ${
      netnsName(subject.node, subject.netns)
    } on ${subject.node.name}`;
    const elsewhere = others.length > 0 ? ` (only on ${others.join(", ")})` : "";
    return cause(
      "no-listener",
      named ? "proven" : "likely",
      `nothing listens on ${protocolName(subject)} port ${port} at ${where}${elsewhere}`,
      [
        eventEvidence(subject),
        ...(subject.before && !isIncomplete(subject.before, ["sockets"])
          ? [
            stateEvidence(
              subject.node,
              others.length > 0
                ? `${protocolName(subject)} port ${port} is bound to ${others.join(", ")} only`
                : `no ${protocolName(subject)} socket is bound to port ${port}`,
            ),
          ]
          : []),
      ],
      command(subject.node, subject.netns, [
        "ss",
        `-ln${subject.event.protocol === TCP ? "t" : "u"}p`,
        `sport = :${port}`,
      ]),
    );
  },
};

function listeners(subject: Case, port: number): string[] {
  const protocol = protocolName(subject);
  return (subject.before?.sockets ?? [])
    .filter((socket) => socket.protocol === protocol && socket.port === port)
    .map((socket) => socket.address);
}
