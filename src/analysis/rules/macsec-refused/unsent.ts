/** What a macsec device can't send. */
import { isRefusedByMacsecSender } from "../../kernel/refusing_devices.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

/** What macsec adds to a frame at most: its header with the channel, and the check value. */
const ADDED_BYTES = 32;

/** The length of a frame has its link header, the MTU of a device has not. */
const LINK_HEADER_BYTES = 14;

/**
 * The sender's macsec frees what it has no association for: none is there, the one that is was switched
 * off, or its packet numbers are used up.
 *
 * What else looks like it: it frees so what is larger, with what it adds, than the device below takes, of
 * which nothing is said here; and what it finds no memory for.
 */
export const macsecUnsent: Rule = {
  id: "R176",
  title: "No association of macsec to send by",
  statement:
    "Freed as a drop by macsec's transmit function, and with all that macsec adds no larger than the device " +
    "below takes, as far as that device is known: `macsec-refused`, likely, because what it finds no memory " +
    "for it frees there, too.",
  yields: ["macsec-refused"],
  judge(subject) {
    const { event, node, netns, before, link } = subject;
    if (!isRefusedByMacsecSender(event)) return null;
    const below = link?.peerNetns === undefined
      ? before?.links.find(({ ifindex }) => ifindex === link?.peerIfindex)
      : undefined;
    const bytes = (event.length ?? 0) + ADDED_BYTES - LINK_HEADER_BYTES;
    if (below !== undefined && bytes > below.mtu) return null;
    return cause(
      "macsec-refused",
      "likely",
      `macsec at ${
        place(subject)
      } sent nothing: it has no association to send by, as none is on or its packet numbers are used up`,
      [
        eventEvidence(subject),
        ...below === undefined ? [] : [stateEvidence(
          node,
          `${below.name} below it takes ${below.mtu} bytes, and the frame had ${event.length}`,
        )],
      ],
      command(node, netns, ["ip", "macsec", "show", device(link?.name)]),
    );
  },
};
