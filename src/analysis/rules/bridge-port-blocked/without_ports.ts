/** A bridge that has no port by which it could send a frame. */
import type { Link } from "../../../event/state.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause } from "../rule.ts";
import { device } from "../word.ts";

/** The bridge has nobody to send to: its only port is the one the frame came in by, or it has none. */
export function withoutPorts(subject: Case, into: Link, ifindex: number | undefined) {
  const bridge = subject.before?.links.find((link) => link.ifindex === ifindex);
  if (!bridge) return null;
  const none = into.ifindex === bridge.ifindex ? "no port" : `no other port than ${into.name}`;
  const at = placeOf(subject.node, subject.netns, bridge.name);
  return cause(
    "unexplained",
    "likely",
    `bridge ${at} has ${none} that it could send the frame by`,
    [eventEvidence(subject), stateEvidence(subject.node, `${bridge.name}: ${none}`)],
    command(subject.node, subject.netns, [
      ...["ip", "link", "show", "master"],
      device(bridge.name),
    ]),
  );
}
