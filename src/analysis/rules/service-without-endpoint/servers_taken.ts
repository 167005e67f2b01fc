/** A service of IPVS that has servers and handed a packet to none of them. */
import { endPoint } from "../../../event/end_point.ts";
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { onlyVirtualServiceRefuses, virtualServiceAt } from "../shared/virtual_services.ts";
import { protocolName } from "../shared/protocol_name.ts";

/** Servers that are named. */
const SHOWN_MAX = 4;

/**
 * IPVS passes over servers that have as many connections as they may, and refuses what is left. How many
 * that is `/proc/net/ip_vs` does not tell.
 *
 * What else looks like it: a connection whose server was taken out of the service, and a packet that IPVS
 * found no way for.
 */
export const virtualServersTaken: Rule = {
  id: "R204",
  title: "A service of IPVS that hands to none of its servers",
  statement:
    "Netfilter's hooks refused the packet, all rules were read and none of them can have, and IPVS has a service " +
    "for it with servers of a weight above 0: `service-without-endpoint`, possible.",
  yields: ["service-without-endpoint"],
  judge(subject) {
    const { event, node, netns, before } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined || !before) return null;
    if (!isNetfilterDrop(event) || !onlyVirtualServiceRefuses(subject)) return null;
    const service = virtualServiceAt(subject, before);
    const servers = service?.servers.filter(({ weight }) => weight > 0) ?? [];
    if (!service || servers.length === 0) return null;
    const list = servers.slice(0, SHOWN_MAX).map(({ address, port }) => endPoint(address, port));
    const name = `${protocolName(subject)} ${endPoint(event.destination!, event.destinationPort)}`;
    return cause(
      "service-without-endpoint",
      "possible",
      `no rule at ${
        place(subject)
      } refuses it, and IPVS there handed ${name} to none of its servers (${
        list.join(", ")
      }): they may have as many connections as they are allowed, or be out of the service by now`,
      [
        eventEvidence(subject),
        stateEvidence(node, `IPVS ${name}, scheduler ${service.scheduler}: ${list.join(", ")}`),
      ],
      command(node, netns, ["ipvsadm", "-L", "-n", "--thresholds"]),
    );
  },
};
