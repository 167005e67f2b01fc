/** Names of places: where a packet was seen. A further part of a name is added here. */
import { placeText } from "../event/place.ts";
import type { Hop } from "../event/report.ts";
import type { Writing } from "./writing.ts";

/** What of a hop says where it was. */
export type Place = Pick<Hop, "device" | "netns" | "node">;

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

/** `eth0 in pod on worker`. */
export function placeName(
  { device, netns, node }: Place,
  { text }: Pick<Writing, "text">,
  { deviceMax, netnsMax, nodeMax }: PlaceLengths,
): string {
  return placeText({
    device: device === "" ? "" : text(device, deviceMax),
    netns: text(netnsName(netns), netnsMax),
    node: text(node, nodeMax),
  });
}

/** `vxlan0 @ podvm/podns`, for a list in which it stands beside other words. */
export function placeShort(
  { device, netns, node }: Place,
  { text }: Pick<Writing, "text">,
  { deviceMax, netnsMax, nodeMax }: PlaceLengths,
): string {
  return `${text(device, deviceMax)} @ ${text(node, nodeMax)}/${text(netns, netnsMax)}`;
}
