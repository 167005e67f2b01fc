/** Deaths at the end of a tunnel, or for want of one. */
import { isInBridge } from "../kernel/bridge.ts";
import { isUnwanted } from "../kernel/routing.ts";
import { isUntoldUdpLookup, saysNoSocket } from "../kernel/sockets.ts";
import {
  isFreedByTunnelReceiver,
  isInRemoteLookup,
  saysNoRemote,
  saysNoTunnelId,
} from "../kernel/tunnels.ts";
import type { Link } from "../../event/state.ts";
import { ownersOf } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import { encapsulation, lastOuter } from "./encapsulation.ts";
import {
  type Case,
  cause,
  command,
  eventEvidence,
  place,
  placeOf,
  type Rule,
  shell,
  stateEvidence,
} from "./rule.ts";
import { tunnelUnreachable } from "./tunnel_reach.ts";

export const tunnelIdMismatch: Rule = {
  id: "R20",
  title: "the receiver has no tunnel with that id",
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop") return null;
    const named = saysNoTunnelId(event);
    if (!named && !isFreedByTunnelReceiver(event)) return null;
    const outer = event.tunnelKind ? event : lastOuter(found);
    if (!outer) return null;
    const kind = outer.tunnelKind!;
    const here = tunnelsOf(found, kind);
    const match = here.some(({ link }) =>
      link.tunnel!.external || link.tunnel!.id === outer.tunnelId
    );
    if (!named && match) return null;
    const list = here.map(({ link, netns }) =>
      `${placeOf(found.node, netns, link.name)} has id ${link.tunnel!.id ?? "none"}`
    );
    const meant = candidate(here, found.netns);
    const fix = meant && recreate(meant.link, outer.tunnelId ?? 0);
    return cause(
      "tunnel-id-mismatch",
      named ? "proven" : "likely",
      `${found.node.name} received ${kind} id ${outer.tunnelId} from ${outer.tunnelSource}, and has no ${kind} device with that id${
        list.length > 0 ? ` (${list.join("; ")})` : ""
      }`,
      [
        eventEvidence(found, `${kind} id ${outer.tunnelId}`),
        ...list.map((text) => stateEvidence(found.node, text)),
      ],
      fix?.map((text) => command(found.node, meant!.netns, text)),
    );
  },
};

/** The device that was meant to take it: the only one, or the only one of its namespace. */
function candidate(tunnels: { link: Link; netns: number }[], netns: number | undefined) {
  const near = tunnels.filter((tunnel) => tunnel.netns === netns);
  const of = near.length > 0 ? near : tunnels;
  return of.length === 1 ? of[0] : undefined;
}

export const tunnelWrongEndpoint: Rule = {
  id: "R24",
  title: "it came out of the tunnel on a node that does not host its destination",
  judge(found) {
    const { event } = found;
    const outer = lastOuter(found);
    if (event.kind !== "drop" || event.tunnelKind !== undefined || !outer) return null;
    if (outer.node !== event.node || !isUnwanted(event)) return null;
    // It died on the device it came out of, or nobody that a bridge gave it to was meant.
    const arrival = found.judgement.steps.map((step) => step.event)
      .findLast((other) => other.kind === "device-rx");
    const cameOut = arrival?.ifindex === found.ifindex && found.link?.tunnel !== undefined;
    if (!cameOut && found.judgement.end.kind !== "flooded") return null;
    const hosts = ownersOf(found.world.nodes, event.destination!);
    const others = hosts.filter((owner) => owner.node !== event.node);
    if (others.length === 0 || others.length < hosts.length) return null;
    const way = encapsulation(found);
    const sender = way?.at;
    const host = others[0]!;
    return cause(
      "tunnel-endpoint-wrong",
      "proven",
      `encapsulated to ${outer.tunnelDestination} on ${event.node.name}, which does not host ${event.destination}: that is at ${
        placeOf(host.node, host.netns, host.link.name)
      }`,
      [
        eventEvidence(found),
        ...(way?.evidence ?? []),
        stateEvidence(
          host.node,
          `${event.destination} is at ${placeOf(host.node, host.netns, host.link.name)}`,
        ),
      ],
      sender && way?.entry
        ? [
          command(
            sender.node,
            sender.netns,
            `bridge fdb replace ${way.entry.mac} dev ${shell(way.entry.device)} dst ${
              endpointOf(host.node, outer) ?? `ADDRESS_OF_${host.node.name}`
            }`,
          ),
        ]
        : undefined,
    );
  },
};

/** Where that node's own end of this tunnel is, as far as its device says. */
function endpointOf(node: Case["node"], { tunnelKind, tunnelId }: Sighting): string | undefined {
  return [...node.states.values()].flatMap((list) => list.at(-1)!.state.links)
    .find(({ kind, tunnel }) => kind === tunnelKind && tunnel?.id === tunnelId && tunnel?.local)
    ?.tunnel?.local;
}

