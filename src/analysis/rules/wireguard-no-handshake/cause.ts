/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "wireguard-no-handshake",
  group: "tunnels",
  means:
    "A wireguard device holds the packet, because it has no session with the peer that has the " +
    "destination: no handshake has ever come about, or none for longer than a session lives.",
  knows:
    "The packet was last seen as the device was handed it, and `wg show` had no handshake of " +
    "that peer, or the last one more than 180 seconds ago, before and a second or more afterwards.",
  remedy: "The handshake goes by UDP to the peer's endpoint: what becomes of it is told of that " +
    "flow. Where it arrives and is not answered, the other end does not know this end's public " +
    "key, or this end has a wrong key of it, or they have different preshared keys.",
};
