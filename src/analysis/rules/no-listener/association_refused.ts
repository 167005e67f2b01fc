/** An SCTP association that nobody takes. */
import { SCTP } from "../../kernel/protocols.ts";
import { netnsName } from "../../view/netns_names.ts";
import { command } from "../command.ts";
import { packetText } from "../evidence.ts";
import type { ExchangeRule } from "../exchange_case.ts";
import { cause } from "../rule.ts";

/**
 * The host that was asked refused the association.
 *
 * What else looks like it: a listener with more associations than it may keep waiting, which refuses
 * in the same way (hence likely); an ABORT of something between the two ends, which does not have the
 * address that was asked; a program that aborts what it has taken, which was answered before (X10).
 */
export const associationRefused: ExchangeRule = {
  id: "R111",
  statement:
    "The first thing that came back of an SCTP association is an ABORT, made in a namespace that has " +
    "the address that was asked: `no-listener`, likely. A listener with no room for more refuses in the same way.",
  yields: ["no-listener"],
  find({ exchange: { form, outcome, reset, misdirected } }) {
    if (form.protocol !== SCTP || outcome !== "refused" || reset?.by !== "server") return null;
    if (misdirected.length > 0) return null;
    const { event } = reset.packet.steps[0]!;
    const where = `${netnsName(event.node, event.netns)} on ${event.node.name}`;
    return cause(
      "no-listener",
      "likely",
      `the host refused the association by an ABORT: nothing listens on sctp port ${form.destinationPort} in ${where}, or ` +
        "too many associations wait there to be accepted",
      [{
        node: event.node.name,
        kind: "event",
        text: `${packetText(event)} with an ABORT was first seen at ${
          event.device ?? "?"
        } in ${where}`,
      }],
      command(event.node, event.netns, ["ss", "-lnS"]),
    );
  },
};
