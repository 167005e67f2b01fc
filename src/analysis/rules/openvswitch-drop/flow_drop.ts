/** What the datapath of Open vSwitch says that it dropped. */
import { isDatapathReason } from "../../kernel/openvswitch.ts";
import { gapsOf } from "../../view/state_view.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { evidenceOf } from "./flow_words.ts";
import { flowsThatDrop } from "./matching_flow.ts";
import { traceRemedy } from "./trace_remedy.ts";

/**
 * What each reason means (net/openvswitch/drop.h and actions.c). ovs-vswitchd 3.3 and later ask for
 * an explicit drop wherever their translation sends a packet nowhere; earlier ones send no action.
 */
const MEANINGS: Readonly<Record<string, string>> = {
  OVS_DROP_EXPLICIT: "its flows end in a drop, or none matched and the bridge is in secure mode",
  OVS_DROP_LAST_ACTION:
    "none of its actions sent it on: its flows end nowhere, or none matched and the bridge is in " +
    "secure mode",
  OVS_DROP_EXPLICIT_WITH_ERROR: "ovs-vswitchd could not work out where its flows lead",
  OVS_DROP_ACTION_ERROR: "an action on it failed",
  OVS_DROP_METER: "it was more than its meter allows",
  OVS_DROP_RECURSION_LIMIT: "its actions are nested too deep",
  OVS_DROP_DEFERRED_LIMIT: "too many of its actions were put off",
  OVS_DROP_FRAG_L2_TOO_LONG: "it is too large for its port, and its link header for a fragment",
  OVS_DROP_FRAG_INVALID_PROTO: "it is too large for its port, and is not IP",
  OVS_DROP_CONNTRACK: "connection tracking refused it",
  OVS_DROP_IP_TTL: "its TTL ran out",
};

/** Dropped by flows, or by the datapath for a reason of its own. */
export const openvswitchDropped: Rule = {
  id: "R113",
  statement:
    "Freed with a reason of Open vSwitch's datapath: `openvswitch-drop`, with what that reason " +
    "means. Which flow it was the reason does not tell: a drop in a flow, a miss in secure mode and " +
    "a port that is not there look alike. Proven; of `OVS_DROP_LAST_ACTION` likely, because Linux 6.7 " +
    "to 6.10 free a sampled copy with it, too.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isDatapathReason(event)) return null;
    const meaning = MEANINGS[event.reason ?? ""];
    return cause(
      "openvswitch-drop",
      // Linux 6.7 to 6.10 free a copy that was made to be sampled so, too.
      event.reason === "OVS_DROP_LAST_ACTION" ? "likely" : "proven",
      `Open vSwitch dropped it, as it came in by ${place(subject)}: ${meaning ?? event.reason}`,
      [
        eventEvidence(subject),
        ...(flowsThatDrop(subject)?.flows ?? []).slice(0, 3)
          .flatMap((flow) => evidenceOf(subject, flow)),
        ...(subject.after ? gapsOf(subject.after, ["openvswitch"]) : []).map(({ what, why }) =>
          stateEvidence(subject.node, `${what} could not be read: ${why}`)
        ),
      ],
      traceRemedy(subject),
    );
  },
};
