/** A filter of a queueing discipline that was seen to drop the packet. */
import { isRefusedByFilter } from "../../kernel/queues.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";
import { mayDrop } from "./traffic_control.ts";

/** Filters that are shown where several can have done it. */
const FILTERS_MAX = 5;

/** The classifier's answer was seen. */
export const refusedByFilter: Rule = {
  id: "R153",
  statement:
    "`traffic-control-drop`, proven: freed for a queueing discipline, whose filters were seen to answer " +
    "that the packet is to be dropped (script `refused_tc`); so no queue was full, and netem did not " +
    "lose it. The filter is named where one alone there can drop.",
  yields: ["traffic-control-drop"],
  judge(subject) {
    const { event, node, netns, after, before } = subject;
    if (event.kind !== "drop" || !isRefusedByFilter(event)) return null;
    const filters = ((after ?? before)?.filters ?? []).filter((filter) =>
      filter.device === subject.device && filter.where.endsWith(":") && mayDrop(filter)
    );
    const [only, ...more] = filters;
    const who = only && more.length === 0 ? `: ${only.text}` : "";
    return cause(
      "traffic-control-drop",
      "proven",
      `a filter of the queueing disciplines at ${place(subject)} dropped it${who}`,
      [
        eventEvidence(subject, "its filters were seen to refuse it (tcf_classify)"),
        ...filters.slice(0, FILTERS_MAX).map(({ where, text }) =>
          stateEvidence(node, `tc filter ${subject.device} ${where} ${text}`)
        ),
      ],
      command(node, netns, ["tc", "-s", "filter", "show", "dev", device(subject.device)]),
    );
  },
};
