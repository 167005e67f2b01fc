/** The words of an event line that stand for columns under another name, for both directions. */
import type { Event } from "../../../src/event/event.ts";

/** Shorter names; every other column goes by its own: `ipLength=60`. */
export const SHORT: Record<string, keyof Event> = {
  id: "ipId",
  seq: "tcpSequence",
  ack: "tcpAcknowledgement",
  offset: "fragmentOffset",
};

/** Columns of the packet itself: a later line of the same skb repeats them unsaid. */
export const PACKET: readonly (keyof Event)[] = [
  ...["head", "network", "protocol", "source", "destination", "sourcePort"] as const,
  ...["destinationPort", "ipId", "ttl", "ipLength", "fragmentOffset", "ipFlags"] as const,
  ...["tcpSequence", "tcpAcknowledgement", "tcpFlags", "payload", "icmpType", "icmpCode"] as const,
  ...["icmpId", "icmpSequence", "gsoSize", "gsoSegments", "arpOperation"] as const,
  ...["arpSenderMac", "length", "rank"] as const,
];

export const PROTOCOLS: Record<string, number> = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 };

/** TCP flags as tcpdump's letters, least bit first. */
export const FLAGS = "FSRPAU";

/** Null when a letter is none of them. */
export function flagBits(letters: string): number | null {
  if (![...letters].every((letter) => FLAGS.includes(letter))) return null;
  return [...letters].reduce((bits, letter) => bits | 1 << FLAGS.indexOf(letter), 0);
}

export function flagLetters(bits: number): string {
  return [...FLAGS].filter((_, i) => bits & 1 << i).join("");
}

/** ICMP and ICMPv6 types that have a word: `echo=7/1` is id and sequence. */
export const ECHOES: Record<string, [number, number]> = { echo: [8, 128], reply: [0, 129] };
