/** An event as a line under `-- events --`, saying only what the line before of its skb did not. */
import type { Event } from "../../../src/event/event.ts";
import { type Column, COLUMNS } from "../../../src/event/columns.ts";
import { ECHOES, flagLetters, PACKET, SHORT } from "./event_words.ts";
import { protocolWord, type Tuple, tupleText } from "./tuple.ts";
import { quoted, timeText } from "./words.ts";

export interface Context {
  attachedNs: bigint;
  netnsName: (inode: number) => string;
  /** Whether the state of that netns has the device under that number. */
  isKnown: (netns: number, device: string, ifindex: number | undefined) => boolean;
  /** The latest event of each skb. */
  latest: Map<string, Event>;
}

export function eventText(event: Event, context: Context): string {
  const before = event.skb === undefined ? undefined : context.latest.get(event.skb);
  const words: string[] = [event.kind, timeText(event.timeNs - context.attachedNs)];
  const left = new Map(Object.entries(event).filter(([, value]) => value !== undefined));
  const take = (...names: (keyof Event)[]) => names.forEach((name) => left.delete(name));
  take("kind", "timeNs", ...(event.cpu === 0 ? ["cpu" as const] : []));
  const from = before && isSamePacket(before, event) ? before : undefined;
  const isNew = event.network === "arp" || (before !== undefined && from === undefined);
  if (event.skb !== undefined) words.push(`skb=${event.skb}`, ...(isNew ? ["new"] : []));
  take("skb");
  if (event.head === (from?.head ?? event.skb)) take("head");
  words.push(...placeWords(event, context, take));
  if (event.sourceMac && event.destinationMac) {
    words.push(`${event.sourceMac}>${event.destinationMac}`);
    take("sourceMac", "destinationMac");
  }
  words.push(...tupleWords(event, from, take));
  if (event.tcpFlags !== undefined && event.tcpFlags !== from?.tcpFlags) {
    words.push(`flags=${flagLetters(event.tcpFlags)}`);
  }
  take("tcpFlags");
  words.push(...icmpWords(event, from, take));
  words.push(...groupWords(event, take));
  for (const name of PACKET) if (from?.[name] === event[name]) take(name);
  // The checksum decides nothing, nor does the length of the frame where the packet's is known.
  take("checksum", ...(event.ipLength === undefined ? [] : ["length" as const]));
  if (event.packetType !== undefined) words.push(event.packetType);
  const last = [
    ...(event.function && /^[\w.]+$/.test(event.function) ? [`${event.function}()`] : []),
    ...(event.reason && /^[A-Z][A-Z0-9_]+$/.test(event.reason) ? [event.reason] : []),
  ];
  if (last[0]?.endsWith(")")) take("function");
  if (last.at(-1) === event.reason) take("reason", "reasonNumber");
  take("packetType");
  for (const column of COLUMNS as readonly Column[]) {
    if (!left.has(column.name)) continue;
    const name = Object.keys(SHORT).find((short) => SHORT[short] === column.name) ?? column.name;
    words.push(`${name}=${quoted(String(left.get(column.name)))}`);
  }
  if (event.skb !== undefined) context.latest.set(event.skb, event);
  return [...words, ...last].join(" ");
}

/** What is said once and holds for the next line of the skb: not for the next packet in it. */
function isSamePacket(before: Event, event: Event): boolean {
  if (event.network === "arp" || PACKET.some((name) => before[name] && event[name] === undefined)) {
    return false;
  }
  return (["ipId", "tcpSequence", "icmpSequence", "payload"] as const)
    .every((name) => before[name] === event[name]);
}

type Take = (...names: (keyof Event)[]) => void;

function placeWords(event: Event, context: Context, take: Take): string[] {
  if (event.netns === undefined) return [];
  take("netns");
  const name = context.netnsName(event.netns);
  if (event.device === undefined) return [`${name}:`];
  take("device", "ifindex");
  const known = context.isKnown(event.netns, event.device, event.ifindex);
  return [`${name}:${event.device}${known ? "" : `/${event.ifindex ?? ""}`}`];
}

