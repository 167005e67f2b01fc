/** ICMP and ICMPv6 errors by what they mean: types and codes of RFC 792, 1812 and 4443. */
import type { Event } from "../../event/event.ts";

/** What a router or host tells the sender of a packet. */
export type ErrorMeaning = "too-big" | "ttl" | "prohibited" | "no-port" | "unreachable";

/** What this ICMP error says of the packet it quotes; null for other types. */
export function meaningOfError({ network, icmpType, icmpCode }: Event): ErrorMeaning | null {
  if (network === "ip6") {
    if (icmpType === 2) return "too-big";
    if (icmpType === 3) return "ttl";
    if (icmpType !== 1) return null;
    return icmpCode === 1 ? "prohibited" : icmpCode === 4 ? "no-port" : "unreachable";
  }
  if (icmpType === 11) return "ttl";
  if (icmpType !== 3) return null;
  if (icmpCode === 4) return "too-big";
  if (icmpCode === 3) return "no-port";
  return [9, 10, 13].includes(icmpCode ?? -1) ? "prohibited" : "unreachable";
}

/** An error of type destination unreachable, of either version, that tells of no MTU. */
export const saysUnreachable = ({ icmpType, mtu }: Event): boolean =>
  (icmpType === 3 || icmpType === 1) && mtu === undefined;
