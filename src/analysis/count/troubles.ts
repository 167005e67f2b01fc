/** [P1] Losses that only counts know, as troubles beside those that packets show. */
import { isLost } from "../exchange/losses.ts";
import type { FlowVerdict } from "../rules/flow_causes.ts";
import { joinedFlows } from "../exchange/exchange.ts";
import { endsAsAsked, type ShownTrouble, type ShownTroubles } from "../problem/shown_trouble.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { isBehind } from "./deaths.ts";
import type { Counted, Loss } from "./flow_count.ts";

/**
 * A loss of which no drop was told, of a flow that has no packet that was told to be lost but such as died
 * after it: where one was, its trouble says more.
 */
export function countedTroubles(
  counts: ReadonlyMap<FlowVerdict, Counted | undefined>,
  found: ShownTroubles,
): ShownTrouble[] {
  const { all } = found;
  const shown = Map.groupBy(all, ({ flow }) => flow);
  const troubles: ShownTrouble[] = [];
  for (const [{ group, best, packets }, counted] of counts) {
    const dead = (shown.get(group.id) ?? []).flatMap(({ dead }) => dead.filter(isLost));
    for (const loss of counted?.losses ?? []) {
      if (loss.dropsTold > 0 || dead.some((packet) => !diedBehind(packet, loss))) continue;
      const way = wayTo(loss, group);
      if (way === undefined) continue;
      const exchange = found.exchanges.findLast((one) => joinedFlows(one).includes(group));
      const { node, netns } = loss.from;
      troubles.push({
        ...endsAsAsked(group, exchange),
        outcome: "vanished",
        place: { node, netns },
        best,
        ...{ flow: group.id, packets, nth: all.length + troubles.length },
        ...(exchange ? { exchange } : {}),
        failedAt: loss.first === loss.last ? [loss.first] : [loss.first, loss.last],
        dead: [],
        counted: {
          ...{ packets: loss.packets, lost: loss.lost, came: loss.came },
          isLeast: loss.isLeast || (loss.lostAtMost ?? 0) > loss.lost,
          ...{ isAll: loss.lost === loss.packets, way, next: loss.to.seen },
        },
      });
    }
  }
  return troubles;
}

const diedBehind = ({ outcome, end }: Judgement, { from, behind }: Loss): boolean =>
  outcome === "dropped" && isBehind(end.step.event, from, behind);

/** The way of a packet up to the place after which others are missing. */
function wayTo({ from }: Loss, { packets }: FlowVerdict["group"]) {
  for (const { steps } of packets) {
    const at = steps.findIndex(({ event }) => event === from.seen);
    if (at >= 0) return steps.slice(0, at + 1).map(({ event }) => event);
  }
  return undefined;
}
