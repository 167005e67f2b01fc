/** Transport protocols as sentences and `ss` name them. */
import { TCP } from "../../kernel/protocols.ts";
import type { Case } from "../case.ts";

/** `tcp` or `udp`: what a socket's packet is, when it is not TCP. */
export const protocolName = (subject: Case): string =>
  subject.event.protocol === TCP ? "tcp" : "udp";
