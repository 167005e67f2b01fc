/** Sources and destinations that the kernel takes for impossible. */
import type { Evidence } from "../../../event/report.ts";
import { isMartian } from "../../kernel/routing.ts";
import { acceptsAddress, netnsName, sysctl } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence, wireDestination, wireSource } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";
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
    const sentTo = isLoopback(destination) ? translatedFrom(subject) : undefined;
    const why = own
      ? `its source ${source} is an address of ${netnsName(subject.node, subject.netns)} itself`
      : sentTo
      ? `it was translated from ${sentTo} to ${destination}, which no device but lo may receive`
      : `${source} > ${destination} may not appear there`;
    return cause(
      "martian-address",
      "proven",
      `${place(subject)} refused the packet as martian (${event.reason}): ${why}`,
      [
        eventEvidence(subject),
        ...(own ? [stateEvidence(subject.node, `${source} is one of its own addresses`)] : []),
        ...(sentTo ? translations(subject, destination) : []),
      ],
      remedies(subject, own, destination),
    );
  },
};

const isLoopback = (address: string) => address.startsWith("127.");

/** Where it was sent before a rule gave it the destination it died with. */
function translatedFrom({ judgement, event }: Case): string | undefined {
  return judgement.steps.map((step) => step.event.destination)
    .find((address) => address !== undefined && address !== event.destination);
}

/** Rules of the namespace that translate to this address. */
function translations(subject: Case, address: string): Evidence[] {
  return (subject.before?.netfilter ?? [])
    .filter(({ text }) => /dnat|redirect/i.test(text) && text.includes(address)).slice(0, 3)
    .map((rule) =>
      stateEvidence(subject.node, `${rule.family} ${rule.table} ${rule.chain}: ${rule.text}`)
    );
}

function remedies(subject: Case, own: boolean, destination: string): string[] | undefined {
  if (own) {
    const show = ["ip", "addr", "show", "to", prefix(wireSource(subject.event))];
    return command(subject.node, subject.netns, show);
  }
  if (!isLoopback(destination)) return undefined;
  const { node, netns, before: state, device } = subject;
  const names = ["all", device].map((name) => `net.ipv4.conf.${name}.route_localnet`);
  return checked({
    ...{ node, netns, state },
    changes: [{ do: "set-sysctl", name: names[1]!, value: 1 }],
    passes: (after) => names.some((name) => sysctl(after, name) === "1"),
  });
}
