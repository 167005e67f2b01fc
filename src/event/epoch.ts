/**
 * The epoch of a packet: high bits of a number that no hop changes and that grows as its flow goes on.
 * `bpf/lib/count.bt` counts packets by it, so both say the same of a packet. Rule O23.
 */
import type { Event } from "./event.ts";

const TCP = 6;
/** So many IP ids, or sequence numbers of echoes, are of one epoch. */
export const EPOCH_NUMBERS = 2_048;
const ICMP: readonly (number | undefined)[] = [1, 58];

/**
 * 0 to 31 of 2,048 IP ids, or of as many sequence numbers of echoes; 64 to 127 of 64 MiB of TCP's
 * sequence numbers; 128 to 191 of as many that a segment without data acknowledges. Where nothing is
 * numbered 0.
 */
export function epochOf(event: Event): number {
  const { protocol, payload = 0, gsoSize } = event;
  if (protocol === TCP) {
    const isData = payload > 0 || gsoSize !== undefined;
    const number = isData ? event.tcpSequence : event.tcpAcknowledgement;
    return (isData ? 64 : 128) + ((number ?? 0) >>> 26);
  }
  return Math.floor((numberOf(event) ?? 0) / EPOCH_NUMBERS);
}

/** What numbers packets of the flow, 0 to 65,535: the sequence of an echo, or an IP id; undefined: nothing or TCP. */
export function numberOf({ protocol, network, ipId, icmpSequence }: Event): number | undefined {
  if (protocol === TCP) return undefined;
  if (ICMP.includes(protocol)) return icmpSequence;
  // An id of 0 is none.
  return network === "ip4" && ipId !== 0 ? ipId : undefined;
}
