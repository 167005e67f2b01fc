/** A header whose checksum is wrong. */
import { isChecksumError, isOfIpHeader } from "../../kernel/sockets.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { place } from "../evidence.ts";
import { namedReason } from "../shared/named_reason.ts";
import { named } from "../word.ts";

/** The checksum of the IP header, or of what it carries, is wrong. */
export const checksumInvalid = namedReason({
  code: "checksum-invalid",
  holds: isChecksumError,
  says: (subject) =>
    isOfTunnelOver6(subject)
      ? `the UDP checksum of the ${subject.event.tunnelKind} packet is wrong at ${
        place(subject)
      }, ` +
        "or it is zero, which a tunnel over IPv6 takes with udp6zerocsumrx alone"
      : `the ${isOfIpHeader(subject.event) ? "IP header" : "transport"} checksum is wrong at ${
        place(subject)
      }`,
  remedy: (subject) =>
    isOfTunnelOver6(subject)
      ? command(subject.node, subject.netns, [
        ...["ip", "-d", "link", "show", "type"],
        named(subject.event.tunnelKind),
      ])
      : [],
});

/** UDP over IPv6 must have a checksum (RFC 6935), and tunnels may be told to leave it out. */
const isOfTunnelOver6 = ({ event }: Case): boolean =>
  event.reason === "UDP_CSUM" && event.tunnelKind !== undefined &&
  (event.tunnelDestination?.includes(":") ?? false);
