/** Where a question for a link address (ARP, neighbour discovery) ended before it reached the holder. */
import type { Evidence } from "../../../event/report.ts";
import type { Link } from "../../../event/state.ts";
import { isFreedEntering } from "../../kernel/bridge.ts";
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { DEVICE_SCRIPTS, gapOf, since } from "../../view/coverage.ts";
import { allowsVlan, filtersVlans, vlanAtPort } from "../../view/bridge_vlans.ts";
import { linkOf, type Owner, stateAt } from "../../view/state_view.ts";
import type { NodeView, Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { device } from "../word.ts";
import type { Asked } from "./asked.ts";
import { peerOf } from "./peer.ts";
import { died } from "./aside_death.ts";

/**
 * What stopped the question at a watched bridge, when it reached none of `owners`. A bridge sends such
 * a question to each of its ports, and what becomes of the copies to others is no loss: hence only the
 * port counts at whose other end an owner's device is, and a question that was refused as it came in.
 * `questions` are those of the device that asks.
 */
export function stoppedOnTheWay(
  subject: Case,
  hop: string,
  questions: readonly Sighting[],
  owners: readonly Owner[],
): Asked | null {
  for (const owner of owners) {
    const port = portTo(subject, owner);
    const stopped = port &&
      (refused(subject, hop, questions, owner, port) ?? keptBack(hop, questions, owner, port));
    if (stopped) return stopped;
  }
  return null;
}

/** A port of a bridge. */
interface Port {
  node: NodeView;
  netns: number;
  link: Link;
  bridge: Link;
}

/** The port that the owner's device is plugged into. */
function portTo({ world }: Case, { node, netns, link }: Owner): Port | null {
  const peer = link.kind === "veth" ? peerOf(world.nodes, node, netns, link) : null;
  const master = peer?.link.masterIfindex;
  if (!peer || master === undefined) return null;
  const states = peer.node.states.get(peer.netns) ?? [];
  const bridge = linkOf(states.at(-1)?.state ?? null, master);
  return bridge?.kind === "bridge" ? { ...peer, bridge } : null;
}

const placeOfPort = ({ node, netns, link }: Port) => placeOf(node, netns, link.name);

const placeOfOwner = ({ node, netns, link }: Owner) => placeOf(node, netns, link.name);

/** Copies of the question in the namespace of the bridge. */
const at = (questions: readonly Sighting[], { node, netns }: Port) =>
  questions.filter((event) => event.node === node && event.netns === netns);

/** A rule refused the copy to this port, or a rule or the port itself the question as it came in. */
function refused(
  subject: Case,
  hop: string,
  questions: readonly Sighting[],
  owner: Owner,
  port: Port,
): Asked | null {
  const here = at(questions, port);
  for (const free of here.toReversed()) {
    if (free.kind !== "drop") continue;
    const came = here.findLast((event) =>
      event.kind === "device-rx" && event.head === free.head && event.at <= free.at &&
      event.ifindex !== port.bridge.ifindex
    );
    const isOnward = free.ifindex === port.link.ifindex;
    const isIncoming = came?.skb === free.skb && free.ifindex === came?.ifindex;
    if (!came || !(isNetfilterDrop(free) ? isOnward || isIncoming : isFreedByPort(free, came))) {
      continue;
    }
    const reached = `; on its way to ${
      placeOfOwner(owner)
    }, which has ${hop}, the question came to ${placeOf(came.node, came.netns, came.device ?? "")}`;
    return died(subject, came, free, reached, cameBy(hop, came));
  }
  return null;
}

/** The port that it came in by let nothing of it in: a copy that is freed later is no loss. */
const isFreedByPort = (free: Sighting, came: Sighting): boolean =>
  isFreedEntering(free) && free.skb === came.skb && free.ifindex === came.ifindex;

/** The arrival of a question, as evidence. */
export const cameBy = (hop: string, { node, device: by }: Sighting): Evidence => ({
  node: node.name,
  kind: "event",
  text: `the question for ${hop} came in by ${by} of ${node.name}`,
});

/** The bridge had the question, and did not send it out by this port, which was watched. */
function keptBack(
  hop: string,
  questions: readonly Sighting[],
  owner: Owner,
  port: Port,
): Asked | null {
  const here = at(questions, port);
  const came = here.findLast((event) =>
    event.kind === "device-rx" && otherPort(event, port) !== undefined
  );
  if (!came || gapOf(port.node, DEVICE_SCRIPTS, since(came)) !== null) return null;
  const went = here.some((event) =>
    event.ifindex === port.link.ifindex && (event.kind === "device-tx" || event.kind === "drop")
  );
  if (went) return null;
  const { node, netns, bridge } = port;
  const from = otherPort(came, port)!;
  const vlans = vlanReasons(port, from, came);
  const settings = [...vlans, ...reasons(hop, port, from)];
  return {
    ...(vlans.length > 0 ? { code: "bridge-vlan-filtered" as const } : {}),
    text:
      `; the question came to bridge ${bridge.name} by ${
        placeOf(node, netns, came.device ?? "")
      }, and was not sent on by ${port.link.name}, which leads to ${placeOfOwner(owner)}` +
      (settings.length > 0 ? `: ${settings.join(", ")}` : ""),
    evidence: [
      cameBy(hop, came),
      stateEvidence(owner.node, `${hop} is at ${placeOfOwner(owner)}`),
      stateEvidence(node, `${placeOfPort(port)} is its port of bridge ${bridge.name}`),
      ...settings.map((setting) => stateEvidence(node, setting)),
    ],
    remedy: hop.includes(":") && bridge.bridge?.multicastSnooping
      ? command(node, netns, ["bridge", "-d", "mdb", "show", "dev", device(bridge.name)])
      : command(node, netns, ["bridge", "-d", "link", "show", "dev", device(port.link.name)]),
  };
}

/** The other port of the same bridge that it came in by. */
function otherPort({ node, netns, ifindex, at: when }: Sighting, port: Port): Link | undefined {
  const link = linkOf(stateAt(node, netns, when), ifindex);
  const isOther = link?.masterIfindex === port.bridge.ifindex && ifindex !== port.link.ifindex;
  return isOther ? link : undefined;
}

/** Lists of VLANs for which a bridge takes nothing from a port, or sends nothing on by another. */
function vlanReasons({ link, bridge }: Port, from: Link, { vlan }: Sighting): string[] {
  if (!filtersVlans(bridge)) return [];
  const id = vlanAtPort(from, vlan);
  if (id === undefined) return [`${from.name} takes no untagged frame, for it has no PVID`];
  return [from, link].filter((port) => !allowsVlan(port, id))
    .map(({ name }) => `${name} does not allow VLAN ${id}, which the question is in`);
}

/** Settings for which a bridge does not send such a question on by a port. */
function reasons(
  hop: string,
  { link: { name, bridgePort }, bridge }: Port,
  from: Link | undefined,
): string[] {
  if (!bridgePort) return [];
  const { state, neighbourSuppress, multicastFlood, broadcastFlood } = bridgePort;
  const six = hop.includes(":");
  return [
    ...(state === "forwarding" ? [] : [`${name} is ${state}`]),
    ...(bridgePort.isolated && from?.bridgePort?.isolated
      ? [`${from.name} and ${name} are isolated`]
      : []),
    ...(neighbourSuppress ? [`${name} has neigh_suppress on`] : []),
    ...(six && bridge.bridge?.multicastSnooping
      ? [`${bridge.name} has mcast_snooping on, and sends multicast only where it knows a listener`]
      : []),
    ...(six && multicastFlood === false ? [`${name} has mcast_flood off`] : []),
    ...(!six && broadcastFlood === false ? [`${name} has bcast_flood off`] : []),
  ];
}
