/** Shapers of devices, as the state has them. */
import type { Qdisc } from "../../event/state.ts";
import { SHAPERS } from "../kernel/queues.ts";
import { stateAfter, stateAt } from "./state_view.ts";
import type { Sighting } from "./timeline.ts";

/** The shaper of the device that a packet was on; null: none was read. */
export function shaperAt({ node, netns, device: name, at }: Sighting): Qdisc | null {
  const state = stateAfter(node, netns, at);
  return state?.qdiscs.find(({ device, kind }) => device === name && SHAPERS.has(kind)) ?? null;
}

/** Whether a port of the device, as of a bridge or a bond, keeps packets for a rate or a delay. */
export function isShapedBehind({ node, netns, ifindex, at }: Sighting): boolean {
  const state = stateAfter(node, netns, at) ?? stateAt(node, netns, at);
  const ports = new Set(
    state?.links.filter(({ masterIfindex }) => masterIfindex === ifindex).map(({ name }) => name),
  );
  return state?.qdiscs.some(({ device, kind }) => ports.has(device) && SHAPERS.has(kind)) ?? false;
}
