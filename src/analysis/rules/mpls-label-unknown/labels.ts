/** A packet with a label that nobody takes where it came. */
import { isRefusedByLabels } from "../../kernel/mpls.ts";
import { netnsName } from "../../view/netns_names.ts";
import { sysctl } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";

/** The kernel looks at this first, whatever the label is. */
export const mplsInputDisabled: Rule = {
  id: "R216",
  title: "A device that takes no labels of MPLS",
  statement:
    "Freed where the kernel forwards by labels (`mpls_forward`), and `net.mpls.conf.DEVICE.input` of the device " +
    "that it came by was read to be 0: `mpls-label-unknown`, proven.",
  yields: ["mpls-label-unknown"],
  judge(subject) {
    const { event, node, netns, before: state, device } = subject;
    if (!isRefusedByLabels(event)) return null;
    const name = `net.mpls.conf.${device}.input`;
    if (sysctl(state, name) !== "0") return null;
    return cause(
      "mpls-label-unknown",
      "proven",
      `it came with a label of MPLS, and ${place(subject)} takes none: ${name} is 0`,
      [eventEvidence(subject), stateEvidence(node, `${name} = 0`)],
      checked({
        ...{ node, netns, state },
        changes: [{ do: "set-sysctl", name, value: 1 }],
        passes: (after) => sysctl(after, name) === "1",
      }),
    );
  },
};

/**
 * A label is taken off once a route was found for it, and what follows frees a shorter packet: one whose TTL
 * is used up, or that is too large for the next device.
 *
 * What else looks like it: a route all of whose next hops are dead, so that it is likely where the table may
 * have labels.
 */
export const mplsLabelUnknown: Rule = {
  id: "R217",
  title: "A label of MPLS without a route",
  statement:
    "Freed where the kernel forwards by labels (`mpls_forward`), as long as it was received, so with its label, on a " +
    "device that takes labels: `mpls-label-unknown`, proven where `net.mpls.platform_labels` was read to be 0, " +
    "so that there can be no route, else likely.",
  yields: ["mpls-label-unknown"],
  judge(subject) {
    const { event, node, netns, before, device } = subject;
    if (!isRefusedByLabels(event) || !hasItsLabel(subject)) return null;
    if (sysctl(before, `net.mpls.conf.${device}.input`) !== "1") return null;
    const limit = sysctl(before, "net.mpls.platform_labels");
    const where = `${netnsName(node, netns)} on ${node.name}`;
    const isNone = limit === "0";
    return cause(
      "mpls-label-unknown",
      isNone ? "proven" : "likely",
      isNone
        ? `it came with a label of MPLS, and ${where} has no labels: net.mpls.platform_labels is 0`
        : `it came with a label of MPLS that ${where} has no route for, or none whose next hop is alive`,
      [
        eventEvidence(subject),
        ...limit === undefined ? [] : [stateEvidence(node, `net.mpls.platform_labels = ${limit}`)],
      ],
      command(node, netns, ["ip", "-f", "mpls", "route", "show"]),
    );
  },
};

/** It was as long when its device handed it to the stack. */
function hasItsLabel({ judgement, event }: Case): boolean {
  const received = judgement.steps.map((step) => step.event)
    .findLast((other) => other.kind === "device-rx" && other.skb === event.skb);
  return received?.length !== undefined && received.length === event.length;
}
