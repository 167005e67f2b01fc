/** A header whose checksum is wrong. */
import { isChecksumError, isOfIpHeader } from "../../kernel/sockets.ts";
import { place } from "../evidence.ts";
import { namedReason } from "../shared/named_reason.ts";

/** The checksum of the IP header, or of what it carries, is wrong. */
export const checksumInvalid = namedReason({
  code: "checksum-invalid",
  holds: isChecksumError,
  says: (subject) =>
    `the ${isOfIpHeader(subject.event) ? "IP header" : "transport"} checksum is wrong at ${
      place(subject)
    }`,
});
