/** A team that has no port to send by. */
import { isTeamWithoutPort } from "../../kernel/transmission.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

/**
 * Which port is active a daemon says (teamd), and the kernel forgets it with the port: after one was taken out
 * and put in again without a daemon, the team is up, has carrier, and sends nothing.
 */
export const teamWithoutPort: Rule = {
  id: "R199",
  title: "A team without a port to send by",
  statement:
    "Freed by the transmit function of a team's mode, which does that where no port is active or enabled, or " +
    "no mode is set: `link-down`, proven, with the ports as read.",
  yields: ["link-down"],
  judge(subject) {
    const { event, node, netns, before, link, device: name } = subject;
    if (!isTeamWithoutPort(event) || link?.kind !== "team") return null;
    const ports = before?.links.filter(({ masterIfindex }) => masterIfindex === link.ifindex) ?? [];
    const which = ports.map((port) => port.name).join(", ");
    return cause(
      "link-down",
      "proven",
      `the team ${place(subject)} sends by none of its ports${
        which === "" ? "" : ` (${which})`
      }: ` +
        "none is active for its mode, or it has no mode",
      [
        eventEvidence(subject),
        stateEvidence(
          node,
          ports.length === 0
            ? `no device is a port of ${link.name}`
            : ports.map((port) => `${port.name}: flags ${port.flags.join(",")}`).join("; "),
        ),
      ],
      command(node, netns, ["teamnl", device(name), "options"]),
    );
  },
};
