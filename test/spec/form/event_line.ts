/** One line under `-- events --` to an event. What words there are: `README.md`. */
import { EVENT_KINDS } from "../../../src/event/kinds.ts";
import { type Column, COLUMNS, PACKET_TYPES, TUNNEL_KINDS } from "../../../src/event/columns.ts";
import type { Event, TunnelKind } from "../../../src/event/event.ts";
import { ECHOES, flagBits, FLAGS, PACKET, PROTOCOLS, SHORT } from "./event_words.ts";
import type { SpecNode } from "./node.ts";
import { parseTuple } from "./tuple.ts";
import { group, integer, MAC, nanoseconds, SpecError, unquoted, wordsOf } from "./words.ts";

/** Columns of the latest line of each skb: by its name, and by that on a node. */
export type Packets = Map<string, Partial<Event>>;

export function parseEvent(words: string[], node: SpecNode, packets: Packets): Event {
  const [kind, time, ...rest] = words;
  if (!EVENT_KINDS.includes(kind as Event["kind"])) {
    throw new SpecError(`"${kind}" is no kind of event, must be one of ${EVENT_KINDS.join(", ")}`);
  }
  const said: Partial<Event> = {};
  let like: string | undefined;
  let isNew = false;
  for (const word of rest) {
    if (word === "new") isNew = true;
    else if (word.startsWith("of=")) like = word.slice(3);
    else readWord(word, said, node);
  }
  like ??= isNew ? undefined : `${node.name} ${said.skb}`;
  const event: Event = {
    kind: kind as Event["kind"],
    timeNs: node.attachedNs + nanoseconds(time ?? ""),
    cpu: 0,
    ...inherited(like === undefined ? undefined : packets.get(like)),
    ...said,
  };
  if (said.skb !== undefined) {
    if (event.head === undefined) event.head = said.skb;
    packets.set(said.skb, event).set(`${node.name} ${said.skb}`, event);
  }
  return event;
}

function inherited(from: Partial<Event> | undefined): Partial<Event> {
  if (!from) return {};
  return Object.fromEntries(
    PACKET.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]),
  );
}

function readWord(word: string, said: Partial<Event>, node: SpecNode): void {
  const braces = group(word);
  if (braces) return readGroup(braces.name, braces.inside, said);
  const macs = word.split(">");
  if (macs.length === 2 && macs.every((mac) => MAC.test(mac))) {
    [said.sourceMac, said.destinationMac] = macs as [string, string];
    return;
  }
  const tuple = parseTuple(word);
  if (tuple) {
    const { protocol, ...ends } = tuple;
    Object.assign(said, ends, { network: networkOf(tuple.source, protocol) });
    if (protocol !== undefined && protocol !== "arp") {
      said.protocol = PROTOCOLS[protocol] ?? integer(protocol, "the protocol");
    }
    return;
  }
  if (/^[\w.]+\(\)$/.test(word)) said.function = word.slice(0, -2);
  else if (/^[A-Z][A-Z0-9_]+$/.test(word)) said.reason = word;
  else if (PACKET_TYPES.includes(word as NonNullable<Event["packetType"]>)) {
    said.packetType = word as NonNullable<Event["packetType"]>;
  } else if (/^[\w.-]+:[^=]*$/.test(word)) readPlace(word, said, node);
  else readColumn(word, said);
}

const networkOf = (address: string, protocol: string | undefined) =>
  protocol === "arp" ? "arp" : address.includes(":") ? "ip6" : "ip4";

/** `pod:eth0`, `pod:` without a device, `pod:eth0/2` where no state tells the number. */
function readPlace(word: string, said: Partial<Event>, node: SpecNode): void {
  const [name, device] = [word.slice(0, word.indexOf(":")), word.slice(word.indexOf(":") + 1)];
  const netns = node.netns.find((known) => known.name === name || String(known.inode) === name);
  if (!netns) throw new SpecError(`${node.name} has no netns "${name}", must be declared`);
  said.netns = netns.inode;
  if (device === "") return;
  const [text, number] = device.split("/");
  said.device = text!;
  const link = node.states.filter((state) => state.netns === netns.inode)
    .flatMap((state) => state.links).find((known) => known.name === text);
  if (number === undefined && !link) {
    throw new SpecError(`${node.name} ${name} has no link "${text}", must be declared`);
  }
  if (number !== "") said.ifindex = number === undefined ? link!.ifindex : integer(number, word);
}

