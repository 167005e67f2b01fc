/** Deaths on the link: wrong MAC, no neighbour, device down, bridge port. */
import { isAnothersFrame } from "../kernel/frees.ts";
import { asksFor, isNeighbourFailure } from "../kernel/neighbours.ts";
import { mayBeDeviceDown } from "../kernel/transmission.ts";
import type { Evidence } from "../../event/report.ts";
import type { Link } from "../../event/state.ts";
import { lookUpRoute } from "../view/routing.ts";
import { holdersOfMac, netnsName, type Owner, ownersOf, stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import { bridgeRules } from "./bridge.ts";
import { causeOfDown, type DownEnd, downEnds } from "./carrier.ts";
import { frameOf } from "./encapsulation.ts";
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
  wireDestination,
} from "./rule.ts";

export const macMismatch: Rule = {
  id: "R8",
  title: "the frame is addressed to another MAC than the receiving device's",
  judge(found) {
    if (!isAnothersFrame(found.event)) return null;
    const frame = frameOf(found);
    const mac = frame?.destinationMac;
    const own = found.link?.mac;
    if (mac === undefined || mac === own) return null;
    const destination = wireDestination(found.event);
    const said = suppliers(found, mac, destination);
    const holders = holdersOfMac(found.world.nodes, mac);
    const port = holders.length > 0 ? misleadingPort(found, mac) : null;
    const bridge = bridgeBeside(found, holders);
    const held: Evidence[] = holders.map((holder) =>
      stateEvidence(
        holder.node,
        `${mac} is the MAC of ${placeOf(holder.node, holder.netns, holder.link.name)}`,
      )
    );
    return cause(
      "destination-mac-mismatch",
      own === undefined ? "likely" : "proven",
      `the frame for ${destination} is addressed to ${mac}, but ${place(found)} has ${
        own ?? "another MAC"
      }, so the kernel took it for another host's`,
      [
        eventEvidence(found, `frame addressed to ${mac}`),
        ...(own ? [stateEvidence(found.node, `${place(found)} has MAC ${own}`)] : []),
        ...said.map((entry) => entry.evidence),
        ...held,
        ...(bridge
          ? [
            stateEvidence(
              found.node,
              `${mac} is behind ${bridge.name}, which ${found.device} is no port of`,
            ),
          ]
          : []),
        ...(port ? [stateEvidence(port.node, `fdb: ${mac} is behind ${port.device}`)] : []),
      ],
      wayFix(found, mac, bridge, port) ??
        remedies(found, mac, destination, said, holders.length > 0),
    );
  },
};

/** Where the MAC is right and the frame was led astray. */
function wayFix(found: Case, mac: string, bridge?: Link, port?: Sighting | null): string[] | null {
  if (bridge) {
    const text = `ip link set dev ${shell(found.device)} master ${shell(bridge.name)}`;
    return [command(found.node, found.netns, text)];
  }
  if (!port) return null;
  return [
    command(port.node, port.netns, `bridge fdb del ${mac} dev ${shell(port.device!)} master`),
  ];
}

/** The bridge that leads to the MAC, where the device that received the frame is no port of one. */
function bridgeBeside(found: Case, holders: readonly Owner[]): Link | undefined {
  if (found.link?.masterIfindex !== undefined) return undefined;
  const links = found.before?.links ?? [];
  const port = links.find((link) =>
    link.bridgePort &&
    holders.some((holder) =>
      holder.node === found.node && holder.netns === link.peerNetns &&
      holder.link.ifindex === link.peerIfindex
    )
  );
  return port && links.find((link) => link.ifindex === port.masterIfindex);
}

/** The bridge port that the frame left by because the bridge's table says so, and wrongly. */
function misleadingPort({ judgement }: Case, mac: string): Sighting | null {
  const sent = judgement.steps.map((step) => step.event)
    .findLast((event) => event.kind === "device-tx");
  const entries = sent && stateAt(sent.node, sent.netns, sent.at)?.fdb;
  const isTold = entries?.some((entry) =>
    entry.mac === mac && entry.device === sent!.device && entry.master !== undefined
  );
  return isTold ? sent! : null;
}

interface Supplier {
  evidence: Evidence;
  fix: string;
}

