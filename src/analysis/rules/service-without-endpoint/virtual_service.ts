/** A service of IPVS that has no server to hand a packet to. */
import { endPoint } from "../../../event/end_point.ts";
import type { VirtualService } from "../../../event/state.ts";
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { findingOf } from "../../netfilter/choose.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { protocolName } from "../shared/protocol_name.ts";
import { virtualServiceAt } from "../shared/virtual_services.ts";

/**
 * IPVS refused the packet for want of a real server.
 *
 * What else looks like it: a rule of netfilter that rejects what is for the service; it answers with
 * the same ICMP error, and is freed in the same function.
 */
export const virtualServiceEmpty: Rule = {
  id: "R110",
  title: "A service of IPVS without servers",
  statement:
    "`service-without-endpoint`. Netfilter's hooks refused the packet, where IPVS has a service of " +
    "its destination and port, or of the mark that rules gave it, whose servers are none, or all of " +
    "weight 0, in the readings before and after. Proven where all rules were read and none of them can have refused it, likely where some " +
    "can; says nothing where one rule is left as what did.",
  yields: ["service-without-endpoint"],
  judge(subject) {
    const { event, node, netns, before, after } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined) return null;
    if (!isNetfilterDrop(event)) return null;
    const states = [before, after].filter((state) => state !== null);
    const [service] = states.map((state) => virtualServiceAt(subject, state));
    if (!service || states.some((state) => !isEmpty(virtualServiceAt(subject, state)))) {
      return null;
    }
    const { named, suspects, unread } = findingOf(subject);
    if (named) return null;
    const name = endPoint(event.destination!, event.destinationPort);
    const what = service.servers.length === 0
      ? "no server"
      : `only servers of weight 0 (${
        service.servers.slice(0, 4).map(({ address, port }) => endPoint(address, port)).join(", ")
      })`;
    const asked = service.mark === undefined
      ? `${protocolName(subject)} ${name}`
      : `${protocolName(subject)} ${name} with the mark ${service.mark}`;
    return cause(
      "service-without-endpoint",
      suspects.length === 0 && unread === null ? "proven" : "likely",
      `IPVS at ${place(subject)} has ${what} for ${asked}`,
      [
        eventEvidence(subject),
        stateEvidence(
          node,
          `IPVS ${asked}, scheduler ${service.scheduler}: ${what}`,
        ),
      ],
      command(node, netns, ["cat", "/proc/net/ip_vs"]),
    );
  },
};

const isEmpty = (service: VirtualService | undefined): boolean =>
  service?.servers.every(({ weight }) => weight === 0) ?? false;
