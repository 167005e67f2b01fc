/** A bridge with spanning tree that passed nothing on while its ports were forwarding before and after. */
import type { NetnsState } from "../../../event/state.ts";
import { isFloodedToNoPort, isFreedEntering, saysNoTarget } from "../../kernel/bridge.ts";
import { givesReason } from "../../kernel/free_reason.ts";
import { portsTowards } from "../../view/bridge_vlans.ts";
import { holdersOfMac, linkOf } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { frameOf } from "../shared/frame.ts";
import { device } from "../word.ts";

/**
 * Where spanning tree is on, a port whose link has come (back) passes nothing for the forward delay, twice: a frame
 * that comes by it is freed once its sender is learned, and one for who is behind it finds no port.
 *
 * What else looks like it: a port whose link was gone for that moment, or that somebody closed and opened again.
 */
export const spanningTree: Rule = {
  id: "R221",
  title: "A port that spanning tree may have held",
  statement:
    "Freed where a bridge takes a frame from a port, or finds none to send it by, without a cause by the readings " +
    "(R11): in those before and after, the bridge has spanning tree and filters no VLANs, and the port that it came " +
    "by and those that lead to who has the frame's MAC are up, forward and flood. Between them one may have waited " +
    "for its forward delay: `bridge-port-blocked`, possible.",
  yields: ["bridge-port-blocked"],
  judge(subject) {
    const { event, node, netns, before, after, ifindex } = subject;
    const isFreedThere = isFloodedToNoPort(event) || saysNoTarget(event) ||
      (event.kind === "drop" && isFreedEntering(event) && !givesReason(event));
    if (!isFreedThere || !before || !after || ifindex === undefined) return null;
    const ways = [before, after].map((state) => openWays(subject, state, ifindex));
    const [first, second] = ways;
    if (!first || !second || first.out !== second.out) return null;
    return cause(
      "bridge-port-blocked",
      "possible",
      `${place(subject)} and ${
        placeOf(node, netns, first.out)
      } let the frame pass by the readings before and after, ` +
        `and ${first.bridge} has spanning tree: the one or the other may have waited for its forward delay, after its link came`,
      [
        eventEvidence(subject),
        stateEvidence(node, `${first.bridge}: stp on`),
        stateEvidence(node, `${subject.device}: state forwarding; ${first.out}: state forwarding`),
      ],
      command(node, netns, ["bridge", "-d", "link", "show", "dev", device(first.out)]),
    );
  },
};

/** The bridge with spanning tree, and the port towards who has the MAC, where both let the frame pass. */
function openWays(subject: Case, state: NetnsState, ifindex: number) {
  const into = linkOf(state, ifindex);
  const bridge = state.links.find((link) => link.ifindex === into?.masterIfindex);
  const mac = frameOf(subject)?.destinationMac;
  if (!into?.bridgePort || !bridge?.bridge?.stp || bridge.bridge.vlanFiltering || !mac) return null;
  const leading = portsTowards(
    state,
    bridge.ifindex,
    holdersOfMac(subject.world.network, mac),
  );
  const [out] = leading;
  if (leading.length !== 1 || !out?.bridgePort || out.ifindex === into.ifindex) return null;
  const isOpen = [into, out].every(({ bridgePort, flags }) =>
    bridgePort?.state === "forwarding" && !bridgePort.locked && flags.includes("LOWER_UP")
  );
  const isApart = into.bridgePort.isolated && out.bridgePort.isolated;
  return isOpen && !isApart && out.bridgePort.unicastFlood
    ? { bridge: bridge.name, out: out.name }
    : null;
}
