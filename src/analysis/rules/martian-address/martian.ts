/** Sources and destinations that the kernel takes for impossible. */
import { isMartian } from "../../kernel/routing.ts";
import { endPoint } from "../../../event/end_point.ts";
import { netnsName } from "../../view/netns_names.ts";
import { acceptsAddress } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence, wireDestination, wireSource } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { type Translation, translationsOf } from "../shared/translated_at.ts";
import { prefix } from "../word.ts";

/**
 * Its source or destination may not appear there. What a host gets back of its own is told so: it asked a service,
 * and was translated to itself with its own source, so that what should come from another comes from it.
 *
 * What else looks like it: an address that two hosts have (then the packet began elsewhere); a bridge or a loop that
 * sends a frame back as it was (nothing translated its destination).
 */
export const martian: Rule = {
  id: "R5",
  statement: "The kernel's reason names a source or destination that may not appear there: " +
    "`martian-address`. Where the packet began in the namespace that refused it, and one on its way translated its " +
    "destination and not its source, that is told: a hairpin that needs its source translated, too.",
  yields: ["martian-address"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isMartian(event)) return null;
    const source = wireSource(event);
    const destination = wireDestination(event);
    const own = acceptsAddress(subject.before, source);
    const back = own ? cameBack(subject) : null;
    const why = back
      ? `its source ${source} is its own: it was sent from there to ` +
        `${endPoint(back.from.destination, back.from.destinationPort)}, which ${
          netnsName(back.node, back.netns)
        } on ${back.node.name} translated to ${
          endPoint(back.to.destination, back.to.destinationPort)
        } and left the source as it was (a hairpin without masquerade)`
      : own
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
      back ? undefined : remedies(subject, own),
    );
  },
};

/** Where a packet that the namespace itself sent was translated to come back to it. */
function cameBack({ judgement, node, netns }: Case): Translation | null {
  const first = judgement.steps[0]!.event;
  if (first.kind !== "device-tx" || first.node !== node || first.netns !== netns) return null;
  return translationsOf(judgement).find(({ from, to }) =>
    from.destination !== to.destination && from.source === to.source
  ) ?? null;
}

function remedies(subject: Case, own: boolean): string[] | undefined {
  if (!own) return undefined;
  const show = ["ip", "addr", "show", "to", prefix(wireSource(subject.event))];
  return command(subject.node, subject.netns, show);
}
