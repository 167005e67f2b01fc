/** A next hop that did not give its link address. */
import { isNeighbourFailure } from "../../kernel/neighbours.ts";
import { timesAsked, timesText } from "../../view/evidence.ts";
import { isBare, routeText } from "../../view/routing.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { askedHops, routeLeftBy } from "../shared/asked_hop.ts";
import { clusterHolder } from "../shared/cluster_holder.ts";
import { ASKED_CODES, askedFor } from "../shared/neighbour_question.ts";
import { address, device as deviceWord } from "../word.ts";

/** Nobody answered for the next hop's link address. */
export const neighbourUnresolved: Rule = {
  id: "R9",
  statement:
    "Freed because the next hop's link address could not be resolved: `neighbour-unresolved`. Where " +
    "no question left the device that asks, what refused it there; where the question was seen to reach a node that has the address, what became of it there, or of the answer " +
    "that it gave; where it came to one that had the address and by its own clock had lost it, that; where a tunnel carried it towards that node, where it died; where it came to a watched bridge that the " +
    "holder is plugged into, the rule that refused it, or that it was not sent on. Where a tunnel, a queue, " +
    "a bridge's port or a checksum refused it, that rule's code (`tunnel-id-mismatch`, `traffic-control-drop` and so on): what refuses the " +
    "question refuses all; so does a tunnel whose other end has no link address, or whose own end is no address of its node: `tunnel-endpoint-unreachable`; where a vxlan carried it to a group, and the holder's device of that id has another one, both are named, likely; so does a rule of a bridge or a device that asks for no protocol: `netfilter-drop`, likely, and one that took the packet of a tunnel which it was in: `tunnel-blocked`, likely. Where a VLAN kept it from the " +
    "holder: `bridge-vlan-filtered`, or `vlan-unknown` (R136), likely where the holder's device has that id and the other protocol. Where Open vSwitch dropped it, and sent no " +
    "copy of it on, although a watched node has the address: `openvswitch-drop`, as R117, R113 and R159 tell it; or where the port that leads to the holder does not carry its VLAN. Where the holder has the asker's address " +
    "as well, and so refuses what comes from it: `martian-address`; where its `rp_filter` refuses the question, by the table of " +
    "the VRF that it came in by, where there is one: `reverse-path-filter`. Where it left, was received nowhere, and a program of XDP runs at " +
    "the cable's other end, or at the only owner's device: `xdp-drop`, likely. Where it came to a host that answers for the " +
    "address (`proxy_arp`, and a route by another device), and that does not forward what comes in there: " +
    "`ip-forwarding-disabled`, likely. Where nobody has it, it is in no network of the devices at both ends of the asker's veth, and the other end, which is no bridge's port, had the question and does not answer for others (`proxy_arp` off, or no route by another device), that is told, likely. Where nobody has an address of IPv6, and all who had the question have the device of its " +
    "VLAN down, by which a host loses such addresses: `link-down`, likely. Where nothing more is known of the " +
    "destination itself, whose the cluster's API says that it is, or that it is nobody's, with the pod that had it before.",
  yields: ["neighbour-unresolved", ...ASKED_CODES],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isNeighbourFailure(event)) return null;
    const destination = wireDestination(event);
    const route = subject.before && routeLeftBy(subject, subject.before);
    const hops = askedHops(subject, route, destination);
    const hop = hops[0]?.address ?? destination;
    const device = hops[0]?.device ?? subject.device;
    const entries =
      (subject.after ?? subject.before)?.neighbours.filter((other) =>
        hops.some(({ address }) => address === other.address) && other.device === device
      ) ?? [];
    const gateway = hop !== destination
      ? `, ${route?.nexthops?.length ? "a" : "the"} next hop to ${destination},`
      : route && isBare(route)
      ? `, which the route ${routeText(route)} looks for on the link itself, for it has no gateway,`
      : "";
    const evidence = [eventEvidence(subject)];
    for (const entry of entries) {
      evidence.push(
        stateEvidence(
          subject.node,
          `neighbour ${entry.address} dev ${device}: ${entry.states.join(",") || "no state"}`,
        ),
      );
    }
    if (route?.nexthops?.length) {
      evidence.push(stateEvidence(subject.node, `route ${routeText(route)}`));
    }
    const { node, at } = event;
    const asked = timesAsked(subject.evidence, hop, { node, netns: subject.netns, at });
    if (asked > 0) {
      evidence.push({
        node: subject.node.name,
        kind: "event",
        text: `${hop} was asked for ${
          timesText(asked)
        } about then, without an answer that was taken`,
      });
    }
    const holder = askedFor(subject, hop, device);
    // Who is known to have it, and refused to answer, is told of already.
    const known = hop === destination && holder.text === "" ? clusterHolder(subject, hop) : null;
    evidence.push(...holder.evidence, ...known?.evidence ?? []);
    return cause(
      holder.code ?? "neighbour-unresolved",
      holder.confidence ?? "proven",
      holder.isUnsent
        ? `${hop}${gateway} could not be asked for its link address; ${holder.text}`
        : `${hop}${gateway} did not answer ${
          hop.includes(":") ? "neighbour discovery" : "ARP"
        } on ${placeOf(subject.node, subject.netns, device)}${holder.text}${known?.text ?? ""}`,
      evidence,
      holder.remedy.length > 0 ? holder.remedy : command(subject.node, subject.netns, [
        "ip",
        "neigh",
        "show",
        address(hop),
        "dev",
        deviceWord(device),
      ]),
    );
  },
};
