/** A port that is blocked for one VLAN alone, as spanning trees for each VLAN do (MSTP). */
import { isFreedForVlanIn } from "../../kernel/bridge.ts";
import { allowsVlan, filtersVlans, vlanAtPort } from "../../view/bridge_vlans.ts";
import { linkOf } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

/**
 * A bridge asks two things of a frame's VLAN at the port that it comes in by: whether the port has it, and
 * whether the VLAN is forwarding there. The second one is not read.
 *
 * What else looks like it: a list of VLANs that was another one when the frame came, hence both readings.
 */
export const vlanStateBlocked: Rule = {
  id: "R211",
  title: "A port that is blocked for one VLAN",
  statement:
    "Freed where a bridge asks whether a port takes the frame's VLAN, by a port that is forwarding and allows " +
    "that VLAN in the readings before and after: what is left is the VLAN's own state there: " +
    "`bridge-port-blocked`, likely.",
  yields: ["bridge-port-blocked"],
  judge(subject) {
    const { event, node, netns, before, after, ifindex } = subject;
    if (!isFreedForVlanIn(event) || !before) return null;
    const id = [before, after ?? before].map((state) => {
      const port = linkOf(state, ifindex);
      const bridge = state.links.find((other) => other.ifindex === port?.masterIfindex);
      if (!port || !filtersVlans(bridge) || port.bridgePort?.state !== "forwarding") {
        return undefined;
      }
      const own = vlanAtPort(port, event.vlan);
      return own !== undefined && allowsVlan(port, own) ? own : undefined;
    });
    if (id[0] === undefined || id[0] !== id[1]) return null;
    return cause(
      "bridge-port-blocked",
      "likely",
      `bridge port ${place(subject)} allows VLAN ${
        id[0]
      } and is forwarding, and took no frame of that VLAN: the VLAN's own state there is not forwarding`,
      [
        eventEvidence(subject),
        stateEvidence(node, `${subject.device}: state forwarding, allows VLAN ${id[0]}`),
      ],
      command(node, netns, ["bridge", "-d", "vlan", "show", "dev", device(subject.device)]),
    );
  },
};
