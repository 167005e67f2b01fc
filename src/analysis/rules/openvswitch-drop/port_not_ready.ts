/** A port that Open vSwitch sends to, and that can't take a packet. */
import type { Link } from "../../../event/state.ts";
import { isOutputNotReady } from "../../kernel/openvswitch.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";
import { traceRemedy } from "./trace_remedy.ts";

/** The output port is gone or down, which the kernel says at the input port. */
export const openvswitchPort: Rule = {
  id: "R114",
  statement:
    "Freed in Open vSwitch's output because a device is not ready: `openvswitch-drop`. That device " +
    "is the port it was sent to, not the one it came in by; which one the kernel does not tell, so " +
    "the ports that are down are listed.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isOutputNotReady(event)) return null;
    const down = downPorts(subject).slice(0, 3);
    return cause(
      "openvswitch-drop",
      "proven",
      `Open vSwitch had a packet from ${
        place(subject)
      } for a port that is gone, down or without carrier`,
      [
        eventEvidence(subject),
        ...down.map(({ name, operstate }) =>
          stateEvidence(
            subject.node,
            `${
              placeOf(subject.node, subject.netns, name)
            }, a port of Open vSwitch, is ${operstate}`,
          )
        ),
      ],
      [
        ...down.flatMap(({ name }) =>
          command(subject.node, subject.netns, ["ip", "-d", "link", "show", "dev", device(name)])
        ),
        ...traceRemedy(subject),
      ],
    );
  },
};

/** Other ports of the datapath that the packet came in by, and that can't send. */
function downPorts({ before, link }: Case): Link[] {
  const datapath = link?.masterIfindex;
  if (!before || datapath === undefined) return [];
  return before.links.filter((other) =>
    other.masterIfindex === datapath && other.ifindex !== link?.ifindex &&
    (!other.flags.includes("UP") || !other.flags.includes("LOWER_UP"))
  );
}
