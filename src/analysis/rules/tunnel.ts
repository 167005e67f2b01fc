/** Deaths in and around tunnels. */
import type { Evidence } from "../../event/report.ts";
import type { FdbEntry, Link } from "../../event/state.ts";
import { lookUpRoute, refuses, routeText } from "../routing.ts";
import { netnsName, ownersOf, stateAt } from "../state_view.ts";
import type { Sighting } from "../timeline.ts";
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
import { linkDown, neighbourUnresolved } from "./link.ts";
import { noRoute, routeRefuses } from "./forwarding.ts";

/** Where a packet was put into the tunnel: the device, and what chose the outer destination. */
export interface Encapsulated {
  /** Sighting on the tunnel device, where one was made. */
  at: Sighting | null;
  link: Link | undefined;
  destination: string;
  evidence: Evidence[];
  /** The fdb entry that chose the destination. */
  entry: FdbEntry | undefined;
}

/** The last encapsulation on the packet's way. */
export function encapsulation(found: Case): Encapsulated | null {
  const steps = found.judgement.steps.map((step) => step.event);
  const outer = [...steps].reverse().find((event) => event.tunnelKind !== undefined);
  const index = outer
    ? steps.findLastIndex((event, i) => i < steps.indexOf(outer) && event.tunnelKind === undefined)
    : steps.length - 1;
  const at = steps.slice(0, index + 1).reverse().find((event) =>
    event.kind === "device-tx" && isTunnel(linkAt(event))
  );
  if (!outer && !at) return null;
  const link = at ? linkAt(at) : undefined;
  const entry = at && link?.tunnel ? fdbFor(at, link) : undefined;
  const destination = outer?.tunnelDestination ?? entry?.destination ?? link?.tunnel?.remote ?? "";
  const evidence: Evidence[] = [];
  if (outer) {
    evidence.push({
      node: outer.node.name,
      kind: "event",
      text: `encapsulated ${outer.tunnelKind} ${
        outer.tunnelId ?? ""
      } ${outer.tunnelSource} > ${outer.tunnelDestination}${
        outer.tunnelDestinationPort ? ` port ${outer.tunnelDestinationPort}` : ""
      }, seen at ${outer.device} of ${outer.node.name}`,
    });
  }
  if (entry && at) {
    evidence.push(
      stateEvidence(
        at.node,
        `fdb entry in ${
          netnsName(at.node, at.netns)
        }: ${entry.mac} dev ${entry.device} dst ${entry.destination} ${entry.flags.join(" ")}`,
      ),
    );
  } else if (link?.tunnel?.remote && at) {
    evidence.push(stateEvidence(at.node, `${link.name} has remote ${link.tunnel.remote}`));
  }
  return { at: at ?? null, link, destination, evidence, entry };
}

function linkAt(event: Sighting): Link | undefined {
  return stateAt(event.node, event.netns, event.at)?.links.find((link) =>
    link.ifindex === event.ifindex
  );
}

const isTunnel = (link: Link | undefined) => link?.tunnel !== undefined;

/** The entry for the frame's MAC, else the default one. */
function fdbFor(at: Sighting, link: Link): FdbEntry | undefined {
  const state = stateAt(at.node, at.netns, at.at);
  const own = state?.fdb.filter((entry) => entry.device === link.name && entry.destination) ?? [];
  return own.find((entry) => entry.mac === at.destinationMac) ??
    own.find((entry) => entry.mac === "00:00:00:00:00:00");
}

export const tunnelIdMismatch: Rule = {
  id: "R20",
  title: "the receiver has no tunnel with that id",
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop") return null;
    const named = event.reason === "VXLAN_VNI_NOT_FOUND";
    const bare = /^(vxlan_rcv|geneve_udp_encap_recv|geneve_rx|ipgre_rcv|gre_rcv|ip_tunnel_)/.test(
      event.function ?? "",
    );
    if (!named && !bare) return null;
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
    const fix = here.length === 1
      ? [
        `ip link del ${shell(here[0]!.link.name)} && ip link add ${
          shell(here[0]!.link.name)
        } type ${kind} id ${outer.tunnelId} …`,
      ]
      : undefined;
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
      fix?.map((text) => command(found.node, here[0]!.netns, text)),
    );
  },
};

