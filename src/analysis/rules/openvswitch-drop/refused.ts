/** What the datapath of Open vSwitch frees in its own functions without a reason. */
import type { Event } from "../../../event/event.ts";
import {
  isOutputUntold,
  isRefusedByConntrackAction,
  isRefusedInDatapath,
} from "../../kernel/openvswitch.ts";
import { eventEvidence, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { traceRemedy } from "./trace_remedy.ts";

/** Kernels before 6.7 have no reasons of the datapath's own. */
export const openvswitchRefused: Rule = {
  id: "R164",
  title: "Refused in the datapath without a reason",
  statement:
    "Freed without a reason in a function of Open vSwitch's datapath that executes actions, asks " +
    "connection tracking, or takes or sends by a port: `openvswitch-drop`, proven, with what that function " +
    "frees packets for. Which of these it was the kernel does not tell.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    const { event } = subject;
    const why = event.kind === "drop" ? meaningOf(event) : null;
    if (why === null) return null;
    return cause(
      "openvswitch-drop",
      "proven",
      `Open vSwitch's datapath refused it, as it came in by ${place(subject)}: ${why}`,
      [eventEvidence(subject)],
      traceRemedy(subject),
    );
  },
};

function meaningOf(event: Event): string | null {
  if (isRefusedByConntrackAction(event)) {
    return "connection tracking did not take it, as where its table, or the zone's limit, is full";
  }
  if (isOutputUntold(event)) {
    return "the port that it was for is gone or down, or an action on it failed";
  }
  if (!isRefusedInDatapath(event)) return null;
  return /^ovs_vport_send\b/.test(event.function ?? "")
    ? "it is too large for the port that it was for, or not of its kind"
    : "it could not be read, or not be cut for its port";
}
