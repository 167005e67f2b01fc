/** What to do about a device or a route that is too small for a packet. */
import type { Link, Route } from "../../../event/state.ts";
import type { NodeView } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { device } from "../word.ts";
import { checked } from "./checked.ts";
import { peerOf } from "./peer.ts";
import { lastState } from "../../view/state_view.ts";

/** A device of a node, and where it is. */
export interface Place {
  node: NodeView;
  /** Inode of the network namespace. */
  netns: number | undefined;
  link: Link;
}

/**
 * Both ends of a virtual cable, or a bridge, are told to carry so many bytes. What is behind another
 * device (a switch, a tunnel's underlay) may be smaller than it: then the device is only shown.
 */
export function largerMtu(nodes: readonly NodeView[], place: Place, size: number): string[] {
  const { node, netns, link } = place;
  const peer = link.kind === "veth" ? peerOf(nodes, node, netns, link) : null;
  const ends = [place, ...(peer ? [peer] : [])].filter((end) => end.link.mtu < size);
  const isKnown = link.kind === "bridge" || peer !== null;
  const lines = isKnown ? ends.map((end) => enlarged(end, size)) : [];
  if (lines.length > 0 && lines.every((line) => line.length > 0)) return lines.flat();
  return command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)]);
}

function enlarged({ node, netns, link: { name } }: Place, size: number): string[] {
  return checked({
    ...{ node, netns },
    state: lastState(node, netns),
    changes: [{ do: "set-mtu", device: name, mtu: size }],
    passes: ({ links }) => links.some((link) => link.name === name && link.mtu >= size),
  });
}

/** A route's own MTU is raised where its device carries as much. */
export function largerRouteMtu({ node, netns, link }: Place, route: Route, size: number): string[] {
  const state = lastState(node, netns);
  const isSame = (other: Route) =>
    other.destination === route.destination && other.table === route.table &&
    other.device === route.device && other.metric === route.metric;
  const now = state?.routes.find(isSame);
  return now && link.mtu >= size && !link.tunnel
    ? checked({
      ...{ node, netns, state },
      changes: [{ do: "set-route-mtu", route: now, mtu: size }],
      passes: ({ routes }) => (routes.find(isSame)?.mtu ?? 0) >= size,
    })
    : command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)]);
}
