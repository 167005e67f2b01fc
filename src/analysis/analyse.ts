/**
 * The report of an incident from everything its probes told. Pure: same input, same report.
 *
 * The rooms, in the order of the data; each imports only `src/event` and rooms before it:
 *
 * - `kernel` what the kernel means by its functions and reasons;
 * - `view` one view per node: events by its clock, what it covered, its state at any moment;
 * - `cluster` what the API of a cluster told, at any moment;
 * - `correlate` sightings to packets: what one skb did, which are one packet, which led to which;
 * - `verdict` what became of every packet, and of the flow it belongs to;
 * - `exchange` which question each flow belongs to, and what came of it;
 * - `netfilter` and `rules` why;
 * - `report` all of it as JSON for programs outside.
 *
 * `shards` is the same for an incident that is spread over machines; it stands beside `report`.
 */
import type { Report } from "../event/report.ts";
import { ReportMemory } from "./report/report.ts";
import type { AnalysisInput } from "./view/input.ts";

/** Some 8 MB. Waking one costs less than half of judging it again, which has to be done then anyway. */
const PACKETS_AWAKE_MAX = 4_000;

/**
 * The report of an incident. Of no matter which order, batching or duplication of the same events,
 * the report is the same. Throws LasthopError `filter_malformed` when `input.filter` is none.
 */
export const analyse = (input: AnalysisInput): Report => new ReportMemory().report(input);

/**
 * Reports of one incident that grows. The batches of an earlier report, and packets of shards, that are
 * given again must be the same objects and unchanged: what was worked out of them is not worked out again, nor is what no
 * new event can have changed. Each report is the one that `analyse` makes of the same input, and flows,
 * exchanges and problems that are the same as before are the same objects.
 */
export class Analysis {
  readonly #packetsAwakeMax: number;
  #memory: ReportMemory;

  /**
   * `packetsAwakeMax`: of more packets those that were looked at longest ago are kept as what was seen alone,
   * and are judged again when something touches them.
   */
  constructor({ packetsAwakeMax = PACKETS_AWAKE_MAX } = {}) {
    this.#packetsAwakeMax = packetsAwakeMax;
    this.#memory = new ReportMemory(packetsAwakeMax);
  }

  /**
   * [D11] The mark of a report: each flow was judged when all that this report was of was known, or later. It is
   * the mark of the last report where that judged all.
   */
  get judgedTo(): number {
    return this.#memory.judgedTo;
  }

  /**
   * The report of all that is given. Throws as `analyse` does. `packetsMax`: where more packets would have to be
   * judged again, flows of which nothing new is expected are told as they were (`accounting.postponed`, rule D10).
   * `mark`: what this report is known by in `judgedTo`, no less than that of the one before; default: one more.
   */
  report(input: AnalysisInput, packetsMax = Infinity, mark?: number): Report {
    try {
      return this.#memory.report(input, packetsMax, mark);
    } catch (error) {
      // It may have taken a part of what is new, which would then never be looked at.
      this.#memory = new ReportMemory(this.#packetsAwakeMax);
      throw error;
    }
  }
}
