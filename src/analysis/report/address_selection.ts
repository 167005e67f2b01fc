/**
 * Lookups of a program that takes another address of the same name. Rule G6.
 *
 * A resolver sorts addresses by whether they can be reached (RFC 6724): it connects a datagram socket to each
 * of them, which looks for a way, and sends nothing. And a program that tries one after the other (RFC 8305)
 * is told at once that there is no way to the first. Neither lacks anything.
 *
 * A program that sends datagrams without binding its socket, or has no other address, looks the same. So it
 * counts only where soon after it the same namespace had an answer from an address of the other family, from
 * the port that was asked for. A resolver connects to the port of the service (glibc), to 65535 (musl) or to 9
 * (Go): there any answer of TCP counts. To port 0 nothing is ever sent.
 */
import type { Flow } from "../../event/report.ts";
import { TCP, UDP } from "../kernel/protocols.ts";
import { netnsLabel } from "../view/netns_names.ts";
import { timeOfDay } from "../view/time_of_day.ts";
import type { Sighting } from "../view/timeline.ts";

/** A program asks one of the addresses as soon as they are sorted, ms; and they are sorted before. */
const SOON_MS = 2_000;

/** So far the clocks of two nodes may be apart, ms: an answer's time is its sender's. */
const CLOCKS_MS = 50;

/** Ports that a resolver connects to whatever the service is: musl, Go. */
const ANY_SERVICE: ReadonlySet<number> = new Set([65_535, 9]);

const familyOf = (address: string) => address.includes(":") ? 6 : 4;

/** What an answer that arrived is found by: its family and the port that it came from. */
export function answerKeys({ replyOf, sourcePort, source, protocol, packets }: Flow): string[] {
  if (replyOf === undefined || sourcePort === undefined || packets.delivered === 0) return [];
  const family = familyOf(source);
  return [
    `answer ${family} ${sourcePort}`,
    ...(protocol === "tcp" ? [`answer ${family} tcp`] : []),
  ];
}

/** Whether programs took another address than the one that these lookups were for. `answers`: by `answerKeys`. */
export function tookAnother(
  lookups: readonly Sighting[],
  isBound: boolean,
  answers: (key: string) => Iterable<Flow>,
): boolean {
  const { protocol, destination, destinationPort: port } = lookups[0]!;
  if (isBound || destination === undefined) return false;
  const isDatagram = protocol === UDP;
  if (!isDatagram && protocol !== TCP) return false;
  if (port === undefined || port === 0) return isDatagram;
  const key = `answer ${familyOf(destination) === 6 ? 4 : 6} ${
    ANY_SERVICE.has(port) ? "tcp" : port
  }`;
  const came = [...answers(key)];
  const isFollowed = (lookup: Sighting) => {
    const { node, netns, at } = lookup;
    const [name, ms] = [netnsLabel(node, netns, at), Date.parse(timeOfDay(lookup))];
    return came.some(({ lastHop, firstAt }) => {
      const later = Date.parse(firstAt ?? "") - ms;
      return lastHop?.node === node.name && lastHop.netns === name && later >= -CLOCKS_MS &&
        later <= SOON_MS;
    });
  };
  return 2 * lookups.filter(isFollowed).length >= lookups.length;
}
