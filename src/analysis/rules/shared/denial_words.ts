/** How a sentence says that NetworkPolicies let a packet not pass. */
import type { Denial } from "../../cluster/policies.ts";

const SHOWN_MAX = 4;

/** `ingress of pod shop/web-0 is restricted by NetworkPolicy shop/deny, which allows no such packet`. */
export function denialWords({ direction, pod, policies }: Denial): string {
  const more = policies.length - SHOWN_MAX;
  const all = policies.slice(0, SHOWN_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
  return `${direction} of pod ${pod} is restricted by ${
    policies.length === 1 ? "NetworkPolicy" : "NetworkPolicies"
  } ${all}, which ${policies.length === 1 ? "allows" : "allow"} no such packet`;
}
