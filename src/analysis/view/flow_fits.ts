/** Whether a packet fits what a flow of the datapath matches. */
import type { Event } from "../../event/event.ts";
import { fieldsOf } from "../../event/openvswitch_fields.ts";
import { parseAddress } from "./address.ts";

type Packet = Partial<Event>;

/**
 * False where a field of the match is another than the packet's; a field of which nothing is known
 * does not count. `tunnel` is the packet while its tunnel was around it.
 */
export const fits = (match: string, packet: Packet, tunnel: Packet | undefined): boolean =>
  fieldsOf(match).every((field) => checked(field, packet, tunnel) !== false);

/**
 * True where each field of the match is known of the packet, and is its own, and it had not gone through
 * other flows before. Flows of a datapath do not overlap (ovs-vswitchd makes them so), so that it met no
 * other one.
 */
export const fitsAlone = (match: string, packet: Packet): boolean =>
  fieldsOf(match).every((field) =>
    field === "recirc_id(0)" || checked(field, packet, undefined) === true
  ) && match.includes("recirc_id(0)");

function checked(field: string, packet: Packet, tunnel: Packet | undefined): boolean | undefined {
  const [, name = "", inside = ""] = /^(\w+)\((.*)\)$/.exec(field) ?? [];
  return own(FIELDS, name)?.(inside, packet, tunnel);
}

/** Names come from outside: one may be that of something which every object has. */
const own = <T>(table: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** Undefined: nothing is known of it. */
type Check = (inside: string, packet: Packet, tunnel: Packet | undefined) => boolean | undefined;

/** Of a field with parts: how each is compared. */
const parts =
  (checks: Record<string, (value: string, packet: Packet) => boolean | undefined>): Check =>
  (inside, packet) => {
    const answers = fieldsOf(inside).map((part) => {
      const at = part.indexOf("=");
      return own(checks, part.slice(0, at))?.(part.slice(at + 1), packet);
    });
    if (answers.includes(false)) return false;
    return answers.includes(undefined) ? undefined : true;
  };

const ports = (protocol: number): Check => {
  const each = parts({
    src: (value, { sourcePort }) => isNumber(value, sourcePort),
    dst: (value, { destinationPort }) => isNumber(value, destinationPort),
  });
  return (inside, packet, tunnel) => ofProtocol(protocol, packet, each(inside, packet, tunnel));
};

/** What its fields say, of a packet of this protocol; false of one of another. */
function ofProtocol(
  protocol: number,
  packet: Packet,
  fields: boolean | undefined,
): boolean | undefined {
  if (isOther(packet.protocol, protocol)) return false;
  return packet.protocol === undefined && fields ? undefined : fields;
}

const icmp = (protocol: number): Check => {
  const each = parts({
    type: (value, { icmpType }) => isNumber(value, icmpType),
    code: (value, { icmpCode }) => isNumber(value, icmpCode),
  });
  return (inside, packet, tunnel) => ofProtocol(protocol, packet, each(inside, packet, tunnel));
};

const network = (kind: Event["network"]): Check => {
  const each = parts({
    src: (value, { source }) => isAddress(value, source),
    dst: (value, { destination }) => isAddress(value, destination),
    sip: (value, { source }) => isAddress(value, source),
    tip: (value, { destination }) => isAddress(value, destination),
    op: (value, { arpOperation }) => isNumber(value, arpOperation),
    proto: (value, { protocol }) => isNumber(value, protocol),
    ttl: (value, { ttl }) => isNumber(value, ttl),
    hlimit: (value, { ttl }) => isNumber(value, ttl),
    // Of one that is a fragment which one it is does not matter here.
    frag: (value, { network, fragmentOffset }) =>
      value !== "no" || network === undefined || fragmentOffset !== undefined ? undefined : true,
  });
  return (inside, packet, tunnel) =>
    isOther(packet.network, kind) ? false : each(inside, packet, tunnel);
};

const ETHER_TYPES: Record<number, Event["network"]> = {
  ...{ 0x0800: "ip4", 0x86dd: "ip6", 0x0806: "arp" },
};

const FIELDS: Record<string, Check> = {
  in_port: (inside, { device }) => device === undefined ? undefined : inside === device,
  eth: parts({
    src: (value, { sourceMac }) => isMac(value, sourceMac),
    dst: (value, { destinationMac }) => isMac(value, destinationMac),
  }),
  eth_type: (inside, packet) =>
    // Of a tagged frame this is the tag's type.
    packet.network === undefined || packet.vlan !== undefined
      ? undefined
      : ETHER_TYPES[Number(inside)] === packet.network,
  ipv4: network("ip4"),
  ipv6: network("ip6"),
  arp: network("arp"),
  tcp: ports(6),
  udp: ports(17),
  sctp: ports(132),
  icmp: icmp(1),
  icmpv6: icmp(58),
  tunnel: (inside, _packet, tunnel) => tunnel === undefined ? undefined : inTunnel(inside, tunnel),
};

const inTunnel = (inside: string, tunnel: Packet) =>
  parts({
    tun_id: (value, { tunnelId }) => isNumber(value, tunnelId),
    src: (value, { tunnelSource }) => isAddress(value, tunnelSource),
    dst: (value, { tunnelDestination }) => isAddress(value, tunnelDestination),
  })(inside, tunnel, undefined);

const isOther = <T>(known: T | undefined, wanted: T) => known !== undefined && known !== wanted;

/** A value, and a mask behind a slash where not all of it counts. */
const masked = (text: string) => text.split("/") as [value: string, mask?: string];

/** `443`, `0x50/0xfff0`. */
function isNumber(text: string, known: number | undefined): boolean | undefined {
  if (known === undefined) return undefined;
  const [value, mask] = masked(text);
  try {
    const bits = mask === undefined ? ~0n : BigInt(mask);
    return (BigInt(value) & bits) === (BigInt(known) & bits);
  } catch {
    return undefined;
  }
}

/** `10.96.0.1/255.192.0.0`, `fd00::/ffff::`. */
function isAddress(text: string, known: string | undefined): boolean | undefined {
  if (known === undefined) return undefined;
  const [first, second] = masked(text);
  const [value, address] = [parseAddress(first), parseAddress(known)];
  const mask = second === undefined ? undefined : parseAddress(second);
  if (!value || !address || mask === null) return undefined;
  if (value.bits !== address.bits) return false;
  const bits = mask === undefined ? -1n : mask.value;
  return (value.value & bits) === (address.value & bits);
}

/** `02:00:00:00:00:31`, `01:00:00:00:00:00/01:00:00:00:00:00`. */
function isMac(text: string, known: string | undefined): boolean | undefined {
  if (known === undefined) return undefined;
  const number = (mac: string) => BigInt(`0x${mac.replaceAll(":", "")}`);
  const [value, mask] = masked(text);
  try {
    const bits = mask === undefined ? -1n : number(mask);
    return (number(value) & bits) === (number(known) & bits);
  } catch {
    return undefined;
  }
}
