/** A real server of IPVS that its director has no way to. */
import { endPoint } from "../../../event/end_point.ts";
import { isFreedByVirtualSender } from "../../kernel/netfilter.ts";
import { lookUpRoute, refuses } from "../../view/routing.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { protocolName } from "../shared/protocol_name.ts";
import { virtualServiceAt } from "../shared/virtual_services.ts";
import { address } from "../word.ts";

/**
 * IPVS looks up the way to the server that it chose, and frees what it has none for.
 *
 * What else looks like it: a packet that is too large for that way, and one for a server with a way: of
 * these nothing is said.
 */
export const virtualServerNoWay: Rule = {
  id: "R207",
  title: "A server of IPVS without a way",
  statement:
    "Freed as a drop by one of IPVS' transmit functions, and the tables as read have no way to any server of " +
    "the service with a weight above 0: `no-route`, proven; likely where they have one to some of them.",
  yields: ["no-route"],
  judge(subject) {
    const { event, node, netns, before } = subject;
    if (!isFreedByVirtualSender(event) || !before) return null;
    const service = virtualServiceAt(subject, before);
    const servers = service?.servers.filter(({ weight }) => weight > 0) ?? [];
    const lost = servers.filter((server) => {
      const { route, certain } = lookUpRoute(before, { destination: server.address });
      return certain && (route === null || refuses(route));
    });
    const [first] = lost;
    if (!service || !first) return null;
    const name = `${protocolName(subject)} ${endPoint(event.destination!, event.destinationPort)}`;
    return cause(
      "no-route",
      lost.length === servers.length ? "proven" : "likely",
      `IPVS at ${place(subject)} handed ${name} to the server ${
        endPoint(first.address, first.port)
      }, and no route there leads to ${first.address}`,
      [
        eventEvidence(subject),
        stateEvidence(
          node,
          `IPVS ${name}: ${servers.map((one) => endPoint(one.address, one.port)).join(", ")}`,
        ),
      ],
      command(node, netns, ["ip", "route", "get", address(first.address)]),
    );
  },
};
