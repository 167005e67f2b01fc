/** Sources and destinations that the kernel takes for impossible. */
import { isMartian } from "../../kernel/routing.ts";
import { netnsName } from "../../view/netns_names.ts";
import { acceptsAddress } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence, wireDestination, wireSource } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { prefix } from "../word.ts";

/** Its source or destination may not appear there. */
export const martian: Rule = {
  id: "R5",
  statement: "The kernel's reason names a source or destination that may not appear there: " +
    "`martian-address`.",
  yields: ["martian-address"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isMartian(event)) return null;
    const source = wireSource(event);
    const destination = wireDestination(event);
    const own = acceptsAddress(subject.before, source);
    const why = own
      ? `its source ${source} is an address of ${netnsName(subject.node, subject.netns)} itself`
      : `${source} > ${destination} may not appear there`;
    return cause(
      "martian-address",
      "proven",
      `${place(subject)} refused the packet as martian (${event.reason}): ${why}`,
      [
        eventEvidence(subject),
        ...(own ? [stateEvidence(subject.node, `${source} is one of its own addresses`)] : []),
      ],
      remedies(subject, own),
    );
  },
};

function remedies(subject: Case, own: boolean): string[] | undefined {
  if (!own) return undefined;
  const show = ["ip", "addr", "show", "to", prefix(wireSource(subject.event))];
  return command(subject.node, subject.netns, show);
}
