/** What the seeds exercised, so that a run which checks nothing is noticed. */
import { nameExtras } from "./extras.ts";
import { describe } from "./faults.ts";
import type { Run } from "./run.ts";

export type Usage = Map<string, number>;

/** Counts fates, faults, mishaps and kinds of networks of one run. */
export function note(usage: Usage, { scenario, faults, report }: Run): void {
  const count = (name: string, n = 1) => usage.set(name, (usage.get(name) ?? 0) + n);
  for (const flow of scenario.flows) {
    for (const packet of flow.packets) {
      count(`fate ${packet.fate}`);
      if (packet.outside) count("fate outside");
      if (packet.resized) count("fate resized");
      if (packet.duplicate) count("fate duplicate");
      if (packet.shaped) count("fate shaped");
      if (packet.contested) count("fate contested");
    }
    if (flow.translated) count("flow translated");
    if (flow.asks && !flow.answered) count("flow unanswered");
  }
  for (const name of scenario.mishaps) count(`mishap ${name}`);
  for (const word of describe(faults).split(" ")) count(`fault ${word.split("=")[0]}`);
  for (const name of nameExtras(scenario.extras)) count(`extra ${name}`);
  for (const { kind, columns } of scenario.emissions) {
    count(`event ${kind}`);
    if (columns.fragmentOffset) count("event of a fragment");
    if (kind === "device-rx" && Number(columns.gsoSegments) > 1) count("event of merged segments");
  }
  const { shape } = scenario;
  count(`overlay ${shape.overlay}`);
  count(`pods ${shape.pods}`);
  count(`router ${shape.router}`);
  for (const flow of report.flows) count(`outcome ${flow.outcome}`);
}

/** What every run of some size must have met, and how often. */
export const NEEDED: Record<string, number> = {
  "fate delivered": 1000,
  "fate dropped": 50,
  "fate lost": 20,
  "fate waiting": 1,
  "fate outside": 50,
  "fate resized": 10,
  "fate duplicate": 2,
  "flow translated": 20,
  "flow unanswered": 10,
  "outcome delivered": 100,
  "outcome dropped": 20,
  "outcome vanished": 5,
  "outcome unanswered": 1,
  "outcome unknown": 20,
  "event icmp-error": 20,
  "event route": 20,
  "event neighbour": 5,
  "event reset": 5,
  "event of a fragment": 100,
  "event of merged segments": 100,
  ...Object.fromEntries(
    [
      ...["loss", "countedLate", "duplicateEvents", "duplicateBatches", "crossedCpus", "cutLines"],
      ...["skewedWalls", "steppedWalls", "restart", "late", "early", "missing", "evicted"],
      "lostBatch",
      "lateEvents",
      "leftOut",
      "sampled",
      "recorded",
    ].map((name) => [`fault ${name}`, 5]),
  ),
  "extra shapes": 20,
  "extra duplicates": 20,
  "fate shaped": 50,
  "fate contested": 50,
  ...Object.fromEntries(
    [
      ...["wireLoss", "netfilter", "trafficControl", "queue", "reversePath", "receiveBuffer"],
      ...["noListener", "forwardingOff", "routeGone", "neighbourBroken", "endpointGone", "otherId"],
    ].map((name) => [`mishap ${name}`, 5]),
  ),
};

export function tooRare(usage: Usage): string[] {
  return Object.entries(NEEDED).filter(([name, least]) => (usage.get(name) ?? 0) < least)
    .map(([name, least]) => `${name}: ${usage.get(name) ?? 0}, must be at least ${least}`);
}
