/** A filter of tc that dropped a packet, on a kernel that does not say that it did. */
import type { NetnsState } from "../../../event/state.ts";
import { untoldTrafficControlSide } from "../../kernel/queues.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device, named } from "../word.ts";
import { filtersOf } from "./traffic_control.ts";

/** What filters at a device's ingress and egress stand at; it counts what they drop, programs' drops too. */
const HOOKS = new Set(["clsact", "ingress"]);

/**
 * Older kernels free in the same functions what no protocol of the kernel takes, as IPv6 where it is switched
 * off, and what was to be sent by a device that is down: of these nothing is counted there.
 */
export const trafficControlUntold: Rule = {
  id: "R180",
  statement:
    "Freed without a reason where the filters of tc are asked at a device's ingress or egress, and their " +
    "discipline there (`clsact`, `ingress`) counted more drops in the reading after it than in the one " +
    "before: `traffic-control-drop`, likely, with the filter when one alone can have done it; possible where " +
    "there was one reading alone, and it had counted some.",
  yields: ["traffic-control-drop"],
  judge(subject) {
    const { event, node, netns, before, after } = subject;
    const side = untoldTrafficControlSide(event);
    if (side === null || !after) return null;
    // Where there is one reading alone it stands for both.
    const earlier = before && before !== after ? dropsAt(before, subject) : undefined;
    const later = dropsAt(after, subject);
    if (later === undefined || later <= (earlier ?? 0)) return null;
    const { only } = filtersOf(subject, side);
    const [filter] = only;
    return cause(
      "traffic-control-drop",
      // One reading tells of no rise, and may have been before it.
      earlier === undefined ? "possible" : "likely",
      `traffic control dropped it at ${side} of ${place(subject)}${
        filter ? ` by ${filter.text}` : ""
      }`,
      [
        eventEvidence(subject),
        stateEvidence(
          node,
          `filters at ${subject.device}: ${
            earlier === undefined ? "" : `${earlier} dropped before, `
          }${later} ${earlier === undefined ? "dropped, read once" : "after"}`,
        ),
        ...only.map(({ where, text }) =>
          stateEvidence(node, `tc filter ${subject.device} ${where}: ${text}`)
        ),
      ],
      command(node, netns, [
        ...["tc", "-s", "filter", "show", "dev", device(subject.device), named(side)],
      ]),
    );
  },
};

/** Undefined where nothing there counts. */
function dropsAt({ qdiscs }: NetnsState, { device: name }: Case): number | undefined {
  const hooks = qdiscs.filter((qdisc) => qdisc.device === name && HOOKS.has(qdisc.kind));
  return hooks.length === 0 ? undefined : hooks.reduce((sum, { drops }) => sum + drops, 0);
}
