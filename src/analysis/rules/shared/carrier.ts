/** Whether a device can carry frames, and whose fault it is that it can't. */
import type { Link } from "../../../event/state.ts";
import type { NodeView } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause } from "../rule.ts";
import { device } from "../word.ts";

/** One end of a cable that is down, or has no carrier. */
export interface DownEnd {
  /** As sentences name the place. */
  where: string;
  link: Link;
  node: NodeView;
  /** Inode of the network namespace. */
  netns: number | undefined;
}

const isUp = (link: Link) => link.flags.includes("UP");

/** It is up, and its carrier too. */
export const carries = (link: Link) => isUp(link) && link.flags.includes("LOWER_UP");

/**
 * The device and its veth peer, where they are down: a peer that was set down is the cause, and the
 * missing carrier here its effect. Empty when the device carries frames.
 */
export function downEnds(subject: Case, link: Link): DownEnd[] {
  if (carries(link)) return [];
  const end = (node: NodeView, netns: number | undefined, of: Link): DownEnd => ({
    where: placeOf(node, netns, of.name),
    link: of,
    node,
    netns,
  });
  const own = end(subject.node, subject.netns, link);
  const peer = isUp(link) ? peerOf(subject, link) : null;
  return peer && !isUp(peer.link) ? [end(peer.node, peer.netns, peer.link), own] : [own];
}

/**
 * The other end of a veth pair. On another node it must name this device as its own peer: numbers of
 * namespaces and devices are the same on many machines.
 */
function peerOf(subject: Case, link: Link) {
  if (link.peerNetns === undefined) return null;
  for (const node of new Set([subject.node, ...subject.world.nodes])) {
    const state = node.states.get(link.peerNetns)?.at(-1)?.state;
    const peer = state?.links.find((other) => other.ifindex === link.peerIfindex);
    const isMutual = peer?.peerIfindex === link.ifindex && peer.peerNetns === subject.netns;
    if (peer && (node === subject.node || isMutual)) {
      return { node, netns: link.peerNetns, link: peer };
    }
  }
  return null;
}

/** `link-down` for the first of these ends, which is the one to blame. */
export function causeOfDown(subject: Case, down: readonly DownEnd[]) {
  const { where, link, node, netns } = down[0]!;
  return cause(
    "link-down",
    "proven",
    `${where} ${isUp(link) ? "has no carrier" : "is down"}, so the packet could not pass it`,
    [
      eventEvidence(subject),
      ...down.map((item) =>
        stateEvidence(
          item.node,
          `${item.where}: flags ${item.link.flags.join(",")}, state ${item.link.operstate}`,
        )
      ),
    ],
    // A device that is up and has no carrier is repaired at its other end, which is not known here.
    command(
      node,
      netns,
      isUp(link)
        ? ["ip", "-d", "link", "show", "dev", device(link.name)]
        : ["ip", "link", "set", "dev", device(link.name), "up"],
    ),
  );
}
