/** A frame that is addressed to another MAC than the device's that received it. */
import { firstFrameFrom } from "../../view/frames_from.ts";
import type { Evidence } from "../../../event/report.ts";
import type { Link } from "../../../event/state.ts";
import { isAnothersFrame } from "../../kernel/frees.ts";
import { netnsName } from "../../view/netns_names.ts";
import { holdersThen } from "../../view/presence.ts";
import {
  holdersOfMac,
  lastState,
  type Owner,
  ownsAddress,
  stateAt,
} from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import {
  eventEvidence,
  packetText,
  place,
  placeOf,
  stateEvidence,
  wireDestination,
} from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { frameOf } from "../shared/frame.ts";
import { thenOf } from "../shared/then.ts";
import { asPort, entryRemedy, withoutEntry } from "./mac_remedy.ts";
import { readdressed } from "./readdressed.ts";

/** The frame is addressed to another MAC than the receiving device's. */
export const macMismatch: Rule = {
  id: "R8",
  statement: "Freed as another host's, and the frame's destination MAC is not the device's: " +
    "`destination-mac-mismatch`, with the neighbour entry that supplied it, or the flows of Open vSwitch that did. Where the MAC is " +
    "right and the frame was led astray, with what led it: a bridge's table, or a device that " +
    "is no port of the bridge. Where no probed device has the MAC and frames of it come in after " +
    "that, it is that of a host without a probe: `left-observed-network`. Where another host has the " +
    "MAC, and the address as well, and the packet did not come by it: `address-duplicate`.",
  yields: ["destination-mac-mismatch", "left-observed-network", "address-duplicate"],
  judge(subject) {
    if (!isAnothersFrame(subject.event)) return null;
    const frame = frameOf(subject);
    const mac = frame?.destinationMac;
    const own = subject.link?.mac;
    if (mac === undefined || mac === own) return null;
    // Whom a bridge flooded it to besides is not whom it was for.
    if (subject.judgement.end.kind === "flooded" && isGone(subject, mac)) return null;
    const destination = wireDestination(subject.event);
    const said = suppliers(subject, mac, destination);
    const holders = holdersThen(subject.world.network, mac, thenOf(subject));
    const alive = holders.length === 0 ? aliveElsewhere(subject, mac) : undefined;
    if (alive) return flooded(subject, mac, alive);
    const other = otherHolder(subject, mac, holders);
    if (other) return duplicate(subject, mac, other);
    const port = holders.length > 0 ? misleadingPort(subject, mac) : null;
    const bridge = bridgeBeside(subject, holders);
    const changed = readdressed(subject, mac);
    const held: Evidence[] = holders.map((holder) =>
      stateEvidence(
        holder.node,
        `${mac} is the MAC of ${placeOf(holder.node, holder.netns, holder.link.name)}`,
      )
    );
    return cause(
      "destination-mac-mismatch",
      own === undefined ? "likely" : "proven",
      `the frame for ${destination} is addressed to ${mac}, but ${place(subject)} has ${
        own ?? "another MAC"
      }, so the kernel took it for another host's${changed?.text ?? ""}`,
      [
        eventEvidence(subject, `frame addressed to ${mac}`),
        ...changed?.evidence ?? [],
        ...(own ? [stateEvidence(subject.node, `${place(subject)} has MAC ${own}`)] : []),
        ...said,
        ...held,
        ...(bridge
          ? [
            stateEvidence(
              subject.node,
              `${mac} is behind ${bridge.name}, which ${subject.device} is no port of`,
            ),
          ]
          : []),
        ...(port ? [stateEvidence(port.node, `fdb: ${mac} is behind ${port.device}`)] : []),
      ],
      bridge
        ? asPort(subject, bridge)
        : port
        ? withoutEntry(port, mac)
        : entryRemedy(subject, mac, destination),
    );
  },
};

/** Each device that had the MAC is known to be gone. */
function isGone(subject: Case, mac: string): boolean {
  const { network } = subject.world;
  return holdersOfMac(network, mac).length > 0 &&
    holdersThen(network, mac, thenOf(subject)).length === 0;
}

/** A frame that came from the MAC to the sender of this one afterwards: whoever has it is there. */
function aliveElsewhere({ judgement }: Case, mac: string): Sighting | undefined {
  for (const { event: sender } of judgement.steps) {
    if (sender.kind !== "device-tx" || sender.destinationMac !== mac) continue;
    const frame = firstFrameFrom(mac, sender.node, sender.netns, sender.at);
    if (frame) return frame;
  }
  return undefined;
}

/**
 * Another host that has the MAC and, by its last reading, the very address that this one has: the
 * frame was meant for it. A packet that came here by way of it was sent on by it.
 */
function otherHolder(
  { node, netns, before, judgement }: Case,
  mac: string,
  holders: readonly Owner[],
) {
  const sender = judgement.steps.map(({ event }) => event).findLast((event) =>
    event.kind === "device-tx" && event.destinationMac === mac
  );
  const address = sender && wireDestination(sender);
  if (address === undefined || !ownsAddress(before, address)) return undefined;
  return holders.find((holder) => {
    const isHost = (event: Sighting) => event.node === holder.node && event.netns === holder.netns;
    if (holder.node === node && holder.netns === netns) return false;
    if (judgement.steps.some(({ event }) => isHost(event))) return false;
    const last = lastState(holder.node, holder.netns);
    return ownsAddress(last, address);
  });
}

const duplicate = (subject: Case, mac: string, other: Owner) => {
  const there = placeOf(other.node, other.netns, other.link.name);
  const address = wireDestination(subject.event);
  return cause(
    "address-duplicate",
    "likely",
    `${address} is at ${
      place(subject)
    } and at ${there} (${mac}): the frame went to the latter, and ` +
      "only a copy of it came here",
    [
      eventEvidence(subject, `frame addressed to ${mac}`),
      stateEvidence(subject.node, `${place(subject)} has ${address}`),
      stateEvidence(other.node, `${there} has ${address} and MAC ${mac}`),
    ],
  );
};

/** What was freed here is a copy that was not meant; what became of the frame, nobody saw. */
const flooded = (subject: Case, mac: string, alive: Sighting) =>
  cause(
    "left-observed-network",
    "likely",
    `the frame went to ${mac}, a host that no probe watches; ${
      place(subject)
    } got a copy of it, as where a switch floods`,
    [
      eventEvidence(subject, `frame addressed to ${mac}`),
      {
        node: alive.node.name,
        kind: "event",
        text: `${
          packetText(alive)
        } came from ${mac} to ${alive.device} of ${alive.node.name} later`,
      },
    ],
  );

/** The bridge that leads to the MAC, where the device that received the frame is no port of one. */
function bridgeBeside(subject: Case, holders: readonly Owner[]): Link | undefined {
  if (subject.link?.masterIfindex !== undefined) return undefined;
  const links = subject.before?.links ?? [];
  const port = links.find((link) =>
    link.bridgePort &&
    holders.some((holder) =>
      holder.node === subject.node && holder.netns === link.peerNetns &&
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

/** Neighbour entries on the packet's way that gave the frame its address; the one used first. */
function suppliers(subject: Case, mac: string, destination: string): Evidence[] {
  const result = new Map<string, { evidence: Evidence; rank: number }>();
  for (const { event } of subject.judgement.steps) {
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
        result.set(key, { evidence: stateEvidence(event.node, text), rank });
      }
    }
  }
  return [...result.values()].sort((a, b) => b.rank - a.rank).map(({ evidence }) => evidence);
}
