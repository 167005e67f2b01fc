/** A tunnel's other end that says itself that nothing takes the packet. */
import { meaningOfError } from "../../kernel/icmp.ts";
import { quoting } from "../../view/evidence.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { receivedIdOf, tunnelsOf } from "../shared/tunnel_devices.ts";
import { device } from "../word.ts";

/** The other end has a device between these two, with another id. */
export const tunnelIdRefused: Rule = {
  id: "R142",
  statement:
    "Last received inside a tunnel without ports by the host it leads to, which answered that nothing takes it, " +
    "while its devices of that kind between these two ends all have another id: `tunnel-id-mismatch`.",
  yields: ["tunnel-id-mismatch"],
  judge(subject) {
    const { event, node, evidence } = subject;
    const { tunnelKind, tunnelId, tunnelSource, tunnelDestination } = event;
    if (event.kind !== "device-rx" || tunnelKind === undefined || tunnelId === undefined) {
      return null;
    }
    if (event.tunnelDestinationPort !== undefined) return null;
    const error = quoting(evidence, tunnelSource, tunnelDestination).find((other) =>
      other.node === node && other.source === tunnelDestination &&
      meaningOfError(other) === "no-port"
    );
    if (error === undefined) return null;
    const here = [tunnelKind, `ip6${tunnelKind}`].flatMap((kind) => tunnelsOf(subject, kind))
      .filter(({ link: { tunnel } }) =>
        tunnel!.local === tunnelDestination && tunnel!.remote === tunnelSource
      );
    if (here.length === 0 || here.some(({ link }) => receivedIdOf(link) === tunnelId)) return null;
    const list = here.map(({ link, netns }) =>
      `${placeOf(node, netns, link.name)} has id ${receivedIdOf(link) ?? "none"}`
    );
    return cause(
      "tunnel-id-mismatch",
      "likely",
      `${node.name} received ${tunnelKind} id ${tunnelId} from ${tunnelSource}, answered that nothing takes it, and has no device with that id between these two (${
        list.join("; ")
      })`,
      [
        eventEvidence(subject, `${tunnelKind} id ${tunnelId}`),
        {
          node: node.name,
          kind: "event",
          text:
            `ICMP type ${error.icmpType} code ${error.icmpCode} from ${error.source} about ${error.quotedSource} > ${error.quotedDestination}`,
        },
        ...list.map((text) => stateEvidence(node, text)),
      ],
      here.slice(0, 3).flatMap(({ link, netns }) =>
        command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)])
      ),
    );
  },
};
