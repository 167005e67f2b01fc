/** A packet that Open vSwitch's datapath could not ask its daemon about. */
import type { OpenvSwitch } from "../../../event/state_openvswitch.ts";
import { isRefusedUpcall } from "../../kernel/openvswitch.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";

/** No flow in the kernel, and no way to ovs-vswitchd. */
export const openvswitchUpcall: Rule = {
  id: "R115",
  statement:
    "Freed in `ovs_dp_process_packet` without a reason: no flow of the datapath matched, and the " +
    "packet could not be handed to ovs-vswitchd: `openvswitch-drop`, likely; proven where the " +
    "datapath counted packets lost on the way there between the readings before and after.",
  yields: ["openvswitch-drop"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isRefusedUpcall(event)) return null;
    const lost = lostMeanwhile(subject);
    return cause(
      "openvswitch-drop",
      lost > 0 ? "proven" : "likely",
      `Open vSwitch had no flow in the kernel for a packet from ${
        place(subject)
      }, and could not hand it to ovs-vswitchd, which is not running or has no room`,
      [
        eventEvidence(subject),
        ...(lost > 0
          ? [stateEvidence(
            subject.node,
            `packets that its datapath counted meanwhile as lost on the way to ovs-vswitchd: ${lost}`,
          )]
          : []),
      ],
      [
        // A datapath is in a namespace, and shown there alone.
        ...command(subject.node, subject.netns, ["ovs-dpctl", "show"]),
        ...lookAt("lost counts what ovs-vswitchd had no room for; see that it runs"),
      ],
    );
  },
};

/** Packets that the kernel's datapath counted so between the readings before and after the event. */
export function lostMeanwhile({ before, after, event }: Case): number {
  if (!before?.openvswitch || !after?.openvswitch) return 0;
  if (BigInt(before.timeNs) > event.timeNs || BigInt(after.timeNs) < event.timeNs) return 0;
  const lostIn = ({ datapaths }: OpenvSwitch) =>
    datapaths.filter(({ name }) => name.startsWith("system@"))
      .reduce((sum, { lost }) => sum + lost, 0);
  return lostIn(after.openvswitch) - lostIn(before.openvswitch);
}
