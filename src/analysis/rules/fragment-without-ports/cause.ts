/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "fragment-without-ports",
  group: "filters",
  means:
    "A packet was cut into fragments, and only the first one has ports. The rule that lets the " +
    "connection pass asks for a port, so the others go past it, into what drops the rest. Small " +
    "packets pass, large ones never arrive whole.",
  knows:
    "The rule or policy that dropped the fragment would have been preceded by one that accepts " +
    "the packet by its port, as rules were read; the first fragment of the same packet was seen " +
    "there and was not dropped by a filter.",
  remedy:
    "Accept fragments that have no ports before the drop, or make the filter one that keeps " +
    "state: connection tracking puts fragments together before the rules see them. Best let nothing " +
    "need fragments: a smaller EDNS size, a lower MTU, TCP.",
};
