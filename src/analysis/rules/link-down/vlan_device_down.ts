/** A VLAN device that is down where its frames come in. */
import { isRefusedByVlanDevice } from "../../kernel/transmission.ts";
import { placeOf } from "../evidence.ts";
import type { Rule } from "../rule.ts";
import { causeOfDown } from "../shared/carrier.ts";
import { vlanDevicesFor } from "../shared/vlan_devices.ts";

/** The kernel frees there nothing else than what is for a device that is down. */
export const vlanDeviceDown: Rule = {
  id: "R189",
  title: "A VLAN device that is down",
  statement:
    "Freed where the kernel hands a frame to the device of its VLAN, and the only such device there was read " +
    "to be down: `link-down`, proven.",
  yields: ["link-down"],
  judge(subject) {
    const { event, node } = subject;
    if (!isRefusedByVlanDevice(event) || event.vlan === undefined) return null;
    const [found, ...more] = vlanDevicesFor(event, event.vlan);
    if (!found || more.length > 0 || found.link.flags.includes("UP")) return null;
    const { link, netns } = found;
    return causeOfDown(subject, [{ where: placeOf(node, netns, link.name), link, node, netns }]);
  },
};
