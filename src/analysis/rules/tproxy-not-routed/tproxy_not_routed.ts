/** What TPROXY gave to a local socket, and was forwarded. */
import type { NetfilterRule } from "../../../event/state.ts";
import { isForwardedWithoutReason } from "../../kernel/routing.ts";
import { travellerOf } from "../../netfilter/candidates.ts";
import { evaluate } from "../../netfilter/evaluate.ts";
import { rulesetOf } from "../../netfilter/ruleset.ts";
import { ruleText } from "../../netfilter/words.ts";
import { routeText } from "../../view/routing.ts";
import { netnsName } from "../../view/netns_names.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, packetText, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { isSix, routeFor } from "../shared/tables.ts";

/** As nft prints its own rules, and as iptables-save does. */
const TPROXY = /\btproxy to\b|-j TPROXY\b/;

/**
 * `ip_forward` and `ip6_forward` free what has a socket, without a reason (Linux 5.10 to 6.18).
 *
 * What else they free without a reason: frames that were not for this host, which have another packet
 * type; what merging in hardware (LRO) made, and strict source routes, which are rare. Nothing of
 * these needs a rule of TPROXY that may have met the packet: without one nothing is said.
 */
export const tproxyNotRouted: Rule = {
  id: "R124",
  statement:
    "Freed where packets are forwarded, without a reason, though the tables have a way for it, and a " +
    "rule of TPROXY may have met it: `tproxy-not-routed`, likely.",
  yields: ["tproxy-not-routed"],
  judge(subject) {
    const { event, node, netns } = subject;
    if (event.tunnelKind !== undefined || !isForwardedWithoutReason(event)) return null;
    const way = routeFor(subject)?.route;
    // With a way that refuses, or none, there is another reason to free it.
    if (!way || (way.type !== "unicast" && way.type !== "local")) return null;
    const rule = subject.before?.netfilter.find((each) =>
      TPROXY.test(each.text) && mayMeet(each, subject)
    );
    if (!rule) return null;
    const text = ruleText(rule);
    const place = `${netnsName(node, netns)} on ${node.name}`;
    return cause(
      "tproxy-not-routed",
      "likely",
      `the rule "${text}" in chain ${rule.chain} of ${place} gave ${
        packetText(event)
      } to a local ` +
        "socket, and the routing tables sent it on: no policy route makes it local",
      [
        eventEvidence(subject),
        stateEvidence(node, `${rule.family} table ${rule.table} chain ${rule.chain}: ${text}`),
        ...(way.type === "unicast" ? [stateEvidence(node, `its route: ${routeText(way)}`)] : []),
      ],
      command(node, netns, ["ip", ...(isSix(subject) ? ["-6"] : []), "rule", "show"]),
    );
  },
};

function mayMeet(rule: NetfilterRule, subject: Case): boolean {
  if (rule.family !== "inet" && rule.family !== (isSix(subject) ? "ip6" : "ip")) return false;
  const ruleset = rulesetOf(subject.before!);
  const mark = { value: 0, known: 0 };
  const at = {
    ...travellerOf(subject, ruleset, { ctState: null, mark }),
    ...{ hook: "prerouting", input: subject.device, output: null },
  };
  const legacy = rule.tool === "iptables-legacy";
  const isChain = (name: string) =>
    ruleset.isChain({ family: rule.family, table: rule.table, name, legacy });
  return evaluate(rule, at, isChain).match !== "no";
}
