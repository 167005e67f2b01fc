/** A driver's ring that nobody empties in time. */
import { isRingFull } from "../../kernel/queues.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

/**
 * The ring between a driver and who reads from it was full. A queueing discipline of the device is
 * not the place: the packet had passed it.
 */
export const ringFull: Rule = {
  id: "R146",
  statement:
    "Freed because the ring was full from which a tun or tap device's program, or the other side of " +
    "a driver, takes its packets: `queue-overflow`, proven. No queueing discipline is blamed.",
  yields: ["queue-overflow"],
  judge(subject) {
    const { event, link, node, netns } = subject;
    if (event.kind !== "drop" || !isRingFull(event)) return null;
    const isTun = link?.kind === "tun";
    const reader = isTun
      ? ": the program that holds the device does not read its packets in time"
      : "";
    return cause(
      "queue-overflow",
      "proven",
      `the ring of ${place(subject)} was full${reader}`,
      [
        eventEvidence(subject),
        ...(isTun ? [stateEvidence(node, `${link.name} is a tun device, read by a program`)] : []),
      ],
      command(
        node,
        netns,
        isTun
          ? ["ip", "-d", "tuntap", "show"]
          : ["ip", "-s", "-d", "link", "show", "dev", device(subject.device)],
      ),
    );
  },
};
