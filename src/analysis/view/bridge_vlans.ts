/** What a bridge that filters VLANs lets pass by its ports, as their lists were read. */
import type { Link, NetnsState } from "../../event/state.ts";
import type { Owner } from "./state_view.ts";

/** The VLAN that a port puts a frame in as it comes in; undefined: untagged, and the port takes none. */
export const vlanAtPort = ({ vlans }: Link, tag: number | undefined): number | undefined =>
  tag === undefined || tag === 0 ? vlans?.find(({ pvid }) => pvid)?.id : tag;

/** The VLAN is in the port's list. */
export const allowsVlan = ({ vlans }: Link, id: number): boolean =>
  vlans?.some((vlan) => vlan.id <= id && id <= (vlan.idEnd ?? vlan.id)) ?? false;

/** Whether this is a bridge that filters VLANs. */
export const filtersVlans = (bridge: Link | undefined): bridge is Link =>
  bridge?.bridge?.vlanFiltering === true;

/** The ports of a bridge whose other end, a veth device, is one of these. */
export const portsTowards = (
  { links }: NetnsState,
  bridge: number | undefined,
  holders: readonly Owner[],
): Link[] =>
  links.filter((port) =>
    port.bridgePort !== undefined && port.masterIfindex === bridge &&
    holders.some(({ netns, link }) =>
      netns === port.peerNetns && link.ifindex === port.peerIfindex &&
      link.peerIfindex === port.ifindex
    )
  );
