/** Shapers of devices, as the state has them. */
import type { Qdisc } from "../../event/state.ts";
import { SHAPERS } from "../kernel/queues.ts";
import { stateAfter } from "./state_view.ts";
import type { Sighting } from "./timeline.ts";

/** The shaper of the device that a packet was on; null: none was read. */
export function shaperAt({ node, netns, device: name, at }: Sighting): Qdisc | null {
  const state = stateAfter(node, netns, at);
  return state?.qdiscs.find(({ device, kind }) => device === name && SHAPERS.has(kind)) ?? null;
}