/** An id can't be changed on a device: it is made anew with the same settings. */
function recreate(link: Link, id: number): string[] {
  const { local, remote, port } = link.tunnel!;
  const name = shell(link.name);
  const settings = [
    `id ${id}`,
    ...(local ? [`local ${local}`] : []),
    ...(remote ? [`remote ${remote}`] : []),
    ...(port ? [`dstport ${port}`] : []),
  ];
  return [`ip link del ${name}`, `ip link add ${name} type ${link.kind} ${settings.join(" ")}`];
}

/** Tunnel devices of a kind in every netns of the node: their socket may be in another one. */
function tunnelsOf(found: Case, kind: string): { link: Link; netns: number }[] {
  const result: { link: Link; netns: number }[] = [];
  for (const [netns, list] of found.node.states) {
    for (const link of list.at(-1)!.state.links) {
      if (link.kind === kind && link.tunnel) result.push({ link, netns });
    }
  }
  return result;
}

export const tunnelNoListener: Rule = {
  id: "R21",
  title: "no tunnel socket at the outer destination port",
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop" || event.tunnelKind === undefined) return null;
    if (!saysNoSocket(event) && !isUntoldUdpLookup(event)) return null;
    const port = event.tunnelDestinationPort;
    const known = tunnelsOf(found, event.tunnelKind);
    const here = known.map(({ link, netns }) => {
      const listens = link.flags.includes("UP") ? "listens" : "is down, else it listened";
      return `${placeOf(found.node, netns, link.name)} ${listens} on UDP ${
        link.tunnel!.port ?? "?"
      }`;
    });
    const asleep = known.find(({ link }) =>
      link.tunnel!.port === port && !link.flags.includes("UP")
    );
    return cause(
      "tunnel-blocked",
      "proven",
      `nothing on ${found.node.name} takes ${event.tunnelKind} packets on UDP port ${port}${
        here.length > 0 ? ` (${here.join("; ")})` : ""
      }`,
      [
        eventEvidence(found),
        ...(here.length > 0 ? here : [`no ${event.tunnelKind} device on this node`]).map((text) =>
          stateEvidence(found.node, text)
        ),
      ],
      [
        asleep
          ? command(found.node, asleep.netns, `ip link set dev ${shell(asleep.link.name)} up`)
          : command(found.node, found.netns, `ip -d link show type ${event.tunnelKind}`),
      ],
    );
  },
};

export const tunnelNoEndpoint: Rule = {
  id: "R22",
  title: "the tunnel device had no destination for the frame",
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop" && event.kind !== "consume") return null;
    if (event.tunnelKind !== undefined) return null;
    // A bridge has no tunnel: it says so of a frame that no port is open to.
    if (isInBridge(event)) return null;
    const named = saysNoRemote(event);
    if (!named && !isInRemoteLookup(event)) return null;
    const link = found.link;
    const mac = frameMac(found);
    const entries = (found.before?.fdb ?? []).filter((entry) => entry.device === found.device);
    const forMac = entries.find((entry) => entry.mac === mac && entry.destination);
    if (!named && (forMac || link?.tunnel?.remote || !link?.tunnel)) return null;
    const fallback = entries.some((entry) => entry.mac === "00:00:00:00:00:00")
      ? "and its default entry did not serve"
      : "and no default entry";
    return cause(
      "tunnel-no-endpoint",
      named ? "proven" : "likely",
      `${place(found)} has no remote for MAC ${
        mac ?? "unknown"
      } (${fallback}), so it did not know where to send the packet`,
      [
        eventEvidence(found, mac ? `frame addressed to ${mac}` : undefined),
        stateEvidence(
          found.node,
          `${found.device} has ${entries.length} fdb entries, ${forMac ? "one" : "none"} for ${
            mac ?? "the frame's MAC"
          }; remote ${link?.tunnel?.remote ?? "none"}`,
        ),
      ],
      mac
        ? [
          command(
            found.node,
            found.netns,
            `bridge fdb append ${mac} dev ${shell(found.device)} dst REMOTE`,
          ),
        ]
        : undefined,
    );
  },
};

function frameMac(found: Case): string | undefined {
  return found.event.destinationMac ?? found.judgement.steps.map((step) => step.event)
    .filter((event) =>
      event.node === found.node && event.destinationMac && event.ifindex === found.ifindex
    ).at(-1)?.destinationMac;
}

export const tunnelRules: Rule[] = [
  tunnelWrongEndpoint,
  tunnelIdMismatch,
  tunnelNoListener,
  tunnelNoEndpoint,
  tunnelUnreachable,
];
