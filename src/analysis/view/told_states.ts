/** States of a node that are told by what is other than in another one. */
import { emptyState, type NetnsState } from "../../event/state.ts";
import { isDifference, wholeOf } from "../../event/state_difference.ts";
import { DIFFERING } from "../../event/state_pieces.ts";
import type { Batch } from "./input.ts";

/** What batches of one node told of its state. */
export class ToldStates {
  #wholes = new Map<string, NetnsState>();
  /** Of states that were not told when others that differ from them were. */
  #missed = new Set<string>();

  /**
   * The states of these batches, all whole [D12]. Null: some of the batches before differ from one that
   * came now, and were told as unread.
   */
  take(batches: readonly Batch[]): NetnsState[] | null {
    const told = batches.flatMap(({ header: { probe }, states }) =>
      states.map((state) => ({ probe, state }))
    );
    for (const { probe, state } of told) {
      if (isDifference(state)) continue;
      const key = keyOf(probe, state.netns, state.timeNs);
      if (this.#missed.has(key)) return null;
      this.#wholes.set(key, state);
    }
    return told.map(({ probe, state }) => isDifference(state) ? this.#whole(probe, state) : state);
  }

  #whole(probe: string, difference: NetnsState): NetnsState {
    const key = keyOf(probe, difference.netns, difference.base ?? "");
    const base = this.#wholes.get(key);
    if (base === undefined) this.#missed.add(key);
    return (base && wholeOf(difference, base)) ?? unread(difference);
  }
}

const keyOf = (probe: string, netns: number, timeNs: string) => `${netns} ${timeNs} ${probe}`;

/** What is left of a difference from a state that is not here: that there was another state by then. */
function unread({ netns, timeNs, untilNs, name, file, holder }: NetnsState): NetnsState {
  const why = "the reading that it was told by difference from is not here";
  const gaps = ["state", ...DIFFERING, "openvswitch"].map((what) => ({ what, why }));
  const known = {
    ...(untilNs === undefined ? {} : { untilNs }),
    ...(name === undefined ? {} : { name }),
    ...(file === undefined ? {} : { file }),
    ...(holder === undefined ? {} : { holder }),
  };
  return emptyState(netns, timeNs, { ...known, gaps });
}
