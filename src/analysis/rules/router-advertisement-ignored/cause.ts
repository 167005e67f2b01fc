/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "router-advertisement-ignored",
  group: "routing",
  means:
    "The host has no IPv6 route to the destination, although a router advertises itself: a host " +
    "that forwards takes no routes from advertisements unless `accept_ra` of the device is 2. " +
    "Container and VPN software switches forwarding on, and the default route goes with it.",
  knows:
    "The lookup failed, a router's advertisement was seen to come in, and the settings of that " +
    "device make the kernel ignore it. Never more than `likely`: whether the router offers a default " +
    "route, its advertisement's payload would say, which is not read. Without an advertisement seen " +
    "it is `no-route`: the setting is the same on hosts that have no IPv6 at all.",
  remedy:
    "`sysctl -w net.ipv6.conf.DEVICE.accept_ra=2`: the route comes with the next advertisement, " +
    "which `rdisc6 DEVICE` asks for. Or set the default route by hand.",
};
