/** A frame for a MAC that nobody has any more, which a bridge gave to all of its ports. */
import { isAnothersFrame } from "../../kernel/frees.ts";
import { floodedToNobody } from "../../verdict/flooded.ts";
import { netnsName } from "../../view/netns_names.ts";
import { ownersThen } from "../../view/presence.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { entryUsed } from "../shared/entry_used.ts";
import { thenOf } from "../shared/then.ts";
import { address, device as deviceWord } from "../word.ts";

/**
 * The host is gone, and the sender still has its neighbour entry.
 *
 * What else looks like it: a host behind a port whose other end nobody reads (a cable, a virtual
 * machine, a namespace without a probe), which gets the frame unseen; a MAC that changed while it was
 * watched (some reading has it then); a MAC that is right and a bridge's table that is not (it does
 * not flood then).
 */
export const macOfNobody: Rule = {
  id: "R100",
  statement:
    "Flooded by a bridge to ports of which all other ends were read (O4), for a MAC that no device has in any reading and an " +
    "address that nobody has, or has any more by then: `destination-mac-mismatch`, with the entry that the sender has of it.",
  yields: ["destination-mac-mismatch"],
  judge(subject) {
    const { judgement, world } = subject;
    if (judgement.end.kind !== "flooded" || !isAnothersFrame(subject.event)) return null;
    const sent = floodedToNobody(judgement.end.step, judgement.packet, world.network);
    const used = sent && entryUsed(subject, sent.destinationMac!);
    if (!sent || !used || ownersThen(world.network, used.hop, thenOf(subject)).length > 0) {
      return null;
    }
    const { sender, hop, device, text } = used;
    const where = `${netnsName(sender.node, sender.netns)} on ${sender.node.name}`;
    const bridge = placeOf(sent.node, sent.netns, sent.device!);
    return cause(
      "destination-mac-mismatch",
      "proven",
      `${where} sent the packet for ${hop} to ${sent.destinationMac}, and no device that was read has that ` +
        `MAC or address any more: ${bridge} gave it to all of its ports, and nobody took it`,
      [
        eventEvidence(subject, `frame addressed to ${sent.destinationMac}`),
        ...(text ? [stateEvidence(sender.node, `neighbour entry in ${where}: ${text}`)] : []),
        stateEvidence(
          sent.node,
          `the other ends of all ports of ${bridge} were read; none has ${sent.destinationMac}`,
        ),
      ],
      command(sender.node, sender.netns, [
        ...["ip", "neigh", "show", address(hop), "dev", deviceWord(device)],
      ]),
    );
  },
};
