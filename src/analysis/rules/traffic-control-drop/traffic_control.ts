/** A tc filter or program that dropped the packet. */
import type { TrafficControlFilter } from "../../../event/state.ts";
import { trafficControlSide } from "../../kernel/queues.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked, lookAt } from "../shared/checked.ts";
import { programOwner } from "../shared/other_owners.ts";
import { device, named, type Word } from "../word.ts";
import { redirectedToDown } from "./redirected_to_down.ts";

/** A tc filter or program dropped it. */
export const trafficControl: Rule = {
  id: "R30",
  statement:
    "The kernel's reason is TC_INGRESS or TC_EGRESS: `traffic-control-drop`, with the filter " +
    "when one alone can have done it; where none there drops, with the one that redirects to a device which is down or gone.",
  yields: ["traffic-control-drop"],
  judge(subject) {
    const { event } = subject;
    const side = trafficControlSide(event);
    if (event.kind !== "drop" || side === null) return null;
    const { filters, only } = filtersOf(subject, side);
    const redirected = filters.length === 0 ? redirectedToDown(subject, side) : null;
    const what = only.length === 1
      ? ` by ${only[0]!.text}`
      : redirected === null
      ? ""
      : redirected.target === null
      ? ", because a filter there hands it to a device that was deleted"
      : `, because a filter there hands it to ${redirected.target.name}, which is down`;
    return cause(
      "traffic-control-drop",
      "proven",
      `traffic control dropped it at ${side} of ${place(subject)}${what}`,
      [
        eventEvidence(subject),
        ...(redirected ? [redirected.filter] : only.length > 0 ? only : filters).slice(0, 5).map((
          filter,
        ) =>
          stateEvidence(subject.node, `tc filter ${filter.device} ${filter.where}: ${filter.text}`)
        ),
        ...(redirected?.target
          ? [stateEvidence(
            subject.node,
            `${redirected.target.name}: flags ${redirected.target.flags.join(",")}`,
          )]
          : []),
      ],
      only.length === 1
        ? withoutFilter(subject, only[0]!, side)
        : command(subject.node, subject.netns, showing(subject.device, side)),
    );
  },
};

/** Filters that may have dropped it, and the only one, by its counter or because there is no other. */
export function filtersOf(subject: Case, side: string) {
  const filters =
    (subject.after ?? subject.before)?.filters.filter((filter) =>
      filter.device === subject.device &&
      (filter.where === side || filter.where === "ingress" || filter.where.endsWith(":")) &&
      mayDrop(filter)
    ) ?? [];
  const moved = filters.filter((filter) => dropsBetween(subject, filter) > 0);
  return { filters, only: moved.length === 1 ? moved : filters.length === 1 ? filters : [] };
}

/** The filter has an action that drops, or is a program that may drop what it likes. */
export function mayDrop(filter: TrafficControlFilter): boolean {
  return filter.kind === "bpf" ||
    filter.actions.some((action) =>
      action.control === "drop" || action.kind === "police" || action.kind === "bpf" ||
      action.control === "shot"
    ) || /\bdrop\b/.test(filter.text);
}

function dropsBetween(subject: Case, filter: TrafficControlFilter): number {
  const count = (other: TrafficControlFilter | undefined) =>
    other?.actions.reduce((total, action) => total + (action.drops ?? 0), 0) ?? 0;
  const earlier = subject.before?.filters.find((other) =>
    other.device === filter.device && other.where === filter.where &&
    other.preference === filter.preference && other.handle === filter.handle
  );
  return count(filter) - count(earlier);
}

const showing = (name: string, side: string): Word[] => [
  ...["tc", "-s", "filter", "show", "dev", device(name), named(side)],
];

/** A filter with its actions, as the names of programs are looked for in it. */
export const programText = ({ text, actions }: TrafficControlFilter): string =>
  `${text} ${actions.map(({ kind }) => kind).join(" ")}`;

/** Filters of a program are changed there; others at the same preference would go with it. */
function withoutFilter(
  { node, netns, after, before, device: name }: Case,
  filter: TrafficControlFilter,
  side: string,
): string[] {
  const owner = programOwner(programText(filter));
  if (owner) return [...lookAt(owner), ...command(node, netns, showing(name, side))];
  const state = after ?? before;
  const isBeside = (other: TrafficControlFilter) =>
    other.device === filter.device && other.where === filter.where &&
    other.preference === filter.preference;
  const alone = state?.filters.filter(isBeside).length === 1;
  const lines = alone && filter.preference !== undefined
    ? checked({
      ...{ node, netns, state },
      changes: [{ do: "delete-filters", filter, side }],
      passes: ({ filters }) => !filters.some(isBeside),
    })
    : [];
  return lines.length > 0 ? lines : command(node, netns, showing(name, side));
}
