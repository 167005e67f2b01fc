/** What an skb says of its packet besides headers, by the columns `meta` and `gso` of a line. */
import { PACKET_TYPES } from "../../event/columns.ts";
import type { Event } from "../../event/event.ts";

/** Whom it is for, its VLAN, what it is to be cut into, and of a drop the firewall's mark. */
export function readMeta(event: Event, meta: string, gso: string): void {
  const bits = parseInt(meta, 16);
  event.packetType = PACKET_TYPES[bits & 7]!;
  const vlan = (bits >>> 8) & 0xfff;
  if (vlan !== 0) event.vlan = vlan;
  const sizes = parseInt(gso.slice(-8), 16);
  if ((sizes & 0xffff) !== 0) {
    event.gsoSize = sizes & 0xffff;
    event.gsoSegments = sizes >>> 16;
  }
  // Where packets are marked all are: on each line of one it would take room for what decides once.
  if (event.kind === "drop" && gso.length > 8) event.firewallMark = parseInt(gso.slice(0, -8), 16);
}

/** A card that takes what another one has not cut says how long a segment is, and not how many there are. */
export function noteSegments(event: Event): void {
  const { protocol, payload = 0, gsoSize = 0, gsoSegments } = event;
  if (gsoSegments === 0 && protocol === 6 && payload > 0) {
    event.gsoSegments = Math.ceil(payload / gsoSize);
  }
}
