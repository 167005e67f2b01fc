/** A packet in the words of a firewall: what a rule that is for it, and for no other, matches. */
import type { Event } from "../../../event/event.ts";
import { ICMP, ICMP6, TCP, UDP } from "../../kernel/protocols.ts";
import { address, type Word } from "../word.ts";

interface Ends {
  source: Word;
  destination: Word;
  six: boolean;
  protocol: "tcp" | "udp" | undefined;
  port: number | undefined;
}

/** The outermost header's. */
function endsOf(event: Partial<Event>): Ends | null {
  const isOuter = event.tunnelKind !== undefined;
  const source = address(isOuter ? event.tunnelSource : event.source);
  const destination = address(isOuter ? event.tunnelDestination : event.destination);
  if (typeof source !== "string" || typeof destination !== "string") return null;
  const names: Record<number, "tcp" | "udp"> = { [TCP]: "tcp", [UDP]: "udp" };
  const protocol = isOuter
    ? event.tunnelDestinationPort === undefined ? undefined : "udp"
    : names[event.protocol ?? -1];
  const port = isOuter ? event.tunnelDestinationPort : event.destinationPort;
  return { source, destination, six: destination.includes(":"), protocol, port };
}

/**
 * A rule that accepts packets like this one, as text of the tool; null where the packet's protocol
 * has no words here. Questions for neighbours go to groups, so that they are told by type alone.
 */
export function packetWords(event: Partial<Event>, tool: string): string | null {
  const ends = endsOf(event);
  if (!ends) return null;
  const { source, destination, six, protocol, port } = ends;
  const isIcmp = event.tunnelKind === undefined &&
    (event.protocol === ICMP || event.protocol === ICMP6);
  if (isIcmp && event.icmpType === undefined) return null;
  if (!isIcmp && (protocol === undefined || port === undefined)) return null;
  const discovers = isIcmp && six && event.icmpType! >= 133 && event.icmpType! <= 137;
  if (tool === "nft") {
    const family = six ? "ip6" : "ip";
    const between = discovers ? "" : `${family} saddr ${source} ${family} daddr ${destination} `;
    const of = isIcmp
      ? `${six ? "icmpv6" : "icmp"} type ${event.icmpType}`
      : `${protocol} dport ${port}`;
    return `${between}${of} accept`;
  }
  const between = discovers ? "" : `-s ${source} -d ${destination} `;
  const of = isIcmp
    ? six ? `-p ipv6-icmp --icmpv6-type ${event.icmpType}` : `-p icmp --icmp-type ${event.icmpType}`
    : `-p ${protocol} --dport ${port}`;
  return `${between}${of} -j ACCEPT`;
}

/** A rule that accepts what belongs to a connection that was let pass before. */
export const establishedWords = (tool: string): string =>
  tool === "nft"
    ? "ct state established,related accept"
    : "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";

const UFW_ALLOW = {
  input: ["ufw", "allow"],
  forward: ["ufw", "route", "allow"],
  output: ["ufw", "allow", "out"],
};

/** Hooks for which ufw has rules of users, each in a chain of its own. */
export type UfwHook = keyof typeof UFW_ALLOW;

/** Tells whether ufw has a chain of users at that hook. */
export const isUfwHook = (hook: string): hook is UfwHook => hook in UFW_ALLOW;

/** `ufw allow …` for packets like this one; null where ufw has no words for its protocol. */
export function ufwWords(event: Partial<Event>, hook: UfwHook): Word[] | null {
  const ends = endsOf(event);
  if (!ends || ends.protocol === undefined || ends.port === undefined) return null;
  return [
    ...UFW_ALLOW[hook],
    ...["proto", ends.protocol, "from", ends.source],
    ...["to", ends.destination, "port", ends.port],
  ];
}
