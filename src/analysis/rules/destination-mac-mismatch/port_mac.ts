/** A frame for a bond or team, which came in by a port that has another MAC. */
import { isAnothersFrame } from "../../kernel/frees.ts";
import { command } from "../command.ts";
import { eventEvidence, place, placeOf, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { frameOf } from "../shared/frame.ts";
import { device as deviceWord } from "../word.ts";

/** Devices that are handed what their ports receive as it is: whose frame it is was decided before. */
const HANDED_ON: ReadonlySet<string> = new Set(["bond", "team"]);

/**
 * Whom a frame is for is decided by the device that it comes in by. A port has the MAC of its bond or
 * team, unless it was changed, or nobody gave it: the kernel's own mode `activebackup` of team does not.
 *
 * What else looks like it: a frame that is addressed to another MAC than the bond's, of which R8 speaks.
 */
export const portHasOtherMac: Rule = {
  id: "R209",
  title: "A port of a bond or team with a MAC of its own",
  statement:
    "Freed as another host's on a bond or team, whose own MAC the frame is addressed to, and the port that it " +
    "came in by has another one by the state read: `destination-mac-mismatch`, proven.",
  yields: ["destination-mac-mismatch"],
  judge(subject) {
    const { event, node, netns, link, before, judgement } = subject;
    if (!isAnothersFrame(event) || !link || !before || !HANDED_ON.has(link.kind)) return null;
    const mac = frameOf(subject)?.destinationMac;
    if (mac === undefined || mac !== link.mac) return null;
    const came = judgement.steps.map((step) => step.event).findLast((other) =>
      other.kind === "device-rx" && other.node === node && other.netns === netns
    );
    const port = before.links.find(({ ifindex }) => ifindex === came?.ifindex);
    if (port?.masterIfindex !== link.ifindex || port.mac === undefined || port.mac === mac) {
      return null;
    }
    const by = placeOf(node, netns, port.name, event.at);
    return cause(
      "destination-mac-mismatch",
      "proven",
      `the frame for ${wireDestination(event)} is addressed to ${mac}, the MAC of ${
        place(subject)
      }, but it ` +
        `came in by its port ${port.name}, which has ${port.mac}, so the kernel took it for another host's`,
      [
        eventEvidence(subject, `frame addressed to ${mac}`),
        stateEvidence(node, `${place(subject)} has MAC ${mac}`),
        stateEvidence(node, `${by} has MAC ${port.mac}`),
      ],
      command(node, netns, ["ip", "-d", "link", "show", "dev", deviceWord(port.name)]),
    );
  },
};
