/** A packet that Open vSwitch's datapath could not ask its daemon about. */
import { isRefusedUpcall } from "../../kernel/openvswitch.ts";
import { eventEvidence, place } from "../evidence.ts";
import { command } from "../command.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";

/** No flow in the kernel, and no way to ovs-vswitchd. */
export const openvswitchUpcall: Rule = {
  id: "R115",
  statement:
    "Freed in `ovs_dp_process_packet` without a reason: no flow of the datapath matched, and the " +
    "packet could not be handed to ovs-vswitchd: `openvswitch-drop`, likely.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isRefusedUpcall(event)) return null;
    return cause(
      "openvswitch-drop",
      "likely",
      `Open vSwitch had no flow in the kernel for a packet from ${
        place(subject)
      }, and could not hand it to ovs-vswitchd, which is not running or has no room`,
      [eventEvidence(subject)],
      [
        // A datapath is in a namespace, and shown there alone.
        ...command(subject.node, subject.netns, ["ovs-dpctl", "show"]),
        ...lookAt("lost counts what ovs-vswitchd had no room for; see that it runs"),
      ],
    );
  },
};