/** Neighbour entries on the packet's way that gave the frame its address; the one used first. */
function suppliers(found: Case, mac: string, destination: string): Supplier[] {
  const result = new Map<string, Supplier & { rank: number }>();
  for (const { event } of found.judgement.steps) {
    for (const { state } of event.node.states.get(event.netns ?? -1) ?? []) {
      for (const entry of state.neighbours) {
        if (entry.mac !== mac) continue;
        const where = `${netnsName(event.node, event.netns)} on ${event.node.name}`;
        const key = `${where} ${entry.address} ${entry.device}`;
        const used = event.kind === "device-tx" && event.device === entry.device;
        const rank = (entry.address === destination ? 1 : 0) + (used ? 2 : 0);
        if (rank < (result.get(key)?.rank ?? 0)) continue;
        const text =
          `neighbour entry in ${where}: ${entry.address} dev ${entry.device} lladdr ${entry.mac} ${
            entry.states.join(",")
          }`;
        const fix = `ip neigh replace ${entry.address} dev ${shell(entry.device)} lladdr ${
          found.link?.mac ?? "MAC"
        }`;
        result.set(key, {
          evidence: stateEvidence(event.node, text),
          fix: command(event.node, event.netns, fix),
          rank,
        });
      }
    }
  }
  return [...result.values()].sort((a, b) => b.rank - a.rank);
}

/**
 * Where the address lives at this device and the MAC is a real one that everybody resolves, the
 * device can take it; else the entry that is wrong must go.
 */
function remedies(
  found: Case,
  mac: string,
  destination: string,
  said: Supplier[],
  isHeld: boolean,
): string[] {
  const here = found.link?.addresses.some((own) => own.address === destination);
  const set = command(
    found.node,
    found.netns,
    `ip link set dev ${shell(found.device)} address ${mac}`,
  );
  const fixes = said.slice(0, 1).map((entry) => entry.fix);
  return here && isHeld ? [set, ...fixes] : [...fixes, set];
}

export const neighbourUnresolved: Rule = {
  id: "R9",
  title: "nobody answered for the next hop's link address",
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop" || !isNeighbourFailure(event)) return null;
    const destination = wireDestination(event);
    const route = found.before && lookUpRoute(found.before, { destination }).route;
    const hop = route?.gateway ?? destination;
    const device = route?.device ?? found.device;
    const entry = (found.after ?? found.before)?.neighbours.find((other) =>
      other.address === hop && other.device === device
    );
    const gateway = hop === destination ? "" : `, the next hop to ${destination},`;
    const evidence = [eventEvidence(found)];
    if (entry) {
      evidence.push(
        stateEvidence(
          found.node,
          `neighbour ${hop} dev ${device}: ${entry.states.join(",") || "no state"}`,
        ),
      );
    }
    const asked = found.evidence.filter((other) => asksFor(other, hop)).length;
    if (asked > 0) {
      evidence.push({
        node: found.node.name,
        kind: "event",
        text: `${hop} was asked for ${asked} times on the way, without an answer that was taken`,
      });
    }
    const owners = ownersOf(found.world.nodes, hop);
    if (owners.length === 0) {
      evidence.push(stateEvidence(found.node, `no probed node has address ${hop}`));
    }
    return cause(
      "neighbour-unresolved",
      "proven",
      `${hop}${gateway} did not answer ${hop.includes(":") ? "neighbour discovery" : "ARP"} on ${
        placeOf(found.node, found.netns, device)
      }`,
      evidence,
      [command(found.node, found.netns, `ip neigh show ${hop} dev ${shell(device)}`)],
    );
  },
};

export const linkDown: Rule = {
  id: "R10",
  title: "the device or its carrier is down",
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop" || !mayBeDeviceDown(event)) return null;
    const down = downLinks(found);
    if (down.length === 0) return null;
    return causeOfDown(found, down);
  },
};

/** The device itself and its veth peer, where they are down. */
function downLinks(found: Case): DownEnd[] {
  for (const state of [found.before, found.after]) {
    const link = state?.links.find((other) => other.ifindex === found.ifindex);
    const down = link ? downEnds(found, link) : [];
    if (down.length > 0) return down;
  }
  return [];
}

export const linkRules: Rule[] = [macMismatch, linkDown, neighbourUnresolved, ...bridgeRules];
