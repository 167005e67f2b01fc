/**
 * Events as earlier versions spelled them, lifted to how they are spelled now. Batches in archives
 * and stores keep their old lines for as long as they are kept.
 */
import type { Event, EventKind } from "./event.ts";

/** `AF_PACKET`: the address family of the sockets that tcpdump and its like read. */
export const AF_PACKET = 17;

/** Until 0.1.0 `reason` carried words of lasthop's own beside the kernel's: now they are columns. */
const LIFTS: Partial<Record<EventKind, (event: Event, reason: string) => boolean>> = {
  "icmp-error": (event, reason) => {
    const [, type, code] = /^ICMP_(\d{1,3})_(\d{1,3})$/.exec(reason) ?? [];
    if (type === undefined) return false;
    event.sentIcmpType = Number(type);
    event.sentIcmpCode = Number(code);
    return true;
  },
  deliver: (event, reason) => {
    if (reason !== "TAP") return false;
    event.socketFamily = AF_PACKET;
    return true;
  },
};

/** Lifts an event in place, and returns it. */
export function lifted(event: Event): Event {
  if (event.reason !== undefined && LIFTS[event.kind]?.(event, event.reason)) delete event.reason;
  return event;
}

/** Whether an event of this kind that has a `reason` may be spelled in an earlier way. */
export const isLifted = (kind: EventKind): boolean => LIFTS[kind] !== undefined;
