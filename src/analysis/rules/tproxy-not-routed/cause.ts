/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "tproxy-not-routed",
  group: "routing",
  means: "A rule of TPROXY gave the packet to a socket of this host, and the routing tables sent " +
    "it on all the same: the kernel drops such a packet. TPROXY needs a policy route that makes " +
    "what it marked local.",
  knows: "The kernel freed the packet where it forwards, without a reason, and a rule of TPROXY " +
    "that may have met it is among the rules as read. Never more than `likely`: which socket a " +
    "packet has is not seen.",
  remedy: "`ip rule show` must have a rule for the mark that the TPROXY rule sets, and the table " +
    "that it leads to a local route: `ip rule add fwmark 1 lookup 100`, `ip route add local " +
    "0.0.0.0/0 dev lo table 100` (for IPv6 `ip -6` and `::/0`). They are gone after a reboot unless " +
    "the network configuration has them, and a program that writes policy rules may have removed " +
    "them.",
};
