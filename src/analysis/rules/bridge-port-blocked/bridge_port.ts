/** Deaths in a bridge: the port's state, isolation, VLANs, hairpin. */
import type { Evidence } from "../../../event/report.ts";
import type { Link } from "../../../event/state.ts";
import { isBridgeDrop, saysNoTarget } from "../../kernel/bridge.ts";
import { givesReason } from "../../kernel/free_reason.ts";
import { allowsVlan, filtersVlans, portsTowards, vlanAtPort } from "../../view/bridge_vlans.ts";
import { holdersOfMac } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { sentFromAnother } from "../bridge-vlan-filtered/native.ts";
import { causeOfDown, downEnds } from "../shared/carrier.ts";
import { lookAt } from "../shared/checked.ts";
import { frameOf } from "../shared/frame.ts";
import { largerMtu } from "../shared/mtu_remedy.ts";
import { lockedOut } from "./locked_port.ts";
import { allowing, entriesBehind, forwarding, withPort } from "./port_remedy.ts";
import { portsGone } from "./ports_gone.ts";
import { withoutPorts } from "./without_ports.ts";

/** The bridge refused it: port state, isolation, VLAN, hairpin. */
export const bridgePort: Rule = {
  id: "R11",
  statement:
    "Freed by a bridge whose port is not forwarding, is locked and does not know who sent it, " +
    "or does not allow the VLAN: " +
    "`bridge-port-blocked`, `bridge-vlan-filtered`. The port it had to leave by, by the " +
    "bridge's table or because the MAC is behind it, also tells `link-down`, " +
    "`bridge-port-isolated`, `bridge-hairpin-disabled` and `mtu-exceeded`, and `destination-gone` where the next " +
    "reading does not have it any more. Where none is known, all ports must be closed for the same cause; " +
    "one that floods no unknown address (`flood off`) is `bridge-port-blocked`, too. Where a port of another bridge " +
    "sent it untagged out of another VLAN, that is told, and no port is to get the VLAN.",
  yields: [
    "bridge-port-blocked",
    "bridge-port-isolated",
    "bridge-vlan-filtered",
    "bridge-hairpin-disabled",
    "link-down",
    "mtu-exceeded",
    "destination-gone",
    "unexplained",
  ],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop") return null;
    if (!isBridgeDrop(event)) return null;
    const port = subject.link;
    if (saysNoTarget(event) && port) return floodedNowhere(subject, port);
    const settings = port?.bridgePort;
    if (!port || !settings) return null;
    if (settings.state !== "forwarding") {
      return cause(
        "bridge-port-blocked",
        "proven",
        `bridge port ${place(subject)} is in state ${settings.state}, not forwarding`,
        [
          eventEvidence(subject),
          stateEvidence(subject.node, `${port.name}: state ${settings.state}`),
        ],
        forwarding(subject, port),
      );
    }
    return lockedOut(subject, port) ?? vlanRefused(subject) ?? portsRefused(subject) ??
      (givesReason(event) ? null : unknownNowhere(subject, port));
  },
};

function vlanRefused(subject: Case) {
  const port = subject.link!;
  const bridge = subject.before?.links.find((other) => other.ifindex === port.masterIfindex);
  if (!filtersVlans(bridge)) return null;
  const id = vlanAtPort(port, subject.event.vlan);
  if (id !== undefined && allowsVlan(port, id)) return vlanOfOther(subject, port, bridge, id);
  const what = id === undefined ? "untagged frames (it has no PVID)" : `VLAN ${id}`;
  return cause(
    "bridge-vlan-filtered",
    "proven",
    `bridge port ${place(subject)} does not allow ${what}`,
    [
      eventEvidence(subject),
      vlansOf(subject, bridge, port),
    ],
    // It came with that tag, and so must go what answers it.
    id === undefined ? undefined : allowing(subject, port, id, "tagged"),
  );
}

const vlansOf = ({ node }: Case, bridge: Link, { name, vlans }: Link): Evidence =>
  stateEvidence(
    node,
    `${bridge.name} filters VLANs; ${name} allows ${
      vlans?.map(({ id }) => id).join(", ") || "none"
    }`,
  );

