/** Rules and policies in words: for sentences, evidence and remedies. */
import type { Evidence } from "../../event/report.ts";
import type { NetfilterRule } from "../../event/state.ts";
import type { Case } from "../rules/case.ts";
import { stateEvidence } from "../rules/evidence.ts";
import { netnsName } from "../view/netns_names.ts";
import type { Suspect } from "./candidates.ts";
import { type Around, shownRise } from "./counters.ts";

const TEXT_MAX = 300;

/** The rule without the chain it stands in and without its counters, cut to a sentence's size. */
export function ruleText(rule: NetfilterRule): string {
  const text = rule.text
    .replace(/^-A \S+ ?/, "")
    .replace(/\bcounter packets \d+ bytes \d+/g, "counter");
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`;
}

/**
 * `chain fw (inet table f, hook forward)`; of iptables' tables `ip table filter of iptables-legacy`:
 * both kinds may have one of that name.
 */
export function chainText({ base, rule, pass }: Suspect): string {
  const { chain } = base;
  const kind = backendText(base, rule);
  const of = kind === null || kind === "nft" ? "" : ` of ${kind}`;
  const name = rule?.chain ?? chain.name;
  const device = chain.device === undefined ? "" : ` of ${chain.device}`;
  const via = name === chain.name ? "" : ` from ${chain.name}`;
  return `chain ${name} (${chain.family} table ${chain.table}${of}, hook ${pass.view.hook}${device}${via})`;
}

/** The tool whose backend holds it: `nft`, `iptables-nft`, `iptables-legacy`; null: nothing tells. */
function backendText(
  { legacy, chain }: Suspect["base"],
  rule: NetfilterRule | null,
): string | null {
  if (rule) return toolText(rule.tool, rule.family);
  if (legacy === null) return null;
  if (legacy) return toolText("iptables-legacy", chain.family);
  const isLike = /^(ip|ip6)$/.test(chain.family) && chain.name === chain.hook?.toUpperCase();
  return isLike ? toolText("iptables", chain.family) : "nft";
}

const TOOLS = { nft: "nft", iptables: "iptables-nft", "iptables-legacy": "iptables-legacy" };

/** The tool that shows a rule or chain, with its backend: `ip6tables-legacy`. */
export function toolText(tool: NetfilterRule["tool"], family: string): string {
  return family === "ip6" ? TOOLS[tool].replace("iptables", "ip6tables") : TOOLS[tool];
}

/** The rule or policy, as a sentence names it. */
export function suspectText(suspect: Suspect): string {
  const { rule } = suspect;
  return rule
    ? `the rule "${ruleText(rule)}" in ${chainText(suspect)}`
    : `the policy drop of ${chainText(suspect)}`;
}

/** The rule as read on that node, its place, and what it counted. */
export function ruleEvidence(subject: Case, rule: NetfilterRule, around: Around): Evidence {
  const place = rule.handle === undefined || rule.tool !== "nft"
    ? `rule ${rule.position}`
    : `handle ${rule.handle}`;
  const rise = shownRise(rule, around);
  const counted = rise
    ? `; counter ${rise.before} → ${rise.after}`
    : rule.packets === undefined
    ? "; it has no counter"
    : `; counter ${rule.packets}`;
  return stateEvidence(
    subject.node,
    `${where(subject)}${
      toolText(rule.tool, rule.family)
    }: ${rule.family} table ${rule.table} chain ${rule.chain} ${place}: ${
      ruleText(rule)
    }${counted}`,
  );
}

/** The rule or policy first, then the rules whose jumps led to it. */
export function suspectEvidence(subject: Case, suspect: Suspect, around: Around): Evidence[] {
  const { rule, path, base } = suspect;
  const { chain } = base;
  const kind = backendText(base, rule);
  const led = path.map((each) => ruleEvidence(subject, each, around));
  if (rule) return [ruleEvidence(subject, rule, around), ...led];
  return [
    stateEvidence(
      subject.node,
      `${where(subject)}${
        kind === null ? "" : `${kind}: `
      }${chain.family} table ${chain.table} chain ${chain.name}: type ${chain.type} hook ${chain.hook} priority ${chain.priority}; policy ${chain.policy}`,
    ),
  ];
}

const where = (subject: Case) => `${netnsName(subject.node, subject.netns)}: `;
