/** A packet of this host's own that a rule marked, and that has no way with that mark. */
import type { NetnsState } from "../../../event/state.ts";
import { isInHookWalk, isNetfilterDrop } from "../../kernel/netfilter.ts";
import { findingOf } from "../../netfilter/choose.ts";
import { netnsName } from "../../view/netns_names.ts";
import { lookUpRoute, refuses, routeText, selectorsText } from "../../view/routing.ts";
import { isIncomplete } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { eventEvidence, stateEvidence, wireDestination, wireSource } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { routeRemedy } from "../shared/route_remedy.ts";

/**
 * A chain of type route (the table mangle of iptables at the output hook, `type route` of nft) looks the way
 * up again where it changed the mark, and refuses the packet itself where there is none
 * (`ip_route_me_harder`, Linux 5.10 to 7.2). The walk of the hook frees it then as it does for rules.
 *
 * What else looks like it: a rule that drops what is marked (it is left as a suspect then, or was seen).
 */
export const rerouted: Rule = {
  id: "R195",
  title: "Routed anew by its mark",
  statement:
    "Freed by netfilter where it was made, with a mark; no rule is left that refuses it; without the mark the " +
    "tables as read have a way, and with it none or one that refuses: `route-blackhole`, `no-route`.",
  yields: ["route-blackhole", "no-route"],
  judge(subject) {
    const { event, node, netns, before, judgement } = subject;
    const { firewallMark: mark } = event;
    if (mark === undefined || before === null) return null;
    if (!isNetfilterDrop(event) || !isInHookWalk(event)) return null;
    if (event.refusedBy !== undefined || event.tunnelKind !== undefined) return null;
    if (judgement.steps.some((step) => step.event.kind === "device-rx")) return null;
    if (isIncomplete(before, ["routes", "rules"]) || mayBeRefusedByRule(subject)) return null;
    const ends = { source: wireSource(event), destination: wireDestination(event) };
    const found = lookUpRoute(before, { ...ends, mark });
    if (hasWay(found) || !hasWay(lookUpRoute(before, { ...ends, mark: 0 }))) return null;
    const { route, rule, certain } = found;
    const where = `${netnsName(node, netns)} on ${node.name}`;
    const text = route
      ? routeText(route)
      : rule && rule.action !== "lookup"
      ? `rule ${rule.priority}: ${rule.action}${selectorsText(rule)}`
      : null;
    return cause(
      text === null ? "no-route" : "route-blackhole",
      certain ? "proven" : "likely",
      `a rule of the firewall in ${where} gave the packet for ${ends.destination} the mark ${
        hex(mark)
      }, and with ` +
        (text === null ? "that no table has a way for it" : `that its way refuses it: ${text}`),
      [
        eventEvidence(subject, `mark ${hex(mark)}`),
        stateEvidence(
          node,
          text ?? `no route in ${where} matches ${ends.destination} with that mark`,
        ),
        ...markedBy(before).map((each) => stateEvidence(node, each)),
      ],
      routeRemedy({ node, netns, state: before, query: { ...ends, mark }, answer: found }),
    );
  },
};

/** Rules of these that are told. */
const SHOWN_MAX = 3;

const hex = (mark: number) => `0x${mark.toString(16)}`;

const hasWay = ({ route }: ReturnType<typeof lookUpRoute>): boolean =>
  route !== null && !refuses(route);

function mayBeRefusedByRule(subject: Case): boolean {
  const { unread, cut, suspects, answer } = findingOf(subject);
  return unread !== null || cut || answer !== null || suspects.length > 0;
}

/** Rules that set marks in chains that look the way up again. */
function markedBy({ chains, netfilter }: NetnsState): string[] {
  const anew = chains.filter(({ hook, type, name, table }) =>
    hook === "output" && (type === "route" || (table === "mangle" && name === "OUTPUT"))
  );
  return netfilter.filter(({ table, family, chain, text }) =>
    anew.some((each) => each.table === table && each.family === family && each.name === chain) &&
    /\bmark set\b|MARK/.test(text)
  ).slice(0, SHOWN_MAX).map(({ family, table, chain, text }) =>
    `${family} ${table} ${chain}: ${text}`
  );
}