/** The port that it had to leave by does not have the VLAN: the bridge then looks for no such port. */
function vlanOfOther(subject: Case, into: Link, bridge: Link, id: number) {
  const mac = frameOf(subject)?.destinationMac;
  const holders = mac === undefined ? [] : holdersOfMac(subject.world.network, mac);
  const known = portOut(subject);
  const leading = known ? [known] : portsTowards(subject.before!, bridge.ifindex, holders);
  const [out] = leading;
  if (!out || leading.some((port) => port.ifindex === into.ifindex || allowsVlan(port, id))) {
    return null;
  }
  return outOfVlan(subject, bridge, leading, id);
}

/** The port that the frame had to leave by, of which the first is named, does not have its VLAN. */
function outOfVlan(subject: Case, bridge: Link, leading: readonly Link[], id: number) {
  const mac = frameOf(subject)?.destinationMac;
  const out = leading[0]!;
  const other = sentFromAnother(subject, id);
  return cause(
    "bridge-vlan-filtered",
    "proven",
    `the frame for ${mac} came in by ${
      place(subject)
    } and is in VLAN ${id}, which bridge port ${out.name} that it had to leave by does not allow${
      other === null ? "" : `; ${other.where} had sent it untagged, out of VLAN ${other.id}`
    }`,
    [
      eventEvidence(subject),
      ...leading.map((port) => vlansOf(subject, bridge, port)),
      ...(other === null ? [] : [other.evidence]),
    ],
    other === null ? allowing(subject, out, id) : lookAt(
      `${other.where} and ${
        place(subject)
      } are two ends of one link, and what is untagged on it is VLAN ` +
        `${other.id} for the one and VLAN ${id} for the other: one of them must change (pvid, untagged)`,
    ),
  );
}

/** Where the frame would have had to leave, by the bridge's own table; nothing when that is unclear. */
function portOut(subject: Case): Link | undefined {
  const mac = frameOf(subject)?.destinationMac;
  const ports = new Map(
    subject.before?.links.filter((link) => link.masterIfindex === subject.link!.masterIfindex)
      .map((link) => [link.name, link]),
  );
  const out = new Set(
    // The bridge's own addresses are behind no port, although a port is named with them.
    subject.before?.fdb.filter((entry) =>
      entry.mac === mac && entry.destination === undefined && !entry.flags.includes("permanent")
    )
      .map((entry) => ports.get(entry.device)).filter((link) => link !== undefined),
  );
  return out.size === 1 ? [...out][0] : undefined;
}

/** Why the bridge did not send the frame by the port that it had to leave by. */
function portsRefused(subject: Case) {
  const arrival = subject.judgement.steps.map((step) => step.event)
    .findLast((event) => event.kind === "device-rx" && event.node === subject.node);
  const into = subject.before?.links.find((link) => link.ifindex === arrival?.ifindex);
  // A frame that is freed on another port than it came in by was to leave by that one.
  const out = into && subject.ifindex !== into.ifindex ? subject.link : portOut(subject);
  if (!out?.bridgePort || !into?.bridgePort) return null;
  const at = (link: Link) => placeOf(subject.node, subject.netns, link.name);
  const mac = frameOf(subject)!.destinationMac;
  const entry = stateEvidence(subject.node, `fdb: ${mac} is behind ${out.name}`);
  const size = subject.event.ipLength ?? 0;
  if (out.ifindex !== into.ifindex && size > out.mtu && !subject.event.gsoSize) {
    return cause(
      "mtu-exceeded",
      "proven",
      `the packet of ${size} bytes is larger than the bridge port ${
        at(out)
      } it had to leave by allows: ${out.mtu}`,
      [
        eventEvidence(subject),
        entry,
        stateEvidence(subject.node, `${out.name} has MTU ${out.mtu}`),
      ],
      largerMtu(subject.world.nodes, { node: subject.node, netns: subject.netns, link: out }, size),
    );
  }
  if (out.ifindex === into.ifindex && !into.bridgePort.hairpin) {
    const isWritten = subject.before?.fdb.some((one) =>
      one.mac === mac && one.device === into.name && one.flags.includes("static")
    );
    return cause(
      "bridge-hairpin-disabled",
      "proven",
      `the frame for ${mac} would have to leave by the port it came from, ${
        at(into)
      }, and hairpin is off there${
        isWritten ? "; the table's entry was written (static), and not learned" : ""
      }`,
      [eventEvidence(subject), entry, stateEvidence(subject.node, `${into.name}: hairpin off`)],
      isWritten ? entriesBehind(subject, into) : withPort(subject, into, { hairpin: true }),
    );
  }
  const down = downEnds(subject, out);
  if (down.length > 0) return causeOfDown(subject, down);
  if (out.bridgePort.state !== "forwarding") {
    return blocked(subject, out, out.bridgePort.state, [entry]);
  }
  if (out.ifindex !== into.ifindex && out.bridgePort.isolated && into.bridgePort.isolated) {
    return isolated(subject, into, out, [entry]);
  }
  return null;
}

