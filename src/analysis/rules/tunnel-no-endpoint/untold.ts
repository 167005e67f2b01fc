/** A tunnel device in external mode that got a packet without another end. */
import { saysNoTunnelInfo } from "../../kernel/tunnels.ts";
import { vlanAtPort } from "../../view/bridge_vlans.ts";
import { linkOf, stateAt } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

/** A route, a filter of tc, Open vSwitch or a bridge was to give the packet its other end, and none did. */
export const tunnelUntold: Rule = {
  id: "R206",
  title: "A tunnel that the packet tells no end",
  statement:
    "The kernel says that a tunnel device in external mode was handed a packet that brought no other end " +
    "(TUNNEL_TXINFO): `tunnel-no-endpoint`, proven; with the VLAN that the bridge has no VNI for, where the device " +
    "is a port of one that filters VLANs.",
  yields: ["tunnel-no-endpoint"],
  judge(subject) {
    const { event, node, netns, link } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined || !saysNoTunnelInfo(event)) {
      return null;
    }
    const vlan = link?.masterIfindex === undefined ? undefined : vlanOf(subject);
    const why = vlan === undefined
      ? "no route, no filter of tc and no bridge gave it one"
      : `its bridge gives it one by the VLAN (vlan_tunnel), and has none for VLAN ${vlan}`;
    return cause(
      "tunnel-no-endpoint",
      "proven",
      `${
        place(subject)
      } takes the other end from what it is handed (external), and the packet brought ` +
        `none: ${why}`,
      [eventEvidence(subject), stateEvidence(node, `${link?.name ?? subject.device} is external`)],
      vlan === undefined
        ? command(node, netns, ["ip", "-d", "link", "show", "dev", device(subject.device)])
        : command(node, netns, ["bridge", "vlan", "tunnelshow", "dev", device(subject.device)]),
    );
  },
};

/** The VLAN in which it came to the bridge, by the port that it came in by. */
function vlanOf({ judgement, link }: Case): number | undefined {
  for (const { event } of judgement.steps.toReversed()) {
    if (event.kind !== "device-rx") continue;
    const port = linkOf(stateAt(event.node, event.netns, event.at), event.ifindex);
    if (port?.masterIfindex === link?.masterIfindex) return port && vlanAtPort(port, event.vlan);
  }
  return undefined;
}
