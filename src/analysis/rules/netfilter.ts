/** Deaths in netfilter: a rule, a policy, connection tracking. Statements: `docs/rules.md`. */
import { findingOf } from "../netfilter/choose.ts";
import { tableFull } from "../netfilter/conntrack.ts";
import { isNetfilterDrop } from "../kernel/netfilter.ts";
import { explain, type Kind, kindOf, untold } from "../netfilter/explain.ts";
import type { Rule } from "./rule.ts";

const refusal = (id: string, kind: Kind, title: string): Rule => ({
  id,
  title,
  judge(found) {
    if (!isNetfilterDrop(found.event)) return null;
    return kindOf(found, findingOf(found)) === kind ? explain(found, kind) : null;
  },
});

export const conntrackTableFull: Rule = {
  id: "N1",
  title: "connection tracking had no room for a new connection",
  judge: (found) => isNetfilterDrop(found.event) ? tableFull(found) : null,
};

export const tunnelRefused = refusal(
  "N2",
  "tunnel",
  "a rule or policy dropped the tunnel's outer packet",
);
export const serviceRefused = refusal(
  "N3",
  "service",
  "the refusing rule stands for a service without endpoints",
);
export const invalidRefused = refusal(
  "N4",
  "invalid",
  "the dropping rule is for packets that connection tracking finds invalid",
);
export const rejected = refusal("N5", "reject", "a rule rejected it");
export const dropped = refusal("N6", "drop", "a rule or policy dropped it");

export const refused: Rule = {
  id: "N7",
  title: "netfilter dropped it, and which rule did can't be told",
  judge: (found) => isNetfilterDrop(found.event) ? untold(found) : null,
};

export const netfilterRules: Rule[] = [
  conntrackTableFull,
  tunnelRefused,
  serviceRefused,
  invalidRefused,
  rejected,
  dropped,
  refused,
];
