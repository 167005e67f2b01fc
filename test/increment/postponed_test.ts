/**
 * [D10] A report that may not judge all: what it tells is so now, or was so, and nothing is told that never was.
 * [D11] What was so only before the report up to which all is judged is not told any more.
 */
import { deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { analyse, Analysis, type AnalysisInput } from "../../src/analysis/mod.ts";
import type { Report } from "../../src/event/report.ts";
import { checkExchanges } from "../sim/check_exchanges.ts";
import { checkWrong } from "../sim/check_wrong.ts";
import type { Faults } from "../sim/faults.ts";
import { Random } from "../sim/random.ts";
import { tellingOf } from "../sim/run.ts";
import type { Scenario } from "../sim/scenario.ts";
import { seedCount } from "../sim/seed_count.ts";
import { evictingParts, inPieces } from "./pieces.ts";
import { Viewer } from "./viewer.ts";

const SEEDS = seedCount(45, 4, 20);
const MODES: Record<string, Partial<Faults> | null> = {
  "without faults": {},
  "with each seed's own mix of faults": null,
  "with a tenth of all events lost": { loss: 0.1 },
};
/** Reports of one incident that grows. */
const REPORTS = 12;
/** After so many reports of the same, each of which judges at least one family, nothing waits any more. */
const TURNS_MAX = 500;

/** What may be told of an incident: that which the reports of all events say, or said. */
class Told {
  /** What is said by the last report that says it, as its mark. */
  readonly #exchanges = new Map<string, number>();
  readonly #wrong = new Map<string, number>();

  constructor(readonly scenario: Scenario) {}

  add(exact: Report, mark: number): void {
    for (const exchange of exact.exchanges) this.#exchanges.set(JSON.stringify(exchange), mark);
    for (const text of this.#wrongOf(exact)) this.#wrong.set(text, mark);
  }

  /**
   * What a report says that is not of these from one mark on. What is not known may be so for another reason:
   * others, whose turn is yet to come, may tell more.
   */
  strange(report: Report, since: number): string[] {
    const isOther = (told: ReadonlyMap<string, number>) => (text: string) =>
      (told.get(text) ?? -1) < since;
    const strange = report.exchanges.filter(({ outcome }) => outcome !== "unknown")
      .map((one) => JSON.stringify(one))
      .filter(isOther(this.#exchanges));
    return [...strange, ...this.#wrongOf(report).filter(isOther(this.#wrong))];
  }

  /** A part of what was sent in one batch, without the rest, may well be judged wrongly. */
  #wrongOf(report: Report): string[] {
    const { scenario } = this;
    const wrong = [...checkWrong(scenario, report), ...checkExchanges(scenario, report)];
    return wrong.map(({ text }) => text);
  }
}

/** Tells it piece by piece, judging a packet or two at a time; gives in how many reports something waited. */
function compare(parts: Iterable<AnalysisInput>, scenario: Scenario, seed: number, name: string) {
  const analysis = new Analysis({ packetsAwakeMax: seed % 2 ? 0 : Infinity });
  const packetsMax = 1 + seed % 3;
  const [viewer, told] = [new Viewer(), new Told(scenario)];
  let postponed = 0;
  let last: AnalysisInput | undefined;
  let mark = 0;
  for (const part of parts) {
    last = part;
    mark++;
    const what = `seed ${seed} ${name}, after ${part.batches.length} batches`;
    const open = { ...part, closed: false };
    const exact = analyse(open);
    told.add(exact, mark);
    let report = analysis.report(open, packetsMax, mark);
    equal(viewer.told(report), JSON.stringify(report), what);
    deepEqual(told.strange(report, analysis.judgedTo), [], what);
    if (report.accounting.postponed !== undefined) postponed++;
    // Of some seeds all have their turn before more comes.
    for (let turn = 0; seed % 3 === 0 && report.accounting.postponed !== undefined; turn++) {
      ok(turn < TURNS_MAX, `${what}: ${report.accounting.postponed} flows never had their turn`);
      report = analysis.report(open, packetsMax, mark);
      viewer.told(report);
      deepEqual(told.strange(report, analysis.judgedTo), [], what);
    }
    if (seed % 3 === 0) equal(JSON.stringify(report), JSON.stringify(exact), what);
  }
  const whole = JSON.stringify(analyse(last!));
  const report = analysis.report(last!);
  equal(JSON.stringify(report), whole, `seed ${seed} ${name}, at the end`);
  equal(viewer.told(report), whole, `seed ${seed} ${name}, told at the end`);
  return postponed;
}

function* growing(input: AnalysisInput): Generator<AnalysisInput> {
  const order = [...input.batches].sort((a, b) => a.header.sequence - b.header.sequence);
  const step = Math.max(1, Math.ceil(order.length / REPORTS));
  for (let told = step; told < order.length + step; told += step) {
    yield { ...input, closed: input.closed && told >= order.length, batches: order.slice(0, told) };
  }
}

for (const [name, faults] of Object.entries(MODES)) {
  Deno.test(`[D10] a report that judges a part tells what is or was so, ${name}`, () => {
    let postponed = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { input, scenario } = tellingOf(seed, faults);
      const batches = seed % 2 ? input.batches : inPieces(input.batches, new Random(seed));
      postponed += compare(growing({ ...input, batches }), scenario, seed, name);
    }
    ok(postponed > SEEDS, `in ${postponed} reports something waited`);
  });
}

Deno.test("[D10] a report that judges a part tells what is or was so where events are thrown away", () => {
  let postponed = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { input, scenario } = tellingOf(seed, null);
    const pieces = inPieces(input.batches, new Random(seed))
      .sort((a, b) => a.header.sequence - b.header.sequence);
    postponed += compare(evictingParts(input, pieces, seed), scenario, seed, "thrown away");
  }
  ok(postponed > SEEDS, `in ${postponed} reports something waited`);
});
