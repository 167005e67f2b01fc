/** Analyses that are broken on purpose: an alarm that never rings proves nothing. */
import { analyse, type AnalysisInput } from "../../src/analysis/mod.ts";
import type { Analyse } from "./run.ts";

const withHeaders = (
  input: AnalysisInput,
  change: (header: AnalysisInput["batches"][number]["header"]) => void,
): AnalysisInput => ({
  ...input,
  batches: input.batches.map((batch) => {
    const header = structuredClone(batch.header);
    change(header);
    return { ...batch, header };
  }),
});

/** Each with the check that has to notice it. */
export const CANARIES: Record<string, { broken: Analyse; check: string }> = {
  "loss is not believed": {
    check: "wrong",
    broken: (input) => analyse(withHeaders(input, ({ totals }) => void (totals.lost = 0))),
  },
  "unknown is called dropped": {
    check: "wrong",
    broken(input) {
      const report = analyse(input);
      for (const flow of report.flows) {
        flow.packets.dropped += flow.packets.unknown;
        flow.packets.unknown = 0;
      }
      return report;
    },
  },
  "every problem is called healed": {
    check: "healed",
    broken(input) {
      const report = analyse(input);
      for (const problem of report.problems) problem.state = "healed";
      return report;
    },
  },
  "the order of arrival counts": {
    check: "same",
    broken(input) {
      const report = analyse(input);
      report.from = String(input.batches[0]!.header.untilNs);
      return report;
    },
  },
  "an event is forgotten": {
    check: "accounting",
    broken(input) {
      const report = analyse(input);
      report.accounting.inPackets--;
      return report;
    },
  },
  "what may still come is given up": {
    check: "live",
    broken: (input) =>
      analyse(withHeaders(input, (header) => {
        header.untilNs = String(BigInt(header.untilNs) + 10_000_000_000n);
        header.final = true;
      })),
  },
  "what is open stays open": {
    check: "settled",
    broken(input) {
      const report = analyse(input);
      for (const flow of input.closed ? [] : report.flows) flow.packets.inFlight++;
      return report;
    },
  },
  "no gap is named": {
    check: "gaps",
    broken(input) {
      const report = analyse(input);
      for (const flow of report.flows) delete flow.gap;
      return report;
    },
  },
  "hops are left out": {
    check: "exact",
    broken(input) {
      const report = analyse(input);
      for (const flow of report.flows) if (flow.path.length > 3) flow.path.splice(1, 1);
      return report;
    },
  },
};
