/** A segment that is not signed as its socket demands. */
import { type SignatureFault, signatureFault } from "../../kernel/sockets.ts";
import { command } from "../command.ts";
import { eventEvidence, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/** What each fault of a signature means, as the end of a sentence about the socket. */
const SAYS: Record<SignatureFault, string> = {
  missing: "has a key for the sender, and the segment is not signed",
  unexpected: "has no key for the sender, and the segment is signed",
  wrong: "has another key for the sender than the one that the segment is signed with",
  "key-unknown": "has no key of the id that the segment is signed with",
  malformed: "can't read the segment's signature",
};

/**
 * The kernel's own word. What else could look like it: a segment changed on its way, whose signature
 * does not fit either, as by NAT; hence the sentence says what the socket has, and the page of causes
 * what else to look at.
 */
export const tcpSignatureInvalid: Rule = {
  id: "R123",
  statement:
    "The kernel's reason says that the segment's signature (TCP MD5, TCP-AO) is missing, " +
    "wrong or not expected: `tcp-signature-invalid`.",
  yields: ["tcp-signature-invalid"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop") return null;
    const fault = signatureFault(event);
    if (!fault) return null;
    return cause(
      "tcp-signature-invalid",
      "proven",
      `the socket at ${place(subject)} for tcp port ${event.destinationPort} ${SAYS[fault]}`,
      [eventEvidence(subject)],
      command(subject.node, subject.netns, ["ss", "-anti", `sport = :${event.destinationPort}`]),
    );
  },
};
