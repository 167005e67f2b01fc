/** A frame that a bridge sent to no port, because the one that leads on does not have its VLAN. Rule O4. */
import type { Step } from "../correlate/steps.ts";
import { isFloodedToNoPort } from "../kernel/bridge.ts";
import { allowsVlan, filtersVlans, portsTowards, vlanAtPort } from "../view/bridge_vlans.ts";
import { holdersOfMac, linkOf, stateAt } from "../view/state_view.ts";
import type { NodeView } from "../view/timeline.ts";
import { frameMac } from "./unwatched_host.ts";

/**
 * [O4] What a bridge floods to no port is mostly a copy of a frame that went right elsewhere. It is the
 * packet where its MAC is at the other end of a port of this very bridge, as read there, and the bridge
 * filters VLANs and that port does not have the frame's.
 */
export function isKeptByVlan(step: Step, nodes: readonly NodeView[]): boolean {
  const { event } = step;
  const mac = frameMac(step);
  if (mac === undefined || !isFloodedToNoPort(event)) return false;
  const state = stateAt(event.node, event.netns, event.at);
  const port = linkOf(state, event.ifindex);
  const bridge = state?.links.find(({ ifindex }) => ifindex === port?.masterIfindex);
  if (!state || !port || !filtersVlans(bridge)) return false;
  const id = vlanAtPort(port, event.vlan);
  const holders = holdersOfMac(nodes, mac);
  const leading = portsTowards(state, bridge.ifindex, holders);
  return id !== undefined && holders.length > 0 && leading.length === holders.length &&
    leading.every((out) => out.ifindex !== port.ifindex && !allowsVlan(out, id));
}
