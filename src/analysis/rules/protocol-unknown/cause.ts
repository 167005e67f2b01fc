/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "protocol-unknown",
  group: "edge",
  means:
    "Nothing on the host that was asked takes packets of this IP protocol: the kernel has no " +
    "module of it loaded, as where no program has opened a socket of it (SCTP, DCCP), or no program " +
    "has a raw socket for it (OSPF, VRRP). The kernel answers with an ICMP error.",
  knows:
    "The kernel's own reason, `IP_NOPROTO`. It is the kernel of all containers of the host: a " +
    "module can't be loaded from inside one.",
  remedy:
    "Does the program that should answer run there? It loads the module itself when it may; " +
    "where modules are kept from it, as in a container, load it on the host: `modprobe sctp`.",
};
