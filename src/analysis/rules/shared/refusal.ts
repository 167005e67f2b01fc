/** The one rule or policy of a firewall that is left as what refused a packet. */
import type { Cause } from "../../../event/report.ts";
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { findingOf } from "../../netfilter/choose.ts";
import { explain, type Kind, kindOf } from "../../netfilter/explain.ts";
import type { Case } from "../case.ts";

/** The cause, when exactly one rule or policy can have refused the packet and is of that kind. */
export function refusalOf(subject: Case, kind: Kind): Omit<Cause, "rule"> | null {
  if (!isNetfilterDrop(subject.event)) return null;
  return kindOf(subject, findingOf(subject)) === kind ? explain(subject, kind) : null;
}
