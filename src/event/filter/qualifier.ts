/** The words before a value in a filter: `tcp src port` of `tcp src port 80`. */
import type { ReportField, Side } from "./ast.ts";

/** What stands before a value, or is implied from the term before. */
export interface Qualifier {
  /** The protocol word: `ip`, `ip6`, `arp`, `tcp`, `udp`, `sctp`. */
  protocol?: string;
  side: Side;
  /** Absent: an address, or a network when it has a mask. */
  type?: "host" | "net" | "port" | "portrange" | "proto" | ReportField;
}
