/** Sources and destinations that the kernel takes for impossible. */
import type { Evidence } from "../../../event/report.ts";
import { isMartian } from "../../kernel/routing.ts";
import { acceptsAddress, netnsName } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command, setDevice } from "../command.ts";
import { eventEvidence, place, stateEvidence, wireDestination, wireSource } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/** Its source or destination may not appear there. */
export const martian: Rule = {
  id: "R5",
  statement: "The kernel's reason names a source or destination that may not appear there: " +
    "`martian-address`.",
  yields: ["martian-address"],
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop" || !isMartian(event)) return null;
    const source = wireSource(event);
    const destination = wireDestination(event);
    const own = acceptsAddress(found.before, source);
    const sentTo = isLoopback(destination) ? translatedFrom(found) : undefined;
    const why = own
      ? `its source ${source} is an address of ${netnsName(found.node, found.netns)} itself`
      : sentTo
      ? `it was translated from ${sentTo} to ${destination}, which no device but lo may receive`
      : `${source} > ${destination} may not appear there`;
    return cause(
      "martian-address",
      "proven",
      `${place(found)} refused the packet as martian (${event.reason}): ${why}`,
      [
        eventEvidence(found),
        ...(own ? [stateEvidence(found.node, `${source} is one of its own addresses`)] : []),
        ...(sentTo ? translations(found, destination) : []),
      ],
      remedies(found, own, destination),
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
function translations(found: Case, address: string): Evidence[] {
  return (found.before?.netfilter ?? [])
    .filter(({ text }) => /dnat|redirect/i.test(text) && text.includes(address)).slice(0, 3)
    .map((rule) =>
      stateEvidence(found.node, `${rule.family} ${rule.table} ${rule.chain}: ${rule.text}`)
    );
}

function remedies(found: Case, own: boolean, destination: string): string[] | undefined {
  if (own) {
    return [
      command(found.node, found.netns, `ip addr show to ${wireSource(found.event)}`),
      setDevice(found, "accept_local", 1),
    ];
  }
  return isLoopback(destination) ? [setDevice(found, "route_localnet", 1)] : undefined;
}
