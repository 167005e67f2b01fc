/** A TTL or hop limit that ran out: it was too low, or the packet went in a circle. */
import { isInForwarding, mayBeForwardingOff6 } from "../../kernel/routing.ts";
import { ruleText, toolText } from "../../netfilter/words.ts";
import { netnsName } from "../../view/netns_names.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, stateEvidence, wireDestination } from "../evidence.ts";
import { causeOfLoop, loopedAt } from "../routing-loop/loop.ts";
import { cause, type Rule } from "../rule.ts";
import { sentByTunnel } from "./tunnel_ttl.ts";

/** Its TTL ran out. */
export const timeToLive: Rule = {
  id: "R6",
  statement:
    "Freed in forwarding with TTL 1 or less: `ttl-exceeded`; when it passed the same point " +
    "before with a higher TTL: `routing-loop`. Of a tunnel's packet it is told which device put it into the tunnel with a " +
    "TTL below 64, which no host begins with.",
  yields: ["ttl-exceeded", "routing-loop"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isInForwarding(event)) return null;
    const ttl = event.tunnelKind ? event.tunnelTtl : event.ttl;
    if (ttl === undefined || ttl > 1) return null;
    // Where forwarding is off IPv6 frees in the same function: only state or a reason tells them apart.
    if (mayBeForwardingOff6(event) && !subject.before) return null;
    const repeated = loopedAt(subject);
    const evidence = [eventEvidence(subject, `TTL ${ttl}`)];
    if (!repeated) {
      const why = loweredHere(subject, ttl) ?? sentByTunnel(subject);
      return cause(
        "ttl-exceeded",
        "proven",
        `the TTL of the packet for ${wireDestination(event)} ran out at ${place(subject)}${
          why?.text ?? ""
        }`,
        [...evidence, ...why?.evidence ?? []],
        why?.remedy ?? [],
      );
    }
    return causeOfLoop(subject, repeated, "proven", evidence);
  },
};

/** Rules that set a TTL: targets of iptables, and statements of nft. */
const SETS_TTL = /-j (TTL|HL)\b|\bip ttl set\b|\bip6 hoplimit set\b/;

/** What a filter of tc writes (pedit) into the word of IPv4 that has the TTL, or of IPv6 that has the hop limit. */
const WRITES_TTL =
  /\bpedit\b.* at (ip(v4)?\+)?8: (val|add) \w+ mask 00ffffff|\bpedit\b.* at ipv6\+4: (val|add) \w+ mask ffffff00/;

/** Rules that are shown. */
const SHOWN_MAX = 2;

/** It came in with a TTL from which nothing but a rule, or a program, of this namespace can make this. */
function loweredHere({ judgement, event, node, netns, before }: Case, ttl: number) {
  const came = judgement.steps.map((step) => step.event).findLast((other) =>
    other !== event && other.kind === "device-rx" && other.node === node && other.netns === netns
  );
  const then = came && (event.tunnelKind ? came.tunnelTtl : came.ttl);
  if (then === undefined || then <= ttl || came!.tunnelKind !== event.tunnelKind) return null;
  const rules = (before?.netfilter ?? []).filter(({ text }) => SETS_TTL.test(text))
    .slice(0, SHOWN_MAX);
  const filters = (before?.filters ?? []).filter(({ device, where, text }) =>
    device === came!.device && where === "ingress" && WRITES_TTL.test(text)
  ).slice(0, SHOWN_MAX);
  const evidence = filters.map(({ device, where, text }) =>
    stateEvidence(node, `tc filter ${device} ${where}: ${text}`)
  );
  if (filters.length > 0 && rules.length === 0) {
    return {
      text: `, where it had come in with a TTL of ${then}: a filter of tc there writes it`,
      ...{ evidence, remedy: [] },
    };
  }
  return {
    text: `, where it had come in with a TTL of ${then}` +
      (rules.length > 0
        ? `: rules there set it, as ${rules.map((rule) => `"${ruleText(rule)}"`).join(" and ")}`
        : ""),
    evidence: [
      ...rules.map((rule) =>
        stateEvidence(
          node,
          `${netnsName(node, netns)}: ${
            toolText(rule.tool, rule.family)
          }: ${rule.family} table ${rule.table} chain ${rule.chain}: ${ruleText(rule)}`,
        )
      ),
      ...evidence,
    ],
    remedy: [],
  };
}