/** `vxlan{…}` outer header, `ct{…}` connection, `about{…}` what an ICMP error quotes. */
function readGroup(name: string, inside: string, said: Partial<Event>): void {
  const [first = "", ...rest] = wordsOf(inside);
  const options = new Map(
    rest.filter((word) => word.includes("=")).map((word) => {
      const [key, value] = word.split("=");
      return [key!, integer(value, `"${key}"`)];
    }),
  );
  const set = (column: keyof Event, value: unknown) =>
    value !== undefined && Object.assign(said, { [column]: value });
  if (TUNNEL_KINDS.includes(name as TunnelKind)) {
    const outer = parseTuple(rest[0] ?? "") ?? parseTuple(first);
    if (!outer) throw new SpecError(`"${inside}" is no outer header, must be like "1 A:P>B:P"`);
    said.tunnelKind = name as TunnelKind;
    set("tunnelId", /^\d+$/.test(first) ? Number(first) : undefined);
    set("tunnelSource", outer.source);
    set("tunnelDestination", outer.destination);
    set("tunnelSourcePort", outer.sourcePort);
    set("tunnelDestinationPort", outer.destinationPort);
    set("tunnelIpId", options.get("id"));
    set("tunnelTtl", options.get("ttl"));
    return;
  }
  const tuple = parseTuple(name === "ct" ? rest[0] ?? "" : first);
  if (!tuple) throw new SpecError(`"${inside}" has no end points, must be like "A:P>B:P"`);
  if (name === "ct") {
    said.conntrackDirection = first as "original" | "reply";
    set("conntrackSource", tuple.source);
    set("conntrackDestination", tuple.destination);
    set("conntrackSourcePort", tuple.sourcePort ?? options.get("id"));
    set("conntrackDestinationPort", tuple.destinationPort);
    set("conntrackStatus", options.get("status"));
    return;
  }
  if (name !== "about") throw new SpecError(`"${name}" is no group, must be a tunnel, ct or about`);
  set("quotedSource", tuple.source);
  set("quotedDestination", tuple.destination);
  set("quotedSourcePort", tuple.sourcePort ?? options.get("echo"));
  set("quotedDestinationPort", tuple.destinationPort);
  set("quotedProtocol", PROTOCOLS[tuple.protocol ?? ""]);
  set("quotedIpId", options.get("id"));
}

function readColumn(word: string, said: Partial<Event>): void {
  const at = word.indexOf("=");
  const [name, text] = [word.slice(0, at), unquoted(word.slice(at + 1))];
  if (at < 1) throw new SpecError(`"${word}" means nothing here, must be a word of README.md`);
  const echo = ECHOES[name];
  if (echo || name === "icmp") {
    const [left, right] = text.split("/").map((part) => integer(part, word)) as [number, number];
    if (!echo) return void Object.assign(said, { icmpType: left, icmpCode: right ?? 0 });
    const icmpType = said.network === "ip6" || said.protocol === 58 ? echo[1] : echo[0];
    return void Object.assign(said, { icmpType, icmpCode: 0, icmpId: left, icmpSequence: right });
  }
  if (name === "flags") {
    const bits = flagBits(text);
    if (bits === null) throw new SpecError(`"${word}" must have letters of ${FLAGS}`);
    return void (said.tcpFlags = bits);
  }
  const column = (COLUMNS as readonly Column[])
    .find((known) => known.name === (SHORT[name] ?? name));
  if (!column) throw new SpecError(`"${name}" is no column, must be one of docs/event.md`);
  Object.assign(said, { [column.name]: column.type === "uint" ? integer(text, word) : text });
}
