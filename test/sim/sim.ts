/** `deno task sim --seeds N --from S [--loss 0.1] [--clean]`: seeds on demand. */
import { describe } from "./faults.ts";
import { explain, run } from "./run.ts";

const value = (name: string) => {
  const i = Deno.args.indexOf(`--${name}`);
  return i < 0 ? undefined : Deno.args[i + 1];
};
const seeds = Number(value("seeds") ?? 1000);
const from = Number(value("from") ?? 1);
const given = Deno.args.includes("--clean")
  ? {}
  : value("loss") === undefined
  ? null
  : { loss: Number(value("loss")) };
const most = Number(value("show") ?? 10);
let failed = 0;
for (let seed = from; seed < from + seeds; seed++) {
  try {
    const result = run(seed, given);
    if (result.violations.length === 0) continue;
    if (failed++ < most) console.log(explain(result));
  } catch (error) {
    if (failed++ < most) console.log(`seed ${seed}: ${(error as Error).stack}`);
  }
}
console.log(`${seeds} seeds from ${from}, ${failed} failed`);
void describe;
Deno.exit(failed > 0 ? 1 : 0);
