/** A tunnel device that is told the other end with each packet, and has no way there. */
import { isFreedByTunnelSender } from "../../kernel/tunnels.ts";
import { saysNoRoute } from "../../kernel/routing.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";

/** The end that came with the packet can't be reached. */
export const tunnelNoWayTold: Rule = {
  id: "R116",
  statement:
    "Freed for want of a route by a tunnel device in external mode, before it was encapsulated: " +
    "`tunnel-endpoint-unreachable`. The other end came with the packet (a flow of Open vSwitch, an " +
    "eBPF program, a route with `encap`), so neither an fdb entry nor the inner address is to blame.",
  yields: ["tunnel-endpoint-unreachable"],
  judge(subject) {
    const { event, link, node, netns, device } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined) return null;
    if (link?.tunnel?.external !== true) return null;
    if (!isFreedByTunnelSender(event) || !saysNoRoute(event)) return null;
    return cause(
      "tunnel-endpoint-unreachable",
      "proven",
      `${
        place(subject)
      } was told the tunnel's other end with the packet, and has no route there, or only one that leads back into the tunnel`,
      [
        eventEvidence(subject),
        stateEvidence(node, `${device} is in external mode: the other end comes with each packet`),
      ],
      [
        ...command(node, netns, ["ip", "route", "show"]),
        ...lookAt(
          "the other end is set where the packet is sent into the tunnel: remote_ip or a flow of " +
            "Open vSwitch, an eBPF program, or a route with encap",
        ),
      ],
    );
  },
};
