/** The states of an incident as probes tell them by difference (rule D12), whatever that saves. */
import type { AnalysisInput } from "../../../src/analysis/mod.ts";
import { decodeLine } from "../../../src/event/codec.ts";
import type { NetnsState } from "../../../src/event/state.ts";
import { Base } from "../../../src/event/state_difference.ts";

/** Every so many states of a namespace one is told whole. */
const WHOLE_EACH = 4;

/** The same, with all states but the first, and some after it, told by what differs from that one. */
export function byDifference(input: AnalysisInput): AnalysisInput {
  const bases = new Map<string, { base: Base; left: number }>();
  const told = (probe: string, state: NetnsState): NetnsState => {
    const key = `${probe} ${state.netns}`;
    const known = bases.get(key);
    const isOther = known !== undefined && known.base.state.timeNs !== state.timeNs;
    if (!isOther || known.left === 0 || state.ended) {
      if (!state.ended) bases.set(key, { base: new Base(state), left: WHOLE_EACH - 1 });
      return state;
    }
    known.left -= 1;
    const line = decodeLine(JSON.stringify(known.base.difference(state)));
    if (line.type !== "state") throw new Error(`Cannot read a difference: it is a ${line.type}`);
    return line.state;
  };
  const batches = input.batches.map((batch) => ({
    ...batch,
    states: batch.states.map((state) => told(batch.header.probe, state)),
  }));
  return { ...input, batches };
}

/** How many states are told by difference. */
export const differencesIn = ({ batches }: AnalysisInput): number =>
  batches.flatMap(({ states }) => states).filter(({ kind }) => kind === "state-difference").length;
