/** Why a kernel freed what is no packet of a flow: a question for a link address, an ICMP error. */
import type { Evidence } from "../../../event/report.ts";
import { isNeighbourFailure } from "../../kernel/neighbours.ts";
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { findingOf } from "../../netfilter/choose.ts";
import type { Suspect } from "../../netfilter/candidates.ts";
import { ruleText, suspectEvidence, suspectText } from "../../netfilter/words.ts";
import { linkOf, stateAfter, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { bridgePort } from "../bridge-port-blocked/bridge_port.ts";
import { checksumInvalid } from "../checksum-invalid/checksum.ts";
import { linkDown } from "../link-down/link_down.ts";
import { openvswitchDropped } from "../openvswitch-drop/flow_drop.ts";
import { openvswitchHandedUp } from "../openvswitch-drop/handed_up.ts";
import { openvswitchFlow } from "../openvswitch-drop/named_flow.ts";
import { queueOverflow } from "../queue-overflow/queue.ts";
import { command } from "../command.ts";
import { stateEvidence } from "../evidence.ts";
import type { Rule } from "../rule.ts";
import { trafficControl } from "../traffic-control-drop/traffic_control.ts";
import { tunnelNoWayLookedUp } from "../tunnel-endpoint-unreachable/told_unroutable.ts";
import { tunnelNoEndpoint } from "../tunnel-no-endpoint/no_endpoint.ts";
import { tunnelUntold, tunnelUntoldUncounted } from "../tunnel-no-endpoint/untold.ts";
import { tunnelOwnEndGone } from "../tunnel-endpoint-unreachable/own_end_gone.ts";
import { tunnelNoWayTold } from "../tunnel-endpoint-unreachable/no_way_told.ts";
import { tunnelNoListener } from "../tunnel-blocked/no_tunnel_socket.ts";
import { tunnelIdMismatch } from "../tunnel-id-mismatch/id_mismatch.ts";
import type { Asked } from "./asked.ts";
import { address } from "../word.ts";
import { refusalRemedy } from "./refusal_remedy.ts";
import { ipFor } from "./route_command.ts";

/** A question that was freed, in words that end a sentence: `reached` and `seen` tell how it came there. */
export function died(
  subject: Case,
  question: Sighting,
  free: Sighting,
  reached: string,
  seen: Evidence,
): Asked {
  const where = freedText(free);
  const freed: Evidence = { node: free.node.name, kind: "event", text: `it was freed in ${where}` };
  const why = whyDied(subject, question, free);
  return why
    ? {
      ...why,
      text: `${reached}, and died there: ${why.text}`,
      evidence: [seen, freed, ...why.evidence],
    }
    : { text: `${reached}, and died there in ${where}`, evidence: [seen, freed], remedy: [] };
}

/** The function that freed it, with the kernel's reason. */
export const freedText = ({ function: by, reason }: Sighting): string =>
  `${by ?? "an unnamed function"}${reason ? ` (${reason})` : ""}`;

/** Rules that tell a death by its function and by state alone. */
const RULES: readonly Rule[] = [
  ...[tunnelNoListener, tunnelIdMismatch, checksumInvalid],
  // Before the queue: that of a device without carrier takes nothing (`noop`).
  ...[linkDown, bridgePort],
  ...[openvswitchFlow, openvswitchDropped, openvswitchHandedUp, queueOverflow, trafficControl],
  // Before what tells of the other end: from an address that is not here no way leads to any.
  ...[tunnelOwnEndGone, tunnelNoWayTold, tunnelNoWayLookedUp, tunnelNoEndpoint],
  ...[tunnelUntold, tunnelUntoldUncounted],
];

/** What the death of such a thing may be called. */
export const QUESTION_CODES = [...RULES.flatMap(({ yields }) => yields), "netfilter-drop" as const];

/**
 * Why such a thing was freed: it is judged as a packet is, by the rules as read where it died. `came`
 * is its arrival there, or the free itself where it was made there. Null where the rules do not tell.
 * The evidence is without the free.
 */
export function whyDied(subject: Case, came: Sighting, free: Sighting): Asked | null {
  const there = caseOf(subject, came, free);
  for (const rule of RULES) {
    const cause = rule.judge(there);
    if (!cause) continue;
    const { code, sentence, evidence, remedy = [], confidence } = cause;
    return { code, text: sentence, evidence: evidence.slice(1), remedy, confidence };
  }
  if (isNeighbourFailure(free)) return endUnresolved(there);
  if (!isNetfilterDrop(free)) return null;
  const { named, state, around } = findingOf(there);
  const isTunnel = free.tunnelKind !== undefined;
  const code = isTunnel ? "tunnel-blocked" : "netfilter-drop";
  return named && {
    ...(refusesAll(named, isTunnel) ? { code, confidence: "likely" as const } : {}),
    text: `${suspectText(named)} dropped ${isTunnel ? "the tunnel's packet with it" : "it"}`,
    evidence: suspectEvidence(there, named, around),
    remedy: refusalRemedy(there, named, state),
  };
}

/** The tunnel that carried it leads to an end that told nobody its link address. */
function endUnresolved({ event, node, netns, before }: Case): Asked | null {
  const { tunnelKind, tunnelDestination } = event;
  if (tunnelKind === undefined || tunnelDestination === undefined) return null;
  const neighbour = before?.neighbours.find(({ address }) => address === tunnelDestination);
  return {
    code: "tunnel-endpoint-unreachable",
    confidence: "proven",
    text: `${tunnelKind} led it to ${tunnelDestination}, which told nobody its link address`,
    evidence: neighbour === undefined ? [] : [
      stateEvidence(
        node,
        `neighbour ${neighbour.address} dev ${neighbour.device}: ${neighbour.states.join(",")}`,
      ),
    ],
    remedy: command(node, netns, [
      ...[...ipFor(tunnelDestination), "neigh", "show", address(tunnelDestination)],
    ]),
  };
}

/**
 * A rule about frames that took such a question although it asks for no protocol, or one that took the packet of a
 * tunnel which it was in: it takes what the question was asked for, too. One that asks for the link address a frame
 * is for, or for a group, may take questions alone, and one with a limit some packets.
 */
const refusesAll = ({ rule }: Suspect, isTunnel: boolean): boolean => {
  // The policy of a chain takes all that no rule of it lets pass.
  if (rule === null) return isTunnel;
  if (!isTunnel && !["bridge", "netdev"].includes(rule.family)) return false;
  return !/\b(arp|ether (type|daddr)|meta protocol|pkttype|icmpv6|ip6|limit|quota|numgen)\b|@/.test(
    ruleText(rule),
  );
};

/** Its own death, in the form that rules are asked in. */
function caseOf(subject: Case, arrival: Sighting, free: Sighting): Case {
  const { chain } = subject.judgement.end.step;
  const came = { event: arrival, chain, previous: null };
  const step = { event: free, chain, previous: came };
  const { node, at } = free;
  const netns = free.netns ?? arrival.netns;
  const before = stateAt(node, netns, at);
  return {
    ...subject,
    judgement: {
      ...subject.judgement,
      steps: [came, step],
      end: { kind: "dropped", step, atDestination: true },
      outcome: "dropped",
    },
    ...{ event: free, node, netns, before, after: stateAfter(node, netns, at) },
    ...{ device: free.device ?? arrival.device ?? "", ifindex: free.ifindex ?? arrival.ifindex },
    link: linkOf(before, free.ifindex ?? arrival.ifindex),
  };
}
