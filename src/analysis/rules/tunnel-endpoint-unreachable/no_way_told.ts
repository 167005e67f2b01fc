/** A tunnel device that is told the other end with each packet, and has no way there. */
import { givesReason } from "../../kernel/free_reason.ts";
import { isFreedByTunnelSender } from "../../kernel/tunnels.ts";
import { saysNoRoute } from "../../kernel/routing.ts";
import { lookupsWithoutPacket } from "../../view/evidence.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";

/** The end that came with the packet can't be reached. */
export const tunnelNoWayTold: Rule = {
  id: "R116",
  statement:
    "Freed for want of a route by a tunnel device in external mode, before it was encapsulated: " +
    "by reason, or, where there is none, because a lookup failed on that processor while the device had it: " +
    "`tunnel-endpoint-unreachable`. The other end came with the packet (a flow of Open vSwitch, an " +
    "eBPF program, a route with `encap`), so neither an fdb entry nor the inner address is to blame.",
  yields: ["tunnel-endpoint-unreachable"],
  judge(subject) {
    const { event, link, node, netns, device } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined) return null;
    if (link?.tunnel?.external !== true) return null;
    if (!isFreedByTunnelSender(event)) return null;
    const failed = failedLookup(subject);
    if (!saysNoRoute(event) && (givesReason(event) || !failed)) return null;
    return cause(
      "tunnel-endpoint-unreachable",
      "proven",
      `${place(subject)} was told the tunnel's other end${
        failed ? `, ${failed.destination},` : ""
      } with the packet, and has no route there, or only one that leads back into the tunnel`,
      [
        eventEvidence(subject),
        ...(failed
          ? [{
            node: node.name,
            kind: "event" as const,
            text:
              `the lookup of a route to ${failed.destination} failed while it was in ${device} (error ${failed.routeError})`,
          }]
          : []),
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

/**
 * The lookup that failed on this processor, in this namespace, between the packet's arrival at the
 * device and its free: the device itself made it, for a destination that is not the packet's.
 */
function failedLookup({ event, judgement, evidence, netns }: Case): Sighting | undefined {
  const sent = judgement.steps.map((step) => step.event).findLast((other) =>
    other.kind === "device-tx" && other.skb === event.skb && other.node === event.node
  );
  if (!sent || sent.cpu !== event.cpu) return undefined;
  return lookupsWithoutPacket(evidence).find((lookup) =>
    lookup.node === event.node && lookup.netns === netns && lookup.cpu === event.cpu &&
    lookup.at > sent.at && lookup.at < event.at && (lookup.routeError ?? 0) > 0 &&
    lookup.destination !== event.destination
  );
}
