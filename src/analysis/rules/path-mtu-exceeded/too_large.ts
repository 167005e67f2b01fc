/** Only packets over some size are lost between two nodes. */
import { altered } from "../../../event/altered.ts";
import { deviceEvent } from "../../correlate/steps.ts";
import { bytesOf, wayKey, wayOfKind } from "../../verdict/crossings.ts";
import type { Way } from "../../verdict/ways.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence, packetText, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/** Every link carries packets of so many bytes: IPv6 asks for it (RFC 8200), IPv4 in practice. */
const LEAST_MTU_6 = 1280;
const LEAST_MTU_4 = 576;

/** So many losses are hardly chance, where all that is smaller arrived. */
const LIKELY_LOSSES = 6;

/**
 * Every packet larger than the largest that arrived was lost on the way from this device to that node.
 *
 * What else looks like it: random loss, which hits a few large packets by chance (six losses or more
 * are called likely: of a link that loses three of ten, one way in a thousand looks so; fewer possible); losses of
 * one conversation's direction, where as large packets passed the other way; a shaper or a full queue, which drops small packets, too,
 * and is seen to drop; a filter by protocol or port, which drops all packets of one kind (hence not
 * likely where none of them was smaller and arrived); a firewall's rule about length, which is seen where it is watched; a TTL that
 * ran out at a router between, so that only a loss counts whose TTL was not the lower one. That the
 * smaller ones arrived proves that the way was there; that a larger one would have been seen follows
 * from what made its loss `vanished` (O7).
 */
export const pathMtu: Rule = {
  id: "R61",
  statement:
    "`vanished` between two nodes, where smaller packets arrived by the same way and none as " +
    "large did: `path-mtu-exceeded` with the largest size that passed and the smallest that did not; " +
    "likely with six losses or more, none of a smaller packet, between ends that smaller ones passed " +
    "between, where none so large passed the other way, and where not all were of one " +
    "protocol to or from one port of which nothing smaller arrived, else possible. Not of sizes that every link carries, nor of a lower TTL.",
  yields: ["path-mtu-exceeded"],
  judge(subject) {
    const found = wayOf(subject);
    if (!found?.way.passed) return null;
    const { way, bytes } = found;
    const passed = way.passed!;
    const isOver = (sent: Sighting, bytes: number) =>
      bytes > passed.bytes && ttlOf(sent) >= ttlOf(passed.sent);
    if (!isOver(deviceEvent(subject.judgement.end.step), bytes)) return null;
    const over = way.lost.filter((loss) => isOver(loss.sent, loss.bytes));
    const least = over.reduce((a, b) => b.bytes < a.bytes ? b : a);
    // Most losses are of another kind: of packets as small as some that arrived.
    if (over.length * 2 <= way.lost.length) return null;
    if (least.bytes <= (least.sent.network === "ip6" ? LEAST_MTU_6 : LEAST_MTU_4)) return null;
    // Between other ends something else than the size may make the difference.
    const isOfSameEnds = passed.sent.source === least.sent.source &&
      passed.sent.destination === least.sent.destination;
    const isOfAKind = areOfAKind(over) &&
      !hasPassedOfKind(subject, withPorts(over)[0] ?? least.sent);
    const { awaited } = subject.judgement;
    // A link has one MTU for both directions; only by another way back may it be otherwise.
    const back = wayBack(subject, least.sent)?.passed;
    const isBack = back !== undefined && back.bytes >= least.bytes;
    const there = placeOf(awaited!.node, awaited!.netns, awaited!.link.name);
    const inside = least.sent.tunnelKind === undefined ? "" : ` inside ${least.sent.tunnelKind}`;
    return cause(
      "path-mtu-exceeded",
      over.length >= LIKELY_LOSSES && over.length === way.lost.length && isOfSameEnds &&
        !isBack && !isOfAKind
        ? "likely"
        : "possible",
      `only packets over ${passed.bytes} bytes are lost between ${place(subject)} and ${there}: ` +
        `the largest that arrived has ${passed.bytes} bytes${inside}, the smallest that did not ` +
        `${least.bytes}; the MTU between them is smaller than that of the devices`,
      [
        eventEvidence(subject, `${bytes} bytes`),
        {
          node: passed.sent.node.name,
          kind: "event",
          text: `${
            packetText(passed.sent)
          } with ${passed.bytes} bytes went the same way and arrived`,
        },
        {
          node: least.sent.node.name,
          kind: "event",
          text: `${over.length} larger packets went the same way, and none arrived`,
        },
        ...(isBack
          ? [{
            node: back.sent.node.name,
            kind: "event" as const,
            text: `${
              packetText(back.sent)
            } with ${back.bytes} bytes went the other way and arrived`,
          }]
          : []),
        ...mtus(subject),
      ],
    );
  },
};

/** TTL by which routers between the two places go. */
const ttlOf = ({ tunnelTtl, ttl }: Sighting): number => tunnelTtl ?? ttl ?? 0;

/** The way on which the packet was lost, and its size. */
function wayOf(subject: Case): { way: Way; bytes: number } | null {
  const { judgement, world } = subject;
  if (judgement.outcome !== "vanished" || !judgement.awaited || !world.crossings) return null;
  const sent = deviceEvent(judgement.end.step);
  const bytes = bytesOf(sent);
  const way = world.crossings.way(wayKey(sent, judgement.awaited.node.name));
  return bytes !== null ? { way, bytes } : null;
}

/** Later fragments have no ports: they are of the kind of their packet, which has lost its first one, too. */
const withPorts = (lost: readonly { sent: Sighting }[]): Sighting[] =>
  lost.map(({ sent }) => sent).filter(({ fragmentOffset }) => !fragmentOffset);

/** A filter takes them all by their protocol and one port. */
function areOfAKind(lost: readonly { sent: Sighting }[]): boolean {
  const kinds = (of: (sent: Sighting) => unknown) => new Set(withPorts(lost).map(of)).size;
  return kinds(({ protocol }) => protocol) < 2 &&
    (kinds(({ destinationPort }) => destinationPort) < 2 ||
      kinds(({ sourcePort }) => sourcePort) < 2);
}

/** Of this protocol between these ports something arrived. */
const hasPassedOfKind = ({ judgement: { awaited }, world }: Case, sent: Sighting): boolean =>
  world.crossings!.way(wayOfKind(sent, awaited!.node.name)).passed !== undefined;

/** The way from where the packet was awaited to where it was sent from, between the same ends. */
function wayBack({ judgement: { awaited }, world }: Case, lost: Sighting): Way {
  const { node, netns, link } = awaited!;
  const turned = altered(lost, {
    ...{ node, netns, ifindex: link.ifindex },
    tunnelDestination: lost.tunnelSource,
    destination: lost.source,
  });
  return world.crossings!.way(wayKey(turned, lost.node.name));
}

/** The MTUs of the devices at both ends, which allow the packet. */
function mtus({ judgement: { awaited }, link, node }: Case) {
  return [
    ...(link ? [stateEvidence(node, `${link.name} has MTU ${link.mtu}`)] : []),
    stateEvidence(awaited!.node, `${awaited!.link.name} has MTU ${awaited!.link.mtu}`),
  ];
}
