/** Devices that are handed a packet and that no script sees do anything with it. */
import type { Gap } from "../../event/gaps.ts";
import type { Link } from "../../event/state.ts";
import { refusesSilently, sealsPackets } from "../kernel/devices.ts";
import { isReadByTunProgram } from "../kernel/frees.ts";
import { type EVER, gapOf, type Span } from "../view/coverage.ts";
import { concludedFrom, finding } from "../view/finding.ts";
import { firstFrom } from "../view/indexed.ts";
import { linkOf, stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";

/**
 * A gap when the packet was last seen as it was handed to a device that frees what it refuses without
 * a drop, and the script that tells of such frees was not there (Linux before 6.3).
 */
export function refusedUntold(
  event: Sighting,
  when: Span | typeof EVER,
  rank: () => number,
): Gap | null {
  if (event.kind !== "device-tx" || !refusesSilently(linkKindOf(event))) return null;
  return gapOf(event.node, ["consume"], when, rank);
}

const linkKindOf = (event: Sighting): string =>
  linkOf(stateAt(event.node, event.netns, event.at), event.ifindex, event.device)?.kind ?? "";

/**
 * A gap when the packet was last seen as it was handed to a tunnel device: it did not leave the
 * node, because the outer packet would have been seen. It waits for the outer next hop's address. Or
 * the device encrypts, and what it sends is not recognised.
 */
export function heldIn(event: Sighting): Gap | null {
  const link = linkOf(stateAt(event.node, event.netns, event.at), event.ifindex, event.device);
  if (link === undefined || event.tunnelKind !== undefined) return null;
  if (event.kind !== "device-tx") return null;
  if (sealsPackets(link.kind)) {
    const text =
      `${event.device} of ${event.node.name} encrypts (${link.kind}), so what it made of it is not seen`;
    return { code: "tunnel-device-silent", text };
  }
  if (link.tunnel === undefined) return wrappedUnread(event, link);
  const text = `${event.node.name} put it into ${event.device} and no script saw what became of it`;
  return { code: "tunnel-device-silent", text };
}

/**
 * A gap when the program of a tun device read it: it may put it into packets of its own, as a VPN's, or end
 * the connection and begin another one, as a proxy's. Nobody sees which.
 */
export function readByProgram(event: Sighting): Gap | null {
  if (!isReadByTunProgram(event)) return null;
  const text =
    `a program read it from ${event.device} of ${event.node.name}, and what it made of it is not seen`;
  return { code: "tunnel-device-silent", text };
}

/** Kinds of devices that put packets into others which no script looks into. */
const WRAPPING: readonly string[] = ["bareudp", "batadv", "gtp", "hsr", "ppp"];

/** A device of no kind that knows no carrier, as those of L2TP are; most cards know whether they have one. */
const isOfNoKind = ({ kind, operstate }: Link): boolean =>
  kind === "physical" && operstate === "UNKNOWN";

/** UDP, GRE, L2TP, and ESP, which may be around them: what L2TP, and PPP in turn, puts packets into. */
const CARRYING: readonly (number | undefined)[] = [17, 47, 115, 50];

/** Longer than the next hop's address is asked for, ns. */
const WRAPPED_NS = 4e9;

/** What a node sent, by its skb. */
const sent = finding(({ kind, skb }) => kind === "device-tx" ? skb : undefined);

/**
 * The same skb left by another device, larger and as another packet: it is inside, and is not recognised there.
 * What else looks like it: the memory was used again, for a packet of another; what became of this one is not
 * known then either.
 */
function wrappedUnread(event: Sighting, link: Link): Gap | null {
  const { node, skb, at, length, ifindex } = event;
  if (skb === undefined || length === undefined) return null;
  const isOfKind = WRAPPING.includes(link.kind);
  if (!isOfKind && !isOfNoKind(link)) return null;
  const outer = concludedFrom(node, sent, skb, `after ${at} ${ifindex} ${isOfKind}`, (seen) => {
    const next = seen[firstFrom(seen, at + 1)];
    if (next === undefined || next.at - at > WRAPPED_NS || next.ifindex === ifindex) return null;
    if ((next.length ?? 0) <= length) return null;
    return isOfKind || CARRYING.includes(next.protocol)
      ? `${next.device} in protocol ${next.protocol}`
      : null;
  });
  if (outer === null) return null;
  const text =
    `${event.device} of ${node.name} seems to have put it into another packet, which left by ${outer} and is not looked into`;
  return { code: "tunnel-device-silent", text };
}
