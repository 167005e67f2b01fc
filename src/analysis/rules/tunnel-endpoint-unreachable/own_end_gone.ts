/** A tunnel whose own end is an address that the machine does not have. */
import { isFreedByTunnelSender, saysNoRemote } from "../../kernel/tunnels.ts";
import { ownersOf } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

/**
 * The kernel finds no way for what is to be sent from an address that it does not have, whatever routes there are:
 * an address was taken off, or the tunnel was made before it came.
 *
 * What else looks like it: an end that no route leads to (R23, R98), where the own address is there; a device that
 * was moved out of the namespace that has its own end: hence all namespaces of the node are asked.
 */
export const tunnelOwnEndGone: Rule = {
  id: "R212",
  title: "A tunnel that sends from an address which is not here",
  statement:
    "Freed by a tunnel's driver that was to send it, not for want of another end, and the device's own end " +
    "(`local`) is an address that no namespace of the node was read to have: `tunnel-endpoint-unreachable`, likely.",
  yields: ["tunnel-endpoint-unreachable"],
  judge(subject) {
    const { event, node, netns, link, before, world } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined || !before) return null;
    if (!isFreedByTunnelSender(event) || saysNoRemote(event)) return null;
    const own = link?.tunnel?.local;
    if (link === undefined || own === undefined || /^(0\.0\.0\.0|::)$/.test(own)) return null;
    if (ownersOf(world.network, own).some((owner) => owner.node === node)) return null;
    return cause(
      "tunnel-endpoint-unreachable",
      "likely",
      `${
        place(subject)
      } sends its tunnel's packets from ${own}, which is no address of ${node.name}: from there it ` +
        `has no way to ${link.tunnel!.remote ?? "any other end"}`,
      [
        eventEvidence(subject),
        stateEvidence(node, `${link.name}: local ${own}, remote ${link.tunnel!.remote ?? "none"}`),
        stateEvidence(node, `no device of ${node.name} has ${own}`),
      ],
      command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)]),
    );
  },
};
