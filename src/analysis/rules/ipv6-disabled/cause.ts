/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "ipv6-disabled",
  group: "routing",
  means: "The device that the packet came in by takes no IPv6.",
  knows: "The kernel's reason is `IPV6DISABLED` (Linux 5.17), or it freed the packet without one " +
    "where it begins with IPv6, and what asks for it was read. The evidence shows that: " +
    "`disable_ipv6` of the device or of all, or an MTU below 1280, with which a device has no IPv6.",
  remedy:
    "Set `disable_ipv6` to 0, and find out who set it: hardening, a container runtime (docker sets " +
    "it in each container whose network has no IPv6), NetworkManager. The addresses that the device " +
    "lost with it must be given again. Or give its clients no IPv6 address of it.",
};
