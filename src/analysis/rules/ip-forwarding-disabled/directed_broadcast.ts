/** A packet to all hosts of a network behind this one, which is not sent on. */
import { isWantedByNoSocket } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/netns_names.ts";
import { lookUpRoute } from "../../view/routing.ts";
import { sysctl } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { named } from "../word.ts";

/**
 * What is sent to the broadcast address of a network that the arrival device is not in (wake on LAN,
 * discovery over a router) is taken for this host's own, and freed where no program wants it. It came as a
 * frame to this host alone, so that no other host of its link has a copy.
 */
export const directedBroadcast: Rule = {
  id: "R144",
  statement:
    "A datagram that came as a frame to this host alone, for the broadcast address of a network of " +
    "another of its devices, was freed because no program wants it (`__udp4_lib_rcv`, without a reason): " +
    "`ip-forwarding-disabled`, proven where `bc_forwarding` of `all` or of the arrival device was read to " +
    "be 0, else likely.",
  yields: ["ip-forwarding-disabled"],
  judge(subject) {
    const { event, node, netns, before, device } = subject;
    if (event.kind !== "drop" || !isWantedByNoSocket(event) || event.packetType !== "host") {
      return null;
    }
    if (!before || device === undefined) return null;
    const destination = wireDestination(event);
    const { route } = lookUpRoute(before, { destination, inputDevice: device });
    if (route?.type !== "broadcast" || route.device === undefined || route.device === device) {
      return null;
    }
    const settings = ["all", device].map((name) => `net.ipv4.conf.${name}.bc_forwarding`);
    const off = settings.filter((name) => sysctl(before, name) === "0");
    const where = `${netnsName(node, netns)} on ${node.name}`;
    return cause(
      "ip-forwarding-disabled",
      off.length > 0 ? "proven" : "likely",
      `${destination} is the broadcast address of the network behind ${route.device} in ${where}, which ` +
        `takes such packets for itself, and does not send on what comes in by ${device}` +
        (off.length > 0 ? `: ${off.join(" and ")} ${off.length > 1 ? "are" : "is"} 0` : ""),
      [
        eventEvidence(subject),
        stateEvidence(node, `${destination} in ${where}: broadcast dev ${route.device}`),
        ...off.map((name) => stateEvidence(node, `${name} = 0`)),
      ],
      settings.flatMap((name) => command(node, netns, ["sysctl", named(name)])),
    );
  },
};
