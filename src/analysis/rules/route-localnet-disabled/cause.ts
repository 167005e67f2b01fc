/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "route-localnet-disabled",
  group: "routing",
  means:
    "NAT sent a packet from outside to an address of 127.0.0.0/8, or a packet of 127.0.0.1 to " +
    "the outside. The kernel routes these addresses through a device other than `lo` only where " +
    "`route_localnet` is on, which it is not by default.",
  knows: "From outside: the packet was translated to a loopback address, and the kernel refused " +
    "that destination. To the outside: it was translated, its source is a loopback address, no " +
    "rule refuses it there, the tables have a way for it, and the setting is 0 for that device " +
    "and for `all`.",
  remedy:
    "`sysctl -w net.ipv4.conf.DEVICE.route_localnet=1` for the one device. It lets anybody on " +
    "that network send to your loopback addresses: refuse what was not translated (kube-proxy has " +
    "a rule for it), or let the program listen on an address of the host and translate to that.",
};
