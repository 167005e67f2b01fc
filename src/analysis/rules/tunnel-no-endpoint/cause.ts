/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "tunnel-no-endpoint",
  group: "tunnels",
  means: "The tunnel device had no destination for the frame.",
  knows: "The tunnel device itself freed the packet, and it has neither a `remote` nor an fdb " +
    "entry (its own or the default one) for the frame's MAC. Of wireguard: the peer that has the " +
    "destination in its allowed-ips has no endpoint.",
  remedy: "Add the entry (`bridge fdb append MAC dev DEVICE dst REMOTE`), or find out why the " +
    "controller has not: is the peer's node registered, and is its agent running? Of wireguard: give the " +
    "peer its endpoint, or let it send first (`persistent-keepalive` on its side).",
};
