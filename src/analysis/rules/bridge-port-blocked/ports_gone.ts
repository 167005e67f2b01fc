/** A bridge has lost the port by which a frame would have left. */
import type { Cause } from "../../../event/report.ts";
import type { Link } from "../../../event/state.ts";
import { hasLinks } from "../../view/presence.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause } from "../rule.ts";
import { frameOf } from "../shared/frame.ts";
import { device } from "../word.ts";

/** It was there by the reading before the packet, and is not by the one after it. */
const isGone = ({ after }: Case, { ifindex }: Link) =>
  after !== null && hasLinks(after) && !after.links.some((link) => link.ifindex === ifindex);

/**
 * The ports that led to the destination, of which the first is named, were taken away: with a pod's veth
 * pair, say. Null where one of them is there after the packet: that one is closed for another reason.
 */
export function portsGone(subject: Case, ports: readonly Link[]): Omit<Cause, "rule"> | null {
  if (!ports.every((port) => isGone(subject, port))) return null;
  const [{ name, masterIfindex }] = ports as [Link, ...Link[]];
  const bridge = subject.before?.links.find(({ ifindex }) => ifindex === masterIfindex)?.name;
  const mac = frameOf(subject)?.destinationMac;
  const more = ports.length > 1 ? ` and ${ports.length - 1} more` : "";
  return cause(
    "destination-gone",
    "likely",
    `bridge port ${
      placeOf(subject.node, subject.netns, name)
    }${more}, which the frame for ${mac} ` +
      `had to leave by, is gone`,
    [
      eventEvidence(subject),
      ...ports.map((port) =>
        stateEvidence(
          subject.node,
          `${port.name}, a port of ${bridge}, was there before the packet and is not after it`,
        )
      ),
    ],
    bridge === undefined
      ? undefined
      : command(subject.node, subject.netns, ["ip", "link", "show", "master", device(bridge)]),
  );
}
