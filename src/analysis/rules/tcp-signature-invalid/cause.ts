/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "tcp-signature-invalid",
  group: "queues",
  means: "The TCP segment is not signed as the socket demands (MD5 of RFC 2385, or TCP-AO of " +
    "RFC 5925): BGP sessions with a password are. Signature or key are missing, wrong, or not " +
    "expected. The socket answers nothing, so that the other end sees a timeout.",
  knows: "The kernel's reason is one of `TCP_MD5NOTFOUND`, `TCP_MD5UNEXPECTED`, " +
    "`TCP_MD5FAILURE`, or their kin of TCP-AO (`TCP_AONOTFOUND`, `TCP_AOFAILURE` …), which the " +
    "sentence says in words.",
  remedy:
    "Compare the password of both ends, and for which address each has it: the key is looked " +
    "up by the other end's address, which NAT on the way changes; MD5 also signs the addresses, so " +
    "no signed segment survives NAT.",
};
