/** Deaths in a bridge: the port's state, isolation, VLANs, hairpin. */
import type { Link } from "../../event/state.ts";
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
} from "./rule.ts";

export const bridgePort: Rule = {
  id: "R11",
  title: "the bridge refused it: port state, isolation, VLAN, hairpin",
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop") return null;
    const named = /^BRIDGE_|^VLAN_FILTER$|STP/.test(event.reason ?? "");
    if (!named && !/^(br_|__br_)/.test(event.function ?? "")) return null;
    const port = found.link;
    const settings = port?.bridgePort;
    if (!port || !settings) return null;
    if (settings.state !== "forwarding") {
      return cause(
        "bridge-port-blocked",
        "proven",
        `bridge port ${place(found)} is in state ${settings.state}, not forwarding`,
        [eventEvidence(found), stateEvidence(found.node, `${port.name}: state ${settings.state}`)],
        [command(found.node, found.netns, `bridge link set dev ${shell(port.name)} state 3`)],
      );
    }
    return vlanRefused(found) ?? portsRefused(found);
  },
};

function vlanRefused(found: Case) {
  const port = found.link!;
  const bridge = found.before?.links.find((other) => other.ifindex === port.masterIfindex);
  if (!bridge?.bridge?.vlanFiltering) return null;
  const pvid = port.vlans?.find((vlan) => vlan.pvid)?.id;
  const id = found.event.vlan ?? pvid;
  const allowed = port.vlans?.some((vlan) =>
    id !== undefined && vlan.id <= id && id <= (vlan.idEnd ?? vlan.id)
  );
  if (allowed) return null;
  const list = port.vlans?.map((vlan) => vlan.id).join(", ") || "none";
  const what = id === undefined ? "untagged frames (it has no PVID)" : `VLAN ${id}`;
  return cause(
    "bridge-vlan-filtered",
    "proven",
    `bridge port ${place(found)} does not allow ${what}`,
    [
      eventEvidence(found),
      stateEvidence(found.node, `${bridge.name} filters VLANs; ${port.name} allows ${list}`),
    ],
    id === undefined
      ? undefined
      : [command(found.node, found.netns, `bridge vlan add dev ${shell(port.name)} vid ${id}`)],
  );
}

/** Where the frame would have had to leave, by the bridge's own table; nothing when that is unclear. */
function portOut(found: Case): Link | undefined {
  const mac = frameOf(found)?.destinationMac;
  const ports = new Map(
    found.before?.links.filter((link) => link.masterIfindex === found.link!.masterIfindex)
      .map((link) => [link.name, link]),
  );
  const out = new Set(
    found.before?.fdb.filter((entry) => entry.mac === mac && entry.destination === undefined)
      .map((entry) => ports.get(entry.device)).filter((link) => link !== undefined),
  );
  return out.size === 1 ? [...out][0] : undefined;
}

/** Isolated ports do not talk to each other, and a port does not answer itself. */
function portsRefused(found: Case) {
  const arrival = found.judgement.steps.map((step) => step.event)
    .findLast((event) => event.kind === "device-rx" && event.node === found.node);
  const into = found.before?.links.find((link) => link.ifindex === arrival?.ifindex);
  // Freed on another port than it came in by: there it was to leave.
  const out = into && found.ifindex !== into.ifindex ? found.link : portOut(found);
  if (!out?.bridgePort || !into?.bridgePort) return null;
  const at = (link: Link) => placeOf(found.node, found.netns, link.name);
  const mac = frameOf(found)!.destinationMac;
  const entry = stateEvidence(found.node, `fdb: ${mac} is behind ${out.name}`);
  const size = found.event.ipLength ?? 0;
  if (out.ifindex !== into.ifindex && size > out.mtu && !found.event.gsoSize) {
    return cause(
      "mtu-exceeded",
      "proven",
      `the packet of ${size} bytes is larger than the bridge port ${
        at(out)
      } it had to leave by allows: ${out.mtu}`,
      [eventEvidence(found), entry, stateEvidence(found.node, `${out.name} has MTU ${out.mtu}`)],
      [command(found.node, found.netns, `ip link set dev ${shell(out.name)} mtu ${size}`)],
    );
  }
  if (out.ifindex === into.ifindex && !into.bridgePort.hairpin) {
    return cause(
      "bridge-hairpin-disabled",
      "proven",
      `the frame for ${mac} would have to leave by the port it came from, ${
        at(into)
      }, and hairpin is off there`,
      [eventEvidence(found), entry, stateEvidence(found.node, `${into.name}: hairpin off`)],
      [command(found.node, found.netns, `bridge link set dev ${shell(into.name)} hairpin on`)],
    );
  }
  if (out.bridgePort.state !== "forwarding") {
    return cause(
      "bridge-port-blocked",
      "proven",
      `bridge port ${
        at(out)
      }, which the frame for ${mac} had to leave by, is in state ${out.bridgePort.state}, not forwarding`,
      [
        eventEvidence(found),
        entry,
        stateEvidence(found.node, `${out.name}: state ${out.bridgePort.state}`),
      ],
      [command(found.node, found.netns, `bridge link set dev ${shell(out.name)} state 3`)],
    );
  }
  if (out.ifindex !== into.ifindex && out.bridgePort.isolated && into.bridgePort.isolated) {
    return cause(
      "bridge-port-isolated",
      "proven",
      `bridge ports ${at(into)} and ${out.name} are both isolated`,
      [
        eventEvidence(found),
        entry,
        stateEvidence(found.node, `${into.name}: isolated on; ${out.name}: isolated on`),
      ],
      [command(found.node, found.netns, `bridge link set dev ${shell(out.name)} isolated off`)],
    );
  }
  return null;
}

export const bridgeRules: Rule[] = [bridgePort];
