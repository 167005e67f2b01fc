/**
 * `deno task sim --seeds N --from S [--loss 0.1 | --clean | --mix | --left-out | --sampled | --recorded]`: seeds on demand, and how much
 * of the truth is told with 0, 1, 10 and 50 % of the events lost.
 */
import { parseArgs } from "node:util";
import type { Faults } from "./faults.ts";
import { explain, run } from "./run.ts";
import { add, EMPTY, row, TABLE_HEAD, tally } from "./tally.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    loss: { type: "string" },
    clean: { type: "boolean" },
    mix: { type: "boolean" },
    "left-out": { type: "boolean" },
    sampled: { type: "boolean" },
    recorded: { type: "boolean" },
    show: { type: "string", default: "5" },
  },
});
const seeds = Number(values.seeds);
const from = Number(values.from);

const kinds: Record<string, Partial<Faults> | null> = {};
if (values.clean) kinds["0 %"] = {};
else if (values.loss !== undefined) {
  kinds[`${100 * Number(values.loss)} %`] = { loss: +values.loss };
} else if (values.mix) kinds["mixed"] = null;
else if (values["left-out"]) kinds["left out"] = { leftOut: 4, countedLate: true };
else if (values.recorded) kinds["recorded"] = { recorded: true, countedLate: true };
else if (values.sampled) kinds["sampled"] = { sampled: true, countedLate: true };
else {
  for (const loss of [0, 0.01, 0.1, 0.5]) kinds[`${100 * loss} %`] = loss === 0 ? {} : { loss };
  kinds["mixed"] = null;
}

let failures = 0;
const rows = Object.entries(kinds).map(([name, faults]) => {
  let total = EMPTY;
  let failed = 0;
  for (let seed = from; seed < from + seeds; seed++) {
    try {
      const result = run(seed, faults);
      total = add(total, tally(result));
      if (result.violations.length > 0 && failed++ < Number(values.show)) {
        console.log(explain(result));
      }
    } catch (error) {
      if (failed++ < Number(values.show)) console.log(`seed ${seed}: ${(error as Error).stack}`);
    }
  }
  failures += failed;
  return `${row(name, total)}   ${failed} of ${seeds} seeds failed`;
});
console.log([TABLE_HEAD, ...rows].join("\n"));
Deno.exit(failures > 0 ? 1 : 0);
