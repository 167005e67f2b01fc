/** A fragment that went past the rule for its packet, for want of ports. */
import { altered } from "../../../event/altered.ts";
import type { NetfilterRule } from "../../../event/state.ts";
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { refusersAfter } from "../../netfilter/candidates.ts";
import { findingOf } from "../../netfilter/choose.ts";
import { ruleText, suspectEvidence, suspectText } from "../../netfilter/words.ts";
import { type Sighting, sightingsBetween } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence, packetText, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import type { Change } from "../shared/change.ts";
import { checked, lookAt } from "../shared/checked.ts";
import { ownerWords } from "../shared/owner_words.ts";
import { ownerOf } from "../shared/owners.ts";
import { portRuleOf, type Refusal } from "./port_rule.ts";

/** Fragments of one packet leave their sender together, and are held for 30 s: ns. */
const TOGETHER_NS = 30e9;

/**
 * The rule for its packet wants ports, which only the first fragment has.
 *
 * What else looks like it: a rule that drops fragments on purpose; a firewall that drops the first
 * fragment, too, or would drop the whole packet; connection tracking, which puts fragments together
 * before the rules, so that none is seen there; a fragment whose first one was never seen.
 */
export const fragmentWithoutPorts: Rule = {
  id: "R77",
  statement:
    "A fragment after the first, dropped by a rule or policy that would not have been asked had it " +
    "had the ports of its packet, whose first fragment was seen to pass: `fragment-without-ports`.",
  yields: ["fragment-without-ports"],
  judge(subject) {
    const { event, node } = subject;
    if (!isNetfilterDrop(event) || (event.fragmentOffset ?? 0) === 0) return null;
    if (event.tunnelKind !== undefined) return null;
    const { named, state, around, proven, answer } = findingOf(subject);
    if (!named || !state || answer !== null) return null;
    const first = firstOf(subject);
    const refusal: Refusal = { named, state, around };
    const rule = first && portRuleOf(subject, refusal, first);
    if (!first || !rule) return null;
    const { sourcePort, destinationPort } = first;
    const whole = packetText(altered(event, { sourcePort, destinationPort }));
    return cause(
      "fragment-without-ports",
      proven ? "proven" : "likely",
      `a later fragment of ${whole} (from byte ${event.fragmentOffset}) has no ports: the rule ` +
        `"${ruleText(rule)}" lets the first one pass, and ${suspectText(named)} dropped this one ` +
        `at ${place(subject)}`,
      [
        eventEvidence(subject, `fragment from byte ${event.fragmentOffset}`),
        {
          node: node.name,
          kind: "event",
          text: `the first fragment, with the ports, was seen as ${first.kind} at ${
            placeOf(node, first.netns, first.device ?? "")
          } and was dropped by no filter`,
        },
        stateEvidence(node, `${rule.family} ${rule.table} ${rule.chain}: ${ruleText(rule)}`),
        ...suspectEvidence(subject, named, around),
      ],
      remedy(subject, refusal, rule),
    );
  },
};

/** The first fragment of the same packet at its furthest on this namespace; null: dropped, or unseen. */
function firstOf({ node, netns, event }: Case): Sighting | null {
  const near = [...sightingsBetween(node, event.at - TOGETHER_NS, event.at + TOGETHER_NS)];
  const own = near.filter((other) =>
    other.netns === netns && other.source === event.source &&
    other.destination === event.destination && other.protocol === event.protocol &&
    other.ipId === event.ipId && (other.fragmentOffset ?? 0) === 0 &&
    other.destinationPort !== undefined && ((other.ipFlags ?? 0) & MORE_FRAGMENTS) !== 0
  );
  return own.some(isNetfilterDrop) ? null : own.at(-1) ?? null;
}

/** Bit of `ipFlags`: fragments follow. */
const MORE_FRAGMENTS = 1;

/** A rule for the fragments of this packet's destination, before the one that asks for ports. */
function remedy(subject: Case, refusal: Refusal, rule: NetfilterRule): string[] {
  const { node, netns } = subject;
  const { named, state } = refusal;
  const owner = ownerOf(named.rule ?? rule, named.path, state.chains);
  if (owner) return ownerWords(subject, owner, null, [named.rule ?? rule], state);
  const look = lookAt(
    `let fragments without ports pass before ${suspectText(named)}, or let it keep state`,
  );
  const change = insertion(subject, rule);
  if (!change) return look;
  const lines = checked({
    ...{ node, netns, state, changes: [change] },
    passes: (after) => {
      if (after === state) return false;
      const { list, cut } = refusersAfter(subject, named, after);
      return list.length === 0 && !cut;
    },
  });
  return lines.length > 0 ? lines : look;
}

function insertion({ event }: Case, rule: NetfilterRule): Change | null {
  const { destination, protocol, network } = event;
  // ip6tables has no word for a fragment that is not the first.
  if (network !== "ip4" || destination === undefined || protocol === undefined) return null;
  const { family, table, chain, tool } = rule;
  const place = { family, table, chain, tool, position: 0 };
  if (tool !== "nft") {
    const text = `-d ${destination}/32 -p ${protocol} -f -j ACCEPT`;
    return { do: "insert-rule", rule: { ...place, text } };
  }
  const is = (op: string, left: unknown, right: unknown) => ({ match: { op, left, right } });
  const ip = (field: string) => ({ payload: { protocol: "ip", field } });
  return {
    do: "insert-rule",
    rule: {
      ...place,
      text: ["ip daddr", destination, "ip protocol", protocol, "ip frag-off & 0x1fff != 0 accept"]
        .join(" "),
      expressions: [
        is("==", ip("daddr"), destination),
        is("==", ip("protocol"), protocol),
        is("!=", { "&": [ip("frag-off"), 0x1fff] }, 0),
        { accept: null },
      ],
    },
  };
}
