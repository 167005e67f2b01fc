/** A port that no socket is bound to. */
import { TCP, UDP } from "../../kernel/protocols.ts";
import { isUntoldSocketLookup, saysNoSocket } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/state_view.ts";
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
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop" || event.tunnelKind !== undefined) return null;
    if (event.protocol !== TCP && event.protocol !== UDP) return null;
    const named = saysNoSocket(event);
    if (!named && !isUntoldSocketLookup(event)) return null;
    const port = event.destinationPort!;
    const others = listeners(found, port);
    const where = `${event.destination} in ${
      netnsName(found.node, found.netns)
    } on ${found.node.name}`;
    const elsewhere = others.length > 0 ? ` (only on ${others.join(", ")})` : "";
    return cause(
      "no-listener",
      named ? "proven" : "likely",
      `nothing listens on ${protocolName(found)} port ${port} at ${where}${elsewhere}`,
      [
        eventEvidence(found),
        ...(found.before && !found.before.gaps.some((gap) => gap.what.includes("socket"))
          ? [
            stateEvidence(
              found.node,
              others.length > 0
                ? `${protocolName(found)} port ${port} is bound to ${others.join(", ")} only`
                : `no ${protocolName(found)} socket is bound to port ${port}`,
            ),
          ]
          : []),
      ],
      [command(
        found.node,
        found.netns,
        `ss -ln${found.event.protocol === TCP ? "t" : "u"}p 'sport = :${port}'`,
      )],
    );
  },
};

function listeners(found: Case, port: number): string[] {
  const protocol = protocolName(found);
  return (found.before?.sockets ?? [])
    .filter((socket) => socket.protocol === protocol && socket.port === port)
    .map((socket) => socket.address);
}
