/** Whether a device can carry frames, and whose fault it is that it can't. */
import type { Link } from "../../../event/state.ts";
import type { NodeView } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause } from "../rule.ts";
import { device } from "../word.ts";
import { checked } from "./checked.ts";
import { peerOf } from "./peer.ts";
import { lastState } from "../../view/state_view.ts";

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
  const peer = isUp(link) ? peerOf(subject.world.nodes, subject.node, subject.netns, link) : null;
  return peer && !isUp(peer.link) ? [end(peer.node, peer.netns, peer.link), own] : [own];
}

/** `link-down` for the first of these ends, which is the one to blame. */
export function causeOfDown(subject: Case, down: readonly DownEnd[]) {
  const { where, link } = down[0]!;
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
    upRemedy(down),
  );
}

/**
 * All ends that are down are set up, the first to blame first. A device that is up and has no carrier
 * is repaired at its other end, which is not known here.
 */
export function upRemedy(down: readonly DownEnd[]): string[] {
  const lines = down.filter(({ link }) => !isUp(link)).map(({ node, netns, link }) =>
    checked({
      ...{ node, netns },
      state: lastState(node, netns),
      changes: [{ do: "set-up", device: link.name }],
      passes: ({ links }) => links.some((each) => each.name === link.name && isUp(each)),
    })
  );
  if (lines.length > 0 && lines.every((line) => line.length > 0)) return lines.flat();
  const { node, netns, link } = down[0]!;
  return command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)]);
}
