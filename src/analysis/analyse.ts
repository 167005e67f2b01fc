import type { Report } from "../event/report.ts";
import type { AnalysisInput } from "./input.ts";

/** The report of an incident from everything its probes told. */
export function analyse(input: AnalysisInput): Report {
  return {
    version: 1,
    incident: input.incident,
    from: null,
    to: null,
    nodes: [],
    flows: [],
    accounting: {
      events: 0,
      inPackets: 0,
      evidence: 0,
      unclaimed: 0,
      refused: 0,
      evicted: input.evicted,
    },
  };
}
