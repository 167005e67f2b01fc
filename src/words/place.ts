/** Names of places: where a packet was seen. A further part of a name is added here. */
import { holderWords } from "../event/holder_names.ts";
import { placeText } from "../event/place.ts";
import type { Hop } from "../event/report.ts";
import type { Writing } from "./writing.ts";

/** What of a hop says where it was. */
export type Place = Pick<Hop, "device" | "node"> & Room;

/** What of a hop says in which network namespace it was, and whose that is. */
export type Room = Pick<Hop, "netns" | "pod" | "container" | "unit" | "own">;

/** How many characters of each part of a place's name are shown. */
export interface PlaceLengths {
  /** Characters. */
  deviceMax: number;
  /** Characters. */
  netnsMax: number;
  /** Characters. */
  nodeMax: number;
}

/** `pod`, or `netns 4026532281`: the report has an inode where a namespace has no name. */
export const netnsName = (netns: string): string => /^\d+$/.test(netns) ? `netns ${netns}` : netns;

/** `pod shop/checkout-0`, `container web`, a namespace's name; undefined of the node's own. */
export function roomName(room: Room): string | undefined {
  return holderWords(room) ?? (isOwn(room) ? undefined : netnsName(room.netns));
}

/** The node's own, and nobody gave it another name. */
const isOwn = ({ own, netns }: Room) => own === true && /^\d+$/.test(netns);

/** The same where it stands by itself: the node's own is the `host network`. */
export const roomWords = (room: Room): string => roomName(room) ?? "host network";

/** `eth0 in pod on worker`, `eth0 on worker`. */
export function placeName(
  place: Place,
  { text }: Pick<Writing, "text">,
  { deviceMax, netnsMax, nodeMax }: PlaceLengths,
): string {
  const { device, node } = place;
  const room = roomName(place);
  return placeText({
    device: device === "" ? "" : text(device, deviceMax),
    netns: room === undefined ? undefined : text(room, roomMax(place, netnsMax)),
    node: text(node, nodeMax),
  });
}

/** `vxlan0 @ podvm/podns`, for a list in which it stands beside other words. */
export function placeShort(
  place: Place,
  { text }: Pick<Writing, "text">,
  { deviceMax, netnsMax, nodeMax }: PlaceLengths,
): string {
  const { device, netns, node, pod, container, unit } = place;
  const at = `${text(device, deviceMax)} @ ${text(node, nodeMax)}`;
  if (isOwn(place)) return at;
  return `${at}/${text(pod ?? container ?? unit ?? netns, roomMax(place, netnsMax))}`;
}

/** A pod, a container, a unit is told by the end of its name: characters shown of one, at the least. */
const HOLDER_MAX = 64;

/** How many characters of a room's name are shown, where `netnsMax` of a namespace's own name are. */
export const roomMax = (room: Room, netnsMax: number): number =>
  holderWords(room) === undefined ? netnsMax : Math.max(netnsMax, HOLDER_MAX);