function blocked(subject: Case, out: Link, state: string, entry: Evidence[] = []) {
  return cause(
    "bridge-port-blocked",
    "proven",
    `bridge port ${placeOf(subject.node, subject.netns, out.name)}, which the frame for ${
      frameOf(subject)?.destinationMac
    } had to leave by, is in state ${state}, not forwarding`,
    [eventEvidence(subject), ...entry, stateEvidence(subject.node, `${out.name}: state ${state}`)],
    forwarding(subject, out),
  );
}

function isolated(subject: Case, into: Link, out: Link, entry: Evidence[] = []) {
  return cause(
    "bridge-port-isolated",
    "proven",
    `bridge ports ${
      placeOf(subject.node, subject.netns, into.name)
    } and ${out.name} are both isolated`,
    [
      eventEvidence(subject),
      ...entry,
      stateEvidence(subject.node, `${into.name}: isolated on; ${out.name}: isolated on`),
    ],
    withPort(subject, out, { isolated: false }),
  );
}

/**
 * The bridge did not know the MAC, and none of its ports took an unknown frame. The port whose other
 * end has the MAC says why. Where no such port is known, all ports must be closed for one cause.
 */
function floodedNowhere(subject: Case, into: Link) {
  const mac = frameOf(subject)?.destinationMac;
  const bridge = into.kind === "bridge" ? into.ifindex : into.masterIfindex;
  const others = (subject.before?.links ?? []).filter((link) =>
    link.bridgePort && link.masterIfindex === bridge && link.ifindex !== into.ifindex
  );
  const holders = mac === undefined ? [] : holdersOfMac(subject.world.network, mac);
  const leading = portsTowards(subject.before!, bridge, holders)
    .filter(({ ifindex }) => ifindex !== into.ifindex);
  const ways = leading.length > 0 ? leading : others;
  if (others.length === 0) return withoutPorts(subject, into, bridge);
  const taken = portsGone(subject, ways);
  if (taken) return taken;
  const causes = ways.map((out) => closedTo(subject, into, out));
  const [first] = causes;
  if (!first || causes.some((other) => other?.code !== first.code)) return null;
  return first;
}

/**
 * Kernels without a reason for it (before 6.14) free what is flooded to no port where they free the rest. By the
 * bridge's table, which was read before, the MAC is behind no port.
 */
function unknownNowhere(subject: Case, into: Link) {
  const mac = frameOf(subject)?.destinationMac;
  const isKnown = subject.before?.fdb.some((entry) => entry.mac === mac) ?? true;
  return mac === undefined || isKnown ? null : floodedNowhere(subject, into);
}

/** Why a frame that is flooded does not leave by this port. */
export function closedTo(subject: Case, into: Link, out: Link) {
  const down = downEnds(subject, out);
  if (down.length > 0) return causeOfDown(subject, down);
  const { state, isolated: isApart, unicastFlood } = out.bridgePort!;
  if (state !== "forwarding") return blocked(subject, out, state);
  if (isApart && into.bridgePort?.isolated) return isolated(subject, into, out);
  const bridge = subject.before?.links.find(({ ifindex }) => ifindex === out.masterIfindex);
  const id = vlanAtPort(into, subject.event.vlan);
  if (filtersVlans(bridge) && id !== undefined && !allowsVlan(out, id)) {
    return outOfVlan(subject, bridge, [out], id);
  }
  if (unicastFlood) return null;
  return cause(
    "bridge-port-blocked",
    "proven",
    `the bridge of ${place(subject)} does not know ${
      frameOf(subject)?.destinationMac
    }, and floods nothing to ${out.name}`,
    [eventEvidence(subject), stateEvidence(subject.node, `${out.name}: flood off`)],
    withPort(subject, out, { unicastFlood: true }),
  );
}
