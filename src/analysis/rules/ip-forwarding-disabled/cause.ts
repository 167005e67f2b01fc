/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "ip-forwarding-disabled",
  group: "routing",
  means: "The packet was for somebody else, and this namespace or device does not forward.",
  knows: "The packet died in the kernel's routing decision (`ip_error`, `ip6_forward`), none of " +
    "the namespace's addresses is its destination, and the forwarding sysctl, read on that " +
    "node at that time, is 0.",
  remedy: "Set the sysctl that the remedy names: `net.ipv4.ip_forward=1`, one device's " +
    "`forwarding`, or `net.ipv6.conf.all.forwarding=1`. Then find out who set it to 0: a " +
    "hardening script, or a file under `/etc/sysctl.d` that is applied after the CNI's. " +
    "Without that it comes back.",
};
