/** What a failed routing lookup of a program was for. */
import { altered } from "./altered.ts";
import type { Event } from "./event.ts";

/** ping asks for its way by connecting a UDP socket to this port, before it sends anything. */
const PING_PROBE_PORT = 1025;

const UDP = 17;

/** The lookup as the packet that would have followed it: ping's probe stands for its echo. */
export function lookupPurpose(event: Event): Event {
  if (event.protocol !== UDP || event.destinationPort !== PING_PROBE_PORT) return event;
  const protocol = event.network === "ip6" ? 58 : 1;
  return altered(event, { sourcePort: undefined, destinationPort: undefined, protocol });
}
