/** A tunnel device that was told an end with the packet, and looked for a way there in vain. */
import type { NetnsState } from "../../../event/state.ts";
import { isFreedByTunnelSender } from "../../kernel/tunnels.ts";
import { saysNoRoute } from "../../kernel/routing.ts";
import { failedLookupsOn } from "../../view/evidence.ts";
import { lookUpRoute, refuses } from "../../view/routing.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";
import { address } from "../word.ts";

/** The end is known by the lookup that failed. */
export const tunnelNoWayLookedUp: Rule = {
  id: "R134",
  statement:
    "Freed without a word of routes by a tunnel device in external mode, before it was encapsulated, " +
    "where the same processor failed to look a route up between the packet's coming to the device " +
    "and its end, for neither of its own addresses, and the tables have none as read: " +
    "`tunnel-endpoint-unreachable`, with that end. Nothing else looks a route up there meanwhile, " +
    "because a transmission is not interrupted by another one.",
  yields: ["tunnel-endpoint-unreachable"],
  judge(subject) {
    const { event, link, node, netns, before } = subject;
    if (event.kind !== "drop" && event.kind !== "consume") return null;
    if (event.tunnelKind !== undefined || link?.tunnel?.external !== true) return null;
    if (!isFreedByTunnelSender(event) || saysNoRoute(event)) return null;
    const end = endLookedFor(subject);
    if (end === undefined || !before || hasRoute(before, end)) return null;
    const ports = portsTo(before, end);
    return cause(
      "tunnel-endpoint-unreachable",
      "proven",
      `${place(subject)} was told ${end} as the tunnel's other end${
        ports.length > 0 ? ` (the remote of ${ports[0]})` : ""
      }, and has no route there`,
      [
        eventEvidence(subject, `a route to ${end} was looked for meanwhile, and not found`),
        stateEvidence(node, `no route matches ${end}`),
        ...ports.slice(0, 3).map((port) => stateEvidence(node, `${port} has remote ${end}`)),
      ],
      [
        ...command(node, netns, ["ip", "route", "get", address(end)]),
        ...lookAt(
          "the other end is set where the packet is sent into the tunnel: remote_ip or a flow of " +
            "Open vSwitch, an eBPF program, or a route with encap",
        ),
      ],
    );
  },
};

/** Where the device looked for a way to, between the packet's coming to it and its end. */
function endLookedFor({ event, judgement, evidence }: Case): string | undefined {
  const sent = judgement.end.step.previous?.event;
  if (sent?.kind !== "device-tx" || sent.skb !== event.skb || sent.node !== event.node) {
    return undefined;
  }
  const own = new Set([event.source, event.destination]);
  const ends = new Set(
    failedLookupsOn(evidence, event, sent.at).map(({ destination }) => destination)
      .filter((destination) => !own.has(destination)),
  );
  const [end] = ends;
  return ends.size === 1 ? end : undefined;
}

function hasRoute(state: NetnsState, destination: string): boolean {
  const { route } = lookUpRoute(state, { destination });
  return route !== null && !refuses(route);
}

/** Ports of Open vSwitch that lead there: `vx9 of bridge br-tun`. */
const portsTo = ({ openvswitch }: NetnsState, end: string): string[] =>
  openvswitch?.bridges.flatMap(({ name, ports }) =>
    ports.filter(({ remote }) => remote === end).map((port) => `${port.name} of bridge ${name}`)
  ) ?? [];
