/** A frame for its own sender, which asks nobody for link addresses. */
import { isBridgeDrop } from "../../kernel/bridge.ts";
import { isAnothersFrame } from "../../kernel/frees.ts";
import { linkOf, stateAt } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { frameOf } from "../shared/frame.ts";
import { device } from "../word.ts";

/**
 * The kernel takes the device's own link address for that of each next hop where the device has the flag NOARP
 * (`arp_constructor`, `ndisc_constructor`). A bridge does not send such a frame back by the port it came from (R11),
 * and a host takes it for another's (R8).
 *
 * What else looks like it: devices of ipvlan share one link address, and ask nobody in mode l3.
 */
export const frameToItself: Rule = {
  id: "R215",
  title: "A frame for its own sender",
  statement:
    "Freed by a bridge or as another host's, the frame has one link address for both ends, and the device that " +
    "sent it was read to have it and the flag NOARP: `destination-mac-mismatch`, proven, with that device.",
  yields: ["destination-mac-mismatch"],
  judge(subject) {
    const { event, judgement } = subject;
    if (event.kind !== "drop" || !(isBridgeDrop(event) || isAnothersFrame(event))) return null;
    const mac = frameOf(subject)?.destinationMac;
    const sent = judgement.steps.find(({ event: { kind, sourceMac, destinationMac } }) =>
      kind === "device-tx" && mac !== undefined && sourceMac === mac && destinationMac === mac
    )?.event;
    if (sent === undefined) return null;
    const { node, netns, ifindex, at } = sent;
    const link = linkOf(stateAt(node, netns, at), ifindex, sent.device);
    if (link?.mac !== mac || !link?.flags.includes("NOARP") || link.kind === "ipvlan") return null;
    const where = placeOf(node, netns, link.name);
    return cause(
      "destination-mac-mismatch",
      "proven",
      `${where} asks nobody for link addresses (NOARP), so that the frame for ${
        wireDestination(event)
      } is addressed to ${mac}, which is its own`,
      [
        eventEvidence(subject, `frame from ${mac} to ${mac}`),
        stateEvidence(node, `${where}: flags ${link.flags.join(",")}`),
      ],
      command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)]),
    );
  },
};
