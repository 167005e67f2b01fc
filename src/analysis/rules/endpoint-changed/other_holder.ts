/** A running connection whose later segments came to another host that has the server's address. */
import type { Evidence } from "../../../event/report.ts";
import { isConnectRequest, TCP } from "../../kernel/protocols.ts";
import type { Judgement } from "../../verdict/judgement.ts";
import { netnsName } from "../../view/netns_names.ts";
import { ownsAddress, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { packetText } from "../evidence.ts";
import type { ExchangeRule } from "../exchange_case.ts";
import { cause } from "../rule.ts";
import { ipFor } from "../shared/route_command.ts";
import { address } from "../word.ts";
import { endpointChanged } from "./endpoint_changed.ts";

/**
 * One host took the SYN, and another one that has the address reset the connection: a route or a neighbour led
 * its segments there meanwhile.
 *
 * What else looks like it: a new connection from the same port, whose SYN came to the other host; a host that lost
 * the connection itself, to which the SYN came as well (R92); a firewall on the way that resets, and does not have
 * the address (it is no server); NAT that chose another server (R240).
 */
export const otherHolder: ExchangeRule = {
  id: "R241",
  statement:
    "The SYN of a TCP connection came to one namespace that has the address asked, none came to another one " +
    "that has it, and that one's kernel answered a later segment by a reset: `endpoint-changed`, proven. The " +
    "node that sent its segments by another device than the SYN is named.",
  yields: ["endpoint-changed"],
  find(subject) {
    const { exchange } = subject;
    const { reset, question, outcome, form } = exchange;
    if (form.protocol !== TCP || outcome !== "broken" || reset?.by !== "server") return null;
    const made = reset.packet.steps[0]!.event;
    if (made.kind === "device-rx" || endpointChanged.find(subject)) return null;
    const begun = question.packets.filter(({ steps }) => isConnectRequest(steps[0]!.event));
    const first = begun.find(({ outcome }) => outcome === "delivered");
    const then = question.packets.findLast(({ end }) => isAt(end.step.event, made));
    if (!first || !then || begun.some(({ end }) => isAt(end.step.event, made))) return null;
    const took = first.end.step.event;
    const holds = [took, made].every((event) =>
      ownsAddress(stateAt(event.node, event.netns, event.at), took.destination ?? "")
    );
    if (!holds || took.destination !== then.end.step.event.destination) return null;
    const [before, after] = [nameOf(took), nameOf(made)];
    const parted = partedAt(first, then);
    const way = parted
      ? `: ${
        nameOf(parted.event)
      } sent them by ${parted.event.device}, and its SYN by ${parted.instead}`
      : "";
    return cause(
      "endpoint-changed",
      "proven",
      `the connection was begun with ${before}, and later segments of it came to ${after}, which has ` +
        `${took.destination} as well and never had the connection${way}`,
      [came(first, before), came(then, after)],
      parted
        ? command(parted.event.node, parted.event.netns, [
          ...[...ipFor(took.destination!), "route", "get", address(took.destination!)],
        ])
        : [],
    );
  },
};

const nameOf = ({ node, netns }: Sighting) => `${netnsName(node, netns)} on ${node.name}`;

const isAt = (event: Sighting, { node, netns }: Sighting) =>
  event.node === node && event.netns === netns;

const came = ({ steps, end }: Judgement, where: string): Evidence => ({
  node: end.step.event.node.name,
  kind: "event",
  text: `${packetText(steps[0]!.event)} came to ${where}`,
});

/** Where the two left one namespace by different devices; undefined where nobody watched that. */
function partedAt(first: Judgement, then: Judgement) {
  const sent = (judgement: Judgement) =>
    judgement.steps.map(({ event }) => event).filter(({ kind }) => kind === "device-tx");
  for (const event of sent(then)) {
    const other = sent(first).find((each) => isAt(each, event));
    if (other && other.device !== event.device) return { event, instead: other.device };
  }
  return undefined;
}
