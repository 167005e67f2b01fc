/** One seed: the network, its report through faults, and every check on it. */
import { analyse, type AnalysisInput } from "../../src/analysis/mod.ts";
import type { Report } from "../../src/event/report.ts";
import { inputOf } from "./batches.ts";
import { checkHealed } from "./check_healed.ts";
import { checkExchanges } from "./check_exchanges.ts";
import { checkExact } from "./check_exact.ts";
import { checkLive } from "./check_live.ts";
import { checkSame } from "./check_same.ts";
import { checkAccounting, checkGaps } from "./check_whole.ts";
import { checkWrong } from "./check_wrong.ts";
import { type Extras, extrasOf, nameExtras } from "./extras.ts";
import { describe, drawFaults, type Faults, NO_FAULTS } from "./faults.ts";
import type { Violation } from "./match.ts";
import { Random } from "./random.ts";
import { type Scenario, scenarioOf, SECOND } from "./scenario.ts";

export type Analyse = (input: AnalysisInput) => Report;

/** What probes send of a seed's network, and the truth of it. */
export interface Told {
  scenario: Scenario;
  faults: Faults;
  input: AnalysisInput;
}

export interface Run extends Told {
  seed: number;
  report: Report;
  violations: Violation[];
}

/**
 * What is told with the seed's own mix of faults, or the given one. Nothing is judged: a test that asks
 * something else of the same seeds need not check again what `sim_test.ts` checks, which is four reports.
 */
export function tellingOf(seed: number, given: Partial<Faults> | null): Told {
  return told(seed, given, extrasOf(seed), randomOf(seed));
}

const randomOf = (seed: number) => new Random(seed ^ 0x5eed);

function told(seed: number, given: Partial<Faults> | null, extras: Extras, random: Random): Told {
  const scenario = scenarioOf(seed, extras);
  const drawn = drawFaults(random.fork(), scenario.world.nodes, scenario.endAt);
  const faults = given ? { ...NO_FAULTS, ...given } : drawn;
  return { scenario, faults, input: inputOf(scenario, faults, random.fork()) };
}

/** The seed's own mix of faults, or the given one. */
export function run(
  seed: number,
  given: Partial<Faults> | null,
  with_: Analyse = analyse,
  extras: Extras = extrasOf(seed),
): Run {
  const random = randomOf(seed);
  const { scenario, faults, input } = told(seed, given, extras, random);
  const report = with_(input);
  const violations = [
    ...checkWrong(scenario, report),
    ...checkExchanges(scenario, report),
    ...checkHealed(scenario, report),
    ...checkAccounting(input, report),
    ...checkGaps(input, report),
    ...checkSame(input, report, with_, random.fork(), !faults.lostBatch && !faults.steppedWalls),
    ...checkLive(scenario, input, with_, random.fork()),
  ];
  const clean = describe(faults) === "no faults" && scenario.endAt >= 30 * SECOND;
  if (clean) violations.push(...checkExact(scenario, report));
  return { seed, scenario, faults, input, report, violations };
}

/** Seed, network, faults and the first things that went wrong. */
export function explain({ seed, scenario, faults, violations }: Run): string {
  const { shape, mishaps, extras } = scenario;
  const network =
    `${shape.nodes} nodes, pods ${shape.pods}, ${shape.overlay}, router ${shape.router}` +
    `${shape.oneKernel ? ", one kernel" : ""}${shape.floods ? ", floods" : ""}`;
  return [
    `seed ${seed}: ${network}; mishaps: ${mishaps.join(", ") || "none"}; ${
      nameExtras(extras).join(", ")
    }; ${describe(faults)}`,
    ...violations.slice(0, 4).map(({ check, text }) => `  [${check}] ${text}`),
  ].join("\n");
}
