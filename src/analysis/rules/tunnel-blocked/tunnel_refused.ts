/** A firewall that drops the packets of a tunnel. */
import type { Rule } from "../rule.ts";
import { refusalOf } from "../shared/refusal.ts";

/** A rule or policy dropped the tunnel's outer packet. */
export const tunnelRefused: Rule = {
  id: "N2",
  title: "The tunnel's own packets are refused",
  statement:
    "`tunnel-blocked`. N6 holds for the outer packet: it was still encapsulated when it was " +
    "freed. Says nothing of a tunnel whose packets were refused after they had been taken out " +
    "of it.",
  yields: ["tunnel-blocked"],
  judge: (subject) => refusalOf(subject, "tunnel"),
};
