/** Variants of archives, judged. */
import { analyse } from "../../src/analysis/mod.ts";
import { analyseSharded } from "../shards/analyse_sharded.ts";
import type { Recorded } from "./load.ts";
import { variantOf } from "./mutate.ts";
import { wrongIn } from "./oracle.ts";

/** A variant that says what is not so. */
export interface Wrong {
  archive: string;
  seed: number;
  done: string;
  says: string[];
}

/** What came of a number of variants. */
export interface Tally {
  variants: number;
  wrong: Wrong[];
  /** Flows of all variants that still had the outcome of the archive, and all of them. */
  kept: number;
  flows: number;
}

/** Of so many variants one is judged by way of shards, too: it must come to the same. */
const SHARDED_EACH = 7;

/** Variants of the archives in turn, with seeds from `first` on. */
export function judgeVariants(
  archives: readonly Recorded[],
  first: number,
  count: number,
  judge: typeof analyse = analyse,
): Tally {
  const tally: Tally = { variants: 0, wrong: [], kept: 0, flows: 0 };
  const truths = new Map(archives.map((archive) => [archive, analyse(archive.input)]));
  for (let seed = first; seed < first + count; seed++) {
    const archive = archives[seed % archives.length]!;
    const truth = truths.get(archive)!;
    const { input, done } = variantOf(archive.input, seed);
    const report = judge(input);
    const says = wrongIn(truth, report);
    if (done.every(({ loses }) => !loses) && JSON.stringify(report) !== JSON.stringify(truth)) {
      says.push("nothing is missing, and the report is another");
    }
    if (judge === analyse && seed % SHARDED_EACH === 0) {
      const sharded = analyseSharded(input, 2).report;
      if (JSON.stringify(sharded) !== JSON.stringify(report)) says.push("shards say otherwise");
    }
    tally.variants += 1;
    const outcomes = new Map(truth.flows.map(({ id, outcome }) => [id, outcome]));
    tally.flows += truth.flows.length;
    tally.kept += report.flows.filter(({ id, outcome }) => outcomes.get(id) === outcome).length;
    if (says.length === 0) continue;
    const names = done.map(({ name }) => name).join(", ");
    tally.wrong.push({ archive: archive.name, seed, done: names, says });
  }
  return tally;
}
