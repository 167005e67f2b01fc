/** Tunnel packets that nothing takes at their port. */
import type { Link, NetnsState } from "../../../event/state.ts";
import { isTunnelSocketLookupWithoutReason, saysNoSocket } from "../../kernel/sockets.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";
import { tunnelsOf } from "../shared/tunnel_devices.ts";
import { named } from "../word.ts";
import { lastState } from "../../view/state_view.ts";

/** No tunnel socket at the outer destination port. */
export const tunnelNoListener: Rule = {
  id: "R21",
  statement: "Still encapsulated when freed for want of a socket: `tunnel-blocked`.",
  yields: ["tunnel-blocked"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || event.tunnelKind === undefined) return null;
    if (!saysNoSocket(event) && !isTunnelSocketLookupWithoutReason(event)) return null;
    const port = event.tunnelDestinationPort;
    const known = tunnelsOf(subject, event.tunnelKind);
    const here = known.map(({ link, netns }) => {
      const listens = link.flags.includes("UP") ? "listens" : "is down, else it listened";
      return `${placeOf(subject.node, netns, link.name)} ${listens} on UDP ${
        link.tunnel!.port ?? "?"
      }`;
    });
    const asleep = known.find(({ link }) =>
      link.tunnel!.port === port && !link.flags.includes("UP")
    );
    return cause(
      "tunnel-blocked",
      "proven",
      `nothing on ${subject.node.name} takes ${event.tunnelKind} packets on UDP port ${port}${
        here.length > 0 ? ` (${here.join("; ")})` : ""
      }`,
      [
        eventEvidence(subject),
        ...(here.length > 0 ? here : [`no ${event.tunnelKind} device on this node`]).map((text) =>
          stateEvidence(subject.node, text)
        ),
      ],
      asleep ? woken(subject, asleep) : command(subject.node, subject.netns, [
        "ip",
        "-d",
        "link",
        "show",
        "type",
        named(event.tunnelKind),
      ]),
    );
  },
};

/** Up, the device has its socket. */
function woken({ node }: Case, { link, netns }: { link: Link; netns: number }): string[] {
  const isUp = (state: NetnsState) =>
    state.links.some(({ name, flags }) => name === link.name && flags.includes("UP"));
  const state = lastState(node, netns);
  return checked({
    ...{ node, netns, state, passes: isUp },
    changes: [{ do: "set-up", device: link.name }],
  });
}
