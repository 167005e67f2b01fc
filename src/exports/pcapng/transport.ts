/** Headers of TCP, UDP, SCTP and ICMP, from the fields that an event has. */
import type { Event } from "../../event/event.ts";
import { addressBytes, u16, u32 } from "./bytes.ts";

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMP6 = 58;
const SCTP = 132;

/** Empty where the protocol has no header that was looked at. */
export function transportHeader(event: Event): number[] {
  const { protocol, sourcePort, destinationPort } = event;
  const ports = [...u16(sourcePort), ...u16(destinationPort)];
  const isKnown = sourcePort !== undefined && destinationPort !== undefined;
  if (protocol === TCP && isKnown) return [...ports, ...tcp(event)];
  if (protocol === UDP && isKnown) {
    return [...ports, ...u16(afterIp(event) ?? 8), ...u16(event.checksum)];
  }
  if (protocol === SCTP && isKnown) return ports;
  if ((protocol === ICMP || protocol === ICMP6) && event.icmpType !== undefined) return icmp(event);
  return [];
}

/** Bytes after the IP header, which has no options here. */
function afterIp({ network, ipLength }: Event): number | undefined {
  return ipLength === undefined ? undefined : Math.max(0, ipLength - (network === "ip6" ? 40 : 20));
}

/** What follows the ports. The header's length tells that there were options, which nobody kept. */
function tcp(event: Event): number[] {
  const { tcpSequence, tcpAcknowledgement, tcpFlags = 0, checksum, payload } = event;
  const rest = afterIp(event);
  const bytes = rest === undefined || payload === undefined ? 20 : rest - payload;
  const words = bytes >= 20 && bytes <= 60 ? bytes >> 2 : 5;
  const numbers = [...u32(tcpSequence), ...u32(tcpAcknowledgement)];
  return [...numbers, words << 4, tcpFlags, 0, 0, ...u16(checksum), 0, 0];
}

function icmp(event: Event): number[] {
  const { icmpType = 0, icmpCode = 0, checksum, icmpId, icmpSequence, mtu, network } = event;
  const head = [icmpType, icmpCode, ...u16(checksum)];
  if (icmpId !== undefined) return [...head, ...u16(icmpId), ...u16(icmpSequence)];
  const rest = network === "ip6" ? u32(mtu) : [0, 0, ...u16(mtu)];
  return [...head, ...rest, ...quoted(event)];
}

/** The packet that an ICMP error is about, as far as the error quotes it. */
function quoted(event: Event): number[] {
  const { quotedSource, quotedDestination, quotedProtocol = 0, quotedIpId } = event;
  if (quotedSource === undefined || quotedDestination === undefined) return [];
  const ends = [...addressBytes(quotedSource), ...addressBytes(quotedDestination)];
  const ip = quotedSource.includes(":")
    ? [...u32(0x60000000), 0, 0, quotedProtocol, 0, ...ends]
    : [0x45, 0, 0, 0, ...u16(quotedIpId), 0, 0, 0, quotedProtocol, 0, 0, ...ends];
  const { quotedSourcePort, quotedDestinationPort } = event;
  if (quotedSourcePort === undefined) return ip;
  // The id of an echo stands after type, code and checksum.
  if (quotedProtocol === ICMP || quotedProtocol === ICMP6) {
    return [...ip, quotedProtocol === ICMP ? 8 : 128, 0, 0, 0, ...u16(quotedSourcePort), 0, 0];
  }
  // What follows the ports was not looked at: the frame ends here, as if it was not captured.
  return [...ip, ...u16(quotedSourcePort), ...u16(quotedDestinationPort)];
}
