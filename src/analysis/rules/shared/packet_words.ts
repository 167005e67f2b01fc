/** A packet in the words of a firewall: what a rule that is for it, and for no other, matches. */
import type { Event } from "../../../event/event.ts";
import { ICMP, ICMP6, SCTP, TCP, UDP } from "../../kernel/protocols.ts";
import { outerProtocol } from "../../kernel/tunnels.ts";
import { address, type Word } from "../word.ts";

interface Ends {
  source: Word;
  destination: Word;
  six: boolean;
  /** Its name, where it has ports; else its number. */
  protocol: "tcp" | "udp" | "sctp" | number | undefined;
  port: number | undefined;
}

const WITH_PORTS: Readonly<Record<number, "tcp" | "udp" | "sctp">> = {
  [TCP]: "tcp",
  [UDP]: "udp",
  [SCTP]: "sctp",
};

/** The outermost header's. */
function endsOf(event: Partial<Event>): Ends | null {
  const isOuter = event.tunnelKind !== undefined;
  const source = address(isOuter ? event.tunnelSource : event.source);
  const destination = address(isOuter ? event.tunnelDestination : event.destination);
  if (typeof source !== "string" || typeof destination !== "string") return null;
  const number = isOuter ? outerProtocol(event) : event.protocol;
  const protocol = number === undefined ? undefined : WITH_PORTS[number] ?? number;
  const port = isOuter ? event.tunnelDestinationPort : event.destinationPort;
  return { source, destination, six: destination.includes(":"), protocol, port };
}

/**
 * A rule that accepts packets like this one, as text of the tool; null where the packet has no ports
 * and its protocol does. Questions for neighbours go to groups, so that they are told by type alone.
 */
export function packetWords(event: Partial<Event>, tool: string): string | null {
  const ends = endsOf(event);
  if (!ends) return null;
  const { source, destination, six } = ends;
  const isIcmp = event.tunnelKind === undefined &&
    (event.protocol === ICMP || event.protocol === ICMP6);
  const discovers = isIcmp && six && event.icmpType! >= 133 && event.icmpType! <= 137;
  const isNft = tool === "nft";
  const of = isIcmp ? icmpWords(event.icmpType, six, isNft) : protocolWords(ends, isNft);
  if (of === null) return null;
  if (isNft) {
    const family = six ? "ip6" : "ip";
    const between = discovers ? "" : `${family} saddr ${source} ${family} daddr ${destination} `;
    return `${between}${of} accept`;
  }
  const between = discovers ? "" : `-s ${source} -d ${destination} `;
  return `${between}${of} -j ACCEPT`;
}

function icmpWords(type: number | undefined, six: boolean, isNft: boolean): string | null {
  if (type === undefined) return null;
  if (isNft) return `${six ? "icmpv6" : "icmp"} type ${type}`;
  return six ? `-p ipv6-icmp --icmpv6-type ${type}` : `-p icmp --icmp-type ${type}`;
}

function protocolWords({ protocol, port }: Ends, isNft: boolean): string | null {
  if (protocol === undefined) return null;
  // GRE, IP in IP, ESP and the like.
  if (typeof protocol === "number") return isNft ? `meta l4proto ${protocol}` : `-p ${protocol}`;
  if (port === undefined) return null;
  return isNft ? `${protocol} dport ${port}` : `-p ${protocol} --dport ${port}`;
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
  if (!ends || ends.port === undefined) return null;
  // Of other protocols it knows few.
  if (ends.protocol !== "tcp" && ends.protocol !== "udp") return null;
  return [
    ...UFW_ALLOW[hook],
    ...["proto", ends.protocol, "from", ends.source],
    ...["to", ends.destination, "port", ends.port],
  ];
}
