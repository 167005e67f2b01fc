/** Where policies of IPsec are checked, by functions that do not say that one refused (Linux 5.10 to 7.2). */
import type { Event } from "../../event/event.ts";
import { freedIn, givesReason } from "./free_reason.ts";

/** Functions that take what is for this host, for all protocols but IPsec's own; each asks the policies. */
const RECEIVING = new RegExp(
  "^(icmpv?6?_rcv|tcp_v[46]_rcv|__udp[46]_lib_rcv|udp(v6)?_queue_rcv_(one_)?skb|raw(v6)?_rcv|sctp_rcv|" +
    "ip6?_protocol_deliver_rcu|ip_local_deliver_finish|ip6_input_finish)(\\.|$)",
);

/**
 * The policies that were asked by the function which freed the packet, and told no reason: those for what is
 * received, or for what is forwarded. Null of other frees. Kernels that have reasons (Linux 5.17 to 7.2) give none
 * for UDP that no socket takes and a policy refuses, and give one for all else that UDP frees.
 */
export function untoldPolicyCheck(event: Event): "in" | "fwd" | null {
  if (event.kind !== "drop" || givesReason(event)) return null;
  if (event.reason !== undefined) {
    return event.packetType === "host" && freedIn(event, /^(__udp[46]_lib|udp(v6)?)_rcv/)
      ? "in"
      : null;
  }
  if (freedIn(event, RECEIVING)) return "in";
  return freedIn(event, /^ip6?_forward(\.|$)/) ? "fwd" : null;
}
