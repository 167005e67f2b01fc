/** What conntrack of a namespace knows of single connections. */
import { z } from "zod";

const name = z.string().max(255);
const address = z.string().max(64);
const count = z.number().int().min(0);

/** One direction of a connection. Of ICMP, `sourcePort` is the id of the echo. */
export const ConnectionTuple = z.object({
  source: address,
  destination: address,
  sourcePort: count.max(65_535).optional(),
  destinationPort: count.max(65_535).optional(),
});

/**
 * An entry of conntrack. Without translation `reply` is `original` the other way round; where they
 * differ, the entry decides to what its packets are translated, whatever the rules say by now.
 */
export const Connection = z.object({
  /** Number of the IP protocol. */
  protocol: count.max(255),
  original: ConnectionTuple,
  reply: ConnectionTuple,
  /** Of TCP and SCTP: `ESTABLISHED`, `TIME_WAIT` … */
  state: name.optional(),
  /** `UNREPLIED`, `ASSURED`, `OFFLOAD` … */
  status: z.array(name).max(16),
  /** Until it is forgotten, when no more packets come. Absent where hardware has the connection. */
  timeoutSeconds: count.optional(),
  /** Since its first packet; told where `net.netfilter.nf_conntrack_timestamp` is set. */
  ageSeconds: count.optional(),
  mark: count.optional(),
  zone: count.optional(),
});

export type ConnectionTuple = z.infer<typeof ConnectionTuple>;
export type Connection = z.infer<typeof Connection>;
