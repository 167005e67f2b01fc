/** Who made a reset. */
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { before, gapOf } from "../view/coverage.ts";
import { ownsAddress, stateAt } from "../view/state_view.ts";
import type { Joined, ResetBy } from "./exchange.ts";

/**
 * The end that made this reset, by the namespace where it was first seen. `isAnswer`: it goes to the
 * client. A rule that rejects makes its reset with the address of the end that it stands before, so
 * the address alone tells nothing.
 */
export function resetBy(reset: Judgement, question: FlowGroup, isAnswer: boolean): ResetBy {
  const { event } = reset.steps[0]!;
  const state = stateAt(event.node, event.netns, event.at);
  if (!state || event.kind !== "device-tx") return "unseen";
  const ends = [...question.forms.values()].map(({ source, destination }) =>
    isAnswer ? destination : source
  );
  if (!ends.some((address) => ownsAddress(state, address))) {
    // Where its reception was missed, what was forwarded looks as if it was made there.
    return gapOf(event.node, ["device_rx"], before(event)) === null ? "between" : "unseen";
  }
  return isAnswer ? "server" : "client";
}

/** A reset follows the segment that it answers within this time, ns. */
const REACTION_NS = 10e6;

/** The kernel told that it answered a segment of the other direction by a reset, just before this one. */
export function isReactiveReset({ question, answers }: Joined, reset: Judgement): boolean {
  const { node, at } = reset.steps[0]!.event;
  return [question, ...answers].some(({ packets }) =>
    packets.some(({ packet }) =>
      packet.chains.some((chain) =>
        chain.node === node &&
        chain.events.some((event) =>
          event.kind === "reset" && event.at <= at && at - event.at < REACTION_NS
        )
      )
    )
  );
}
