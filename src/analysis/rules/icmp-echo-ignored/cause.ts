/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "icmp-echo-ignored",
  group: "exchanges",
  means: "The host took the echo request and is told to answer none: its network is well, and " +
    "only ping says otherwise.",
  knows:
    "The request arrived in a network namespace whose `net.ipv4.icmp_echo_ignore_all` (IPv6: " +
    "`net.ipv6.icmp.echo_ignore_all`) is 1, as read there before and after. Of a request to a " +
    "broadcast or multicast address the setting for those is asked, which is 1 by default for IPv4.",
  remedy:
    "Ping is no proof here: try the service itself. The setting is of each namespace, often " +
    "made on purpose (hardening in `/etc/sysctl.d`); `sysctl -w` sets it until the next start.",
};
