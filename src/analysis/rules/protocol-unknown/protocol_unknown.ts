/** A transport protocol that a host does not know. */
import { isUnknownProtocol } from "../../kernel/sockets.ts";
import { SCTP } from "../../kernel/protocols.ts";
import { eventEvidence, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";

/** Protocols that sockets of programs bring with them, by their IP number: what people call them, and the module. */
const MODULES: Readonly<Record<number, { name: string; module: string }>> = {
  33: { name: "DCCP", module: "dccp" },
  [SCTP]: { name: "SCTP", module: "sctp" },
};

/**
 * The kernel's own word. What else could look like it: a tunnel whose module is not loaded, which is no
 * protocol of a program, and an extension header of IPv6 that stands before one that every kernel has: of
 * both nothing is said.
 */
export const protocolUnknown: Rule = {
  id: "R165",
  statement:
    "The kernel's reason says that neither it nor a raw socket takes packets of this IP protocol: " +
    "`protocol-unknown`, proven. Says nothing of what is in a tunnel, and of TCP, UDP and ICMP, which " +
    "every kernel has: there it was something before them in the packet.",
  yields: ["protocol-unknown"],
  judge(subject) {
    const { event, node } = subject;
    if (event.tunnelKind !== undefined || !isUnknownProtocol(event)) return null;
    const { protocol } = event;
    const known = MODULES[protocol!];
    const what = known?.name ?? `IP protocol ${protocol}`;
    const why = known
      ? "its module is not loaded, which a program that opens a socket of it would load"
      : "no program has a raw socket for it, and no module of it is loaded";
    return cause(
      "protocol-unknown",
      "proven",
      `the kernel of ${node.name} takes no ${what} at ${place(subject)}: ${why}`,
      [eventEvidence(subject)],
      known
        ? lookAt(
          `does a program listen there for ${what} - if it may not load the module, on the host ` +
            `itself: modprobe ${known.module}`,
        )
        : lookAt(`does the program run there that should take IP protocol ${protocol}`),
    );
  },
};