const ENDS = ["network", "protocol", "source", "destination", "sourcePort", "destinationPort"];

function tupleWords(event: Event, from: Event | undefined, take: Take): string[] {
  const names = ENDS as (keyof Event)[];
  take(...names);
  if (event.source === undefined || names.every((name) => from?.[name] === event[name])) return [];
  const protocol = event.network === "arp" ? "arp" : protocolWord(event.protocol);
  return [tupleText({ ...event, protocol } as Tuple)];
}

function icmpWords(event: Event, from: Event | undefined, take: Take): string[] {
  const names = ["icmpType", "icmpCode", "icmpId", "icmpSequence"] as const;
  if (event.icmpType === undefined) return [];
  const word = Object.keys(ECHOES).find((name) => ECHOES[name]!.includes(event.icmpType!));
  const isSame = names.every((name) => from?.[name] === event[name]);
  if (word === undefined || event.icmpId === undefined || event.icmpSequence === undefined) {
    take("icmpType", "icmpCode");
    return isSame ? [] : [`icmp=${event.icmpType}/${event.icmpCode ?? 0}`];
  }
  take(...names);
  return isSame ? [] : [`${word}=${event.icmpId}/${event.icmpSequence}`];
}

function groupWords(event: Event, take: Take): string[] {
  const words: string[] = [];
  const option = (name: string, value: number | undefined) =>
    value === undefined ? [] : [`${name}=${value}`];
  if (event.tunnelKind !== undefined) {
    const outer = tupleText({
      source: event.tunnelSource!,
      sourcePort: event.tunnelSourcePort,
      destination: event.tunnelDestination!,
      destinationPort: event.tunnelDestinationPort,
    });
    const id = event.tunnelId === undefined ? [] : [String(event.tunnelId)];
    const rest = [...option("id", event.tunnelIpId), ...option("ttl", event.tunnelTtl)];
    words.push(`${event.tunnelKind}{${[...id, outer, ...rest].join(" ")}}`);
    take("tunnelKind", "tunnelId", "tunnelSource", "tunnelDestination", "tunnelSourcePort");
    take("tunnelDestinationPort", "tunnelIpId", "tunnelTtl");
  }
  if (event.conntrackSource !== undefined && event.conntrackDestination !== undefined) {
    const isEcho = event.conntrackDestinationPort === undefined;
    const known = tupleText({
      source: event.conntrackSource,
      sourcePort: isEcho ? undefined : event.conntrackSourcePort,
      destination: event.conntrackDestination,
      destinationPort: event.conntrackDestinationPort,
    });
    const rest = [
      ...(isEcho ? option("id", event.conntrackSourcePort) : []),
      ...option("status", event.conntrackStatus),
    ];
    words.push(`ct{${[event.conntrackDirection, known, ...rest].join(" ")}}`);
    take("conntrackSource", "conntrackDestination", "conntrackSourcePort", "conntrackStatus");
    take("conntrackDestinationPort", "conntrackDirection");
  }
  if (event.quotedSource !== undefined) {
    const isEcho = event.quotedDestinationPort === undefined;
    const about = tupleText({
      source: event.quotedSource,
      sourcePort: isEcho ? undefined : event.quotedSourcePort,
      destination: event.quotedDestination!,
      destinationPort: event.quotedDestinationPort,
      protocol: protocolWord(event.quotedProtocol),
    });
    const rest = [
      ...(isEcho ? option("echo", event.quotedSourcePort) : []),
      ...option("id", event.quotedIpId),
    ];
    words.push(`about{${[about, ...rest].join(" ")}}`);
    take("quotedSource", "quotedDestination", "quotedSourcePort", "quotedDestinationPort");
    take("quotedProtocol", "quotedIpId");
  }
  return words;
}