function lastOuter(found: Case): Sighting | undefined {
  return found.judgement.steps.map((step) => step.event).filter((event) =>
    event.tunnelKind !== undefined
  ).at(-1);
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
    if (
      event.reason !== "NO_SOCKET" &&
      !(event.reason === undefined && /^__udp/.test(event.function ?? ""))
    ) return null;
    const port = event.tunnelDestinationPort;
    const here = tunnelsOf(found, event.tunnelKind).map(({ link, netns }) =>
      `${placeOf(found.node, netns, link.name)} listens on UDP ${link.tunnel!.port ?? "?"}`
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
      [command(found.node, found.netns, `ip -d link show type ${event.tunnelKind}`)],
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
    const named = event.reason === "NO_TX_TARGET" || event.reason === "VXLAN_NO_REMOTE";
    const bare = /^(vxlan_xmit|vxlan_mdb_xmit|geneve_xmit)/.test(event.function ?? "");
    if (!named && !bare) return null;
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

/** Why the outer packet could not go on where it died, when that is a matter of reaching. */
const reaching = [neighbourUnresolved, noRoute, routeRefuses, linkDown];

export const tunnelUnreachable: Rule = {
  id: "R23",
  title: "the outer destination can't be reached from here",
  judge(found) {
    const way = encapsulation(found);
    if (!way || way.destination === "") return null;
    const { event } = found;
    if (event.kind === "drop" && event.tunnelKind !== undefined) {
      for (const rule of reaching) {
        const inner = rule.judge(found);
        if (inner) return unreachable(found, way, inner.sentence, inner.evidence, inner.confidence);
      }
      return null;
    }
    return unsent(found, way) ??
      (found.judgement.outcome === "vanished" || found.judgement.outcome === "unknown"
        ? lostOutside(found, way)
        : null);
  },
};

/** Freed by the tunnel device itself: it found no way to the outer destination. */
function unsent(found: Case, way: Encapsulated) {
  const { event } = found;
  const sender =
    /^(vxlan_|geneve_|ip_tunnel_|ip_md_tunnel_|ipip_|__?gre|ip6_tnl|ip6gre|sit_|udp_tunnel)/;
  if (!sender.test(event.function ?? "") || event.tunnelKind !== undefined) return null;
  const underlay = underlayState(found, way);
  if (!underlay) return null;
  const { route, rule, certain } = lookUpRoute(underlay, { destination: way.destination });
  const bad = route === null || refuses(route) ||
    isUnusable(underlay.links.find((link) => link.name === route.device));
  if (!bad) return null;
  const text = route
    ? routeText(route)
    : rule
    ? `rule ${rule.priority} ${rule.action}`
    : `no route to ${way.destination}`;
  return unreachable(found, way, `the tunnel has no way to ${way.destination}: ${text}`, [
    eventEvidence(found),
    stateEvidence(found.node, text),
  ], certain ? "proven" : "likely");
}

const isUnusable = (link: Link | undefined) => link !== undefined && !link.flags.includes("UP");

/** The netns whose routes the outer packet takes: that of the tunnel's underlay. */
function underlayState(found: Case, way: Encapsulated) {
  const local = way.link?.tunnel?.local;
  const states = [...found.node.states.values()].map((list) => list.at(-1)!.state);
  const byLocal = local === undefined
    ? undefined
    : states.find((state) =>
      state.links.some((link) => link.addresses.some((own) => own.address === local))
    );
  return byLocal ?? found.before;
}

/** It left encapsulated, and nobody who is watched has it. */
function lostOutside(found: Case, way: Encapsulated) {
  const { event } = found;
  const outer = lastOuter(found);
  if (!outer || event.kind === "drop") return null;
  const owners = ownersOf(found.world.nodes, way.destination);
  const hosts = ownersOf(found.world.nodes, outer.destination ?? "").filter((owner) =>
    owner.node !== outer.node
  );
  const evidence: Evidence[] = [];
  if (owners.length > 0) {
    for (const owner of owners) {
      evidence.push(
        stateEvidence(
          owner.node,
          `${
            placeOf(owner.node, owner.netns, owner.link.name)
          } has ${way.destination}, and nothing for it arrived there`,
        ),
      );
    }
  } else {
    if (hosts.length === 0) return null;
    evidence.push(stateEvidence(found.node, `no probed node has ${way.destination}`));
  }
  for (const host of hosts) {
    evidence.push(
      stateEvidence(
        host.node,
        `${outer.destination} is at ${placeOf(host.node, host.netns, host.link.name)}`,
      ),
    );
  }
  const told = icmpAbout(found, outer);
  const why = told ? `, and ${told.source} answered that it is unreachable` : "";
  if (told) {
    evidence.push({
      node: told.node.name,
      kind: "event",
      text:
        `ICMP type ${told.icmpType} code ${told.icmpCode} from ${told.source} about ${told.quotedSource} > ${told.quotedDestination}`,
    });
  }
  const arrived = owners.length > 0 ? "never arrived there" : "belongs to no probed node";
  return unreachable(
    found,
    way,
    `the packet left ${place(found)} for ${way.destination}, which ${arrived}${why}`,
    evidence,
    told || owners.length > 0 ? "proven" : "likely",
  );
}

function icmpAbout(found: Case, outer: Sighting): Sighting | undefined {
  return found.evidence.find((event) =>
    event.quotedDestination === outer.tunnelDestination && event.quotedSource !== undefined &&
    (event.icmpType === 3 || event.icmpType === 1) && event.mtu === undefined
  );
}

function unreachable(
  found: Case,
  way: Encapsulated,
  why: string,
  evidence: Evidence[],
  confidence: "proven" | "likely" | "possible",
) {
  const chosen = way.entry
    ? ` (chosen by the fdb entry for ${way.entry.mac} on ${way.entry.device})`
    : way.link?.tunnel?.remote
    ? ` (the remote of ${way.link.name})`
    : "";
  const device = way.at ? `at ${placeOf(way.at.node, way.at.netns, way.at.device ?? "")} ` : "";
  return cause(
    "tunnel-endpoint-unreachable",
    confidence,
    `encapsulated ${device}to ${way.destination}${chosen}, which can't be reached: ${why}`,
    [...way.evidence, ...evidence],
    remedies(found, way),
  );
}

/** Point the entry at an address of the inner destination's node that is known to be reachable. */
function remedies(found: Case, way: Encapsulated): string[] {
  const outer = lastOuter(found) ?? found.event;
  const host = ownersOf(found.world.nodes, outer.destination ?? "").find((owner) =>
    owner.node !== outer.node
  );
  const target = host ? host.node.name : "the node of the destination";
  if (!way.entry || !way.at) {
    return way.link?.tunnel && way.at
      ? [
        command(
          way.at.node,
          way.at.netns,
          `ip link set dev ${shell(way.link.name)} type ${way.link.kind} remote ADDRESS`,
        ),
      ]
      : [];
  }
  const address = host ? reachableAddress(found, way, host.node) : null;
  const fix = command(
    way.at.node,
    way.at.netns,
    `bridge fdb replace ${way.entry.mac} dev ${shell(way.entry.device)} dst ${
      address ?? "ADDRESS"
    }`,
  );
  const flannel = `kubectl annotate node ${
    shell(target)
  } --overwrite flannel.alpha.coreos.com/public-ip-overwrite=${
    address ?? `PUBLIC_IP_OF_${target}`
  }`;
  return /^flannel/.test(way.entry.device)
    ? [
      flannel,
      `kubectl -n kube-flannel delete pod --field-selector spec.nodeName=${shell(target)}`,
      fix,
    ]
    : [fix];
}

/**
 * An address of that node which the sender can reach: the source its packets arrive with here, or
 * one of its own that is on a network of the sender.
 */
function reachableAddress(found: Case, way: Encapsulated, node: Case["node"]): string | null {
  for (const view of found.world.nodes) {
    if (view !== way.at!.node) continue;
    const arrived = view.events.find((event) =>
      event.kind === "device-rx" && event.tunnelSource !== undefined &&
      ownersOf([node], event.source ?? "").length > 0
    );
    if (arrived) return arrived.tunnelSource!;
  }
  return null;
}

export const tunnelRules: Rule[] = [
  tunnelIdMismatch,
  tunnelNoListener,
  tunnelNoEndpoint,
  tunnelUnreachable,
];
