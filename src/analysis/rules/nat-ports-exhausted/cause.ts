/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "nat-ports-exhausted",
  group: "filters",
  means: "Source translation (SNAT, MASQUERADE) found no free port for a new connection: other " +
    "connections to the same server have all that it may use, or all that the kernel tried.",
  knows: "The packet was already translated when it died, its connection was not yet entered in " +
    "conntrack's table, and no rule or policy that it can have met after the translation refuses " +
    "it. Proven when each port of the rule was seen in use by another connection; likely when " +
    "tries at different times died the same way. One try alone is not named: two connections that " +
    "pick one port in the same moment die so, too, and the next try passes.",
  remedy: "Give the rule more ports or more addresses, or spread the servers' addresses: one " +
    "address of the translation has each port once for each server and port. Look at " +
    "`conntrack -L -q ADDRESS` for who holds them, and at idle connections and long timeouts.",
};
