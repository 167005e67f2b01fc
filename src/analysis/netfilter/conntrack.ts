/** Drops by connection tracking itself. */
import { mayBeConntrack, refusalByConntrack } from "../kernel/netfilter.ts";
import type { Cause } from "../../event/report.ts";
import type { NetnsState } from "../../event/state.ts";
import type { Case } from "../rules/case.ts";
import { cause } from "../rules/rule.ts";
import { eventEvidence, packetText, place, stateEvidence } from "../rules/evidence.ts";
import { checked } from "../rules/shared/checked.ts";
import { findingOf } from "./choose.ts";
import { ctStatesOf } from "./ct_states.ts";
import { passesOf } from "./passes.ts";
import { rulesetOf } from "./ruleset.ts";

/** Connections expire between the drop and the reading: this share of the limit counts as full. */
const FULL = 0.99;

const isFull = (table: NetnsState["conntrack"]): boolean =>
  table !== undefined && table.max > 0 && table.count >= table.max * FULL;

/**
 * `conntrack-table-full`, when the table had no room for the connection that the packet begins;
 * else null.
 */
export function tableFull(subject: Case): Omit<Cause, "rule"> | null {
  const { event, before, after } = subject;
  if (!mayBeConntrack(event)) return null;
  const state = [after, before].find((each) => isFull(each?.conntrack));
  if (!state) return null;
  // Only a packet that begins a connection needs room, where conntrack first sees it.
  if (!ctStatesOf(subject, rulesetOf(state)).likely.includes("new")) return null;
  const entered = passesOf(subject, state).some(({ view }) =>
    view.layer === "ip" && (view.hook === "prerouting" || view.hook === "output")
  );
  const { suspects, state: read } = findingOf(subject);
  if (!entered || suspects.length > 0) return null;
  const { count, max } = state.conntrack!;
  const seen = refusalByConntrack(event);
  if (seen === "not-entered") return null;
  return cause(
    "conntrack-table-full",
    seen === null ? "likely" : "proven",
    `connection tracking has ${count} of ${max} connections, and had no room for ${
      packetText(event)
    } at ${place(subject)}`,
    [
      eventEvidence(subject, seen === null ? undefined : "refused in nf_conntrack_in"),
      stateEvidence(subject.node, `net.netfilter.nf_conntrack_count = ${count}`),
      stateEvidence(subject.node, `net.netfilter.nf_conntrack_max = ${max}`),
      ...(read && seen === null
        ? [stateEvidence(subject.node, "no rule or policy that it is known to have met refuses it")]
        : []),
    ],
    // The limit is the machine's: it can't be set inside a namespace.
    checked({
      ...{ node: subject.node, netns: undefined, state },
      changes: [{ do: "set-sysctl", name: "net.netfilter.nf_conntrack_max", value: max * 2 }],
      passes: ({ conntrack }) => !isFull(conntrack),
    }),
  );
}
