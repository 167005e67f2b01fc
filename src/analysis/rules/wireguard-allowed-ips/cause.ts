/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "wireguard-allowed-ips",
  group: "tunnels",
  means:
    "A wireguard device refused the packet, because its address is in no peer's allowed-ips: " +
    "at the sender the destination, at the receiver the source. Or the sender's gave it to another " +
    "peer than the host that has the destination, and it died there.",
  knows: "wireguard itself freed the packet, and `wg show` of that device, before and after, has " +
    "no peer with such a prefix; or the receiver has one, and the packet came from another peer, " +
    "which is likely then. Or both hosts are watched, and are peers of the sender by their endpoints.",
  remedy:
    "Add the address to the peer's allowed-ips, where the device is set up (wg-quick, Calico, " +
    "Cilium, flannel). A prefix belongs to one peer of a device: given to a second one, the first " +
    "loses it.",
};
