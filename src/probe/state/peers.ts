/** Which netns the other end of a link is in, for every link of several snapshots. */
import type { Link, NetnsState } from "../../event/state.ts";
import type { Kept } from "./kept.ts";
import type { NetnsIds } from "./netns_ids.ts";

/** A snapshot, and behind which nsid the peers of its links are. */
export interface Reading {
  state: NetnsState;
  /** What of it may be kept for the next reading. */
  keepable: Kept;
  netnsids: ReadonlyMap<number, number>;
}

/** Writes `peerNetns` and the underlay of tunnels into the links of all snapshots. */
export function fillPeers(readings: readonly Reading[], ids: NetnsIds): void {
  const linkAt = new Map<string, Link>();
  for (const { state } of readings) {
    for (const link of state.links) linkAt.set(`${state.netns} ${link.ifindex}`, link);
  }
  for (const { state, netnsids } of readings) {
    for (const link of state.links) {
      const netns = ids.get(state.netns)?.get(netnsids.get(link.ifindex) ?? -1);
      if (netns === undefined) continue;
      if (link.peerIfindex !== undefined) link.peerNetns = netns;
      if (!link.tunnel) continue;
      link.tunnel.underlayNetns = netns;
      const lower = linkAt.get(`${netns} ${link.tunnel.underlayIfindex}`);
      if (lower) link.tunnel.underlay = lower.name;
    }
  }
}
