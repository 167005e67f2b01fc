/** Reports while the probes still send, and after the last of them: what is told early stays true. */
import type { AnalysisInput, Batch } from "../../src/analysis/mod.ts";
import type { Report } from "../../src/event/report.ts";
import { checkGaps } from "./check_whole.ts";
import { checkWrong } from "./check_wrong.ts";
import type { Violation } from "./match.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";

type Analyse = (input: AnalysisInput) => Report;

/** Of each probe the first few batches: nobody is called dropped or vanished who arrives later. */
export function checkLive(
  scenario: Scenario,
  input: AnalysisInput,
  analyse: Analyse,
  random: Random,
): Violation[] {
  const live = { ...input, batches: prefixOf(input.batches, random), closed: false };
  const report = analyse(live);
  const found = [...checkWrong(scenario, report), ...checkGaps(live, report)];
  const early = found.map(({ check, text }) => ({ check: "live", text: `${check}: ${text}` }));
  return [...early, ...checkSettled(input, analyse)];
}

function prefixOf(batches: readonly Batch[], random: Random): Batch[] {
  const reach = new Map<string, number>();
  for (const { header } of [...batches].sort((a, b) => a.header.probe < b.header.probe ? -1 : 1)) {
    if (!reach.has(header.probe)) reach.set(header.probe, random.int(6));
  }
  return batches.filter(({ header }) => header.sequence < reach.get(header.probe)!);
}

/** Long enough for everything that may still come. */
const LATER_NS = 60_000_000_000n;

/** When faults and traffic have stopped and the probes watch on, nothing stays open. */
function checkSettled(input: AnalysisInput, analyse: Analyse): Violation[] {
  const last = new Map<string, Batch>();
  for (const batch of input.batches) {
    const known = last.get(batch.header.probe);
    if (!known || known.header.sequence < batch.header.sequence) {
      last.set(batch.header.probe, batch);
    }
  }
  const more = [...last.values()].map(({ header }): Batch => ({
    header: {
      ...header,
      sequence: header.sequence + 1,
      untilNs: String(BigInt(header.untilNs) + LATER_NS),
    },
    events: [],
    states: [],
    refused: 0,
  }));
  const report = analyse({ ...input, batches: [...input.batches, ...more], closed: false });
  return report.flows.filter(({ outcome, packets }) => outcome === "in-flight" || packets.inFlight)
    .map(({ id }) => ({ check: "settled", text: `${id}: still in flight a minute later` }));
}
