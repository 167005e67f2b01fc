/** Who made a reset. */
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import { ownsAddress, stateAt } from "../view/state_view.ts";
import type { ResetBy } from "./exchange.ts";

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
  if (!ends.some((address) => ownsAddress(state, address))) return "between";
  return isAnswer ? "server" : "client";
}
