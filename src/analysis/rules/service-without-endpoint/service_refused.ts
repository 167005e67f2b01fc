/** A firewall rule that stands for a service without endpoints. */
import type { Rule } from "../rule.ts";
import { refusalOf } from "../shared/refusal.ts";

/** The refusing rule stands for a service without endpoints. */
export const serviceRefused: Rule = {
  id: "N3",
  title: "A service without endpoints",
  statement:
    "`service-without-endpoint`. N6 holds, and the rule, or one that led to it, says `has no " +
    "endpoints` or looks into the map of services without endpoints, as kube-proxy writes " +
    "them; or it is for exactly the packet's destination, which no probed node owns, while " +
    "other single addresses are translated in the same namespace (then never more than " +
    "likely). Says nothing where services live in programs that no ruleset shows.",
  yields: ["service-without-endpoint"],
  judge: (subject) => refusalOf(subject, "service"),
};
