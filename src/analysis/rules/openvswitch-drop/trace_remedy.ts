/** How to see which flow of Open vSwitch took a packet. */
import { DATAPATH_KIND } from "../../kernel/openvswitch.ts";
import type { Case } from "../case.ts";
import { commandAnywhere } from "../command.ts";
import { lookAt } from "../shared/checked.ts";
import { device } from "../word.ts";

/**
 * The bridge of the port, and what to ask there. Nothing is changed: flows are a controller's, which
 * writes them again.
 */
export function traceRemedy(subject: Case): string[] {
  const { device: port, link, before } = subject;
  const master = before?.links.find(({ ifindex }) => ifindex === link?.masterIfindex);
  // A tunnel's device (`vxlan_sys_4789`) serves several ports, whose names are Open vSwitch's own.
  const isPort = link !== undefined && link.tunnel === undefined &&
    (master?.kind === DATAPATH_KIND || link.kind === DATAPATH_KIND);
  return [
    ...commandAnywhere(
      isPort ? ["ovs-vsctl", "iface-to-br", device(port)] : ["ovs-vsctl", "show"],
    ),
    ...lookAt(
      "ovs-appctl ofproto/trace with the bridge, the port and this packet shows the flow; it is " +
        "mended where it was made, as by OVN, Antrea, Kube-OVN or an SDN",
    ),
  ];
}
