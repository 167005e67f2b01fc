/** What to do about a tunnel's other end that can't be reached. */
import { lookUpRoute } from "../../view/routing.ts";
import { ownersOf, stateAt } from "../../view/state_view.ts";
import { finding, seenOn } from "../../view/finding.ts";
import type { NodeView, Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import type { Change } from "../shared/change.ts";
import { checked, lookAt } from "../shared/checked.ts";
import { type Encapsulated, lastOuter } from "../shared/encapsulation.ts";
import { endpointOf, leadsTo, toEndpoint } from "../shared/tunnel_way.ts";
import { address, device } from "../word.ts";

/**
 * An end that a probed node has stays: what is wrong on the way to it is repaired (`inner`). Whether
 * it is an address that others reach, as from behind NAT, is a thing to look at. One that nobody has is changed to an address of the inner destination's node that reaches it. Else
 * the way is shown.
 */
export function endpointRemedy(
  subject: Case,
  way: Encapsulated,
  inner: readonly string[],
): string[] {
  const { at } = way;
  const outer = lastOuter(subject) ?? at ?? subject.event;
  const look = command(outer.node, outer.netns, ["ip", "route", "get", address(way.destination)]);
  const [there] = ownersOf(subject.world.network, way.destination);
  if (there || !at) {
    return inner.length > 0 ? [...inner] : [...keeper(way, there?.node.name), ...look];
  }
  const host = ownersOf(subject.world.network, at.destination ?? "").find(({ node }) =>
    node !== at.node
  );
  const endpoint = host && reachableAddress(at, host.node);
  const lines = endpoint === undefined ? [] : endpointFix(at, way, endpoint);
  const told = keeper(way, host?.node.name);
  if (lines.length > 0) return [...told, ...lines];
  const show = way.entry
    ? ["bridge", "fdb", "show", "dev", device(at.device)]
    : ["ip", "-d", "link", "show", "dev", device(at.device)];
  return [...told, ...look, ...command(at.node, at.netns, show)];
}

function endpointFix(at: Sighting, way: Encapsulated, endpoint: string): string[] {
  const { node, netns, device: name = "", destinationMac: mac } = at;
  const state = stateAt(node, netns, at.at);
  if (!state || endpoint === way.destination) return [];
  const isFdb = way.entry !== undefined && mac !== undefined;
  const changes: Change[] = isFdb
    ? toEndpoint(state, name, mac, endpoint)
    : way.link?.tunnel?.remote
    ? [{ do: "set-remote", device: name, kind: way.link.kind, remote: endpoint }]
    : [];
  return checked({
    ...{ node, netns, state, changes },
    passes: (after) => {
      const remote = after.links.find((link) => link.name === name)?.tunnel?.remote;
      const leads = isFdb ? leadsTo(after, name, mac, endpoint) : remote === endpoint;
      const isHere = way.link?.tunnel?.underlayNetns === undefined;
      const { route } = lookUpRoute(after, { destination: endpoint });
      return leads && (!isHere || route?.type === "unicast");
    },
  });
}

/** Packets that came in a tunnel. */
const tunnelled = finding(({ kind, tunnelSource }) =>
  kind === "device-rx" && tunnelSource !== undefined ? "" : undefined
);

/** The source that the node's own packets arrive with here, else what its device of this tunnel has. */
function reachableAddress(at: Sighting, host: NodeView): string | undefined {
  const isOwn = ({ source }: Sighting) => ownersOf([host], source ?? "").length > 0;
  const arrived = seenOn(at.node, tunnelled, "").find(isOwn);
  const link = stateAt(at.node, at.netns, at.at)?.links.find(({ ifindex }) =>
    ifindex === at.ifindex
  );
  return arrived?.tunnelSource ?? (link && endpointOf(host, link.kind, link.tunnel?.id));
}

/** Flannel makes the entry of what a node says of itself. */
function keeper({ entry }: Encapsulated, host: string | undefined): string[] {
  if (!entry || !/^flannel[.-]/.test(entry.device)) return [];
  return lookAt(
    `flannel takes this end from node ${host ?? "of the destination"}, which says it in its ` +
      "annotation flannel.alpha.coreos.com/public-ip: where that is wrong, set " +
      "flannel.alpha.coreos.com/public-ip-overwrite there and restart its flannel",
  );
}
